// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Defects of mappings: what is shared, what is private, and where files end.

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_REGRESSION(
    "regressions.map.of_a_reader_cannot_be_made_to_write",
    "Asterinas issue 2407, Occlum issue 1462",
    "Asterinas to 2025, Occlum: mprotect let a process change what it had opened for "
    "reading",
    "MMAP.MPROTECT_UPGRADE_EACCES"_req, "MMAP.PRIVATE_ISOLATED"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(1));
  const Mapping writing = MapShared(a, d, 1);
  a.Store(writing, 42).Succeeds();
  const Descriptor reading = Reopen(a, d);
  const Mapping m = MapShared(a, reading, 1, 1);
  a.Do(MapProtect{m, {Pages(1)}, Protection(1 | 2)}).Fails(EACCES);
  a.Load(m).Gives(42);
  a.Store(m, 43).Faults(SIGSEGV, FaultCode::kAccess);
  const Mapping own = MapPrivately(a, reading, 1, 1);
  a.Do(MapProtect{own, {Pages(1)}, Protection(1 | 2)}).Gives(0);
  a.Store(own, 44).Succeeds();
  a.Load(writing).Gives(42);
}

SHMSPEC_REGRESSION("regressions.map.that_fails_leaves_what_was_there", "tgoskits pull request 565",
                   "StarryOS to May 2026: a refused MAP_FIXED had unmapped the range already",
                   "MMAP.FAILED_FIXED_KEEPS"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor reading = Reopen(a, a.Memfd(0, Pages(1)));
  const Mapping m = Room(a);
  a.Store(m, 42);
  const auto over = [&](DescriptorRef file) {
    return a.Do(
        MapMap{.descriptor = file, .size = {Pages(1)}, .flags = kMapShared | kMapFixed, .at = m});
  };
  over(reading).Fails(EACCES);
  over(DescriptorNumber(-1)).Fails(EBADF);
  a.Load(m).Gives(42);
}

SHMSPEC_REGRESSION("regressions.map.checks_what_it_is_asked", "phoenix-rtos-project issue 1656",
                   "Phoenix-RTOS to 2026: no length, no kind and write access to a reader's file "
                   "were accepted",
                   "MMAP.LEN_ZERO"_req, "MMAP.BAD_FLAGS"_req, "MMAP.RDONLY_MAP_WRITE_EACCES"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(1));
  a.Do(MapMap{.descriptor = d, .size = {0}}).Fails(EINVAL);
  a.Do(MapMap{.descriptor = d, .flags = 0}).Fails(EINVAL);
  a.Do(MapMap{.descriptor = Reopen(a, d)}).Fails(EACCES);
  const Mapping m = MapShared(a, d, 1);
  a.Do(MapUnmap{m, {0}}).Fails(EINVAL);
  a.Store(m, 42).Succeeds();
}

SHMSPEC_REGRESSION(
    "regressions.map.behind_the_end_raises_sigbus_and_nothing_else", "CVE-2005-0977",
    "Linux to 2.6.11: an access behind the end of a file in memory brought the kernel "
    "down",
    "MMAP.SIGBUS_BEYOND_EOF"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(1));
  const Mapping m = MapShared(a, d, 3);
  const Mapping far = a.Map({.descriptor = d, .size = {Pages(1)}, .offset = {Pages(1ull << 30)}});
  a.Load(m + PageOffset(1)).Faults(SIGBUS, FaultCode::kBeyondObject);
  a.Store(m + PageOffset(2), 1).Faults(SIGBUS, FaultCode::kBeyondObject);
  a.Load(far).Faults(SIGBUS, FaultCode::kBeyondObject);
  a.Store(m, 42).Succeeds();
  a.Load(m).Gives(42);
}

SHMSPEC_REGRESSION("regressions.map.of_one_file_opened_twice_is_one_memory", "Uros issue 277",
                   "Uros to May 2026: each open had a memory of its own, and two tasks did not "
                   "share",
                   "MMAP.SHARED_WRITES_VISIBLE"_req, "MEMFD.REOPEN_VIA_PROC"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(1));
  const Mapping one = MapShared(a, d, 1);
  const Mapping other = MapShared(a, Reopen(a, d, kReadWrite), 1);
  a.Store(one, 41).Succeeds();
  a.Load(other).Gives(41);
  a.Store(other, 42).Succeeds();
  a.Load(one).Gives(42);
}

