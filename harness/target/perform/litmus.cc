// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include "harness/host/fault_guard.h"
#include "harness/target/litmus/branch.h"
#include "harness/target/perform/families.h"

namespace shmspec::perform {
namespace {

constexpr std::uint64_t kMostRounds = 1u << 24;

Outcome ToOutcome(LitmusRan ran, std::uint64_t rounds) {
  switch (ran) {
    case LitmusRan::kAll:
      return Value{static_cast<std::int64_t>(rounds)};
    case LitmusRan::kUncounted:
      return Trouble{false, "the litmus test there has run and was not counted"};
    case LitmusRan::kUnlike:
      return Trouble{false, "the branches of the litmus test differ in more than their programs"};
    case LitmusRan::kAlone:
      return Trouble{false, fmt::format("the other branches of the litmus test did not come within "
                                        "{} ms",
                                        kLitmusPatience_ms)};
    case LitmusRan::kOneProcessor:
      return Trouble{
          true, "this system does not offer each branch of a litmus test a processor (pinning)"};
    case LitmusRan::kTooFew:
      return Trouble{true, fmt::format("the technique that showed the mutant of the litmus test "
                                       "found too few rounds of the test itself within {} ms",
                                       kLitmusSearch_ms)};
  }
  SHMSPEC_CHECK(false, "a branch that ended in no way there is");
}

}  // namespace

Outcome Do(const MemoryBranch& op, Context& context) {
  if (op.rounds == 0 || op.rounds > kMostRounds || op.branches == 0 || !op.layout().IsSound()) {
    return Trouble{false,
                   fmt::format("a litmus test has 1 to {} rounds, at least one branch, and "
                               "cells a multiple of 8 bytes apart, up to {}, and shifted by "
                               "{} at most",
                               kMostRounds, LitmusLayout::kMostStride, LitmusLayout::kMostShift)};
  }
  const std::uint64_t named = context.AddressOf(op.at);
  const LitmusJob job{.at = named,
                      .also = context.AddressOf(op.also),
                      .program = &op.program,
                      .width = op.width,
                      .layout = op.layout(),
                      .branches = op.branches,
                      .tuning = op.tuning,
                      .until = op.until,
                      .at_least = op.at_least};
  LitmusRan ran = LitmusRan::kAlone;
  std::uint64_t rounds = 0;
  const auto fault = Guarded([&] { ran = RunLitmusBranch(job, rounds); });
  if (fault) return OutcomeOf(*fault, named);
  return ToOutcome(ran, rounds);
}

Outcome Do(const MemoryHistogram& op, Context& context) {
  const std::uint64_t named = context.AddressOf(op.at);
  EndingCounts counts;
  LitmusEffort effort;
  const auto fault = Guarded([&] { CountLitmusTest(named, counts, effort); });
  if (fault) return OutcomeOf(*fault, named);
  return Conclude(op, counts, effort);
}

}  // namespace shmspec::perform
