// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// How single iterations of a benchmark are distributed, besides the mean that Google Benchmark
// takes of all of them. A loop over the times in place of the state:
//
//   OperationTimes times(state);
//   for (auto _ : times) ::shmdt(::shmat(segment.get(), nullptr, 0));

#ifndef SHMSPEC_SUITES_PERFORMANCE_OPERATION_TIMES_H_
#define SHMSPEC_SUITES_PERFORMANCE_OPERATION_TIMES_H_

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace shmspec {

/// Times iterations one by one, evenly spread over the run and never more than 2 * kSample of them,
/// so that reading the clock does not show in the mean. The counters p50_ns, p99_ns and timed hold
/// the result; fewer than kLeast iterations have no p99, and then there are none.
class OperationTimes {
 public:
  static constexpr std::int64_t kSample = 4096;
  static constexpr std::size_t kLeast = 100;

  explicit OperationTimes(benchmark::State& state)
      : state_(state),
        every_(
            std::max<std::int64_t>(1, static_cast<std::int64_t>(state.max_iterations) / kSample)) {
    times_ns_.reserve(static_cast<std::size_t>(
        std::min<std::int64_t>(static_cast<std::int64_t>(state.max_iterations), 2 * kSample)));
  }
  OperationTimes(const OperationTimes&) = delete;
  OperationTimes& operator=(const OperationTimes&) = delete;
  ~OperationTimes() { Publish(); }

  /// Time between these two calls counts neither here nor in the mean.
  void Pause() {
    paused_ = Clock::now();
    state_.PauseTiming();
  }
  void Resume() {
    state_.ResumeTiming();
    began_ += Clock::now() - paused_;
  }

  class Iterator {
   public:
    Iterator(decltype(std::declval<benchmark::State>().begin()) inner, OperationTimes* times)
        : inner_(inner), times_(times) {}
    auto operator*() const { return *inner_; }
    Iterator& operator++() {
      times_->End();
      ++inner_;
      return *this;
    }
    bool operator!=(const Iterator& other) const {
      const bool more = inner_ != other.inner_;
      if (more) times_->Begin();
      return more;
    }

   private:
    decltype(std::declval<benchmark::State>().begin()) inner_;
    OperationTimes* times_;
  };
  Iterator begin() { return {state_.begin(), this}; }
  Iterator end() { return {state_.end(), this}; }

 private:
  using Clock = std::chrono::steady_clock;

  void Begin() {
    timing_ = iteration_++ % every_ == 0;
    if (timing_) began_ = Clock::now();
  }
  void End() {
    if (!timing_) return;
    const auto took = Clock::now() - began_;
    times_ns_.push_back(std::chrono::duration<double, std::nano>(took).count());
  }

  /// The least time that no less than `share` of the timed iterations did not exceed.
  double Quantile(double share) const {
    const double rank = std::ceil(share * static_cast<double>(times_ns_.size()));
    return times_ns_[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
  }

  void Publish() {
    if (times_ns_.size() < kLeast) return;
    std::sort(times_ns_.begin(), times_ns_.end());
    state_.counters["p50_ns"] = Quantile(0.50);
    state_.counters["p99_ns"] = Quantile(0.99);
    state_.counters["timed"] = static_cast<double>(times_ns_.size());
  }

  benchmark::State& state_;
  std::int64_t every_;  // one of this many iterations is timed
  std::int64_t iteration_ = 0;
  bool timing_ = false;
  Clock::time_point began_;
  Clock::time_point paused_;
  std::vector<double> times_ns_;
};

}  // namespace shmspec

#endif  // SHMSPEC_SUITES_PERFORMANCE_OPERATION_TIMES_H_
