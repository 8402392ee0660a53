// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/command/console.h"

#include <gtest/gtest.h>

#include <vector>

namespace shmspec {
namespace {

TEST(Worse, FollowsTheRankOfExitCodesInEitherOrder) {
  const std::vector<int> worst_first{3, 4, 1, 5, 2, 0};
  for (std::size_t i = 0; i < worst_first.size(); ++i) {
    for (std::size_t j = i; j < worst_first.size(); ++j) {
      EXPECT_EQ(Worse(worst_first[i], worst_first[j]), worst_first[i]);
      EXPECT_EQ(Worse(worst_first[j], worst_first[i]), worst_first[i]);
    }
  }
}

}  // namespace
}  // namespace shmspec
