// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Every rule of layout.h twice: on made-up files, one of which breaks it, and on this project.

#include "harness/style/layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace shmspec::style {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

/// A file of one line that includes `path`.
SourceFile Including(const std::string& file, const std::string& path) {
  return {file, "#include " + path + "\n"};
}

struct Sight {
  std::string from;
  std::string to;
};

TEST(RoomOrder, ForbidsWhatMayNotBeSeen) {
  for (const auto& [from, to] : {Sight{"harness/vocabulary/plan/a.h", "harness/model/state/b.h"},
                                 Sight{"harness/model/state/a.cc", "harness/oracle/b.h"},
                                 Sight{"harness/model/state/a.cc", "harness/target/b.h"},
                                 Sight{"harness/oracle/a.cc", "harness/target/b.h"},
                                 Sight{"harness/target/a.cc", "harness/model/state/b.h"},
                                 Sight{"harness/target/a.cc", "harness/target/simulated/b.h"},
                                 Sight{"harness/target/simulated/a.cc", "harness/oracle/b.h"},
                                 Sight{"harness/actor/a.cc", "harness/model/state/b.h"},
                                 Sight{"harness/sandbox/a.cc", "harness/runner/b.h"},
                                 Sight{"harness/sandbox/a.cc", "harness/residue/b.h"},
                                 Sight{"harness/residue/a.cc", "harness/actor/b.h"},
                                 Sight{"harness/runner/a.cc", "suites/b.h"},
                                 Sight{"harness/runner/a.cc", "reports/record/b.h"},
                                 Sight{"reports/record/a.cc", "harness/runner/b.h"},
                                 Sight{"harness/stage/a.h", "harness/host/b.h"},
                                 Sight{"harness/target/call/a.h", "harness/target/perform/b.h"},
                                 Sight{"harness/target/entry/a.cc", "harness/target/perform/b.h"},
                                 Sight{"reports/text/a.cc", "reports/record/b.h"},
                                 Sight{"suites/sysv/a.cc", "harness/command/b.h"},
                                 Sight{"fuzz/a.cc", "property/b.h"}}) {
    EXPECT_THAT(CheckRoomOrder({Including(from, '"' + to + '"')}),
                ElementsAre(StartsWith(from + ":1: ")))
        << to;
  }
}

TEST(RoomOrder, AllowsWhatLiesBelow) {
  for (const auto& [from, to] :
       {Sight{"harness/model/state/a.h", "harness/vocabulary/plan/b.h"},
        Sight{"harness/model/state/a.h", "harness/model/state/b.h"},
        Sight{"harness/oracle/a.h", "harness/model/state/b.h"},
        Sight{"harness/actor/a.h", "harness/target/b.h"},
        Sight{"harness/target/faulty/a.h", "harness/target/simulated/b.h"},
        Sight{"harness/actor/a.cc", "harness/residue/b.h"},
        Sight{"harness/sandbox/a_test.cc", "harness/residue/b.h"},
        Sight{"harness/runner/a.h", "harness/oracle/b.h"},
        Sight{"suites/sysv/a.cc", "harness/runner/b.h"},
        Sight{"reports/record/a.cc", "harness/vocabulary/plan/b.h"},
        Sight{"harness/target/perform/a.cc", "harness/target/call/b.h"},
        Sight{"reports/html/a.cc", "reports/form/b.h"},
        Sight{"harness/command/a.cc", "reports/form/b.h"}, Sight{"fuzz/a.cc", "reports/record/b.h"},
        Sight{"harness/vocabulary/plan/a.h", "shmspec/catalogue.inc"}}) {
    EXPECT_THAT(CheckRoomOrder({Including(from, '"' + to + '"')}), IsEmpty()) << from << to;
  }
}

TEST(RoomOrder, DemandsPathsFromTheRoot) {
  EXPECT_THAT(CheckRoomOrder({Including("harness/model/state/a.cc", "\"b.h\"")}),
              ElementsAre(HasSubstr("no path from the root; write it in full, or in <>")));
}

