// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Calls that wait for others.

#include <gtest/gtest.h>

#include <string>

#include "harness/oracle/oracle.h"
#include "harness/oracle/seen_trace.h"

namespace shmspec {
namespace {

constexpr const char* kMet =
    "a: s0 = sysv.get key=private flags=create|0666 => 7\n"
    "a: a0 = sysv.attach segment=s0 => 0x7f0000000000\n"
    "b: a1 = sysv.attach segment=s0 => 0x7e0000000000\n";
constexpr const char* kLocked =
    "a: sync.mutex_init at=a0 robust=true => 0\n"
    "a: sync.mutex_lock at=a0 => 0\n";

Verdict::Kind KindOf(const std::string& steps) {
  return Judge(SeenTrace(kMet + steps), *model::FindProfile("linux")).kind;
}
bool IsExplained(const std::string& steps) { return KindOf(steps) == Verdict::Kind::kExplained; }
bool IsRefuted(const std::string& steps) { return KindOf(steps) == Verdict::Kind::kRefuted; }
bool GotStuck(const std::string& steps) {
  return IsStuck(SeenTrace(kMet + steps), *model::FindProfile("linux"));
}

TEST(Waiting, ForAMutexEndsWhenItIsGivenUp) {
  const std::string locked = kLocked;
  EXPECT_TRUE(IsRefuted(locked + "b: sync.mutex_lock at=a1 => 0\n"));
  EXPECT_TRUE(IsRefuted(locked + "b & sync.mutex_lock at=a1 => 0\njoin b\n"));
  EXPECT_TRUE(IsExplained(locked + "b & sync.mutex_lock at=a1 => 0\n"
                                   "a: sync.mutex_unlock at=a0 => 0\njoin b\n"));
  EXPECT_TRUE(
      IsExplained(locked + "b: sync.mutex_lock at=a1 how=timed within_ms=1 => ETIMEDOUT\n"));
  EXPECT_TRUE(IsRefuted(locked + "b: sync.mutex_lock at=a1 how=timed within_ms=1 => ETIME\n"));
}

TEST(Waiting, ForAMutexEndsWithItsOwner) {
  const std::string locked = kLocked;
  const std::string killed = "b: process.kill actor=a => 0\n";
  EXPECT_TRUE(IsExplained(locked + killed + "b: sync.mutex_lock at=a1 => EOWNERDEAD\n"));
  EXPECT_TRUE(IsRefuted(locked + killed + "b: sync.mutex_lock at=a1 => 0\n"));
}

TEST(Waiting, IsAHangOnceTheMutexIsFree) {
  const std::string waits = std::string(kLocked) + "b & sync.mutex_lock at=a1 => in flight\n";
  EXPECT_FALSE(GotStuck(waits));
  EXPECT_TRUE(GotStuck(waits + "a: sync.mutex_unlock at=a0 => 0\n"));
}

TEST(Waiting, OfOneThatOnlyTriesIsAlwaysAHang) {
  EXPECT_TRUE(GotStuck(std::string(kLocked) + "b: sync.mutex_lock at=a1 how=try => in flight\n"));
  EXPECT_TRUE(GotStuck(std::string(kLocked) +
                       "b: sync.mutex_lock at=a1 how=timed within_ms=9 => in flight\n"));
}

TEST(Waiting, ForASemaphoreEndsWithAPost) {
  const std::string waits =
      "a: sync.sem_init at=a0 => 0\n"
      "b & sync.sem_wait at=a1 => in flight\n";
  EXPECT_FALSE(GotStuck(waits));
  EXPECT_TRUE(GotStuck(waits + "a: sync.sem_post at=a0 => 0\n"));
  EXPECT_TRUE(IsRefuted("a: sync.sem_init at=a0 => 0\nb: sync.sem_wait at=a1 => 0\n"));
}

TEST(Waiting, AtABarrierEndsWhenAllAreThere) {
  const std::string waits =
      "a: sync.barrier_init at=a0 count=2 => 0\n"
      "b & sync.barrier_wait at=a1 => in flight\n";
  EXPECT_FALSE(GotStuck(waits));
  EXPECT_TRUE(GotStuck(waits + "a: sync.barrier_wait at=a0 => 0\n"));
  const auto both = [](const char* first, const char* second) {
    return std::string("a: sync.barrier_init at=a0 count=2 => 0\nb & sync.barrier_wait at=a1 => ") +
           first + "\na: sync.barrier_wait at=a0 => " + second + "\njoin b\n";
  };
  EXPECT_TRUE(IsExplained(both("1", "0")));
  EXPECT_TRUE(IsExplained(both("0", "1")));
  EXPECT_TRUE(IsRefuted(both("0", "0")));
  EXPECT_TRUE(IsRefuted(both("1", "1")));
}

TEST(Waiting, ForAConditionEndsWithASignal) {
  const std::string waits =
      "a: sync.mutex_init at=a0 => 0\n"
      "a: sync.cond_init at=a0+64 => 0\n"
      "b: sync.mutex_lock at=a1 => 0\n"
      "b & sync.cond_wait at=a1+64 mutex=a1 => ";
  EXPECT_FALSE(GotStuck(waits + "in flight\n"));
  EXPECT_TRUE(GotStuck(waits + "in flight\na: process.pin => 0\n"
                               "a: sync.mutex_lock at=a0 => 0\n"
                               "a: sync.cond_signal at=a0+64 => 0\n"
                               "a: sync.mutex_unlock at=a0 => 0\n"));
  // A wait may end by itself.
  EXPECT_TRUE(IsExplained(waits + "0\njoin b\n"));
  EXPECT_TRUE(IsRefuted(waits + "ETIMEDOUT\njoin b\n"));
}

TEST(Waiting, AtAFutexEndsWhenItIsWokenAndNotOtherwise) {
  const auto woken = [](const char* wait, const char* wake) {
    return std::string("b & sync.futex_wait at=a1 => ") + wait + "\na: sync.futex_wake at=a0 => " +
           wake + "\njoin b\n";
  };
  EXPECT_TRUE(IsExplained(woken("0", "1")));
  EXPECT_TRUE(IsRefuted(woken("0", "0")));
  EXPECT_TRUE(IsExplained("a: sync.futex_wake at=a0 => 0\n"));
  EXPECT_TRUE(IsRefuted("a: sync.futex_wake at=a0 => 1\n"));
  EXPECT_FALSE(GotStuck("b & sync.futex_wait at=a1 => in flight\n"));
  EXPECT_TRUE(GotStuck("b & sync.futex_wait at=a1 => in flight\na: sync.futex_wake at=a0 => 1\n"));
}

/// A requeue to the word that its sleepers are at already wakes some as any other does.
TEST(Waiting, AtAFutexEndsWhenItIsRequeuedToItself) {
  const auto moved = [](const char* wait, const char* requeue) {
    return std::string("b & sync.futex_wait at=a1 how=timed within_ms=9 => ") + wait +
           "\na: sync.futex_requeue at=a0 to=a0 => " + requeue + "\njoin b\n";
  };
  EXPECT_TRUE(IsExplained(moved("0", "1")));
  EXPECT_TRUE(IsRefuted(moved("ETIMEDOUT", "1")));
  EXPECT_TRUE(IsRefuted(moved("0", "0")));
}

TEST(Waiting, AtAFutexEndsByAMaskWithABitInCommonAlone) {
  const auto woken = [](const char* mask, const char* wake) {
    return std::string("b & sync.futex_wait_bitset at=a1 mask=6 => 0\n") +
           "a: sync.futex_wake_bitset at=a0 mask=" + mask + " => " + wake + "\njoin b\n";
  };
  EXPECT_TRUE(IsExplained(woken("2", "1")));
  EXPECT_TRUE(IsExplained(woken("12", "1")));
  EXPECT_TRUE(IsRefuted(woken("1", "0")));
  EXPECT_TRUE(IsRefuted(woken("8", "1")));
  EXPECT_FALSE(
      GotStuck("b & sync.futex_wait_bitset at=a1 mask=6 => in flight\n"
               "a: sync.futex_wake_bitset at=a0 mask=1 => 0\n"));
}

TEST(Waiting, ForAWordEndsWhenItsOwnerGivesItUpOrEnds) {
  const std::string waits =
      "a: sync.futex_lock_pi at=a0 => 0\n"
      "b & sync.futex_lock_pi at=a1 => ";
  EXPECT_FALSE(GotStuck(waits + "in flight\n"));
  EXPECT_TRUE(GotStuck(waits + "in flight\na: sync.futex_unlock_pi at=a0 => 0\n"));
  EXPECT_TRUE(IsRefuted(waits + "0\njoin b\n"));
  EXPECT_TRUE(IsExplained(waits + "0\na: sync.futex_unlock_pi at=a0 => 0\njoin b\n"));
  EXPECT_TRUE(IsExplained(waits + "0\na: process.exit => gone{how=exited}\njoin b\n"));
}

TEST(Waiting, AtABarrierEndsThoughItHasBeenDestroyedMeanwhile) {
  const auto left = [](const char* value) {
    return std::string("a: sync.barrier_init at=a0 count=2 => 0\n") +
           "b & sync.barrier_wait at=a1 => " + value +
           "\na: sync.barrier_wait at=a0 => 0\n"
           "a: sync.destroy at=a0 kind=barrier => 0\n"
           "a: sync.barrier_init at=a0 count=2 => 0\njoin b\n";
  };
  EXPECT_TRUE(IsExplained(left("1")));
  EXPECT_TRUE(IsRefuted(left("0")));
}

TEST(Waiting, ForANamedSemaphoreEndsWithAPostByAnotherAddress) {
  const std::string waits =
      "a: m0 = sync.sem_open name=\"/n0\" flags=create => 0x7d0000000000\n"
      "b: m1 = sync.sem_open name=\"/n0\" => 0x7c0000000000\n"
      "b & sync.sem_wait at=m1 => ";
  EXPECT_FALSE(GotStuck(waits + "in flight\n"));
  EXPECT_TRUE(GotStuck(waits + "in flight\na: sync.sem_post at=m0 => 0\n"));
  EXPECT_TRUE(IsRefuted(waits + "0\njoin b\n"));
  EXPECT_TRUE(IsExplained(waits + "0\na: sync.sem_post at=m0 => 0\njoin b\n"));
  EXPECT_TRUE(IsRefuted(waits +
                        "0\na: sync.sem_unlink name=\"/n0\" => 0\n"
                        "a: m2 = sync.sem_open name=\"/n0\" flags=create => 0x7b0000000000\n"
                        "a: sync.sem_post at=m2 => 0\njoin b\n"));
}

TEST(Waiting, AtABarrierOfWhichAWaiterWasKilledIsNoHang) {
  const std::string one =
      "a: sync.barrier_init at=a0 count=2 => 0\n"
      "b & sync.barrier_wait at=a1 => in flight\n";
  EXPECT_TRUE(GotStuck(one + "a: sync.barrier_wait at=a0 => in flight\n"));
  const std::string three =
      "a: process.fork child=c => 0\n"
      "a: sync.barrier_init at=a0 count=3 => 0\n"
      "b & sync.barrier_wait at=a1 => in flight\n"
      "c & sync.barrier_wait at=a0 => in flight\n"
      "a: process.await_blocked actor=b => 0\n"
      "a: process.await_blocked actor=c => 0\n"
      "a: process.kill actor=c => 0\n";
  EXPECT_FALSE(GotStuck(three + "a: sync.barrier_wait at=a0 => in flight\n"));
}

TEST(Waiting, MayEndTheActorWhereNothingIsSaidOfTheCall) {
  const std::string dies = "b: sync.barrier_wait at=a1 => gone{how=killed code=8}\n";
  EXPECT_TRUE(IsExplained(dies));
  EXPECT_TRUE(IsRefuted("a: sync.barrier_init at=a0 count=1 => 0\n" + dies));
}

TEST(Waiting, IsNotBegunWhereThereIsNoMemoryForAnObject) {
  EXPECT_TRUE(IsExplained("a: sync.sem_init at=4096 => gone{how=killed code=11}\n"));
  EXPECT_TRUE(IsRefuted("a: sync.sem_init at=a0 => gone{how=killed code=11}\n"));
}

/// A waiter that was killed leaves a condition of which nothing is said, and a wait at it a mutex
/// of which nothing is.
TEST(Waiting, AtAConditionOfWhichNothingIsSaidLeavesNothingToSayOfTheMutex) {
  EXPECT_TRUE(
      IsExplained("a: sync.mutex_init at=a0 => 0\n"
                  "a: sync.mutex_lock at=a0 => 0\n"
                  "a: sync.cond_wait at=a0+128 mutex=a0 how=timed within_ms=1 => EINVAL\n"
                  "b: sync.mutex_lock at=a1 how=try => 0\n"));
}

}  // namespace
}  // namespace shmspec
