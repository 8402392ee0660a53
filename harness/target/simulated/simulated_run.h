// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// One plan on the simulated system. For simulated_stage.cc.

#ifndef SHMSPEC_HARNESS_TARGET_SIMULATED_SIMULATED_RUN_H_
#define SHMSPEC_HARNESS_TARGET_SIMULATED_SIMULATED_RUN_H_

#include <array>
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include "harness/model/language/phases.h"
#include "harness/target/simulated/linux_chooser.h"
#include "harness/target/simulated/tampering.h"
#include "harness/vocabulary/plan/trace.h"

namespace shmspec {

class SimulatedRun {
 public:
  SimulatedRun(const model::Profile& profile, const Plan& plan, std::uint64_t seed,
               Tampering* tampering);

  Trace Perform() &&;

 private:
  /// A call that has been made and has not returned.
  struct Flight {
    model::Call call;
    model::Progress progress;
    std::optional<Outcome> outcome;
  };

  void MakeFacts();
  void PerformAlone(std::uint32_t step);
  /// Performs steps that may overlap, each actor's in order, until `until` says that it is enough.
  void PerformRace(std::vector<std::uint32_t> steps);
  void PerformBeside(std::uint32_t step);
  void Join(std::uint8_t actor);

  model::Call Make(std::uint32_t step);
  void Start(std::uint32_t step);
  /// The actor's call goes on until it returns or sleeps.
  void LetSleep(std::uint8_t actor);
  /// Lets one call in flight go on or return; false when none can.
  bool GoOn();
  bool GoOn(std::size_t slot);
  /// The same, and where none can those that wait until a time give up.
  bool GoOnOrGiveUp();
  /// Whether a call in flight may end so now: no time passes while another one can go on.
  bool MayEndSo(const Outcome& outcome) const;
  /// False when the call has to wait.
  bool PerformAtOnce(model::Call& call, Outcome& outcome);
  /// The step waits, and nothing is left that could let it go on.
  void Wait(std::uint32_t step);
  void Finish(std::size_t slot);
  void Lose(std::size_t slot);
  void Record(std::uint32_t step, const Outcome& outcome);
  void NoteChild(std::uint32_t step, const Outcome& outcome);
  void UpdateOverlap();
  bool IsBusy(std::uint8_t actor) const;
  std::size_t Below(std::size_t count);

  const Plan& plan_;
  Tampering* tampering_;
  Trace trace_;
  model::Setting setting_;
  model::State state_;
  model::Clauses clauses_;
  LinuxChooser chooser_;
  std::mt19937_64 random_;
  PerHandle<std::int64_t> handles_;  // -1 until it is assigned
  std::vector<Flight> flights_;
  std::uint64_t instant_ns_ = 0;
  std::int64_t ahead_s_ = 0;  // of the real clock: a simulated plan does not wait
  std::size_t started_ = 0;   // steps started and not joined, even when they have returned
  bool overlapping_ = false;  // the next step may overlap with others: it gets instants
  bool gives_up_ = false;     // who waits until a time: nothing else can go on
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_TARGET_SIMULATED_SIMULATED_RUN_H_
