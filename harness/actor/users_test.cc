// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/actor/users.h"

#include <gmock/gmock.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/actor/play.h"
#include "harness/vocabulary/form/text.h"

namespace shmspec {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Users, AreTakenFromTheMapOfTheUserNamespace) {
  EXPECT_THAT(RangesOfMap("         0          0 4294967295\n"),
              ElementsAre(IdRange{0, 4294967294}));
  EXPECT_THAT(RangesOfMap("0 1000 1\n1 100000 65536\n"),
              ElementsAre(IdRange{0, 0}, IdRange{1, 65536}));
  EXPECT_THAT(RangesOfMap("nonsense\n0 0 0\n"), IsEmpty());
}

TEST(Users, AreInARowThatNobodyUses) {
  const std::vector<IdRange> all{{0, 0xfffffffe}};
  constexpr std::uint32_t kFirst = Users::kUsualFirst;
  EXPECT_EQ(FindFree({}, all, kFirst), kFirst);
  EXPECT_EQ(FindFree({kFirst - 1, kFirst + Id::kUsers}, all, kFirst), kFirst);
  EXPECT_EQ(FindFree({kFirst + Id::kUsers - 1}, all, kFirst), kFirst + Id::kUsers);
  EXPECT_EQ(FindFree({kFirst}, all, kFirst), kFirst + 1);
}

TEST(Users, AreIdsThatTheNamespaceHas) {
  constexpr std::uint32_t kFirst = Users::kUsualFirst;
  EXPECT_EQ(FindFree({}, {{0, 1000}}, kFirst), 1001 - Id::kUsers);
  EXPECT_EQ(FindFree({1000}, {{0, 1000}}, kFirst), 1000 - Id::kUsers);
  EXPECT_EQ(FindFree({}, {{0, 0}}, kFirst), kFirst);  // there are none
  EXPECT_EQ(FindFree({}, {{0, Id::kUsers - 1}}, kFirst), kFirst) << "root is somebody";
}

TEST(Users, ChosenHereHaveNoNameAndNoProcess) {
  const Users users = ChooseUsers();
  for (std::uint32_t id = users.first; id <= users.last(); ++id) {
    EXPECT_EQ(::getpwuid(id), nullptr);
    EXPECT_EQ(::getgrgid(id), nullptr);
  }
}

TEST(Users, AreRealWhereTheKernelKeepsThemApart) {
  Users users = ChooseUsers();
  const Result<void> probed = ProbeUsers(users);
  if (::geteuid() != 0 || (!probed.ok() && !users.make_believe)) {
    GTEST_SKIP() << "this run may not become other users";
  }
  EXPECT_TRUE(probed.ok()) << probed.error().message;
  EXPECT_FALSE(users.make_believe);
}

TEST(Users, AreMakeBelieveWhereTheIdIsTheCallersOwn) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs to be root";
  // A caller that is u1 already: the probe becomes no other user.
  Users users = ChooseUsers();
  users.first = 0;
  const Result<void> probed = ProbeUsers(users);
  ASSERT_FALSE(probed.ok());
  EXPECT_TRUE(users.make_believe);
  EXPECT_TRUE(probed.error().lacking);
  EXPECT_THAT(probed.error().message, HasSubstr("users are make-believe"));
  EXPECT_EQ(users.caller_uid, 0u);
}

TEST(Users, AreNotThereForAnOrdinaryCaller) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (::geteuid() == 0 &&
        (::setgroups(0, nullptr) != 0 || ::setresgid(65534, 65534, 65534) != 0 ||
         ::setresuid(65534, 65534, 65534) != 0)) {
      ::_exit(77);
    }
    Users users = ChooseUsers();
    const Result<void> probed = ProbeUsers(users);
    const bool refused = !probed.ok() && probed.error().lacking && !users.make_believe;
    ::_exit(refused ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "this run may not become an ordinary user";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(Users, HaveOtherIdsOnTheSystemThanInThePlan) {
  const Result<Plan> plan = ParsePlan(R"(plan users.some
actor a uid=u1 gid=1000 groups=u3
a: s0 = sysv.get flags=create|0600
a: process.set_identity euid=u2 groups=u4,5
)",
                                      "users");
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  const Users users{.first = 500};
  EXPECT_THAT(UsersOf(*plan), ElementsAre(1, 2, 3, 4));
  const Plan here = OnSystem(users, *plan);
  EXPECT_EQ(here.actors[0].uid, Id(500));
  EXPECT_EQ(here.actors[0].gid, Id(1000));
  EXPECT_EQ(here.actors[0].groups, std::vector<Id>{502});
  EXPECT_EQ(std::get<ProcessSetIdentity>(here.steps[1].operation),
            (ProcessSetIdentity{.euid = 501, .groups = std::vector<Id>{503, 5}}));
  EXPECT_EQ(ClashOf(users, *plan), std::nullopt);
  EXPECT_EQ(ClashOf(Users{.first = 990}, *plan), 1000u);

  Trace trace;
  trace.actors.resize(1);
  trace.actors[0].SetUser(500);
  trace.actors[0].SetGroup(1000);
  trace.actors[0].groups = {502};
  trace.steps.resize(1);
  trace.steps[0].outcome = SegmentRecord{.uid = 501, .gid = 65534};
  InPlan(users, trace);
  EXPECT_EQ(trace.actors[0].file_uid, Id::User(1).number);
  EXPECT_EQ(trace.actors[0].gid, 1000u);
  EXPECT_THAT(trace.actors[0].groups, ElementsAre(Id::User(3).number));
  const auto& record = std::get<SegmentRecord>(trace.steps[0].outcome);
  EXPECT_EQ(record.uid.number, Id::User(2).number);
  EXPECT_EQ(record.gid.number, 65534);
}

TEST(Users, OfThePlanAreWhoTheTraceIsAbout) {
  const Trace trace = Play(R"(
actor a uid=u1 gid=u2
a: s0 = sysv.get flags=create|0600 -> ok
a: sysv.stat segment=s0 -> segment{uid=u1 gid=u2 cuid=u1 cgid=u2}
a: sysv.set segment=s0 uid=u1 gid=u3 mode=0600 -> 0
a: sysv.stat segment=s0 -> segment{uid=u1 gid=u3 cuid=u1 cgid=u2}
a: sysv.remove segment=s0 -> 0
)");
  if (trace.lacking) GTEST_SKIP() << trace.trouble;
  EXPECT_EQ(DifferencesOf(trace), "");
  EXPECT_EQ(trace.actors[0].uid, Id::User(1).number);
}

}  // namespace
}  // namespace shmspec
