// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Which failures are grouped, and in which words.

#include "reports/summary/symptoms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shmspec::reports {
namespace {

using testing::ElementsAre;

Sighting Seen(const std::string& test, std::size_t steps, const std::string& operation,
              std::vector<Difference> differences) {
  return {test, Status::kFail, Cause::kAssertion, steps, operation, std::move(differences)};
}

std::vector<std::string> Lines(const std::vector<Sighting>& sightings) {
  std::vector<std::string> lines;
  for (const Symptom& one : SymptomsOf(sightings)) lines.push_back(one.Line());
  return lines;
}

TEST(Symptoms, AreFailuresOfOneCallAndOneFieldTogetherWithTheShortestFirst) {
  EXPECT_THAT(Lines({Seen("c.long", 9, "sysv.stat", {{"nattch", "4", "3"}}),
                     Seen("c.short", 3, "sysv.stat", {{"nattch", "2", "1"}}),
                     Seen("c.other", 2, "sysv.stat", {{"nattch", "0", "1"}}),
                     Seen("c.index", 2, "sysv.stat_index", {{"nattch", "2", "1"}})}),
              ElementsAre("sysv.stat: nattch 1 too high, 2 cases, shortest: c.short",
                          "sysv.stat: nattch 1 too low, 1 case: c.other",
                          "sysv.stat_index: nattch 1 too high, 1 case: c.index"));
}

TEST(Symptoms, SayOnlyTheDirectionWhereTheDistanceVaries) {
  EXPECT_THAT(Lines({Seen("a", 1, "sysv.stat", {{"size", "4100", "4096"}}),
                     Seen("b", 2, "sysv.stat", {{"size", "5000", "4096"}})}),
              ElementsAre("sysv.stat: size too high, 2 cases, shortest: a"));
}

TEST(Symptoms, KeepOneErrorTogetherWhateverWasDue) {
  EXPECT_THAT(Lines({Seen("a", 1, "sysv.stat", {{"", "ENOSYS", "EINVAL|EIDRM"}}),
                     Seen("b", 2, "sysv.stat", {{"", "ENOSYS", "success"}}),
                     Seen("c", 3, "sysv.stat", {{"", "ENOSYS", "success"}})}),
              ElementsAre("sysv.stat: ENOSYS instead of success or EINVAL|EIDRM, 3 cases, "
                          "shortest: a"));
}

TEST(Symptoms, TellSuccessesApartByTheErrorThatWasDue) {
  EXPECT_THAT(Lines({Seen("a", 1, "sysv.attach", {{"", "success", "EACCES"}}),
                     Seen("b", 2, "sysv.attach", {{"", "success", "EINVAL"}})}),
              ElementsAre("sysv.attach: success instead of EACCES, 1 case: a",
                          "sysv.attach: success instead of EINVAL, 1 case: b"));
}

TEST(Symptoms, ShowAnExampleOfWhatIsNoNearNumber) {
  EXPECT_THAT(Lines({Seen("a", 1, "sysv.stat", {{"mode", "0600", "0640"}}),
                     Seen("b", 2, "sysv.stat", {{"mode", "0", "0640"}})}),
              ElementsAre("sysv.stat: mode wrong, such as 0600 instead of 0640, 2 cases, "
                          "shortest: a"));
  EXPECT_THAT(Lines({Seen("a", 1, "memory.load", {{"value", "1795899339", "7"}})}),
              ElementsAre("memory.load: value 1795899339 instead of 7, 1 case: a"));
}

TEST(Symptoms, CountTheFieldsBeyondThree) {
  const std::vector<Difference> many{{"uid", "1", "0"},
                                     {"gid", "1", "0"},
                                     {"cuid", "1", "0"},
                                     {"cgid", "1", "0"},
                                     {"seq", "1", "0"}};
  EXPECT_THAT(Lines({Seen("a", 1, "sysv.stat", many)}),
              ElementsAre("sysv.stat: uid 1 too high, gid 1 too high, cuid 1 too high and 2 other "
                          "fields, 1 case: a"));
}

TEST(Symptoms, PutWhatIsUndecidedLastByItsCause) {
  EXPECT_THAT(Lines({{"a", Status::kUnresolved, Cause::kTimeout, 3, "", {}},
                     {"b", Status::kUnresolved, Cause::kTimeout, 2, "", {}},
                     Seen("c", 9, "sysv.detach", {{"", "never returned", "success"}})}),
              ElementsAre("sysv.detach: never returned instead of success, 1 case: c",
                          "undecided: timeout, 2 cases, shortest: b"));
}

TEST(DecidingObjection, IsTheSpecificationsAtTheFirstStep) {
  std::vector<Objection> objections(3);
  objections[0].step = 5;
  objections[1].step = 3;
  objections[2].step = 3;
  EXPECT_EQ(DecidingObjection(objections), &objections[2]);
  objections[2].step = 0;
  EXPECT_EQ(DecidingObjection(objections), &objections[1]);
  EXPECT_EQ(DecidingObjection(std::vector<Objection>{}), nullptr);
}

}  // namespace
}  // namespace shmspec::reports
