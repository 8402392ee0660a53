// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/command/init.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace shmspec {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> Arguments(std::vector<std::string> passed,
                                   const std::string& command_line) {
  std::istringstream words(command_line);
  return ArgumentsOfInit(std::move(passed), words);
}

TEST(ArgumentsOfInit, GoOnWhereTheKernelCutThemOff) {
  EXPECT_THAT(Arguments({"run", "--quick"},
                        "console=ttyS0 rdinit=/init -- run --quick -- -ordering --power-off\n"),
              ElementsAre("run", "--quick", "--", "-ordering", "--power-off"));
  EXPECT_THAT(Arguments({}, "quiet -- list\n"), ElementsAre("list"));
}

TEST(ArgumentsOfInit, AreOtherwiseWhatWasPassed) {
  EXPECT_THAT(Arguments({"list"}, "quiet\n"), ElementsAre("list"));
  EXPECT_THAT(Arguments({"list"}, "quiet -- run --power-off\n"), ElementsAre("list"));
  EXPECT_THAT(Arguments({"run", "a b"}, "quiet -- run \"a b\"\n"), ElementsAre("run", "a b"));
  EXPECT_THAT(Arguments({"run", "sysv"}, "-- run sysv\n"), ElementsAre("run", "sysv"));
  EXPECT_THAT(Arguments({}, ""), IsEmpty());
}

}  // namespace
}  // namespace shmspec
