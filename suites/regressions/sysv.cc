// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Defects in how segments live, and in who may do what with them.

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_REGRESSION("regressions.remove.is_refused_to_other_users", "gVisor issue 14191",
                   "gVisor to August 2026: every user could remove every segment",
                   "PERM.SYSV.OWNER_OR_CREATOR_CAN_RMID"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  const Segment s = a.Get({.flags = kCreate | 0666});
  b.Remove(s).Fails(EPERM);
  a.Stat(s).Expects(Record().With("mode", 0666));
  a.Remove(s).Gives(0);
}

SHMSPEC_REGRESSION("regressions.remove.may_be_repeated_while_attached", "gVisor commit 0e277a39c",
                   "gVisor to 2018: a second removal freed memory that was still attached, and "
                   "others were given it",
                   "SYSV.RMID.REPEAT_WHILE_PENDING"_req,
                   "SYSV.RMID.DEFERRED_UNTIL_LAST_DETACH"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Store(p, 42);
  for (int i = 0; i < 4; ++i) a.Remove(s).Gives(0);
  const Segment t = b.Get({.flags = kCreate | 0600});
  const Attach q = b.At(t);
  b.Load(q).Gives(0);
  b.Do(MemoryFill{q, {Pages(1)}, 9}).Gives(0);
  a.Load(p).Gives(42);
  a.Detach(p).Gives(0);
  a.Stat(s).Fails(EINVAL);
  b.Remove(t).Gives(0);
}

SHMSPEC_REGRESSION("regressions.remove.does_not_look_at_the_buffer", "CheriBSD issue 189",
                   "CheriBSD: IPC_RMID with a null pointer was EFAULT, so segments stayed",
                   "SYSV.RMID.BUF_IGNORED"_req) {
  const Actor a = plan.Spawn("a");
  for (const Buffer buffer : {Buffer::kNull, Buffer::kWild, Buffer::kUnwritable, Buffer::kValid}) {
    const Segment s = a.Get({.flags = kCreate | 0600});
    a.Do(SysvRemove{s, buffer}).Gives(0);
    a.Stat(s).Fails(EINVAL);
  }
}

SHMSPEC_REGRESSION("regressions.remove.frees_the_key_at_once", "DMTCP pull request 1017",
                   "DMTCP: tools that went by key took the old segment for the new one",
                   "SYSV.RMID.KEY_REUSABLE"_req, "SYSV.RMID.KEY_BECOMES_PRIVATE"_req) {
  const Actor a = plan.Spawn("a");
  const Key k = plan.NewKey();
  const Segment old = a.Get({.key = k, .flags = kCreate | 0600});
  const Attach p = a.At(old);
  a.Store(p, 42);
  a.Remove(old).Gives(0);
  const Segment s = a.Get({.key = k, .flags = kCreate | kExclusive | 0600});
  a.Load(a.At(s)).Gives(0);
  a.Load(p).Gives(42);
  a.Stat(old).Expects(Record().With("key", 0).With("nattch", 1));
  a.Stat(s).Expects(Record().With("key", k).With("nattch", 1));
  a.Remove(s).Gives(0);
}

SHMSPEC_REGRESSION("regressions.create.refuses_a_segment_of_no_bytes", "gVisor commit 46603b569",
                   "gVisor to 2018: the sandbox ended with a panic",
                   "SYSV.SHMGET.SIZE_ZERO_NEW"_req) {
  const Actor a = plan.Spawn("a");
  a.Do(SysvGet{PrivateKey(), {0}, kCreate | 0600}).Fails(EINVAL);
  a.Do(SysvGet{plan.NewKey(), {0}, kCreate | 0600}).Fails(EINVAL);
}

SHMSPEC_REGRESSION("regressions.create.refuses_sizes_that_overflow", "Linux commit 1376327c",
                   "Linux to 3.15: sizes near the largest number were rounded up to none",
                   "SYSV.SHMGET.SIZE_MAX"_req) {
  const Actor a = plan.Spawn("a", Alone());
  for (const std::uint64_t less : {0u, 1u, 4095u, 4096u, 65536u, 1u << 24}) {
    a.Do(SysvGet{PrivateKey(), {~std::uint64_t{0} - less}, kCreate | 0600})
        .FailsWithOneOf({EINVAL, ENOSPC, ENOMEM});
  }
  a.Do(SysvShmInfo{SegmentId(0)})
      .Expects(Record<UsageRecord>().With("used_ids", 0).With("shm_tot", 0));
}

