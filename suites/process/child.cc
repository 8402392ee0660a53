// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Children that share the memory of their parent, and children that nobody has waited for yet.

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_CASE("process.vfork.does_not_count", "SYSV.LIFE.VFORK_SHARES"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Store(p, 42);
  a.Do(ProcessClone{kShareMemory}).Gives(0);
  a.Load(p).Gives(42);
  a.Stat(s).Expects(Record().With("nattch", 1).With("lpid", a).With("dtime", 0));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("process.vfork.detaches_for_the_parent_too", "SYSV.LIFE.VFORK_SHARES"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  const Attach kept = a.At(s);
  a.Store(p, 42);
  a.Do(ProcessClone{kShareMemory, p}).Gives(0);
  a.Load(p).Faults(SIGSEGV, FaultCode::kUnmapped);
  a.Load(kept).Gives(42);
  b.Stat(s).Expects(Record().With("nattch", 1));
  a.Detach(p).Fails(EINVAL);
  a.Do(ProcessClone{kShareMemory, p}).Fails(EINVAL);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("process.clone.detaches_for_itself_if_memory_is_not_shared",
             "SYSV.LIFE.FORK_INHERITS"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Store(p, 42);
  a.Do(ProcessClone{0, p}).Gives(0);
  a.Load(p).Gives(42);
  a.Stat(s).Expects(Record().With("nattch", 1));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("process.zombie.is_detached_already", "SYSV.LIFE.ZOMBIE_ALREADY_DETACHED"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Do(ProcessClone{.unreaped = true}).Gives(0);
  b.Stat(s).Expects(Record().With("nattch", 1).With("dtime", 1, kMost));
  a.Remove(s).Gives(0);
  a.Detach(p).Gives(0);
  b.Stat(s).Fails(EINVAL);
}

}  // namespace
}  // namespace shmspec
