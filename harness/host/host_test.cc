// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <functional>
#include <optional>
#include <thread>
#include <vector>

#include "harness/host/clocks.h"
#include "harness/host/file_identity.h"
#include "harness/host/futex.h"
#include "harness/host/own_process.h"
#include "harness/host/pipe.h"
#include "harness/host/readable.h"
#include "harness/host/shared_file.h"
#include "harness/host/thread_state.h"

namespace shmspec {
namespace {

constexpr int kNoFilter = 77;

/// Whether `holds` is true in a child in which the system refuses the calls with ENOSYS.
bool HoldsWithout(const std::vector<long>& calls, const std::function<bool()>& holds) {
  const pid_t child = ::fork();
  if (child == 0) {
    std::vector<sock_filter> code{{BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)}};
    for (const long call : calls) {
      code.push_back({BPF_JMP | BPF_JEQ | BPF_K, 0, 1, static_cast<std::uint32_t>(call)});
      code.push_back({BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | ENOSYS});
    }
    code.push_back({BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW});
    const sock_fprog program{static_cast<unsigned short>(code.size()), code.data()};
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) ::_exit(kNoFilter);
    ::alarm(10);
    ::_exit(holds() ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == kNoFilter);
}

bool CarriesAWord() {
  Result<Pipe> pipe = MakePipe();
  if (!pipe.ok() || !SendWord(pipe->writing.get(), 'w')) return false;
  if (ReceiveWord(pipe->reading.get()) != 'w') return false;
  pipe->writing.reset();
  return ReceiveWord(pipe->reading.get()) == std::nullopt;
}

TEST(Pipe, CarriesWordsAndTellsTheEnd) {
  EXPECT_TRUE(CarriesAWord());
  EXPECT_TRUE(HoldsWithout({SYS_pipe2}, &CarriesAWord));
  EXPECT_TRUE(HoldsWithout({SYS_pipe2, SYS_fcntl}, &CarriesAWord));
}

TEST(Pipe, IsClosedOnExecByEitherCall) {
  const auto closed_on_exec = [] {
    const Result<Pipe> pipe = MakePipe();
    return pipe.ok() && ::fcntl(pipe->reading.get(), F_GETFD) == FD_CLOEXEC &&
           ::fcntl(pipe->writing.get(), F_GETFD) == FD_CLOEXEC;
  };
  EXPECT_TRUE(closed_on_exec());
  EXPECT_TRUE(HoldsWithout({SYS_pipe2}, closed_on_exec));
}

bool TellsReadableFromNot() {
  const Result<Pipe> silent = MakePipe();
  const Result<Pipe> heard = MakePipe();
  if (!silent.ok() || !heard.ok()) return false;
  std::array<pollfd, 2> files{pollfd{silent->reading.get(), POLLIN, 0},
                              pollfd{heard->reading.get(), POLLIN, 0}};
  if (AwaitReadable(files, 1) != 0) return false;
  return SendWord(heard->writing.get(), 'w') && AwaitReadable(files, -1) == 1 &&
         files[0].revents == 0 && files[1].revents == POLLIN;
}

TEST(Readable, IsToldByWhateverCallThereIs) {
  EXPECT_TRUE(TellsReadableFromNot());
  EXPECT_TRUE(HoldsWithout({SYS_poll}, &TellsReadableFromNot));
  EXPECT_TRUE(HoldsWithout({SYS_poll, SYS_ppoll}, &TellsReadableFromNot));
}

bool WakesAcrossProcesses(Result<UniqueMapping> memory) {
  if (!memory.ok()) return false;
  FutexWord& word = *static_cast<FutexWord*>(memory->get().address);
  const pid_t child = ::fork();
  if (child == 0) {
    while (word.load() == 0) FutexWait(word, 0);
    word.store(2);
    FutexWake(word);
    ::_exit(0);
  }
  word.store(1);
  FutexWake(word);
  for (std::uint32_t seen = word.load(); seen != 2; seen = word.load()) FutexWait(word, seen);
  int status = -1;
  ::waitpid(child, &status, 0);
  return status == 0;
}

TEST(Futex, WordsAreWaitedForWithAndWithoutTheCall) {
  const auto wakes = [] { return WakesAcrossProcesses(MapSharedByFork(4096)); };
  EXPECT_TRUE(wakes());
  EXPECT_TRUE(HoldsWithout({SYS_futex}, wakes));
}

bool SharesAFile() {
  const Result<UniqueFd> file = MakeSharedFile();
  if (!file.ok() || !GrowSharedFile(file->get(), 8192).ok()) return false;
  return WakesAcrossProcesses(MapSharedFile(file->get(), 8192));
}

TEST(SharedFile, IsSharedHoweverItIsMade) {
  EXPECT_TRUE(SharesAFile());
  EXPECT_TRUE(HoldsWithout({SYS_memfd_create}, &SharesAFile));
  EXPECT_TRUE(HoldsWithout({SYS_ftruncate}, &SharesAFile));
  EXPECT_TRUE(HoldsWithout({SYS_memfd_create, SYS_ftruncate}, &SharesAFile));
}

TEST(SharedFile, KeepsWhatItHoldsWhenItGrows) {
  const Result<UniqueFd> file = MakeSharedFile();
  ASSERT_TRUE(file.ok() && GrowSharedFile(file->get(), 4096).ok());
  ASSERT_EQ(::pwrite(file->get(), "x", 1, 4095), 1);
  ASSERT_TRUE(GrowSharedFile(file->get(), 8192).ok() && GrowSharedFile(file->get(), 100).ok());
  EXPECT_EQ(::lseek(file->get(), 0, SEEK_END), 8192);
  char last = 0;
  EXPECT_EQ(::pread(file->get(), &last, 1, 4095), 1);
  EXPECT_EQ(last, 'x');
}

TEST(Clocks, BoundTheTimeAlsoWithoutTheCoarseClock) {
  const std::int64_t low_s = SecondNotAfterNow();
  const std::int64_t high_s = SecondNotBeforeNow();
  EXPECT_LE(low_s, high_s);
  EXPECT_GE(low_s, high_s - 2);
}

TEST(OwnProcess, KnowsItsProcAndItsProgram) {
  EXPECT_TRUE(ProcIsOwn());
  EXPECT_EQ(OwnProgram(), "/proc/self/exe");
  EXPECT_TRUE(HoldsWithout({SYS_readlink, SYS_readlinkat}, [] {
    const std::string program = OwnProgram();
    return program.starts_with('/') && program.ends_with("host_test");
  }));
}

TEST(OwnProcess, KeepsAFileOverAnExec) {
  const auto kept = [] {
    const Result<Pipe> pipe = MakePipe();
    const int fd = pipe.ok() ? KeepOverExec(pipe->reading.get()) : -1;
    const pid_t child = ::fork();
    if (child == 0) {
      const std::string path = "test -e /proc/self/fd/" + std::to_string(fd);
      ::execl("/bin/sh", "sh", "-c", path.c_str(), nullptr);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    return fd >= 0 && status == 0;
  };
  EXPECT_TRUE(kept());
  EXPECT_TRUE(HoldsWithout({SYS_fcntl}, kept));
}

/// Looks until the thread sleeps, for ten seconds at most.
bool FallsAsleep(pid_t thread) {
  const std::uint64_t until_ns = MonotonicNs() + 10'000'000'000;
  SleepWatch watch;
  while (MonotonicNs() < until_ns) {
    const auto state = ReadThreadState(::getpid(), thread);
    if (watch.Sees(state.value_or(ThreadState()), MonotonicNs())) return true;
    std::this_thread::yield();
  }
  return false;
}

TEST(ThreadState, TellsAThreadThatReadsAnEmptyPipe) {
  const Result<Pipe> pipe = MakePipe();
  ASSERT_TRUE(pipe.ok());
  std::atomic<pid_t> tid{0};
  std::thread reader([&] {
    tid.store(::gettid());
    ReceiveWord(pipe->reading.get());
  });
  while (tid.load() == 0) std::this_thread::yield();
  EXPECT_TRUE(FallsAsleep(tid.load()));
  const auto first = ReadThreadState(::getpid(), tid.load());
  EXPECT_EQ(first, ReadThreadState(::getpid(), tid.load())) << "it is one sleep";
  EXPECT_TRUE(first && first->waits > 0);
  ASSERT_TRUE(SendWord(pipe->writing.get(), 'w'));
  reader.join();
  // The thread is there a little longer than its end is waited for.
  while (ReadThreadState(::getpid(), tid.load())) std::this_thread::yield();
  EXPECT_TRUE(errno == ENOENT || errno == ESRCH) << errno;
}

TEST(ThreadState, NeverTellsThatAThreadSleepsThatRuns) {
  std::atomic<pid_t> tid{0};
  std::atomic<bool> enough{false};
  std::thread runner([&] {
    tid.store(::gettid());
    while (!enough.load()) {
    }
  });
  while (tid.load() == 0) std::this_thread::yield();
  for (int i = 0; i < 1000; ++i) {
    const auto state = ReadThreadState(::getpid(), tid.load());
    EXPECT_TRUE(state && !state->asleep);
  }
  enough.store(true);
  runner.join();
}

TEST(ThreadState, IsReadFromTheLinesOfItsFile) {
  const ThreadState asleep{true, 12};
  EXPECT_EQ(ParseThreadState("Name:\tState: R\nState:\tS (sleeping)\nTgid:\t7\n"
                             "voluntary_ctxt_switches:\t12\nnonvoluntary_ctxt_switches:\t3\n"),
            asleep);
  EXPECT_EQ(ParseThreadState("State:\tR (running)\nnonvoluntary_ctxt_switches:\t3\n"),
            ThreadState());
  // What lasts a moment, what a debugger or a signal stopped, and what has ended.
  for (const char* letter : {"D", "T", "t", "Z", "X", "I"}) {
    EXPECT_EQ(ParseThreadState(std::string("State:\t") + letter + "\n"), ThreadState()) << letter;
  }
  EXPECT_EQ(ParseThreadState("State:\tS\n"), (ThreadState{true, 0}));
  EXPECT_EQ(ParseThreadState(""), std::nullopt);
  EXPECT_EQ(ParseThreadState("Name:\tS\n"), std::nullopt);
}

TEST(SleepWatch, WantsOneSleepThatLasts) {
  constexpr std::uint64_t kLasting_ns = SleepWatch::kLasting_ns;
  SleepWatch watch;
  EXPECT_FALSE(watch.Sees({true, 1}, 0));
  EXPECT_FALSE(watch.Sees({true, 1}, kLasting_ns - 1));
  EXPECT_TRUE(watch.Sees({true, 1}, kLasting_ns));
  EXPECT_FALSE(watch.Sees({true, 2}, 2 * kLasting_ns)) << "another sleep";
  EXPECT_FALSE(watch.Sees({true, 2}, 3 * kLasting_ns - 1));
  EXPECT_FALSE(watch.Sees({false, 2}, 3 * kLasting_ns));
  EXPECT_FALSE(watch.Sees({false, 2}, 5 * kLasting_ns)) << "a thread that runs";
  EXPECT_FALSE(watch.Sees({true, 2}, 5 * kLasting_ns));
  EXPECT_TRUE(watch.Sees({true, 2}, 6 * kLasting_ns));
}

TEST(FileIdentity, TellsFileSystemsAndKindsApart) {
  const UniqueFd memory(::memfd_create("shmspec-test", MFD_CLOEXEC));
  ASSERT_TRUE(memory);
  const auto file = IdentityOf(memory.get());
  const auto folder = IdentityOf("/proc");
  ASSERT_TRUE(file && folder);
  EXPECT_TRUE(file->regular);
  EXPECT_FALSE(folder->regular);
  EXPECT_FALSE(file->IsOnDeviceOf(*folder));
  EXPECT_TRUE(folder->IsOnDeviceOf(*IdentityOf("/proc/self")));
  EXPECT_FALSE(IdentityOf("/proc/none"));
  EXPECT_FALSE(IdentityOf(-1));
}

}  // namespace
}  // namespace shmspec
