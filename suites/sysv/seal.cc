// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Attaches that mseal(2) protects against being changed.

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_CASE("sysv.seal.makes_a_detach_do_nothing", "SYSV.SHMDT.MSEALED_NOOP"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.size = {Pages(2)}, .flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Store(p, 42);
  a.Do(MapSeal{p, {Pages(2)}}).Gives(0);
  for (int i = 0; i < 2; ++i) {
    a.Detach(p).Gives(0);
    a.Load(p).Gives(42);
    a.Stat(s).Expects(Record().With("nattch", 1).With("dtime", 0));
  }
  a.Remove(s).Gives(0);
  a.Load(p).Gives(42);
}

SHMSPEC_CASE("sysv.seal.stops_all_that_would_change_the_attach", "SYSV.SHMDT.MSEALED_NOOP"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Segment other = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  const Mapping room = a.Reserve(Boundaries(4));
  a.Do(MapSeal{p, {Boundaries(1)}}).Gives(0);
  a.Do(MapUnmap{p, {Boundaries(1)}}).Fails(EPERM);
  a.Do(MapProtect{p, {Boundaries(1)}, Protection(1)}).Fails(EPERM);
  a.Do(MapRemap{p, {Boundaries(1)}, {Boundaries(1)}, room}).Fails(EPERM);
  a.Do(MapPrivate{{Boundaries(1)}, p}).Fails(EPERM);
  a.Do(SysvAttach{other, p, kRemap}).Fails(EPERM);
  a.Store(p, 42).Succeeds();
  a.Load(p).Gives(42);
  a.Stat(s).Expects(Record().With("nattch", 1));
  a.Stat(other).Expects(Record().With("nattch", 0));
  a.Remove(s).Gives(0);
  a.Remove(other).Gives(0);
}

SHMSPEC_CASE("sysv.seal.of_a_part_leaves_the_rest_to_detach", "SYSV.SHMDT.MSEALED_NOOP"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.size = {Pages(3)}, .flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Store(p + PageOffset(1), 42);
  a.Do(MapSeal{p + PageOffset(1), {Pages(1)}}).Gives(0);
  a.Stat(s).Expects(Record().With("nattch", 3));
  a.Detach(p).Gives(0);
  a.Stat(s).Expects(Record().With("nattch", 1));
  a.Load(p).Faults(SIGSEGV, FaultCode::kUnmapped);
  a.Load(p + PageOffset(1)).Gives(42);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.seal.ends_with_the_process", "SYSV.SHMDT.MSEALED_NOOP"_req,
             "SYSV.LIFE.EXIT_DETACHES"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = b.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Do(MapSeal{p, {Pages(1)}}).Gives(0);
  a.Exit().Expects(Exited());
  b.Stat(s).Expects(Record().With("nattch", 0).With("lpid", a));
  b.Remove(s).Gives(0);
}

}  // namespace
}  // namespace shmspec
