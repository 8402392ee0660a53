// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// madvise(2) and mlock(2) on mappings of files in memory: which pages, and what children get.

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

Pattern Holding(std::int64_t pages) {
  return Record<FileRecord>().With("blocks", pages * static_cast<std::int64_t>(Units().page / 512));
}

SHMSPEC_CASE("map.advice.is_taken_by_whole_pages", "MMAP.RANGE_WHOLE_PAGES"_req,
             "MMAP.PRIVATE_DONTNEED"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(3));
  const Mapping own = MapPrivately(a, d, 3);
  a.Do(MemoryFill{own, {Pages(3)}, 5}).Gives(0);
  a.Do(MapAdvise{own + 8, {Pages(1)}, Advice::kDontNeed}).Fails(EINVAL);
  a.Do(MapAdvise{own, {0}, Advice::kDontNeed}).Gives(0);
  a.Do(MemoryChecksum{own, {Pages(3)}}).Gives(ChecksumOfFill(Pages(3), 5));
  a.Do(MapAdvise{own + PageOffset(1), {1}, Advice::kDontNeed}).Gives(0);
  a.Do(MemoryChecksum{own, {Pages(1)}}).Gives(ChecksumOfFill(Pages(1), 5));
  a.Do(MemoryChecksum{own + PageOffset(1), {Pages(1)}}).Gives(ChecksumOfZeros(Pages(1)));
  a.Do(MapAdvise{own, {Pages(1) + 1}, Advice::kDontNeed}).Gives(0);
  a.Do(MemoryChecksum{own, {Pages(2)}}).Gives(ChecksumOfZeros(Pages(2)));
  a.Store(own, 7).Succeeds();
  a.Do(MapAdvise{own, {Pages(1)}, Advice::kDontNeed}).Gives(0);
  a.Load(own).Gives(0);
}

SHMSPEC_CASE("map.advice.is_taken_around_a_hole", "MMAP.RANGE_HOLES"_req,
             "MMAP.PRIVATE_DONTNEED"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(3));
  const Mapping own = MapPrivately(a, d, 3);
  for (const std::int64_t page : {0, 2}) a.Store(own + PageOffset(page), 5).Succeeds();
  a.Do(MapUnmap{own + PageOffset(1), {Pages(1)}}).Gives(0);
  a.Do(MapAdvise{own, {Pages(3)}, Advice::kDontNeed}).Fails(ENOMEM);
  a.Load(own).Gives(0);
  a.Load(own + PageOffset(2)).Gives(0);
}

SHMSPEC_CASE("map.advice.leaves_copies_of_children_alone", "MMAP.PRIVATE_DONTNEED"_req,
             "MMAP.FORK_RETAINS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Descriptor d = a.Memfd(0, Pages(1));
  const Mapping own = MapPrivately(a, d, 1);
  a.Store(own, 5).Succeeds();
  a.Fork(c);
  a.Do(MapAdvise{own, {Pages(1)}, Advice::kDontNeed}).Gives(0);
  a.Load(own).Gives(0);
  c.Load(own).Gives(5);
}

SHMSPEC_CASE("map.advice.removal_punches_where_the_window_is",
             "MMAP.MADV_REMOVE_NEEDS_SHARED_WRITE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Descriptor d = a.Memfd(0, Pages(4));
  const Mapping whole = MapShared(a, d, 4);
  a.Do(MemoryFill{whole, {Pages(4)}, 5}).Gives(0);
  const Mapping window = MapShared(a, d, 2, 1 | 2, 1);
  const Mapping own = MapPrivately(a, d, 4);
  a.Store(own + PageOffset(2), 9).Succeeds();
  a.Fork(c);
  a.Do(MapAdvise{window + PageOffset(1), {1}, Advice::kRemove}).Gives(0);
  a.Do(FileStat{d}).Expects(Holding(3));
  for (const Actor& one : {a, c}) {
    one.Do(MemoryChecksum{whole, {Pages(2)}}).Gives(ChecksumOfFill(Pages(2), 5));
    one.Do(MemoryChecksum{whole + PageOffset(2), {Pages(1)}}).Gives(ChecksumOfZeros(Pages(1)));
    one.Load(own + PageOffset(2)).Gives(9);
  }
  a.Do(FileStat{d}).Expects(Record<FileRecord>().With("size", PageOffset(4)));
  a.Store(window + PageOffset(1), 6).Succeeds();
  c.Load(whole + PageOffset(2)).Gives(6);
}

