// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Histories of System V calls that only the oracle can judge: is there an order that explains them?

#include <cerrno>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

/// One actor's part in a mixture: find or make the segment of a key, use it, remove it.
void MixUp(const Actor& actor, const Key& k) {
  Segment s;
  Attach p;
  actor.GetAs(s, {.key = k, .flags = kCreate | 0600}).Expects(Identifier());
  actor.AttachAs(p, {s}).Expects(Success() | Fails(EINVAL) | Fails(EIDRM));
  actor.Do(SysvStat{s}).Expects(Record().With("size", 4096) | Fails(EINVAL) | Fails(EIDRM));
  actor.Remove(s).Expects(Exactly(0) | Fails(EINVAL) | Fails(EIDRM));
  actor.Detach(p).Expects(Exactly(0) | Fails(EINVAL));
}

SHMSPEC_RACE("races.mixture.of_two_has_an_order_that_explains_it", 50, "RACE.LINEARIZABLE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Key k = plan.NewKey();
  plan.Race([&] {
    MixUp(a, k);
    MixUp(b, k);
  });
  a.Do(SysvGet{k, {0}, 0}).Fails(ENOENT);
}

SHMSPEC_RACE("races.mixture.leaves_nothing_behind", 50, "RACE.NO_LEAK"_req,
             "RACE.NATTCH_CONSERVATION"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Actor b = plan.Forked("b");
  const Key k = plan.NewKey();
  a.Fork(b);
  plan.Race([&] {
    MixUp(a, k);
    MixUp(b, k);
  });
  a.Do(SysvShmInfo{SegmentId(0)})
      .Expects(Record<UsageRecord>().With("used_ids", 0).With("shm_tot", 0));
}

SHMSPEC_RACE("races.listing.shows_what_stays_once", 50, "PROC.SYSVIPC.CONCURRENT_READ"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment stays = a.Get({.size = {5000}, .flags = kCreate | 0600});
  plan.Race([&] {
    for (int i = 0; i < 2; ++i) {
      const Segment s = a.Get({.flags = kCreate | 0600});
      a.Remove(s).Gives(0);
      b.Do(SystemSegments{}).Succeeds();  // the oracle counts the rows
    }
  });
  a.Stat(stays).Expects(Record().With("size", 5000).With("nattch", 0));
  a.Remove(stays).Gives(0);
}

}  // namespace
}  // namespace shmspec
