// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// KCIDB 5.3, as KernelCI collects results. A record does not name the source of the kernel, so
// checkout and build stand for the system as the run found it. This program sends nothing.

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <nlohmann/json.hpp>

#include "reports/form/report.h"
#include "reports/text/plain_text.h"

namespace shmspec::reports {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kOrigin = "shmspec";
constexpr std::size_t kMaxExcerpt = 16384;

/// Parts of a path are letters, digits, `_` and `-`, with single dots between them.
std::string Path(std::string_view id) {
  std::string path = "shmspec.";
  for (const char c : id) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
    const bool dot = c == '.' && path.back() != '.';
    path += plain || dot ? c : '_';
  }
  if (path.back() == '.') path.back() = '_';
  return path;
}

/// Whether a text is a public web address.
bool IsUri(std::string_view text) {
  const bool web = text.starts_with("https://") || text.starts_with("http://");
  return web && std::all_of(text.begin(), text.end(), [](char c) {
           return c > ' ' && c < 0x7f &&
                  std::string_view("<>\"{}|\\^`").find(c) == std::string_view::npos;
         });
}

/// Names of architectures are small letters, digits and `_`; one that is not is left out.
bool IsArchitecture(std::string_view machine) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789_";
  return !machine.empty() && machine.find_first_not_of(kLetters) == machine.npos;
}

std::string StatusOf(const Test& test) {
  switch (test.status) {
    case Status::kPass:
      return "PASS";
    case Status::kFail:
      return "FAIL";
    case Status::kUnresolved: {
      const Attempt* attempt = test.deciding();
      const bool started =
          attempt != nullptr && (attempt->rounds > 0 || test.cause != Cause::kSetup);
      return started ? "ERROR" : "MISS";
    }
    case Status::kUnsupported:
    case Status::kUntested:
      return "SKIP";
    case Status::kObserved:
      break;
  }
  return "DONE";
}

Json CaseOf(const Record& record, const Test& test, std::size_t number, const std::string& build) {
  Json one{{"id", fmt::format("{}:{}-{}", kOrigin, Path(record.run.id).substr(8), number)},
           {"origin", kOrigin},
           {"build_id", build},
           {"path", Path(test.id)},
           {"status", StatusOf(test)},
           {"start_time", Printable(record.run.started)},
           {"duration", test.duration_s()}};
  if (!test.reason.empty()) one["comment"] = OneLine(test.reason);
  const Attempt* attempt = test.deciding();
  if (attempt != nullptr && !attempt->excerpt.empty()) {
    one["log_excerpt"] = ValidUtf8(Printable(attempt->excerpt).substr(0, kMaxExcerpt));
  }
  Json& misc = one["misc"];
  misc["status"] = NameOf(test.status);
  for (const auto& [requirement, status] : test.requirements) {
    misc["requirements"][Printable(requirement)] = NameOf(status);
  }
  for (const std::string& observed : test.observed) {
    misc["observed"].push_back(Printable(observed));
  }
  if (!test.command.empty()) misc["again"] = Printable(test.command);
  return one;
}

/// Which layer a waiver blames; nothing where its author did not say.
Json CulpritOf(const Waiver& waiver) {
  if (waiver.kind == WaiverClass::kImplementationBug) return {{"code", true}};
  if (waiver.kind == WaiverClass::kSuiteBug) return {{"tool", true}};
  if (waiver.kind == WaiverClass::kEnvironment) return {{"harness", true}};
  return Json();  // an ambiguous specification is not the fault of any of these
}

