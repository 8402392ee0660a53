// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// shmat(2): where attaches go, what they allow and what they change.

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_CASE("sysv.attach.finds_a_place_of_its_own", "SYSV.SHMAT.NULL_KERNEL_CHOOSES"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Segment t = a.Get({.flags = kCreate | 0600});
  Attach p, q;
  a.AttachAs(p, {s}).Succeeds();
  a.AttachAs(q, {t}).Expects(NotValueOf(p));
  a.Do(MemoryFill{p, {Pages(1)}, 1}).Gives(0);
  a.Do(MemoryFill{q, {Pages(1)}, 2}).Gives(0);
  a.Do(MemoryChecksum{p, {Pages(1)}}).Gives(ChecksumOfFill(Pages(1), 1));
  a.Remove(s).Gives(0);
  a.Remove(t).Gives(0);
}

SHMSPEC_CASE("sysv.attach.takes_the_address_it_is_given", "SYSV.SHMAT.EXACT_ADDRESS"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.size = {Boundaries(2)}, .flags = kCreate | 0600});
  const Mapping m = a.Reserve(Boundaries(6));
  const Mapping hole = m + BoundaryOffset(2);
  a.Do(MapUnmap{hole, {Boundaries(2)}}).Gives(0);
  Attach p;
  a.AttachAs(p, {s, hole}).Expects(ValueOf(hole));
  a.Store(p + (BoundaryOffset(2) - 1), 7, Width::k1).Succeeds();
  a.Load(hole + (BoundaryOffset(2) - 1), Width::k1).Gives(7);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.attach.refuses_an_address_inside_a_page", "SYSV.SHMAT.MISALIGNED"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Mapping m = a.Reserve(Boundaries(4));
  a.Do(SysvAttach{s, m + 1, kRemap}).Fails(EINVAL);
  a.Do(SysvAttach{s, m + (BoundaryOffset(1) - 1), kRemap}).Fails(EINVAL);
  a.Stat(s).Expects(Record().With("nattch", 0));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.attach.rounds_an_address_down_if_asked", "SYSV.SHMAT.RND_ROUNDS_DOWN"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Mapping m = a.Reserve(Boundaries(4));
  for (const std::int64_t offset :
       {std::int64_t{0}, std::int64_t{1}, BoundaryOffset(1) / 2, BoundaryOffset(1) - 1}) {
    Attach p;
    a.AttachAs(p, {s, m + offset, kRound | kRemap}).Expects(ValueOf(m));
    a.Stat(s).Expects(Record().With("nattch", 1));
  }
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.attach.leaves_mappings_in_its_way_alone", "SYSV.SHMAT.OCCUPIED_EINVAL"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.size = {Boundaries(2)}, .flags = kCreate | 0600});
  const Mapping m = a.Reserve(Boundaries(6));
  Mapping occupied;
  a.MapAs(occupied, MapPrivate{{Boundaries(2)}, m + BoundaryOffset(2)})
      .Expects(ValueOf(m + BoundaryOffset(2)));
  a.Store(occupied, 42);
  a.Do(SysvAttach{s, occupied}).Fails(EINVAL);
  a.Do(SysvAttach{s, occupied - BoundaryOffset(1)}).Fails(EINVAL);
  a.Do(SysvAttach{s, occupied + BoundaryOffset(1)}).Fails(EINVAL);
  a.Load(occupied).Gives(42);
  a.Stat(s).Expects(Record().With("nattch", 0).With("atime", 0));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.attach.replaces_private_memory_if_asked", "SYSV.SHMAT.REMAP_REPLACES"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Mapping m = a.Reserve(Pages(1));
  a.Do(MapPrivate{{Pages(1)}, m}).Succeeds();
  a.Store(m, 42);
  Attach p;
  a.AttachAs(p, {s, m, kRemap}).Expects(ValueOf(m));
  a.Load(m).Gives(0);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.attach.detaches_the_attach_it_replaces", "SYSV.SHMAT.REMAP_REPLACES"_req) {
  const Actor a = plan.Spawn("a");
  const Segment old = a.Get({.flags = kCreate | 0600});
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Mapping m = a.Reserve(Boundaries(4));
  const Attach p = a.At(old, m, kRemap);
  a.Store(p, 42);
  Attach q;
  a.AttachAs(q, {s, m, kRemap}).Expects(ValueOf(p));
  a.Load(q).Gives(0);
  a.Stat(old).Expects(Record().With("nattch", 0));
  a.Stat(s).Expects(Record().With("nattch", 1));
  a.Detach(q).Gives(0);
  a.Remove(old).Gives(0);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.attach.replaces_nothing_at_no_address", "SYSV.SHMAT.REMAP_NULL_EINVAL"_req,
             "SYSV.SHMAT.REMAP_RND_TO_NULL_EINVAL"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  a.Do(SysvAttach{s, Null(), kRemap}).Fails(EINVAL);
  a.Do(SysvAttach{s, AbsoluteAddress(1), kRemap | kRound}).Fails(EINVAL);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.attach.keeps_users_from_the_first_page", "SYSV.SHMAT.RND_TO_ZERO_PAGE"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Segment s = a.Get({.flags = kCreate | 0600});
  // EINVAL on a processor on which no process has it.
  a.Do(SysvAttach{s, AbsoluteAddress(1), kRound}).Expects(Fails(EPERM) | Fails(EINVAL));
  a.Stat(s).Expects(Record().With("nattch", 0));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.attach.refuses_addresses_of_the_kernel", "SYSV.SHMAT.OUT_OF_RANGE"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.size = {Pages(2)}, .flags = kCreate | 0600});
  // The oracle knows where the addresses of processes end, on some systems above all of these.
  for (const std::int64_t pages : {1, 2, 16, 1 << 20}) {
    Attach p;
    a.AttachAs(p, {s, AbsoluteAddress(PageOffset(-pages))});
    a.Detach(p);
  }
  a.Stat(s).Expects(Record().With("nattch", 0));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.attach.stops_stores_if_read_only", "SYSV.SHMAT.RDONLY_FAULTS"_req,
             "SYSV.MULTI.MIXED_PROTECTION"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach writable = a.At(s);
  const Attach readable = a.At(s, {}, kReadOnly);
  a.Store(writable, 42);
  a.Load(readable).Gives(42);
  a.Store(readable, 43).Faults(SIGSEGV, FaultCode::kAccess);
  a.Load(writable).Gives(42);
  a.Store(writable, 44).Succeeds();
  a.Load(readable).Gives(44);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.attach.stays_read_only", "SYSV.SHMAT.RDONLY_NOT_UPGRADABLE"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s, {}, kReadOnly);
  a.Do(MapProtect{p, {Pages(1)}, 1 | 2}).Fails(EACCES);
  a.Store(p, 1).Faults(SIGSEGV, FaultCode::kAccess);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.attach.sees_later_stores_if_read_only", "SYSV.SHMAT.RDONLY_SEES_UPDATES"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  const Attach q = b.At(s, {}, kReadOnly);
  for (std::int64_t value = 1; value <= 5; ++value) {
    a.Store(p + 100, static_cast<std::uint64_t>(value), Width::k4);
    b.Load(q + 100, Width::k4).Gives(value);
  }
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.attach.always_needs_read_permission", "SYSV.SHMAT.NO_WRITE_ONLY"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Segment s = a.Get({.flags = kCreate | 0200});
  a.Do(SysvAttach{s}).Fails(EACCES);
  a.Do(SysvAttach{s, {}, kReadOnly}).Fails(EACCES);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.attach.for_execution_needs_the_execute_bit", "SYSV.SHMAT.EXEC_NEEDS_X"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Segment plain = a.Get({.flags = kCreate | 0600});
  const Segment program = a.Get({.flags = kCreate | 0700});
  a.Do(SysvAttach{plain, {}, kExecute}).Fails(EACCES);
  a.Do(SysvAttach{plain, {}, kExecute | kReadOnly}).Fails(EACCES);
  const Attach p = a.At(program, {}, kExecute);
  a.Store(p, 0xc3, Width::k1).Succeeds();
  a.Do(MapLayout{}).Succeeds();  // the oracle looks for the right to execute
  a.Remove(plain).Gives(0);
  a.Remove(program).Gives(0);
}

