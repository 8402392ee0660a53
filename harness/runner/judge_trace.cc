// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/judge_trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <optional>
#include <string>
#include <utility>

#include "harness/oracle/oracle.h"
#include "harness/runner/excerpt.h"
#include "harness/runner/histograms.h"
#include "harness/vocabulary/form/text.h"

namespace shmspec {
namespace {

/// What the requirements of the plan need and the system does not offer, in words; empty when
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
  result.trace = PrintTrace(trace);
  for (const Requirement cited : trace.plan.requirements) {
    result.requirements.push_back({cited, result.status});
  }
  return result;
}

/// The deadline passed. Where an actor was in a call that cannot take long, or all waited although
/// one of them could have gone on, the result names the call; repeating the plan alone shows
/// whether that is a hang.
CaseResult ResultOfDeadline(const Trace& trace, const model::Profile& profile) {
  CaseResult result = ResultOfTrouble(trace, false, trace.trouble);
  result.cause = Cause::kTimeout;
  if (!trace.halted_at) return result;
  const std::uint32_t step = *trace.halted_at;
  const Performed& performed = trace.steps[step];
  const Operation& operation = trace.plan.steps[step].operation;
  if (!performed.called || performed.returned) return result;
  const bool waits = FamilyOf(operation) == Family::kSync;
  if (waits ? !IsStuck(trace, profile) : MayTakeLong(operation)) return result;
  result.hung = OperationName(operation);
  Findings findings;
  findings.unexpected = step;
  result.excerpt = ExcerptOf(trace, findings);
  result.objections = ObjectionsOf(trace, findings);
  return result;
}

/// Whether the plan ended because a process was killed that would have woken the others, who wait
/// for it as the model says, and its author expects nothing of the steps that are missing.
bool EndsWaiting(const Trace& trace, const model::Profile& profile) {
  if (trace.halt != Halt::kOverdue || !trace.halted_at) return false;
  const std::vector<Step>& steps = trace.plan.steps;
  if (FamilyOf(steps[*trace.halted_at].operation) != Family::kSync) return false;
  bool killed = false;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].expected && !trace.steps[i].returned) return false;
    const bool kills = std::holds_alternative<ProcessKill>(steps[i].operation);
    killed = killed || (kills && Succeeded(trace.steps[i].outcome) && trace.steps[i].returned);
  }
  return killed && !IsStuck(trace, profile);
}

/// Handles a plan that could not be performed as a whole.
std::optional<CaseResult> TroubleOf(const Trace& trace, const model::Profile& profile) {
  if (trace.halt == Halt::kOverdue) return ResultOfDeadline(trace, profile);
  if (!trace.trouble.empty()) return ResultOfTrouble(trace, trace.lacking, trace.trouble);
  if (const std::string_view missing = MissingNeed(trace); !missing.empty()) {
    return ResultOfTrouble(trace, true, std::string(missing));
  }
  return std::nullopt;
}

std::optional<std::size_t> FirstUnexpected(const Trace& trace, std::size_t end) {
  for (std::size_t i = 0; i < end; ++i) {
    const auto& expected = trace.plan.steps[i].expected;
    if (!expected) continue;
    // The steps after the one that ended the plan are not performed.
    if (!trace.steps[i].returned && trace.halt == Halt::kRefused) continue;
    if (!trace.steps[i].returned) return i;
    if (!Matches(*expected, trace.steps[i].outcome, BindingsAt(trace, i))) return i;
  }
  return std::nullopt;
}

/// A step that the environment refused, and why.
using RefusedStep = std::pair<std::size_t, std::string>;

/// Why the environment refused what the case expected; null if it did not. Such a case is
/// unsupported, not failed. A step without an expectation explains those after it.
const RefusedStep* RefusedHere(const Trace& trace, const Verdict& verdict,
                               const Findings& findings) {
  if (!findings.unexpected) return nullptr;
  // The steps after a refused one prove nothing about a system that has what the case needs.
  if (findings.refusal && findings.refusal->step.value_or(0) <= *findings.unexpected) {
    return nullptr;
  }
  for (const RefusedStep& refused : verdict.refused_by_environment) {
    const std::size_t step = refused.first;
    const bool before = step < *findings.unexpected && !trace.plan.steps[step].expected;
    if (step == *findings.unexpected || before) return &refused;
  }
  return nullptr;
}