SHMSPEC_REGRESSION(
    "regressions.create.finds_no_segment_that_is_too_small", "Kore issue 44",
    "Kore: a segment left by an older version kept the server from starting, and the "
    "error did not say so",
    "SYSV.SHMGET.SIZE_TOO_BIG_EXISTING"_req) {
  const Actor a = plan.Spawn("a");
  const Key k = plan.NewKey();
  const Segment s = a.Get({.key = k, .size = {Pages(1)}, .flags = kCreate | 0600});
  a.Do(SysvGet{k, {Pages(4)}, kCreate | 0600}).Fails(EINVAL);
  a.Do(SysvGet{k, {Pages(1) + 1}, 0600}).Fails(EINVAL);
  Segment found;
  a.GetAs(found, {.key = k, .size = {1}, .flags = kCreate | 0600}).Expects(ValueOf(s));
  a.Stat(s).Expects(Record().With("size", static_cast<std::int64_t>(Pages(1))));
  a.Remove(s).Gives(0);
}

SHMSPEC_REGRESSION("regressions.create.keeps_the_size_as_asked", "plibsys issue 113",
                   "macOS: programs that read the size back were given whole pages",
                   "SYSV.SHMGET.SEGSZ_EXACT"_req) {
  const Actor a = plan.Spawn("a");
  for (const std::int64_t size : {std::int64_t{1}, PageOffset(3) + 1, PageOffset(2) - 1}) {
    const Segment s = a.Get({.size = {static_cast<std::uint64_t>(size)}, .flags = kCreate | 0600});
    a.Stat(s).Expects(Record().With("size", size));
    a.Remove(s).Gives(0);
  }
}

SHMSPEC_REGRESSION("regressions.create.counts_sizes_above_two_gigabytes",
                   "CRIU issues 287 and 2173",
                   "CRIU: sizes were kept in a signed number of 32 bits, and large databases were "
                   "not restored",
                   "SYSV.SHMGET.SEGSZ_EXACT"_req) {
  const Actor a = plan.Spawn("a");
  constexpr std::int64_t kTwoGigabytes = std::int64_t{1} << 31;
  const Segment s = a.Get(
      {.size = {static_cast<std::uint64_t>(kTwoGigabytes)}, .flags = kCreate | kNoReserve | 0600});
  a.Stat(s).Expects(Record().With("size", kTwoGigabytes));
  a.Remove(s).Gives(0);
}

SHMSPEC_REGRESSION("regressions.create.gives_memory_of_zeros", "gVisor commit 0e277a39c",
                   "gVisor to 2018: a new segment could show what another user had stored",
                   "SYSV.SHMGET.ZERO_FILL"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  for (int i = 0; i < 3; ++i) {
    const Segment s = a.Get({.size = {Pages(8)}, .flags = kCreate | 0600});
    const Attach p = a.At(s);
    a.Do(MemoryFill{p, {Pages(8)}, 77}).Gives(0);
    a.Detach(p).Gives(0);
    a.Remove(s).Gives(0);
    const Segment t = b.Get({.size = {Pages(8)}, .flags = kCreate | 0600});
    const Attach q = b.At(t);
    b.Do(MemoryChecksum{q, {Pages(8)}}).Gives(ChecksumOfZeros(Pages(8)));
    b.Detach(q).Gives(0);
    b.Remove(t).Gives(0);
  }
}

SHMSPEC_REGRESSION("regressions.identifier.of_nothing_is_refused_by_every_call",
                   "StarryOS issues 215 and 261",
                   "StarryOS to April 2026: an unknown identifier brought the kernel down",
                   "SYSV.SHMAT.INVALID_ID"_req, "SYSV.ID.NEGATIVE_INVALID"_req) {
  const Actor a = plan.Spawn("a", Alone());
  for (const std::int64_t id : {99999, 0, -1, 2147483647, -2147483647 - 1}) {
    const SegmentRef nothing = SegmentId(id);
    a.Do(SysvAttach{nothing}).Fails(EINVAL);
    a.Stat(nothing).Fails(EINVAL);
    a.Set({nothing}).Fails(EINVAL);
    a.Do(SysvLock{nothing}).Fails(EINVAL);
    a.Remove(nothing).Fails(EINVAL);
  }
}

