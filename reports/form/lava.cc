// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// LAVA: signals on lines of their own, a test set for each record.

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "reports/form/report.h"

namespace shmspec::reports {
namespace {

/// Identifiers are one word.
std::string Identifier(std::string_view text) {
  std::string identifier(text);
  std::replace_if(
      identifier.begin(), identifier.end(),
      [](unsigned char c) { return std::isalnum(c) == 0 && c != '.' && c != '_' && c != '-'; },
      '_');
  return identifier;
}

std::string_view ResultOf(Status status) {
  switch (status) {
    case Status::kPass:
    case Status::kObserved:
      return "pass";
    case Status::kFail:
      return "fail";
    case Status::kUnresolved:
      return "unknown";
    case Status::kUnsupported:
    case Status::kUntested:
      break;
  }
  return "skip";
}

std::string RenderLava(std::span<const Record> records) {
  std::string out;
  const std::vector<std::string> labels = LabelsOf(records);
  for (std::size_t i = 0; i < records.size(); ++i) {
    out += fmt::format("<LAVA_SIGNAL_TESTSET START {}>\n", Identifier(labels[i]));
    for (const Test& test : records[i].tests) {
      out += fmt::format(
          "<LAVA_SIGNAL_TESTCASE TEST_CASE_ID={} RESULT={} MEASUREMENT={:.6f} UNITS=seconds>\n",
          Identifier(test.id), ResultOf(test.status), test.duration_s());
    }
    if (!records[i].run.complete) {
      out += "<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=run.is_complete RESULT=fail>\n";
    }
    out += "<LAVA_SIGNAL_TESTSET STOP>\n";
  }
  return out;
}

const internal::FormRegistration registration(
    {.name = "lava", .place = 70, .endings = {".txt"}, .render = &RenderLava});

}  // namespace
}  // namespace shmspec::reports
