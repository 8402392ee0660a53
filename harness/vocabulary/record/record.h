// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The record of a run: what was judged, by which suite, under which circumstances, and the result
// of every case and every requirement of the catalogue. Declared here and nowhere else.

#ifndef SHMSPEC_HARNESS_VOCABULARY_RECORD_RECORD_H_
#define SHMSPEC_HARNESS_VOCABULARY_RECORD_RECORD_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/vocabulary/catalogue/requirement.h"
#include "harness/vocabulary/record/besides.h"
#include "harness/vocabulary/record/fact.h"
#include "harness/vocabulary/record/member.h"
#include "harness/vocabulary/record/test.h"

namespace shmspec::record {

/// The formats that this program reads begin with `kFormats`; the number of the one that it writes.
/// A change that an older reader would refuse or misread gets a new number, and records of the
/// numbers before stay readable.
inline constexpr std::string_view kFormats = "shmspec-result/";
inline constexpr int kFormat = 2;

/// The program and what it was built from.
struct Suite {
  static constexpr std::string_view kName = "suite";
  std::string version;
  std::string source_id;
  std::string catalogue_sha256;
  std::string compiler;
  std::string linkage;
  static constexpr auto kFields = Fields(
      Member{"version", &Suite::version},
      Member{"source_id", &Suite::source_id,
             "the commit that the program was built from; ends in -dirty when files differed"},
      Member{"catalogue_sha256", &Suite::catalogue_sha256, "", {.pattern = kSha256}},
      Object{"build",
             "",
             {},
             Member{"compiler", &Suite::compiler},
             Member{"linkage", &Suite::linkage, "", {.words = "dynamic static"}}});
};

struct RunFacts {
  static constexpr std::string_view kName = "run";
  std::string id;
  std::vector<std::string> argv;
  std::string seed;
  std::string started;  // RFC 3339, UTC
  double duration_s = 0;
  bool complete = true;
  std::string stop_reason;
  std::uint64_t shard_index = 1;
  std::uint64_t shard_count = 1;
  std::string shard_scheme = "slice";
  std::uint64_t shard_cases = 0;         // of all shards; 0 when there is one
  std::vector<std::string> merged_from;  // the runs of the shards; empty: it is one run
  std::string profile;
  std::string isolation;
  std::uint64_t jobs = 1;
  std::uint64_t repeat = 1;
  std::uint64_t retries = 0;
  std::uint64_t timeout_ms = 0;
  std::uint64_t max_rounds = 0;
  static constexpr std::string_view kConditions =
      R"({"if": {"properties": {"complete": {"const": false}}},
          "then": {"required": ["stop_reason"]}})";
  static constexpr auto kFields = Fields(
      Member{"id", &RunFacts::id, "", {.pattern = kUuid}},
      Member{"argv", &RunFacts::argv, "", kPositive},
      Member{"seed", &RunFacts::seed, "", {.pattern = kSeed}},
      Member{"started",
             &RunFacts::started,
             "",
             {.pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"}},
      Member{"duration_s", &RunFacts::duration_s}, Member{"complete", &RunFacts::complete},
      Member{"stop_reason", &RunFacts::stop_reason, "why it is not complete", kOptional},
      Object{"shard",
             "",
             {},
             Member{"index", &RunFacts::shard_index, "", kPositive},
             Member{"count", &RunFacts::shard_count, "", kPositive},
             Member{"scheme", &RunFacts::shard_scheme, "", {.words = "slice"}},
             Member{"cases",
                    &RunFacts::shard_cases,
                    "of all shards together; absent where there is one",
                    {.optional = true, .least = 1}}},
      Member{"merged_from",
             &RunFacts::merged_from,
             "the runs of the shards, in their order, whose records were merged into this one; it "
             "then took from the first start to the last end",
             {.optional = true, .pattern = kUuid}},
      Member{"profile", &RunFacts::profile, "the specification that was judged by"},
      Member{"isolation", &RunFacts::isolation}, Member{"jobs", &RunFacts::jobs, "", kPositive},
      Member{"repeat", &RunFacts::repeat, "", kPositive},
      Member{"retries",
             &RunFacts::retries,
             "further attempts that a case which does not pass may have",
             {.since = 2}},
      Member{"timeout_ms", &RunFacts::timeout_ms, "", kPositive},
      Member{"max_rounds", &RunFacts::max_rounds, "", kPositive});
};

/// What a fact means for how far results can be trusted.
struct Restriction {
  static constexpr std::string_view kName = "restriction";
  std::string code;
  std::string effect;
  static constexpr auto kFields =
      Fields(Member{"code", &Restriction::code}, Member{"effect", &Restriction::effect});
};

/// What cases call instead of the kernel itself.
struct Library {
  static constexpr std::string_view kName = "library";
  std::string name;
  std::string version;
  std::string build_id;
  static constexpr auto kFields =
      Fields(Member{"name", &Library::name}, Member{"version", &Library::version},
             Member{"build_id", &Library::build_id, "", {.pattern = kBuildId}});
};

/// What was judged. All but the first four are empty when it was simulated.
struct Subject {
  static constexpr std::string_view kName = "subject";
  std::string kind;
  std::string name;
  std::string version;
  std::string build_id;
  std::string target;
  std::string machine;
  std::string libc;
  std::string container;
  std::optional<Library> library;
  static constexpr std::string_view kConditions =
      R"({"if": {"properties": {"kind": {"const": "kernel"}}},
          "then": {"required": ["build_id", "machine", "libc", "container"]}})";
  static constexpr auto kFields = Fields(
      Member{"kind", &Subject::kind, "", {.words = "kernel simulated"}},
      Member{"name", &Subject::name}, Member{"version", &Subject::version},
      Member{
          "build_id", &Subject::build_id, "of the kernel", {.optional = true, .pattern = kBuildId}},
      Member{"target", &Subject::target,
             "the way to it: libc, syscall, ia32, ia32_direct, ia32_old, libc32, boost, adapter, "
             "simulated, faulty:ID"},
      Member{"machine", &Subject::machine, "", kOptional},
      Member{"libc", &Subject::libc, "", kOptional},
      Member{"container", &Subject::container, "", kOptional},
      Member{"library", &Subject::library,
             "what cases call instead of the kernel itself: the C library, or one that wraps "
             "shared memory; absent for bare system calls",
             kOptional});
};

