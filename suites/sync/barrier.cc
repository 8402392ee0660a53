// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Barriers of several processes.

#include <cerrno>

#include "suites/sync/meeting.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

void Make(const Member& maker, std::uint32_t count) {
  maker.Do(SyncBarrierInit{maker.at, count}).Gives(0);
}

SHMSPEC_CASE("sync.barrier.of_one_lets_everybody_through", "SYNC.BARRIER.COUNT"_req,
             "SYNC.BARRIER.SERIAL"_req) {
  const Meeting all(plan);
  Make(all.a, 1);
  for (const Member* one : {&all.a, &all.b, &all.a}) one->Do(SyncBarrierWait{one->at}).Gives(1);
}

SHMSPEC_CASE("sync.barrier.of_two_waits_for_the_second", "SYNC.BARRIER.COUNT"_req) {
  const Meeting all(plan);
  Make(all.a, 2);
  for (int round = 0; round < 3; ++round) {
    all.b.Begin(SyncBarrierWait{all.b.at});
    all.a.AwaitBlocked(all.b);
    all.a.Do(SyncBarrierWait{all.a.at});
    all.b.Join();
  }
}

SHMSPEC_CASE("sync.barrier.of_three_waits_for_the_third", "SYNC.BARRIER.COUNT"_req) {
  const Meeting all(plan);
  Make(all.c, 3);
  for (int round = 0; round < 2; ++round) {
    all.b.Begin(SyncBarrierWait{all.b.at});
    all.a.AwaitBlocked(all.b);
    all.c.Begin(SyncBarrierWait{all.c.at});
    all.a.AwaitBlocked(all.c);
    all.a.AwaitBlocked(all.b);
    all.a.Do(SyncBarrierWait{all.a.at});
    all.b.Join();
    all.c.Join();
  }
}

/// Everybody arrives as soon as it can, for several rounds.
void Rounds(PlanBuilder& plan, std::uint32_t count) {
  const Meeting all(plan);
  Make(all.a, count);
  plan.Race([&] {
    std::uint32_t left = count;
    for (const Member* one : {&all.a, &all.b, &all.c}) {
      if (left-- == 0) break;
      for (int round = 0; round < 3; ++round) one->Do(SyncBarrierWait{one->at});
    }
  });
}

SHMSPEC_RACE("sync.barrier.of_two_gives_one_the_serial_value_in_each_round", kRounds,
             "SYNC.BARRIER.SERIAL"_req, "SYNC.BARRIER.COUNT"_req) {
  Rounds(plan, 2);
}

SHMSPEC_RACE("sync.barrier.of_three_gives_one_the_serial_value_in_each_round", kRounds,
             "SYNC.BARRIER.SERIAL"_req, "SYNC.BARRIER.COUNT"_req) {
  Rounds(plan, 3);
}

SHMSPEC_CASE("sync.barrier.of_nobody_is_refused", "SYNC.BARRIER.ZERO"_req) {
  const Meeting all(plan);
  all.a.Do(SyncBarrierInit{all.a.at, 0}).Fails(EINVAL);
}

}  // namespace
}  // namespace shmspec
