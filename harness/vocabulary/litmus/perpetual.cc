// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/litmus/perpetual.h"

#include <limits>

namespace shmspec {

std::optional<PerpetualTest> PerpetualTest::Of(Programs programs) {
  if (programs.size() > kMostBranches) return std::nullopt;
  PerpetualTest test;
  test.branches_ = programs.size();
  test.storers_.fill(kNobody);
  bool loads = false;
  for (std::size_t branch = 0; branch < programs.size(); ++branch) {
    for (const Access& access : programs[branch]) {
      if (access.kind == AccessKind::kFence) continue;
      const auto variable = static_cast<std::size_t>(access.variable);
      const auto to = static_cast<std::size_t>(access.to);
      if (access.kind > AccessKind::kFence || variable >= kVariables || to >= kRegisters) {
        return std::nullopt;
      }
      test.named_[variable] = true;
      if (access.Stores()) {
        constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
        if (test.storers_[variable] != kNobody || access.value == 0 || access.value > kMost) {
          return std::nullopt;
        }
        test.storers_[variable] = branch;
        test.values_[variable] = static_cast<std::int64_t>(access.value);
      }
      if (access.Loads()) {
        if (test.loads_[to].there) return std::nullopt;
        test.loads_[to] = {.there = true, .branch = branch, .of = access.variable};
        loads = true;
      }
    }
  }
  if (!loads) return std::nullopt;
  for (Load& load : test.loads_) {
    if (load.there) load.storer = test.storers_[static_cast<std::size_t>(load.of)];
  }
  return test;
}

PerpetualTest::Wants PerpetualTest::WantsOf(const Ending& sought) const {
  Wants wants{};
  for (std::size_t i = 0; i < kRegisters; ++i) {
    const Load& load = loads_[i];
    if (!load.there || load.storer == kNobody || load.storer == load.branch) continue;
    if (sought.values[i] == 0) wants[i] = Want::kZero;
    if (sought.values[i] == values_[static_cast<std::size_t>(load.of)]) wants[i] = Want::kValue;
  }
  return wants;
}

std::size_t PerpetualTest::Pivot() const {
  std::array<std::size_t, kMostBranches> loads{};
  std::size_t pivot = 0;
  for (const Load& load : loads_) {
    if (load.there) ++loads[load.branch];
  }
  for (std::size_t i = 1; i < branches_; ++i) {
    if (loads[i] > loads[pivot]) pivot = i;
  }
  return pivot;
}

PerpetualTest::Choices PerpetualTest::OrderOf(const Wants& wants) const {
  std::uint32_t chosen = 1u << Pivot();
  // Whether what is wanted of a load connects the branch with those chosen so far.
  const auto how = [&](std::size_t branch) {
    Choice choice{branch, Choice::By::kItself};
    for (std::size_t i = 0; i < kRegisters; ++i) {
      const Load& load = loads_[i];
      if (wants[i] == Want::kAnything) continue;
      if (load.storer == branch && (chosen >> load.branch & 1) != 0) {
        return Choice{branch, Choice::By::kLoads};
      }
      if (load.branch == branch && (chosen >> load.storer & 1) != 0) {
        choice.by = Choice::By::kSeeking;
      }
    }
    return choice;
  };
  Choices choices{};
  for (std::size_t n = 0; n + 1 < branches_; ++n) {
    std::optional<Choice> best;
    for (std::size_t branch = 0; branch < branches_; ++branch) {
      if ((chosen >> branch & 1) != 0) continue;
      const Choice choice = how(branch);
      const auto worth = [](Choice::By by) {
        return by == Choice::By::kLoads ? 2 : by == Choice::By::kSeeking ? 1 : 0;
      };
      if (!best || worth(choice.by) > worth(best->by)) best = choice;
    }
    choices[n] = *best;
    chosen |= 1u << best->branch;
  }
  return choices;
}

}  // namespace shmspec
