// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Who actors are. The main() is in actor_test.cc.

#include "harness/actor/identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/actor/play.h"
#include "harness/host/capability.h"

namespace shmspec {
namespace {

/// Skips the rest of a test when this run lacks what its plan needs.
#define SKIP_WHEN_LACKING(trace) \
  if ((trace).lacking) GTEST_SKIP() << (trace).trouble

TEST(Identity, IsTakenOnAndConfirmedByTheActorItself) {
  const Trace trace = Play(R"(
actor r
actor a uid=1000 gid=1001 groups=2000,2001
actor b uid=1001 gid=1001
r: s0 = sysv.get flags=create|0600 -> ok
a: sysv.stat segment=s0 -> EACCES
r: sysv.set segment=s0 uid=1000 mode=0600 -> 0
a: sysv.stat segment=s0 -> segment{uid=1000}
b: sysv.stat segment=s0 -> EACCES
a: sysv.remove segment=s0 -> 0
)");
  SKIP_WHEN_LACKING(trace);
  EXPECT_EQ(DifferencesOf(trace), "");
  EXPECT_EQ(trace.actors[1].uid, 1000u);
  EXPECT_EQ(trace.actors[1].gid, 1001u);
  EXPECT_THAT(trace.actors[1].groups, testing::ElementsAre(2000, 2001));
  EXPECT_EQ(trace.actors[1].caps.bits, 0u);
  EXPECT_TRUE(trace.actors[2].groups.empty());
}

TEST(Identity, HasExactlyTheCapabilitiesNamedAlsoAfterExec) {
  const Trace trace = Play(R"(
actor r
actor a uid=1000 caps=ipc_owner
actor b caps=ipc_lock
r: s0 = sysv.get flags=create|0600 -> ok
a: sysv.stat segment=s0 -> ok
a: process.exec -> 0
a: sysv.stat segment=s0 -> ok
a: process.drop_capability capabilities=ipc_owner -> 0
a: sysv.stat segment=s0 -> EACCES
b: process.set_identity ruid=5 -> EPERM
b: process.exec -> 0
b: process.set_identity ruid=5 -> EPERM
r: sysv.remove segment=s0 -> 0
)");
  SKIP_WHEN_LACKING(trace);
  EXPECT_EQ(DifferencesOf(trace), "");
  EXPECT_EQ(trace.actors[1].caps.bits, kCapIpcOwner);
  EXPECT_EQ(trace.actors[2].caps.bits, kCapIpcLock);
}

TEST(Identity, MayChangeOnTheWay) {
  const Trace trace = Play(R"(
actor r
actor a
a: s0 = sysv.get flags=create|0600 -> ok
a: process.set_identity euid=u1 -> 0
a: sysv.stat segment=s0 -> EACCES
a: process.set_identity euid=0 -> 0
a: process.set_identity ruid=u1 euid=u1 suid=u1 rgid=u1 egid=u1 sgid=u1 groups=5 -> 0
a: sysv.remove segment=s0 -> EPERM
a: process.set_identity euid=0 -> EPERM
r: sysv.remove segment=s0 -> 0
)");
  if (::geteuid() != 0) GTEST_SKIP() << "needs to be root";
  EXPECT_EQ(DifferencesOf(trace), "");
}

TEST(Identity, HasEightIdsThatMayAllDiffer) {
  const Trace trace = Play(R"(
actor a uid=u1 gid=u1 caps=setuid|setgid
actor b start=fork
a: process.set_identity ruid=u2 euid=u3 suid=u4 fsuid=u5 rgid=u6 egid=u7 sgid=u8 fsgid=u9 groups=u10 -> 0
a: process.fork child=b -> 0
b: process.exit -> gone{how=exited code=0}
)");
  SKIP_WHEN_LACKING(trace);
  EXPECT_EQ(DifferencesOf(trace), "");
  const auto user = [](std::uint32_t index) { return Id::User(index).number; };
  const ActorFacts& facts = trace.actors[1];
  EXPECT_THAT((std::vector{facts.real_uid, facts.uid, facts.saved_uid, facts.file_uid}),
              testing::ElementsAre(user(2), user(3), user(4), user(5)));
  EXPECT_THAT((std::vector{facts.real_gid, facts.gid, facts.saved_gid, facts.file_gid}),
              testing::ElementsAre(user(6), user(7), user(8), user(9)));
  EXPECT_THAT(facts.groups, testing::ElementsAre(user(10)));
}

TEST(Identity, OfTheFileSystemFollowsTheEffectiveOneUnlessItIsGiven) {
  const Trace trace = Play(R"(
actor a uid=u1 gid=u1 caps=setuid|setgid
actor b start=fork
actor c start=fork
a: process.set_identity fsuid=u2 fsgid=u3 -> 0
a: process.fork child=b -> 0
b: process.exit -> gone{how=exited code=0}
a: process.set_identity ruid=u4 rgid=u4 -> 0
a: process.fork child=c -> 0
c: process.exit -> gone{how=exited code=0}
)");
  SKIP_WHEN_LACKING(trace);
  EXPECT_EQ(DifferencesOf(trace), "");
  EXPECT_EQ(trace.actors[1].file_uid, Id::User(2).number);
  EXPECT_EQ(trace.actors[1].file_gid, Id::User(3).number);
  EXPECT_EQ(trace.actors[2].file_uid, Id::User(1).number);
  EXPECT_EQ(trace.actors[2].file_gid, Id::User(1).number);
}

/// 4294967295 is what the calls take for an id that stays.
TEST(Identity, ThatIsToStayNamesNoIdOfTheFileSystem) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs to be root";
  EXPECT_EQ(DifferencesOf(Play(R"(
actor a
a: process.set_identity euid=4294967295 suid=0 egid=u1 -> 0
a: s0 = sysv.get flags=create|0600 -> ok
a: sysv.stat segment=s0 -> segment{uid=0 gid=u1}
a: sysv.remove segment=s0 -> 0
)")),
            "");
}

TEST(Identity, HasTheLimitsNamed) {
  const Trace trace = Play("actor a memlock=8192 nofile=20\na: map.layout -> ok\n");
  SKIP_WHEN_LACKING(trace);
  EXPECT_EQ(DifferencesOf(trace), "");
  EXPECT_EQ(trace.actors[0].memlock, 8192u);
}

TEST(Namespaces, OfIpcSeparateActors) {
  const Trace trace = Play(R"(
actor a
actor b namespaces=ipc
a: s0 = sysv.get key=k0 flags=create|0600 -> ok
b: sysv.get key=k0 -> ENOENT
b: system.segments -> segments{}
a: sysv.remove segment=s0 -> 0
)");
  SKIP_WHEN_LACKING(trace);
  EXPECT_EQ(DifferencesOf(trace), "");
  EXPECT_NE(trace.actors[0].ipc_namespace, trace.actors[1].ipc_namespace);
}

TEST(Namespaces, OfPidsGiveAnActorTwoNumbers) {
  const Trace trace = Play(R"(
actor a
actor b namespaces=pid
actor c start=fork
a: s0 = sysv.get flags=create|0600 -> ok
b: a0 = sysv.attach segment=s0 -> ok
a: sysv.stat segment=s0 -> segment{lpid=b}
b: process.fork child=c -> 0
c: sysv.detach at=a0 -> 0
a: sysv.stat segment=s0 -> segment{lpid=c nattch=1}
b: process.kill actor=c -> 0
c: map.layout -> gone{how=killed code=9}
b: process.exit code=3 -> gone{how=exited code=3}
a: sysv.remove segment=s0 -> 0
)");
  SKIP_WHEN_LACKING(trace);
  EXPECT_EQ(DifferencesOf(trace), "");
  EXPECT_EQ(trace.actors[1].inner_pid, 1);
  EXPECT_GT(trace.actors[1].pid, 1);
  EXPECT_EQ(trace.actors[2].inner_pid, 2);
  EXPECT_GT(trace.actors[2].pid, 2);
  EXPECT_NE(trace.actors[0].pid_namespace, trace.actors[1].pid_namespace);
}

TEST(Namespaces, OfPidsMayBeMadeForChildrenOnly) {
  const Trace trace = Play(R"(
actor a
actor b start=fork
actor c start=fork
a: process.unshare namespaces=pid -> ok
a: process.exec -> 0
a: process.fork child=b -> 0
a: process.fork child=c -> 0
c: process.exit code=4 -> gone{how=exited code=4}
a: process.kill actor=b -> 0
b: map.layout -> gone{how=killed code=9}
)");
  if (trace.steps[0].outcome == Outcome(Failure{ErrorCode{EPERM}})) GTEST_SKIP() << "needs root";
  EXPECT_EQ(DifferencesOf(trace), "");
  EXPECT_EQ(trace.actors[1].inner_pid, 1);
  EXPECT_EQ(trace.actors[2].inner_pid, 2);
  EXPECT_GT(trace.actors[2].pid, 2);
}

TEST(Namespaces, OfUsersGiveCapabilitiesWithinThemOnly) {
  const Trace trace = Play(R"(
actor a
actor b namespaces=user
a: s0 = sysv.get flags=create|0000 -> ok
b: sysv.stat segment=s0 -> EACCES
a: sysv.remove segment=s0 -> 0
)");
  SKIP_WHEN_LACKING(trace);
  EXPECT_EQ(DifferencesOf(trace), "");
  EXPECT_NE(trace.actors[0].user_namespace, trace.actors[1].user_namespace);
  EXPECT_NE(trace.actors[1].caps.bits, 0u);
}

TEST(Namespaces, OfUsersOwnTheIpcNamespaceMadeWithThem) {
  const Trace trace = Play(R"(
actor b namespaces=ipc|user uid=1000 gid=1000
b: s0 = sysv.get flags=create|0600 -> ok
b: sysv.stat segment=s0 -> segment{uid=1000 cuid=1000 gid=1000}
b: sysv.remove segment=s0 -> 0
)");
  SKIP_WHEN_LACKING(trace);
  EXPECT_EQ(DifferencesOf(trace), "");
  EXPECT_EQ(trace.actors[0].uid, 1000u);
}

TEST(Identity, ThatCannotBeHadIsLackingAndSaysWhoNeedsWhat) {
  const Trace trace = Play("actor a\nactor b cpu=1000\na: map.layout\n");
  EXPECT_TRUE(trace.lacking);
  EXPECT_THAT(trace.trouble, testing::StartsWith("actor b needs CPU 1000, and this run may not"));
  EXPECT_FALSE(trace.steps[0].called);
}

TEST(Identity, AMismatchIsNoticedFieldByField) {
  ActorFacts facts;
  facts.SetUser(5);
  facts.groups = {1, 2};
  facts.memlock = 10;
  const auto complaint = [&](const ActorSpec& spec) {
    const auto error = FindMismatch(spec, facts);
    return error ? error->message : "";
  };
  EXPECT_EQ(complaint({.name = "b"}), "");
  EXPECT_EQ(complaint({.name = "b", .uid = 5, .groups = {2, 1}}), "");
  EXPECT_EQ(complaint({.name = "b", .uid = 6}), "actor b was to have uid 6 and has 5");
  EXPECT_EQ(complaint({.name = "b", .gid = 6}), "actor b was to have gid 6 and has 0");
  EXPECT_EQ(complaint({.name = "b", .uid = 5}), "actor b was to have the groups [] and has [1 2]");
  EXPECT_EQ(complaint({.name = "b", .caps = Capabilities(2)}),
            "actor b was to have the capabilities 2 and has 0");
  EXPECT_EQ(complaint({.name = "b", .memlock = 11}), "actor b was to have memlock 11 and has 10");
}

}  // namespace
}  // namespace shmspec