SHMSPEC_CASE("map.advice.can_keep_mappings_from_children", "MMAP.ADVICE_FORK_UNDONE"_req,
             "SYSV.VMA.MADV_DONTFORK"_req, "MMAP.FORK_RETAINS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Actor e = plan.Forked("e");
  const Descriptor d = a.Memfd(0, Pages(3));
  const Mapping m = MapShared(a, d, 3);
  const Mapping own = MapPrivately(a, d, 1);
  a.Store(m + PageOffset(1), 42).Succeeds();
  a.Do(MapAdvise{m, {Pages(1)}, Advice::kDontFork}).Gives(0);
  a.Do(MapAdvise{own, {Pages(1)}, Advice::kDontFork}).Gives(0);
  a.Fork(c);
  c.Load(m).Faults(SIGSEGV, FaultCode::kUnmapped);
  c.Load(own).Faults(SIGSEGV, FaultCode::kUnmapped);
  c.Load(m + PageOffset(1)).Gives(42);
  a.Load(m).Gives(0);
  a.Do(MapAdvise{m, {Pages(3)}, Advice::kDoFork}).Gives(0);
  a.Do(MapAdvise{own, {Pages(1)}, Advice::kDoFork}).Gives(0);
  a.Fork(e);
  e.Store(m, 43).Succeeds();
  a.Load(m).Gives(43);
  e.Load(own).Expects(Exactly(std::int64_t{0}) | Exactly(43));
}

SHMSPEC_CASE("map.advice.can_wipe_what_children_get", "MMAP.ADVICE_FORK_UNDONE"_req,
             "MMAP.MADV_REMOVE_NEEDS_SHARED_WRITE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Actor e = plan.Forked("e");
  const Actor g = plan.Forked("g");
  const Mapping own = Room(a, 3);
  a.Do(MemoryFill{own, {Pages(3)}, 5}).Gives(0);
  a.Do(MapAdvise{own + PageOffset(1), {Pages(1)}, Advice::kWipeOnFork}).Gives(0);
  a.Fork(c);
  c.Do(MemoryChecksum{own, {Pages(1)}}).Gives(ChecksumOfFill(Pages(1), 5));
  c.Do(MemoryChecksum{own + PageOffset(1), {Pages(1)}}).Gives(ChecksumOfZeros(Pages(1)));
  c.Store(own + PageOffset(1), 7).Succeeds();
  c.Fork(g);  // the advice is inherited
  g.Load(own + PageOffset(1)).Gives(0);
  c.Load(own + PageOffset(1)).Gives(7);
  a.Do(MemoryChecksum{own, {Pages(3)}}).Gives(ChecksumOfFill(Pages(3), 5));
  a.Do(MapAdvise{own, {Pages(3)}, Advice::kKeepOnFork}).Gives(0);
  a.Fork(e);
  e.Do(MemoryChecksum{own, {Pages(3)}}).Gives(ChecksumOfFill(Pages(3), 5));
}

SHMSPEC_CASE("map.lock.brings_pages_in", "MMAP.RANGE_WHOLE_PAGES"_req, "MMAP.MLOCK"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(4));
  const Mapping m = MapShared(a, d, 4);
  a.Do(MapLock{m + PageOffset(1) - 1, {2}}).Gives(0);
  a.Do(FileStat{d}).Expects(Holding(2));
  a.Do(MapAdvise{m + PageOffset(1), {Pages(1)}, Advice::kDontNeed}).Fails(EINVAL);
  a.Do(MapAdvise{m + PageOffset(2), {Pages(1)}, Advice::kDontNeed}).Gives(0);
  a.Do(MapAdvise{m, {Pages(1)}, Advice::kRemove}).Fails(EINVAL);
}

SHMSPEC_CASE("map.lock.does_not_nest", "MMAP.LOCK_NO_NESTING"_req, "MMAP.MLOCK"_req) {
  ActorSpec alice = User(kAlice);
  alice.memlock = Pages(4);
  const Actor a = plan.Spawn("a", alice);
  const Mapping m = MapShared(a, a.Memfd(0, Pages(4)), 4);
  a.Do(ProcessSetLimit{Limit::kMemlock, Pages(2)}).Gives(0);
  a.Do(MapLock{m, {Pages(1)}}).Gives(0);
  a.Do(MapLock{m, {Pages(2)}}).Gives(0);
  a.Do(MapUnlock{m, {Pages(2)}}).Gives(0);
  a.Do(MapAdvise{m, {Pages(1)}, Advice::kDontNeed}).Gives(0);
  a.Do(MapLock{m + PageOffset(2), {Pages(2)}}).Gives(0);
  a.Do(MapUnlock{m, {Pages(4)}}).Gives(0);
  a.Do(MapLock{m, {Pages(2)}}).Gives(0);
}

