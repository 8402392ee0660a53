// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What this system's shared memory costs: the calls of a segment's life, first touches of its
// pages, and messages between two processes through a segment, beside the same through pipes.

#include <benchmark/benchmark.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <vector>

#include "harness/host/futex.h"
#include "harness/vocabulary/value/unique_handle.h"
#include "suites/performance/operation_times.h"

namespace shmspec {
namespace {

constexpr std::size_t kPage = 4096;  // bytes

/// A private segment, removed with its owner.
struct SegmentTraits {
  using Type = int;
  static Type Invalid() { return -1; }
  static void Close(Type id) { ::shmctl(id, IPC_RMID, nullptr); }
};
using UniqueSegment = UniqueHandle<SegmentTraits>;

UniqueSegment MakeSegment(std::size_t bytes) {
  return UniqueSegment(::shmget(IPC_PRIVATE, bytes, IPC_CREAT | 0600));
}

void CreateAndRemove(benchmark::State& state) {
  OperationTimes times(state);
  for (auto _ : times) {
    const int id = ::shmget(IPC_PRIVATE, static_cast<std::size_t>(state.range(0)), 0600);
    if (id < 0) return state.SkipWithError("shmget failed");
    ::shmctl(id, IPC_RMID, nullptr);
  }
}
BENCHMARK(CreateAndRemove)->ArgName("bytes")->Arg(4096)->Arg(16 << 20);

void AttachAndDetach(benchmark::State& state) {
  const UniqueSegment segment = MakeSegment(static_cast<std::size_t>(state.range(0)));
  if (!segment) return state.SkipWithError("shmget failed");
  OperationTimes times(state);
  for (auto _ : times) ::shmdt(::shmat(segment.get(), nullptr, 0));
}
BENCHMARK(AttachAndDetach)->ArgName("bytes")->Arg(4096)->Arg(16 << 20);

/// Time for each page that is written for the first time, or that another process has written.
void TouchPages(benchmark::State& state) {
  const bool fresh = state.range(0) == 0;
  constexpr std::size_t kPages = 1024;
  UniqueSegment segment = MakeSegment(kPages * kPage);
  if (!segment) return state.SkipWithError("shmget failed");
  OperationTimes times(state);
  for (auto _ : times) {
    times.Pause();
    if (fresh) segment = MakeSegment(kPages * kPage);
    auto* at = static_cast<volatile char*>(::shmat(segment.get(), nullptr, 0));
    times.Resume();
    for (std::size_t page = 0; page < kPages; ++page) at[page * kPage] = 1;
    times.Pause();
    ::shmdt(const_cast<char*>(at));
    times.Resume();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * kPages));
}
BENCHMARK(TouchPages)->ArgName("resident")->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);

void Stat(benchmark::State& state) {
  const UniqueSegment segment = MakeSegment(kPage);
  OperationTimes times(state);
  for (auto _ : times) {
    shmid_ds record{};
    benchmark::DoNotOptimize(::shmctl(segment.get(), IPC_STAT, &record));
  }
}
BENCHMARK(Stat);

/// The two words of a ping-pong, a cache line apart, and a message.
struct Table {
  alignas(64) FutexWord ping{0};
  alignas(64) FutexWord pong{0};
  alignas(64) std::array<char, 1 << 16> message{};
};

/// Waits for a word to reach a turn: spinning first, since on two CPUs the other is nearly there.
void Await(FutexWord& word, std::uint32_t turn, std::uint32_t spins) {
  for (std::uint32_t seen = word.load(); seen < turn; seen = word.load()) {
    if (spins > 0) {
      --spins;
    } else {
      FutexWait(word, seen);
    }
  }
}

void Announce(FutexWord& word, std::uint32_t turn, bool wake) {
  word.store(turn);
  if (wake) FutexWake(word);
}

/// Each iteration sends a message of `bytes` through the segment and gets one back.
void PingPongThroughSegment(benchmark::State& state) {
  const auto bytes = static_cast<std::size_t>(state.range(0));
  const bool sleeps = state.range(1) != 0;
  const std::uint32_t spins = sleeps ? 0 : 0xffffffff;
  const UniqueSegment segment = MakeSegment(sizeof(Table));
  auto* table = new (::shmat(segment.get(), nullptr, 0)) Table;
  constexpr std::uint32_t kStop = 0x80000000;
  const pid_t child = ::fork();
  if (child == 0) {
    std::vector<char> own(bytes);
    for (std::uint32_t turn = 1;; ++turn) {
      Await(table->ping, turn, spins);
      if (table->ping.load() >= kStop) ::_exit(0);
      std::memcpy(own.data(), table->message.data(), bytes);
      std::memcpy(table->message.data(), own.data(), bytes);
      Announce(table->pong, turn, sleeps);
    }
  }
  std::vector<char> own(bytes, 'x');
  std::uint32_t turn = 0;
  OperationTimes times(state);
  for (auto _ : times) {
    std::memcpy(table->message.data(), own.data(), bytes);
    Announce(table->ping, ++turn, sleeps);
    Await(table->pong, turn, spins);
    std::memcpy(own.data(), table->message.data(), bytes);
  }
  Announce(table->ping, kStop, true);
  ::waitpid(child, nullptr, 0);
  ::shmdt(table);
  state.SetBytesProcessed(static_cast<std::int64_t>(2 * bytes) * state.iterations());
}
BENCHMARK(PingPongThroughSegment)
    ->ArgNames({"bytes", "sleeps"})
    ->ArgsProduct({{8, 4096, 65536}, {0, 1}})
    ->UseRealTime();

bool Transfer(ssize_t (*call)(int, char*, std::size_t), int fd, char* at, std::size_t bytes) {
  while (bytes > 0) {
    const ssize_t done = call(fd, at, bytes);
    if (done <= 0) return false;
    at += done;
    bytes -= static_cast<std::size_t>(done);
  }
  return true;
}

ssize_t ReadSome(int fd, char* at, std::size_t bytes) { return ::read(fd, at, bytes); }
ssize_t WriteSome(int fd, char* at, std::size_t bytes) { return ::write(fd, at, bytes); }

/// The same through two pipes, with read and write.
void PingPongThroughPipes(benchmark::State& state) {
  const auto bytes = static_cast<std::size_t>(state.range(0));
  int there[2];
  int back[2];
  if (::pipe(there) != 0 || ::pipe(back) != 0) return state.SkipWithError("pipe failed");
  std::vector<char> own(bytes, 'x');
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(there[1]);
    while (Transfer(&ReadSome, there[0], own.data(), bytes) &&
           Transfer(&WriteSome, back[1], own.data(), bytes)) {
    }
    ::_exit(0);
  }
  OperationTimes times(state);
  for (auto _ : times) {
    if (!Transfer(&WriteSome, there[1], own.data(), bytes) ||
        !Transfer(&ReadSome, back[0], own.data(), bytes)) {
      return state.SkipWithError("a pipe broke");
    }
  }
  for (const int fd : {there[0], there[1], back[0], back[1]}) ::close(fd);
  ::waitpid(child, nullptr, 0);
  state.SetBytesProcessed(static_cast<std::int64_t>(2 * bytes) * state.iterations());
}
BENCHMARK(PingPongThroughPipes)->ArgName("bytes")->Arg(8)->Arg(4096)->Arg(65536)->UseRealTime();

}  // namespace
}  // namespace shmspec

BENCHMARK_MAIN();
