// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Defects of shmat and shmdt: addresses, counts and protections.

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_REGRESSION(
    "regressions.attach.counts_nothing_when_it_fails", "CVE-2004-0114",
    "FreeBSD, NetBSD and OpenBSD to 2004: each failed attach kept a reference, until "
    "the count overflowed",
    "SYSV.SHMAT.FAILURE_NO_EFFECT"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Mapping occupied = Room(a);
  for (int i = 0; i < 8; ++i) a.Do(SysvAttach{s, occupied}).Fails(EINVAL);
  a.Stat(s).Expects(Record().With("nattch", 0).With("atime", 0).With("lpid", 0));
  a.Remove(s).Gives(0);
  a.Stat(s).Fails(EINVAL);
}

SHMSPEC_REGRESSION("regressions.attach.for_reading_cannot_be_made_to_write",
                   "CVE-2006-2071; gVisor commit 8eb8f9e0d",
                   "Linux to 2.6.16, and gVisor to July 2026: mprotect gave write access that the "
                   "mode refused",
                   "SYSV.SHMAT.RDONLY_NOT_UPGRADABLE"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  const Segment s = a.Get({.flags = kCreate | 0644});
  const Attach p = a.At(s);
  a.Store(p, 42);
  const Attach q = b.At(s, {}, kReadOnly);
  b.Do(MapProtect{q, {Pages(1)}, Protection(1 | 2)}).Fails(EACCES);
  b.Store(q, 43).Faults(SIGSEGV, FaultCode::kAccess);
  a.Load(p).Gives(42);
  a.Remove(s).Gives(0);
}

SHMSPEC_REGRESSION("regressions.attach.without_a_flag_for_reading_can_write",
                   "libandroid-shmem pull request 18",
                   "Termux to February 2025: every flag was taken for SHM_RDONLY, and an address "
                   "for a wish",
                   "SYSV.SHMAT.RND_ROUNDS_DOWN"_req, "SYSV.SHMAT.EXACT_ADDRESS"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0700});
  const Attach reference = a.At(s);
  const Mapping m = a.Reserve(Boundaries(2));
  std::uint64_t value = 1;
  for (const std::uint64_t flags : {kRound, kRemap, kRound | kRemap}) {
    Attach p;
    const Address at = (flags & kRemap) != 0 ? Address(m) : Null();
    const StepName attached = a.AttachAs(p, {s, at, flags});
    if ((flags & kRemap) != 0) attached.Expects(ValueOf(m));
    a.Store(p, value).Succeeds();
    a.Load(reference).Gives(static_cast<std::int64_t>(value++));
  }
  a.Remove(s).Gives(0);
}

SHMSPEC_REGRESSION("regressions.attach.replaces_a_page_if_asked", "CheriBSD issue 2698",
                   "CheriBSD to August 2026: SHM_REMAP over one page was ENOMEM",
                   "SYSV.SHMAT.REMAP_REPLACES"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Mapping m = a.Reserve(Boundaries(1));
  a.Do(MapPrivate{{Pages(1)}, m}).Succeeds();
  a.Store(m, 42);
  a.Do(SysvAttach{s, m}).Fails(EINVAL);
  a.Load(m).Gives(42);
  Attach p;
  a.AttachAs(p, {s, m, kRemap}).Expects(ValueOf(m));
  a.Load(m).Gives(0);
  a.Stat(s).Expects(Record().With("nattch", 1));
  a.Detach(p).Gives(0);
  a.Load(m).Faults(SIGSEGV, FaultCode::kUnmapped);
  a.Remove(s).Gives(0);
}

SHMSPEC_REGRESSION("regressions.attach.replaces_nothing_at_the_first_page",
                   "Linux commit 8f89c007; LTP issues 319 and 324",
                   "Linux to 4.16: SHM_REMAP of an address rounded down to null",
                   "SYSV.SHMAT.REMAP_RND_TO_NULL_EINVAL"_req, "SYSV.SHMAT.REMAP_NULL_EINVAL"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  a.Do(SysvAttach{s, AbsoluteAddress(1), kRound | kRemap}).Fails(EINVAL);
  a.Do(SysvAttach{s, Null(), kRemap}).Fails(EINVAL);
  a.Do(SysvAttach{s, Null(), kRound | kRemap}).Fails(EINVAL);
  a.Stat(s).Expects(Record().With("nattch", 0));
  a.Remove(s).Gives(0);
}

SHMSPEC_REGRESSION("regressions.attach.refuses_ranges_that_wrap_around", "Linux commit 247a8ce8",
                   "Linux to 3.16: the end of the range was computed past the last address",
                   "SYSV.SHMAT.OUT_OF_RANGE"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.size = {Boundaries(4)}, .flags = kCreate | 0600});
  for (const std::int64_t boundaries : {1, 2, 3}) {
    a.Do(SysvAttach{s, AbsoluteAddress(BoundaryOffset(-boundaries))})
        .FailsWithOneOf({EINVAL, ENOMEM});
  }
  a.Stat(s).Expects(Record().With("nattch", 0));
  a.Remove(s).Gives(0);
}

