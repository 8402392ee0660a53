// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What holds of a report in each form, whatever the record says.

#ifndef SHMSPEC_FUZZ_FORM_LAWS_H_
#define SHMSPEC_FUZZ_FORM_LAWS_H_

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>

#include "fuzz/markup_law.h"
#include "harness/vocabulary/value/check.h"
#include "reports/record/record.h"
#include "reports/text/plain_text.h"

namespace shmspec::reports {

inline void CheckUtf8(const std::string& report) {
  SHMSPEC_CHECK(report == ValidUtf8(report), "a report is valid UTF-8");
}

/// Takes the first line, without its end.
inline std::string_view TakeLine(std::string_view& rest) {
  const std::string_view line = rest.substr(0, rest.find('\n'));
  SHMSPEC_CHECK(line.size() < rest.size(), "the last line ends");
  rest.remove_prefix(line.size() + 1);
  return line;
}

inline nlohmann::json JsonIn(const std::string& report) {
  const auto document = nlohmann::json::parse(report, nullptr, false);
  SHMSPEC_CHECK(!document.is_discarded(), "the report is JSON");
  return document;
}

inline void CheckHtml(const std::string& report, const Record&) {
  const StrictMarkup page(report, StrictMarkup::Kind::kHtml);
  SHMSPEC_CHECK(page.CountOf("html") == 1 && page.CountOf("body") == 1, "it is one page");
  SHMSPEC_CHECK(page.CountOf("script") <= 1, "it has no script but its own");
}

/// How many cases a form that knows cases only has.
inline std::size_t CasesOf(const Record& record) {
  return record.tests.size() + (record.run.complete ? 0 : 1);
}

inline void CheckJunit(const std::string& report, const Record& record) {
  const StrictMarkup xml(report, StrictMarkup::Kind::kXml);
  SHMSPEC_CHECK(xml.CountOf("testsuites") == 1 && xml.CountOf("testsuite") == 1, "one suite");
  SHMSPEC_CHECK(xml.CountOf("testcase") == CasesOf(record), "an element for each case");
}

inline void CheckCtrf(const std::string& report, const Record& record) {
  const auto document = JsonIn(report);
  const auto& results = document.at("results");
  SHMSPEC_CHECK(results.at("tests").size() == CasesOf(record), "an entry for each case");
  SHMSPEC_CHECK(results.at("summary").at("tests") == CasesOf(record), "the summary counts them");
  std::size_t sum = 0;
  for (const char* word : {"passed", "failed", "skipped", "pending", "other"}) {
    sum += results.at("summary").at(word).get<std::size_t>();
  }
  SHMSPEC_CHECK(sum == CasesOf(record), "each case is counted once");
}

inline void CheckKcidb(const std::string& report, const Record& record) {
  const auto document = JsonIn(report);
  std::set<std::string> ids;
  for (const auto& test : document.at("tests")) ids.insert(test.at("id").get<std::string>());
  SHMSPEC_CHECK(ids.size() == record.tests.size(), "an identifier for each case");
  for (const auto& test : document.at("tests")) {
    for (const char c : test.value("path", "")) {
      SHMSPEC_CHECK(
          std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' || c == '-',
          "a path is of letters, digits and dots");
    }
  }
}

/// A line that holds a result: `ok N description # DIRECTIVE text`.
inline bool IsResult(std::string_view line, std::size_t number) {
  if (line.starts_with("not ")) line.remove_prefix(4);
  if (!line.starts_with(fmt::format("ok {} ", number))) return false;
  const std::size_t mark = line.find('#');
  if (mark == line.npos) return true;
  static constexpr std::array<std::string_view, 4> kWords{"SKIP", "XFAIL", "TIMEOUT", "ERROR"};
  const std::string_view directive = line.substr(mark + 1);
  SHMSPEC_CHECK(std::any_of(kWords.begin(), kWords.end(),
                            [&](std::string_view word) {
                              return directive == fmt::format(" {}", word) ||
                                     directive.starts_with(fmt::format(" {} ", word));
                            }),
                "there is no such directive");
  return directive.find('#') == directive.npos;
}

inline void CheckKtap(const std::string& report, const Record& record) {
  std::string_view rest = report;
  SHMSPEC_CHECK(TakeLine(rest) == "KTAP version 1" && TakeLine(rest) == "1..1", "a head");
  SHMSPEC_CHECK(TakeLine(rest) == "  KTAP version 1", "a head of the subtests");
  SHMSPEC_CHECK(TakeLine(rest).starts_with("  # Subtest: "), "their name");
  SHMSPEC_CHECK(TakeLine(rest) == fmt::format("  1..{}", record.tests.size()), "their plan");
  std::size_t number = 0;
  while (number < record.tests.size()) {
    const std::string_view line = TakeLine(rest);
    if (line.starts_with("  # ")) continue;
    SHMSPEC_CHECK(line.starts_with("  ") && IsResult(line.substr(2), ++number), "a result");
  }
  std::string_view line = TakeLine(rest);
  if (line.starts_with("Bail out! ")) line = TakeLine(rest);
  SHMSPEC_CHECK(IsResult(line, 1) && rest.empty(), "the result of all");
}

inline void CheckLava(const std::string& report, const Record& record) {
  std::string_view rest = report;
  std::size_t cases = 0;
  while (!rest.empty()) {
    const std::string_view line = TakeLine(rest);
    SHMSPEC_CHECK(line.starts_with("<LAVA_SIGNAL_TEST") && line.find('>') == line.size() - 1 &&
                      line.rfind('<') == 0,
                  "each line is a signal");
    cases += line.starts_with("<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=") ? 1 : 0;
  }
  SHMSPEC_CHECK(cases == CasesOf(record), "a signal for each case");
}

/// Blocks end, and outside of them nothing is markup of HTML.
inline void CheckMarkdown(const std::string& report, const Record&) {
  std::string_view rest = report;
  std::string_view fence;
  while (!rest.empty()) {
    const std::string_view line = TakeLine(rest);
    if (!fence.empty()) {
      if (line == fence) fence = {};
      continue;
    }
    if (line.starts_with("```")) fence = line;
    SHMSPEC_CHECK(line.find('<') == line.npos, "< stands outside of a block");
  }
  SHMSPEC_CHECK(fence.empty(), "a block never ends");
}

/// Aborts where the report of one record breaks a law of its form. A form that is not known here is
/// a mistake as well.
inline void CheckForm(std::string_view form, const std::string& report, const Record& record) {
  struct Law {
    std::string_view form;
    void (*check)(const std::string&, const Record&);
    bool is_json = false;
  };
  static constexpr std::array<Law, 7> kLaws{{{"html", CheckHtml},
                                             {"junit", CheckJunit},
                                             {"ctrf", CheckCtrf, true},
                                             {"kcidb", CheckKcidb, true},
                                             {"ktap", CheckKtap},
                                             {"lava", CheckLava},
                                             {"markdown", CheckMarkdown}}};
  const auto law =
      std::find_if(kLaws.begin(), kLaws.end(), [&](const Law& one) { return one.form == form; });
  SHMSPEC_CHECK(law != kLaws.end(), "this form has no law; write one");
  law->check(report, record);
  // JSON spells them out for programs; everything else is for people too.
  SHMSPEC_CHECK(law->is_json || report == Printable(report),
                "nothing controls the reader's screen");
}

}  // namespace shmspec::reports

#endif  // SHMSPEC_FUZZ_FORM_LAWS_H_
