// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/run.h"

#include <algorithm>
#include <array>
#include <deque>
#include <list>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "harness/host/process_limit.h"
#include "harness/host/readable.h"
#include "harness/runner/attempt.h"
#include "harness/runner/hang.h"
#include "harness/runner/perform_plan.h"
#include "harness/runner/stop_requests.h"
#include "harness/vocabulary/value/names.h"

namespace shmspec {
namespace {

/// What is left over means: a case that does not clean up after itself says nothing. A library may
/// leave what nobody can remove, and a process that is killed leaves what it had.
Attempt::Leftovers LeftoversOf(const Case& test_case, const RunOptions& options) {
  const bool may_leave = options.adapter || test_case.derived != nullptr;
  return may_leave ? Attempt::Leftovers::kReport : Attempt::Leftovers::kUnresolved;
}

/// Of a case with a crash nobody expects anything: it speaks for the requirements that it has
/// touched, and leaves the others that it cites open.
void LeaveUntouchedOpen(CaseResult& result) {
  for (RequirementResult& one : result.requirements) {
    const bool touched = std::find(result.touched.begin(), result.touched.end(), one.requirement) !=
                         result.touched.end();
    if (one.status == Status::kPass && !touched) one.status = Status::kUntested;
  }
}

int RoundsOf(const Case& test_case, const RunOptions& options) {
  return std::min(test_case.rounds, options.max_rounds);
}

RunOptions OptionsOf(const Case& test_case, const RunOptions& options, std::uint32_t attempt) {
  RunOptions own = options;
  own.seed = SeedOfCase(options.seed + attempt, test_case.id);
  own.sweeps = options.sweeps || test_case.derived != nullptr;
  return own;
}

/// Whether a step of the plan is a call of System V, or asks the system about it.
bool NeedsSystemV(const Plan& plan) {
  return std::any_of(plan.steps.begin(), plan.steps.end(), [](const Step& step) {
    const Family family = FamilyOf(step.operation);
    return family == Family::kSysv || family == Family::kSystem;
  });
}

/// The result of a plan that need not be begun.
std::optional<CaseResult> WithoutSystemV(const Plan& plan, const RunOptions& options) {
  if (options.lacks_system_v.empty() || !NeedsSystemV(plan)) return std::nullopt;
  CaseResult result =
      Unjudged(Status::kUnsupported, Cause::kMissingCapability, options.lacks_system_v);
  for (const Requirement cited : plan.requirements) {
    result.requirements.push_back({cited, Status::kUnsupported});
  }
  return result;
}

CaseResult NotStarted(const Error& error) {
  return error.lacking ? Unjudged(Status::kUnsupported, Cause::kMissingCapability, error.message)
                       : Unjudged(Status::kUnresolved, Cause::kSetup, error.message);
}

CaseResult RunOnce(const Plan& plan, int rounds, const RunOptions& options,
                   Attempt::Leftovers leftovers) {
  if (auto missing = WithoutSystemV(plan, options)) return *missing;
  const StayOnCpu stay(CpuFor(plan));
  Result<Attempt> attempt = Attempt::Start(plan, rounds, options, leftovers);
  if (!attempt.ok()) return NotStarted(attempt.error());
  while (!attempt->IsOver()) {
    if (const int signal = StopRequests::Pending(); signal != 0) {
      return Unjudged(Status::kUnresolved, Cause::kSetup, "stopped by " + SignalName(signal));
    }
    std::array<pollfd, 2> waiting{pollfd{attempt->result_fd(), POLLIN, 0},
                                  pollfd{StopRequests::fd(), POLLIN, 0}};
    AwaitReadable(waiting, 100);
  }
  return attempt->Take();
}

/// A plan that was in a call at its deadline, once more with a longer one.
CaseResult RepeatAlone(const Plan& plan, int rounds, const RunOptions& options,
                       Attempt::Leftovers leftovers, CaseResult first) {
  RunOptions longer = options;
  longer.timeout_ms *= kHangFactor;
  const CaseResult again = RunOnce(plan, rounds, longer, leftovers);
  return AfterRepetition(std::move(first), again, options.timeout_ms);
}

CaseResult RunAlone(const Plan& plan, int rounds, const RunOptions& options,
                    Attempt::Leftovers leftovers) {
  CaseResult result = RunOnce(plan, rounds, options, leftovers);
  if (result.hung.empty() || StopRequests::Pending() != 0) return result;
  return RepeatAlone(plan, rounds, options, leftovers, std::move(result));
}

/// The number of cases that wait for the clock at the same time: enough for all there are, and not
/// too many for a small system when each is repeated.
constexpr std::size_t kMostAtTheClock = 32;

/// The cases of a run, `jobs` at a time, and beside them those that wait for the clock.
class Schedule {
 public:
  Schedule(const std::vector<const Case*>& cases, const RunOptions& options, RunObserver& observer,
           const Expectations& expectations)
      : options_(options), observer_(observer), expectations_(expectations) {
    result_.abilities = options.abilities.there;
    for (const Case* one : cases) result_.cases.push_back({one, {}, {}});
    for (std::size_t i = 0; i < cases.size(); ++i) {
      const Waiver* waiver = expectations.WaiverOf(*cases[i]);
      if (waiver != nullptr && waiver->action == WaiverAction::kDoNotRun) continue;
      const bool waits = WaitsForTheClock(*cases[i]);
      for (std::uint32_t attempt = 0; attempt < options.repeat; ++attempt) {
        QueueOf(waits).push_back({i, attempt, waits});
        ++total_;
      }
    }
  }

