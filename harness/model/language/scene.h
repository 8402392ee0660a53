// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What a transition looks at: the setting (what never changes in a run), the state, and one call.

#ifndef SHMSPEC_HARNESS_MODEL_LANGUAGE_SCENE_H_
#define SHMSPEC_HARNESS_MODEL_LANGUAGE_SCENE_H_

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "harness/model/profile/profile.h"
#include "harness/model/state/state.h"
#include "harness/vocabulary/plan/handles.h"
#include "harness/vocabulary/plan/plan.h"
#include "harness/vocabulary/plan/trace.h"

namespace shmspec::model {

/// What holds for a whole run: the specification it is judged by and who takes part.
struct Setting {
  const Profile* profile = nullptr;
  SystemFacts system;
  std::vector<ActorFacts> actors;
};

/// The state before the first step: every spawned actor lives, nothing exists.
State InitialState(const Setting& setting, const Plan& plan);

/// One call, with the numbers that its handles stand for.
struct Call {
  std::uint32_t step = 0;
  std::uint8_t actor = 0;
  const Operation* operation = nullptr;
  /// The references among the operation's fields, in order of declaration.
  std::array<std::int64_t, kMostReferences> references{};
  Interval when;                  // seconds in which its time stamps are taken
  std::uint32_t in_flight = 0;    // actors that have another call in flight, one bit each
  bool overlapped = false;        // another call was in flight at some time during this one
  bool weakly_ordered = false;    // in a race with accesses that are not sequentially consistent
  bool instant = false;           // it happens at one instant, also while others are in flight
  const Outcome* seen = nullptr;  // look-ahead, where there is one

  /// Whether no other call can take effect in the middle of it.
  bool Alone() const { return !overlapped || instant; }
};

/// Fills in call.references: `value_of(reference)` gives the number of each.
template <class ValueOf>
void ResolveReferences(Call& call, ValueOf&& value_of) {
  const auto references = ReferencesOf(*call.operation);
  for (std::size_t i = 0; i < references.size() && references[i] != nullptr; ++i) {
    call.references[i] = value_of(*references[i]);
  }
}

/// One call in one state. Reads only; the effects take the state besides.
class Scene {
 public:
  Scene(const Setting& setting, const State& state, const Call& call)
      : setting_(&setting), state_(&state), call_(&call) {}

  const Profile& profile() const { return *setting_->profile; }
  const SystemFacts& system() const { return setting_->system; }
  const Setting& setting() const { return *setting_; }
  const State& state() const { return *state_; }
  const Call& call() const { return *call_; }

  const Task& task() const { return state_->tasks[call_->actor]; }
  const Credentials& credentials() const { return *task().credentials; }
  std::uint8_t process_index() const { return task().process; }
  const Process& process() const { return state_->processes[process_index()]; }
  const AddressSpace& space() const { return *process().space; }
  /// Whether its System V calls are those of a 32-bit program.
  bool IsNarrow() const { return abi() != Abi::kNative || system().narrow; }
  /// Whether its records are those from before IPC_64, with 16 bits for ids, process ids and
  /// counts.
  bool HasOldRecords() const { return abi() == Abi::kIa32Old; }
  /// The first address above the user range of the caller's process.
  std::uint64_t task_size() const { return setting_->actors[call_->actor].task_size; }
  std::uint8_t ipc_index() const { return task().ipc; }
  const IpcNamespace& ipc() const { return *state_->namespaces[ipc_index()]; }
  /// What the caller has at /dev/shm; null when there is nothing.
  const Mount* shm_mount() const {
    const MountNamespace& mounted = state_->mount_namespaces[task().mounts];
    if (mounted.hidden || mounted.mounts.empty()) return nullptr;
    return &state_->mounts[mounted.mounts.back()];
  }

  /// The number that a reference of the call's operation stands for:
  /// `scene.NumberOf<&SysvStat::segment>()`.
  template <auto kMember>
  std::int64_t NumberOf() const {
    return call_->references[kReferenceIndex<kMember>];
  }
  /// The same as an address.
  template <auto kMember>
  std::uint64_t AddressOf() const {
    return static_cast<std::uint64_t>(NumberOf<kMember>());
  }
  /// The same as a System V key, of which the system takes 32 bits.
  template <auto kMember>
  std::int32_t KeyOf() const {
    return static_cast<std::int32_t>(NumberOf<kMember>());
  }
  std::uint64_t page() const { return setting_->system.page_size; }
  bool IsPageAligned(std::uint64_t address) const { return address % page() == 0; }

  /// The id of a process as the caller sees it; 0 when it cannot see it.
  std::int64_t PidSeen(std::uint8_t process) const;

 private:
  Abi abi() const { return setting_->actors[call_->actor].abi; }

  const Setting* setting_;
  const State* state_;
  const Call* call_;
};

/// The actor and the time that stamps record.
struct Cause {
  const Profile* profile = nullptr;
  ProcessSet process = kForeignProcess;
  Interval when;
  std::uint32_t in_flight = 0;  // actors whose calls a destruction may surprise
};
Cause CauseOf(const Scene& scene);

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_LANGUAGE_SCENE_H_
