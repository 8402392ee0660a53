// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Clients that leave requests in a segment, a server that changes each in place, clients that look
// at every word of the reply: with each way to wait, on one CPU and on several, beside the same
// messages through pipes, sockets and a file in memory. Ends with how often faster the segment was
// in this run, or slower.

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "suites/performance/exchange_carriers.h"
#include "suites/performance/operation_times.h"

namespace shmspec {
namespace {

/// Keeps the calling process on a CPU: the first one, or that of its number.
void Pin(std::size_t process, std::int64_t cpus) {
  cpu_set_t all;
  ::sched_getaffinity(0, sizeof all, &all);
  std::vector<int> found;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &all)) found.push_back(cpu);
  }
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(found[cpus == 1 ? 0 : process % found.size()], &one);
  ::sched_setaffinity(0, sizeof one, &one);
}

/// Gives the caller its CPUs back after it was pinned.
class Unpinned {
 public:
  Unpinned() { ::sched_getaffinity(0, sizeof all_, &all_); }
  ~Unpinned() { ::sched_setaffinity(0, sizeof all_, &all_); }
  Unpinned(const Unpinned&) = delete;
  Unpinned& operator=(const Unpinned&) = delete;

 private:
  cpu_set_t all_;
};

/// A child that ends with its parent.
pid_t Start(std::size_t number, std::int64_t cpus, const std::function<bool()>& body) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  Pin(number, cpus);
  ::_exit(body() ? 0 : 1);
}

bool EndedWell(pid_t child) {
  int status = 0;
  return ::waitpid(child, &status, 0) == child && status == 0;
}

/// The words all carriers share beside their messages.
struct Progress {
  std::atomic<bool> stop{false};
  std::array<std::atomic<std::uint64_t>, kMostClients> done{};
};

/// Each iteration is one message of the first client; the others send theirs meanwhile.
void Exchanges(benchmark::State& state, const std::string& name) {
  const Conditions conditions{
      .clients = static_cast<std::size_t>(state.range(0)),
      .words = static_cast<std::size_t>(state.range(1)) / sizeof(std::uint64_t),
      .cpus = state.range(2)};
  const Unpinned unpinned;
  const std::unique_ptr<Carrier> carrier = MakeCarrier(name, conditions);
  Shared<Progress> progress;
  if (!progress.there()) return state.SkipWithError("no segment for the benchmark itself");
  const pid_t server = Start(1, conditions.cpus, [&] { return carrier->Serve(); });
  std::vector<pid_t> clients;
  for (std::size_t client = 1; client < conditions.clients; ++client) {
    clients.push_back(Start(client + 1, conditions.cpus, [&, client] {
      carrier->KeepOnly(client);
      for (std::uint64_t seed = client; !progress->stop.load(); ++seed) {
        if (!carrier->Exchange(client, seed << 32)) return false;
        progress->done[client].fetch_add(1);
      }
      return true;
    }));
  }
  carrier->KeepOnly(0);
  Pin(0, conditions.cpus);
  bool right = true;
  std::uint64_t seed = 0;
  {
    OperationTimes times(state);
    for (auto _ : times) right = carrier->Exchange(0, ++seed) && right;
  }
  std::uint64_t messages = seed;
  for (const auto& done : progress->done) messages += done.load();
  progress->stop.store(true);
  for (const pid_t client : clients) right = EndedWell(client) && right;
  carrier->StopServer();
  right = EndedWell(server) && right;
  if (!right) return state.SkipWithError("a reply was wrong");
  state.counters["messages"] =
      benchmark::Counter(static_cast<double>(messages), benchmark::Counter::kIsRate);
  state.SetBytesProcessed(static_cast<std::int64_t>(messages * conditions.bytes()));
}

/// Prints the usual lines, and then the segment beside each of the others under the same
/// conditions.
class Ratios : public benchmark::ConsoleReporter {
 public:
  Ratios() : ConsoleReporter(::isatty(STDOUT_FILENO) != 0 ? OO_ColorTabular : OO_None) {}

  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      const auto found = run.counters.find("messages");
      if (run.error_occurred || found == run.counters.end()) continue;
      if (run.run_type == Run::RT_Aggregate && run.aggregate_name != "median") continue;
      const std::string name = run.run_name.function_name;
      rates_[run.run_name.args][name.substr(name.find('/') + 1)] = found->second.value;
    }
    ConsoleReporter::ReportRuns(runs);
  }
  void Finalize() override {
    ConsoleReporter::Finalize();
    for (const auto& [conditions, rates] : rates_) {
      std::string line;
      for (const char* way : {"spinning", "futex", "semaphore", "condition"}) {
        for (const char* other : {"pipes", "sockets", "file"}) {
          const auto ours = rates.find(way);
          const auto theirs = rates.find(other);
          if (ours == rates.end() || theirs == rates.end()) continue;
          line += fmt::format("  {}/{} {:.2f}", way, other, ours->second / theirs->second);
        }
      }
      if (!line.empty()) GetOutputStream() << conditions << ":" << line << '\n';
    }
  }

 private:
  std::map<std::string, std::map<std::string, double>> rates_;
};

void RegisterAll() {
  for (const char* name :
       {"spinning", "futex", "semaphore", "condition", "file", "pipes", "sockets"}) {
    benchmark::RegisterBenchmark((std::string("Exchanges/") + name).c_str(),
                                 [name](benchmark::State& state) { Exchanges(state, name); })
        ->ArgNames({"clients", "bytes", "cpus"})
        ->ArgsProduct({{1, 3, 7}, {64, 4096, 65536}, {1, 2}})
        ->UseRealTime();
  }
}

}  // namespace
}  // namespace shmspec

int main(int argc, char** argv) {
  const bool console = std::none_of(argv, argv + argc, [](const char* argument) {
    return std::string_view(argument).starts_with("--benchmark_format=");
  });
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 4;
  shmspec::RegisterAll();
  shmspec::Ratios ratios;
  benchmark::RunSpecifiedBenchmarks(console ? &ratios : nullptr);
  return 0;
}
