// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// All memory of a process is locked, as it is and as it will be. Memory that is locked cannot be
// given up by MADV_DONTNEED.

#include <cerrno>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

void IsLocked(const Actor& actor, const Address& at) {
  actor.Do(MapAdvise{at, {Pages(1)}, Advice::kDontNeed}).Fails(EINVAL);
}

void IsNotLocked(const Actor& actor, const Address& at) {
  actor.Do(MapAdvise{at, {Pages(1)}, Advice::kDontNeed}).Gives(0);
}

/// Expects this number of pages of the object to be there.
void Has(const Actor& actor, const Descriptor& d, std::uint64_t pages) {
  actor.Do(FileStat{d})
      .Expects(Record<FileRecord>().With("blocks",
                                         static_cast<std::int64_t>(pages * (Units().page / 512))));
}

SHMSPEC_CASE("map.lock_all.holds_for_every_mapping", "MMAP.MLOCKALL_CURRENT"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(3));
  const Mapping m = MapShared(a, d, 2);
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  const Mapping n = Room(a, 2);
  a.Store(n + PageOffset(1), 42).Succeeds();
  Has(a, d, 0);
  a.Do(MapLockAll{kLockCurrent}).Gives(0);
  Has(a, d, 2);
  for (const Address& at : {Address(m), Address(p), Address(n)}) IsLocked(a, at);
  a.Do(MapSync{m, {Pages(1)}, kSyncInvalidate | kSyncSync}).Fails(EBUSY);
  a.Load(n + PageOffset(1)).Gives(42);
  const Mapping later = MapShared(a, d, 3);
  IsNotLocked(a, later);
  Has(a, d, 2);
  a.Do(MapUnlockAll{}).Gives(0);
  for (const Address& at : {Address(m), Address(p), Address(n)}) IsNotLocked(a, at);
  Has(a, d, 2);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("map.lock_all.holds_for_what_is_mapped_later", "MMAP.MLOCKALL_FUTURE"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Mapping earlier = MapShared(a, a.Memfd(0, Pages(1)), 1);
  a.Do(MapLockAll{kLockFuture}).Gives(0);
  IsNotLocked(a, earlier);
  const Descriptor d = a.Memfd(0, Pages(3));
  IsLocked(a, MapShared(a, d, 2));
  Has(a, d, 2);
  IsLocked(a, a.At(s));
  IsLocked(a, Room(a, 1));
  IsNotLocked(a, earlier);
  for (const bool unlocks : {true, false}) {
    a.Do(MapLockAll{kLockFuture}).Gives(0);
    if (unlocks) {
      a.Do(MapUnlockAll{}).Gives(0);
    } else {
      a.Do(MapLockAll{kLockCurrent}).Gives(0);
    }
    const Descriptor e = a.Memfd(0, Pages(1));
    IsNotLocked(a, MapShared(a, e, 1));
    IsNotLocked(a, a.At(s));
    Has(a, e, 0);
  }
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("map.lock_all.can_wait_until_memory_is_touched", "MMAP.MLOCKALL_ONFAULT"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(3));
  const Mapping m = MapShared(a, d, 3);
  a.Do(MapLockAll{kLockCurrent | kLockFuture | kLockOnFault}).Gives(0);
  const Descriptor e = a.Memfd(0, Pages(3));
  const Mapping n = MapShared(a, e, 3);
  for (const Address& at : {Address(m), Address(n)}) IsLocked(a, at);
  for (const Descriptor& file : {d, e}) Has(a, file, 0);
  a.Store(m + PageOffset(1), 1).Succeeds();
  a.Store(n + PageOffset(2), 1).Succeeds();
  for (const Descriptor& file : {d, e}) Has(a, file, 1);
  a.Do(MapLockAll{kLockCurrent}).Gives(0);
  for (const Descriptor& file : {d, e}) Has(a, file, 3);
}

SHMSPEC_CASE("map.lock_all.has_to_be_asked_for_something", "MMAP.MLOCKALL_FLAGS"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(1));
  const Mapping m = MapShared(a, d, 1);
  for (const std::uint64_t flags :
       {std::uint64_t{0}, kLockOnFault, std::uint64_t{8}, kLockCurrent | 8, kLockFuture | 16}) {
    a.Do(MapLockAll{flags}).Fails(EINVAL);
  }
  IsNotLocked(a, m);
  Has(a, d, 0);
  const Descriptor e = a.Memfd(0, Pages(1));
  IsNotLocked(a, MapShared(a, e, 1));
  Has(a, e, 0);
}

SHMSPEC_CASE("map.lock_all.is_limited", "MMAP.MLOCKALL_LIMIT"_req) {
  ActorSpec none = User(kAlice);
  none.memlock = 0;
  ActorSpec little = User(kAlice);
  little.memlock = Pages(1);
  ActorSpec more = User(kAlice);
  constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20;
  more.memlock = kMebibyte;
  const Actor a = plan.Spawn("a", none);
  const Actor b = plan.Spawn("b", little);
  const Actor c = plan.Spawn("c", more);
  for (const std::uint64_t flags : {kLockCurrent, kLockFuture, kLockCurrent | kLockFuture}) {
    a.Do(MapLockAll{flags}).Fails(EPERM);
  }
  const Mapping m = Room(b, 1);
  b.Do(MapLockAll{kLockCurrent}).Fails(ENOMEM);
  b.Do(MapLockAll{kLockCurrent | kLockFuture}).Fails(ENOMEM);
  IsNotLocked(b, m);
  const Descriptor d = c.Memfd(0, 2 * kMebibyte);
  c.Do(MapLockAll{kLockFuture}).Gives(0);
  c.Do(MapMap{.descriptor = d, .size = {2 * kMebibyte}}).Fails(EAGAIN);
  const Mapping n = MapShared(c, d, 1);
  IsLocked(c, n);
  c.Do(MapUnlockAll{}).Gives(0);
  IsNotLocked(c, n);
  for (const Actor& any : {a, b}) any.Do(MapUnlockAll{}).Gives(0);
}

SHMSPEC_CASE("map.lock_all.is_not_inherited", "MMAP.MLOCKALL_NOT_INHERITED"_req) {
  const Actor a = plan.Spawn("a");
  const Actor child = plan.Forked("child");
  const Descriptor d = a.Memfd(0, Pages(3));
  const Mapping m = MapShared(a, d, 1);
  a.Do(MapLockAll{kLockCurrent | kLockFuture}).Gives(0);
  Has(a, d, 1);
  a.Fork(child);
  IsNotLocked(child, m);
  IsNotLocked(child, MapShared(child, d, 2));
  Has(child, d, 1);
  IsLocked(a, m);
  a.Do(ProcessExec{}).Gives(0);
  IsNotLocked(a, MapShared(a, d, 3));
  Has(a, d, 1);
}

}  // namespace
}  // namespace shmspec