struct Area {
  static constexpr std::string_view kName = "area";
  std::string id;
  std::string title;
  std::string chapter;
  static constexpr auto kKey = &Area::id;
  static constexpr auto kFields =
      Fields(Member{"title", &Area::title}, Member{"chapter", &Area::chapter});
};

struct RequirementEntry {
  static constexpr std::string_view kName = "requirement";
  std::string id;
  Status status = Status::kUntested;
  Level level = Level::kMust;
  std::string origin;
  std::string area;
  std::string statement;
  std::string source;
  std::vector<std::string> needs;
  std::vector<std::string> divergence;
  std::uint64_t cases = 0;
  bool touched = false;
  static constexpr auto kKey = &RequirementEntry::id;
  static constexpr auto kFields =
      Fields(Member{"status", &RequirementEntry::status}, Member{"level", &RequirementEntry::level},
             Member{"origin", &RequirementEntry::origin},
             Member{"area", &RequirementEntry::area, "", {.pattern = kRequirementId}},
             Member{"statement", &RequirementEntry::statement},
             Member{"source", &RequirementEntry::source}, Member{"needs", &RequirementEntry::needs},
             Member{"divergence", &RequirementEntry::divergence},
             Member{"cases", &RequirementEntry::cases,
                    "how many cases of the suite cite it, selected for this run or not"},
             Member{"touched", &RequirementEntry::touched,
                    "an outcome of this run showed it to hold, whether a case is about it or not"});
};

/// Cases as runners of tests count them.
struct Totals {
  static constexpr std::string_view kName = "totals";
  std::uint64_t passed = 0;  // by Standing
  std::uint64_t failed = 0;
  std::uint64_t skipped = 0;
  static constexpr auto kFields =
      Fields(Member{"passed", &Totals::passed}, Member{"failed", &Totals::failed},
             Member{"skipped", &Totals::skipped});

  /// One case more.
  void Add(Standing standing);
  Totals& operator+=(const Totals& others);
  friend bool operator==(const Totals&, const Totals&) = default;
};

struct Record {
  static constexpr std::string_view kName = "record";
  std::string format;
  std::string file;    // the name it was read from; these two are not written
  std::string sha256;  // of the file
  Suite suite;
  RunFacts run;
  std::string fingerprint;
  std::vector<Fact> facts;
  std::vector<Restriction> restrictions;
  Subject subject;
  std::string selection;
  std::optional<Level> selected_level;
  bool quick = false;
  bool shuffled = false;
  std::uint64_t planned = 0;
  std::uint64_t excluded = 0;
  std::string waivers_file;  // empty when the run had no waivers
  std::string waivers_sha256;
  std::vector<Waiver> waivers;
  std::optional<BaselineEntry> baseline;
  std::string conformant;
  std::string apart_from_waivers;
  Totals totals;
  std::map<Status, std::uint64_t> counts;
  std::map<Judgement, std::uint64_t> judgement_counts;
  std::vector<std::string> left_behind;
  std::uint64_t flaky = 0;
  std::map<Status, std::uint64_t> requirement_counts;
  std::uint64_t cases = 0;
  std::uint64_t attempts = 0;
  std::uint64_t rounds = 0;
  std::uint64_t steps = 0;
  std::vector<Area> areas;
  std::vector<RequirementEntry> requirements;
  std::vector<Test> tests;
  std::optional<Controls> controls;
  std::vector<Measurement> measurements;
  std::vector<FuzzRun> fuzzing;

