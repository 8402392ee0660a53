// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The two functions of every operation; which file has them is its family's name or its subject's.
// Operations that change nothing and tell nothing that was not known have no Apply of their own.

#ifndef SHMSPEC_HARNESS_MODEL_OPERATIONS_H_
#define SHMSPEC_HARNESS_MODEL_OPERATIONS_H_

#include "harness/model/clauses.h"
#include "harness/model/scene.h"

namespace shmspec::model {

void Describe(const SysvGet& op, const Scene& scene, Clauses& clauses);
void Describe(const SysvAttach& op, const Scene& scene, Clauses& clauses);
void Describe(const SysvDetach& op, const Scene& scene, Clauses& clauses);
void Describe(const SysvStat& op, const Scene& scene, Clauses& clauses);
void Describe(const SysvSet& op, const Scene& scene, Clauses& clauses);
void Describe(const SysvRemove& op, const Scene& scene, Clauses& clauses);
void Describe(const SysvLock& op, const Scene& scene, Clauses& clauses);
void Describe(const SysvUnlock& op, const Scene& scene, Clauses& clauses);
void Describe(const SysvInfo& op, const Scene& scene, Clauses& clauses);
void Describe(const SysvShmInfo& op, const Scene& scene, Clauses& clauses);
void Describe(const SysvStatIndex& op, const Scene& scene, Clauses& clauses);
void Describe(const SysvStatAny& op, const Scene& scene, Clauses& clauses);
void Describe(const SysvControl& op, const Scene& scene, Clauses& clauses);
void Describe(const SysvKeyOfPath& op, const Scene& scene, Clauses& clauses);
void Describe(const OtherGet& op, const Scene& scene, Clauses& clauses);
void Describe(const OtherRemove& op, const Scene& scene, Clauses& clauses);
void Describe(const MemoryLoad& op, const Scene& scene, Clauses& clauses);
void Describe(const MemoryStore& op, const Scene& scene, Clauses& clauses);
void Describe(const MemoryExchange& op, const Scene& scene, Clauses& clauses);
void Describe(const MemoryCompareExchange& op, const Scene& scene, Clauses& clauses);
void Describe(const MemoryFetchAdd& op, const Scene& scene, Clauses& clauses);
void Describe(const MemoryFill& op, const Scene& scene, Clauses& clauses);
void Describe(const MemoryChecksum& op, const Scene& scene, Clauses& clauses);
void Describe(const MemoryTransfer& op, const Scene& scene, Clauses& clauses);
void Describe(const MemoryBranch& op, const Scene& scene, Clauses& clauses);
void Describe(const MemoryHistogram& op, const Scene& scene, Clauses& clauses);
void Describe(const ProcessFork& op, const Scene& scene, Clauses& clauses);
void Describe(const ProcessThread& op, const Scene& scene, Clauses& clauses);
void Describe(const ProcessExec& op, const Scene& scene, Clauses& clauses);
void Describe(const ProcessExit& op, const Scene& scene, Clauses& clauses);
void Describe(const ProcessKill& op, const Scene& scene, Clauses& clauses);
void Describe(const ProcessSetIdentity& op, const Scene& scene, Clauses& clauses);
void Describe(const ProcessDropCapability& op, const Scene& scene, Clauses& clauses);
void Describe(const ProcessUnshare& op, const Scene& scene, Clauses& clauses);
void Describe(const ProcessSetLimit& op, const Scene& scene, Clauses& clauses);
void Describe(const ProcessSetUmask& op, const Scene& scene, Clauses& clauses);
void Describe(const ProcessPin& op, const Scene& scene, Clauses& clauses);
void Describe(const ProcessEnterNamespace& op, const Scene& scene, Clauses& clauses);
void Describe(const ProcessClone& op, const Scene& scene, Clauses& clauses);
void Describe(const MapReserve& op, const Scene& scene, Clauses& clauses);
void Describe(const MapPrivate& op, const Scene& scene, Clauses& clauses);
void Describe(const MapUnmap& op, const Scene& scene, Clauses& clauses);
void Describe(const MapProtect& op, const Scene& scene, Clauses& clauses);
void Describe(const MapRemap& op, const Scene& scene, Clauses& clauses);
void Describe(const MapAdvise& op, const Scene& scene, Clauses& clauses);
void Describe(const MapLayout& op, const Scene& scene, Clauses& clauses);
void Describe(const MapSeal& op, const Scene& scene, Clauses& clauses);
void Describe(const MapReopen& op, const Scene& scene, Clauses& clauses);
void Describe(const SystemSysctlRead& op, const Scene& scene, Clauses& clauses);
void Describe(const SystemSysctlWrite& op, const Scene& scene, Clauses& clauses);
void Describe(const SystemSegments& op, const Scene& scene, Clauses& clauses);
void Describe(const SystemIpcs& op, const Scene& scene, Clauses& clauses);
void Describe(const SystemLsipc& op, const Scene& scene, Clauses& clauses);
void Describe(const SystemIpcrm& op, const Scene& scene, Clauses& clauses);
void Describe(const SystemIpcrmKey& op, const Scene& scene, Clauses& clauses);
void Describe(const SystemIpcmk& op, const Scene& scene, Clauses& clauses);
void Describe(const SystemHoldSegments& op, const Scene& scene, Clauses& clauses);
void Describe(const SystemIpcsOne& op, const Scene& scene, Clauses& clauses);
void Describe(const SystemIpcrmSeveral& op, const Scene& scene, Clauses& clauses);
void Describe(const SystemIpcrmOther& op, const Scene& scene, Clauses& clauses);
void Describe(const SystemIpcrmOtherKey& op, const Scene& scene, Clauses& clauses);
void Describe(const SystemIpcrmAll& op, const Scene& scene, Clauses& clauses);
void Describe(const SystemIpcmkOther& op, const Scene& scene, Clauses& clauses);
void Describe(const SystemNextSecond& op, const Scene& scene, Clauses& clauses);

void Apply(const SysvGet& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SysvAttach& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SysvDetach& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SysvStat& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SysvSet& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SysvRemove& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SysvLock& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SysvUnlock& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SysvStatIndex& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SysvStatAny& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SysvControl& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SysvKeyOfPath& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const MemoryLoad& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const MemoryStore& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const MemoryExchange& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const MemoryCompareExchange& op, const Scene& scene, State& state,
           const Outcome& outcome);
void Apply(const MemoryFetchAdd& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const MemoryFill& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const MemoryChecksum& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const ProcessFork& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const ProcessThread& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const ProcessExec& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const ProcessExit& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const ProcessKill& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const ProcessSetIdentity& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const ProcessDropCapability& op, const Scene& scene, State& state,
           const Outcome& outcome);
void Apply(const ProcessUnshare& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const ProcessSetLimit& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const ProcessSetUmask& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const MapReserve& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const MapPrivate& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const MapUnmap& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const MapProtect& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const MapRemap& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const MapAdvise& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SystemSysctlWrite& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SystemIpcrm& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SystemIpcrmKey& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SystemIpcmk& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const OtherGet& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const OtherRemove& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const MemoryTransfer& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const MemoryBranch& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const MemoryHistogram& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const ProcessEnterNamespace& op, const Scene& scene, State& state,
           const Outcome& outcome);
void Apply(const ProcessClone& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const MapSeal& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SystemHoldSegments& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SystemIpcrmSeveral& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SystemIpcrmOther& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SystemIpcrmOtherKey& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SystemIpcrmAll& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SystemIpcmkOther& op, const Scene& scene, State& state, const Outcome& outcome);

/// An operation with an Apply of its own.
template <class Op>
concept Effective = requires(const Op& op, const Scene& scene, State& state,
                             const Outcome& outcome) {
  Apply(op, scene, state, outcome);
};

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_OPERATIONS_H_
