// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// A record as values: what record.schema.json describes, read and found to be free of
// contradictions.

#ifndef SHMSPEC_REPORTS_RECORD_H_
#define SHMSPEC_REPORTS_RECORD_H_

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/vocabulary/catalogue/requirement.h"
#include "harness/vocabulary/form/difference.h"
#include "harness/vocabulary/plan/status.h"
#include "harness/vocabulary/value/result.h"

namespace shmspec::reports {

struct Suite {
  std::string version;
  std::string source_id;
  std::string catalogue_sha256;
  std::string compiler;
  std::string linkage;
};

struct RunFacts {
  std::string id;
  std::vector<std::string> argv;
  std::string seed;
  std::string started;  // RFC 3339, UTC
  double duration_s = 0;
  bool complete = true;
  std::string stop_reason;
  std::uint64_t shard_index = 1;
  std::uint64_t shard_count = 1;
  std::string profile;
  std::string isolation;
  std::uint64_t jobs = 1;
  std::uint64_t repeat = 1;
  std::uint64_t retries = 0;
  std::uint64_t timeout_ms = 0;
  std::uint64_t max_rounds = 0;
};

struct Fact {
  std::string name;
  std::string value;
  std::string source;
  bool stable = true;
};

/// What a fact means for how far results can be trusted.
struct Limit {
  std::string code;
  std::string effect;
};

/// The library that cases call instead of the kernel itself.
struct Library {
  std::string name;
  std::string version;
  std::string build_id;
};

/// What was judged. All but the first four are empty when it was simulated.
struct Subject {
  std::string kind;
  std::string name;
  std::string version;
  std::string target;
  std::string build_id;            // of the kernel
  std::optional<Library> library;  // none where bare system calls were made
  std::string machine;
  std::string libc;
  std::string container;
};

/// The library that cases called, such as `Boost.Interprocess 1.81.0`; empty where that is the C
/// library which `libc` names already, and where there was none.
std::string WrapperOf(const Subject& subject);

struct Area {
  std::string id;
  std::string title;
  std::string chapter;
};

struct RequirementEntry {
  std::string id;
  Status status = Status::kUntested;
  Level level = Level::kMust;
  std::string origin;
  std::string area;
  std::string statement;
  std::string source;
  std::vector<std::string> needs;
  std::vector<std::string> divergence;
  std::uint64_t cases = 0;  // of the suite
  bool touched = false;
};

struct AllowedOutcome {
  std::string outcome;
  std::string why;  // empty when it goes without saying
};

struct Objection {
  std::string by;          // `case` or `specification`
  std::uint64_t step = 0;  // from 1; 0: the whole trace
  std::string operation;   // of that step; empty in records without it
  std::string seen;
  std::vector<AllowedOutcome> allowed;
  std::vector<Difference> differences;  // none in records without it
};

struct Attempt {
  Status status = Status::kUntested;
  double started_s = 0;  // since the run began
  double duration_s = 0;
  bool retry = false;  // made because one before did not pass
  std::uint64_t rounds = 0;
  std::uint64_t steps = 0;
  std::uint64_t worlds = 0;  // the most that the oracle kept in mind at once
  std::string seed;
  std::string cause;
  std::string reason;
  std::vector<Objection> objections;
  std::string excerpt;
  std::string trace;
  std::vector<std::string> residue;
};

/// How far the attempts at one case agree.
struct Flakiness {
  bool flaky = false;
  std::uint64_t attempts = 0;  // those with a result
  std::uint64_t passed = 0;
  std::uint64_t flips = 0;  // between one attempt and the next
  double flip_rate = 0;     // the share of neighbouring attempts that differ
};

/// One way in which rounds of a litmus test ended.
struct EndingCount {
  std::string ending;  // registers, then what memory held in the end: `r0=0 x=1`
  std::uint64_t rounds = 0;
};

/// How one branch of a litmus test reached the memory.
struct LitmusBranch {
  std::uint64_t width = 8;   // of each access, in bytes: 1, 2, 4 or 8
  std::uint64_t offset = 0;  // of every cell from where 8 bytes are aligned, in bytes
};

/// The ending that techniques were tried for, and how often the last one showed it.
struct SoughtEnding {
  std::string ending;
  std::uint64_t hits = 0;
  std::uint64_t rounds = 0;
};

/// The endings of all rounds of a litmus test.
struct LitmusHistogram {
  std::string test;  // its branches: `x=1; r0=y || y=1; r1=x`
  std::uint64_t rounds = 0;
  std::vector<EndingCount> endings;
  std::vector<LitmusBranch> branches;  // none in records that do not say
  std::optional<bool> same_primes;     // x' is the same memory as x; nothing where that is not said
  std::string technique;               // `alternating`; empty in records that do not say
  std::optional<SoughtEnding> sought;
};

/// How runners of tests count a case.
enum class Standing {
  kPassed,   // as specified, and nothing else was expected
  kFailed,   // judged to be unexpected, or stale
  kSkipped,  // the rest: not supported there, waived, or known from the baseline
};

struct Test {
  std::string id;
  std::vector<std::pair<std::string, Status>> requirements;
  Status status = Status::kUntested;
  Judgement judgement = Judgement::kExpected;
  std::string waiver;                  // the identifier of the one that decided; empty if none did
  std::optional<Status> baseline;      // its result in the baseline
  std::string why;                     // of the judgement; empty when it goes without saying
  std::optional<Flakiness> flakiness;  // when there was more than one attempt
  std::string cause;
  std::string reason;
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
};

/// A waiver that the run was given.
struct WaiverEntry {
  std::string id;
  std::vector<std::string> tests;
  std::vector<std::string> expect;  // statuses; empty when it is not to be run
  bool do_not_run = false;
  std::vector<std::string> cause;
  std::string when;
  std::string reason;
  std::string url;
  std::string owner;
  std::string kind;     // `class` in the file; empty when not stated
  std::string granted;  // YYYY-MM-DD
  std::string expires;
  bool strict = true;
  std::optional<double> at_most;  // the share of attempts that may fail
  std::string state;              // `used`, `stale`, `unused`, or `elsewhere`: not for this system
  std::vector<std::string> cases;
};

/// The baseline that the run was judged by.
struct BaselineEntry {
  std::string file;
  std::string sha256;
  std::string source_id;
  std::string catalogue_sha256;
  std::string fingerprint;
  std::uint64_t cases = 0;
  std::vector<std::string> gone;  // cases of it that the suite no longer has
};

/// A seeded fault that was to be caught.
struct ControlEntry {
  std::string fault;
  std::string requirement;
  std::string description;
  std::vector<std::string> caught_by;  // empty: missed
};

/// Negative controls that were performed with the run.
struct Controls {
  std::string by;
  std::string seed;
  std::vector<ControlEntry> faults;
};

/// The same figure of several repetitions.
struct Spread {
  double median = 0;
  double least = 0;
  double most = 0;
};

/// The time of a benchmark, over `n` repetitions.
struct Measurement {
  std::string name;
  std::string unit;
  std::uint64_t n = 0;
  Spread mean;  // of a repetition
  // Of single operations, where the benchmark timed some of them one by one.
  std::uint64_t operations = 0;
  std::optional<Spread> p50;
  std::optional<Spread> p99;
};

/// What a fuzzer had reached at one moment.
struct FuzzPoint {
  std::uint64_t executions = 0;
  std::uint64_t coverage = 0;  // edges of the program
  std::uint64_t features = 0;
  std::uint64_t corpus = 0;  // inputs that were kept
  std::uint64_t executions_per_s = 0;
  std::optional<std::uint64_t> time_s;  // since it began, where its log says that
};

/// The progress of the fuzzer of one target.
struct FuzzRun {
  std::string target;
  std::uint64_t executions = 0;
  std::optional<std::uint64_t> duration_s;
  std::uint64_t findings = 0;  // inputs that broke the law
  std::vector<FuzzPoint> points;
};

struct CaseTotals {
  std::uint64_t passed = 0;
  std::uint64_t failed = 0;
  std::uint64_t skipped = 0;
};

struct Record {
  std::string format;  // `shmspec-result/2`
  std::string file;    // the name it was read from
  std::string sha256;  // of the file
  Suite suite;
  RunFacts run;
  std::string fingerprint;
  std::vector<Fact> facts;
  std::vector<Limit> limits;
  Subject subject;
  std::string selection;
  std::uint64_t planned = 0;
  std::uint64_t excluded = 0;
  std::string conformant;                              // `yes`, `no` or `undetermined`
  std::string apart_from_waivers;                      // the same; empty without waivers
  std::map<Status, std::uint64_t> counts;              // of cases
  std::map<Status, std::uint64_t> requirement_counts;  // of the catalogue
  // Records of format 1 lack the fields from here to `attempts`; they are computed from the cases
  // then.
  std::map<Judgement, std::uint64_t> judgement_counts;
  CaseTotals totals;
  std::vector<std::string> left_behind;  // each with the command that removes it
  std::uint64_t flaky = 0;               // cases
  std::uint64_t attempts = 0;
  std::uint64_t rounds = 0;
  std::uint64_t steps = 0;
  std::vector<Area> areas;
  std::vector<RequirementEntry> requirements;
  std::vector<Test> tests;
  std::string waivers_file;  // empty when the run had no waivers
  std::vector<WaiverEntry> waivers;
  std::optional<BaselineEntry> baseline;
  std::optional<Controls> controls;
  std::vector<Measurement> measurements;
  std::vector<FuzzRun> fuzzing;

  /// The entry of that identifier or nullptr.
  const RequirementEntry* FindEntry(std::string_view id) const;
  std::uint64_t CountOf(Status status) const;
  /// Requirements that were decided: PASS, FAIL or OBSERVED.
  std::uint64_t Decided() const;
};

/// The name of the subject: `Linux 6.18.0 through libc`, with the file where others are called the
/// same.
std::vector<std::string> LabelsOf(std::span<const Record> records);

/// The cases by their standing.
CaseTotals TotalsOf(const Record& record);

/// Reads the text of a record. Bytes that are no UTF-8 are replaced. The error is one line that
/// begins with `file`: with line and column when the text is no JSON (or ends early), with the path
/// of the field when a field is missing or of another type, and in words when the record is of
/// another format or contradicts itself.
Result<Record> ReadRecord(std::string_view text, const std::string& file);

/// The first thing in which a record contradicts itself, empty when there is none.
std::string ContradictionIn(const Record& record);

}  // namespace shmspec::reports

#endif  // SHMSPEC_REPORTS_RECORD_H_
