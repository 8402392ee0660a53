// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/command/launch_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "harness/command/log_record.h"
#include "harness/runner/record.h"
#include "harness/runner/summary.h"
#include "harness/vocabulary/value/check.h"
#include "reports/text/plain_text.h"
#include "shmspec/build.h"

namespace shmspec {
namespace {

constexpr const char* kName = "its record";

/// What makes the record one of another program; empty when nothing does.
std::string DifferenceIn(const reports::Suite& suite) {
  if (suite.version != internal::kVersion || suite.source_id != internal::kSourceId) {
    return fmt::format("shmspec {} ({}), and this one is {} ({})", reports::OneLine(suite.version),
                       reports::OneLine(suite.source_id), internal::kVersion, internal::kSourceId);
  }
  if (suite.catalogue_sha256 != CatalogueSha256()) {
    return "shmspec with another catalogue of requirements";
  }
  return "";
}

bool IsWhollyKnown(const reports::Record& record) {
  const auto known = [](const reports::Test& test) { return FindCase(test.id) != nullptr; };
  return std::all_of(record.tests.begin(), record.tests.end(), known);
}

}  // namespace

Result<reports::Record> RecordFrom(std::string_view text, RecordWay way) {
  const bool marked = way != RecordWay::kFile;
  if (marked && !HasRecord(text)) return Error{"it printed no record"};
  const Result<std::vector<std::string>> texts = RecordsInLog(text, "what it printed");
  if (!texts.ok()) return texts.error();
  if (texts->size() != 1) {
    return Error{fmt::format("it printed {} records, and one is expected", texts->size())};
  }
  Result<reports::Record> record = reports::ReadRecord(texts->front(), kName);
  // A kernel in great trouble prints whatever it was told.
  if (!record.ok() && way == RecordWay::kConsole) {
    Result<reports::Record> rest =
        reports::ReadRecord(WithoutKernelMessages(texts->front()), kName);
    if (rest.ok()) record = std::move(rest);
  }
  return record;
}

Result<void> CheckProgram(const reports::Record& record) {
  std::string difference = DifferenceIn(record.suite);
  if (difference.empty() && !IsWhollyKnown(record)) difference = "shmspec with other cases";
  if (difference.empty()) return {};
  return Error{fmt::format("the program there is {}: build both anew", difference)};
}

void NoteLauncher(reports::Record& record, const std::string& launcher) {
  record.facts.push_back({std::string(reports::kLauncherFact), launcher, "--on", false});
  constexpr std::string_view kRun = "shmspec run ";
  for (reports::Test& test : record.tests) {
    if (!test.command.starts_with(kRun)) continue;
    test.command.insert(kRun.size(), fmt::format("--on {} ", launcher));
  }
}

reports::Record RecordOfTrouble(const std::string& launcher, const std::string& cause,
                                const std::vector<const Case*>& cases, const RunOptions& options,
                                const std::vector<std::string>& argv) {
  RunResult nothing;
  nothing.complete = false;
  nothing.stop_reason = cause;
  const Expectations expectations;
  const std::string text = RecordOf(
      nothing, options, {.argv = argv, .started = NowText(), .expectations = expectations});
  Result<reports::Record> read = reports::ReadRecord(text, "the record of this run");
  SHMSPEC_CHECK(read.ok(), "the reader refuses what the writer wrote");
  reports::Record record = std::move(read).value();
  NoteLauncher(record, launcher);
  std::set<std::string_view> cited;
  for (const Case* one : cases) {
    for (const Requirement requirement : one->requirements) cited.insert(requirement.id());
  }
  // One test stands for all of them: the cause is the same.
  reports::Test test;
  test.id = "launcher." + launcher;
  test.status = Status::kUnresolved;
  test.cause = Cause::kSetup;
  test.judgement = Judgement::kUnexpected;
  test.reason = cause;
  test.file = "launchers.toml";
  test.line = 1;
  test.attempts.push_back({.status = test.status, .cause = test.cause, .reason = cause});
  for (const std::string_view requirement : cited) {
    test.requirements.push_back({std::string(requirement), Status::kUnresolved});
  }
  record.tests.push_back(std::move(test));
  Summarise(record);
  return record;
}

}  // namespace shmspec
