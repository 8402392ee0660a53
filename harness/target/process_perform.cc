// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What a process does to itself alone.

#include <grp.h>
#include <sched.h>
#include <sys/fsuid.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/target/capability.h"
#include "harness/target/perform.h"
#include "harness/target/process_limit.h"

namespace shmspec::perform {

Outcome Do(const ProcessSetIdentity& op, Context&) {
  // In this order each change still has the right to make the next.
  if (::setgroups(op.groups.size(), op.groups.data()) != 0) return Returned(-1);
  if (::setresgid(op.gid.number, op.gid.number, op.gid.number) != 0) return Returned(-1);
  return Returned(::setresuid(op.uid.number, op.uid.number, op.uid.number));
}

Outcome Do(const ProcessSetEffective& op, Context&) { return Returned(::seteuid(op.uid.number)); }

Outcome Do(const ProcessDropCapability& op, Context&) {
  const std::optional<CapabilitySets> now = ReadCapabilities();
  if (!now) return Returned(-1);
  const std::uint64_t kept = ~op.capabilities.bits;
  return Returned(
      WriteCapabilities({now->effective & kept, now->permitted & kept, now->inheritable & kept})
          ? 0
          : -1);
}

Outcome Do(const ProcessUnshare& op, Context&) {
  return Returned(::unshare(CloneFlags(op.namespaces)));
}

Outcome Do(const ProcessSetFileGroup& op, Context&) {
  ::setfsgid(op.gid.number);
  // It reports no failure: a second call, which changes nothing, tells.
  if (::setfsgid(~gid_t{0}) == static_cast<int>(op.gid.number)) return Value{0};
  return Failure{ErrorCode{EPERM}};
}

Outcome Do(const ProcessSetLimit& op, Context&) {
  return Returned(SetLimit(op.limit, op.value) ? 0 : -1);
}

Outcome Do(const ProcessSetUmask& op, Context&) {
  // umask(2) never fails, so the C library returns the error of a system without it as a mask.
  const mode_t before = ::umask(op.mask.bits);
  if (before > 0777) return Failure{ErrorCode{-static_cast<int>(before)}};
  return Value{static_cast<std::int64_t>(before)};
}

Outcome Do(const ProcessPin& op, Context&) { return Returned(PinToCpu(op.cpu) ? 0 : -1); }

}  // namespace shmspec::perform
