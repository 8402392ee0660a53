// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

#include "harness/target/faulty/fault.h"

namespace shmspec {
namespace {

/// The requirements that the sources of the model name as "..."_req.
std::set<std::string> NamedByTheModel() {
  std::set<std::string> named;
  const std::regex literal("\"([A-Z0-9_.]+)\"_req");
  for (const auto& file : std::filesystem::recursive_directory_iterator(SHMSPEC_MODEL_FOLDER)) {
    const std::string extension = file.path().extension();
    if (extension != ".cc" && extension != ".h") continue;
    std::ifstream stream(file.path());
    const std::string text(std::istreambuf_iterator<char>(stream), {});
    for (std::sregex_iterator at(text.begin(), text.end(), literal), end; at != end; ++at) {
      named.insert((*at)[1]);
    }
  }
  return named;
}

std::set<std::string> WithAFault() {
  std::set<std::string> broken;
  for (const SeededFault& fault : AllFaults()) broken.emplace(fault.requirement.id());
  return broken;
}

TEST(Faults, BreakEveryRequirementOfTheModel) {
  const std::set<std::string> broken = WithAFault();
  const std::set<std::string> named = NamedByTheModel();
  EXPECT_GE(named.size(), 218u) << "the sources of the model were not found";
  for (const std::string& id : named) {
    EXPECT_TRUE(broken.contains(id)) << id << " has no seeded fault";
  }
}

}  // namespace
}  // namespace shmspec
