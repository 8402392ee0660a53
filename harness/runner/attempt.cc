// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/attempt.h"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>

#include "harness/host/process_limit.h"
#include "harness/residue/inventory.h"
#include "harness/runner/perform_plan.h"
#include "harness/stage/schedule.h"
#include "harness/vocabulary/form/trace_text.h"
#include "harness/vocabulary/form/wire_codec.h"
#include "harness/vocabulary/value/duration.h"

namespace shmspec {
namespace {

/// The stage keeps the deadline itself and names the step at which it passed; the process is ended
/// only when that fails. It takes seconds where an actor cannot be killed.
constexpr std::int64_t kGrace_ms = 8000;

/// A stage that remembers the last trace.
class RememberingStage final : public Stage {
 public:
  explicit RememberingStage(Stage& stage) : stage_(stage) {}

  std::string_view name() const override { return stage_.name(); }
  Trace Perform(const Plan& plan, std::uint64_t seed) override {
    last_ = stage_.Perform(plan, seed);
    return last_;
  }
  std::string Perturbed(const Plan& plan, std::uint64_t seed) const override {
    return stage_.Perturbed(plan, seed);
  }
  const Trace& last() const { return last_; }

 private:
  Stage& stage_;
  Trace last_;
};

/// Fewer rounds still give a result; an attempt that is ended gives none.
CaseResult PerformInTime(const Plan& plan, int rounds, Stage& stage, const RunOptions& options) {
  const std::chrono::milliseconds time(options.timeout_ms / 2);
  if (!options.keeps_trace) {
    return PerformPlan(plan, rounds, stage, *options.profile, options.seed, time);
  }
  RememberingStage remembering(stage);
  CaseResult result = PerformPlan(plan, rounds, remembering, *options.profile, options.seed, time);
  result.whole_trace = PrintWholeTrace(remembering.last());
  return result;
}

CaseResult PerformIsolated(const Plan& plan, int rounds, RunOptions options) {
  const StayOnCpu stay(CpuFor(plan));
  const auto entered = EnterIsolation(options.isolation);
  if (!entered.ok()) {
    return Unjudged(Status::kUnresolved, Cause::kSetup, entered.error().message);
  }
  options.isolated = *entered;
  const Inventory before = TakeInventory();
  Result<std::unique_ptr<Stage>> stage = MakeStage(options, WardenStart::kFork);
  if (!stage.ok()) {
    return stage.error().lacking
               ? Unjudged(Status::kUnsupported, Cause::kMissingCapability, stage.error().message)
               : Unjudged(Status::kUnresolved, Cause::kSetup, stage.error().message);
  }
  CaseResult result = PerformInTime(plan, rounds, **stage, options);
  // A process that hangs may resist SIGKILL; then do not wait for its end.
  if (result.hung.empty()) {
    stage->reset();
  } else {
    static_cast<void>(stage->release());
  }
  Inventory after = TakeInventory();
  if (options.isolation == Isolation::kShared) {
    KeepMade(after, {result.actor_pids, result.queues, result.semaphore_sets});
    result.left_behind = RemoveResidue(before, after);
  }
  result.residue = Residue(before, after);
  return result;
}

}  // namespace

int CpuFor(const Plan& plan) { return MakeSchedule(plan).concurrent ? -1 : ::sched_getcpu(); }

Attempt::Attempt(CaseProcess process, std::vector<Requirement> cited, std::int64_t timeout_ms,
                 Leftovers leftovers)
    : process_(std::move(process)),
      cited_(std::move(cited)),
      timeout_ms_(timeout_ms),
      leftovers_(leftovers),
      started_(Clock::now()),
      deadline_(started_ + std::chrono::milliseconds(timeout_ms + kGrace_ms)) {}

Result<Attempt> Attempt::Start(const Plan& plan, int rounds, const RunOptions& options,
                               Leftovers leftovers) {
  Result<CaseProcess> process = CaseProcess::Start([&] {
    std::string bytes;
    wire::Append(bytes, PerformIsolated(plan, rounds, options));
    return bytes;
  });
  if (!process.ok()) return process.error();
  return Attempt(std::move(process).value(), plan.requirements, options.timeout_ms, leftovers);
}

CaseResult Attempt::Take() {
  const bool whole = process_.Receive();
  CaseResult result;
  if (!whole) {
    process_.Kill();
    result = Unjudged(Status::kUnresolved, Cause::kTimeout,
                      "took longer than " + PrintDuration(timeout_ms_));
  } else if (const auto bytes = process_.Finish(); !bytes) {
    result = Unjudged(Status::kUnresolved, Cause::kCrash, process_.HowEnded());
  } else {
    std::string_view rest = *bytes;
    if (!wire::Read(rest, result) || !rest.empty()) {
      result = Unjudged(Status::kUnresolved, Cause::kCrash, "the case's process gave no result");
    }
  }
  if (!result.residue.empty() && leftovers_ == Leftovers::kUnresolved &&
      result.status == Status::kPass) {
    result.status = Status::kUnresolved;
    result.cause = Cause::kLeak;
    result.reason = fmt::format("{}", fmt::join(result.residue, "; "));
    result.requirements.clear();
  }
  if (result.requirements.empty()) {
    for (const Requirement cited : cited_) result.requirements.push_back({cited, result.status});
  }
  result.duration_us =
      std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - started_).count();
  return result;
}

}  // namespace shmspec