SHMSPEC_CASE("sysv.attach.may_be_made_executable_later", "SYSV.SHMAT.EXEC_VIA_MPROTECT"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Do(MapProtect{p, {Pages(1)}, 1 | 2 | 4}).Gives(0);
  a.Do(MapLayout{}).Succeeds();
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.attach.leaves_no_trace_if_it_fails", "SYSV.SHMAT.FAILURE_NO_EFFECT"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  const Segment s = a.Get({.flags = kCreate | 0604});
  const Mapping m = a.Reserve(Boundaries(4));
  a.Do(SysvAttach{s, m + 1}).Fails(EINVAL);
  a.Do(SysvAttach{s, m}).Fails(EINVAL);
  a.Do(SysvAttach{s, Null(), kRemap}).Fails(EINVAL);
  a.Do(SysvAttach{s, {}, kExecute}).Fails(EACCES);
  b.Do(SysvAttach{s}).Fails(EACCES);
  a.Stat(s).Expects(Record().With("nattch", 0).With("atime", 0).With("lpid", 0));
  a.Load(m).Faults(SIGSEGV, FaultCode::kAccess);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.attach.counts_and_stamps", "SYSV.SHMAT.SUCCESS_UPDATES"_req,
             "SYSV.STAT.LPID"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.flags = kCreate | 0600});
  a.Stat(s).Expects(Record().With("nattch", 0).With("lpid", 0).With("atime", 0));
  b.At(s);
  a.Stat(s).Expects(
      Record().With("nattch", 1).With("lpid", b).With("atime", 1, kMost).With("dtime", 0));
  const Attach p = a.At(s);
  b.Stat(s).Expects(Record().With("nattch", 2).With("lpid", a));
  b.At(s);
  a.Stat(s).Expects(Record().With("nattch", 3).With("lpid", b));
  a.Detach(p).Gives(0);
  b.Stat(s).Expects(Record().With("nattch", 2).With("lpid", a));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.attach.needs_address_space", "SYSV.SHMAT.RLIMIT_AS"_req) {
  constexpr std::uint64_t kGibibyte = std::uint64_t{1} << 30;
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.size = {4 * kGibibyte}, .flags = kCreate | kNoReserve | 0600});
  b.Do(ProcessSetLimit{Limit::kAddressSpace, 2 * kGibibyte}).Gives(0);
  b.Do(SysvAttach{s}).Fails(ENOMEM);
  a.Stat(s).Expects(Record().With("nattch", 0).With("atime", 0));
  a.At(s);
  a.Stat(s).Expects(Record().With("nattch", 1));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.attach.may_be_repeated_beyond_the_reported_limit", "SYSV.SHMAT.MAP_COUNT"_req) {
  const Actor a = plan.Spawn("a", Alone());
  a.Do(SystemSysctlWrite{Sysctl::kShmmni, 4}).Gives(0);
  a.Do(SysvInfo{SegmentId(0)}).Expects(Record<LimitsRecord>().With("shmseg", 4));
  const Segment s = a.Get({.flags = kCreate | 0600});
  for (int i = 0; i < 20; ++i) a.At(s);
  a.Stat(s).Expects(Record().With("nattch", 20));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.attaches.of_one_process_have_their_own_addresses",
             "SEED.MULTI_ATTACH_SAME_PROCESS"_req, "SYSV.MULTI.NATTCH_COUNTS_ATTACHES"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  Attach p, q, r;
  a.AttachAs(p, {s}).Succeeds();
  a.AttachAs(q, {s}).Expects(NotValueOf(p));
  a.AttachAs(r, {s}).Expects(NotValueOf(q));
  a.Stat(s).Expects(Record().With("nattch", 3));
  a.Store(p + 16, 42);
  a.Load(q + 16).Gives(42);
  a.Load(r + 16).Gives(42);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.attaches.show_the_same_memory_everywhere",
             "SYSV.MULTI.SAME_PHYSICAL_MEMORY"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.size = {Pages(3)}, .flags = kCreate | 0600});
  const Attach p = a.At(s);
  const Attach q = a.At(s);
  const Attach r = b.At(s);
  const Attach t = b.At(s, {}, kReadOnly);
  constexpr std::uint64_t kValue = 0x1122334455667788;
  const std::int64_t across = PageOffset(1) - 4;
  a.Store(p + across, kValue);
  b.Load(r + across).Gives(kValue);
  b.Store(r + (across + 2), 0xaa, Width::k1);
  a.Load(q + across).Gives(WithPart(kValue, 0xaa, Width::k1, 2));
  b.Do(MemoryFill{r, {Pages(3)}, 9}).Gives(0);
  a.Do(MemoryChecksum{p, {Pages(3)}}).Gives(ChecksumOfFill(Pages(3), 9));
  b.Do(MemoryChecksum{t, {Pages(3)}}).Gives(ChecksumOfFill(Pages(3), 9));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.attaches.are_coherent_within_a_thread", "SYSV.MULTI.SAME_THREAD_COHERENT"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.size = {Pages(2)}, .flags = kCreate | 0600});
  const Attach p = a.At(s);
  const Attach q = a.At(s);
  for (const std::int64_t offset :
       {std::int64_t{0}, std::int64_t{8}, PageOffset(1) - 8, PageOffset(1), PageOffset(2) - 8}) {
    a.Do(MemoryStore{p + offset, Width::k8, 7, Order::kRelaxed});
    a.Do(MemoryLoad{q + offset, Width::k8, Order::kRelaxed}).Gives(7);
    a.Do(MemoryFetchAdd{q + offset, Width::k8, 1}).Gives(7);
    a.Do(MemoryLoad{p + offset, Width::k8, Order::kRelaxed}).Gives(8);
  }
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.attaches.are_detached_one_by_one", "SYSV.MULTI.DETACH_ONE"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Mapping m = a.Reserve(Boundaries(8));
  const Attach p = InGap(a, s, m, Boundaries(1));
  const Attach q = InGap(a, s, m + BoundaryOffset(2), Boundaries(1));
  const Attach r = InGap(a, s, m + BoundaryOffset(4), Boundaries(1));
  a.Detach(q).Gives(0);
  a.Stat(s).Expects(Record().With("nattch", 2));
  a.Load(q).Faults(SIGSEGV, FaultCode::kUnmapped);
  a.Store(p, 42);
  a.Load(r).Gives(42);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.attach.keeps_clear_of_the_lowest_addresses", "SYSV.SHMAT.MMAP_MIN_ADDR"_req) {
  const Actor user = plan.Spawn("user", User(kAlice));
  const Segment s = user.Get({.flags = kCreate | 0600});
  // The oracle knows the limit; usually it is the last of these.
  for (const std::int64_t page : {1, 8, 15, 16}) {
    Attach p;
    user.AttachAs(p, {s, AbsoluteAddress(PageOffset(page))});
    user.Detach(p);
  }
  user.Stat(s).Expects(Record().With("nattch", 0));
  user.Remove(s).Gives(0);
}

}  // namespace
}  // namespace shmspec