  RunResult Run() {
    while (StopRequests::Pending() == 0 &&
           !(at_work_.empty() && at_the_clock_.empty() && running_.empty() && suspects_.empty())) {
      if (at_work_.empty() && at_the_clock_.empty() && running_.empty()) RepeatSuspect();
      StartWhileThereIsRoom(at_the_clock_, kMostAtTheClock);
      StartWhileThereIsRoom(at_work_, options_.jobs);
      if (!running_.empty()) Wait();
      Collect();
    }
    if (const int signal = StopRequests::Pending(); signal != 0 && done_ < total_) {
      running_.clear();  // ends the processes
      for (auto& [job, result] : suspects_) Finish(job, std::move(result));
      result_.complete = false;
      result_.stop_reason = "stopped by " + SignalName(signal);
    }
    result_.duration_s = std::chrono::duration<double>(Attempt::Clock::now() - start_).count();
    for (CaseRun& run : result_.cases) run.judged = expectations_.Judge(run);
    return std::move(result_);
  }

 private:
  struct Job {
    std::size_t index;
    std::uint32_t attempt;  // those beyond options.repeat are retries
    bool waits;             // for the clock
    std::int64_t started_us = 0;
  };
  using Queue = std::deque<Job>;

  Queue& QueueOf(bool waits) { return waits ? at_the_clock_ : at_work_; }

  /// Starts jobs of one queue until `most` of them run.
  void StartWhileThereIsRoom(Queue& queue, std::size_t most) {
    while (!queue.empty() && StopRequests::Pending() == 0) {
      const bool waits = queue.front().waits;
      const auto running =
          std::count_if(running_.begin(), running_.end(),
                        [waits](const auto& one) { return one.first.waits == waits; });
      if (static_cast<std::size_t>(running) >= most || !StartNext(queue)) return;
    }
  }

  /// False when it has to wait until another has ended.
  bool StartNext(Queue& queue) {
    Job job = queue.front();
    queue.pop_front();
    job.started_us =
        std::chrono::duration_cast<std::chrono::microseconds>(Attempt::Clock::now() - start_)
            .count();
    const Case& test_case = *result_.cases[job.index].test_case;
    if (auto missing = WithoutSystemV(PlanOf(test_case), options_)) {
      Finish(job, std::move(*missing));
      return true;
    }
    Result<Attempt> attempt = Attempt::Start(PlanOf(test_case), RoundsOf(test_case, options_),
                                             OptionsOf(test_case, options_, job.attempt),
                                             LeftoversOf(test_case, options_));
    if (!attempt.ok() && attempt.error().lacking && !running_.empty()) {
      queue.push_front(job);
      return false;
    }
    if (attempt.ok()) {
      running_.emplace_back(job, std::move(attempt).value());
    } else {
      Finish(job, NotStarted(attempt.error()));
    }
    return true;
  }

  void Wait() {
    std::vector<pollfd> fds{{StopRequests::fd(), POLLIN, 0}};
    auto soonest = Attempt::Clock::time_point::max();
    for (const auto& [job, attempt] : running_) {
      fds.push_back({attempt.result_fd(), POLLIN, 0});
      soonest = std::min(soonest, attempt.deadline());
    }
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(soonest - Attempt::Clock::now());
    AwaitReadable(fds, std::max<std::int64_t>(left.count() + 1, 0));
  }

  void Collect() {
    for (auto at = running_.begin(); at != running_.end();) {
      if (!at->second.IsOver()) {
        ++at;
        continue;
      }
      const Job job = at->first;
      CaseResult result = at->second.Take();
      at = running_.erase(at);
      // Only an attempt alone on the system shows whether it hangs.
      if (!result.hung.empty()) {
        suspects_.emplace_back(job, std::move(result));
      } else {
        Finish(job, std::move(result));
      }
    }
  }

