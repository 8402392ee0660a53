// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What a record says of one case.

#ifndef SHMSPEC_HARNESS_VOCABULARY_RECORD_TEST_H_
#define SHMSPEC_HARNESS_VOCABULARY_RECORD_TEST_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/vocabulary/litmus/litmus.h"
#include "harness/vocabulary/plan/status.h"
#include "harness/vocabulary/record/member.h"
#include "harness/vocabulary/value/names.h"

namespace shmspec {
namespace record {

/// The side that objects to an outcome.
enum class Objector : std::uint8_t { kCase, kSpecification };

/// What variables with a prime are, in the branches that have any.
enum class Primes : std::uint8_t {
  kNone,   // no branch has any, or it is not known
  kSame,   // the same memory at another address
  kOther,  // other memory
};

/// How runners of tests count a case.
enum class Standing {
  kPassed,   // as specified, and nothing else was expected
  kFailed,   // judged to be unexpected, or stale
  kSkipped,  // the rest: not supported there, waived, or known from the baseline
};
Standing StandingOf(Status status, Judgement judgement);

}  // namespace record

template <>
struct NamesOf<record::Objector> {
  static constexpr std::array kNames{
      Named<record::Objector>{"case", record::Objector::kCase},
      Named<record::Objector>{"specification", record::Objector::kSpecification}};
};
template <>
struct NamesOf<record::Primes> {
  static constexpr std::array kNames{Named<record::Primes>{"none", record::Primes::kNone},
                                     Named<record::Primes>{"same", record::Primes::kSame},
                                     Named<record::Primes>{"other", record::Primes::kOther}};
};

namespace record {

struct AllowedOutcome {
  static constexpr std::string_view kName = "allowed";
  std::string outcome;  // in the language of patterns
  std::string why;      // empty when it goes without saying
  static constexpr auto kFields = Fields(Member{"outcome", &AllowedOutcome::outcome},
                                         Member{"why", &AllowedOutcome::why, "", kOptional});
};

/// One difference, in the language of outcomes.
struct Difference {
  static constexpr std::string_view kName = "difference";
  std::string field;    // of a record; empty when the outcome is of another kind altogether
  std::string seen;     // without a field: `success`, `EINVAL`, `SIGSEGV`, `killed by SIGKILL`
  std::string allowed;  // `2`, `1..3`; without a field the kinds, joined by `|`
  static constexpr auto kFields = Fields(
      Member{"field", &Difference::field, "absent: the outcome is of another kind", kOptional},
      Member{"seen", &Difference::seen}, Member{"allowed", &Difference::allowed});
  friend bool operator==(const Difference&, const Difference&) = default;
};

/// What was seen at one step, and what would have been allowed there.
struct Objection {
  static constexpr std::string_view kName = "objection";
  Objector by = Objector::kCase;
  std::uint64_t step = 0;  // from 1; 0 when it is about the whole trace
  std::string operation;
  std::string seen;
  std::vector<AllowedOutcome> allowed;
  std::vector<Difference> differences;
  static constexpr auto kFields = Fields(
      Member{"by", &Objection::by},
      Member{"step",
             &Objection::step,
             "of the plan; absent when it is about the whole trace",
             {.optional = true, .least = 1}},
      Member{"operation", &Objection::operation, "of that step, such as sysv.stat", kOptional},
      Member{"seen", &Objection::seen}, Member{"allowed", &Objection::allowed},
      Member{"differences", &Objection::differences,
             "how the two differ: the fields of a record, or the outcome as a whole", kOptional});
};

/// How many rounds were performed and judged in a second, in the median of those of one attempt.
struct RoundRate {
  static constexpr std::string_view kName = "rate";
  std::uint64_t per_s = 0;
  std::uint64_t least_per_s = 0;  // the median of many more rounds lies between these two
  std::uint64_t most_per_s = 0;   // with a probability of 95 %
  static constexpr auto kFields =
      Fields(Member{"per_s", &RoundRate::per_s, "the median"},
             Member{"least_per_s", &RoundRate::least_per_s,
                    "the median of many more rounds lies between least and most, at 95 %"},
             Member{"most_per_s", &RoundRate::most_per_s});
  friend bool operator==(const RoundRate&, const RoundRate&) = default;
};

/// One attempt at a case.
struct Attempt {
  static constexpr std::string_view kName = "attempt";
  static constexpr std::size_t kMostReason = 4096;
  std::uint64_t n = 1;
  Status status = Status::kUntested;
  double started_s = 0;
  double duration_s = 0;
  std::uint64_t rounds = 0;
  std::uint64_t steps = 0;
  std::uint64_t worlds = 0;
  std::optional<RoundRate> rate;
  bool retry = false;
  std::string seed;
  Cause cause = Cause::kNone;
  std::string reason;
  std::vector<Objection> objections;
  std::string excerpt;
  std::string trace;
  std::vector<std::string> residue;
  static constexpr auto kFields = Fields(
      Member{"n", &Attempt::n, "", kPositive}, Member{"status", &Attempt::status},
      Member{"started_s", &Attempt::started_s, "since the run began", {.since = 2}},
      Member{"duration_s", &Attempt::duration_s}, Member{"rounds", &Attempt::rounds},
      Member{"steps", &Attempt::steps, "over all rounds"},
      Member{"worlds",
             &Attempt::worlds,
             "the most that the oracle kept in mind at once",
             {.since = 2}},
      Member{
          "rate", &Attempt::rate,
          "rounds performed and judged in a second; absent when they were too few for an interval",
          kOptional},
      Member{"retry",
             &Attempt::retry,
             "made because one before did not pass",
             {.optional = true, .also = R"({"const": true})"}},
      Member{"seed", &Attempt::seed, "of the last round", {.optional = true, .pattern = kSeed}},
      Member{"cause", &Attempt::cause, "", kOptional},
      Member{"reason", &Attempt::reason, "", {.optional = true, .also = R"({"maxLength": 4096})"}},
      Member{"objections", &Attempt::objections, "the steps whose outcome was not allowed",
             kOptional},
      Member{"excerpt", &Attempt::excerpt, "the trace around the offending step, for people",
             kOptional},
      Member{"trace", &Attempt::trace, "a plan that demands what happened", kOptional},
      Member{"residue", &Attempt::residue, "what was left behind", kOptional});
};

/// How far the attempts at one case agree.
struct Flakiness {
  static constexpr std::string_view kName = "flakiness";
  bool flaky = false;
  std::uint64_t attempts = 0;
  std::uint64_t passed = 0;
  std::uint64_t flips = 0;
  double flip_rate = 0;  // 0 when attempts agree, 1 when they alternate

