// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// ipcrm(1) on objects of all three kinds, by identifier and by key, one and several.

#include <cerrno>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

constexpr IpcKind kOtherKinds[] = {IpcKind::kQueue, IpcKind::kSemaphores};

Pattern Ends(std::int64_t status) { return Record<ToolResult>().With("status", status); }
Pattern EndsBadly() { return Record<ToolResult>().With("status", 1, 255); }

/// A new message queue or semaphore set.
IpcObject New(const Actor& actor, IpcKind kind, KeyRef key = PrivateKey()) {
  IpcObject name;
  actor.IpcObjectAs(name, IpcGet{kind, key, kCreate | 0600}).Succeeds();
  return name;
}

SHMSPEC_CASE("tools.ipcrm.removes_a_queue_by_key", "SEED.IPCRM_Q_KEY"_req) {
  const Actor a = plan.Spawn("a");
  for (const IpcKind kind : kOtherKinds) {
    const Key k = plan.NewKey();
    const IpcObject object = New(a, kind, k);
    a.Do(IpcGet{kind, k, 0}).Expects(ValueOf(object));
    a.Do(SystemIpcrmObjectKey{kind, k}).Expects(Ends(0));
    a.Do(IpcGet{kind, k, 0}).Fails(ENOENT);
    a.Do(SystemIpcrmObjectKey{kind, k}).Expects(EndsBadly());
  }
}

SHMSPEC_CASE("tools.ipcrm.removes_a_queue_by_identifier", "SEED.IPCRM_Q_KEY"_req) {
  const Actor a = plan.Spawn("a");
  for (const IpcKind kind : kOtherKinds) {
    IpcObject object;
    a.IpcObjectAs(object, SystemIpcmkObject{kind}).Expects(Identifier());
    a.Do(SystemIpcrmObject{kind, object}).Expects(Ends(0));
    a.Do(IpcRemove{kind, object}).FailsWithOneOf({EINVAL, EIDRM});
    a.Do(SystemIpcrmObject{kind, object}).Expects(EndsBadly());
  }
}

SHMSPEC_CASE("tools.ipcrm.leaves_objects_of_other_kinds_with_the_key_alone",
             "SEED.KEYSPACES_INDEPENDENT"_req, "SEED.IPCRM_Q_KEY"_req) {
  const Actor a = plan.Spawn("a");
  const Key k = plan.NewKey();
  const Segment s = a.Get({.key = k, .flags = kCreate | kExclusive | 0600});
  const Attach p = a.At(s);
  a.Store(p, 42);
  const IpcObject queue = New(a, IpcKind::kQueue, k);
  const IpcObject semaphores = New(a, IpcKind::kSemaphores, k);
  a.Do(SystemIpcrmObjectKey{IpcKind::kQueue, k}).Expects(Ends(0));
  a.Do(IpcRemove{IpcKind::kQueue, queue}).FailsWithOneOf({EINVAL, EIDRM});
  a.Do(SysvGet{k, {0}, 0}).Expects(ValueOf(s));
  a.Do(IpcGet{IpcKind::kSemaphores, k, 0}).Expects(ValueOf(semaphores));
  a.Load(p).Gives(42);
  a.Do(SystemIpcrmKey{k}).Expects(Ends(0));
  a.Do(SysvGet{k, {0}, 0}).Fails(ENOENT);
  a.Do(IpcGet{IpcKind::kSemaphores, k, 0}).Expects(ValueOf(semaphores));
  a.Do(SystemIpcrmObjectKey{IpcKind::kSemaphores, k}).Expects(Ends(0));
}

SHMSPEC_CASE("tools.ipcrm.goes_on_after_a_failure", "TOOL.IPCRM.SEVERAL"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Segment t = a.Get({.flags = kCreate | 0600});
  const IpcObject queue = New(a, IpcKind::kQueue);
  a.Do(SystemIpcrmSeveral{SegmentId(2147483647), s, IpcKind::kQueue, queue}).Expects(EndsBadly());
  a.Stat(s).Fails(EINVAL);
  a.Do(IpcRemove{IpcKind::kQueue, queue}).FailsWithOneOf({EINVAL, EIDRM});
  const Segment u = a.Get({.flags = kCreate | 0600});
  const IpcObject semaphores = New(a, IpcKind::kSemaphores);
  a.Do(SystemIpcrmSeveral{t, u, IpcKind::kSemaphores, semaphores}).Expects(Ends(0));
  a.Stat(t).Fails(EINVAL);
  a.Stat(u).Fails(EINVAL);
  a.Do(IpcRemove{IpcKind::kSemaphores, semaphores}).FailsWithOneOf({EINVAL, EIDRM});
}

SHMSPEC_CASE("tools.ipcrm.understands_the_old_syntax", "TOOL.IPCRM.OLD_SYNTAX"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  a.Do(SystemIpcrm{s, true}).Expects(Ends(0));
  a.Stat(s).Fails(EINVAL);
  a.Do(SystemIpcrm{SegmentId(2147483647), true}).Expects(EndsBadly());
}

SHMSPEC_CASE("tools.ipcrm.removes_all_of_a_kind_if_the_kind_is_attached",
             "TOOL.IPCRM.ALL_OPTARG"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Segment t = a.Get({.key = plan.NewKey(), .flags = kCreate | 0600});
  const IpcObject queue = New(a, IpcKind::kQueue);
  a.Do(SystemIpcrmAll{IpcKind::kSegment, false}).Expects(Ends(0));
  a.Stat(s).Fails(EINVAL);
  a.Stat(t).Fails(EINVAL);
  a.Do(IpcRemove{IpcKind::kQueue, queue}).Gives(0);
}

SHMSPEC_CASE("tools.ipcrm.removes_every_kind_if_the_kind_is_a_word_of_its_own",
             "TOOL.IPCRM.ALL_OPTARG"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Segment s = a.Get({.flags = kCreate | 0600});
  const IpcObject queue = New(a, IpcKind::kQueue);
  const IpcObject semaphores = New(a, IpcKind::kSemaphores);
  // The calls by which the tool removes them work.
  for (const IpcKind kind : {IpcKind::kQueue, IpcKind::kSemaphores}) {
    a.Do(IpcRemove{kind, New(a, kind)}).Gives(0);
  }
  a.Do(SystemIpcrmAll{IpcKind::kSegment, true}).Expects(EndsBadly());
  a.Stat(s).Fails(EINVAL);
  a.Do(IpcRemove{IpcKind::kQueue, queue}).FailsWithOneOf({EINVAL, EIDRM});
  a.Do(IpcRemove{IpcKind::kSemaphores, semaphores}).FailsWithOneOf({EINVAL, EIDRM});
}

}  // namespace
}  // namespace shmspec
