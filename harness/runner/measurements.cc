// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/measurements.h"

#include <string>
#include <variant>

#include "harness/vocabulary/litmus_outcome.h"

namespace shmspec {

std::vector<Measurement> MeasurementsOf(const Trace& trace) {
  std::vector<Measurement> measurements;
  std::string branches;
  for (std::size_t i = 0; i < trace.steps.size(); ++i) {
    const Operation& operation = trace.plan.steps[i].operation;
    if (const auto* branch = std::get_if<MemoryBranch>(&operation)) {
      branches += (branches.empty() ? "" : " || ") + PrintProgram(branch->program);
    }
    if (!std::holds_alternative<MemoryHistogram>(operation)) continue;
    const auto* histogram = std::get_if<Histogram>(&trace.steps[i].outcome);
    if (trace.steps[i].returned && histogram != nullptr) {
      for (const EndingRow& row : histogram->rows) {
        measurements.push_back(
            {branches, PrintEnding(EndingOf(row)), row.count, "rounds", histogram->rounds});
      }
    }
    branches.clear();
  }
  return measurements;
}

}  // namespace shmspec
