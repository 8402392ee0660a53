// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/launcher/command_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shmspec {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Words, HaveTheValuesOfTheirPlaceholders) {
  const Placeholders values{
      .program = "/p", .arguments = {"run", "a b"}, .id = "x1", .root = "/tmp/r"};
  EXPECT_THAT(Expand({"tool", "--root={root}/sub", "{id}{id}", "{program}", "{arguments}"}, values),
              ElementsAre("tool", "--root=/tmp/r/sub", "x1x1", "/p", "run", "a b"));
  EXPECT_THAT(Expand({"quiet -- {arguments} --power-off"}, values),
              ElementsAre("quiet -- run a b --power-off"));
}

TEST(Words, KeepBracesThatAreNoPlaceholders) {
  const std::string json = R"({"spec": {"x": {}}})";
  EXPECT_THAT(Expand({json, "{unknown}", "{", "{root"}, {}),
              ElementsAre(json, "{unknown}", "{", "{root"));
  EXPECT_THAT(PlaceholdersIn(json), IsEmpty());
  EXPECT_THAT(PlaceholdersIn("{root}/{unknown}{"), ElementsAre("root", "unknown"));
}

TEST(Words, AreQuotedWhereAShellWouldSplitOrReplaceThem) {
  EXPECT_EQ(QuotedForShell({"a", "--b=/c:d", "", "e f", "it's", "$HOME", "*"}),
            R"(a --b=/c:d '' 'e f' 'it'\''s' '$HOME' '*')");
}

}  // namespace
}  // namespace shmspec
