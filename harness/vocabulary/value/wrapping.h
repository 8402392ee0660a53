// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Sums of numbers that a plan may choose as it likes.

#ifndef SHMSPEC_HARNESS_VOCABULARY_VALUE_WRAPPING_H_
#define SHMSPEC_HARNESS_VOCABULARY_VALUE_WRAPPING_H_

#include <cstdint>

namespace shmspec {

/// The sum in 64 bits, as every processor forms it: what does not fit wraps around.
constexpr std::int64_t WrappingSum(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_VALUE_WRAPPING_H_
