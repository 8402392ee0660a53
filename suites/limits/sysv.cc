// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The limits of an IPC namespace.

#include <cerrno>
#include <cstddef>
#include <vector>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

/// What the catalogue gives as the default of shmmax and shmall: ULONG_MAX - 2^24, of kernels of 64
/// bits and of 32.
constexpr std::int64_t kUnlimited = -1 - (1 << 24);
constexpr std::int64_t kUnlimitedOf32Bits = 0xfeffffff;

SHMSPEC_CASE("limits.defaults.are_those_documented", "LIMIT.DEFAULTS"_req) {
  const Actor a = plan.Spawn("a", Alone());
  a.Do(SystemSysctlRead{Sysctl::kShmmni}).Gives(4096);
  const Pattern unlimited = Exactly(kUnlimited) | Exactly(kUnlimitedOf32Bits);
  a.Do(SystemSysctlRead{Sysctl::kShmmax}).Expects(unlimited);
  a.Do(SystemSysctlRead{Sysctl::kShmall}).Expects(unlimited);
  // A record of 32-bit fields holds less.
  const auto limits = [](std::int64_t shmmax, std::int64_t shmall) {
    return Pattern(Record<LimitsRecord>()
                       .With("shmmax", shmmax)
                       .With("shmall", shmall)
                       .With("shmmni", 4096)
                       .With("shmmin", 1));
  };
  a.Do(SysvInfo{SegmentId(0)})
      .Expects(limits(kUnlimited, kUnlimited) | limits(0x7fffffff, kUnlimitedOf32Bits) |
               limits(kUnlimitedOf32Bits, kUnlimitedOf32Bits));
}