CaseResult ResultOfRefusal(const Trace& trace, const RefusedStep& refused) {
  const auto& [step, why] = refused;
  CaseResult result = Unjudged(
      Status::kUnsupported, Cause::kMissingCapability,
      fmt::format("step {}, {}: {}: {}", step + 1, OperationName(trace.plan.steps[step].operation),
                  PrintOutcome(trace.steps[step].outcome, trace.plan.actors), why));
  result.trace = PrintTrace(trace);
  return result;
}

/// Decides whose failure it is that an actor died in this call, which nothing in the plan ends.
Status StatusOfDeath(const Operation& operation, const Gone& gone) {
  const bool killed = gone.how == GoneHow::kKilled;
  const bool ours = RoleOf(operation) == Role::kSubject;
  if (killed && gone.code == SIGSYS && !ours) return Status::kUnsupported;
  // The kernel kills when memory is short, and other processes may.
  if (killed && gone.code == SIGKILL) return Status::kUnresolved;
  return RoleOf(operation) == Role::kPrepares ? Status::kUnresolved : Status::kFail;
}

std::string ReasonOfDeath(const Trace& trace, std::size_t step) {
  const Step& planned = trace.plan.steps[step];
  const auto& gone = std::get<Gone>(trace.steps[step].outcome);
  return fmt::format("step {}: actor {} {} {} {}", step + 1,
                     trace.plan.actors[planned.actor.index].name, DeathText(gone),
                     trace.steps[step].called ? "in" : "before", OperationName(planned.operation));
}

/// Whether the trouble is a missing shmdt in a case about something else: its absence fails only
/// the requirements about detaching.
bool OnlyLacksDetach(const Trace& trace, const Findings& findings) {
  if (trace.system.detaches || !findings.refusal || !findings.refusal->step) return false;
  const std::size_t step = *findings.refusal->step;
  if (findings.unexpected.value_or(step) < step) return false;
  if (!std::holds_alternative<SysvDetach>(trace.plan.steps[step].operation)) return false;
  const auto& violated = findings.refusal->violated;
  return std::none_of(
      trace.plan.requirements.begin(), trace.plan.requirements.end(), [&](Requirement cited) {
        return std::any_of(violated.begin(), violated.end(), [cited](Requirement broken) {
          return broken.text().area == cited.text().area;
        });
      });
}

/// The step that an actor did not live to complete, or to begin, although the plan does not end it.
/// Only steps with an expectation, or that the oracle knows, count.
std::optional<std::size_t> DeathOf(const Trace& trace, const Verdict& verdict,
                                   const Findings& findings) {
  if (verdict.death) return verdict.death;
  if (!findings.unexpected || findings.refusal) return std::nullopt;
  const Performed& performed = trace.steps[*findings.unexpected];
  const auto* gone = std::get_if<Gone>(&performed.outcome);
  const bool died = !performed.returned && gone != nullptr && gone->how == GoneHow::kKilled;
  return died ? findings.unexpected : std::nullopt;
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

/// The status of the cited and the violated requirements in a trace that failed.
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

CaseResult Failed(const Trace& trace, const Findings& findings, Cause cause, std::string reason) {
  CaseResult result = Unjudged(Status::kFail, cause, std::move(reason));
  result.excerpt = ExcerptOf(trace, findings);
  result.trace = PrintTrace(trace);
  result.objections = ObjectionsOf(trace, findings);
  MarkFailed(result, trace, findings);
  return result;
}

/// The actor died at the step that is unexpected.
CaseResult ResultOfDeath(const Trace& trace, const Findings& findings) {
  const std::size_t step = *findings.unexpected;
  const auto& gone = std::get<Gone>(trace.steps[step].outcome);
  CaseResult result = Failed(trace, findings, Cause::kDeath, ReasonOfDeath(trace, step));
  result.status = StatusOfDeath(trace.plan.steps[step].operation, gone);
  if (result.status != Status::kFail) result.requirements.clear();
  return result;
}

void MarkAll(CaseResult& result, const Plan& plan, Status status) {
  for (const Requirement cited : plan.requirements) result.requirements.push_back({cited, status});
}

/// A requirement that the specification leaves open is neither held nor violated, only observed.
void MarkPassed(CaseResult& result, const Plan& plan) {
  for (const Requirement cited : plan.requirements) {
    const bool open = cited.text().level == Level::kMay;
    result.requirements.push_back({cited, open ? Status::kObserved : Status::kPass});
  }
}

}  // namespace

