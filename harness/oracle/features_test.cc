// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What a trace showed: what differs has a number of its own, what is alike has the same.

#include "harness/oracle/features.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "harness/oracle/seen_trace.h"

namespace shmspec {
namespace {

std::set<std::uint32_t> FeaturesOf(const std::string& steps) {
  const Trace trace = SeenTrace(steps);
  std::set<std::uint32_t> features;
  ForEachFeature(trace, Judge(trace, *model::FindProfile("linux")),
                 [&](std::uint32_t one) { features.insert(one); });
  return features;
}

/// How many features the one has that the other has not.
std::size_t NewIn(const std::string& one, const std::string& other) {
  std::size_t count = 0;
  const std::set<std::uint32_t> known = FeaturesOf(other);
  for (const std::uint32_t feature : FeaturesOf(one)) count += known.count(feature) == 0 ? 1 : 0;
  return count;
}

const std::string kGet = "a: s0 = sysv.get key=private size=4096 flags=create|0666 => 7\n";
const std::string kRemove = "a: sysv.remove segment=s0 => 0\n";

TEST(Features, AreThoseOfWhatHappenedOnly) {
  EXPECT_TRUE(FeaturesOf("").empty());
  EXPECT_EQ(NewIn(kGet + kRemove, kGet + kRemove), 0u);
  EXPECT_EQ(NewIn(kGet, kGet + kRemove), 0u);
  EXPECT_GT(NewIn(kGet + kRemove, kGet), 0u);
}

/// Neither is allowed, so that neither shows a requirement to hold.
TEST(Features, TellAnotherEndOfTheSameOperation) {
  EXPECT_EQ(NewIn("a: sysv.detach at=4096 => EPERM\n", "a: sysv.detach at=4096 => EACCES\n"), 1u);
}

/// Nothing else differs: an attach of the one segment in place of the other is not refused by it.
TEST(Features, TellWhatCameBeforeOnTheSameHandle) {
  const std::string two = kGet + "a: s1 = sysv.get key=private size=4096 flags=create|0666 => 8\n";
  const std::string remove_other = two + "a: sysv.remove segment=s1 => 0\n";
  EXPECT_EQ(NewIn(remove_other + "b: sysv.set segment=s0 buffer=null => EFAULT\n",
                  two + "b: sysv.set segment=s0 buffer=null => EFAULT\n" +
                      "a: sysv.remove segment=s1 => 0\n"),
            0u);
  EXPECT_GT(NewIn(remove_other + "b: sysv.set segment=s1 buffer=null => EFAULT\n",
                  remove_other + "b: sysv.set segment=s0 buffer=null => EFAULT\n"),
            0u);
}

}  // namespace
}  // namespace shmspec
