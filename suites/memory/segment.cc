// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What can be stored in a segment and who sees it.

#include <cerrno>
#include <csignal>
#include <utility>
#include <vector>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_CASE("memory.segment.keeps_every_byte", "SYSV.DATA.WHOLE_RANGE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  for (const std::uint64_t bytes :
       {std::uint64_t{1}, Pages(1) - 1, Pages(1), Pages(1) + 1, Pages(3), std::uint64_t{100000}}) {
    const Segment s = a.Get({.size = {bytes}, .flags = kCreate | 0600});
    const Attach p = a.At(s);
    const Attach q = b.At(s);
    a.Do(MemoryFill{p, {bytes}, bytes}).Gives(0);
    b.Do(MemoryChecksum{q, {bytes}}).Gives(ChecksumOfFill(bytes, bytes));
    b.Store(q + static_cast<std::int64_t>(bytes - 1), 0x5a, Width::k1);
    a.Load(p + static_cast<std::int64_t>(bytes - 1), Width::k1).Gives(0x5a);
    a.Detach(p).Gives(0);
    b.Detach(q).Gives(0);
    a.Remove(s).Gives(0);
  }
}

SHMSPEC_CASE("memory.segment.takes_accesses_of_every_width", "SYSV.DATA.WHOLE_RANGE"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  constexpr std::uint64_t kValue = 0x1122334455667788;
  a.Store(p, kValue);
  a.Load(p, Width::k1).Gives(PartOf(kValue, Width::k1));
  a.Load(p, Width::k2).Gives(PartOf(kValue, Width::k2));
  a.Load(p, Width::k4).Gives(PartOf(kValue, Width::k4));
  a.Store(p + 2, 0xabcd, Width::k2).Succeeds();
  a.Load(p).Gives(WithPart(kValue, 0xabcd, Width::k2, 2));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("memory.segment.does_not_bleed_into_others", "SYSV.DATA.NO_BLEED"_req) {
  const Actor a = plan.Spawn("a");
  Mapping canary;
  a.MapAs(canary, MapPrivate{{Pages(1)}, {}}).Succeeds();
  a.Do(MemoryFill{canary, {Pages(1)}, 99}).Gives(0);
  std::vector<std::pair<Segment, Attach>> segments;
  for (int i = 0; i < 4; ++i) {
    const Segment s = a.Get({.size = {Pages(2)}, .flags = kCreate | 0600});
    segments.emplace_back(s, a.At(s));
  }
  std::uint64_t value = 0;
  for (const auto& [s, p] : segments) a.Do(MemoryFill{p, {Pages(2)}, ++value}).Gives(0);
  value = 0;
  for (const auto& [s, p] : segments) {
    a.Do(MemoryChecksum{p, {Pages(2)}}).Gives(ChecksumOfFill(Pages(2), ++value));
    a.Remove(s).Gives(0);
  }
  a.Do(MemoryChecksum{canary, {Pages(1)}}).Gives(ChecksumOfFill(Pages(1), 99));
}

SHMSPEC_CASE("memory.segment.keeps_the_rest_of_its_last_page", "SYSV.DATA.PAGE_TAIL_PERSISTS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.size = {1}, .flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Store(p + (PageOffset(1) - 1), 7, Width::k1).Succeeds();
  a.Detach(p).Gives(0);
  const Attach q = b.At(s);
  b.Load(q + (PageOffset(1) - 1), Width::k1).Gives(7);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("memory.segment.passes_values_between_processes", "SYSV.DATA.EVENTUAL_VISIBILITY"_req,
             "SEED.CLIENT_SERVER_EXCHANGE"_req) {
  const Actor client = plan.Spawn("client");
  const Actor server = plan.Spawn("server");
  const Segment s = client.Get({.flags = kCreate | 0600});
  const Attach p = client.At(s);
  const Attach q = server.At(s);
  for (std::int64_t request = 1; request <= 5; ++request) {
    client.Do(MemoryStore{p, Width::k8, static_cast<std::uint64_t>(request), Order::kRelease});
    server.Do(MemoryLoad{q, Width::k8, Order::kAcquire}).Gives(request);
    server.Do(MemoryFetchAdd{q, Width::k8, 1000}).Gives(request);
    client.Do(MemoryExchange{p, Width::k8, 0}).Gives(request + 1000);
  }
  client.Remove(s).Gives(0);
}

SHMSPEC_CASE("memory.atomics.work_across_processes", "SYSV.MULTI.SAME_PHYSICAL_MEMORY"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  const Attach q = b.At(s);
  a.Do(MemoryExchange{p, Width::k4, 5}).Gives(0);
  b.Do(MemoryCompareExchange{q, Width::k4, 4, 6}).Gives(5);
  b.Do(MemoryCompareExchange{q, Width::k4, 5, 7}).Gives(5);
  a.Do(MemoryFetchAdd{p, Width::k4, 0xffffffff}).Gives(7);
  b.Load(q).Gives(WithPart(0, 6, Width::k4, 0));
  a.Remove(s).Gives(0);
}

SHMSPEC_RACE("memory.atomics.lose_no_addition", 50, "SYSV.MULTI.SAME_PHYSICAL_MEMORY"_req,
             "SEED.MULTIPROCESSOR"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  const Attach q = b.At(s);
  plan.Race([&] {
    for (int i = 0; i < 4; ++i) {
      a.Do(MemoryFetchAdd{p}).Expects(Between(Value{i}, Value{i + 4}));
      b.Do(MemoryFetchAdd{q}).Expects(Between(Value{i}, Value{i + 4}));
    }
  });
  a.Load(p).Gives(8);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("memory.atomics.are_whole_across_cache_lines", "ORDER.TEAR.LOCKED_SPLIT"_req) {
  constexpr std::int64_t kValue = 0x100000001;
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  const Attach q = b.At(s);
  // A system may forbid them; then nothing is stored.
  const Pattern forbidden = Record<Fault>().With("signal", SIGBUS);
  a.Do(MemoryFetchAdd{p + 60, Width::k8, kValue}).Expects(Exactly(0) | forbidden);
  b.Do(MemoryFetchAdd{q + 60, Width::k8, kValue}).Expects(Exactly(kValue) | forbidden);
  a.Load(p + 60).Expects(Exactly(2 * kValue) | Exactly(0));
  a.Remove(s).Gives(0);
}

}  // namespace
}  // namespace shmspec