SHMSPEC_REGRESSION(
    "regressions.attach.leaves_other_memory_alone", "uniplus issue 22",
    "an emulated Unix of 2026: the first attach zeroed memory of the process without "
    "any error",
    "SYSV.DATA.NO_BLEED"_req) {
  const Actor a = plan.Spawn("a");
  const Mapping m = Room(a, 4);
  a.Do(MemoryFill{m, {Pages(4)}, 5}).Gives(0);
  const Segment s = a.Get({.size = {Pages(4)}, .flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Do(MemoryFill{p, {Pages(4)}, 6}).Gives(0);
  a.Do(MemoryChecksum{m, {Pages(4)}}).Gives(ChecksumOfFill(Pages(4), 5));
  a.Detach(p).Gives(0);
  a.Do(MemoryChecksum{m, {Pages(4)}}).Gives(ChecksumOfFill(Pages(4), 5));
  a.Remove(s).Gives(0);
}

SHMSPEC_REGRESSION("regressions.attach.is_counted_again_by_each_part", "Linux commit fc0c8f90",
                   "Linux 6.3 to 6.10: parts that mprotect split and merged stayed in the count, "
                   "and segments could not be removed",
                   "SYSV.VMA.MPROTECT_SPLIT_COUNTS"_req,
                   "SYSV.VMA.SHMDT_REMOVES_ALL_FRAGMENTS"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.size = {Pages(4)}, .flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Do(MapProtect{p + PageOffset(1), {Pages(1)}, Protection(1)}).Gives(0);
  a.Do(MapProtect{p, {Pages(2)}, Protection(1)}).Gives(0);
  a.Do(MapProtect{p, {Pages(4)}, Protection(0)}).Gives(0);
  a.Do(MapProtect{p + PageOffset(2), {Pages(2)}, Protection(1 | 2)}).Gives(0);
  a.Do(MapProtect{p, {Pages(4)}, Protection(1 | 2)}).Gives(0);
  a.Detach(p).Gives(0);
  a.Stat(s).Expects(Record().With("nattch", 0));
  a.Remove(s).Gives(0);
  a.Stat(s).Fails(EINVAL);
}

SHMSPEC_REGRESSION("regressions.attach.follows_exit_and_fork", "DragonOS pull request 1986",
                   "DragonOS to June 2026: the count was wrong after fork, mremap and exit",
                   "SYSV.LIFE.FORK_INHERITS"_req, "SYSV.LIFE.EXIT_DETACHES"_req,
                   "SYSV.VMA.MREMAP_MOVE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Store(p, 42);
  a.Fork(c);
  a.Stat(s).Expects(Record().With("nattch", 2));
  const Mapping room = c.Reserve(Boundaries(2));
  Mapping moved;
  c.MapAs(moved, MapRemap{p, {Pages(1)}, {Pages(1)}, room}).Expects(ValueOf(room));
  c.Load(moved).Gives(42);
  a.Stat(s).Expects(Record().With("nattch", 2));
  c.Exit().Expects(Exited());
  a.Stat(s).Expects(Record().With("nattch", 1).With("lpid", c));
  a.Load(p).Gives(42);
  a.Remove(s).Gives(0);
}

SHMSPEC_REGRESSION("regressions.detach.takes_only_segments", "DragonOS pull request 1986",
                   "DragonOS to June 2026: shmdt unmapped whatever was at the address",
                   "SYSV.SHMDT.NOT_START_ADDRESS"_req) {
  const Actor a = plan.Spawn("a");
  const Mapping own = Room(a);
  const Mapping shared = a.Map({.size = {Pages(1)}, .flags = kMapShared | kMapAnonymous});
  for (const Mapping& m : {own, shared}) {
    a.Store(m, 42).Succeeds();
    a.Detach(m).Fails(EINVAL);
    a.Load(m).Gives(42);
  }
}

SHMSPEC_REGRESSION("regressions.detach.of_no_address_is_refused", "QEMU commit fa527b44",
                   "QEMU in user mode: shmdt of a null pointer ended the emulator",
                   "SYSV.SHMDT.NOT_START_ADDRESS"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.size = {Pages(2)}, .flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Detach(Null()).Fails(EINVAL);
  a.Detach(p + 1).Fails(EINVAL);
  a.Detach(p + PageOffset(1)).Fails(EINVAL);
  a.Stat(s).Expects(Record().With("nattch", 1));
  a.Remove(s).Gives(0);
}

SHMSPEC_REGRESSION("regressions.fork.shares_a_segment_first_touched_afterwards",
                   "for-mac issue 2547, gVisor test suite",
                   "systems that share only pages which exist at the time of fork",
                   "SYSV.LIFE.FORK_SHARED_NOT_COPIED"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Segment s = a.Get({.size = {Pages(2)}, .flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Fork(c);
  c.Store(p, 42).Succeeds();
  a.Load(p).Gives(42);
  a.Store(p + PageOffset(1), 43).Succeeds();
  c.Load(p + PageOffset(1)).Gives(43);
  a.Remove(s).Gives(0);
}

}  // namespace
}  // namespace shmspec
