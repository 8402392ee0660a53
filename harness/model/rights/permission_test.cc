// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The rules of permission against the words of the manual, written a second time, for every
// combination of a few users and groups.

#include "harness/model/rights/permission.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstdint>
#include <vector>

#include "harness/model/language/test_system.h"

namespace shmspec::model {
namespace {

using namespace shmspec::literals;

constexpr std::uint32_t kModes[] = {0, 0400, 0040, 0004, 0604, 0064, 0246, 0777};
constexpr std::uint32_t kBits[] = {kRead, kWrite, kRead | kWrite, kExecuteBit};
constexpr std::uint64_t kCapabilities[] = {0, kCapIpcOwner, kCapSysAdmin, kCapIpcLock};

/// The caller and the segment; ids are 0 for root and 1 to 3 for others.
struct Situation {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::vector<std::uint32_t> groups;
  std::uint64_t caps = 0;
  Segment segment;
};

template <class Visit>
void ForEachSituation(Visit&& visit) {
  const std::vector<std::vector<std::uint32_t>> kGroups{{}, {2}, {3, 2}};
  Situation one;
  for (one.uid = 0; one.uid < 3; ++one.uid) {
    for (one.gid = 1; one.gid < 3; ++one.gid) {
      for (const auto& groups : kGroups) {
        for (const std::uint64_t caps : kCapabilities) {
          for (std::uint32_t owners = 0; owners < 9; ++owners) {
            for (std::uint32_t owning = 0; owning < 9; ++owning) {
              one.groups = groups;
              one.caps = caps;
              one.segment.uid = 1 + owners % 3;
              one.segment.cuid = 1 + owners / 3;
              one.segment.gid = 1 + owning % 3;
              one.segment.cgid = 1 + owning / 3;
              visit(one);
            }
          }
        }
      }
    }
  }
}

/// Asks the same of a caller in that situation under each profile.
class Asking {
 public:
  explicit Asking(const char* profile) : system_(profile) {}

  const Scene& By(const Situation& situation) {
    Credentials& credentials = system_.state.tasks[0].credentials.Own();
    credentials.uid = situation.uid;
    credentials.gid = credentials.file_gid = situation.gid;
    credentials.groups = situation.groups;
    credentials.caps = situation.caps;
    return scene_;
  }

