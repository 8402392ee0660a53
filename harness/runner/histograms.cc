// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/histograms.h"

#include <string>
#include <utility>
#include <variant>

#include "harness/vocabulary/litmus_outcome.h"

namespace shmspec {

std::vector<LitmusHistogram> HistogramsOf(const Trace& trace) {
  std::vector<LitmusHistogram> histograms;
  std::string test;
  for (std::size_t i = 0; i < trace.steps.size(); ++i) {
    const Operation& operation = trace.plan.steps[i].operation;
    if (const auto* branch = std::get_if<MemoryBranch>(&operation)) {
      test += (test.empty() ? "" : " || ") + PrintProgram(branch->program);
    }
    if (!std::holds_alternative<MemoryHistogram>(operation)) continue;
    const auto* seen = std::get_if<Histogram>(&trace.steps[i].outcome);
    if (trace.steps[i].returned && seen != nullptr) {
      LitmusHistogram& histogram = histograms.emplace_back();
      histogram.test = std::move(test);
      histogram.rounds = seen->rounds;
      for (const EndingRow& row : seen->rows) {
        histogram.endings.push_back({PrintEnding(EndingOf(row)), row.count});
      }
    }
    test.clear();
  }
  return histograms;
}

}  // namespace shmspec
