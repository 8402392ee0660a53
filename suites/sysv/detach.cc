// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// shmdt(2).

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_CASE("sysv.detach.unmaps_the_segment", "SYSV.SHMDT.BASIC"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.size = {Boundaries(2)}, .flags = kCreate | 0600});
  const Mapping m = a.Reserve(Boundaries(6));
  const Attach p = InGap(a, s, m + BoundaryOffset(2), Boundaries(2));
  a.Store(p, 42);
  a.Detach(p).Gives(0);
  a.Load(p).Faults(SIGSEGV, FaultCode::kUnmapped);
  a.Store(p + BoundaryOffset(1), 1).Faults(SIGSEGV, FaultCode::kUnmapped);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.detach.accepts_only_the_start_of_an_attach",
             "SYSV.SHMDT.NOT_START_ADDRESS"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.size = {Boundaries(3)}, .flags = kCreate | 0600});
  const Mapping m = a.Reserve(Boundaries(8));
  const Attach p = InGap(a, s, m + BoundaryOffset(2), Boundaries(3));
  a.Detach(p + 1).Fails(EINVAL);
  a.Detach(p + BoundaryOffset(1)).Fails(EINVAL);
  a.Detach(p - BoundaryOffset(1)).Fails(EINVAL);
  a.Detach(m).Fails(EINVAL);
  a.Detach(Null()).Fails(EINVAL);
  a.Stat(s).Expects(Record().With("nattch", 1).With("dtime", 0));
  a.Load(p).Gives(0);
  a.Detach(p).Gives(0);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.detach.works_once", "SYSV.SHMDT.TWICE"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Mapping m = a.Reserve(Boundaries(4));
  const Attach p = InGap(a, s, m, Boundaries(1));
  a.Detach(p).Gives(0);
  a.Detach(p).Fails(EINVAL);
  a.Do(MapPrivate{{Boundaries(1)}, p}).Succeeds();
  a.Store(p, 42);
  a.Detach(p).Fails(EINVAL);
  a.Load(p).Gives(42);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.detach.counts_and_stamps", "SYSV.SHMDT.UPDATES"_req, "SYSV.STAT.LPID"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  b.At(s);
  a.Stat(s).Expects(Record().With("nattch", 2).With("dtime", 0).With("lpid", b));
  a.Detach(p).Gives(0);
  b.Stat(s).Expects(Record().With("nattch", 1).With("dtime", 1, kMost).With("lpid", a));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.detach.keeps_what_was_stored", "SYSV.SHMDT.CONTENTS_KEPT"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.size = {Pages(2)}, .flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Do(MemoryFill{p, {Pages(2)}, 5}).Gives(0);
  a.Detach(p).Gives(0);
  a.Stat(s).Expects(Record().With("nattch", 0));
  const Attach q = a.At(s);
  a.Do(MemoryChecksum{q, {Pages(2)}}).Gives(ChecksumOfFill(Pages(2), 5));
  a.Detach(q).Gives(0);
  const Attach r = b.At(s);
  b.Do(MemoryChecksum{r, {Pages(2)}}).Gives(ChecksumOfFill(Pages(2), 5));
  b.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.detach.leaves_other_processes_alone",
             "SYSV.SHMDT.OTHER_PROCESSES_UNAFFECTED"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Actor child = plan.Forked("child");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  const Attach q = b.At(s);
  a.Fork(child);
  child.Detach(p).Gives(0);
  a.Stat(s).Expects(Record().With("nattch", 2));
  a.Store(p, 42);
  b.Load(q).Gives(42);
  b.Detach(q).Gives(0);
  a.Load(p).Gives(42);
  a.Stat(s).Expects(Record().With("nattch", 1));
  a.Remove(s).Gives(0);
}

}  // namespace
}  // namespace shmspec