SHMSPEC_CASE("limits.shmmax.is_allowed_and_one_byte_more_is_not", "LIMIT.SHMMAX_EXACT"_req,
             "SYSV.SHMGET.SIZE_MAX"_req) {
  const Actor a = plan.Spawn("a", Alone());
  a.Do(SystemSysctlWrite{Sysctl::kShmmax, 100000}).Gives(0);
  const Segment s = a.Get({.size = {100000}, .flags = kCreate | 0600});
  a.Do(SysvGet{PrivateKey(), {100001}, kCreate | 0600}).Fails(EINVAL);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("limits.shmmni.stops_creation_and_not_lookup", "LIMIT.SHMMNI_ENOSPC"_req) {
  const Actor a = plan.Spawn("a", Alone());
  a.Do(SystemSysctlWrite{Sysctl::kShmmni, 2}).Gives(0);
  const Key k = plan.NewKey();
  const Segment s = a.Get({.key = k, .flags = kCreate | 0600});
  const Segment t = a.Get({.flags = kCreate | 0600});
  a.Do(SysvGet{PrivateKey(), {4096}, kCreate | 0600}).Fails(ENOSPC);
  a.Do(SysvGet{plan.NewKey(), {4096}, kCreate | 0600}).Fails(ENOSPC);
  a.Do(SysvGet{k, {4096}, kCreate | 0600}).Expects(ValueOf(s));
  a.Remove(t).Gives(0);
  const Segment u = a.Get({.flags = kCreate | 0600});
  a.Remove(s).Gives(0);
  a.Remove(u).Gives(0);
}

SHMSPEC_CASE("limits.shmmni.counts_segments_that_wait_for_removal",
             "LIMIT.SHMMNI_COUNTS_PENDING"_req) {
  const Actor a = plan.Spawn("a", Alone());
  a.Do(SystemSysctlWrite{Sysctl::kShmmni, 1}).Gives(0);
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Remove(s).Gives(0);
  a.Do(SysvGet{PrivateKey(), {4096}, kCreate | 0600}).Fails(ENOSPC);
  a.Detach(p).Gives(0);
  const Segment t = a.Get({.flags = kCreate | 0600});
  a.Remove(t).Gives(0);
}

SHMSPEC_CASE("limits.shmmni.takes_only_numbers_of_identifiers", "LIMIT.SHMMNI_RANGE"_req) {
  const Actor a = plan.Spawn("a", Alone());
  a.Do(SystemSysctlWrite{Sysctl::kShmmni, -1}).Fails(EINVAL);
  a.Do(SystemSysctlWrite{Sysctl::kShmmni, 16777217}).Fails(EINVAL);
  a.Do(SystemSysctlRead{Sysctl::kShmmni}).Gives(4096);
  a.Do(SystemSysctlWrite{Sysctl::kShmmni, 32768}).Gives(0);
  a.Do(SystemSysctlRead{Sysctl::kShmmni}).Gives(32768);
  a.Do(SystemSysctlWrite{Sysctl::kShmmni, 0}).Gives(0);
  a.Do(SysvGet{PrivateKey(), {4096}, kCreate | 0600}).Fails(ENOSPC);
}

SHMSPEC_CASE("limits.lowering.leaves_existing_segments_usable",
             "LIMIT.LOWERING_KEEPS_EXISTING"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Key k = plan.NewKey();
  const Segment s = a.Get({.key = k, .size = {Pages(4)}, .flags = kCreate | 0600});
  const Segment t = a.Get({.flags = kCreate | 0600});
  a.Do(SystemSysctlWrite{Sysctl::kShmmax, 4096}).Gives(0);
  a.Do(SysvGet{PrivateKey(), {4097}, kCreate | 0600}).Fails(EINVAL);
  a.Do(SystemSysctlWrite{Sysctl::kShmall, 1}).Gives(0);
  a.Do(SystemSysctlWrite{Sysctl::kShmmni, 1}).Gives(0);
  a.Do(SysvGet{PrivateKey(), {1}, kCreate | 0600}).Fails(ENOSPC);
  a.Do(SysvGet{k, {Pages(4)}, 0600}).Expects(ValueOf(s));
  const Attach p = a.At(s);
  a.Store(p + PageOffset(3), 42);
  a.Load(p + PageOffset(3)).Gives(42);
  a.Remove(s).Gives(0);
  a.Remove(t).Gives(0);
}

SHMSPEC_CASE("limits.shmall.may_be_reached_and_not_passed", "LIMIT.SHMALL_PAGES"_req) {
  const Actor a = plan.Spawn("a", Alone());
  a.Do(SystemSysctlWrite{Sysctl::kShmall, 5}).Gives(0);
  const Segment s = a.Get({.size = {Pages(2) + 1}, .flags = kCreate | 0600});
  a.Do(SysvGet{PrivateKey(), {Pages(2) + 1}, kCreate | 0600}).Fails(ENOSPC);
  const Segment t = a.Get({.size = {Pages(2)}, .flags = kCreate | 0600});
  a.Do(SysvGet{PrivateKey(), {1}, kCreate | 0600}).Fails(ENOSPC);
  a.Remove(s).Gives(0);
  a.Remove(t).Gives(0);
}

SHMSPEC_CASE("limits.shmall.gets_back_the_pages_of_a_segment_once", "LIMIT.SHMALL_RELEASED"_req) {
  const Actor a = plan.Spawn("a", Alone());
  a.Do(SystemSysctlWrite{Sysctl::kShmall, 4}).Gives(0);
  for (int i = 0; i < 5; ++i) {
    const Segment s = a.Get({.size = {Pages(3)}, .flags = kCreate | 0600});
    const Attach p = a.At(s);
    a.Remove(s).Gives(0);
    a.Do(SysvGet{PrivateKey(), {Pages(2)}, kCreate | 0600}).Fails(ENOSPC);
    a.Detach(p).Gives(0);
    a.Do(SysvShmInfo{SegmentId(0)}).Expects(Record<UsageRecord>().With("shm_tot", 0));
  }
  a.Do(SysvGet{PrivateKey(), {Pages(5)}, kCreate | 0600}).Fails(ENOSPC);
}

SHMSPEC_CASE("limits.order.is_shmmax_then_shmall", "LIMIT.CHECK_ORDER"_req) {
  const Actor a = plan.Spawn("a", Alone());
  a.Do(SystemSysctlWrite{Sysctl::kShmmax, 4096}).Gives(0);
  a.Do(SystemSysctlWrite{Sysctl::kShmall, 1}).Gives(0);
  a.Do(SysvGet{PrivateKey(), {8192}, kCreate | 0600}).Fails(EINVAL);
  const Segment s = a.Get({.size = {4096}, .flags = kCreate | 0600});
  a.Do(SysvGet{PrivateKey(), {1}, kCreate | 0600}).Fails(ENOSPC);
  a.Do(SysvGet{PrivateKey(), {4097}, kCreate | 0600}).Fails(EINVAL);
  a.Remove(s).Gives(0);
}

SHMSPEC_RACE("limits.race.never_exceeds_the_number_of_segments", 50, "LIMIT.RACE"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Actor b = plan.Forked("b");
  a.Do(SystemSysctlWrite{Sysctl::kShmmni, 3}).Gives(0);
  a.Fork(b);
  std::vector<Segment> segments(4);
  plan.Race([&] {
    for (std::size_t i = 0; i < 2; ++i) {
      a.GetAs(segments[i], {.flags = kCreate | 0600}).Expects(Identifier() | Fails(ENOSPC));
      b.GetAs(segments[i + 2], {.flags = kCreate | 0600}).Expects(Identifier() | Fails(ENOSPC));
    }
  });
  a.Do(SysvShmInfo{SegmentId(0)})
      .Expects(Record<UsageRecord>().With("used_ids", 3).With("shm_tot", 3));
  for (const Segment& s : segments) a.Remove(s).Expects(Exactly(0) | Fails(EINVAL));
  a.Do(SysvShmInfo{SegmentId(0)}).Expects(Record<UsageRecord>().With("used_ids", 0));
}

}  // namespace
}  // namespace shmspec
