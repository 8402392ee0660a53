// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// A litmus test in the words of harness/vocabulary/litmus, in which it can be run: a program for
// each thread, and where each place of the condition is found when a round is over.
//
//   const Result<Branches> branches = BranchesOf(litmus, Machine::kX86);
//   const Plan plan = PlanOf(*branches, {.rounds = 100'000});

#ifndef SHMSPEC_HARNESS_ORDER_BRANCHES_H_
#define SHMSPEC_HARNESS_ORDER_BRANCHES_H_

#include <cstdint>
#include <vector>

#include "harness/order/litmus.h"
#include "harness/vocabulary/litmus/litmus.h"
#include "harness/vocabulary/plan/plan.h"
#include "harness/vocabulary/value/names.h"
#include "harness/vocabulary/value/result.h"

namespace shmspec::order {

enum class Machine : std::uint8_t { kX86, kOther };

/// Where a place of the condition is found.
struct Whereabouts {
  enum class Kind : std::uint8_t { kNumber, kRegister, kVariable };
  Kind kind = Kind::kNumber;
  std::int64_t number = 0;
  Register in = Register::kR0;
  Variable of = Variable::kX;
  friend bool operator==(const Whereabouts&, const Whereabouts&) = default;
};

struct Branches {
  std::vector<Program> programs;
  std::vector<Whereabouts> places;  // as Litmus::places

  /// The end that a round had.
  End EndOf(const Ending& ending) const;
};

/// Compiles the test for a machine. The error names what cannot be run there and is `lacking`.
Result<Branches> BranchesOf(const Litmus& litmus, Machine machine);

/// Who the branches are.
enum class As : std::uint8_t { kProcesses, kThreads };

struct PlanTerms {
  /// The cells of this many are 15 MB of memory.
  static constexpr std::uint64_t kMostRounds = std::uint64_t{1} << 18;
  std::uint64_t rounds = kMostRounds;
  As as = As::kProcesses;
};

/// A plan that runs the test in a new segment and counts how its rounds ended.
Plan PlanOf(const Branches& branches, const PlanTerms& terms);

}  // namespace shmspec::order

namespace shmspec {
template <>
struct NamesOf<order::As> {
  static constexpr std::array kNames{Named<order::As>{"processes", order::As::kProcesses},
                                     Named<order::As>{"threads", order::As::kThreads}};
};
}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_ORDER_BRANCHES_H_
