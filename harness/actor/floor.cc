// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/actor/floor.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <utility>

#include "harness/host/fault_guard.h"
#include "harness/host/pipe.h"
#include "harness/host/shared_file.h"
#include "harness/vocabulary/value/names.h"

namespace shmspec {
namespace {

constexpr int kGiveUpSeconds = 10;  // after which a child of these tests ends by SIGALRM
constexpr std::size_t kBytes = 4096;
constexpr int kCode = 42;

Result<void> TryProcess() {
  // A process that takes -1 for its own number would send its own signals to everybody else.
  if (::getpid() <= 0) return Error{"getpid was refused", true};
  const pid_t child = ::fork();
  if (child < 0) return Refused("fork");
  if (child == 0) ::_exit(kCode);
  int status = -1;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return Refused("waitpid");
  }
  return Expect(WIFEXITED(status) && WEXITSTATUS(status) == kCode, "the exit code of a child");
}

Result<void> TryEnd() {
  Result<Pipe> words = MakePipe();
  if (!words.ok()) return words.error();
  const pid_t child = ::fork();
  if (child < 0) return Refused("fork");
  if (child == 0) {
    words->writing.reset();
    ::alarm(kGiveUpSeconds);
    ReceiveWord(words->reading.get());
    ::_exit(kCode);
  }
  const bool killed = ::kill(child, SIGKILL) == 0;
  words->writing.reset();
  int status = -1;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  const bool ended = killed ? WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL
                            : WIFEXITED(status) && WEXITSTATUS(status) == kCode;
  return Expect(ended, "the end of a child");
}

Result<void> TryPipe() {
  Result<Pipe> words = MakePipe();
  if (!words.ok()) return words.error();
  const int status = StatusOf([&] { return SendWord(words->writing.get(), 'w') ? 0 : 1; });
  words->writing.reset();
  const bool heard = ReceiveWord(words->reading.get()) == 'w';
  return Expect(status == 0 && heard && !ReceiveWord(words->reading.get()),
                "a word and then the end of the file");
}

Result<void> TryMemory() {
  void* page = ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return Refused("mmap");
  if (::mprotect(page, kBytes, PROT_NONE) != 0) return Refused("mprotect");
  if (::munmap(page, kBytes) != 0) return Refused("munmap");
  return {};
}

Result<void> TryHandler() {
  // In a child, so that the handlers of the caller stay.
  const int status = StatusOf([] {
    void* page = ::mmap(nullptr, kBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    const auto fault = Guarded([&] { *static_cast<volatile char*>(page) = 1; });
    if (!fault || fault->signal != SIGSEGV) return 1;
    // Returning from a handler takes a call of its own.
    ::signal(SIGUSR1, [](int) {});
    // Either way of sending it may be refused.
    const pid_t self = ::getpid();
    return ::raise(SIGUSR1) == 0 || (self > 0 && ::kill(self, SIGUSR1) == 0) ? 0 : 1;
  });
  return Expect(status == 0, "recovering from a fault and coming back from a handler");
}

Result<void> TrySharedPage() {
  Result<UniqueMapping> page = MapSharedByFork(kBytes);
  if (!page.ok()) {
    const Result<UniqueFd> file = MakeSharedFile();
    if (!file.ok()) return file.error();
    if (const auto grown = GrowSharedFile(file->get(), kBytes); !grown.ok()) return grown;
    page = MapSharedFile(file->get(), kBytes);
    if (!page.ok()) return page.error();
  }
  auto& byte = *static_cast<volatile char*>(page->get().address);
  const int status = StatusOf([&] {
    byte = kCode;
    return 0;
  });
  return Expect(status == 0 && byte == kCode, "seeing what a child stored");
}

}  // namespace

Error Refused(std::string_view what) {
  return Error{fmt::format("{}: {}", what, ErrnoName(errno)), true};
}

Result<void> Expect(bool holds, std::string_view what) {
  if (holds) return {};
  return Error{fmt::format("{} did not hold", what), true};
}

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

std::vector<FloorTest> TryFloor() {
  std::vector<FloorTest> tests;
  tests.push_back({"process", TryProcess()});
  // The others start processes.
  if (!tests.back().result.ok()) return tests;
  tests.push_back({"end", TryEnd()});
  tests.push_back({"pipe", TryPipe()});
  tests.push_back({"memory", TryMemory()});
  tests.push_back({"handler", TryHandler()});
  tests.push_back({"shared page", TrySharedPage()});
  return tests;
}

}  // namespace shmspec
