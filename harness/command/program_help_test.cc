// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The help, of whatever subcommands are registered.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "harness/command/program_child.h"

namespace shmspec {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Arguments = std::vector<std::string>;

/// A subcommand as the help shows it.
struct Shown {
  std::string name;
  std::string about;
};

/// Those below the line `Subcommands:`, in their order.
std::vector<Shown> SubcommandsIn(const std::string& help) {
  std::vector<Shown> subcommands;
  bool within = false;
  for (const std::string& line : LinesOf(help)) {
    if (within && !line.starts_with("  ")) break;
    if (within) {
      const std::size_t end = line.find(' ', 2);
      const std::size_t about = line.find_first_not_of(' ', end);
      subcommands.push_back({line.substr(2, end - 2), line.substr(about)});
    }
    within = within || line == "Subcommands:";
  }
  return subcommands;
}

/// Those of `command`, with its words before their names, and those of each of them.
std::vector<Shown> AllSubcommands(const Arguments& command) {
  Arguments asked = command;
  asked.push_back("--help");
  std::vector<Shown> all;
  for (Shown& one : SubcommandsIn(RunProgram(asked).out)) {
    Arguments words = command;
    words.push_back(one.name);
    for (const Shown& part : AllSubcommands(words)) {
      all.push_back({one.name + " " + part.name, part.about});
    }
    all.push_back(std::move(one));
  }
  return all;
}

/// The words of a name.
Arguments WordsOf(const std::string& name) {
  const std::size_t space = name.find(' ');
  if (space == std::string::npos) return {name};
  return {name.substr(0, space), name.substr(space + 1)};
}

TEST(Help, ShowsEverySubcommandInItsPlace) {
  const std::vector<Shown> shown = SubcommandsIn(RunProgram({"--help"}).out);
  ASSERT_FALSE(shown.empty());
  EXPECT_EQ(shown.front().name, "run");
  EXPECT_EQ(shown.back().name, "doctor");
  const std::vector<Shown> parts = SubcommandsIn(RunProgram({"waivers", "--help"}).out);
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts.front().name, "check");
}

TEST(Help, OfEverySubcommandSaysWhatItIsAndEndsOnItsOwn) {
  const std::vector<Shown> all = AllSubcommands({});
  ASSERT_GT(all.size(), 12u);
  for (const Shown& one : all) {
    SCOPED_TRACE(one.name);
    Arguments words = WordsOf(one.name);
    words.push_back("--help");
    const Finished help = RunProgram(words);
    EXPECT_EQ(help.exit_code, 0) << help;
    EXPECT_THAT(help.out, StartsWith(one.about + "\nUsage: shmspec " + one.name + " ["));
    EXPECT_THAT(help.out, testing::ContainsRegex("\n(Examples?[:,]|Exit codes:)"));
    EXPECT_THAT(help.out, Not(HasSubstr("one topic and everything about one group")))
        << "the end of the help of the whole program";
  }
}

TEST(Help, OfTheProgramHasExamplesOfSubcommandsThatAreThere) {
  const std::string help = RunProgram({"--help"}).out;
  Arguments names;
  for (const Shown& one : SubcommandsIn(help)) names.push_back(one.name);
  std::size_t examples = 0;
  for (const std::string& line : LinesOf(help)) {
    if (!line.starts_with("  shmspec ")) continue;
    const std::size_t end = std::min(line.find(' ', 10), line.size());
    EXPECT_THAT(names, testing::Contains(line.substr(10, end - 10))) << line;
    ++examples;
  }
  EXPECT_GE(examples, 12u);
}

}  // namespace
}  // namespace shmspec
