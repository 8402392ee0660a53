// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "harness/actor/actor_main.h"
#include "harness/actor/play.h"
#include "harness/target/target.h"
#include "harness/vocabulary/form/text.h"

namespace shmspec {
namespace {

TEST(Actor, PerformsEveryFamilyOfOperations) {
  EXPECT_EQ(DifferencesOf(Play(R"(
actor a
a: s0 = sysv.get flags=create|0600 -> ok
a: s1 = sysv.get key=k0 size=8192 flags=create|exclusive|0640 -> !s0
a: sysv.get key=k0 flags=create|exclusive -> EEXIST
a: a0 = sysv.attach segment=s0 -> ok
a: sysv.stat segment=s0 -> segment{size=4096 mode=0600 nattch=1 cpid=a lpid=a}
a: sysv.stat segment=s1 -> segment{size=8192 mode=0640 nattch=0 lpid=0}
a: sysv.set segment=s1 mode=0600 -> 0
a: sysv.stat segment=s1 -> segment{mode=0600}
a: memory.store at=a0+8 value=42 -> 0
a: memory.fetch_add at=a0+8 width=4 value=1 -> 42
a: memory.load at=a0+8 -> 43
a: memory.fill at=a0 size=4096 value=1 -> 0
a: memory.checksum at=a0 -> ok
a: m0 = map.reserve size=65536 -> ok
a: map.protect at=m0 size=4096 protection=read -> 0
a: memory.load at=m0 -> 0
a: memory.store at=m0 value=1 -> fault{signal=SIGSEGV code=ACCERR offset=0}
a: map.layout -> ok
a: system.sysctl_read name=shmmni -> ok
a: system.segments -> ok
a: process.set_umask mask=0077 -> ok
a: process.set_umask mask=0022 -> 63
a: process.set_limit limit=memlock value=4096 -> 0
a: sysv.detach at=a0 -> 0
a: sysv.detach at=a0 -> EINVAL
a: sysv.remove segment=s0 -> 0
a: sysv.remove segment=s1 -> 0
a: sysv.stat segment=s0 -> EINVAL|EIDRM
)")),
            "");
}

TEST(Actor, TellsWhoItIsAndWhatTheSystemIs) {
  const Trace trace = Play("actor a\nactor b\na: map.layout\n");
  ASSERT_EQ(trace.trouble, "");
  ASSERT_EQ(trace.actors.size(), 2u);
  EXPECT_GT(trace.actors[0].pid, 0);
  EXPECT_NE(trace.actors[0].pid, trace.actors[1].pid);
  EXPECT_EQ(trace.actors[0].pid, trace.actors[0].inner_pid);
  EXPECT_EQ(trace.actors[0].uid, ::geteuid());
  EXPECT_EQ(trace.actors[0].ipc_namespace, trace.actors[1].ipc_namespace);
  EXPECT_NE(trace.actors[0].ipc_namespace, 0u);
  EXPECT_EQ(trace.system.page_size, static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)));
  EXPECT_GT(trace.system.shmmax, 0u);
  EXPECT_FALSE(trace.system.private_ipc);
}

TEST(Actor, KeysFollowFromTheSeedsAndDiffer) {
  const auto stage = StageOf("libc", {.key_seed = 7});
  const Trace first = Play(*stage, "actor a\na: map.layout\n", 1);
  EXPECT_EQ(first.keys, Play(*stage, "actor a\na: map.layout\n", 1).keys);
  EXPECT_NE(first.keys, Play(*stage, "actor a\na: map.layout\n", 2).keys);
  EXPECT_NE(first.keys, Play(*StageOf("libc"), "actor a\na: map.layout\n", 1).keys);
  std::set<std::int64_t> distinct(first.keys.begin(), first.keys.end());
  EXPECT_EQ(distinct.size(), first.keys.size());
  for (const std::int64_t key : first.keys) EXPECT_TRUE(key > 0 && key <= 0x7fffffff) << key;
}

TEST(Actor, BoundsTheTimeStampsOfEveryStep) {
  const Trace trace =
      Play("actor a\na: s0 = sysv.get flags=create|0600\na: sysv.remove segment=s0\n");
  for (const Performed& step : trace.steps) {
    EXPECT_TRUE(step.called && step.returned);
    EXPECT_GT(step.not_before_s, 1'600'000'000);
    EXPECT_LE(step.not_before_s, step.not_after_s);
    EXPECT_EQ(step.call_ns, 0u);  // the plan orders these steps
  }
}

TEST(Turns, PassTwoHundredTimesInTheOrderOfThePlan) {
  std::string text = "actor a\nactor b\na: s0 = sysv.get flags=create|0600\n";
  text += "a: a0 = sysv.attach segment=s0\nb: a1 = sysv.attach segment=s0\n";
  for (int i = 0; i < 200; ++i) {
    const bool even = i % 2 == 0;
    text += (even ? "a" : "b") + std::string(": memory.exchange at=") + (even ? "a0" : "a1") +
            " value=" + std::to_string(i + 1) + " -> " + std::to_string(i) + "\n";
  }
  EXPECT_EQ(DifferencesOf(Play(text + "a: sysv.remove segment=s0 -> 0\n")), "");
}

/// The thread learns of the end of its child and opens the last act, at which the first actor ends
/// the process of both.
TEST(Turns, ReachEveryActorWhoeverEndsMeanwhile) {
  const Trace trace = Play(R"(
actor a
actor b
actor c start=fork
actor d start=thread
actor e
a: process.thread child=d -> 0
d: process.fork child=c -> 0
c: process.exit code=7 -> gone{how=exited code=7}
)");
  EXPECT_EQ(trace.trouble, "");
  EXPECT_EQ(DifferencesOf(trace), "");
}

TEST(Turns, AttachesOfAnActorWithoutFurtherStepsLiveToTheEnd) {
  EXPECT_EQ(DifferencesOf(Play(R"(
actor a
actor b
a: s0 = sysv.get flags=create|0600 -> ok
b: a0 = sysv.attach segment=s0 -> ok
a: sysv.remove segment=s0 -> 0
a: sysv.stat segment=s0 -> segment{nattch=1}
)")),
            "");
}

TEST(Race, BothOrdersOccurAndInstantsShowThem) {
  const auto stage = StageOf("libc");
  int first_a = 0, first_b = 0;
  for (int i = 0; i < 2000 && (first_a == 0 || first_b == 0); ++i) {
    const Trace trace = Play(*stage, R"(
actor a
actor b
a: s0 = sysv.get flags=create|0600 -> ok
a: a0 = sysv.attach segment=s0 -> ok
b: a1 = sysv.attach segment=s0 -> ok
race {
  a: memory.exchange at=a0 value=1 -> 0|2
  b: memory.exchange at=a1 value=2 -> 0|1
}
a: sysv.remove segment=s0 -> 0
)");
    ASSERT_EQ(DifferencesOf(trace), "");
    const Performed& a = trace.steps[3];
    const Performed& b = trace.steps[4];
    ASSERT_TRUE(a.call_ns != 0 && a.call_ns <= a.return_ns);
    const bool a_was_first = a.outcome == Outcome(Value{0});
    ASSERT_NE(a_was_first, b.outcome == Outcome(Value{0}));
    // The first one cannot have been called after the other had returned.
    ASSERT_TRUE(a_was_first ? a.call_ns <= b.return_ns : b.call_ns <= a.return_ns);
    ++(a_was_first ? first_a : first_b);
  }
  EXPECT_GT(first_a, 0);
  EXPECT_GT(first_b, 0);
}

TEST(Race, HoldsManyActorsInSeveralBranches) {
  std::string text = "actor z\n";
  for (int i = 0; i < 7; ++i) text += "actor b" + std::to_string(i) + "\n";
  text +=
      "z: s0 = sysv.get flags=create|0600 -> ok\nz: a9 = sysv.attach segment=s0 -> ok\nrace {\n";
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 7; ++i) {
      const std::string n = std::to_string(i);
      text += "b" + n + ": a" + n + " = sysv.attach segment=s0 -> ok\n";
      text += "b" + n + ": memory.fetch_add at=a" + n + " -> 0..34\n";
      text += "b" + n + ": sysv.detach at=a" + n + " -> 0\n";
    }
  }
  text += "}\nz: memory.load at=a9 -> 35\nz: sysv.stat segment=s0 -> segment{nattch=1}\n";
  EXPECT_EQ(DifferencesOf(Play(text + "z: sysv.remove segment=s0 -> 0\n")), "");
}

TEST(Start, IsCalledBeforeTheNextStepAndJoined) {
  const auto stage = StageOf("libc");
  bool overlapped = false;
  // If the plan waited for the fill they never would; on a busy machine they do now and then.
  for (int attempt = 0; attempt < 100 && !overlapped; ++attempt) {
    const Trace trace = Play(*stage, R"(
actor a
actor b
a: s0 = sysv.get size=1048576 flags=create|0600 -> ok
a: a0 = sysv.attach segment=s0 -> ok
b: a1 = sysv.attach segment=s0 -> ok
a & memory.fill at=a0 size=1048576 value=3
b: memory.load at=a1 -> ok
join a
b: memory.load at=a1+1048575 width=1 -> 128
a: sysv.remove segment=s0 -> 0
)",
                             1);
    ASSERT_EQ(DifferencesOf(trace), "");
    EXPECT_LE(trace.steps[3].call_ns, trace.steps[4].call_ns);
    EXPECT_FALSE(trace.steps[5].called) << "a join is no call";
    EXPECT_EQ(trace.steps[6].call_ns, 0u);
    overlapped = trace.steps[4].call_ns < trace.steps[3].return_ns;
  }
  EXPECT_TRUE(overlapped) << "the fill was waited for";
}

