// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/actor/trusted_base.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <functional>
#include <new>
#include <utility>

#include "harness/actor/actor_main.h"
#include "harness/actor/clocks.h"
#include "harness/actor/control_region.h"
#include "harness/actor/futex.h"
#include "harness/target/fault_guard.h"
#include "harness/vocabulary/names.h"

namespace shmspec {
namespace {

constexpr int kGiveUpSeconds = 10;  // after which a child of these tests ends by SIGALRM

Error Failed(std::string_view what) {
  return Error{fmt::format("{} failed: {}", what, ErrnoName(errno)), true};
}

Result<void> Expect(bool holds, std::string_view what) {
  if (holds) return {};
  return Error{fmt::format("{} did not hold", what), true};
}

/// The wait status of a child that runs `child` and exits with what that returns; -1 when none
/// could be made or it was lost.
int StatusOf(const std::function<int()>& child) {
  const pid_t pid = ::fork();
  if (pid < 0) return -1;
  if (pid == 0) {
    ::alarm(kGiveUpSeconds);
    ::_exit(child());
  }
  int status = -1;
  while (::waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) return -1;
  }
  return status;
}

/// A page that this process and its children share, with words at its beginning.
class SharedPage {
 public:
  SharedPage() {
    Result<UniqueFd> file = MakeRegionFile();
    if (!file.ok() || !GrowRegionFile(file->get(), 4096).ok()) return;
    void* page = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file->get(), 0);
    if (page == MAP_FAILED) return;
    mapping_.reset({page, 4096});
    words_ = static_cast<FutexWord*>(page);
    for (int i = 0; i < 2; ++i) new (&words_[i]) FutexWord(0);
  }
  explicit operator bool() const { return words_ != nullptr; }
  FutexWord& word(int index) { return words_[index]; }

 private:
  UniqueMapping mapping_;
  FutexWord* words_ = nullptr;
};

Result<void> TestSharedFile() {
  SharedPage page;
  if (!page) return Failed("making a file to share");
  const int status = StatusOf([&] {
    page.word(0).store(42);
    return 0;
  });
  return Expect(status == 0 && page.word(0).load() == 42, "what a child stored is seen");
}

Result<void> TestFutex() {
  SharedPage page;
  if (!page) return Failed("making a file to share");
  const pid_t child = ::fork();
  if (child < 0) return Failed("fork");
  if (child == 0) {
    ::alarm(kGiveUpSeconds);
    page.word(0).store(1);
    FutexWake(page.word(0));
    while (page.word(1).load() == 0) FutexWait(page.word(1), 0);
    ::_exit(0);
  }
  int status = -1;
  while (page.word(0).load() == 0 && ::waitpid(child, &status, WNOHANG) == 0) {
    FutexWait(page.word(0), 0);
  }
  page.word(1).store(1);
  FutexWake(page.word(1));
  if (status == -1) ::waitpid(child, &status, 0);
  return Expect(status == 0, "waking each other");
}

Result<void> TestClocks() {
  std::uint64_t last_ns = MonotonicNs();
  for (int i = 0; i < 100; ++i) {
    const std::int64_t low_s = SecondNotAfterNow();
    const std::int64_t high_s = SecondNotBeforeNow();
    const std::uint64_t now_ns = MonotonicNs();
    if (low_s > high_s) return Expect(false, "the coarse clock being behind the exact one");
    if (now_ns < last_ns) return Expect(false, "the monotonic clock going forward");
    last_ns = now_ns;
  }
  return {};
}

Result<void> TestProgram(const std::string& program) {
  // An actor without a region: main() has to get this far, and no further.
  const int status = StatusOf([&] {
    ExecActor(program.c_str(), -1, 0);
    return 127;
  });
  return Expect(WIFEXITED(status) && WEXITSTATUS(status) == kActorUsage,
                "main() calling RunAsActor");
}

/// In a process of its own, so that the caller does not become a subreaper.
int ReapAnOrphan() {
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) return 1;
  const pid_t parent = ::fork();
  if (parent == 0) {
    ::setpgid(0, 0);
    if (::fork() == 0) {
      ::alarm(kGiveUpSeconds);
      for (;;) ::pause();
    }
    ::_exit(7);
  }
  int status = 0;
  if (::waitpid(parent, &status, 0) != parent || WEXITSTATUS(status) != 7) return 2;
  if (::kill(-parent, SIGKILL) != 0) return 3;
  const pid_t orphan = ::waitpid(-1, &status, 0);
  return orphan > 0 && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL ? 0 : 4;
}

Result<void> TestDeaths() {
  const int status = StatusOf(ReapAnOrphan);
  return Expect(status == 0, "reaping an orphan that was killed with its group");
}

Result<void> TestSocket() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    return Failed("socketpair");
  }
  const UniqueFd own(ends[0]);
  UniqueFd other(ends[1]);
  const int status = StatusOf([&] { return ::send(other.get(), "d", 1, 0) == 1 ? 0 : 1; });
  other.reset();
  char word = 0;
  const bool heard = ::recv(own.get(), &word, 1, 0) == 1 && word == 'd';
  return Expect(status == 0 && heard && ::recv(own.get(), &word, 1, 0) == 0,
                "a word and then the end of file");
}

Result<void> TestFaultRecovery() {
  // In a child: its handlers are no business of the caller.
  const int status = StatusOf([] {
    void* page = ::mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    const auto fault = Guarded([&] { *static_cast<volatile char*>(page) = 1; });
    return fault && fault->signal == SIGSEGV && fault->code == SEGV_ACCERR ? 0 : 1;
  });
  return Expect(status == 0, "recovering from a fault");
}

}  // namespace

std::vector<SelfTest> TestTrustedBase(const std::string& program) {
  std::vector<SelfTest> tests;
  tests.push_back({"shared file", TestSharedFile()});
  tests.push_back({"futex", TestFutex()});
  tests.push_back({"clocks", TestClocks()});
  tests.push_back({"program", TestProgram(program)});
  tests.push_back({"deaths", TestDeaths()});
  tests.push_back({"socket", TestSocket()});
  tests.push_back({"fault recovery", TestFaultRecovery()});
  return tests;
}

}  // namespace shmspec
