// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Adapters that are written for tests, in the language of /bin/sh: a good one, and hostile ones.

#include "harness/actor/adapter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>

#include "harness/actor/strays.h"
#include "harness/host/clocks.h"
#include "harness/host/text_file.h"

namespace shmspec {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kLong_ms = 10'000;
constexpr std::int64_t kShort_ms = 200;

/// A program that introduces itself and then does as `rest` says.
AdapterProgram Script(const std::string& rest) {
  return {
      .words = {
          "/bin/sh", "-c",
          "read line; echo 'adapter library=\"sh\" version=\"1\" offers=segment,memory'; " + rest}};
}

std::unique_ptr<Adapter> Started(const std::string& rest) {
  AdoptOrphans();
  auto adapter = Adapter::Start(Script(rest), kLong_ms);
  EXPECT_TRUE(adapter.ok()) << (adapter.ok() ? "" : adapter.error().message);
  return adapter.ok() ? std::move(*adapter) : nullptr;
}

std::string WhyNotStarted(const AdapterProgram& program, std::int64_t timeout_ms = kLong_ms) {
  const auto adapter = Adapter::Start(program, timeout_ms);
  return adapter.ok() ? "" : adapter.error().message;
}

constexpr const char* kAnswersZero = "while read number step; do echo \"$number -> 0\"; done";

TEST(Adapter, AnswersAndEndsWithItsInput) {
  const auto adapter = Started(kAnswersZero);
  ASSERT_NE(adapter, nullptr);
  EXPECT_EQ(adapter->introduction().library, "sh");
  for (const char* number : {"1", "2"}) {
    const Adapter::Heard heard = adapter->Ask(std::string(number) + " segment.size", kLong_ms);
    EXPECT_EQ(heard.kind, Adapter::Heard::Kind::kLine);
    EXPECT_EQ(heard.line, std::string(number) + " -> 0");
  }
  const auto end = adapter->End(kLong_ms);
  ASSERT_TRUE(end.has_value());
  EXPECT_EQ(end->how, GoneHow::kExited);
  EXPECT_EQ(end->code, 0);
}

TEST(Adapter, ThatDoesNotStartSaysWhy) {
  EXPECT_THAT(WhyNotStarted({.words = {"/nonexistent/adapter"}}), HasSubstr("cannot be executed"));
  EXPECT_THAT(WhyNotStarted({.words = {"/bin/sh", "-c", "exit 3"}}),
              HasSubstr("ended with exit code 3"));
  EXPECT_THAT(WhyNotStarted({.words = {"/bin/sh", "-c", "kill -11 $$"}}),
              HasSubstr("died of SIGSEGV"));
  EXPECT_THAT(WhyNotStarted({.words = {"/bin/sh", "-c", "read line; echo hello; read line"}}),
              HasSubstr("expected adapter library="));
  EXPECT_THAT(WhyNotStarted({.words = {"/bin/sh", "-c", "read line; read line"}}, kShort_ms),
              HasSubstr("did not say what it is in time"));
}

TEST(Adapter, ThatIsLateIsNotWaitedFor) {
  const auto adapter = Started("while read line; do :; done");
  ASSERT_NE(adapter, nullptr);
  const std::uint64_t begin_ns = MonotonicNs();
  EXPECT_EQ(adapter->Ask("1 segment.size", kShort_ms).kind, Adapter::Heard::Kind::kLate);
  EXPECT_LT(MonotonicNs() - begin_ns, kLong_ms * 1'000'000u);
}

TEST(Adapter, ThatDiesTellsHow) {
  const auto adapter = Started("read line; kill -11 $$");
  ASSERT_NE(adapter, nullptr);
  const Adapter::Heard heard = adapter->Ask("1 segment.size", kLong_ms);
  ASSERT_EQ(heard.kind, Adapter::Heard::Kind::kEnded);
  EXPECT_EQ(heard.end.how, GoneHow::kKilled);
  EXPECT_EQ(heard.end.code, SIGSEGV);
}

TEST(Adapter, ThatAnswersTwiceIsBad) {
  const auto adapter = Started("read line; printf '1 -> 0\\n1 -> 0\\n'; read line");
  ASSERT_NE(adapter, nullptr);
  const Adapter::Heard heard = adapter->Ask("1 segment.size", kLong_ms);
  EXPECT_EQ(heard.kind, Adapter::Heard::Kind::kBad);
  EXPECT_THAT(heard.why, HasSubstr("more than one line"));
}

TEST(Adapter, ThatFloodsIsBad) {
  const auto adapter = Started("read line; while :; do printf 'xxxxxxxxxxxxxxxxxxxxxxxx'; done");
  ASSERT_NE(adapter, nullptr);
  const Adapter::Heard heard = adapter->Ask("1 segment.size", kLong_ms);
  EXPECT_EQ(heard.kind, Adapter::Heard::Kind::kBad);
  EXPECT_THAT(heard.why, HasSubstr("64 KiB"));
}

TEST(Adapter, ThatClosesItsOutputIsBad) {
  const auto adapter = Started("exec >&-; while read line; do :; done");
  ASSERT_NE(adapter, nullptr);
  const Adapter::Heard heard = adapter->Ask("1 segment.size", kShort_ms);
  EXPECT_EQ(heard.kind, Adapter::Heard::Kind::kBad);
  EXPECT_THAT(heard.why, HasSubstr("closed its output"));
}

TEST(Adapter, ThatIgnoresSignalsAndItsInputIsKilled) {
  const auto adapter = Started("trap '' TERM HUP INT; while :; do sleep 100; done");
  ASSERT_NE(adapter, nullptr);
  const pid_t pid = adapter->pid();
  EXPECT_FALSE(adapter->End(kShort_ms).has_value());
  EXPECT_EQ(::kill(pid, 0), -1);
  EXPECT_EQ(errno, ESRCH);
  KillChildren();  // its sleep
}

TEST(Adapter, LeavesNothingThatOutlivesIt) {
  const auto adapter = Started(
      "(setsid sh -c 'trap \"\" TERM HUP; (sleep 100; sleep 100) & sleep 100' &) ; read line; "
      "echo '1 -> 0'; read line");
  ASSERT_NE(adapter, nullptr);
  EXPECT_EQ(adapter->Ask("1 segment.size", kLong_ms).kind, Adapter::Heard::Kind::kLine);
  adapter->End(kShort_ms);
  EXPECT_FALSE(AwaitChildren(kShort_ms));
  KillChildren();
  EXPECT_TRUE(LivingChildrenOf(::getpid()).empty());
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
}

TEST(Adapter, GetsNothingOfThisProcess) {
  ::setenv("SHMSPEC_SECRET", "1", 1);
  const auto adapter = Started(
      "read line; echo \"1 -> lacking \\\"$(ls /proc/self/fd | wc -l) $(env | sort | cut -d= -f1 | "
      "tr '\\n' ' ') $(grep NoNewPrivs /proc/self/status | tr -d '\\t')\\\"\"; read line");
  ASSERT_NE(adapter, nullptr);
  const Adapter::Heard heard = adapter->Ask("1 segment.size", kLong_ms);
  ASSERT_EQ(heard.kind, Adapter::Heard::Kind::kLine);
  // Its three streams, and the folder that ls reads.
  EXPECT_THAT(heard.line, HasSubstr("\"4 "));
  EXPECT_THAT(heard.line, HasSubstr("HOME LC_ALL"));
  EXPECT_THAT(heard.line, ::testing::Not(HasSubstr("SECRET")));
  EXPECT_THAT(heard.line, HasSubstr("NoNewPrivs:1"));
  ::unsetenv("SHMSPEC_SECRET");
}

TEST(Adapter, RunsAsTheUserThatIsNamed) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can start programs as another user";
  AdapterProgram program = Script("read line; echo \"1 -> $(id -u)\"; read line");
  program.user = 60'123;
  auto adapter = Adapter::Start(program, kLong_ms);
  ASSERT_TRUE(adapter.ok());
  EXPECT_EQ((*adapter)->Ask("1 segment.size", kLong_ms).line, "1 -> 60123");
}

}  // namespace
}  // namespace shmspec
