// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// KCIDB 5.3, as KernelCI collects results. Which source the kernel was built from a record does not
// say, so checkout and build stand for the system as the run found it. Sending it is up to others.

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "reports/plain_text.h"
#include "reports/report.h"

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
      const bool started = attempt != nullptr && (attempt->rounds > 0 || test.cause != "setup");
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

}  // namespace

std::string RenderKcidb(std::span<const Record> records) {
  Json checkouts = Json::array();
  Json builds = Json::array();
  Json tests = Json::array();
  const std::vector<std::string> labels = LabelsOf(records);
  for (std::size_t i = 0; i < records.size(); ++i) {
    const Record& record = records[i];
    const std::string id = fmt::format("{}:{}", kOrigin, Path(record.run.id).substr(8));
    checkouts.push_back({{"id", id}, {"origin", kOrigin}, {"comment", OneLine(labels[i])}});
    Json misc{{"subject", Printable(labels[i])},
              {"fingerprint", Printable(record.fingerprint)},
              {"suite", Printable(record.suite.source_id)},
              {"catalogue_sha256", Printable(record.suite.catalogue_sha256)}};
    builds.push_back({{"id", id}, {"origin", kOrigin}, {"checkout_id", id}, {"misc", misc}});
    if (IsArchitecture(record.subject.machine)) {
      builds.back()["architecture"] = record.subject.machine;
    }
    for (std::size_t j = 0; j < record.tests.size(); ++j) {
      tests.push_back(CaseOf(record, record.tests[j], j + 1, id));
    }
  }
  return Json{{"version", {{"major", 5}, {"minor", 3}}},
              {"checkouts", checkouts},
              {"builds", builds},
              {"tests", tests}}
             .dump(1) +
         "\n";
}

}  // namespace shmspec::reports
