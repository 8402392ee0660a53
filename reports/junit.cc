// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// JUnit as Jenkins and GitLab read it. They tell cases apart by classname and name together.

#include <fmt/format.h>

#include "reports/markup.h"
#include "reports/plain_text.h"
#include "reports/report.h"

namespace shmspec::reports {
namespace {

struct Totals {
  std::uint64_t tests = 0;
  std::uint64_t failures = 0;
  std::uint64_t errors = 0;
  std::uint64_t skipped = 0;
  double duration_s = 0;

  void Add(const Record& record) {
    tests += record.tests.size();
    failures += record.CountOf(Status::kFail);
    errors += record.CountOf(Status::kUnresolved);
    skipped += record.CountOf(Status::kUnsupported) + record.CountOf(Status::kUntested);
    duration_s += record.run.duration_s;
  }
};

void WriteTotals(Markup& xml, const Totals& totals) {
  xml << " tests=\"" << totals.tests << "\" failures=\"" << totals.failures << "\" errors=\""
      << totals.errors << "\" skipped=\"" << totals.skipped << "\" time=\""
      << Text(fmt::format("{:.6f}", totals.duration_s)) << "\"";
}

void WriteProperty(Markup& xml, std::string_view name, std::string_view value) {
  xml << "      <property name=\"" << Text(name) << "\" value=\"" << Text(OneLine(value))
      << "\"/>\n";
}

/// What a person needs to understand the case and to see it again.
std::string Details(const Test& test) {
  std::string details;
  if (const Attempt* attempt = test.deciding()) {
    details += attempt->excerpt.empty() ? attempt->trace : attempt->excerpt;
  }
  if (!test.command.empty()) details += "\nagain: " + test.command + "\n";
  return details;
}

void WriteTrouble(Markup& xml, const Test& test, const std::string& message,
                  const std::string& details) {
  if (test.status == Status::kFail) {
    xml << "    <failure message=\"" << Text(message) << "\" type=\"" << Text(test.cause) << "\">"
        << Text(details) << "</failure>\n";
  } else {
    xml << "    <error message=\"" << Text(message) << "\" type=\"" << Text(test.cause) << "\">"
        << Text(details) << "</error>\n";
  }
}

void WriteOutcome(Markup& xml, const Test& test) {
  if (test.status == Status::kPass || test.status == Status::kObserved) return;
  const std::string message = OneLine(test.reason);
  if (test.status == Status::kFail || test.status == Status::kUnresolved) {
    WriteTrouble(xml, test, message, Details(test));
    return;
  }
  xml << "    <skipped message=\"" << Text(NameOf(test.status)) << ": " << Text(message)
      << "\"/>\n";
}

void WriteCase(Markup& xml, const Test& test, std::string_view label) {
  const std::size_t dot = test.id.rfind('.');
  const std::string_view id = test.id;
  xml << "  <testcase classname=\"" << Text(label) << Text(id.substr(0, dot)) << "\" name=\""
      << Text(id.substr(dot == id.npos ? 0 : dot + 1)) << "\" file=\"" << Text(OneLine(test.file))
      << "\" line=\"" << test.line << "\" time=\"" << Text(fmt::format("{:.6f}", test.duration_s()))
      << "\">\n    <properties>\n";
  WriteProperty(xml, "status", NameOf(test.status));
  for (const auto& [requirement, status] : test.requirements) {
    WriteProperty(xml, "requirement", requirement + " " + std::string(NameOf(status)));
  }
  for (const std::string& observed : test.observed) WriteProperty(xml, "observed", observed);
  xml << "    </properties>\n";
  WriteOutcome(xml, test);
  xml << "  </testcase>\n";
}

void WriteSuite(Markup& xml, const Record& record, std::string_view label, bool single) {
  Totals totals;
  totals.Add(record);
  xml << " <testsuite name=\"" << Text(OneLine(label)) << "\" timestamp=\""
      << Text(record.run.started) << "\"";
  WriteTotals(xml, totals);
  xml << ">\n    <properties>\n";
  WriteProperty(xml, "conformant", record.conformant);
  WriteProperty(xml, "seed", record.run.seed);
  WriteProperty(xml, "profile", record.run.profile);
  WriteProperty(xml, "suite", record.suite.version + " " + record.suite.source_id);
  WriteProperty(xml, "catalogue_sha256", record.suite.catalogue_sha256);
  xml << "    </properties>\n";
  const std::string prefix = single ? "" : OneLine(label) + ": ";
  for (const Test& test : record.tests) WriteCase(xml, test, prefix);
  xml << " </testsuite>\n";
}

}  // namespace

std::string RenderJunit(std::span<const Record> records) {
  Totals totals;
  for (const Record& record : records) totals.Add(record);
  Markup xml;
  xml << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"shmspec\"";
  WriteTotals(xml, totals);
  xml << ">\n";
  const std::vector<std::string> labels = LabelsOf(records);
  for (std::size_t i = 0; i < records.size(); ++i) {
    WriteSuite(xml, records[i], labels[i], records.size() == 1);
  }
  xml << "</testsuites>\n";
  return xml.Take();
}

}  // namespace shmspec::reports