TEST(Stage, PerformsThePlanOnEveryTarget) {
  int performed = 0;
  for (const KernelTarget& one : KernelTargets()) {
    if (one.wrapper) continue;
    const std::string target(one.name);
    const auto stage = MakeProcessStage(target, {});
    if (!stage.ok()) {
      EXPECT_TRUE(stage.error().lacking) << stage.error().message;
      continue;
    }
    EXPECT_EQ((*stage)->name(), target);
    const Trace trace = Play(**stage, R"(
actor a
a: s0 = sysv.get flags=create|0600 -> ok
a: m0 = map.reserve size=65536 -> ok
a: a0 = sysv.attach segment=s0 at=m0+4096 flags=remap -> ok
a: memory.fill at=a0 size=4097 value=1 -> fault{signal=SIGSEGV code=ACCERR offset=4096}
a: sysv.stat segment=s0 -> segment{nattch=1 lpid=a}
a: sysv.remove segment=s0 -> 0
)");
    // Whether the kernel runs 32-bit programs shows when one is started.
    if (trace.lacking) continue;
    EXPECT_EQ(DifferencesOf(trace), "") << target;
    ++performed;
  }
  EXPECT_GE(performed, 2) << "libc and bare system calls are everywhere";
  EXPECT_FALSE(MakeProcessStage("nonsense", {}).ok());
}

TEST(Stage, StartsFreshImagesWhenAskedTo) {
  const auto stage = StageOf("libc", {.fresh_images = true});
  const Trace trace = Play(*stage, "actor a\nactor b\na: map.reserve\nb: map.reserve\n");
  EXPECT_EQ(DifferencesOf(trace), "");
  EXPECT_NE(trace.steps[0].outcome, trace.steps[1].outcome);
}

TEST(Stage, HoldsAThousandOutcomes) {
  std::string text = "actor a\n";
  for (int i = 0; i < 1000; ++i) text += "a: system.segments -> ok\n";
  EXPECT_EQ(DifferencesOf(Play(text)), "");
}

}  // namespace
}  // namespace shmspec

int main(int argc, char** argv) {
  if (const auto exit_code = shmspec::RunAsActor(argc, argv)) return *exit_code;
  testing::InitGoogleMock(&argc, argv);
  return RUN_ALL_TESTS();
}