  /// Those that ended FAIL or UNRESOLVED.
  std::uint64_t troubled() const { return attempts - passed; }
  static constexpr auto kFields =
      Fields(Member{"flaky", &Flakiness::flaky, "some passed and some did not"},
             Member{"attempts", &Flakiness::attempts, "those that said something"},
             Member{"passed", &Flakiness::passed},
             Member{"flips", &Flakiness::flips, "between one attempt and the next"},
             Member{"flip_rate",
                    &Flakiness::flip_rate,
                    "flips for each place where one was possible",
                    {.also = R"({"maximum": 1})"}});
};

/// How often the rounds of a litmus test ended in one way.
struct SeenEnding {
  static constexpr std::string_view kName = "ending";
  std::string ending;  // "r0=0 r1=0 x=1 y=1"
  std::uint64_t rounds = 0;
  static constexpr auto kFields =
      Fields(Member{"ending", &SeenEnding::ending, "registers, then what memory held in the end"},
             Member{"rounds", &SeenEnding::rounds, "", kPositive});
  friend bool operator==(const SeenEnding&, const SeenEnding&) = default;
};

/// How one branch of a litmus test reached the memory.
struct LitmusBranch {
  static constexpr std::string_view kName = "branch";
  std::uint64_t width = 8;
  std::uint64_t offset = 0;
  static constexpr auto kFields =
      Fields(Member{"width",
                    &LitmusBranch::width,
                    "of each access, in bytes",
                    {.also = R"({"enum": [1, 2, 4, 8]})"}},
             Member{"offset",
                    &LitmusBranch::offset,
                    "of every cell from where 8 bytes are aligned, in bytes",
                    {.also = R"({"maximum": 7})"}});
  friend bool operator==(const LitmusBranch&, const LitmusBranch&) = default;
};

/// The ending that a search for a technique sought, and how often the last technique showed it.
struct SoughtEnding {
  static constexpr std::string_view kName = "sought";
  std::string ending;
  std::uint64_t hits = 0;
  std::uint64_t rounds = 0;
  static constexpr auto kFields =
      Fields(Member{"ending", &SoughtEnding::ending}, Member{"hits", &SoughtEnding::hits},
             Member{"rounds", &SoughtEnding::rounds, "", kPositive});
  friend bool operator==(const SoughtEnding&, const SoughtEnding&) = default;
};

/// The endings of all rounds of a litmus test.
struct LitmusHistogram {
  static constexpr std::string_view kName = "histogram";
  std::string test;
  std::uint64_t rounds = 0;
  std::vector<SeenEnding> endings;
  std::vector<LitmusBranch> branches;  // in the order of the text
  Primes primes = Primes::kNone;
  std::optional<Technique> technique;
  std::optional<SoughtEnding> sought;
  static constexpr auto kFields = Fields(
      Member{"test",
             &LitmusHistogram::test,
             "its branches, such as x=1; r0=y || y=1; r1=x",
             {.also = R"({"minLength": 1})"}},
      Member{"rounds", &LitmusHistogram::rounds, "", kPositive},
      Member{"endings", &LitmusHistogram::endings},
      Member{"branches", &LitmusHistogram::branches, "how each branch reached the memory",
             kOptional},
      Member{"primes", &LitmusHistogram::primes,
             "whether x' is the same memory as x at another address; absent without primes, or "
             "where it is not known",
             kOptional},
      Member{"technique", &LitmusHistogram::technique,
             "how the last rounds were run; absent in older records", kOptional},
      Member{"sought", &LitmusHistogram::sought,
             "the ending for which techniques were tried, and how often the last of them showed it",
             kOptional});
  friend bool operator==(const LitmusHistogram&, const LitmusHistogram&) = default;
};

/// One requirement as one case saw it.
struct CitedRequirement {
  static constexpr std::string_view kName = "requirement";
  std::string id;
  Status status = Status::kUntested;
  static constexpr auto kFields =
      Fields(Member{"id", &CitedRequirement::id, "", {.pattern = kRequirementId}},
             Member{"status", &CitedRequirement::status});
};

/// One case.
struct Test {
  static constexpr std::string_view kName = "test";
  std::string id;
  std::vector<CitedRequirement> requirements;
  Status status = Status::kUntested;
  Cause cause = Cause::kNone;
  Judgement judgement = Judgement::kExpected;
  std::string waiver;                  // the identifier of the one that decided; empty if none did
  std::optional<Status> baseline;      // its result in the baseline
  std::string why;                     // of the judgement; empty when it goes without saying
  std::optional<Flakiness> flakiness;  // when there was more than one attempt
  std::string reason;
  std::string known_from;  // these two are empty unless the case was written for a defect
  std::string affected;    // of another system
  std::string file;
  std::uint64_t line = 0;
  std::vector<Attempt> attempts;
  std::vector<std::string> observed;
  std::vector<LitmusHistogram> histograms;
  std::string command;  // these three are empty when the case passed
  std::string replay;
  std::string plan;

