// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// 32-bit and 64-bit callers of the same kernel.

#include <cerrno>
#include <limits>
#include <utility>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

constexpr std::int64_t kNarrowMost = std::numeric_limits<std::int32_t>::max();
constexpr std::uint64_t kFourGigabytes = 1ull << 32;

ActorSpec Narrow() { return {.abi = Abi::kIa32}; }

/// A 32-bit program, not only the calls of one.
ActorSpec NarrowProgram() { return {.abi = Abi::kI386}; }

SHMSPEC_CASE("compatibility.sharing.is_of_equal_bytes_at_equal_offsets",
             "COMPAT.SHARE_ACROSS_ABI"_req) {
  const Actor wide = plan.Spawn("wide");
  const Actor narrow = plan.Spawn("narrow", Narrow());
  const Key k = plan.NewKey();
  const Segment s = wide.Get({.key = k, .size = {Pages(3)}, .flags = kCreate | 0600});
  Segment found;
  narrow.GetAs(found, {.key = k, .flags = 0600}).Expects(ValueOf(s));
  const Attach p = wide.At(s);
  const Attach q = narrow.At(found);
  wide.Do(MemoryFill{p, {Pages(3)}, 7}).Gives(0);
  narrow.Do(MemoryChecksum{q, {Pages(3)}}).Gives(ChecksumOfFill(Pages(3), 7));
  narrow.Store(q + PageOffset(2) + 12, 0x11223344, Width::k4).Succeeds();
  wide.Load(p + PageOffset(2) + 12, Width::k4).Gives(0x11223344);
  wide.Load(p + PageOffset(2) + 12, Width::k1).Gives(0x44);
  narrow.Detach(q).Gives(0);
  wide.Stat(s).Expects(Record().With("nattch", 1).With("lpid", narrow));
  narrow.Remove(found).Gives(0);
  wide.Detach(p).Gives(0);
  wide.Stat(s).Fails(EINVAL);
}

SHMSPEC_CASE("compatibility.sharing.works_from_the_32_bit_side_too",
             "COMPAT.SHARE_ACROSS_ABI"_req) {
  const Actor narrow = plan.Spawn("narrow", Narrow());
  const Actor wide = plan.Spawn("wide");
  const Segment s = narrow.Get({.flags = kCreate | 0600});
  const Attach q = narrow.At(s);
  const Attach p = wide.At(s, {}, kReadOnly);
  narrow.Store(q + 8, 42, Width::k4).Succeeds();
  wide.Load(p + 8).Gives(42);
  narrow.Remove(s).Gives(0);
}

SHMSPEC_CASE("compatibility.sharing.includes_32_bit_programs", "COMPAT.SHARE_ACROSS_ABI"_req) {
  const Actor wide = plan.Spawn("wide");
  const Actor narrow = plan.Spawn("narrow", NarrowProgram());
  const Actor child = plan.Forked("child", NarrowProgram());
  const Segment s = wide.Get({.size = {Pages(3)}, .flags = kCreate | 0600});
  const Attach p = wide.At(s);
  const Attach q = narrow.At(s);
  wide.Do(MemoryFill{p, {Pages(3)}, 9}).Gives(0);
  narrow.Do(MemoryChecksum{q, {Pages(3)}}).Gives(ChecksumOfFill(Pages(3), 9));
  narrow.Store(q + PageOffset(1), 0x1122334455667788).Succeeds();
  for (const auto& [width, value] :
       {std::pair{Width::k1, 0x88L}, {Width::k2, 0x7788L}, {Width::k4, 0x55667788L}}) {
    wide.Load(p + PageOffset(1), width).Gives(value);
  }
  wide.Do(MemoryFetchAdd{p + PageOffset(1), Width::k8, 0x100000000}).Gives(0x1122334455667788);
  narrow.Do(MemoryExchange{q + PageOffset(1), Width::k8, 5}).Gives(0x1122334555667788);
  narrow.Fork(child);
  wide.Stat(s).Expects(Record().With("nattch", 3).With("lpid", narrow).With("cpid", wide));
  child.Store(q + PageOffset(2), 6).Succeeds();
  wide.Load(p + PageOffset(2)).Gives(6);
  child.Do(ProcessExec{}).Gives(0);
  wide.Stat(s).Expects(Record().With("nattch", 2).With("lpid", child));
  narrow.Kill(child);
  narrow.Detach(q).Gives(0);
  wide.Remove(s).Gives(0);
}

