// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The result of one case in one attempt: everything a report needs, as values that cross from the
// case's process to the runner in wire form.

#ifndef SHMSPEC_HARNESS_RUNNER_CASE_RESULT_H_
#define SHMSPEC_HARNESS_RUNNER_CASE_RESULT_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/vocabulary/catalogue/requirement.h"
#include "harness/vocabulary/form/difference.h"
#include "harness/vocabulary/litmus/litmus.h"
#include "harness/vocabulary/plan/status.h"
#include "harness/vocabulary/value/field.h"
#include "harness/vocabulary/value/names.h"

namespace shmspec {

/// One requirement as one case saw it.
struct RequirementResult {
  static constexpr std::string_view kName = "requirement";
  Requirement requirement;
  Status status = Status::kUntested;
  static constexpr auto kFields = Fields(Field{"requirement", &RequirementResult::requirement},
                                         Field{"status", &RequirementResult::status});
};

/// The side that objects to an outcome.
enum class Objector : std::uint8_t { kCase, kSpecification };
template <>
struct NamesOf<Objector> {
  static constexpr std::array kNames{Named<Objector>{"case", Objector::kCase},
                                     Named<Objector>{"specification", Objector::kSpecification}};
};

struct AllowedOutcome {
  static constexpr std::string_view kName = "allowed";
  std::string outcome;  // in the language of patterns
  std::string why;      // empty when it goes without saying
  static constexpr auto kFields =
      Fields(Field{"outcome", &AllowedOutcome::outcome}, Field{"why", &AllowedOutcome::why});
};

/// What was seen at one step, and what would have been allowed there.
struct Objection {
  static constexpr std::string_view kName = "objection";
  Objector by = Objector::kCase;
  std::uint32_t step = 0;  // of the plan, from 1; 0 when it is about the whole trace
  std::string operation;   // of that step: `sysv.stat`
  std::string seen;
  std::vector<AllowedOutcome> allowed;
  std::vector<Difference> differences;  // of the two; none when it is about the whole trace
  static constexpr auto kFields =
      Fields(Field{"by", &Objection::by}, Field{"step", &Objection::step},
             Field{"operation", &Objection::operation}, Field{"seen", &Objection::seen},
             Field{"allowed", &Objection::allowed}, Field{"differences", &Objection::differences});
};

/// How often the rounds of a litmus test ended in one way.
struct SeenEnding {
  static constexpr std::string_view kName = "ending";
  std::string ending;  // "r0=0 r1=0 x=1 y=1"
  std::int64_t rounds = 0;
  static constexpr auto kFields =
      Fields(Field{"ending", &SeenEnding::ending}, Field{"rounds", &SeenEnding::rounds});
  friend bool operator==(const SeenEnding&, const SeenEnding&) = default;
};

/// How one branch of a litmus test reached the memory.
struct LitmusBranch {
  static constexpr std::string_view kName = "branch";
  std::uint32_t width = 0;   // of each access, in bytes
  std::uint32_t offset = 0;  // of every cell from where 8 bytes are aligned, in bytes
  static constexpr auto kFields =
      Fields(Field{"width", &LitmusBranch::width}, Field{"offset", &LitmusBranch::offset});
  friend bool operator==(const LitmusBranch&, const LitmusBranch&) = default;
};

/// What variables with a prime are, in the branches that have any.
enum class Primes : std::uint8_t {
  kNone,   // no branch has any, or it is not known
  kSame,   // the same memory at another address
  kOther,  // other memory
};
template <>
struct NamesOf<Primes> {
  static constexpr std::array kNames{Named<Primes>{"none", Primes::kNone},
                                     Named<Primes>{"same", Primes::kSame},
                                     Named<Primes>{"other", Primes::kOther}};
};

/// The ending that a search for a technique sought, and how often the last technique showed it.
struct SoughtEnding {
  static constexpr std::string_view kName = "sought";
  std::string ending;
  std::int64_t hits = 0;
  std::int64_t rounds = 0;
  static constexpr auto kFields =
      Fields(Field{"ending", &SoughtEnding::ending}, Field{"hits", &SoughtEnding::hits},
             Field{"rounds", &SoughtEnding::rounds});
  friend bool operator==(const SoughtEnding&, const SoughtEnding&) = default;
};

/// How all of them ended.
struct LitmusHistogram {
  static constexpr std::string_view kName = "histogram";
  std::string test;  // "x=1; r0=y || y=1; r1=x"
  std::int64_t rounds = 0;
  std::vector<SeenEnding> endings;
  std::vector<LitmusBranch> branches;  // in the order of the text
  Primes primes = Primes::kNone;
  Technique technique = Technique::kPaced;  // of the last rounds
  std::optional<SoughtEnding> sought;       // where techniques were tried
  static constexpr auto kFields = Fields(
      Field{"test", &LitmusHistogram::test}, Field{"rounds", &LitmusHistogram::rounds},
      Field{"endings", &LitmusHistogram::endings}, Field{"branches", &LitmusHistogram::branches},
      Field{"primes", &LitmusHistogram::primes}, Field{"technique", &LitmusHistogram::technique},
      Field{"sought", &LitmusHistogram::sought});
  friend bool operator==(const LitmusHistogram&, const LitmusHistogram&) = default;
};

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
  /// The operation that an actor was in at the deadline, if it cannot take long; otherwise empty.
  std::string hung;
  /// What the case left behind, one line each.
  std::vector<std::string> residue;
  /// The part of it that could not be removed, each with the command that removes it.
  std::vector<std::string> left_behind;
  /// Process ids that actors had.
  std::vector<std::int64_t> actor_pids;
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
      Field{"duration_us", &CaseResult::duration_us}, Field{"hung", &CaseResult::hung},
      Field{"residue", &CaseResult::residue}, Field{"left_behind", &CaseResult::left_behind},
      Field{"actor_pids", &CaseResult::actor_pids});
};

/// Whether the result violates the specification, or is undecided although it should not be.
constexpr bool IsTrouble(Status status) {
  return status == Status::kFail || status == Status::kUnresolved;
}
constexpr bool IsAsSpecified(Status status) {
  return status == Status::kPass || status == Status::kObserved;
}

/// A result for a case that could not be judged.
CaseResult Unjudged(Status status, Cause cause, std::string reason);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RUNNER_CASE_RESULT_H_
