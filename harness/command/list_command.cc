// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/command/console.h"
#include "harness/command/subcommand.h"
#include "harness/runner/selection.h"

namespace shmspec {
namespace {

void PrintJson(const std::vector<const Case*>& cases) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Case* one : cases) {
    nlohmann::ordered_json requirements = nlohmann::ordered_json::array();
    for (const Requirement requirement : one->requirements) {
      requirements.push_back(requirement.id());
    }
    list.push_back({{"id", one->id}, {"requirements", requirements}, {"chapter", one->chapter()}});
  }
  const nlohmann::ordered_json document{{"format", "shmspec-list/1"}, {"cases", list}};
  fmt::print("{}\n", document.dump(2));
}

/// The path of this program, for a test that starts it.
std::string OwnPath() {
  std::error_code error;
  const std::filesystem::path path = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? "shmspec" : path.string();
}

/// A CTest test for each case: CMake code that serves as a CTestTestfile.cmake, or that one can
/// include.
void PrintForCTest(const std::vector<const Case*>& cases) {
  const std::string program = OwnPath();
  for (const Case* one : cases) {
    fmt::print("add_test([=[{0}]=] [=[{1}]=] exec [=[{0}]=] --exit-style automake)\n", one->id,
               program);
    fmt::print("set_tests_properties([=[{}]=] PROPERTIES SKIP_RETURN_CODE 77 LABELS [=[{}]=])\n",
               one->id, one->chapter());
  }
}

enum class ListFormat { kHuman, kJson, kCTest };

struct ListOptions {
  std::vector<std::string> filters;
  std::optional<std::string> shard;
  Level level = Level::kMay;
  ListFormat format = ListFormat::kHuman;
};

}  // namespace

template <>
struct NamesOf<ListFormat> {
  static constexpr std::array kNames{Named<ListFormat>{"human", ListFormat::kHuman},
                                     Named<ListFormat>{"json", ListFormat::kJson},
                                     Named<ListFormat>{"ctest", ListFormat::kCTest}};
};

namespace {

int List(const ListOptions& options) {
  SelectionOptions selecting{.filters = options.filters};
  selecting.level = options.level;
  if (options.shard) {
    const Result<Shard> shard = ParseShard(*options.shard);
    if (!shard.ok()) return Complain(kExitUsage, shard.error().message);
    selecting.shard = *shard;
  }
  const Result<Selection> selection = Select(AllCases(), selecting);
  if (!selection.ok()) return Complain(kExitUsage, selection.error().message);
  if (selection->cases.empty()) {
    return Complain(kExitNothingSelected, "the filter selects no case; shmspec list shows all");
  }
  switch (options.format) {
    case ListFormat::kJson:
      PrintJson(selection->cases);
      break;
    case ListFormat::kCTest:
      PrintForCTest(selection->cases);
      break;
    case ListFormat::kHuman:
      for (const Case* one : selection->cases) fmt::print("{}\n", one->id);
      break;
  }
  return kExitAsExpected;
}

void Declare(OptionList& options, ListOptions& to) {
  options.Texts("FILTER", to.filters, "As for run");
  options.Text("--shard", to.shard, "As for run: only part i of n, as i/n");
  options.Choice("--level", to.level, "As for run: must, should or may (default)");
  options.Choice("--format", to.format,
                 "What is printed: human (default), json, or ctest: a CTestTestfile.cmake");
}

std::string Footer() {
  return "Example, the cases about two requirements:\n"
         "  shmspec list SYSV.SHMDT.TWICE SYSV.RMID.BUF_IGNORED\n";
}

const internal::SubcommandRegistration registration({.name = "list",
                                                     .about = "List the cases",
                                                     .place = 30,
                                                     .footer = &Footer,
                                                     .start = Performing(&Declare, &List)});

}  // namespace
}  // namespace shmspec