SHMSPEC_CASE("compatibility.stat.tells_32_bit_programs_the_same", "COMPAT.STAT_FIELDS"_req) {
  const Actor wide = plan.Spawn("wide");
  const Actor narrow = plan.Spawn("narrow", NarrowProgram());
  const Key k = plan.NewKey();
  const Segment s = narrow.Get({.key = k, .size = {5000}, .flags = kCreate | 0640});
  narrow.At(s);
  for (const Actor& actor : {wide, narrow}) {
    actor.Stat(s).Expects(Record()
                              .With("key", k)
                              .With("mode", 0640)
                              .With("size", 5000)
                              .With("cpid", narrow)
                              .With("lpid", narrow)
                              .With("nattch", 1)
                              .With("dtime", 0));
  }
  narrow.Set({s, {0}, {0}, {0604}}).Gives(0);
  wide.Stat(s).Expects(Record().With("mode", 0604));
  narrow.Remove(s).Gives(0);
}

SHMSPEC_CASE("compatibility.stat.tells_both_the_same", "COMPAT.STAT_FIELDS"_req) {
  const Actor wide = plan.Spawn("wide");
  const Actor narrow = plan.Spawn("narrow", Narrow());
  const Key k = plan.NewKey();
  const Segment s = wide.Get({.key = k, .size = {5000}, .flags = kCreate | 0640});
  wide.At(s);
  for (const Actor& actor : {wide, narrow}) {
    actor.Stat(s).Expects(Record()
                              .With("key", k)
                              .With("mode", 0640)
                              .With("size", 5000)
                              .With("cpid", wide)
                              .With("lpid", wide)
                              .With("nattch", 1)
                              .With("dtime", 0));
  }
  narrow.Set({s, {0}, {0}, {0604}}).Gives(0);
  wide.Stat(s).Expects(Record().With("mode", 0604));
  narrow.Remove(s).Gives(0);
}

SHMSPEC_CASE("compatibility.stat.keeps_the_low_half_of_a_large_size", "COMPAT.STAT_FIELDS"_req) {
  const Actor wide = plan.Spawn("wide");
  const Actor narrow = plan.Spawn("narrow", Narrow());
  const Segment s =
      wide.Get({.size = {kFourGigabytes + 5000}, .flags = kCreate | kNoReserve | 0600});
  narrow.Stat(s).Expects(Record().With("size", 5000));
  wide.Remove(s).Gives(0);
}

SHMSPEC_CASE("compatibility.info.caps_the_largest_size", "COMPAT.INFO_CAPPED"_req) {
  const Actor narrow = plan.Spawn("narrow", {.namespaces = kNamespaceIpc, .abi = Abi::kIa32});
  const auto expect = [&narrow](std::int64_t shmmax) {
    narrow.Do(SysvInfo{SegmentId(0)}).Expects(Record<LimitsRecord>().With("shmmax", shmmax));
  };
  expect(kNarrowMost);
  narrow.Do(SystemSysctlWrite{Sysctl::kShmmax, kNarrowMost + 1}).Gives(0);
  expect(kNarrowMost);
  narrow.Do(SystemSysctlWrite{Sysctl::kShmmax, 8192}).Gives(0);
  expect(8192);
}

SHMSPEC_CASE("compatibility.attach.needs_a_segment_that_fits", "COMPAT.ATTACH_TOO_BIG"_req) {
  const Actor wide = plan.Spawn("wide");
  const Actor narrow = plan.Spawn("narrow", Narrow());
  const Segment s = wide.Get({.size = {kFourGigabytes}, .flags = kCreate | kNoReserve | 0600});
  narrow.Do(SysvAttach{s}).Fails(ENOMEM);
  wide.Stat(s).Expects(Record().With("nattch", 0).With("lpid", 0));
  wide.Remove(s).Gives(0);
}

SHMSPEC_CASE("compatibility.attach.needs_room_among_the_other_attaches",
             "COMPAT.ATTACH_TOO_BIG"_req) {
  // More than half of what 32 bits can name, and little enough to fit beside the program.
  constexpr std::int64_t kSize = std::int64_t{9} << 28;
  const Actor wide = plan.Spawn("wide");
  const Actor narrow = plan.Spawn("narrow", NarrowProgram());
  const Segment s = wide.Get({.size = {kSize}, .flags = kCreate | kNoReserve | 0600});
  const Attach p = wide.At(s);
  const Attach q = narrow.At(s);
  narrow.Do(SysvAttach{s}).Fails(ENOMEM);
  wide.Stat(s).Expects(Record().With("nattch", 2).With("size", kSize));
  narrow.Store(q + (kSize - 8), 7).Succeeds();
  wide.Load(p + (kSize - 8)).Gives(7);
  narrow.Detach(q).Gives(0);
  narrow.At(s);
  wide.Remove(s).Gives(0);
}

}  // namespace
}  // namespace shmspec
