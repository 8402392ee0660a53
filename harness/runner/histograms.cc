// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/histograms.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <variant>

#include "harness/vocabulary/outcome/litmus_outcome.h"

namespace shmspec {
namespace {

/// The memory at the attaches of a plan, as far as its steps tell.
class AttachedMemory {
 public:
  void Follow(const Step& step) {
    if (!step.assigns) return;
    if (step.assigns->kind == HandleKind::kSegment) ++generations_[*step.assigns];
    if (const auto* attach = std::get_if<SysvAttach>(&step.operation)) {
      if (attach->segment.handle && attach->segment.offset == 0) {
        segments_[*step.assigns] = {*attach->segment.handle, generations_[*attach->segment.handle]};
      } else {
        segments_.erase(*step.assigns);
      }
    }
  }

  /// The memory of variables with a prime, in a branch that has some.
  Primes Of(const MemoryBranch& branch) const {
    if (!branch.at.handle || !branch.also.handle) return Primes::kNone;
    const auto at = segments_.find(*branch.at.handle);
    const auto also = segments_.find(*branch.also.handle);
    if (at == segments_.end() || also == segments_.end()) return Primes::kNone;
    const bool same = at->second == also->second && branch.at.offset == branch.also.offset;
    return same ? Primes::kSame : Primes::kOther;
  }

 private:
  /// A segment: its handle, and the number of the assignment to that handle.
  using Segment = std::pair<Handle, std::uint32_t>;
  std::map<Handle, std::uint32_t> generations_;
  std::map<Handle, Segment> segments_;  // by the handle of the attach
};

bool HasPrimes(const Program& program) {
  return std::any_of(program.accesses.begin(), program.accesses.end(),
                     [](const Access& access) { return access.also; });
}

/// A test, built up from its branches one after the other.
struct Test {
  LitmusHistogram histogram;   // without how it ended
  std::vector<Primes> primes;  // of the branches that have some
  bool counted = false;        // so that the next branch is of another test

  void Add(const MemoryBranch& branch, const AttachedMemory& memory) {
    histogram.test += (histogram.test.empty() ? "" : " || ") + PrintProgram(branch.program);
    // Attaches begin at a page.
    histogram.branches.push_back(
        {static_cast<std::uint64_t>(branch.width),
         (static_cast<std::uint64_t>(branch.at.offset) + branch.shift) & 7});
    if (HasPrimes(branch.program)) primes.push_back(memory.Of(branch));
    const auto all = std::count(primes.begin(), primes.end(), Primes::kSame);
    if (std::find(primes.begin(), primes.end(), Primes::kOther) != primes.end()) {
      histogram.primes = Primes::kOther;
    } else if (!primes.empty() && static_cast<std::size_t>(all) == primes.size()) {
      histogram.primes = Primes::kSame;
    } else {
      histogram.primes = Primes::kNone;
    }
  }
};

}  // namespace

std::vector<LitmusHistogram> HistogramsOf(const Trace& trace) {
  std::vector<LitmusHistogram> histograms;
  AttachedMemory memory;
  Test test;
  for (std::size_t i = 0; i < trace.steps.size(); ++i) {
    memory.Follow(trace.plan.steps[i]);
    const Operation& operation = trace.plan.steps[i].operation;
    if (const auto* branch = std::get_if<MemoryBranch>(&operation)) {
      if (test.counted) test = {};
      test.Add(*branch, memory);
    }
    const auto* count = std::get_if<MemoryHistogram>(&operation);
    if (count == nullptr) continue;
    if (test.histogram.branches.empty()) continue;
    test.counted = true;
    const auto* seen = std::get_if<Histogram>(&trace.steps[i].outcome);
    if (!trace.steps[i].returned || seen == nullptr) continue;
    LitmusHistogram& histogram = histograms.emplace_back(test.histogram);
    histogram.rounds = static_cast<std::uint64_t>(seen->rounds);
    histogram.technique = seen->technique;
    if (count->at_least > 0) {
      histogram.sought = {PrintEnding(count->of), static_cast<std::uint64_t>(seen->technique_hits),
                          static_cast<std::uint64_t>(seen->technique_rounds)};
    }
    for (const EndingRow& row : seen->rows) {
      histogram.endings.push_back(
          {PrintEnding(EndingOf(row)), static_cast<std::uint64_t>(row.count)});
    }
  }
  return histograms;
}

}  // namespace shmspec
