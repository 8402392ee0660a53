// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The result of one case in one attempt: everything a report needs, as values that cross from the
// case's process to the runner in wire form.

#ifndef SHMSPEC_HARNESS_RUNNER_CASE_RESULT_H_
#define SHMSPEC_HARNESS_RUNNER_CASE_RESULT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/vocabulary/catalogue/requirement.h"
#include "harness/vocabulary/plan/status.h"
#include "harness/vocabulary/record/test.h"
#include "harness/vocabulary/value/field.h"

namespace shmspec {

/// One requirement as one case saw it.
struct RequirementResult {
  static constexpr std::string_view kName = "requirement";
  Requirement requirement;
  Status status = Status::kUntested;
  static constexpr auto kFields = Fields(Field{"requirement", &RequirementResult::requirement},
                                         Field{"status", &RequirementResult::status});
};

// Of these a record is made as well.
using record::LitmusBranch;
using record::LitmusHistogram;
using record::Objection;
using record::Objector;
using record::Primes;
using record::RoundRate;
using record::SoughtEnding;

struct CaseResult {
  static constexpr std::string_view kName = "case";
  Status status = Status::kUntested;
  Cause cause = Cause::kNone;
  /// One line: what went wrong.
  std::string reason;
  /// For people: the trace with the offending line marked, what was seen and what was allowed.
  std::string excerpt;
  /// The trace as a plan; empty unless something went wrong.
  std::string trace;
  /// The trace of the last round with all that was seen (trace_text.h), where that was asked for.
  std::string whole_trace;
  /// What went wrong, step by step, for programs.
  std::vector<Objection> objections;
  /// What the case cites, and any other requirement that turned out to be violated.
  std::vector<RequirementResult> requirements;
  /// Requirements of the specification's transitions that the traces took.
  std::vector<Requirement> touched;
  /// Observations where the specification leaves it open.
  std::vector<std::string> observed;
  /// Of the litmus tests in the last round performed.
  std::vector<LitmusHistogram> histograms;
  std::uint64_t seed = 0;    // of the last round performed, to repeat it alone
  std::int32_t rounds = 0;   // performed
  std::uint64_t steps = 0;   // performed, over all rounds
  std::uint64_t worlds = 0;  // the most that the oracle had to keep in mind at once
  std::int64_t duration_us = 0;
  std::optional<RoundRate> rate;  // none when the rounds were too few to say how sure it is
  /// The operation that an actor was in at the deadline, if it cannot take long; otherwise empty.
  std::string hung;
  /// What the case left behind, one line each.
  std::vector<std::string> residue;
  /// The part of it that could not be removed, each with the command that removes it.
  std::vector<std::string> left_behind;
  /// Process ids that actors had.
  std::vector<std::int64_t> actor_pids;
  /// Identifiers of the message queues and semaphore sets that actors made.
  std::vector<std::int64_t> queues;
  std::vector<std::int64_t> semaphore_sets;
  /// Which attempt at the case it is, from 0, and the seed that repeats it as one of its own. The
  /// runner knows these; the case's process knows only what follows from them.
  std::uint32_t attempt = 0;
  std::uint64_t attempt_seed = 0;
  bool retry = false;           // made because one before did not pass
  std::int64_t started_us = 0;  // since the run began
  static constexpr auto kFields = Fields(
      Field{"status", &CaseResult::status}, Field{"cause", &CaseResult::cause},
      Field{"reason", &CaseResult::reason}, Field{"excerpt", &CaseResult::excerpt},
      Field{"trace", &CaseResult::trace}, Field{"whole_trace", &CaseResult::whole_trace},
      Field{"objections", &CaseResult::objections},
      Field{"requirements", &CaseResult::requirements}, Field{"touched", &CaseResult::touched},
      Field{"observed", &CaseResult::observed}, Field{"histograms", &CaseResult::histograms},
      Field{"seed", &CaseResult::seed}, Field{"rounds", &CaseResult::rounds},
      Field{"steps", &CaseResult::steps}, Field{"worlds", &CaseResult::worlds},
      Field{"duration_us", &CaseResult::duration_us}, Field{"rate", &CaseResult::rate},
      Field{"hung", &CaseResult::hung}, Field{"residue", &CaseResult::residue},
      Field{"left_behind", &CaseResult::left_behind}, Field{"actor_pids", &CaseResult::actor_pids},
      Field{"queues", &CaseResult::queues}, Field{"semaphore_sets", &CaseResult::semaphore_sets});
};

/// A result for a case that could not be judged.
CaseResult Unjudged(Status status, Cause cause, std::string reason);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RUNNER_CASE_RESULT_H_