TEST(Libraries, StayWhereTheyBelong) {
  for (const char* header :
       {"<gtest/gtest.h>", "<gmock/gmock.h>", "<rapidcheck.h>", "<rapidcheck/gtest.h>",
        "<benchmark/benchmark.h>", "<fuzzer/FuzzedDataProvider.h>", "<yaml-cpp/yaml.h>",
        "<CLI/CLI.hpp>"}) {
    EXPECT_THAT(CheckLibraries({Including("harness/runner/a.cc", header)}),
                ElementsAre(StartsWith("harness/runner/a.cc:1: ")))
        << header;
  }
  EXPECT_THAT(CheckLibraries({{"suites/a.cc", "int x;\nint LLVMFuzzerTestOneInput(\n"}}),
              ElementsAre(StartsWith("suites/a.cc:2: ")));
  EXPECT_THAT(CheckLibraries({Including("suites/sysv/a.cc", "<gtest/gtest.h>"),
                              Including("harness/model/state/a_test.cc", "<rapidcheck.h>"),
                              Including("property/a.cc", "<rapidcheck.h>"),
                              Including("harness/command/command_line.cc", "<CLI/CLI.hpp>"),
                              {"fuzz/a.cc", "extern \"C\" int LLVMFuzzerTestOneInput("}}),
              IsEmpty());
}

TEST(Length, EndsAt400Lines) {
  const std::string full(400, '\n');
  EXPECT_THAT(CheckLength({{"harness/model/state/a.cc", full}, {"suites/a.yaml", full + full}}),
              IsEmpty());
  EXPECT_THAT(CheckLength({{"harness/model/state/a.cc", full + "\n"}}),
              ElementsAre(HasSubstr("401 lines")));
}

TEST(Readmes, ArePartOfEveryFolderWithCode) {
  EXPECT_THAT(CheckReadmes({{"suites/README.md", ""}, {"suites/sysv/a.cc", ""}}),
              ElementsAre(StartsWith("suites/sysv:1: ")));
  EXPECT_THAT(CheckReadmes({{"fuzz/README.md", ""}, {"fuzz/a.cc", ""}, {"fuzz/seeds/1", ""}}),
              IsEmpty());
}

TEST(NamedPaths, Exist) {
  const Tree tree = {{"harness/model/a.h", ""}, {"harness/model/b_test.cc", ""}, {"fuzz/c.py", ""}};
  for (const char* line : {"`b.h`", "`modal/`", "harness/model/, harness/modal/",
                           "see harness/model/b.cc.", "`../modal.py`", "[model](b.h)",
                           "[model](../modal/README.md#laws)", "    python3 fuzz/b.py build/fuzz/x",
                           "| File | What |\n| `a`, `b` | c |", "- `b`: c", "`*_text.cc`"}) {
    Tree broken = tree;
    broken.push_back({"harness/model/README.md", std::string(line) + "\n"});
    EXPECT_THAT(CheckNamedPaths(broken), ElementsAre(HasSubstr(": there is no "))) << line;
  }
  for (const char* line :
       {"`a.h`", "`model/`", "`harness/model/a.h`", "[model](a.h)", "[root](../../fuzz#laws)",
        "[web](https://a.b/c.h)", "`SUBJECT_tables.cc`", "| File | What |\n| `a`, `b_test` | `c` |",
        "- `a`: c", "`*_test.cc`", "`build/a.h`, `/etc/b.h`, `.cc`", "New file `fuzz/new.py`:"}) {
    Tree whole = tree;
    whole.push_back({"harness/model/README.md", std::string(line) + "\n"});
    EXPECT_THAT(CheckNamedPaths(whole), IsEmpty()) << line;
  }
}

TEST(NamedPaths, ExistInComments) {
  EXPECT_THAT(CheckNamedPaths({{"harness/a.h", "// see harness/b.h\n"}}),
              ElementsAre(StartsWith("harness/a.h:1: there is no harness/b.h;")));
  EXPECT_THAT(CheckNamedPaths({{"fuzz/a.py", "# harness/b.h has it\n"}}),
              ElementsAre(StartsWith("fuzz/a.py:1: there is no harness/b.h;")));
  EXPECT_THAT(CheckNamedPaths({{"harness/a.h", "// see harness/a.h\nOpen(\"harness/b.h\");\n"}}),
              IsEmpty());
}

// REUSE-IgnoreStart
TEST(Licence, OfWhatAuthorsOfAdaptersCopyAsksForNothing) {
  const auto licence = [](const char* words) {
    return std::string("// SPDX-License-") + "Identifier: " + words + "\n";
  };
  EXPECT_THAT(CheckLicence({{"harness/target/wrapper/templates/a.h", licence("MIT-0")}}),
              IsEmpty());
  EXPECT_THAT(CheckLicence({{"harness/a.h", licence("MIT-0")}}), ::testing::Not(IsEmpty()));
}