SHMSPEC_CASE("map.lock.ends_with_the_mapping", "MMAP.LOCK_NOT_INHERITED"_req, "MMAP.MLOCK"_req) {
  ActorSpec alice = User(kAlice);
  alice.memlock = Pages(4);
  const Actor a = plan.Spawn("a", alice);
  const Descriptor d = a.Memfd(0, Pages(4));
  a.Do(ProcessSetLimit{Limit::kMemlock, Pages(2)}).Gives(0);
  for (int i = 0; i < 3; ++i) {
    const Mapping m = MapShared(a, d, 2);
    a.Do(MapLock{m, {Pages(2)}}).Gives(0);
    a.Do(MapLock{m, {Pages(3)}}).Fails(ENOMEM);
    a.Do(MapUnmap{m, {Pages(2)}}).Gives(0);
  }
  const Mapping m = MapShared(a, d, 4);
  a.Do(MapLock{m, {Pages(2)}}).Gives(0);
  a.Do(MapUnmap{m, {Pages(1)}}).Gives(0);
  a.Do(MapLock{m + PageOffset(2), {Pages(1)}}).Gives(0);
  a.Do(MapLock{m + PageOffset(3), {Pages(1)}}).Fails(ENOMEM);
}

SHMSPEC_CASE("map.lock.is_not_inherited", "MMAP.LOCK_NOT_INHERITED"_req, "MMAP.MLOCK"_req,
             "MMAP.FORK_RETAINS"_req) {
  ActorSpec alice = User(kAlice);
  alice.memlock = Pages(2);
  const Actor a = plan.Spawn("a", alice);
  const Actor c = plan.Forked("c");
  const Mapping m = MapShared(a, a.Memfd(0, Pages(4)), 4);
  a.Do(MapLock{m, {Pages(2)}}).Gives(0);
  a.Fork(c);
  c.Do(MapAdvise{m, {Pages(1)}, Advice::kDontNeed}).Gives(0);
  c.Do(MapSync{m, {Pages(2)}, kSyncInvalidate}).Gives(0);
  c.Do(MapLock{m + PageOffset(2), {Pages(2)}}).Gives(0);
  a.Do(MapAdvise{m, {Pages(1)}, Advice::kDontNeed}).Fails(EINVAL);
  a.Do(MapAdvise{m + PageOffset(2), {Pages(1)}, Advice::kDontNeed}).Gives(0);
}

SHMSPEC_CASE("map.lock.unlocks_up_to_a_hole", "MMAP.RANGE_HOLES"_req, "MMAP.MLOCK"_req) {
  const Actor a = plan.Spawn("a");
  const Mapping m = MapShared(a, a.Memfd(0, Pages(3)), 3);
  a.Do(MapLock{m, {Pages(3)}}).Gives(0);
  a.Do(MapUnmap{m + PageOffset(1), {Pages(1)}}).Gives(0);
  a.Do(MapUnlock{m, {Pages(3)}}).Fails(ENOMEM);
  a.Do(MapAdvise{m, {Pages(1)}, Advice::kDontNeed}).Gives(0);
  a.Do(MapAdvise{m + PageOffset(2), {Pages(1)}, Advice::kDontNeed}).Fails(EINVAL);
  a.Do(MapLock{m, {Pages(3)}}).Fails(ENOMEM);
  a.Do(MapAdvise{m, {Pages(1)}, Advice::kDontNeed}).Fails(EINVAL);
}

SHMSPEC_CASE("map.exec.ends_every_mapping_and_lock", "MMAP.LOCK_NOT_INHERITED"_req,
             "MMAP.MLOCK"_req, "MEMFD.CLOEXEC"_req) {
  ActorSpec alice = User(kAlice);
  alice.memlock = Pages(2);
  const Actor a = plan.Spawn("a", alice);
  const Descriptor d = a.Memfd(kAllowSealing, Pages(2));
  const Mapping m = MapShared(a, d, 2);
  a.Store(m, 42).Succeeds();
  a.Do(MapLock{m, {Pages(2)}}).Gives(0);
  a.Do(ProcessExec{Image::kMissing}).Fails(ENOENT);
  a.Load(m).Gives(42);
  a.Do(MapLock{m, {Pages(2)}}).Gives(0);
  a.Do(MemfdAddSeals{d, kSealWrite}).Fails(EBUSY);
  a.Do(ProcessExec{}).Gives(0);
  a.Do(MemfdAddSeals{d, kSealWrite}).Gives(0);
  const Mapping n = MapShared(a, Reopen(a, d), 2, 1);
  a.Load(n).Gives(42);
  a.Do(MapLock{n, {Pages(2)}}).Gives(0);
}

SHMSPEC_CASE("map.lock.leaves_holes_below_copies", "MMAP.MLOCK"_req, "MMAP.PRIVATE_ISOLATED"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(2));
  const Mapping m = MapPrivately(a, d, 2);
  a.Store(m, 1).Succeeds();
  a.Store(m + PageOffset(1), 2).Succeeds();
  a.Do(FileAllocate{d, {0}, {Pages(2)}, kKeepSize | kPunchHole}).Gives(0);
  a.Do(MapLock{m, {Pages(2)}}).Gives(0);
  a.Do(FileStat{d}).Expects(Record<FileRecord>().With("blocks", 0));
  a.Load(m).Gives(1);
  a.Load(m + PageOffset(1)).Gives(2);
}

}  // namespace
}  // namespace shmspec
