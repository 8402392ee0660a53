// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/command/command.h"
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

}  // namespace

int ListCommand(const ListCommandOptions& options) {
  const Result<Selection> selection = Select(AllCases(), {.filters = options.filters});
  if (!selection.ok()) return Complain(kExitUsage, selection.error().message);
  if (selection->cases.empty()) {
    return Complain(kExitNothingSelected, "the filter selects no case; shmspec list shows all");
  }
  if (options.format == Format::kJson) {
    PrintJson(selection->cases);
    return kExitAsExpected;
  }
  for (const Case* one : selection->cases) fmt::print("{}\n", one->id);
  return kExitAsExpected;
}

}  // namespace shmspec