SHMSPEC_REGRESSION(
    "regressions.map.and_file_calls_see_the_same_bytes",
    "Gramine issue 1248, libmdbx issue 67, curvine pull request 850",
    "Gramine, OpenBSD and FUSE file systems: write was refused, or its bytes were not "
    "in the mapping",
    "POSIX.SIZE.RDWR_IO"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(2));
  const Mapping m = MapShared(a, d, 2);
  const Mapping buffer = Room(a);
  a.Store(buffer, 41);
  a.Do(FilePwrite{d, buffer, {8}, {Pages(1)}}).Gives(8);
  a.Load(m + PageOffset(1)).Gives(41);
  a.Store(m + PageOffset(1), 42).Succeeds();
  a.Do(FilePread{d, buffer, {8}, {Pages(1)}}).Gives(8);
  a.Load(buffer).Gives(42);
  a.Do(FileWrite{d, buffer, {8}}).Gives(8);
  a.Load(m).Gives(42);
}

SHMSPEC_REGRESSION(
    "regressions.fork.shares_anonymous_memory_first_touched_afterwards",
    "DragonOS issue 2181, Gramine issue 401",
    "DragonOS to August 2026, Gramine: MAP_SHARED was private for pages that did not "
    "exist at fork",
    "ANON.SHARED_WITH_CHILD"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Mapping m = a.Map({.size = {Pages(3)}, .flags = kMapShared | kMapAnonymous});
  a.Store(m, 1).Succeeds();
  a.Fork(c);
  c.Load(m).Gives(1);
  c.Store(m + PageOffset(1), 42).Succeeds();
  a.Load(m + PageOffset(1)).Gives(42);
  a.Store(m + PageOffset(2), 43).Succeeds();
  c.Load(m + PageOffset(2)).Gives(43);
}

SHMSPEC_REGRESSION("regressions.fork.keeps_shared_and_private_memory_apart",
                   "elfuse pull requests 16 and 60",
                   "elfuse to May 2026: children had copies of shared memory, and saw what parents "
                   "stored in private memory",
                   "ANON.SHARED_WITH_CHILD"_req, "MMAP.FORK_RETAINS"_req,
                   "MMAP.PRIVATE_ISOLATED"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Mapping shared = a.Map({.size = {Pages(2)}, .flags = kMapShared | kMapAnonymous});
  const Mapping own = Room(a, 2);
  a.Store(shared, 1).Succeeds();
  a.Store(own, 1).Succeeds();
  a.Fork(c);
  for (const std::int64_t page : {0, 1}) {
    a.Store(shared + PageOffset(page), 2).Succeeds();
    a.Store(own + PageOffset(page), 2).Succeeds();
  }
  c.Load(own).Gives(1);
  c.Load(own + PageOffset(1)).Gives(0);
  c.Load(shared).Gives(2);
  c.Load(shared + PageOffset(1)).Gives(2);
  c.Store(own, 3).Succeeds();
  c.Store(shared, 3).Succeeds();
  a.Load(own).Gives(2);
  a.Load(shared).Gives(3);
}

SHMSPEC_REGRESSION("regressions.fork.keeps_one_memory_after_private_copies", "CVE-2021-29626",
                   "FreeBSD to 12.2: a shared mapping went on showing a page of before a copy",
                   "MMAP.SHARED_WRITES_VISIBLE"_req, "MMAP.PRIVATE_ISOLATED"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Descriptor d = a.Memfd(0, Pages(1));
  const Mapping shared = MapShared(a, d, 1);
  const Mapping own = MapPrivately(a, d, 1);
  a.Store(shared, 1).Succeeds();
  a.Load(own).Gives(1);
  a.Fork(c);
  c.Store(own, 2).Succeeds();
  a.Store(shared, 3).Succeeds();
  c.Load(shared).Gives(3);
  c.Load(own).Gives(2);
  c.Store(shared, 4).Succeeds();
  a.Load(shared).Gives(4);
}

}  // namespace
}  // namespace shmspec
