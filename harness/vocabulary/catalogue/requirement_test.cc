// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/catalogue/requirement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace shmspec {
namespace {

using namespace shmspec::literals;  // NOLINT: as users write it
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
namespace fs = std::filesystem;

/// Apart, since the project's own check reads this file as well.
const std::string kEnd = "\"_req";

TEST(Requirement, IsFoundByItsIdAndByNoOther) {
  for (const Requirement requirement : AllRequirements()) {
    EXPECT_EQ(FindRequirement(requirement.id()), requirement);
    EXPECT_EQ(Requirement::Named(requirement.id()), requirement);
    EXPECT_FALSE(FindRequirement(std::string(requirement.id()) + "X"));
  }
  EXPECT_FALSE(FindRequirement(""));
  EXPECT_FALSE(FindRequirement("SYSV.NO.SUCH"));
  EXPECT_EQ("SEED.SHMID_UNIQUE"_req.id(), "SEED.SHMID_UNIQUE");
}

TEST(Requirement, IsOrderedByItsId) {
  const std::vector<std::string> ids = RequirementIds();
  ASSERT_EQ(ids.size(), RequirementCount());
  EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    EXPECT_EQ(AllRequirements()[i].id(), ids[i]);
    EXPECT_EQ(AllRequirements()[i].index(), i);
  }
}

TEST(RequirementDeathTest, ThatTheCatalogueLacksAbortsWhereItIsLookedUp) {
  EXPECT_DEATH(static_cast<void>(Requirement::Named("SYSV.NO.SUCH").id()),
               "has no requirement of this id");
  EXPECT_DEATH(static_cast<void>(Requirement().index()), "has no requirement of this id");
}

TEST(RequirementSet, ListsItsMembersInTheOrderOfTheirIds) {
  RequirementSet set;
  EXPECT_THAT(set.List(), IsEmpty());
  const Requirement last = AllRequirements().back();
  const Requirement first = AllRequirements().front();
  set.Add(last);
  set.Add(first);
  set.Add(last);
  EXPECT_TRUE(set.Contains(first));
  EXPECT_FALSE(set.Contains(AllRequirements()[1]));
  EXPECT_THAT(set.List(), ElementsAre(first, last));
}

/// A folder of sources for the program that checks them.
class RequirementUses : public ::testing::Test {
 protected:
  RequirementUses() {
    std::string pattern = (fs::temp_directory_path() / "uses.XXXXXX").string();
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  ~RequirementUses() override { fs::remove_all(folder_); }

  void Write(const std::string& path, const std::string& text) const {
    fs::create_directories((folder_ / path).parent_path());
    std::ofstream(folder_ / path) << text;
  }

  /// The exit code of the check; message_ is what it printed.
  int Check(const std::string& folders) {
    const std::string command = std::string(SHMSPEC_REQUIREMENT_USES) + " " + folders + " 2>&1";
    std::FILE* pipe = ::popen(command.c_str(), "r");
    message_.clear();
    std::array<char, 512> part{};
    while (std::fgets(part.data(), part.size(), pipe) != nullptr) message_ += part.data();
    const int status = ::pclose(pipe);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  fs::path folder_;
  std::string message_;
};

TEST_F(RequirementUses, OfTheProjectAreAllInTheCatalogue) {
  EXPECT_EQ(Check(SHMSPEC_SOURCE_FOLDER), 0) << message_;
}

TEST_F(RequirementUses, ThatTheCatalogueLacksAreShownByLineAndColumn) {
  Write("deep/down/a.cc", "// nothing\nx = \"SEED.SHMID_UNIQUE" + kEnd);
  Write("build/b.cc", "\"SYSV.BUILT" + kEnd);
  EXPECT_EQ(Check(folder_), 0) << message_;
  Write("deep/c.h", "\n  f(\"SEED.SHMID_UNIQUE" + kEnd + ", \"SEED.SHMID_UNIQUEST" + kEnd);
  EXPECT_EQ(Check(folder_), 4);
  EXPECT_EQ(message_, (folder_ / "deep/c.h").string() +
                          ":2:30: expected a requirement of suites/requirements.yaml; add "
                          "\"SEED.SHMID_UNIQUEST\"; did you mean SEED.SHMID_UNIQUE?\n");
}

TEST_F(RequirementUses, AreNotTakenForCheckedWhereThereAreNoSources) {
  EXPECT_EQ(Check(folder_), 4);
  EXPECT_THAT(message_, HasSubstr("expected folders of sources"));
  EXPECT_EQ(Check(folder_ / "absent"), 4);
  EXPECT_THAT(message_, HasSubstr("expected a folder of sources; check the path"));
}

}  // namespace
}  // namespace shmspec
