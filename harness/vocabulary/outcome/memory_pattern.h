// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What memory.fill stores and what memory.checksum computes, byte by byte: one definition for the
// targets that do it and the model that predicts it.

#ifndef SHMSPEC_HARNESS_VOCABULARY_OUTCOME_MEMORY_PATTERN_H_
#define SHMSPEC_HARNESS_VOCABULARY_OUTCOME_MEMORY_PATTERN_H_

#include <cstdint>
#include <span>

namespace shmspec {

/// Byte `index` of what memory.fill with `value` stores. 131 is odd and no divisor of a page, so
/// that a shifted or repeated page shows.
constexpr std::uint8_t FillByte(std::uint64_t value, std::uint64_t index) {
  return static_cast<std::uint8_t>(value + index * 131);
}

/// The checksum of no bytes at all: the offset basis of 64-bit FNV-1a.
inline constexpr std::uint64_t kChecksumOfNothing = 0xcbf29ce484222325ull;

/// The checksum of some bytes and one more.
constexpr std::uint64_t ChecksumWith(std::uint64_t checksum, std::uint8_t byte) {
  return (checksum ^ byte) * 0x100000001b3ull;
}

/// The 64-bit FNV-1a hash of the bytes, which is the outcome of memory.checksum.
constexpr std::uint64_t Checksum(std::span<const std::uint8_t> bytes) {
  std::uint64_t checksum = kChecksumOfNothing;
  for (std::uint8_t byte : bytes) checksum = ChecksumWith(checksum, byte);
  return checksum;
}

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_OUTCOME_MEMORY_PATTERN_H_
