// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Short forms that cases of several chapters share.

#ifndef SHMSPEC_SUITES_SHORTHAND_H_
#define SHMSPEC_SUITES_SHORTHAND_H_

#include <cstdint>
#include <limits>

#include "harness/runner/case.h"
#include "harness/vocabulary/outcome/memory_pattern.h"

namespace shmspec {

inline constexpr std::uint64_t kPage = 4096;  // bytes
inline constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

/// Unprivileged users who share no group: two for most cases, the others where a case needs more.
inline constexpr std::uint32_t kAlice = Id::User(1).number;
inline constexpr std::uint32_t kBob = Id::User(2).number;
inline constexpr std::uint32_t kCarol = Id::User(3).number;
inline constexpr std::uint32_t kDave = Id::User(4).number;

/// An unprivileged actor whose group has the number of its user.
inline ActorSpec User(std::uint32_t id) { return {.uid = id, .gid = id}; }

/// The same with some capabilities and no others.
inline ActorSpec UserWith(std::uint32_t id, std::uint64_t capabilities) {
  ActorSpec spec = User(id);
  spec.caps = Capabilities(capabilities);
  return spec;
}

/// An actor alone in a new IPC namespace, for cases that count everything in it. Others join it
/// there by being forked from it.
inline ActorSpec Alone() { return {.namespaces = kNamespaceIpc}; }

/// An attach at `at`, within a reservation, of a segment that takes `bytes` in whole pages: what is
/// around it stays reserved. The gap is made before, since not every system has SHM_REMAP.
inline Attach InGap(const Actor& actor, const Segment& segment, Address at, std::uint64_t bytes) {
  actor.Do(MapUnmap{at, {bytes}}).Gives(0);
  return actor.At(segment, at);
}

/// Any identifier: zero is as good as another.
inline Pattern Identifier() {
  return Between(Value{0}, Value{std::numeric_limits<std::int32_t>::max()});
}

/// The end of a process that ended itself, as its parent sees it.
inline Pattern Exited(std::int32_t code = 0) {
  return Exactly(Outcome(Gone{GoneHow::kExited, code}));
}

/// What memory.checksum gives for `bytes` zeros.
inline std::int64_t ChecksumOfZeros(std::uint64_t bytes) {
  std::uint64_t checksum = kChecksumOfNothing;
  for (std::uint64_t i = 0; i < bytes; ++i) checksum = ChecksumWith(checksum, 0);
  return static_cast<std::int64_t>(checksum);
}

/// What memory.checksum gives for `bytes` that memory.fill with `value` has stored.
inline std::int64_t ChecksumOfFill(std::uint64_t bytes, std::uint64_t value) {
  std::uint64_t checksum = kChecksumOfNothing;
  for (std::uint64_t i = 0; i < bytes; ++i) checksum = ChecksumWith(checksum, FillByte(value, i));
  return static_cast<std::int64_t>(checksum);
}

}  // namespace shmspec

#endif  // SHMSPEC_SUITES_SHORTHAND_H_
