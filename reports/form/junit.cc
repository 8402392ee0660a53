// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// JUnit as Jenkins and GitLab read it. They tell cases apart by classname and name together.

#include <fmt/format.h>

#include "reports/form/report.h"
#include "reports/text/markup.h"
#include "reports/text/plain_text.h"

namespace shmspec::reports {
namespace {

struct Sums {
  std::uint64_t tests = 0;
  std::uint64_t failures = 0;
  std::uint64_t errors = 0;
  std::uint64_t skipped = 0;
  double duration_s = 0;

  void Add(const Record& record) {
    tests += record.tests.size() + (record.run.complete ? 0 : 1);
    errors += record.run.complete ? 0 : 1;
    for (const Test& test : record.tests) {
      if (test.standing() != Standing::kFailed) continue;
      ++(test.status == Status::kUnresolved ? errors : failures);
    }
    skipped += record.totals.skipped;
    duration_s += record.run.duration_s;
  }
};

void WriteTotals(Markup& xml, const Sums& totals) {
  xml << " tests=\"" << totals.tests << "\" failures=\"" << totals.failures << "\" errors=\""
      << totals.errors << "\" skipped=\"" << totals.skipped << "\" time=\""
      << Text(fmt::format("{:.6f}", totals.duration_s)) << "\"";
}

void WriteProperty(Markup& xml, std::string_view name, std::string_view value) {
  xml << "      <property name=\"" << Text(name) << "\" value=\"" << Text(OneLine(value))
      << "\"/>\n";
}

/// What a person needs to understand and to repeat the case.
std::string Details(const Test& test) {
  std::string details;
  if (const Attempt* attempt = test.deciding()) {
    details += attempt->excerpt.empty() ? attempt->trace : attempt->excerpt;
  }
  if (!test.command.empty()) details += "\nagain: " + test.command + "\n";
  return details;
}

/// An unexpected result: a failure, or an error when nothing could be decided.
void WriteTrouble(Markup& xml, const Test& test) {
  const bool troubled = IsTrouble(test.status);
  const std::string message = OneLine(troubled ? test.reason : test.Judged());
  const std::string_view type = !troubled                    ? NameOf(test.judgement)
                                : test.cause == Cause::kNone ? ""
                                                             : NameOf(test.cause);
  if (test.status == Status::kUnresolved) {
    xml << "    <error message=\"" << Text(message) << "\" type=\"" << Text(type) << "\">"
        << Text(Details(test)) << "</error>\n";
  } else {
    xml << "    <failure message=\"" << Text(message) << "\" type=\"" << Text(type) << "\">"
        << Text(Details(test)) << "</failure>\n";
  }
}

void WriteOutcome(Markup& xml, const Test& test) {
  if (test.standing() == Standing::kFailed) {
    WriteTrouble(xml, test);
  } else if (test.is_known()) {
    xml << "    <skipped message=\"XFAIL " << Text(OneLine(test.Judged())) << "\"/>\n";
  } else if (test.standing() == Standing::kSkipped) {
    xml << "    <skipped message=\"" << Text(NameOf(test.status)) << ": "
        << Text(OneLine(test.reason)) << "\"/>\n";
  }
}

void WriteCase(Markup& xml, const Test& test, std::string_view label) {
  const std::size_t dot = test.id.rfind('.');
  const std::string_view id = test.id;
  xml << "  <testcase classname=\"" << Text(label) << Text(id.substr(0, dot)) << "\" name=\""
      << Text(id.substr(dot == id.npos ? 0 : dot + 1)) << "\" file=\"" << Text(OneLine(test.file))
      << "\" line=\"" << test.line << "\" time=\"" << Text(fmt::format("{:.6f}", test.duration_s()))
      << "\">\n    <properties>\n";
  WriteProperty(xml, "status", NameOf(test.status));
  if (!test.waiver.empty() || test.baseline) {
    WriteProperty(xml, "judgement", NameOf(test.judgement));
  }
  for (const auto& [requirement, status] : test.requirements) {
    WriteProperty(xml, "requirement", requirement + " " + std::string(NameOf(status)));
  }
  for (const std::string& observed : test.observed) WriteProperty(xml, "observed", observed);
  xml << "    </properties>\n";
  WriteOutcome(xml, test);
  xml << "  </testcase>\n";
}

void WriteSuite(Markup& xml, const Record& record, std::string_view label, bool single) {
  Sums totals;
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
  if (!record.run.complete) {
    xml << "  <testcase classname=\"" << Text(prefix) << "run\" name=\"is_complete\">\n"
        << "    <error message=\"" << Text(OneLine(record.run.stop_reason))
        << "\" type=\"incomplete\"/>\n  </testcase>\n";
  }
  xml << " </testsuite>\n";
}

std::string RenderJunit(std::span<const Record> records) {
  Sums totals;
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

const internal::FormRegistration registration(
    {.name = "junit", .place = 30, .endings = {".xml"}, .render = &RenderJunit});

}  // namespace
}  // namespace shmspec::reports
