// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The functions of every operation; which file has them is its family's name or its subject's.
// Describe: what is allowed. Apply: what a call changes; operations that change nothing and tell
// nothing that was not known have none. Advance: one phase of a call that is not atomic
// (kInPhases).

#ifndef SHMSPEC_HARNESS_MODEL_LANGUAGE_OPERATIONS_H_
#define SHMSPEC_HARNESS_MODEL_LANGUAGE_OPERATIONS_H_

#include "harness/model/language/clauses.h"
#include "harness/model/language/scene.h"

namespace shmspec::model {

class Stride;

#define SHMSPEC_DECLARE(Op)                                          \
  void Describe(const Op& op, const Scene& scene, Clauses& clauses); \
  void Advance(const Op& op, Stride& stride);
SHMSPEC_OPERATIONS(SHMSPEC_DECLARE)
#undef SHMSPEC_DECLARE

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
void Apply(const SystemSetfacl& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SystemIpcrmKey& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SystemIpcmk& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const IpcGet& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const IpcRemove& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const MemoryTransfer& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const MemoryBranch& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const MemoryHistogram& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const ProcessEnterNamespace& op, const Scene& scene, State& state,
           const Outcome& outcome);
void Apply(const ProcessClone& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const MapSeal& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SystemHoldSegments& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SystemIpcrmSeveral& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SystemIpcrmObject& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SystemIpcrmObjectKey& op, const Scene& scene, State& state,
           const Outcome& outcome);
void Apply(const SystemIpcrmAll& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SystemIpcmkObject& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const MapMap& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const MapLock& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const MapUnlock& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const MapLockAll& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const MapUnlockAll& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const MemfdCreate& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const MemfdAddSeals& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const MemfdReopen& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const FileTruncate& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const FileChmod& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const FileChown& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const FileSetAcl& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const FileRead& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const FileWrite& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const FilePread& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const FilePwrite& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const FileSeek& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const FileAllocate& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const DescriptorDup& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const DescriptorClose& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const MapSync& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const PosixOpen& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const PosixUnlink& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const PosixLink& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const PosixPlantLink& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SystemMountShm& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SystemRemountShm& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SystemUnmountShm& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SystemHideShm& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SystemSetDefaultAcl& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const DescriptorSetCloseOnExec& op, const Scene& scene, State& state,
           const Outcome& outcome);
void Apply(const DescriptorSend& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const DescriptorReceive& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const DescriptorDiscard& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const DescriptorGetFrom& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const DescriptorOpenSocket& op, const Scene& scene, State& state,
           const Outcome& outcome);
void Apply(const MemfdSetNoexec& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const MemoryPin& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const MemoryUnpin& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SegmentCreate& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SegmentOpen& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SegmentOpenOrCreate& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SegmentCreateKilled& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SegmentResize& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SegmentAttach& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SegmentDetach& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SegmentClose& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SegmentClear& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SegmentRemove& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SyncMutexInit& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SyncMutexLock& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SyncMutexUnlock& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SyncMutexConsistent& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SyncMutexSetCeiling& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SyncDestroy& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SyncRwlockInit& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SyncRwlockLock& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SyncRwlockUnlock& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SyncCondInit& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SyncCondWait& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SyncCondSignal& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SyncBarrierInit& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SyncSemInit& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SyncSemWait& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SyncSemPost& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SyncFutexWait& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SyncFutexWake& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SyncFutexRequeue& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SyncFutexWaitBitset& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SyncFutexWakeBitset& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SyncFutexLockPi& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SyncFutexUnlockPi& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SyncSemOpen& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SyncSemClose& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const SyncSemUnlink& op, const Scene& scene, State& state, const Outcome& outcome);
void Apply(const ProcessSetRealtime& op, const Scene& scene, State& state, const Outcome& outcome);

/// An operation with an Apply of its own.
template <class Op>
concept Effective = requires(const Op& op, const Scene& scene, State& state,
                             const Outcome& outcome) {
  Apply(op, scene, state, outcome);
};

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_LANGUAGE_OPERATIONS_H_
