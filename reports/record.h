// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// A record as values: what record.schema.json describes, read and found to be free of
// contradictions.

#ifndef SHMSPEC_REPORTS_RECORD_H_
#define SHMSPEC_REPORTS_RECORD_H_

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/vocabulary/requirement.h"
#include "harness/vocabulary/result.h"
#include "harness/vocabulary/status.h"

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

/// What was judged. The last three are empty when it was simulated.
struct Subject {
  std::string kind;
  std::string name;
  std::string version;
  std::string target;
  std::string machine;
  std::string libc;
  std::string container;
};

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
  std::string seen;
  std::vector<AllowedOutcome> allowed;
};

struct Attempt {
  Status status = Status::kUntested;
  double duration_s = 0;
  std::uint64_t rounds = 0;
  std::uint64_t steps = 0;
  std::string seed;
  std::string cause;
  std::string reason;
  std::vector<Objection> objections;
  std::string excerpt;
  std::string trace;
  std::vector<std::string> residue;
};

struct Test {
  std::string id;
  std::vector<std::pair<std::string, Status>> requirements;
  Status status = Status::kUntested;
  Judgement judgement = Judgement::kExpected;
  std::string cause;
  std::string reason;
  std::string file;
  std::uint64_t line = 0;
  std::vector<Attempt> attempts;
  std::vector<std::string> observed;
  std::string command;  // these three are empty when the case passed
  std::string replay;
  std::string plan;

  /// `sysv` of `sysv.remove.keeps_data`.
  std::string_view chapter() const { return std::string_view(id).substr(0, id.find('.')); }
  /// All attempts together.
  double duration_s() const;
  /// The first attempt with the status of the test, or nullptr when there was none.
  const Attempt* deciding() const;
};

struct Record {
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
  std::map<Status, std::uint64_t> counts;              // of cases
  std::map<Status, std::uint64_t> requirement_counts;  // of the catalogue
  std::uint64_t rounds = 0;
  std::uint64_t steps = 0;
  std::vector<Area> areas;
  std::vector<RequirementEntry> requirements;
  std::vector<Test> tests;

  /// The entry of that identifier or nullptr.
  const RequirementEntry* FindEntry(std::string_view id) const;
  std::uint64_t CountOf(Status status) const;
  /// Requirements that were decided: PASS, FAIL or OBSERVED.
  std::uint64_t Decided() const;
};

/// What to call what was judged: `Linux 6.18.0 through libc`, with the file where others are called
/// the same.
std::vector<std::string> LabelsOf(std::span<const Record> records);

/// Reads the text of a record. Bytes that are no UTF-8 are replaced. The error is one line that
/// begins with `file`: with line and column when the text is no JSON (or ends early), with the path
/// of the field when a field is missing or of another type, and in words when the record is of
/// another format or contradicts itself.
Result<Record> ReadRecord(std::string_view text, const std::string& file);

/// The first thing in which a record contradicts itself, empty when there is none.
std::string ContradictionIn(const Record& record);

}  // namespace shmspec::reports

#endif  // SHMSPEC_REPORTS_RECORD_H_