std::size_t FirstTroubled(const Trace& trace) {
  const auto troubled =
      std::find_if(trace.steps.begin(), trace.steps.end(), [](const Performed& performed) {
        return performed.returned && std::holds_alternative<Trouble>(performed.outcome);
      });
  return static_cast<std::size_t>(troubled - trace.steps.begin());
}

namespace {

/// Whether the step raced with one that could not be carried out: that one may have done something.
bool RacedWith(const Trace& trace, std::size_t troubled, std::optional<std::size_t> step) {
  if (troubled >= trace.steps.size() || !step) return false;
  const Step& one = trace.plan.steps[troubled];
  const Step& other = trace.plan.steps[*step];
  const bool racing = one.timing == Timing::kRace && other.timing == Timing::kRace;
  return racing && one.race == other.race;
}

}  // namespace

CaseResult JudgeTrace(const Trace& trace, const model::Profile& profile) {
  if (EndsWaiting(trace, profile)) {
    Trace ended = trace;
    ended.trouble.clear();
    ended.halt = Halt::kRefused;  // the steps after this one are not performed
    return JudgeTrace(ended, profile);
  }
  if (auto trouble = TroubleOf(trace, profile)) return *trouble;
  // A failure before a step that could not be carried out counts all the same.
  const std::size_t troubled = FirstTroubled(trace);
  Findings findings;
  findings.unexpected = FirstUnexpected(trace, troubled);
  const Verdict verdict = Judge(trace, profile);
  if (verdict.kind == Verdict::Kind::kRefuted) findings.refusal = verdict;
  if (RacedWith(trace, troubled, findings.unexpected)) findings.unexpected.reset();
  if (RacedWith(trace, troubled, verdict.step)) findings.refusal.reset();
  if (troubled < trace.steps.size() && !findings.unexpected && !findings.refusal) {
    const auto& trouble = std::get<Trouble>(trace.steps[troubled].outcome);
    CaseResult result = ResultOfTrouble(trace, trouble.lacking, trouble.reason);
    result.histograms = HistogramsOf(trace);
    return result;
  }
  const std::optional<std::size_t> death = DeathOf(trace, verdict, findings);
  CaseResult result;
  if (const RefusedStep* refused = RefusedHere(trace, verdict, findings)) {
    result = ResultOfRefusal(trace, *refused);
  } else if (OnlyLacksDetach(trace, findings)) {
    result =
        Unjudged(Status::kUnsupported, Cause::kMissingCapability,
                 fmt::format("step {}: this system has no shmdt", *findings.refusal->step + 1));
    result.trace = PrintTrace(trace);
  } else if (death && *death <= findings.unexpected.value_or(*death)) {
    findings.unexpected = death;
    result = ResultOfDeath(trace, findings);
  } else if (findings.unexpected || findings.refusal) {
    result = Failed(trace, findings, CauseOf(findings), ReasonOf(trace, findings));
  } else if (verdict.kind == Verdict::Kind::kUndecided) {
    result = Unjudged(Status::kUnresolved, Cause::kGaveUp, verdict.message);
  } else {
    result.status = Status::kPass;
    MarkPassed(result, trace.plan);
  }
  if (result.requirements.empty()) MarkAll(result, trace.plan, result.status);
  result.histograms = HistogramsOf(trace);
  result.touched = verdict.touched;
  result.worlds = verdict.worlds_peak;
  for (const auto& [step, text] : verdict.observed) {
    result.observed.push_back(fmt::format("step {}: {}", step + 1, text));
  }
  return result;
}

}  // namespace shmspec
