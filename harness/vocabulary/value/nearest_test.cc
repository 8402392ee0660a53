// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/value/nearest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace shmspec {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Nearest, AreThoseWithFewLettersOtherwise) {
  const std::vector<std::string> names{"sysv.attach", "sysv.detach", "posix.open", "SYSV.SHMAT"};
  EXPECT_THAT(NearestNames("sysv.atach", names), ElementsAre("sysv.attach", "sysv.detach"));
  EXPECT_THAT(NearestNames("OPEN", names), ElementsAre("posix.open"));
  EXPECT_THAT(NearestNames("posx", names), ElementsAre("posix.open"));  // a group is a name
  EXPECT_THAT(NearestNames("something else altogether", names), IsEmpty());
  EXPECT_EQ(DidYouMean("posx.open", names), "; did you mean posix.open?");
}

/// Every step from one word to another, counted without a bound.
std::size_t PlainDistance(const std::string& a, const std::string& b) {
  std::vector<std::vector<std::size_t>> all(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        all[i][j] = i + j;
      } else {
        const std::size_t replace = all[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
        all[i][j] = std::min({replace, all[i - 1][j] + 1, all[i][j - 1] + 1});
      }
    }
  }
  return all[a.size()][b.size()];
}

TEST(Nearest, AreFoundAsByAPlainCount) {
  std::mt19937 engine(1);  // the same words in every run
  const auto word = [&](std::size_t most) {
    std::string text(engine() % (most + 1), 'a');
    for (char& c : text) c = "ab.c"[engine() % 4];
    return text;
  };
  for (int round = 0; round < 20'000; ++round) {
    const std::string name = word(12);
    const std::string candidate = word(14);
    std::size_t distance = PlainDistance(name, candidate);
    for (std::size_t j = 1; j < candidate.size(); ++j) {
      if (candidate[j] == '.') {
        distance = std::min(distance, PlainDistance(name, candidate.substr(0, j)));
      }
    }
    const bool within = name.size() >= 3 && candidate.find(name) != candidate.npos;
    const bool near = within || distance <= std::max<std::size_t>(2, name.size() / 3);
    ASSERT_EQ(!NearestNames(name, {candidate}).empty(), near) << name << ' ' << candidate;
  }
}

}  // namespace
}  // namespace shmspec
