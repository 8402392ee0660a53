// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// One actor at work: it waits for its turn, performs its steps and notes what happened.

#ifndef SHMSPEC_HARNESS_ACTOR_PERFORMER_H_
#define SHMSPEC_HARNESS_ACTOR_PERFORMER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/actor/belongings.h"
#include "harness/actor/control_region.h"
#include "harness/actor/foreign.h"
#include "harness/target/target.h"
#include "harness/vocabulary/plan/actor_facts.h"
#include "harness/vocabulary/plan/actor_spec.h"
#include "harness/vocabulary/value/result.h"

namespace shmspec {

/// How an actor entered this process or thread.
enum class Birth {
  kSpawned,
  kForked,
  kThread,
  kReborn,    // by exec
  kRecalled,  // it was the same actor in the plan before
};

/// State that outlasts a plan in a process that stays for the next.
struct Lasting {
  ActorFacts facts;
  int cpu = -1;  // to which it was confined last
};

class Performer {
 public:
  /// `region_fd` is the open file of the region, for the image that an exec starts.
  Performer(const ControlRegion& region, int region_fd, std::uint32_t self, Context& context);

  /// Runs to the end of the plan. False when the actor left before, as a thread that ends alone.
  bool Live(Birth birth);

  /// The same as the first actor of a process, which then ends.
  [[noreturn]] void LiveAndEnd(Birth birth);

  /// Runs to the end of the plan and makes the process fit for another one. False when it is not.
  bool LiveAndStay(Birth birth, Lasting& lasting);

 private:
  struct OwnStep {
    std::uint32_t index = 0;
    bool concerns_others = false;
    Operation operation;
  };

  ActorSlot& slot() const { return region_.actor(self_); }

  void ReadSteps();
  /// Takes on the identity of the spec; in trouble the process ends here.
  void TakeUp(Birth birth, const ActorSpec& spec);
  void Introduce(const ActorSpec& spec);
  void IntroduceAs(const ActorFacts& facts);
  /// Moves to the CPU that the warden chose, in a process that already has the identity of the
  /// spec.
  void ComeBack();
  void DieWithHarness();
  /// Waits until the actors that this process forked have ended.
  void AwaitChildren() const;
  [[noreturn]] void GiveUp(const Error& error);
  /// Ends the plan after the failure of a step that later steps rest on.
  [[noreturn]] void EndPlan(std::uint32_t step);

  void PerformSteps(std::uint32_t entered);
  void PerformStep(const OwnStep& own, StepState& step);
  /// Performs an operation that concerns nobody else.
  Outcome Call(const OwnStep& own, StepState& step);
  /// Has the adapter ready that the plan asks for, if it does.
  void TakeAdapter();
  void Record(const Outcome& outcome, StepState& step);
  /// Completes the step that this image was started by; returns its act.
  std::uint32_t ResumeAfterExec();

  // Operations that concern other actors: processes.cc.
  Outcome DoOnOthers(const Operation& operation);
  Outcome Do(const ProcessFork& op);
  Outcome Do(const ProcessThread& op);
  Outcome Do(const ProcessExec& op);
  Outcome Do(const ProcessExit& op);
  Outcome Do(const ProcessKill& op);
  // await_blocked.cc
  Outcome Do(const ProcessAwaitBlocked& op);
  // clone.cc
  Outcome Do(const ProcessClone& op);
  Outcome Do(const ProcessEnterNamespace& op);
  // pass.cc
  Outcome Do(const DescriptorGetFrom& op);
  Outcome AwaitBirth(std::uint32_t child);
  bool HasOtherThreads() const;

  const ControlRegion& region_;
  const int region_fd_;
  const std::uint32_t self_;
  Context& context_;
  ArenaWriter arena_;
  std::vector<OwnStep> steps_;
  std::string wire_;
  Lasting* lasting_ = nullptr;  // of a process that is to stay
  Belongings belongings_;       // likewise
  std::unique_ptr<Foreign> foreign_;
  bool left_ = false;             // this thread ended its own part
  bool children_nested_ = false;  // children may be in another pid namespace
};

/// Runs the actor as the first of its process, to the end of the process.
[[noreturn]] void RunActorProcess(const ControlRegion& region, int region_fd, std::uint32_t self,
                                  Birth birth);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_ACTOR_PERFORMER_H_