 private:
  TestSystem system_;
  Scene scene_ = system_.Call(SysvDetach{});
};

bool Has(const Situation& situation, std::uint64_t capability) {
  return (situation.caps & capability) != 0;
}

/// svipc(7): the owner and the creator are one class, the groups of both the next.
std::uint32_t ClassBits(const Situation& s, bool supplementary) {
  if (s.uid == s.segment.uid || s.uid == s.segment.cuid) return s.segment.mode / 0100 % 010;
  std::vector<std::uint32_t> mine{s.gid};
  if (supplementary) mine.insert(mine.end(), s.groups.begin(), s.groups.end());
  for (const std::uint32_t gid : mine) {
    if (gid == s.segment.gid || gid == s.segment.cgid) return s.segment.mode / 010 % 010;
  }
  return s.segment.mode % 010;
}

Says YesOrNo(bool yes) { return yes ? Says::kYes : Says::kNo; }

TEST(Permission, GivesTheBitsOfTheFirstClassThatFitsOrACapability) {
  Asking linux("linux");
  ForEachSituation([&](Situation& s) {
    for (const std::uint32_t mode : kModes) {
      s.segment.mode = mode;
      const Scene& scene = linux.By(s);
      for (const std::uint32_t bits : kBits) {
        const bool granted = (ClassBits(s, true) & bits) == bits || Has(s, kCapIpcOwner);
        ASSERT_EQ(MayAccess(scene, s.segment, bits), YesOrNo(granted))
            << "uid " << s.uid << " gid " << s.gid << " mode " << std::oct << mode << " bits "
            << bits;
      }
    }
  });
}

TEST(Permission, LetsOwnersCreatorsAndTheCapableControlAndLock) {
  Asking linux("linux");
  ForEachSituation([&](const Situation& s) {
    const Scene& scene = linux.By(s);
    const bool owner = s.uid == s.segment.uid || s.uid == s.segment.cuid;
    ASSERT_EQ(MayControl(scene, s.segment), YesOrNo(owner || Has(s, kCapSysAdmin)));
    ASSERT_EQ(MayLock(scene, s.segment), YesOrNo(owner || Has(s, kCapIpcLock)));
  });
}

/// Linux is one of the systems that POSIX describes: what POSIX settles is so there too.
TEST(Permission, LeavesOpenUnderPosixOnlyWhatSystemsDoDifferently) {
  Asking linux("linux");
  Asking posix("posix");
  std::size_t open = 0;
  std::size_t settled = 0;
  ForEachSituation([&](Situation& s) {
    const auto check = [&](Says by_posix, Says by_linux) {
      ++(by_posix == Says::kSilent ? open : settled);
      ASSERT_TRUE(by_posix == Says::kSilent || by_posix == by_linux);
    };
    for (const std::uint32_t mode : kModes) {
      s.segment.mode = mode;
      const Scene& there = posix.By(s);
      const Scene& here = linux.By(s);
      for (const std::uint32_t bits : kBits) {
        const Says says = MayAccess(there, s.segment, bits);
        check(says, MayAccess(here, s.segment, bits));
        const bool with = (ClassBits(s, true) & bits) == bits;
        const bool without = (ClassBits(s, false) & bits) == bits;
        const bool privileged = s.uid == 0 || Has(s, kCapIpcOwner);
        ASSERT_EQ(says == Says::kSilent, with != without || (!with && privileged));
      }
    }
    check(MayControl(posix.By(s), s.segment), MayControl(linux.By(s), s.segment));
    check(MayLock(posix.By(s), s.segment), MayLock(linux.By(s), s.segment));
  });
  EXPECT_GT(open, 1000u);
  EXPECT_GT(settled, 1000u);
}

TEST(Permission, CountsCapabilitiesOnlyInTheNamespaceThatOwnsTheSegments) {
  TestSystem system;
  const Scene scene = system.Call(SysvDetach{});
  Credentials& mine = system.state.tasks[0].credentials.Own();
  mine.caps = kCapIpcOwner;
  EXPECT_TRUE(Capable(scene, kCapIpcOwner));
  EXPECT_FALSE(Capable(scene, kCapSysAdmin));
  EXPECT_FALSE(Capable(scene, kCapIpcOwner | kCapSysAdmin));
  EXPECT_EQ(GloballyCapable(scene, kCapIpcOwner), Says::kYes);
  EXPECT_EQ(GloballyCapable(scene, kCapSysAdmin), Says::kNo);
  ++mine.user_namespace;
  EXPECT_FALSE(Capable(scene, kCapIpcOwner));
  EXPECT_EQ(GloballyCapable(scene, kCapIpcOwner), Says::kSilent)
      << "that may be the first namespace of a container";
  mine.nested = true;
  EXPECT_EQ(GloballyCapable(scene, kCapIpcOwner), Says::kNo);
}

TEST(Permission, OfAPlansCapabilitiesIsKeptOverExec) {
  ActorSpec actor;
  actor.uid = Id(5);
  actor.caps = Capabilities(kCapFowner | kCapChown);
  TestSystem system("linux", {actor});
  system.Make(ProcessExec{}, Value{0});
  EXPECT_EQ(system.state.tasks[0].credentials->caps, kCapFowner | kCapChown);
  system.Make(ProcessDropCapability{kCapChown}, Value{0});
  system.Make(ProcessExec{}, Value{0});
  EXPECT_EQ(system.state.tasks[0].credentials->caps, kCapFowner);
}

TEST(Permission, OfRootIsLostOverExecByWhoBecameAnother) {
  ActorSpec actor;
  actor.caps = Capabilities(kCapSetuid | kCapFowner);
  TestSystem system("linux", {actor});
  system.Make(ProcessSetIdentity{.ruid = Id(5), .euid = Id(5), .suid = Id(5)}, Value{0});
  system.Make(ProcessExec{}, Value{0});
  EXPECT_EQ(system.state.tasks[0].credentials->caps, 0u);
}

TEST(Permission, IsTheEnvironmentsWhereRootStartedWithoutIt) {
  const auto refused = [](std::uint64_t caps, std::uint32_t uid, Says may, std::uint32_t now = 0) {
    ActorSpec actor;
    actor.uid = uid;
    actor.caps = Capabilities(caps);
    TestSystem system("linux", {actor});
    if (now != 0) system.state.tasks[0].credentials.Own().uid = now;
    const Scene scene = system.Call(SysvDetach{});
    Clauses clauses;
    RefuseWithout(scene, kCapIpcLock, may, EPERM, "SYSV.LOCK.OWNER_OR_CREATOR"_req, "no right",
                  clauses);
    return std::vector<Refusal>(clauses.refusals().begin(), clauses.refusals().end());
  };
  EXPECT_TRUE(refused(0, 5, Says::kYes).empty());
  const auto plainly = refused(0, 5, Says::kNo);
  ASSERT_EQ(plainly.size(), 1u);
  EXPECT_FALSE(plainly[0].here);
  EXPECT_EQ(plainly[0].force, Force::kMust);
  EXPECT_EQ(refused(0, 5, Says::kSilent)[0].force, Force::kMay);
  const auto withheld = refused(0, 0, Says::kNo);
  ASSERT_EQ(withheld.size(), 1u);
  EXPECT_TRUE(withheld[0].here);
  EXPECT_STREQ(withheld[0].why, "root has no CAP_IPC_LOCK here");
  EXPECT_FALSE(refused(kCapIpcLock, 0, Says::kNo)[0].here) << "the plan took it away";
  EXPECT_FALSE(refused(0, 0, Says::kNo, 5)[0].here) << "it became another user";
}

}  // namespace
}  // namespace shmspec::model