SHMSPEC_REGRESSION("regressions.identifier.is_that_of_its_own_namespace",
                   "StarryOS pull request 981, flatpak pull request 5238",
                   "StarryOS: identifiers reached segments of other containers; X clients in a "
                   "sandbox named segments of strangers",
                   "NS.IPC.ISOLATES_KEYS"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Actor b = plan.Spawn("b", Alone());
  const Segment s = a.Get({.size = {Pages(2)}, .flags = kCreate | 0666});
  a.Store(a.At(s), 1);
  b.Do(SysvAttach{s}).Fails(EINVAL);
  b.Do(SysvShmInfo{SegmentId(0)}).Expects(Record<UsageRecord>().With("used_ids", 0));
  const Segment t = b.Get({.size = {Pages(1)}, .flags = kCreate | 0666});
  b.Store(b.At(t), 2);
  // In two new namespaces both have the same number.
  b.Load(b.At(t)).Gives(2);
  b.Stat(t).Expects(Record().With("size", PageOffset(1)).With("cpid", b));
  b.Remove(t).Gives(0);
  a.Remove(s).Gives(0);
}

SHMSPEC_REGRESSION("regressions.unlock.is_refused_to_other_users", "CVE-2005-0176",
                   "Linux to 2.6.9: a user could unlock the memory of others",
                   "SYSV.LOCK.OWNER_OR_CREATOR"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  const Segment s = a.Get({.flags = kCreate | 0666});
  a.Do(SysvLock{s}).Gives(0);
  b.Do(SysvUnlock{s}).Fails(EPERM);
  b.Do(SysvLock{s}).Fails(EPERM);
  a.Stat(s).Expects(Record().With("mode", 0666 | 02000));
  a.Do(SysvUnlock{s}).Gives(0);
  a.Remove(s).Gives(0);
}

SHMSPEC_REGRESSION("regressions.stat.fills_in_the_whole_count_of_attaches",
                   "tgoskits pull request 1118",
                   "StarryOS to June 2026: the count was 16 bits of a record cut short, and "
                   "PostgreSQL read garbage",
                   "SYSV.STAT.WRITES_RECORD_ONLY"_req, "SYSV.MULTI.NATTCH_COUNTS_ATTACHES"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  a.Stat(s).Expects(Record().With("nattch", 0));
  for (const std::int64_t count : {1, 2, 3}) {
    a.At(s);
    a.Stat(s).Expects(Record().With("nattch", count));
  }
  a.Remove(s).Gives(0);
}

SHMSPEC_REGRESSION("regressions.stat.refuses_buffers_that_are_none", "LTP commit d72f215af",
                   "C library of 32-bit systems: shmctl wrote to the buffer itself and ended the "
                   "program",
                   "SYSV.STAT.BAD_BUFFER"_req, "SYSV.SET.BAD_BUFFER_FIRST"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  for (const Buffer buffer : {Buffer::kNull, Buffer::kWild}) {
    a.Do(SysvStat{s, buffer}).Fails(EFAULT);
    a.Set({.segment = s, .buffer = buffer}).Fails(EFAULT);
  }
  a.Remove(s).Gives(0);
}

SHMSPEC_REGRESSION("regressions.mode.of_nothing_keeps_the_owner_out", "Shadow pull request 3743",
                   "Shadow and PHP: owners could attach segments of mode 0, as only root may",
                   "PERM.SYSV.CLASS_SELECTION"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Segment s = a.Get({.flags = kCreate});
  a.Do(SysvAttach{s}).Fails(EACCES);
  a.Do(SysvAttach{s, {}, kReadOnly}).Fails(EACCES);
  a.Stat(s).Fails(EACCES);
  a.Set({s, {kAlice}, {kAlice}, {0600}}).Gives(0);
  a.Store(a.At(s), 42).Succeeds();
  a.Set({s, {kAlice}, {kAlice}, {0}}).Gives(0);
  a.Remove(s).Gives(0);
}

}  // namespace
}  // namespace shmspec
