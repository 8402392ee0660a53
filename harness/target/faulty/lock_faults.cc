// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Systems that go wrong when all memory of a process is locked, or a file is synchronised.

#include <limits>

#include "harness/target/faulty/fault_table.h"

namespace shmspec {
namespace {

model::AddressSpace& OwnSpace(const Aftermath& a) {
  return a.after.processes[ProcessOf(a.after, a.call)].space.Own();
}

// --- what is there

template <bool (*leaves)(const model::Mapping&)>
void LeaveOut(const Aftermath& a) {
  if (!IsOneOf<MapLockAll>(a.call) || !a.Succeeded()) return;
  const auto& before = a.before.processes[ProcessOf(a.before, a.call)].space->mappings();
  model::AddressSpace& space = OwnSpace(a);
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (leaves(before[i])) space.at(i).locked = before[i].locked;
  }
}

bool IsAttach(const model::Mapping& mapping) { return mapping.IsAttach(); }
bool IsFile(const model::Mapping& mapping) { return mapping.node() != nullptr; }
bool IsAnonymous(const model::Mapping& mapping) {
  return mapping.node() == nullptr && !mapping.IsAttach();
}

void BringNothingIn(const model::State&, model::Call&, Operation& operation) {
  auto* lock = std::get_if<MapLockAll>(&operation);
  if (lock != nullptr && lock->flags.Has(kLockCurrent)) lock->flags.bits |= kLockOnFault;
}

void UnlockNothing(const Aftermath& a) {
  if (IsOneOf<MapUnlockAll>(a.call) && a.Succeeded()) a.after = a.before;
}

// --- what comes later

void ForgetFuture(const Aftermath& a) {
  if (IsOneOf<MapLockAll>(a.call) && a.Succeeded()) OwnSpace(a).locks_new = model::LocksNew::kNot;
}

void KeepFuture(const Aftermath& a) {
  if (!IsOneOf<MapLockAll, MapUnlockAll>(a.call) || !a.Succeeded()) return;
  const auto before = a.before.processes[ProcessOf(a.before, a.call)].space->locks_new;
  if (before != model::LocksNew::kNot) OwnSpace(a).locks_new = before;
}

void LockNoAttach(const Aftermath& a) {
  if (model::Mapping* mapping = Attached(a)) mapping->locked = false;
}

void LockPresent(const model::State&, model::Call&, Operation& operation) {
  auto* lock = std::get_if<MapLockAll>(&operation);
  if (lock != nullptr && lock->flags.Has(kLockFuture)) lock->flags.bits |= kLockCurrent;
}

void InheritFuture(const Aftermath& a) {
  const auto* fork = As<ProcessFork>(a.call);
  if (fork == nullptr || !a.Succeeded()) return;
  a.after.processes[fork->child.index].space.Own().locks_new =
      a.before.processes[ProcessOf(a.before, a.call)].space->locks_new;
}

void KeepFutureOverExec(const Aftermath& a) {
  if (!IsOneOf<ProcessExec>(a.call) || !a.Succeeded()) return;
  OwnSpace(a).locks_new = a.before.processes[ProcessOf(a.before, a.call)].space->locks_new;
}

// --- what is touched

void BringInAtOnce(const model::State&, model::Call&, Operation& operation) {
  auto* lock = std::get_if<MapLockAll>(&operation);
  if (lock != nullptr && lock->flags.bits != kLockOnFault) lock->flags.bits &= ~kLockOnFault;
}

void LockNothingOnFault(const Aftermath& a) {
  if (!IsOneOf<MapLockAll>(a.call) || !a.Succeeded()) return;
  model::AddressSpace& space = OwnSpace(a);
  for (std::size_t i = 0; i < space.mappings().size(); ++i) {
    if (space.at(i).on_fault) space.at(i).locked = false;
  }
}

// --- errors

void TakeAnyFlag(const Aftermath& a) {
  const auto* failure = std::get_if<Failure>(&a.outcome);
  if (!IsOneOf<MapLockAll>(a.call) || failure == nullptr) return;
  if (failure->error.number == EINVAL) a.outcome = Value{0};
}

template <class... Ops>
void ForgetLimit(model::State& state, const model::Call& call) {
  if (!IsOneOf<Ops...>(call)) return;
  state.processes[ProcessOf(state, call)].memlock = std::numeric_limits<std::uint64_t>::max();
}

void AskForPrivilege(const Aftermath& a) {
  if (!IsOneOf<MapLockAll>(a.call) || !a.Succeeded()) return;
  if ((CredentialsOf(a.before, a.call).caps & kCapIpcLock) == 0) a.Fail(EPERM);
}

// --- files

void AskForWriter(const Aftermath& a) {
  const auto* sync = As<FileSync>(a.call);
  if (sync != nullptr && a.Succeeded() && !FileNamed(a.before, a.call)->writes) a.Fail(EBADF);
}

void SyncNoMemory(const Aftermath& a) {
  const auto* sync = As<FileSync>(a.call);
  if (sync != nullptr && a.Succeeded() && sync->data_only) a.Fail(EINVAL);
}

void FillHoles(const Aftermath& a) {
  if (!IsOneOf<FileSync>(a.call) || !a.Succeeded()) return;
  const model::Node* node = NodeNamed(a.before, a.call);
  OwnObject(a.after, node->object).Touch(0, node->size);
}

template <int kError>
void SyncAnything(const Aftermath& a) {
  const auto* failure = std::get_if<Failure>(&a.outcome);
  if (!IsOneOf<FileSync>(a.call) || failure == nullptr) return;
  if (failure->error.number == kError) a.outcome = Value{0};
}

constexpr SeededFault kFaults[] = {
    {"lock_all_leaves_attaches", "MMAP.MLOCKALL_CURRENT"_req, "mlockall locks no attach",
     Afterwards<LeaveOut<IsAttach>>},
    {"lock_all_leaves_files", "MMAP.MLOCKALL_CURRENT"_req, "mlockall locks no mapping of a file",
     Afterwards<LeaveOut<IsFile>>},
    {"lock_all_leaves_private_memory", "MMAP.MLOCKALL_CURRENT"_req,
     "mlockall locks no private anonymous memory", Afterwards<LeaveOut<IsAnonymous>>},
    {"lock_all_brings_nothing_in", "MMAP.MLOCKALL_CURRENT"_req, "mlockall brings no pages in",
     Rewritten<BringNothingIn>},
    {"unlock_all_unlocks_nothing", "MMAP.MLOCKALL_CURRENT"_req, "munlockall does nothing",
     Afterwards<UnlockNothing>},
    {"future_locks_are_forgotten", "MMAP.MLOCKALL_FUTURE"_req, "MCL_FUTURE has no effect",
     Afterwards<ForgetFuture>},
    {"future_locks_are_final", "MMAP.MLOCKALL_FUTURE"_req,
     "MCL_FUTURE holds after munlockall and after a call without it", Afterwards<KeepFuture>},
    {"future_locks_leave_attaches", "MMAP.MLOCKALL_FUTURE"_req,
     "MCL_FUTURE does not hold for shmat", Afterwards<LockNoAttach>},
    {"future_locks_lock_the_present", "MMAP.MLOCKALL_FUTURE"_req,
     "MCL_FUTURE locks what is mapped already", Rewritten<LockPresent>},
    {"on_fault_brings_in", "MMAP.MLOCKALL_ONFAULT"_req, "MCL_ONFAULT is ignored",
     Rewritten<BringInAtOnce>},
    {"on_fault_locks_nothing", "MMAP.MLOCKALL_ONFAULT"_req, "MCL_ONFAULT locks nothing",
     Afterwards<LockNothingOnFault>},
    {"lock_all_takes_any_flag", "MMAP.MLOCKALL_FLAGS"_req, "flags without a meaning are accepted",
     Afterwards<TakeAnyFlag>},
    {"lock_all_has_no_limit", "MMAP.MLOCKALL_LIMIT"_req, "mlockall ignores RLIMIT_MEMLOCK",
     Disguise<ForgetLimit<MapLockAll>>},
    {"future_locks_have_no_limit", "MMAP.MLOCKALL_LIMIT"_req,
     "after MCL_FUTURE more is mapped than RLIMIT_MEMLOCK permits",
     Disguise<ForgetLimit<MapMap, MapPrivate, SysvAttach>>},
    {"lock_all_asks_for_privilege", "MMAP.MLOCKALL_LIMIT"_req,
     "mlockall needs CAP_IPC_LOCK within the limit too", Afterwards<AskForPrivilege>},
    {"children_lock_the_future", "MMAP.MLOCKALL_NOT_INHERITED"_req, "MCL_FUTURE holds in children",
     Afterwards<InheritFuture>},
    {"exec_keeps_future_locks", "MMAP.MLOCKALL_NOT_INHERITED"_req, "MCL_FUTURE holds after exec",
     Afterwards<KeepFutureOverExec>},
    {"sync_asks_for_a_writer", "TMPFS.FSYNC"_req, "fsync needs a descriptor for writing",
     Afterwards<AskForWriter>},
    {"memory_has_no_data_sync", "TMPFS.FSYNC"_req, "fdatasync of a file in memory fails",
     Afterwards<SyncNoMemory>},
    {"sync_fills_holes", "TMPFS.FSYNC"_req, "fsync allocates holes", Afterwards<FillHoles>},
    {"sync_takes_sockets", "TMPFS.FSYNC"_req, "fsync of a socket succeeds",
     Afterwards<SyncAnything<EINVAL>>},
    {"sync_takes_no_descriptor", "TMPFS.FSYNC"_req, "fsync of what is not open succeeds",
     Afterwards<SyncAnything<EBADF>>},
};

const internal::FaultRegistration registration(kFaults);

}  // namespace
}  // namespace shmspec
