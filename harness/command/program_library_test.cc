// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// A wrapper library as the subject of a run.

#include <fmt/format.h>
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

bool LibraryIsMissing(const Finished& run) {
  return (run.out + run.err).find(kMissing) != std::string::npos;
}

/// By name, the cases of a run of all of them.
std::map<std::string, Json> CasesThrough(const std::string& target, Json& subject) {
  const TemporaryFolder folder;
  const std::string file = folder / "record.json";
  const Finished run = RunProgram({"run", "--target", target, "--output", file});
  if (LibraryIsMissing(run)) return {};
  const Json record = Json::parse(ReadWhole(file));
  subject = record.at("subject");
  if (subject.at("library").at("name") != "glibc") {
    EXPECT_THAT(run.out, HasSubstr(fmt::format("through boost (Boost.Interprocess {})",
                                               subject["library"]["version"].get<std::string>())));
  }
  std::map<std::string, Json> cases;
  for (const Json& one : record.at("tests")) cases[one.at("id")] = one;
  return cases;
}

TEST(Library, IsWhatTheRecordSaysWasJudged) {
  Json subject;
  const auto through_boost = CasesThrough("boost", subject);
  if (through_boost.empty()) GTEST_SKIP() << kMissing;
  const Json& library = subject.at("library");
  EXPECT_EQ(library.at("name"), "Boost.Interprocess");
  EXPECT_THAT(library.at("version").get<std::string>(), StartsWith("1."));
  EXPECT_NE(library.at("build_id"), "");  // of the program, which it is linked into
}

TEST(Library, CasesComeToTheSameButForWhatTheLibraryCannotSay) {
  Json subject;
  const auto through_boost = CasesThrough("boost", subject);
  if (through_boost.empty()) GTEST_SKIP() << kMissing;
  std::size_t same = 0;
  std::size_t unresolved = 0;
  for (const auto& [id, test] : CasesThrough("libc", subject)) {
    const Json& other = through_boost.at(id);
    // One failed experiment proves nothing; several are no accident.
    if (test.at("status") == "UNRESOLVED" || other.at("status") == "UNRESOLVED") {
      EXPECT_LE(++unresolved, 2u) << id << ": " << other.value("reason", "");
      continue;
    }
    if (test.at("status") == other.at("status")) {
      ++same;
    } else {
      // A call that it cannot express is reported, never approximated.
      EXPECT_EQ(other.at("status"), "UNSUPPORTED") << id << ": " << other.value("reason", "");
      EXPECT_THAT(other.value("reason", ""), StartsWith("Boost.Interprocess ")) << id;
    }
  }
  EXPECT_GT(same, through_boost.size() / 2);
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
