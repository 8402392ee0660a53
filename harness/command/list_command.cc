// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/command/command_line.h"
#include "harness/command/console.h"
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
  std::string level = "may";
  ListFormat format = ListFormat::kHuman;
};

int List(const ListOptions& options) {
  SelectionOptions selecting{.filters = options.filters};
  selecting.level = *FromName<Level>(options.level);
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

}  // namespace

void AddList(CLI::App& program, int& exit_code) {
  const auto options = std::make_shared<ListOptions>();
  CLI::App* app = program.add_subcommand("list", "List the cases");
  app->add_option("FILTER", options->filters, "As for run");
  app->add_option("--shard", options->shard, "As for run: only part i of n, as i/n");
  app->add_option("--level", options->level, "As for run: must, should or may (default)")
      ->check(CLI::IsMember({"must", "should", "may"}));
  const std::map<std::string, ListFormat> formats{
      {"human", ListFormat::kHuman}, {"json", ListFormat::kJson}, {"ctest", ListFormat::kCTest}};
  app->add_option_function<std::string>(
         "--format",
         [options, formats](const std::string& name) { options->format = formats.at(name); },
         "What is printed: human (default), json, or ctest: a CTestTestfile.cmake")
      ->check(CLI::IsMember({"human", "json", "ctest"}));
  app->footer(
      "Example, the cases about two requirements:\n"
      "  shmspec list SYSV.SHMDT.TWICE SYSV.RMID.BUF_IGNORED\n");
  app->callback([options, &exit_code] { exit_code = List(*options); });
}

}  // namespace shmspec
