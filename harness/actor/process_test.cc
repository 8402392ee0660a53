// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Births and deaths. The main() is in actor_test.cc.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/actor/play.h"

namespace shmspec {
namespace {

TEST(Fork, MakesAnActorThatHasItsParentsAttaches) {
  const Trace trace = Play(R"(
actor a
actor b start=fork
a: s0 = sysv.get flags=create|0600 -> ok
a: a0 = sysv.attach segment=s0 -> ok
a: memory.store at=a0 value=7 -> 0
a: process.fork child=b -> 0
b: memory.load at=a0 -> 7
a: sysv.stat segment=s0 -> segment{nattch=2 lpid=a}
b: sysv.detach at=a0 -> 0
a: sysv.stat segment=s0 -> segment{nattch=1 lpid=b}
a: sysv.remove segment=s0 -> 0
)");
  EXPECT_EQ(DifferencesOf(trace), "");
  EXPECT_GT(trace.actors[1].pid, 0);
  EXPECT_NE(trace.actors[1].pid, trace.actors[0].pid);
}

TEST(Fork, ChainsAndChildrenOutliveTheirParents) {
  EXPECT_EQ(DifferencesOf(Play(R"(
actor a
actor b start=fork
actor c start=fork
actor d start=fork
actor z
z: s0 = sysv.get flags=create|0600 -> ok
a: a0 = sysv.attach segment=s0 -> ok
a: process.fork child=b -> 0
b: process.fork child=c -> 0
c: process.fork child=d -> 0
z: sysv.stat segment=s0 -> segment{nattch=4}
b: process.exit code=3 -> gone{how=exited code=3}
z: sysv.stat segment=s0 -> segment{nattch=3}
d: memory.store at=a0 value=9 -> 0
a: process.exit -> gone{how=exited code=0}
c: memory.load at=a0 -> 9
z: process.kill actor=c -> 0
z: sysv.stat segment=s0 -> segment{nattch=1 lpid=c}
d: process.exit how=exit code=255 -> gone{how=exited code=255}
z: sysv.stat segment=s0 -> segment{nattch=0 lpid=d}
z: sysv.remove segment=s0 -> 0
)")),
            "");
}

TEST(Fork, MayHappenInARace) {
  const auto stage = StageOf("libc");
  for (int i = 0; i < 50; ++i) {
    ASSERT_EQ(DifferencesOf(Play(*stage, R"(
actor a
actor b start=fork
actor c
a: s0 = sysv.get flags=create|0600 -> ok
a: a0 = sysv.attach segment=s0 -> ok
race {
  a: process.fork child=b -> 0
  b: sysv.detach at=a0 -> 0
  c: sysv.remove segment=s0 -> 0
}
a: memory.load at=a0 -> 0
)")),
              "");
  }
}

TEST(Exit, IsCompleteWhenTheProcessIsReaped) {
  const auto stage = StageOf("libc");
  for (const std::string how : {"_exit", "exit", "abort"}) {
    const std::string ended =
        how == "abort" ? "gone{how=killed code=6}" : "gone{how=exited code=5}";
    const Trace trace = Play(*stage, R"(
actor a
actor b
a: s0 = sysv.get flags=create|0600 -> ok
b: a0 = sysv.attach segment=s0 -> ok
b: process.exit how=)" + how + " code=5 -> " +
                                         ended + R"(
a: sysv.stat segment=s0 -> segment{nattch=0 lpid=b}
a: sysv.remove segment=s0 -> 0
b: map.layout -> )" + ended + "\n");
    EXPECT_EQ(DifferencesOf(trace), "") << how;
    EXPECT_TRUE(trace.steps[2].called && trace.steps[2].returned);
    EXPECT_GE(trace.steps[2].not_after_s, trace.steps[2].not_before_s);
    EXPECT_FALSE(trace.steps[5].called);
    EXPECT_FALSE(trace.steps[5].returned);
  }
}

TEST(Exit, MayBeStartedAndJoined) {
  EXPECT_EQ(DifferencesOf(Play(R"(
actor a
actor b
b & process.exit code=2 -> gone{how=exited code=2}
a: map.layout -> ok
join b
a: map.layout -> ok
)")),
            "");
}

TEST(Kill, IsCompleteWhenTheVictimIsReaped) {
  const Trace trace = Play(R"(
actor a
actor b
a: s0 = sysv.get flags=create|0600 -> ok
b: a0 = sysv.attach segment=s0 -> ok
a: process.kill actor=b signal=signal:0 -> 0
a: process.kill actor=b -> 0
a: sysv.stat segment=s0 -> segment{nattch=0 lpid=b}
b: sysv.detach at=a0 -> gone{how=killed code=9}
a: process.kill actor=b -> ESRCH
a: sysv.remove segment=s0 -> 0
)");
  EXPECT_EQ(DifferencesOf(trace), "");
  EXPECT_FALSE(trace.steps[5].called);
}

TEST(Kill, OfOneselfLeavesTheCallInFlight) {
  const Trace trace = Play(
      "actor a\nactor b\na: process.kill actor=a signal=SIGTERM\n"
      "b: map.layout -> ok\na: map.layout\n");
  EXPECT_EQ(DifferencesOf(trace), "");
  EXPECT_TRUE(trace.steps[0].called);
  EXPECT_FALSE(trace.steps[0].returned);
  EXPECT_EQ(trace.steps[2].outcome, Outcome(Gone{GoneHow::kKilled, 15}));
}

TEST(Kill, InTheMiddleOfACallIsACallThatNeverReturned) {
  const auto stage = StageOf("libc");
  bool seen = false;
  for (int i = 0; i < 200 && !seen; ++i) {
    const Trace trace = Play(*stage, R"(
actor a
actor b
b: s0 = sysv.get size=8388608 flags=create|0600 -> ok
b: a0 = sysv.attach segment=s0 -> ok
b & memory.fill at=a0 size=8388608 value=1
a: process.kill actor=b -> 0
join b
a: sysv.stat segment=s0 -> segment{nattch=0}
a: sysv.remove segment=s0 -> 0
)");
    ASSERT_EQ(DifferencesOf(trace), "");
    const Performed& fill = trace.steps[2];
    ASSERT_TRUE(fill.called);
    seen = !fill.returned;
    if (seen) {
      EXPECT_GT(fill.return_ns, fill.call_ns) << "the instant of its end";
    }
  }
  EXPECT_TRUE(seen);
}

TEST(Thread, SharesTheAttachesOfItsProcess) {
  const Trace trace = Play(R"(
actor a
actor t start=thread
actor z
a: s0 = sysv.get flags=create|0600 -> ok
a: process.thread child=t -> 0
t: a0 = sysv.attach segment=s0 -> ok
a: memory.store at=a0 value=5 -> 0
a: memory.load at=null -> fault{signal=SIGSEGV code=MAPERR offset=0}
t: memory.load at=null -> fault{signal=SIGSEGV code=MAPERR offset=0}
z: sysv.stat segment=s0 -> segment{nattch=1 lpid=a}
t: process.exit how=thread -> gone{how=exited code=0}
a: memory.load at=a0 -> 5
z: sysv.stat segment=s0 -> segment{nattch=1}
t: map.layout -> gone{how=exited code=0}
z: sysv.remove segment=s0 -> 0
)");
  EXPECT_EQ(DifferencesOf(trace), "");
  EXPECT_EQ(trace.actors[0].pid, trace.actors[1].pid);
}

TEST(Thread, GoesOnWhenTheFirstThreadEndsAlone) {
  EXPECT_EQ(DifferencesOf(Play(R"(
actor a
actor t start=thread
actor z
z: s0 = sysv.get flags=create|0600 -> ok
a: a0 = sysv.attach segment=s0 -> ok
a: process.thread child=t -> 0
a: process.exit how=thread -> gone{how=exited code=0}
t: memory.store at=a0 value=5 -> 0
z: sysv.stat segment=s0 -> segment{nattch=1}
t: process.exit -> gone{how=exited code=0}
z: sysv.stat segment=s0 -> segment{nattch=0}
z: sysv.remove segment=s0 -> 0
)")),
            "");
}

TEST(Thread, RacesWithItsProcessAndEndsWithIt) {
  EXPECT_EQ(DifferencesOf(Play(R"(
actor a
actor t start=thread
actor z
a: s0 = sysv.get flags=create|0600 -> ok
a: a0 = sysv.attach segment=s0 -> ok
a: process.thread child=t -> 0
race {
  a: memory.fetch_add at=a0 -> 0..1
  t: memory.fetch_add at=a0 -> 0..1
}
z: sysv.remove segment=s0 -> 0
t: process.exit code=4 -> gone{how=exited code=4}
a: memory.load at=a0 -> gone{how=exited code=4}
)")),
            "");
}

TEST(Exec, LosesTheAttachesAndGoesOnWithThePlan) {
  EXPECT_EQ(DifferencesOf(Play(R"(
actor a
actor b start=fork
actor z
a: s0 = sysv.get flags=create|0600 -> ok
a: a0 = sysv.attach segment=s0 -> ok
a: process.exec image=missing -> ENOENT
z: sysv.stat segment=s0 -> segment{nattch=1}
a: process.fork child=b -> 0
a: process.exec -> 0
z: sysv.stat segment=s0 -> segment{nattch=1 lpid=a}
a: memory.load at=a0 -> fault{signal=SIGSEGV code=MAPERR}|any
a: a1 = sysv.attach segment=s0 -> ok
a: memory.load at=null -> fault{signal=SIGSEGV code=MAPERR offset=0}
b: process.exit code=1 -> gone{how=exited code=1}
z: sysv.stat segment=s0 -> segment{nattch=1}
a: process.exec -> 0
a: process.exit code=7 -> gone{how=exited code=7}
z: sysv.stat segment=s0 -> segment{nattch=0}
z: sysv.remove segment=s0 -> 0
)")),
            "");
}

TEST(Exec, OfAThreadEndsTheOthers) {
  EXPECT_EQ(DifferencesOf(Play(R"(
actor a
actor t start=thread
actor z
a: process.thread child=t -> 0
t: process.exec -> 0
a: map.layout -> gone{how=unknown}
t: map.layout -> ok
z: map.layout -> ok
)")),
            "");
}

TEST(Thread, LetsOthersGoBeforeItsProcessEnds) {
  for (int i = 0; i < 20; ++i) {
    const Trace trace = Play(
        "actor a\nactor b\nactor d start=thread\n"
        "a: process.thread child=d -> 0\nd: sysv.shm_info -> ok\n");
    ASSERT_EQ(DifferencesOf(trace), "");
  }
}

TEST(Gone, WhoWasNeverMadeNeverActs) {
  const Trace trace = Play(R"(
actor a
actor b start=fork
actor c start=fork
a: process.exit -> gone{how=exited code=0}
a: process.fork child=b -> gone{how=exited code=0}
b: process.fork child=c -> gone{how=unknown}
c: map.layout -> gone{how=unknown}
)");
  EXPECT_EQ(DifferencesOf(trace), "");
  EXPECT_EQ(trace.actors[2].pid, 0);
}

}  // namespace
}  // namespace shmspec
