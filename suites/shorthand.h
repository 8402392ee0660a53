// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Short forms that cases of several chapters share.

#ifndef SHMSPEC_SUITES_SHORTHAND_H_
#define SHMSPEC_SUITES_SHORTHAND_H_

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "harness/runner/case.h"
#include "harness/vocabulary/outcome/memory_pattern.h"
#include "harness/vocabulary/value/page.h"

namespace shmspec {

/// That number of pages, in bytes, where it may be negative.
inline std::int64_t PageOffset(std::int64_t pages) {
  return pages * static_cast<std::int64_t>(Units().page);
}

/// The same of SHMLBA. What is attached at an address that a case picks lies at multiples of it.
inline std::int64_t BoundaryOffset(std::int64_t count) {
  return count * static_cast<std::int64_t>(Units().boundary);
}

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

/// All ids of a process at once, and no other groups: what root does to become that user for good.
inline ProcessSetIdentity AllIds(std::uint32_t uid, std::uint32_t gid,
                                 std::vector<Id> groups = {}) {
  return {.ruid = Id(uid),
          .euid = Id(uid),
          .suid = Id(uid),
          .rgid = Id(gid),
          .egid = Id(gid),
          .sgid = Id(gid),
          .groups = std::move(groups)};
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

/// The pages of a file in memory from page `first` on, mapped shared.
inline Mapping MapShared(const Actor& actor, DescriptorRef file, std::uint64_t pages,
                         std::uint64_t protection = 1 | 2, std::uint64_t first = 0) {
  return actor.Map({.descriptor = file,
                    .size = {Pages(pages)},
                    .offset = {first * Units().page},
                    .protection = protection,
                    .flags = kMapShared});
}

/// The same as private memory.
inline Mapping MapPrivately(const Actor& actor, DescriptorRef file, std::uint64_t pages,
                            std::uint64_t protection = 1 | 2) {
  return actor.Map(
      {.descriptor = file, .size = {Pages(pages)}, .protection = protection, .flags = kMapPrivate});
}

/// Memory to read into and write from.
inline Mapping Room(const Actor& actor, std::uint64_t pages = 1) {
  Mapping room;
  actor.MapAs(room, MapPrivate{{Pages(pages)}, {}}).Succeeds();
  return room;
}

/// Another open file of the same file.
inline Descriptor Reopen(const Actor& actor, DescriptorRef file, std::uint64_t flags = 0) {
  Descriptor again;
  actor.DescriptorAs(again, MemfdReopen{file, flags}).Succeeds();
  return again;
}

/// shm_open(3) that makes the object.
inline constexpr std::uint64_t kNewObject = kMakeObject | kOnlyNewObject | kReadWrite;

/// A new POSIX object of that size.
inline Descriptor NewObject(const Actor& actor, std::string name, std::uint64_t bytes = 0,
                            std::uint32_t mode = 0600) {
  const Descriptor d = actor.Open({std::move(name), kNewObject, {mode}});
  if (bytes != 0) actor.Do(FileTruncate{d, {bytes}}).Gives(0);
  return d;
}

/// What fstat(2) shows of a file of that size.
inline Pattern OfSize(std::int64_t size) { return Record<FileRecord>().With("size", size); }

/// An actor in a mount namespace of its own, for cases that mount something there. Others join it
/// by being forked from it.
inline ActorSpec Mounted() { return {.namespaces = kNamespaceMount}; }

/// Any identifier: zero is as good as another.
inline Pattern Identifier() {
  return Between(Value{0}, Value{std::numeric_limits<std::int32_t>::max()});
}

/// The end of a process that ended itself, as its parent sees it.
inline Pattern Exited(std::int32_t code = 0) {
  return Exactly(Outcome(Gone{GoneHow::kExited, code}));
}

/// What an access of `width` sees at `offset` of a value of 8 bytes.
inline std::int64_t PartOf(std::uint64_t value, Width width, std::uint64_t offset = 0) {
  const auto bytes = static_cast<std::uint64_t>(width);
  const std::uint64_t behind = Units().big_endian ? 8 - offset - bytes : offset;
  const std::uint64_t part = value >> (8 * behind);
  return static_cast<std::int64_t>(bytes == 8 ? part : part & ((1ull << (8 * bytes)) - 1));
}

/// That value once `part` is stored there.
inline std::int64_t WithPart(std::uint64_t value, std::uint64_t part, Width width,
                             std::uint64_t offset) {
  const auto bytes = static_cast<std::uint64_t>(width);
  const std::uint64_t behind = Units().big_endian ? 8 - offset - bytes : offset;
  const std::uint64_t mask = bytes == 8 ? ~0ull : (1ull << (8 * bytes)) - 1;
  return static_cast<std::int64_t>((value & ~(mask << (8 * behind))) | part << (8 * behind));
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
