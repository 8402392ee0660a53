// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/perform_plan.h"

#include <fmt/format.h>
#include <sys/ipc.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "harness/runner/judge_trace.h"

namespace shmspec {
namespace {

void Unite(std::vector<Requirement>& into, const std::vector<Requirement>& from) {
  into.insert(into.end(), from.begin(), from.end());
  std::sort(into.begin(), into.end());
  into.erase(std::unique(into.begin(), into.end()), into.end());
}

/// The observations of a race in any of its rounds, each value once.
void KeepObserved(std::vector<std::string>& observed, std::vector<std::string> before) {
  constexpr std::size_t kMost = 64;
  for (std::string& one : observed) {
    if (before.size() >= kMost) break;
    if (std::find(before.begin(), before.end(), one) == before.end()) {
      before.push_back(std::move(one));
    }
  }
  observed = std::move(before);
}

/// Whether a message queue or semaphore set of that key is new, or was made in this run before:
/// nobody else has the keys of handles.
bool IsOurs(const IpcGet& get) {
  constexpr std::uint64_t kNew = kCreate | kExclusive;
  const bool is_private = !get.key.handle && get.key.offset == IPC_PRIVATE;
  const bool is_own = get.key.handle && get.key.offset == 0;
  return is_private || is_own || (get.flags.bits & kNew) == kNew;
}

/// Adds what a round made to what those before it made.
void NoteMade(const Trace& trace, CaseResult& total) {
  for (const ActorFacts& facts : trace.actors) total.actor_pids.push_back(facts.pid);
  for (std::size_t i = 0; i < trace.steps.size(); ++i) {
    const auto* id = std::get_if<Value>(&trace.steps[i].outcome);
    const Operation& operation = trace.plan.steps[i].operation;
    const auto* get = std::get_if<IpcGet>(&operation);
    const auto* tool = std::get_if<SystemIpcmkObject>(&operation);
    if (id == nullptr || (tool == nullptr && (get == nullptr || !IsOurs(*get)))) continue;
    const IpcKind kind = tool != nullptr ? tool->kind : get->kind;
    if (kind == IpcKind::kQueue) total.queues.push_back(id->number);
    if (kind == IpcKind::kSemaphores) total.semaphore_sets.push_back(id->number);
  }
}

/// Whether the experiment failed: the plan was performed to its end, but a step could not be
/// carried out, and nothing that the environment lacks explains it.
bool ExperimentFailed(const Trace& trace, const CaseResult& result) {
  return result.status == Status::kUnresolved && trace.trouble.empty() &&
         FirstTroubled(trace) < trace.steps.size();
}

}  // namespace

CaseResult Unjudged(Status status, Cause cause, std::string reason) {
  CaseResult result;
  result.status = status;
  result.cause = cause;
  result.reason = std::move(reason);
  return result;
}

std::optional<RoundRate> RateOf(std::vector<std::chrono::nanoseconds> rounds) {
  const auto count = static_cast<double>(rounds.size());
  const double rank = std::floor((count - 1 - 1.96 * std::sqrt(count)) / 2);
  if (rank < 0) return std::nullopt;
  std::sort(rounds.begin(), rounds.end());
  const auto per_s = [&](std::size_t at) {
    return static_cast<std::uint64_t>(
        1e9 / static_cast<double>(std::max<std::int64_t>(1, rounds[at].count())));
  };
  const auto fast = static_cast<std::size_t>(rank);
  return RoundRate{.per_s = per_s(rounds.size() / 2),
                   .least_per_s = per_s(rounds.size() - 1 - fast),
                   .most_per_s = per_s(fast)};
}

std::uint64_t SeedOfRound(std::uint64_t seed, int round) {
  // An odd multiplier spreads neighbouring rounds over all bits and leaves round 0 alone.
  return seed + static_cast<std::uint64_t>(round) * 0x9e3779b97f4a7c15ull;
}

CaseResult PerformPlan(const Plan& plan, int rounds, Stage& stage, const model::Profile& profile,
                       std::uint64_t seed, std::chrono::milliseconds time) {
  const auto start = std::chrono::steady_clock::now();
  CaseResult total;
  int repetitions = 0;
  std::vector<std::chrono::nanoseconds> times;
  for (int round = 0; round < rounds; ++round) {
    if (round > 0 && std::chrono::steady_clock::now() - start > time) {
      total.observed.push_back(
          fmt::format("{} of {} rounds, for lack of time: the machine is busy", round, rounds));
      break;
    }
    const auto began = std::chrono::steady_clock::now();
    const std::uint64_t own_seed = SeedOfRound(seed, round + repetitions);
    const Trace trace = stage.Perform(plan, own_seed);
    NoteMade(trace, total);
    CaseResult result = JudgeTrace(trace, profile);
    times.push_back(std::chrono::steady_clock::now() - began);
    result.seed = own_seed;
    result.rounds = round + 1;
    result.steps = total.steps + plan.steps.size();
    if (ExperimentFailed(trace, result) && repetitions < kMostRepetitions) {
      total.steps = result.steps;
      total.observed.push_back("repeated: " + result.reason);
      ++repetitions;
      --round;
      continue;
    }
    Unite(result.touched, total.touched);
    result.worlds = std::max(result.worlds, total.worlds);
    KeepObserved(result.observed, std::move(total.observed));
    result.actor_pids = std::move(total.actor_pids);
    result.queues = std::move(total.queues);
    result.semaphore_sets = std::move(total.semaphore_sets);
    if (round > 0 && result.status != Status::kPass) {
      result.reason += fmt::format(" (round {}, seed {})", round + 1, result.seed);
    }
    total = std::move(result);
    if (total.status == Status::kPass) continue;
    if (const std::string how = stage.Perturbed(plan, own_seed); !how.empty()) {
      total.observed.push_back(fmt::format("with seed {}: {}", own_seed, how));
    }
    break;
  }
  total.rate = RateOf(std::move(times));
  total.duration_us = std::chrono::duration_cast<std::chrono::microseconds>(
                          std::chrono::steady_clock::now() - start)
                          .count();
  return total;
}

}  // namespace shmspec
