// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <iterator>

#include "harness/residue/inventory.h"
#include "harness/sandbox/case_process.h"
#include "harness/sandbox/environment.h"
#include "harness/sandbox/isolation.h"
#include "harness/sandbox/system_v.h"

namespace shmspec {
namespace {

std::optional<std::string> ResultOf(CaseProcess& process) {
  pollfd waiting{process.result_fd(), POLLIN, 0};
  while (!process.Receive()) ::poll(&waiting, 1, 5000);
  return process.Finish();
}

std::optional<std::string> InProcess(const std::function<std::string()>& body) {
  Result<CaseProcess> process = CaseProcess::Start(body);
  return process.ok() ? ResultOf(*process) : std::nullopt;
}

TEST(CaseProcess, CarriesItsResultBack) {
  const std::string large(1 << 20, 'x');
  EXPECT_EQ(InProcess([&] { return large; }), large);
}

TEST(CaseProcess, SaysHowItEndedWhenItGaveNoResult) {
  Result<CaseProcess> process = CaseProcess::Start([]() -> std::string {
    ::raise(SIGKILL);
    return {};
  });
  ASSERT_TRUE(process.ok());
  EXPECT_EQ(ResultOf(*process), std::nullopt);
  EXPECT_EQ(process->HowEnded(), "the case's process was ended by SIGKILL");
}

TEST(CaseProcess, KillEndsItAndWhatItForked) {
  std::array<int, 2> alive{};
  ASSERT_EQ(::pipe2(alive.data(), O_CLOEXEC), 0);
  UniqueFd end(alive[0]);
  {
    Result<CaseProcess> process = CaseProcess::Start([]() -> std::string {
      ::fork();
      for (;;) ::pause();
    });
    ASSERT_TRUE(process.ok());
    ::close(alive[1]);
    process->Kill();
  }
  // The pipe ends when the last process that holds its other end is gone.
  pollfd waiting{end.get(), POLLIN, 0};
  EXPECT_EQ(::poll(&waiting, 1, 5000), 1);
}

TEST(CaseProcess, DiesWithTheRunner) {
  std::array<int, 2> alive{};
  ASSERT_EQ(::pipe2(alive.data(), O_CLOEXEC), 0);
  UniqueFd end(alive[0]);
  const pid_t runner = ::fork();
  if (runner == 0) {
    Result<CaseProcess> process = CaseProcess::Start([]() -> std::string {
      for (;;) ::pause();
    });
    ::raise(SIGKILL);
  }
  ::close(alive[1]);
  int status = 0;
  ::waitpid(runner, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status));
  pollfd waiting{end.get(), POLLIN, 0};
  EXPECT_EQ(::poll(&waiting, 1, 5000), 1);
}

TEST(Isolation, SegmentsMadeInsideAreNotSeenOutside) {
  const Isolation isolation = ProbeIsolation();
  if (isolation == Isolation::kShared) GTEST_SKIP() << "neither root nor user namespaces here";
  const Inventory before = TakeInventory();
  const auto inside = InProcess([isolation] {
    if (const auto entered = EnterIsolation(isolation); !entered.ok())
      return entered.error().message;
    const Inventory empty = TakeInventory();
    if (!empty.Of(residue::kSegments).empty()) return std::string("not empty at first");
    ::shmget(IPC_PRIVATE, 4096, 0600);
    return std::to_string(Residue(empty, TakeInventory()).size());
  });
  EXPECT_EQ(inside, "1");
  EXPECT_TRUE(Residue(before, TakeInventory()).empty());
}

TEST(Isolation, NamesMadeInAPrivateFolderAreNotSeenOutside) {
  const Isolation isolation = ProbeIsolation();
  if (isolation == Isolation::kShared) GTEST_SKIP() << "neither root nor user namespaces here";
  const std::string path = "/dev/shm/shmspec-sandbox-test-" + std::to_string(::getpid());
  const auto inside = InProcess([&] {
    const auto entered = EnterIsolation(isolation);
    if (!entered.ok()) return entered.error().message;
    if (!entered->private_shm.ok()) return std::string("shared");
    ::close(::open(path.c_str(), O_CREAT | O_WRONLY, 0600));
    return std::string(::access(path.c_str(), F_OK) == 0 ? "made" : "not made");
  });
  if (inside == "shared") GTEST_SKIP() << "nothing can be mounted here";
  EXPECT_EQ(inside, "made");
  EXPECT_NE(::access(path.c_str(), F_OK), 0);
}

/// In a child: a seccomp filter that answers a call with `action`, then the probe's message.
std::optional<std::string> ProbeUnder(std::uint32_t action, long call = SYS_shmget,
                                      Result<void> (*probe)() = ProbeSystemV) {
  return InProcess([action, call, probe] {
    const std::array<sock_filter, 4> code{
        sock_filter{BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)},
        sock_filter{BPF_JMP | BPF_JEQ | BPF_K, 0, 1, static_cast<std::uint32_t>(call)},
        sock_filter{BPF_RET | BPF_K, 0, 0, action},
        sock_filter{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}};
    const sock_fprog program{code.size(), const_cast<sock_filter*>(code.data())};
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
      return std::string("no seccomp");
    const Result<void> probed = probe();
    return probed.ok() ? "there"
                       : (probed.error().lacking ? "" : "not lacking: ") + probed.error().message;
  });
}

