// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/perform_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "harness/oracle/oracle.h"
#include "harness/runner/excerpt.h"
#include "harness/runner/histograms.h"
#include "harness/vocabulary/text.h"

namespace shmspec {
namespace {

/// What the requirements of the plan need of the system and it does not offer, in words; empty when
/// nothing is missing. The other needs of the catalogue show when actors and steps ask for them.
std::string_view MissingNeed(const Trace& trace) {
  const bool huge_pages = trace.system.huge_pages_free != 0;
  for (const Requirement& requirement : trace.plan.requirements) {
    const auto& needs = requirement.text().needs;
    if (!huge_pages && std::find(needs.begin(), needs.end(), "hugetlb") != needs.end()) {
      return "no huge pages are reserved (vm.nr_hugepages)";
    }
  }
  return {};
}

CaseResult ResultOfTrouble(const Trace& trace, bool lacking, const std::string& reason) {
  CaseResult result = lacking ? Unjudged(Status::kUnsupported, Cause::kMissingCapability, reason)
                              : Unjudged(Status::kUnresolved, Cause::kSetup, reason);
  if (reason.starts_with("the plan took longer")) result.cause = Cause::kTimeout;
  result.trace = PrintTrace(trace);
  for (const Requirement cited : trace.plan.requirements) {
    result.requirements.push_back({cited, result.status});
  }
  return result;
}

/// That the plan as a whole could not be performed, if so.
std::optional<CaseResult> TroubleOf(const Trace& trace) {
  if (!trace.trouble.empty()) return ResultOfTrouble(trace, trace.lacking, trace.trouble);
  if (const std::string_view missing = MissingNeed(trace); !missing.empty()) {
    return ResultOfTrouble(trace, true, std::string(missing));
  }
  return std::nullopt;
}

/// The first step that could not be carried out; the number of steps when all could.
std::size_t FirstTroubled(const Trace& trace) {
  const auto troubled =
      std::find_if(trace.steps.begin(), trace.steps.end(), [](const Performed& performed) {
        return performed.returned && std::holds_alternative<Trouble>(performed.outcome);
      });
  return static_cast<std::size_t>(troubled - trace.steps.begin());
}

std::optional<std::size_t> FirstUnexpected(const Trace& trace, std::size_t end) {
  for (std::size_t i = 0; i < end; ++i) {
    const auto& expected = trace.plan.steps[i].expected;
    if (!expected) continue;
    if (!trace.steps[i].returned) return i;
    if (!Matches(*expected, trace.steps[i].outcome, BindingsAt(trace, i))) return i;
  }
  return std::nullopt;
}

/// Why this place did not let the case have what it expected, as the specification allows; null
/// when that is not what happened. It is a place where the case cannot be had and no failure of
/// shared memory.
const std::string* WhyNotHere(const Verdict& verdict, const Findings& findings) {
  if (!findings.unexpected || findings.refusal) return nullptr;
  for (const auto& [step, why] : verdict.refused_by_place) {
    if (step == *findings.unexpected) return &why;
  }
  return nullptr;
}

Cause CauseOf(const Findings& findings) {
  if (findings.unexpected && findings.refusal) return Cause::kAssertion;
  return findings.unexpected ? Cause::kDisagreement : Cause::kRefuted;
}

std::string ReasonOf(const Trace& trace, const Findings& findings) {
  const std::size_t step =
      findings.unexpected ? *findings.unexpected : findings.refusal->step.value_or(0);
  std::string reason =
      fmt::format("step {}, {}: ", step + 1, OperationName(trace.plan.steps[step].operation));
  if (!trace.steps[step].returned) {
    reason += "did not return";
  } else {
    reason += "gave " + PrintOutcome(trace.steps[step].outcome, trace.plan.actors);
  }
  if (findings.unexpected) {
    reason += fmt::format(", expected {}",
                          PrintPattern(*trace.plan.steps[step].expected, trace.plan.actors));
    if (!findings.refusal) reason += ", which the specification allows as well";
  } else {
    reason += ", which the specification does not allow";
  }
  return reason;
}

/// What the cited and the violated requirements come to in a trace that failed.
void MarkFailed(CaseResult& result, const Trace& trace, const Findings& findings) {
  const std::vector<Requirement> violated =
      findings.refusal ? findings.refusal->violated : std::vector<Requirement>{};
  for (const Requirement cited : trace.plan.requirements) {
    const bool broken =
        findings.unexpected || std::find(violated.begin(), violated.end(), cited) != violated.end();
    result.requirements.push_back({cited, broken ? Status::kFail : Status::kUnresolved});
  }
  for (const Requirement other : violated) {
    const auto& cited = trace.plan.requirements;
    if (std::find(cited.begin(), cited.end(), other) != cited.end()) continue;
    result.requirements.push_back({other, Status::kFail});
  }
}

void MarkAll(CaseResult& result, const Plan& plan, Status status) {
  for (const Requirement cited : plan.requirements) result.requirements.push_back({cited, status});
}

/// What a specification leaves open cannot be held or broken: it was seen.
void MarkPassed(CaseResult& result, const Plan& plan) {
  for (const Requirement cited : plan.requirements) {
    const bool open = cited.text().level == Level::kMay;
    result.requirements.push_back({cited, open ? Status::kObserved : Status::kPass});
  }
}

void Unite(std::vector<Requirement>& into, const std::vector<Requirement>& from) {
  into.insert(into.end(), from.begin(), from.end());
  std::sort(into.begin(), into.end());
  into.erase(std::unique(into.begin(), into.end()), into.end());
}

/// What a race showed in any of its rounds, each value once.
void KeepObserved(std::vector<std::string>& observed, std::vector<std::string> before) {
  constexpr std::size_t kMost = 64;
  for (std::string& one : observed) {
    if (before.size() >= kMost) break;
    if (std::find(before.begin(), before.end(), one) == before.end()) {
      before.push_back(std::move(one));
    }
  }
  observed = std::move(before);
}

/// Whether the experiment was to blame: the plan was performed to its end, all the same a step
/// could not be carried out, and no lack of the place explains it.
bool ExperimentFailed(const Trace& trace, const CaseResult& result) {
  return result.status == Status::kUnresolved && trace.trouble.empty() &&
         FirstTroubled(trace) < trace.steps.size();
}

}  // namespace

CaseResult Unjudged(Status status, Cause cause, std::string reason) {
  CaseResult result;
  result.status = status;
  result.cause = cause;
  result.reason = std::move(reason);
  return result;
}

CaseResult JudgeTrace(const Trace& trace, const model::Profile& profile) {
  if (auto trouble = TroubleOf(trace)) return *trouble;
  // What went wrong before a step that could not be carried out was wrong all the same.
  const std::size_t troubled = FirstTroubled(trace);
  Findings findings;
  findings.unexpected = FirstUnexpected(trace, troubled);
  Verdict verdict = Judge(trace, profile);
  if (troubled < trace.steps.size() && !findings.unexpected &&
      verdict.kind != Verdict::Kind::kRefuted) {
    const auto& trouble = std::get<Trouble>(trace.steps[troubled].outcome);
    CaseResult result = ResultOfTrouble(trace, trouble.lacking, trouble.reason);
    result.histograms = HistogramsOf(trace);
    return result;
  }
  CaseResult result;
  result.histograms = HistogramsOf(trace);
  result.touched = verdict.touched;
  result.worlds = verdict.worlds_peak;
  for (const auto& [step, text] : verdict.observed) {
    result.observed.push_back(fmt::format("step {}: {}", step + 1, text));
  }
  if (verdict.kind == Verdict::Kind::kRefuted) findings.refusal = verdict;
  if (const std::string* why = WhyNotHere(verdict, findings)) {
    result.status = Status::kUnsupported;
    result.cause = Cause::kMissingCapability;
    result.reason = fmt::format("{}: {}", ReasonOf(trace, findings), *why);
    result.trace = PrintTrace(trace);
    MarkAll(result, trace.plan, Status::kUnsupported);
  } else if (findings.unexpected || findings.refusal) {
    result.status = Status::kFail;
    result.cause = CauseOf(findings);
    result.reason = ReasonOf(trace, findings);
    result.excerpt = ExcerptOf(trace, findings);
    result.trace = PrintTrace(trace);
    result.objections = ObjectionsOf(trace, findings);
    MarkFailed(result, trace, findings);
  } else if (verdict.kind == Verdict::Kind::kUndecided) {
    result.status = Status::kUnresolved;
    result.cause = Cause::kGaveUp;
    result.reason = verdict.message;
    MarkAll(result, trace.plan, Status::kUnresolved);
  } else {
    result.status = Status::kPass;
    MarkPassed(result, trace.plan);
  }
  return result;
}

std::uint64_t SeedOfRound(std::uint64_t seed, int round) {
  // An odd multiplier spreads neighbouring rounds over all bits and leaves round 0 alone.
  return seed + static_cast<std::uint64_t>(round) * 0x9e3779b97f4a7c15ull;
}

CaseResult PerformPlan(const Plan& plan, int rounds, Stage& stage, const model::Profile& profile,
                       std::uint64_t seed, std::chrono::milliseconds time) {
  const auto start = std::chrono::steady_clock::now();
  CaseResult total;
  int repetitions = 0;
  for (int round = 0; round < rounds; ++round) {
    if (round > 0 && std::chrono::steady_clock::now() - start > time) {
      total.observed.push_back(
          fmt::format("{} of {} rounds, for lack of time: the machine is busy", round, rounds));
      break;
    }
    const std::uint64_t own_seed = SeedOfRound(seed, round + repetitions);
    const Trace trace = stage.Perform(plan, own_seed);
    CaseResult result = JudgeTrace(trace, profile);
    result.seed = own_seed;
    result.rounds = round + 1;
    result.steps = total.steps + plan.steps.size();
    if (ExperimentFailed(trace, result) && repetitions < kMostRepetitions) {
      total.steps = result.steps;
      total.observed.push_back("repeated: " + result.reason);
      for (const ActorFacts& facts : trace.actors) total.actor_pids.push_back(facts.pid);
      ++repetitions;
      --round;
      continue;
    }
    Unite(result.touched, total.touched);
    result.worlds = std::max(result.worlds, total.worlds);
    KeepObserved(result.observed, std::move(total.observed));
    result.actor_pids = std::move(total.actor_pids);
    for (const ActorFacts& facts : trace.actors) result.actor_pids.push_back(facts.pid);
    if (round > 0 && result.status != Status::kPass) {
      result.reason += fmt::format(" (round {}, seed {})", round + 1, result.seed);
    }
    total = std::move(result);
    if (total.status != Status::kPass) break;
  }
  total.duration_us = std::chrono::duration_cast<std::chrono::microseconds>(
                          std::chrono::steady_clock::now() - start)
                          .count();
  return total;
}

}  // namespace shmspec
