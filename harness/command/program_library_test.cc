// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// A wrapper library as the subject of a run.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "harness/command/program_child.h"

namespace shmspec {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kMissing = "built without Boost.Interprocess";

bool LibraryIsMissing(const Finished& run) { return run.out.find(kMissing) != std::string::npos; }

/// By status, the cases of a record.
std::map<std::string, std::vector<Json>> ByStatus(const Json& record) {
  std::map<std::string, std::vector<Json>> cases;
  for (const Json& one : record.at("tests")) cases[one.at("status")].push_back(one);
  return cases;
}

TEST(Library, IsWhatTheRecordSaysWasJudged) {
  const TemporaryFolder folder;
  const std::string file = folder / "boost.json";
  const Finished run = RunProgram({"run", "--target", "boost", "--output", file});
  if (LibraryIsMissing(run)) GTEST_SKIP() << kMissing;
  const Json record = Json::parse(ReadWhole(file));
  const Json library = record.at("subject").at("library");
  EXPECT_EQ(library.at("name"), "Boost.Interprocess") << run;
  EXPECT_THAT(library.at("version").get<std::string>(), StartsWith("1."));
  // A part of the program: its build id is the library's.
  EXPECT_NE(library.at("build_id"), "");
  auto cases = ByStatus(record);
  EXPECT_GE(cases["PASS"].size(), 230u);
  // What the library cannot say is told, never approximated.
  for (const Json& one : cases["UNSUPPORTED"]) {
    EXPECT_NE(one.at("reason"), "") << one.at("id");
  }
  // The one thing in which it differs from the calls it is made of.
  for (const Json& one : cases["FAIL"]) {
    EXPECT_THAT(one.at("requirements").dump(),
                HasSubstr(R"({"id":"SYSV.SHMDT.NOT_START_ADDRESS","status":"FAIL"})"))
        << one.at("id");
  }
}

TEST(Library, IsFoundToHideADetachThatFailed) {
  const Finished run =
      RunProgram({"run", "map.unmap.of_a_whole_attach_detaches", "--target", "boost"});
  if (LibraryIsMissing(run)) GTEST_SKIP() << kMissing;
  EXPECT_EQ(run.exit_code, 1) << run;
  EXPECT_THAT(run.out, HasSubstr("sysv.detach at=a0 gave 0"));
  EXPECT_THAT(run.out, HasSubstr("SYSV.SHMDT.NOT_START_ADDRESS"));
}

TEST(Library, IsNeverAskedForWhatItHasNoWordsFor) {
  const Finished run = RunProgram({"run", "sysv.key.lookup_accepts_size_zero",
                                   "sysv.remove.does_not_look_at_the_buffer", "--target", "boost"});
  if (LibraryIsMissing(run)) GTEST_SKIP() << kMissing;
  EXPECT_EQ(run.exit_code, 2) << run;
  EXPECT_THAT(run.out, HasSubstr("opens by key without a size and with mode 0644 only"));
  EXPECT_THAT(run.out, HasSubstr("removes without a buffer"));
}

}  // namespace
}  // namespace shmspec
