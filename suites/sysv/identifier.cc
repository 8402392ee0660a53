// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Identifiers: what they name, when they stop doing so and when their numbers come again.

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_CASE("sysv.identifier.is_invalid_once_its_segment_is_gone", "SYSV.ID.STALE_EINVAL"_req,
             "SYSV.SHMAT.INVALID_ID"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  a.Remove(s).Gives(0);
  a.Stat(s).Fails(EINVAL);
  a.Set({s, {0}, {0}, {0600}}).Fails(EINVAL);
  a.Remove(s).Fails(EINVAL);
  a.Do(SysvLock{s}).Fails(EINVAL);
  a.Do(SysvAttach{s}).Fails(EINVAL);
  a.Do(SysvAttach{s, {}, kReadOnly}).Fails(EINVAL);
}

SHMSPEC_CASE("sysv.identifier.names_one_segment_at_a_time", "SEED.SHMID_UNIQUE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  Segment second, third;
  const Segment first = a.Get({.flags = kCreate | 0600});
  b.GetAs(second, {.flags = kCreate | 0600}).Expects(NotValueOf(first));
  a.GetAs(third, {.flags = kCreate | 0600}).Expects(NotValueOf(second));
  const Attach p = a.At(first);
  const Attach q = a.At(third);
  a.Store(p, 1);
  a.Store(q, 3);
  a.Load(p).Gives(1);
  for (const Segment& s : {first, second, third}) a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.identifier.does_not_come_again_soon", "SYSV.ID.STALE_NOT_REBOUND_SOON"_req) {
  const Actor a = plan.Spawn("a");
  const Segment old = a.Get({.flags = kCreate | 0600});
  a.Remove(old).Gives(0);
  for (int i = 0; i < 20; ++i) {
    Segment next;
    a.GetAs(next, {.flags = kCreate | 0600}).Expects(NotValueOf(old));
    a.Stat(old).Fails(EINVAL);
    a.Remove(next).Gives(0);
  }
}

SHMSPEC_CASE("sysv.identifier.comes_again_when_told_so", "SYSV.ID.SEQ_WRAP"_req,
             "SYSV.ID.NEXT_ID"_req) {
  const Actor a = plan.Spawn("a", Alone());
  a.Do(SystemSysctlWrite{Sysctl::kNextId, 12345}).Gives(0);
  Segment first, second;
  a.GetAs(first, {.size = {4096}, .flags = kCreate | 0600}).Gives(12345);
  a.Remove(first).Gives(0);
  a.Do(SystemSysctlWrite{Sysctl::kNextId, 12345}).Gives(0);
  a.GetAs(second, {.size = {8192}, .flags = kCreate | 0600}).Gives(12345);
  a.Stat(first).Expects(Record().With("size", 8192));
  a.Remove(second).Gives(0);
}

SHMSPEC_CASE("sysv.identifier.gives_way_to_one_that_is_in_use", "SYSV.ID.NEXT_ID"_req) {
  const Actor a = plan.Spawn("a", Alone());
  a.Do(SystemSysctlRead{Sysctl::kNextId}).Gives(-1);
  a.Do(SystemSysctlWrite{Sysctl::kNextId, 12345}).Gives(0);
  Segment wanted, neighbour;
  a.GetAs(wanted, {.flags = kCreate | 0600}).Gives(12345);
  a.Do(SystemSysctlRead{Sysctl::kNextId}).Gives(-1);
  a.Do(SystemSysctlWrite{Sysctl::kNextId, 12345}).Gives(0);
  a.GetAs(neighbour, {.flags = kCreate | 0600}).Gives(12346);
  a.Do(SystemSysctlRead{Sysctl::kNextId}).Gives(-1);
  a.Remove(wanted).Gives(0);
  a.Remove(neighbour).Gives(0);
}

SHMSPEC_CASE("sysv.identifier.has_the_index_in_its_low_bits", "SYSV.ID.INDEX_IN_LOW_BITS"_req,
             "SYSV.STAT.SEQ_AND_KEY"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Key k = plan.NewKey();
  a.Do(SystemSysctlWrite{Sysctl::kNextId, 3 * 32768 + 5}).Gives(0);
  Segment s;
  a.GetAs(s, {.key = k, .flags = kCreate | 0600}).Gives(3 * 32768 + 5);
  a.Stat(s).Expects(Record().With("seq", 3).With("key", k));
  a.Do(SysvStatIndex{SegmentId(5)}).Expects(Record().With("returned", s).With("seq", 3));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.identifier.index_is_not_used_again_at_once", "SYSV.ID.CYCLIC_ALLOCATION"_req) {
  const Actor a = plan.Spawn("a", Alone());
  for (int index = 0; index < 3; ++index) {
    const Segment s = a.Get({.flags = kCreate | 0600});
    a.Do(SysvStatIndex{SegmentId(index)}).Expects(Record().With("returned", s));
    a.Remove(s).Gives(0);
  }
}

SHMSPEC_CASE("sysv.identifier.is_never_negative", "SYSV.ID.NEGATIVE_INVALID"_req) {
  const Actor a = plan.Spawn("a");
  for (const std::int64_t number : {-1, -2147483647 - 1}) {
    const SegmentRef s = SegmentId(number);
    a.Stat(s).Fails(EINVAL);
    a.Set({s, {0}, {0}, {0600}}).Fails(EINVAL);
    a.Remove(s).Fails(EINVAL);
    a.Do(SysvLock{s}).Fails(EINVAL);
    a.Do(SysvUnlock{s}).Fails(EINVAL);
    a.Do(SysvInfo{s}).Fails(EINVAL);
    a.Do(SysvShmInfo{s}).Fails(EINVAL);
    a.Do(SysvAttach{s}).Fails(EINVAL);
  }
}

SHMSPEC_CASE("sysv.identifier.of_another_sequence_touches_nothing", "SYSV.ID.RANDOM_IDS_SAFE"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Store(p, 42);
  for (const std::int64_t away : {32768, 2 * 32768, 77 * 32768}) {
    a.Stat(s + away).Fails(EINVAL);
    a.Do(SysvAttach{s + away}).Fails(EINVAL);
    a.Set({s + away, {0}, {0}, {0}}).Fails(EINVAL);
    a.Remove(s + away).Fails(EINVAL);
  }
  a.Stat(s).Expects(Record().With("nattch", 1).With("mode", 0600));
  a.Load(p).Gives(42);
  a.Remove(s).Gives(0);
}

}  // namespace
}  // namespace shmspec
