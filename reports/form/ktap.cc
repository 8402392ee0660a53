// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// KTAP version 1 (Documentation/dev-tools/ktap.rst of Linux): a test for each record with a subtest
// for each case. Of the directives, parsers in use understand SKIP alone and count the others by
// `ok` and `not ok`.

#include <fmt/format.h>

#include <algorithm>

#include "reports/form/report.h"
#include "reports/text/plain_text.h"

namespace shmspec::reports {
namespace {

/// A description must not hold `#`, which begins a directive.
std::string Description(std::string_view text) {
  std::string description = OneLine(text);
  std::replace(description.begin(), description.end(), '#', '_');
  return description;
}

void AddDiagnostics(std::string& out, std::string_view text) {
  const std::string printable = Printable(text);
  std::string_view rest = printable;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    out += fmt::format("  # {}\n", rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

std::string ResultLine(const Test& test, std::size_t number) {
  const std::string described = fmt::format("{} {}", number, Description(test.id));
  // Parsers treat XFAIL as a failure unless the line begins with ok; for XPASS they have no
  // directive.
  if (test.is_known()) {
    return fmt::format("ok {} # XFAIL {}", described, Description(OneLine(test.Judged())));
  }
  if (test.standing() == Standing::kFailed && !IsTrouble(test.status)) return "not ok " + described;
  switch (test.status) {
    case Status::kPass:
    case Status::kObserved:
      return "ok " + described;
    case Status::kFail:
      return "not ok " + described;
    case Status::kUnresolved:
      return fmt::format("not ok {} # {}", described,
                         test.cause == Cause::kTimeout ? "TIMEOUT" : "ERROR");
    case Status::kUnsupported:
    case Status::kUntested:
      break;
  }
  return fmt::format("ok {} # SKIP {} {}", described, NameOf(test.status),
                     Description(test.reason));
}

void AddCase(std::string& out, const Test& test, std::size_t number) {
  const bool troubled = IsTrouble(test.status);
  if (troubled) {
    AddDiagnostics(out, OneLine(test.reason));
    if (const Attempt* attempt = test.deciding()) {
      AddDiagnostics(out, attempt->excerpt.empty() ? attempt->trace : attempt->excerpt);
    }
    AddDiagnostics(out, "again: " + OneLine(test.command));
  }
  if (test.standing() == Standing::kFailed && !test.why.empty()) {
    AddDiagnostics(out, fmt::format("{}: {}", NameOf(test.judgement), OneLine(test.Judged())));
  }
  for (const std::string& observed : test.observed) {
    AddDiagnostics(out, "observed: " + OneLine(observed));
  }
  out += fmt::format("  {}\n", ResultLine(test, number));
}

std::string RenderKtap(std::span<const Record> records) {
  std::string out = fmt::format("KTAP version 1\n1..{}\n", records.size());
  const std::vector<std::string> labels = LabelsOf(records);
  for (std::size_t i = 0; i < records.size(); ++i) {
    const Record& record = records[i];
    out += fmt::format("  KTAP version 1\n  # Subtest: {}\n  1..{}\n", Description(labels[i]),
                       record.tests.size());
    for (std::size_t j = 0; j < record.tests.size(); ++j) AddCase(out, record.tests[j], j + 1);
    if (!record.run.complete) {
      out += fmt::format("Bail out! {}\n", OneLine(record.run.stop_reason));
    }
    const bool failed = record.totals.failed > 0 || !record.run.complete;
    out += fmt::format("{} {} {}\n", failed ? "not ok" : "ok", i + 1, Description(labels[i]));
  }
  return out;
}

const internal::FormRegistration registration(
    {.name = "ktap", .place = 40, .endings = {".ktap", ".tap"}, .render = &RenderKtap});

}  // namespace
}  // namespace shmspec::reports
