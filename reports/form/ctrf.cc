// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Common Test Report Format (ctrf.io): values outside its schema go into `extra`.

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/vocabulary/value/instant.h"
#include "reports/form/report.h"
#include "reports/text/plain_text.h"

namespace shmspec::reports {
namespace {

using Json = nlohmann::ordered_json;

std::int64_t Milliseconds(double duration_s) { return std::llround(duration_s * 1e3); }

/// Milliseconds since 1970 of the start of the run; 0 when the record has no such time.
std::int64_t StartOf(const Record& record) {
  return ParseInstant(record.run.started).value_or(0) * 1000;
}

std::string_view WordOf(const Test& test) {
  if (test.standing() == Standing::kFailed) return "failed";
  if (test.is_known()) return "other";
  switch (test.status) {
    case Status::kPass:
      return "passed";
    case Status::kFail:
    case Status::kUnresolved:
      return "failed";
    case Status::kUnsupported:
    case Status::kUntested:
      return "skipped";
    case Status::kObserved:
      break;
  }
  return "other";
}

Json CaseOf(const Test& test, const std::string& label) {
  Json one{{"name", Printable(test.id)},
           {"status", WordOf(test)},
           {"duration", Milliseconds(test.duration_s())},
           {"rawStatus", NameOf(test.status)},
           {"type", "conformance"},
           {"filePath", Printable(test.file)},
           {"retries", test.attempts.empty() ? 0 : test.attempts.size() - 1},
           {"tags", {Printable(test.chapter())}}};
  if (test.flakiness && test.flakiness->flaky) one["flaky"] = true;
  if (!test.reason.empty()) one["message"] = Printable(test.reason);
  const Attempt* attempt = test.deciding();
  if (attempt != nullptr && !attempt->excerpt.empty()) one["trace"] = Printable(attempt->excerpt);
  Json& extra = one["extra"];
  extra["subject"] = Printable(label);
  extra["line"] = test.line;
  if (!test.waiver.empty() || test.baseline) {
    extra["judgement"] = fmt::format("{}: {}", NameOf(test.judgement), Printable(test.Judged()));
  }
  for (const auto& [requirement, status] : test.requirements) {
    extra["requirements"][Printable(requirement)] = NameOf(status);
  }
  for (const std::string& observed : test.observed) {
    extra["observed"].push_back(Printable(observed));
  }
  if (!test.command.empty()) extra["again"] = Printable(test.command);
  return one;
}

std::string RenderCtrf(std::span<const Record> records) {
  Json tests = Json::array();
  Json summary{{"tests", 0},   {"passed", 0},  {"failed", 0},
               {"skipped", 0}, {"pending", 0}, {"other", 0}};
  std::int64_t start = StartOf(records.front());
  std::int64_t stop = start;
  const std::vector<std::string> labels = LabelsOf(records);
  for (std::size_t i = 0; i < records.size(); ++i) {
    for (const Test& test : records[i].tests) {
      tests.push_back(CaseOf(test, labels[i]));
      for (const std::string_view count : {std::string_view("tests"), WordOf(test)}) {
        Json& counted = summary[std::string(count)];
        counted = counted.get<std::uint64_t>() + 1;
      }
    }
    if (!records[i].run.complete) {
      tests.push_back({{"name", "run.is_complete"},
                       {"status", "failed"},
                       {"duration", 0},
                       {"message", Printable(records[i].run.stop_reason)},
                       {"extra", {{"subject", Printable(labels[i])}}}});
      for (const char* count : {"tests", "failed"}) {
        summary[count] = summary[count].get<std::uint64_t>() + 1;
      }
    }
    const std::int64_t began = StartOf(records[i]);
    start = std::min(start, began);
    stop = std::max(stop, began + Milliseconds(records[i].run.duration_s));
  }
  summary["start"] = start;
  summary["stop"] = stop;
  const Json tool{{"name", "shmspec"}, {"version", Printable(records.front().suite.version)}};
  return Json{{"reportFormat", "CTRF"},
              {"specVersion", "0.0.0"},
              {"results", {{"tool", tool}, {"summary", summary}, {"tests", tests}}}}
             .dump(1) +
         "\n";
}

const internal::FormRegistration registration({.name = "ctrf", .place = 50, .render = &RenderCtrf});

}  // namespace
}  // namespace shmspec::reports