/// KernelCI calls the subject of a waiver a known failure. The identifier names the run, since
/// waivers of other files may have the same name.
Json IssueOf(const Waiver& waiver, const std::string& id) {
  Json issue{{"id", id},
             {"version", 1},
             {"origin", kOrigin},
             {"report_subject", OneLine(waiver.reason)},
             {"comment", OneLine(waiver.id + ": " + waiver.reason)}};
  if (IsUri(waiver.url)) issue["report_url"] = waiver.url;
  if (Json culprit = CulpritOf(waiver); !culprit.is_null()) issue["culprit"] = std::move(culprit);
  issue["misc"] = {{"waiver", Printable(waiver.id)},
                   {"owner", Printable(waiver.owner)},
                   {"granted", Printable(waiver.granted)},
                   {"expires", Printable(waiver.expires)},
                   {"strict", waiver.strict},
                   {"state", NameOf(waiver.state)}};
  return issue;
}

/// Notes that a case met its waiver, or passed in spite of it.
Json IncidentOf(const Test& test, const std::string& test_id, const std::string& build,
                const std::string& issue) {
  Json incident{{"id", test_id + "-waiver"},
                {"origin", kOrigin},
                {"issue_id", issue},
                {"issue_version", 1},
                {"build_id", build},
                {"test_id", test_id},
                {"present", test.judgement == Judgement::kWaived}};
  if (!test.why.empty()) incident["comment"] = OneLine(test.why);
  return incident;
}

/// Issues and incidents of a record, added to those of others.
void AddWaivers(const Record& record, const std::string& run, Json& issues, Json& incidents) {
  std::map<std::string_view, std::string> ids;
  for (const Waiver& waiver : record.waivers) {
    const std::string id = fmt::format("{}-waiver-{}", run, ids.size() + 1);
    if (!ids.emplace(waiver.id, id).second) continue;
    issues.push_back(IssueOf(waiver, id));
  }
  for (std::size_t i = 0; i < record.tests.size(); ++i) {
    const Test& test = record.tests[i];
    const bool judged = test.judgement == Judgement::kWaived || test.judgement == Judgement::kStale;
    const auto issue = ids.find(test.waiver);
    if (!judged || issue == ids.end()) continue;
    incidents.push_back(IncidentOf(test, fmt::format("{}-{}", run, i + 1), run, issue->second));
  }
}

std::string RenderKcidb(std::span<const Record> records) {
  Json checkouts = Json::array();
  Json builds = Json::array();
  Json tests = Json::array();
  Json issues = Json::array();
  Json incidents = Json::array();
  const std::vector<std::string> labels = LabelsOf(records);
  for (std::size_t i = 0; i < records.size(); ++i) {
    const Record& record = records[i];
    const std::string id = fmt::format("{}:{}", kOrigin, Path(record.run.id).substr(8));
    checkouts.push_back({{"id", id}, {"origin", kOrigin}, {"comment", OneLine(labels[i])}});
    Json misc{{"subject", Printable(labels[i])},
              {"fingerprint", Printable(record.fingerprint)},
              {"suite", Printable(record.suite.source_id)},
              {"catalogue_sha256", Printable(record.suite.catalogue_sha256)}};
    if (!record.run.complete) misc["incomplete"] = Printable(record.run.stop_reason);
    builds.push_back({{"id", id}, {"origin", kOrigin}, {"checkout_id", id}, {"misc", misc}});
    if (IsArchitecture(record.subject.machine)) {
      builds.back()["architecture"] = record.subject.machine;
    }
    for (std::size_t j = 0; j < record.tests.size(); ++j) {
      tests.push_back(CaseOf(record, record.tests[j], j + 1, id));
    }
    AddWaivers(record, id, issues, incidents);
  }
  Json document{{"version", {{"major", 5}, {"minor", 3}}},
                {"checkouts", checkouts},
                {"builds", builds},
                {"tests", tests}};
  if (!issues.empty()) document["issues"] = std::move(issues);
  if (!incidents.empty()) document["incidents"] = std::move(incidents);
  return document.dump(1) + "\n";
}

const internal::FormRegistration registration({.name = "kcidb",
                                               .place = 60,
                                               .render = &RenderKcidb});

}  // namespace
}  // namespace shmspec::reports