TEST(SystemV, AFilterThatKillsOrRefusesIsOneClearLine) {
  EXPECT_TRUE(ProbeSystemV().ok());
  EXPECT_EQ(ProbeUnder(SECCOMP_RET_ALLOW), "there");
  EXPECT_EQ(ProbeUnder(SECCOMP_RET_KILL_PROCESS)->substr(0, 31), "shmget was answered with SIGSYS");
  EXPECT_EQ(
      ProbeUnder(SECCOMP_RET_ERRNO | ENOSYS),
      "shmget was refused with ENOSYS: this system has no System V shared memory, or a seccomp "
      "filter hides it");
  EXPECT_EQ(ProbeUnder(SECCOMP_RET_ERRNO | EPERM)->substr(0, 30), "shmget was refused with EPERM:");
}

TEST(SystemV, IsMissingWithoutAttachOrControlAndNotWithoutDetach) {
  for (const auto& [call, name] :
       {std::pair{SYS_shmat, "shmat"}, std::pair{SYS_shmctl, "shmctl"}}) {
    EXPECT_EQ(ProbeUnder(SECCOMP_RET_ERRNO | EPERM, call)->substr(0, 24 + std::strlen(name)),
              std::string(name) + " was refused with EPERM:");
  }
  EXPECT_EQ(ProbeUnder(SECCOMP_RET_ERRNO | ENOSYS, SYS_shmdt), "there");
  EXPECT_EQ(ProbeUnder(SECCOMP_RET_ERRNO | ENOSYS, SYS_shmdt, ProbeDetach)->substr(0, 30),
            "shmdt was refused with ENOSYS:");
  EXPECT_EQ(ProbeUnder(SECCOMP_RET_ALLOW, SYS_shmdt, ProbeDetach), "there");
}

TEST(Environment, KnowsTheKernelAndAssessesEachIsolation) {
  const std::vector<Fact> facts = ReadEnvironment();
  EXPECT_EQ(ValueOf(facts, "page_size"), std::to_string(::sysconf(_SC_PAGESIZE)));
  EXPECT_NE(ValueOf(facts, "kernel.release"), "unknown");
  EXPECT_EQ(ValueOf(facts, "no such fact"), "unknown");
  EXPECT_NE(Assess(facts, Isolation::kShared).front().effect,
            Assess(facts, Isolation::kPrivate).front().effect);
}

TEST(Environment, SaysWhetherFilesOfTheWorkingDirectoryAreMappedShared) {
  const std::filesystem::path before = std::filesystem::current_path();
  const auto said = [](const std::filesystem::path& folder) {
    std::filesystem::current_path(folder);
    return ValueOf(ReadEnvironment(), "working_directory.shared_mappings");
  };
  const auto files = [](const std::filesystem::path& folder) {
    return std::distance(std::filesystem::directory_iterator(folder), {});
  };
  const auto there = files("/dev/shm");
  EXPECT_EQ(said("/dev/shm"), "yes");
  EXPECT_EQ(files("/dev/shm"), there);
  EXPECT_EQ(said("/proc/self").substr(0, 21), "no file can be made: ");
  std::filesystem::current_path(before);
}

}  // namespace
}  // namespace shmspec