TEST(Licence, OpensEveryFile) {
  EXPECT_THAT(CheckLicence({{"harness/a.h", "#pragma once\n"}}),
              ElementsAre(StartsWith("harness/a.h:1: ")));
  EXPECT_THAT(CheckLicence({{"harness/a.h", "// SPDX-License-Identifier: GPL-2.0-only\n"}}),
              ElementsAre(StartsWith("harness/a.h:1: ")));
  EXPECT_THAT(CheckLicence({{"fuzz/README.md", "# fuzz\n"}}),
              ElementsAre(StartsWith("fuzz/README.md:1: ")));
  EXPECT_THAT(CheckLicence({{"harness/start", "#!/bin/sh\nset -e\n"}}),
              ElementsAre(StartsWith("harness/start:2: ")));
  EXPECT_THAT(CheckLicence(
                  {{"harness/a.h", "// SPDX-License-Identifier: Apache-2.0 OR MIT\n"},
                   {"fuzz/README.md", "<!-- SPDX-License-Identifier: Apache-2.0 OR MIT -->\n"},
                   {"harness/start", "#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0 OR MIT\n"}}),
              IsEmpty());
}
// REUSE-IgnoreEnd

TEST(Guards, NameTheirPath) {
  EXPECT_THAT(CheckGuards({{"harness/a/b_c.h", "#ifndef B_C_H\n#define B_C_H\n"}}),
              ElementsAre(HasSubstr("SHMSPEC_HARNESS_A_B_C_H_")));
  EXPECT_THAT(CheckGuards({{"suites/a.h",
                            "//\n#ifndef SHMSPEC_SUITES_A_H_\n"
                            "#define SHMSPEC_SUITES_A_H_\n"}}),
              IsEmpty());
}

TEST(Suites, NeitherSleepNorAskForThePlatform) {
  for (const char* line :
       {"sleep(1);", "::usleep(5);", "nanosleep (&t, nullptr);", "std::this_thread::sleep_for(1s);",
        "clock_nanosleep(a, b, c, d);", "#ifdef __linux__", "#if defined(__x86_64__)", "# elif X",
        "#ifndef __GLIBC__"}) {
    EXPECT_THAT(CheckSuites({{"suites/sysv/a.cc", std::string(line) + "\n"}}),
                ElementsAre(StartsWith("suites/sysv/a.cc:1: ")))
        << line;
    EXPECT_THAT(CheckSuites({{"harness/actor/a.cc", std::string(line) + "\n"}}), IsEmpty());
  }
  EXPECT_THAT(CheckSuites({{"suites/a.h", "#ifndef SHMSPEC_SUITES_A_H_\n#endif\nasleep(1);\n"}}),
              IsEmpty());
}

class Project : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { tree_ = new Tree(ReadTree(SHMSPEC_SOURCE_FOLDER)); }
  static void TearDownTestSuite() { delete tree_; }
  static const Tree* tree_;
};
const Tree* Project::tree_ = nullptr;

TEST_F(Project, IsRead) { EXPECT_GT(tree_->size(), 50u); }
TEST_F(Project, KeepsTheOrderOfItsRooms) { EXPECT_THAT(CheckRoomOrder(*tree_), IsEmpty()); }
TEST_F(Project, KeepsLibrariesWhereTheyBelong) { EXPECT_THAT(CheckLibraries(*tree_), IsEmpty()); }
TEST_F(Project, HasNoLongFiles) { EXPECT_THAT(CheckLength(*tree_), IsEmpty()); }
TEST_F(Project, ExplainsItsFolders) { EXPECT_THAT(CheckReadmes(*tree_), IsEmpty()); }
TEST_F(Project, NamesPathsThatExist) { EXPECT_THAT(CheckNamedPaths(*tree_), IsEmpty()); }
TEST_F(Project, StatesItsLicenceEverywhere) { EXPECT_THAT(CheckLicence(*tree_), IsEmpty()); }
TEST_F(Project, GuardsItsHeaders) { EXPECT_THAT(CheckGuards(*tree_), IsEmpty()); }
TEST_F(Project, HasSuitesThatAreTheSameEverywhere) { EXPECT_THAT(CheckSuites(*tree_), IsEmpty()); }

}  // namespace
}  // namespace shmspec::style