  /// The entry of that identifier or nullptr.
  const RequirementEntry* FindEntry(std::string_view id) const;
  std::uint64_t CountOf(Status status) const;
  /// Requirements that were decided: PASS, FAIL or OBSERVED.
  std::uint64_t Decided() const;

  static constexpr auto kFields = Fields(
      Member{"format", &Record::format}, Member{"suite", &Record::suite},
      Member{"run", &Record::run},
      Object{"environment",
             "",
             {},
             Member{"fingerprint",
                    &Record::fingerprint,
                    "over the stable facts, NAME=VALUE one a line",
                    {.pattern = kSha256}},
             Member{"facts", &Record::facts, "", {.pattern = "^[A-Za-z0-9_.]+$"}},
             Member{"fidelity", &Record::restrictions,
                    "what the facts mean for how far the results can be trusted"}},
      Member{"subject", &Record::subject,
             "what was judged; build_id, machine, libc, container and library are absent when it "
             "was simulated"},
      Object{"selection",
             "",
             {},
             Member{"expression", &Record::selection},
             Member{"level", &Record::selected_level,
                    "only cases of requirements at least this binding; absent: of all", kOptional},
             Member{"quick",
                    &Record::quick,
                    "races with few rounds and no case that waits for the clock",
                    {.optional = true, .also = R"({"const": true})"}},
             Member{"shuffled",
                    &Record::shuffled,
                    "in an order that the seed settles, and not by name",
                    {.optional = true, .also = R"({"const": true})"}},
             Member{"planned", &Record::planned},
             Member{"excluded", &Record::excluded}},
      Object{"expectations",
             "what the cases were judged by, apart from that they pass",
             {.since = 2},
             Object{"waivers", "", kOptional, Member{"file", &Record::waivers_file},
                    Member{"sha256", &Record::waivers_sha256, "", {.pattern = kSha256}},
                    Member{"entries", &Record::waivers, "failures that are accepted for now"}},
             Member{"baseline", &Record::baseline, "of an earlier run; the same result is expected",
                    kOptional}},
      Object{
          "summary",
          "",
          {},
          Member{"conformant",
                 &Record::conformant,
                 "as far as this run can say",
                 {.words = "yes no undetermined"}},
          Member{"apart_from_waivers",
                 &Record::apart_from_waivers,
                 "the same when what is waived is left out; there when the run had waivers",
                 {.optional = true, .words = "yes no undetermined"}},
          Member{"totals",
                 &Record::totals,
                 "cases as runners of tests count them: failed is what is unexpected or stale, "
                 "passed what is as specified and was expected to be, skipped the rest",
                 {.since = 2}},
          Member{"counts", &Record::counts, "cases by status"},
          Member{"judgements", &Record::judgement_counts, "cases by verdict", {.since = 2}},
          Member{"left_behind", &Record::left_behind,
                 "what the run could not remove, each with the command that removes it", kOptional},
          Member{"flaky", &Record::flaky, "cases with attempts that disagree", {.since = 2}},
          Member{"requirements", &Record::requirement_counts,
                 "requirements of the whole catalogue by status"},
          Object{"effort",
                 "",
                 {},
                 Member{"cases", &Record::cases},
                 Member{"attempts",
                        &Record::attempts,
                        "executions, each in a process of its own",
                        {.since = 2}},
                 Member{"rounds", &Record::rounds, "histories that were performed and judged"},
                 Member{"steps", &Record::steps, "operations that were performed"}}},
      Member{"areas", &Record::areas, "", {.pattern = kRequirementId}},
      Member{
          "requirements",
          &Record::requirements,
          "the whole catalogue, with the result of each requirement: the worst of the cases that "
          "decided it, UNTESTED when none did",
          {.pattern = kRequirementId}},
      Member{"tests", &Record::tests},
      Member{"controls", &Record::controls,
             "negative controls that were performed with the run: each fault was seeded into the "
             "simulated system, and one who hunts for faults had to notice",
             kOptional},
      Member{"measurements", &Record::measurements,
             "figures of a benchmark that the run was given; nothing is judged by them", kOptional},
      Member{"fuzzing", &Record::fuzzing,
             "the progress of fuzzers, by logs that the run was given; nothing is judged by them",
             kOptional});
};

}  // namespace shmspec::record

#endif  // SHMSPEC_HARNESS_VOCABULARY_RECORD_RECORD_H_