  /// Decides about one of the attempts that were in a call at their deadline. Does not wait again
  /// for an operation that is known to hang, which takes a multiple of the deadline.
  void RepeatSuspect() {
    auto [job, result] = std::move(suspects_.front());
    suspects_.pop_front();
    const Case& test_case = *result_.cases[job.index].test_case;
    if (const auto known = hung_.find(result.hung); known != hung_.end()) {
      Finish(job, BesideHang(std::move(result), known->second));
      return;
    }
    CaseResult judged = RepeatAlone(PlanOf(test_case), RoundsOf(test_case, options_),
                                    OptionsOf(test_case, options_, job.attempt),
                                    LeftoversOf(test_case, options_), std::move(result));
    if (judged.cause == Cause::kHang) hung_.emplace(judged.hung, test_case.id);
    Finish(job, std::move(judged));
  }

  void Finish(const Job& job, CaseResult result) {
    CaseRun& run = result_.cases[job.index];
    result.attempt = job.attempt;
    result.attempt_seed = options_.seed + job.attempt;
    result.retry = job.attempt >= options_.repeat;
    result.started_us = job.started_us;
    if (run.test_case->derived != nullptr) LeaveUntouchedOpen(result);
    if (IsTrouble(result.status)) Retry(job);
    // Attempts run at the same time and end in any order.
    const auto after =
        std::find_if(run.attempts.begin(), run.attempts.end(),
                     [&](const CaseResult& other) { return other.attempt > result.attempt; });
    const auto at = run.attempts.insert(after, std::move(result));
    observer_.OnResult(*run.test_case, *at, ++done_, total_);
  }

  void Retry(const Job& job) {
    std::uint32_t& made = retries_[job.index];
    if (made == options_.retries) return;
    QueueOf(job.waits).push_front({job.index, options_.repeat + made++, job.waits});
    ++total_;
  }

  const RunOptions& options_;
  RunObserver& observer_;
  const Expectations& expectations_;
  const Attempt::Clock::time_point start_ = Attempt::Clock::now();
  RunResult result_;
  std::map<std::size_t, std::uint32_t> retries_;  // made so far, by case
  Queue at_work_;                                 // these two still to be started
  Queue at_the_clock_;
  std::list<std::pair<Job, Attempt>> running_;
  std::deque<std::pair<Job, CaseResult>> suspects_;  // that may have hung
  std::map<std::string, std::string> hung_;          // operations that did, and in which case
  std::size_t done_ = 0;
  std::size_t total_ = 0;
};

}  // namespace

std::uint64_t SeedOfCase(std::uint64_t seed, std::string_view id) {
  std::uint64_t hash = 0xcbf29ce484222325ull ^ seed;
  for (const char c : id) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
  return hash;
}

CaseResult PerformCase(const Case& test_case, const RunOptions& options) {
  const RunOptions own = OptionsOf(test_case, options, 0);
  Result<std::unique_ptr<Stage>> stage = MakeStage(own);
  if (!stage.ok()) {
    return Unjudged(Status::kUnresolved, Cause::kSetup, stage.error().message);
  }
  return PerformPlan(PlanOf(test_case), RoundsOf(test_case, options), **stage, *options.profile,
                     own.seed);
}

CaseResult RunPlan(const Plan& plan, int rounds, const RunOptions& options) {
  return RunAlone(plan, rounds, options, Attempt::Leftovers::kReport);
}

CaseResult RunCase(const Case& test_case, const RunOptions& options) {
  return RunAlone(PlanOf(test_case), RoundsOf(test_case, options), OptionsOf(test_case, options, 0),
                  LeftoversOf(test_case, options));
}

RunResult RunOfNothing(const std::vector<const Case*>& cases, const std::string& lacking,
                       const Expectations& expectations) {
  RunResult result;
  for (const Case* one : cases) {
    CaseResult nothing = Unjudged(Status::kUnsupported, Cause::kMissingCapability, lacking);
    for (const Requirement cited : one->requirements) {
      nothing.requirements.push_back({cited, nothing.status});
    }
    CaseRun& run = result.cases.emplace_back(CaseRun{one, {std::move(nothing)}, {}});
    run.judged = expectations.Judge(run);
  }
  return result;
}

RunResult RunCases(const std::vector<const Case*>& cases, const RunOptions& options,
                   RunObserver& observer, const Expectations& expectations) {
  return Schedule(cases, options, observer, expectations).Run();
}

}  // namespace shmspec