  /// `sysv` of `sysv.remove.keeps_data`.
  std::string_view chapter() const { return std::string_view(id).substr(0, id.find('.')); }
  Standing standing() const;
  /// It did not pass, and that was expected of it: a known failure.
  bool is_known() const;
  /// The waiver or baseline that expected otherwise, with the reason, in one line; empty when none
  /// did.
  std::string Judged() const;
  /// All attempts together.
  double duration_s() const;
  /// The first attempt with the status of the test, or nullptr when there was none.
  const Attempt* deciding() const;

  static constexpr auto kFields = Fields(
      Member{"id", &Test::id, "", {.pattern = kCaseId}},
      Member{"requirements", &Test::requirements, "what it cites, and what else it found violated"},
      Member{"status", &Test::status, "of the worst attempt"},
      Member{"cause", &Test::cause, "", kOptional},
      Object{"judgement",
             "the status compared with what was expected; it never changes the status",
             {.also = R"({"if": {"properties": {"verdict": {"enum": ["waived", "waiver-stale"]}}},
                          "then": {"required": ["waiver"]}})"},
             Member{"verdict", &Test::judgement},
             Member{"waiver", &Test::waiver, "the one that decided", kOptional},
             Member{"baseline", &Test::baseline, "its result there", kOptional},
             Member{"why", &Test::why, "", kOptional}},
      Member{"flakiness", &Test::flakiness,
             "how far attempts agree; there when the case had more than one", kOptional},
      Member{"reason", &Test::reason, "", {.optional = true, .also = R"({"maxLength": 4096})"}},
      Object{"origin", "the defect for which the case was written", kOptional,
             Member{"report", &Test::known_from, "where to read about it"},
             Member{"affected", &Test::affected, "systems that had it, and who suffered"}},
      Object{"location",
             "",
             {},
             Member{"file", &Test::file},
             Member{"line", &Test::line, "", kPositive}},
      Member{"attempts", &Test::attempts},
      Member{"observed", &Test::observed, "what the specification leaves open", kOptional},
      Member{"histograms", &Test::histograms, "how the rounds of litmus tests ended", kOptional},
      Object{"repro", "", kOptional, Member{"command", &Test::command, "the case as it was run"},
             Member{"replay", &Test::replay, "the round that decided, for the plan in a file PLAN",
                    kOptional},
             Member{"plan", &Test::plan}});
};

}  // namespace record
}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_RECORD_TEST_H_
