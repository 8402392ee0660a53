// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What a run was judged by besides the specification, and the figures that a record keeps with it.

#ifndef SHMSPEC_HARNESS_VOCABULARY_RECORD_BESIDES_H_
#define SHMSPEC_HARNESS_VOCABULARY_RECORD_BESIDES_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/vocabulary/plan/status.h"
#include "harness/vocabulary/record/member.h"
#include "harness/vocabulary/value/names.h"

namespace shmspec {
namespace record {

/// What to do with the cases of a waiver instead of expecting a failure.
enum class WaiverAction : std::uint8_t { kNone, kDoNotRun };

/// The layer to blame.
enum class WaiverClass : std::uint8_t {
  kNone,  // not stated
  kImplementationBug,
  kSuiteBug,
  kSpecAmbiguity,
  kEnvironment,
};

/// How a waiver was used in the run.
enum class WaiverState : std::uint8_t {
  kUnused,
  kUsed,
  kStale,
  kElsewhere,  // its condition does not hold on this system
};

}  // namespace record

template <>
struct NamesOf<record::WaiverAction> {
  static constexpr std::array kNames{
      Named<record::WaiverAction>{"none", record::WaiverAction::kNone},
      Named<record::WaiverAction>{"do-not-run", record::WaiverAction::kDoNotRun}};
};
template <>
struct NamesOf<record::WaiverClass> {
  static constexpr std::array kNames{
      Named<record::WaiverClass>{"none", record::WaiverClass::kNone},
      Named<record::WaiverClass>{"implementation-bug", record::WaiverClass::kImplementationBug},
      Named<record::WaiverClass>{"suite-bug", record::WaiverClass::kSuiteBug},
      Named<record::WaiverClass>{"spec-ambiguity", record::WaiverClass::kSpecAmbiguity},
      Named<record::WaiverClass>{"environment", record::WaiverClass::kEnvironment}};
};
template <>
struct NamesOf<record::WaiverState> {
  static constexpr std::array kNames{
      Named<record::WaiverState>{"used", record::WaiverState::kUsed},
      Named<record::WaiverState>{"stale", record::WaiverState::kStale},
      Named<record::WaiverState>{"unused", record::WaiverState::kUnused},
      Named<record::WaiverState>{"elsewhere", record::WaiverState::kElsewhere}};
};

namespace record {

/// A failure that is accepted for now.
struct Waiver {
  static constexpr std::string_view kName = "waiver";
  std::string id;
  std::vector<std::string> tests;
  std::vector<Status> expect;  // empty when it is not to be run
  WaiverAction action = WaiverAction::kNone;
  std::vector<Cause> cause;
  std::string when;
  std::string reason;
  std::string url;
  std::string owner;
  WaiverClass kind = WaiverClass::kNone;
  std::string granted;  // YYYY-MM-DD
  std::string expires;
  bool strict = true;
  std::optional<double> at_most;
  WaiverState state = WaiverState::kUnused;
  std::vector<std::string> cases;

