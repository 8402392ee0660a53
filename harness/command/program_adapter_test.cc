// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The program with adapters that are written for these tests, in the language of /bin/sh.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "harness/command/program_child.h"

namespace shmspec {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr const char* kCase = "wrapper.create.makes_a_segment_that_others_find";
constexpr const char* kHello =
    "read line; echo 'adapter library=\"sh\" version=\"1\" offers=segment,memory'; ";

/// The command line of an adapter that introduces itself and goes on as `rest` says.
std::string Adapter(const std::string& rest) {
  return "/bin/sh -c \"" + [&] {
    std::string escaped;
    for (const char c : kHello + rest) {
      if (c == '"' || c == '\\') escaped += '\\';
      escaped += c;
    }
    return escaped;
  }() + "\"";
}

json RecordOf(const std::string& rest, Finished& run) {
  run = RunProgram(
      {"run", kCase, "--adapter", Adapter(rest), "--timeout", "3s", "--format", "json"}, {});
  return json::parse(run.out, nullptr, false);
}

/// Status and reason of the case with that adapter.
std::pair<std::string, std::string> ResultOf(const std::string& rest) {
  Finished run;
  const json record = RecordOf(rest, run);
  EXPECT_TRUE(record.is_object()) << run;
  if (!record.is_object()) return {};
  const json& test = record["tests"][0];
  return {test["status"], test.value("reason", "")};
}

/// Whatever the adapter does, nothing of it is left.
class RunWithAdapter : public testing::Test {
 protected:
  void TearDown() override { EXPECT_THAT(leftovers_.Remaining(), testing::IsEmpty()); }

 private:
  Leftovers leftovers_;
};

TEST_F(RunWithAdapter, NamesTheLibrary) {
  Finished run;
  const json record = RecordOf("while read n s; do echo \"$n -> 0\"; done", run);
  ASSERT_TRUE(record.is_object()) << run;
  EXPECT_EQ(record["subject"]["library"]["name"], "sh");
  EXPECT_EQ(record["subject"]["target"], "adapter");
  EXPECT_EQ(record["tests"][0]["status"], "FAIL");  // it keeps nothing
}

TEST_F(RunWithAdapter, TakesADeathForAnOutcome) {
  const auto [status, reason] = ResultOf("read line; kill -11 $$");
  EXPECT_EQ(status, "FAIL");
  EXPECT_THAT(reason, HasSubstr("died of SIGSEGV in segment.create"));
}

TEST_F(RunWithAdapter, CannotDecideByWhatIsNoAnswer) {
  const std::pair<const char*, const char*> kBad[] = {
      {"while read line; do :; done", "did not answer segment.create in time"},
      {"read n s; printf '%s -> 0\\n%s -> 0\\n' $n $n; read line", "more than one line"},
      {"read n s; echo \"$n -> well\"; read line", "answers segment.create wrongly"},
      {"read n s; echo \"99 -> 0\"; read line", "answers segment.create wrongly"},
      {"read line; exit 3", "ended with exit code 3 at segment.create"},
      {"read line; while :; do printf xxxxxxxxxxxxxxxx; done", "64 KiB"},
      {"exec >&-; while read line; do :; done", "closed its output"},
      {"trap '' TERM HUP; (setsid sleep 1000 &); while :; do sleep 1000; done", "in time"}};
  for (const auto& [rest, why] : kBad) {
    const auto [status, reason] = ResultOf(rest);
    EXPECT_EQ(status, "UNRESOLVED") << rest;
    EXPECT_THAT(reason, HasSubstr(why)) << rest;
  }
}

TEST_F(RunWithAdapter, LeavesOutWhatIsLacking) {
  const auto [status, reason] =
      ResultOf("while read n s; do echo \"$n -> lacking \\\"no segments\\\"\"; done");
  EXPECT_EQ(status, "UNSUPPORTED");
  EXPECT_THAT(reason, HasSubstr("no segments"));
}

TEST_F(RunWithAdapter, SelectsWhatItCanPerform) {
  const Finished run =
      RunProgram({"run", "--adapter", Adapter("while read n s; do echo \"$n -> lacking\"; done"),
                  "--format", "json"},
                 {});
  const json record = json::parse(run.out, nullptr, false);
  ASSERT_TRUE(record.is_object()) << run;
  for (const json& test : record["tests"]) {
    EXPECT_THAT(test["id"].get<std::string>(), testing::StartsWith("wrapper."));
    EXPECT_EQ(test["status"], "UNSUPPORTED") << test["id"];
  }
}

TEST_F(RunWithAdapter, ComplainsOfBadOptionsInOneLine) {
  const auto complaint = [](std::vector<std::string> words) {
    words.insert(words.begin(), "run");
    const Finished run = RunProgram(words, {});
    EXPECT_EQ(run.exit_code, 4) << run;
    return run.err;
  };
  EXPECT_THAT(complaint({"--adapter", "/nonexistent/adapter"}), HasSubstr("cannot be executed"));
  EXPECT_THAT(complaint({"--adapter", "'unclosed"}), HasSubstr("a quote is not closed"));
  EXPECT_THAT(complaint({"--adapter", ""}), HasSubstr("it names no program"));
  EXPECT_THAT(complaint({"--adapter", "/bin/true"}), HasSubstr("ended with exit code 0"));
  EXPECT_THAT(complaint({"--target", "adapter"}), HasSubstr("--adapter PROGRAM"));
  EXPECT_THAT(complaint({"--adapter-user", "5"}), HasSubstr("go with --adapter PROGRAM"));
  const std::string file = testing::TempDir() + "bad.profile.toml";
  std::ofstream(file) << "[[differs]]\nrule = \"ends_with_creater\"\nsource = \"x\"\n";
  EXPECT_THAT(complaint({"--adapter", Adapter("read line"), "--adapter-profile", file}),
              HasSubstr("bad.profile.toml:2:8: rule: expected one of"));
}

}  // namespace
}  // namespace shmspec
