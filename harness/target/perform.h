// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// One function for each operation, one file for each family. Private to this folder; others call
// Perform() of target.h.

#ifndef SHMSPEC_HARNESS_TARGET_PERFORM_H_
#define SHMSPEC_HARNESS_TARGET_PERFORM_H_

#include <cerrno>

#include "harness/target/fault_guard.h"
#include "harness/target/target.h"
#include "harness/vocabulary/value/check.h"

namespace shmspec::perform {

/// What a call returned: its value, or errno when that is -1.
inline Outcome Returned(std::int64_t value) {
  if (value == -1) return Failure{ErrorCode{errno}};
  return Value{value};
}

inline Outcome Returned(const CallResult& result) {
  if (result.lacking != nullptr) return Trouble{true, result.lacking};
  return Returned(result.value);
}

/// A fault at an access that named this address.
Outcome OutcomeOf(const SeenFault& seen, std::uint64_t named);

Outcome Do(const SysvGet& op, Context& context);
Outcome Do(const SysvAttach& op, Context& context);
Outcome Do(const SysvDetach& op, Context& context);
Outcome Do(const SysvStat& op, Context& context);
Outcome Do(const SysvSet& op, Context& context);
Outcome Do(const SysvRemove& op, Context& context);
Outcome Do(const SysvLock& op, Context& context);
Outcome Do(const SysvUnlock& op, Context& context);
Outcome Do(const SysvInfo& op, Context& context);
Outcome Do(const SysvShmInfo& op, Context& context);
Outcome Do(const SysvStatIndex& op, Context& context);
Outcome Do(const SysvStatAny& op, Context& context);
Outcome Do(const SysvControl& op, Context& context);
Outcome Do(const SysvKeyOfPath& op, Context& context);
Outcome Do(const OtherGet& op, Context& context);
Outcome Do(const OtherRemove& op, Context& context);

Outcome Do(const MemoryLoad& op, Context& context);
Outcome Do(const MemoryStore& op, Context& context);
Outcome Do(const MemoryExchange& op, Context& context);
Outcome Do(const MemoryCompareExchange& op, Context& context);
Outcome Do(const MemoryFetchAdd& op, Context& context);
Outcome Do(const MemoryFill& op, Context& context);
Outcome Do(const MemoryChecksum& op, Context& context);
Outcome Do(const MemoryTransfer& op, Context& context);
Outcome Do(const MemoryBranch& op, Context& context);
Outcome Do(const MemoryHistogram& op, Context& context);

Outcome Do(const ProcessSetIdentity& op, Context& context);
Outcome Do(const ProcessDropCapability& op, Context& context);
Outcome Do(const ProcessUnshare& op, Context& context);
Outcome Do(const ProcessSetLimit& op, Context& context);
Outcome Do(const ProcessSetUmask& op, Context& context);
Outcome Do(const ProcessPin& op, Context& context);

Outcome Do(const MapReserve& op, Context& context);
Outcome Do(const MapPrivate& op, Context& context);
Outcome Do(const MapUnmap& op, Context& context);
Outcome Do(const MapProtect& op, Context& context);
Outcome Do(const MapRemap& op, Context& context);
Outcome Do(const MapAdvise& op, Context& context);
Outcome Do(const MapLayout& op, Context& context);
Outcome Do(const MapSeal& op, Context& context);
Outcome Do(const MapReopen& op, Context& context);

Outcome Do(const SystemSysctlRead& op, Context& context);
Outcome Do(const SystemSysctlWrite& op, Context& context);
Outcome Do(const SystemSegments& op, Context& context);
Outcome Do(const SystemIpcs& op, Context& context);
Outcome Do(const SystemLsipc& op, Context& context);
Outcome Do(const SystemIpcrm& op, Context& context);
Outcome Do(const SystemIpcrmKey& op, Context& context);
Outcome Do(const SystemIpcmk& op, Context& context);
Outcome Do(const SystemHoldSegments& op, Context& context);
Outcome Do(const SystemIpcsOne& op, Context& context);
Outcome Do(const SystemIpcrmSeveral& op, Context& context);
Outcome Do(const SystemIpcrmOther& op, Context& context);
Outcome Do(const SystemIpcrmOtherKey& op, Context& context);
Outcome Do(const SystemIpcrmAll& op, Context& context);
Outcome Do(const SystemIpcmkOther& op, Context& context);
Outcome Do(const SystemNextSecond& op, Context& context);

template <class Op>
concept ConcernsOthers = std::is_same_v<Op, ProcessFork> || std::is_same_v<Op, ProcessThread> ||
    std::is_same_v<Op, ProcessExec> || std::is_same_v<Op, ProcessExit> ||
    std::is_same_v<Op, ProcessKill> || std::is_same_v<Op, ProcessEnterNamespace> ||
    std::is_same_v<Op, ProcessClone>;

template <ConcernsOthers Op>
Outcome Do(const Op&, Context&) {
  SHMSPEC_CHECK(false, "an operation on processes reached the target instead of the actor");
}

}  // namespace shmspec::perform

#endif  // SHMSPEC_HARNESS_TARGET_PERFORM_H_