  /// Whether its condition is true of this system.
  bool holds() const { return state != WaiverState::kElsewhere; }
  static constexpr std::string_view kConditions =
      R"({"oneOf": [{"required": ["expect"]}, {"required": ["action"]}]})";
  static constexpr auto kFields = Fields(
      Member{"id", &Waiver::id}, Member{"tests", &Waiver::tests, "", kPositive},
      Member{"expect", &Waiver::expect, "", {.optional = true, .least = 1}},
      Member{"action", &Waiver::action, "", kOptional},
      Member{"cause", &Waiver::cause, "", kOptional}, Member{"when", &Waiver::when, "", kOptional},
      Member{"reason", &Waiver::reason}, Member{"url", &Waiver::url},
      Member{"owner", &Waiver::owner}, Member{"class", &Waiver::kind, "", kOptional},
      Member{"granted", &Waiver::granted, "", {.pattern = kDate}},
      Member{"expires", &Waiver::expires, "", {.pattern = kDate}},
      Member{"strict", &Waiver::strict, "a pass makes it stale"},
      Member{"at_most",
             &Waiver::at_most,
             "the share of attempts that may fail",
             {.optional = true, .also = R"({"exclusiveMinimum": 0, "exclusiveMaximum": 1})"}},
      Member{"state", &Waiver::state, "elsewhere: its condition does not hold here"},
      Member{"cases", &Waiver::cases, "those of the run that it decided", {.pattern = kCaseId}});
};

/// The baseline that the run was judged by.
struct BaselineEntry {
  static constexpr std::string_view kName = "baseline";
  std::string file;
  std::string sha256;
  std::string source_id;
  std::string catalogue_sha256;
  std::string fingerprint;
  std::uint64_t cases = 0;
  std::vector<std::string> gone;
  static constexpr auto kFields =
      Fields(Member{"file", &BaselineEntry::file},
             Member{"sha256", &BaselineEntry::sha256, "", {.pattern = kSha256}},
             Member{"source_id", &BaselineEntry::source_id},
             Member{"catalogue_sha256", &BaselineEntry::catalogue_sha256, "", {.pattern = kSha256}},
             Member{"fingerprint", &BaselineEntry::fingerprint, "", {.pattern = kSha256}},
             Member{"cases", &BaselineEntry::cases},
             Member{"gone",
                    &BaselineEntry::gone,
                    "cases of it that the suite does not have",
                    {.pattern = kCaseId}});
};

/// A seeded fault that was to be caught.
struct ControlEntry {
  static constexpr std::string_view kName = "fault";
  std::string fault;
  std::string requirement;
  std::string description;
  std::vector<std::string> caught_by;
  static constexpr auto kFields =
      Fields(Member{"id", &ControlEntry::fault},
             Member{"requirement", &ControlEntry::requirement, "", {.pattern = kRequirementId}},
             Member{"description", &ControlEntry::description},
             Member{"caught_by", &ControlEntry::caught_by,
                    "cases or properties that noticed; none: it was missed"});
  friend bool operator==(const ControlEntry&, const ControlEntry&) = default;
};

/// Negative controls that were performed with the run.
struct Controls {
  static constexpr std::string_view kName = "controls";
  std::string by;  // which hunter
  std::string seed;
  std::vector<ControlEntry> faults;
  static constexpr auto kFields =
      Fields(Member{"by", &Controls::by}, Member{"seed", &Controls::seed, "", {.pattern = kSeed}},
             Member{"faults", &Controls::faults});
  friend bool operator==(const Controls&, const Controls&) = default;
};

/// The same figure of several repetitions.
struct Spread {
  static constexpr std::string_view kName = "spread";
  double median = 0;
  double least = 0;
  double most = 0;
  static constexpr auto kFields =
      Fields(Member{"median", &Spread::median}, Member{"least", &Spread::least},
             Member{"most", &Spread::most});
  friend bool operator==(const Spread&, const Spread&) = default;
};

/// The time of a benchmark. The last three are there where it timed operations one by one.
struct Measurement {
  static constexpr std::string_view kName = "measurement";
  std::string name;
  std::string unit;
  std::uint64_t n = 0;
  Spread mean;  // of a repetition
  std::uint64_t operations = 0;
  std::optional<Spread> p50;
  std::optional<Spread> p99;
  static constexpr std::string_view kConditions = R"({"dependentRequired": {
      "operations": ["p50", "p99"], "p50": ["operations", "p99"], "p99": ["operations", "p50"]}})";
  static constexpr auto kFields = Fields(
      Member{"name", &Measurement::name},
      Member{"unit", &Measurement::unit, "", {.words = "ns us ms s"}},
      Member{"n", &Measurement::n, "repetitions, of whose means the next three are", kPositive},
      Member{"", &Measurement::mean},
      Member{"operations",
             &Measurement::operations,
             "those that were timed one by one, in all repetitions",
             {.optional = true, .least = 1}},
      Member{"p50", &Measurement::p50,
             "half of the timed operations of a repetition took no longer", kOptional},
      Member{"p99", &Measurement::p99, "99 of 100 took no longer", kOptional});
  friend bool operator==(const Measurement&, const Measurement&) = default;
};

/// What a fuzzer had reached at one moment.
struct FuzzPoint {
  static constexpr std::string_view kName = "point";
  std::uint64_t executions = 0;
  std::uint64_t coverage = 0;
  std::uint64_t features = 0;
  std::uint64_t corpus = 0;
  std::uint64_t executions_per_s = 0;
  std::optional<std::uint64_t> time_s;
  static constexpr auto kFields = Fields(
      Member{"executions", &FuzzPoint::executions},
      Member{"coverage", &FuzzPoint::coverage, "edges of the program that were taken"},
      Member{"features", &FuzzPoint::features,
             "edges with how often they were taken, and what else guided the fuzzer"},
      Member{"corpus", &FuzzPoint::corpus, "inputs that were kept"},
      Member{"executions_per_s", &FuzzPoint::executions_per_s},
      Member{"time_s", &FuzzPoint::time_s,
             "whole seconds since the fuzzer began; exact with -fork, otherwise to one second or "
             "2 %, and absent where the log does not tell as much",
             kOptional});
  friend bool operator==(const FuzzPoint&, const FuzzPoint&) = default;
};

/// The progress of the fuzzer of one target.
struct FuzzRun {
  static constexpr std::string_view kName = "fuzz_run";
  static constexpr std::size_t kMostPoints = 100;
  std::string target;
  std::uint64_t executions = 0;
  std::uint64_t findings = 0;
  std::optional<std::uint64_t> duration_s;
  std::vector<FuzzPoint> points;
  static constexpr auto kFields = Fields(
      Member{"target", &FuzzRun::target}, Member{"executions", &FuzzRun::executions},
      Member{"findings", &FuzzRun::findings, "inputs that broke the law"},
      Member{"duration_s", &FuzzRun::duration_s, "there when the log has its end", kOptional},
      Member{"points",
             &FuzzRun::points,
             "by executions; of a long log some",
             {.least = 1, .also = R"({"maxItems": 100})"}});
  friend bool operator==(const FuzzRun&, const FuzzRun&) = default;
};

}  // namespace record
}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_RECORD_BESIDES_H_
