// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/launcher/read_launchers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/launcher/command_words.h"

namespace shmspec {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

const std::string kTop = "format = \"shmspec-launchers/1\"\n";
const std::string kLeast =
    "about = \"a\"\ncommand = [\"t\", \"{program}\", \"{arguments}\"]\ndeadline = \"90s\"\n";

/// The complaint about a file, empty when there is none.
std::string Mistake(const std::string& text) {
  const Result<Launchers> read = ReadLaunchers(text, "my.toml");
  return read.ok() ? "" : read.error().message;
}

TEST(Launchers, AreReadInTheirOrder) {
  const Result<Launchers> read = ReadLaunchers(
      kTop + "[launcher.z]\n" + kLeast + "[launcher.a]\n" + kLeast +
          "needs = {t = \"tools\"}\nstop = [\"t\", \"{id}\"]\nrecord = \"console\"\n"
          "prepare = \"bundle\"\nlinkage = \"dynamic\"\nas_root = true\nlacks = \"l\"\n"
          "architecture = \"s390x\"\ncase_timeout = \"2m\"\n",
      "my.toml");
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_THAT(NamesIn(*read), ElementsAre("z", "a"));
  const Launcher& plain = read->front();
  EXPECT_EQ(plain.deadline_ms, 90000);
  EXPECT_EQ(plain.case_timeout_ms, 0);
  EXPECT_EQ(plain.record, RecordWay::kOutput);
  EXPECT_EQ(plain.linkage, Linkage::kStatic);
  EXPECT_EQ(plain.prepare, Provision::kNothing);
  EXPECT_FALSE(plain.as_root || plain.only_printed);
  const Launcher& full = read->back();
  EXPECT_EQ(full.record, RecordWay::kConsole);
  EXPECT_EQ(full.prepare, Provision::kBundle);
  EXPECT_EQ(full.linkage, Linkage::kDynamic);
  EXPECT_EQ(full.needs.at(0).package, "tools");
  EXPECT_THAT(full.stop, ElementsAre("t", "{id}"));
  EXPECT_TRUE(full.as_root);
  EXPECT_EQ(full.lacks, "l");
  EXPECT_EQ(full.architecture, "s390x");
  EXPECT_EQ(full.case_timeout_ms, 120000);
}

TEST(Launchers, WithAMistakeAreRefusedAtItsPlace) {
  const std::string entry = kTop + "[launcher.x]\n" + kLeast;  // 5 lines
  for (const auto& [text, message] : {
           std::pair{std::string("format = 1"), "my.toml:1:10: expected format = \"shmspec-lau"},
           {"[launcher.x]\n" + kLeast, "my.toml:1:1: expected format = \"shmspec-launchers/1\""},
           {kTop + "[launcher.x\n", "my.toml:2:12: "},
           {kTop + "[launchr.x]\n", "my.toml:2:2: there is no key \"launchr\"; did you mean laun"},
           {kTop + "launcher = 1\n", "my.toml:2:12: launcher: expected sections"},
           {kTop + "[launcher]\nx = 1\n", "my.toml:3:5: launcher.x: expected a section"},
           {kTop + "[launcher.x]\nabout = \"a\"\n", "my.toml:2:1: launcher x: deadline is missing"},
           {entry + "comand = [\"x\"]\n",
            "my.toml:6:1: there is no key \"comand\"; did you mean command?; remove it"},
           {entry + "lacks = 1\n", "my.toml:6:9: lacks: expected a text"},
           {entry + "lacks = \"\"\n", "my.toml:6:9: lacks: is empty"},
           {entry + "as_root = \"yes\"\n", "my.toml:6:11: as_root: expected true or false"},
           {entry + "record = \"outputs\"\n",
            "my.toml:6:10: record: expected one of output, file, console, found \"outputs\"; did "
            "you mean output?"},
           {entry + "needs = [\"t\"]\n", "my.toml:6:9: needs: expected tools"},
           {entry + "case_timeout = \"10\"\n", ""},
           {entry + "case_timeout = \"10x\"\n", "my.toml:6:16: case_timeout: "},
           {entry + "stop = \"t\"\n", "my.toml:6:8: stop: expected a list of words"},
           {entry + "stop = []\n", "my.toml:6:8: stop: expected a list of words"},
           {entry + "stop = [\"t\", \"{idd}\"]\n",
            "my.toml:6:14: stop: there is no placeholder {idd}; did you mean id?"},
           {entry + "stop = [\"{root}\"]\n",
            "my.toml:6:9: stop: {root} has no value here; it is there with prepare = \"root\""},
           {kTop + "[launcher.x]\nabout = \"a\"\ndeadline = \"1m\"\ncommand = [\"{program}\"]\n",
            "my.toml:5:11: command: has no {arguments}; add it"},
           {kTop + "[launcher.x]\nabout = \"a\"\ndeadline = \"1m\"\ncommand = [\"{arguments}\"]\n",
            "my.toml:5:11: command: has no {program}; add it"},
       }) {
    EXPECT_THAT(Mistake(text), StartsWith(message)) << text;
    if (*message == '\0') {
      EXPECT_THAT(Mistake(text), IsEmpty()) << text;
    }
    EXPECT_THAT(Mistake(text), Not(HasSubstr("\n")));
  }
}

TEST(Launchers, ThatAreNoTomlAreRefusedInOneLine) {
  EXPECT_THAT(Mistake("a = 1\n[%]\n"), StartsWith("my.toml:2:2: "));
  EXPECT_THAT(Mistake(std::string("[\0]", 3)), StartsWith("my.toml:1:2: "));
  EXPECT_THAT(Mistake("# \xc3\xa9\n\xc3\xa9 = 1\n"), StartsWith("my.toml:2:1: "));
  EXPECT_EQ(Mistake("\"x\\ny\\u001b\" = 1\n"),
            "my.toml:1:1: there is no key \"x\\ny\\x1b\"; remove it");
}

TEST(Launchers, OfAUserReplaceOrFollow) {
  const Launchers both = With({{.name = "a", .about = "old"}, {.name = "b", .about = "old"}},
                              {{.name = "b", .about = "new"}, {.name = "c", .about = "new"}});
  EXPECT_THAT(NamesIn(both), ElementsAre("a", "b", "c"));
  EXPECT_EQ(FindLauncher(both, "a")->about, "old");
  EXPECT_EQ(FindLauncher(both, "b")->about, "new");
  EXPECT_EQ(FindLauncher(both, "d"), nullptr);
}

TEST(Launchers, ThatComeWithTheProgramSayWhatTheyNeed) {
  const Launchers shipped = ShippedLaunchers();
  EXPECT_GE(shipped.size(), 19u);
  for (const Launcher& one : shipped) {
    EXPECT_THAT(one.needs, Not(IsEmpty())) << one.name;
    EXPECT_THAT(one.about, Not(HasSubstr("\n"))) << one.name;
  }
}

}  // namespace
}  // namespace shmspec
