// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Remembers each branch that ran, since no single load of it can be judged; judges the histogram of
// all branches.

#include "harness/model/memory/trial.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "harness/model/language/operations.h"
#include "harness/model/memory/access.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

constexpr Requirements kSameMemory{"SYSV.MULTI.SAME_PHYSICAL_MEMORY"_req};

bool UsesAlso(const Program& program) {
  return std::any_of(program.accesses.begin(), program.accesses.end(),
                     [](const Access& access) { return access.also; });
}

/// The memory of a test is touched column by column, so that a hole in the middle may go unnoticed.
void DescribeArea(const Scene& scene, std::uint64_t address, std::uint64_t bytes, bool first,
                  Clauses& clauses) {
  Reach reach = Follow(scene, address, bytes, true);
  if (reach.end == Reach::End::kWhole) return;
  reach.certain = reach.certain && first && reach.bytes == 0;
  if (!first) reach.bytes = std::max<std::uint64_t>(reach.bytes, 1);
  DescribeReach(reach, clauses);
}

auto FindTrialIn(auto& trials, std::uint64_t object, std::uint64_t offset) {
  return std::lower_bound(trials.begin(), trials.end(), std::pair(object, offset),
                          [](const Trial& trial, const auto& wanted) {
                            return std::pair(trial.object, trial.offset) < wanted;
                          });
}

std::uint64_t Low(std::uint64_t value, Width width) {
  return width == Width::k8 ? value
                            : value & ((1ull << (8 * static_cast<std::uint64_t>(width))) - 1);
}

/// The memories that branches reach, the first being the one that they share.
class Memories {
 public:
  explicit Memories(const Trial& trial) { Add(trial.object, trial.offset); }

  std::size_t Add(std::uint64_t object, std::uint64_t offset) {
    const auto found = std::find(known_.begin(), known_.end(), std::pair(object, offset));
    const auto index = static_cast<std::size_t>(found - known_.begin());
    if (found == known_.end()) known_.emplace_back(object, offset);
    return index;
  }

 private:
  std::vector<std::pair<std::uint64_t, std::uint64_t>> known_;
};

/// The endings that a requirement forbids: those that a reordering of its kind would add.
struct Forbidden {
  Requirement requirement;
  bool Reordering::*kind;
};
constexpr Forbidden kForbidden[] = {
    {"ORDER.TSO.SB_FENCED_FORBIDDEN"_req, &Reordering::past_fences},
    {"ORDER.TSO.COHERENCE"_req, &Reordering::loads_of_one_place},
    {"ORDER.TSO.MP_FORBIDDEN"_req, &Reordering::loads_before_loads},
    {"ORDER.TSO.MP_FORBIDDEN"_req, &Reordering::stores_before_stores},
    {"ORDER.TSO.LB_FORBIDDEN"_req, &Reordering::stores_before_loads},
};

/// The ending without its variables.
Ending RegistersOf(Ending ending) {
  std::fill(ending.values.begin() + kRegisters, ending.values.end(), Ending::kAny);
  return ending;
}

/// How one test may end, and which requirements it is about.
class Allowance {
 public:
  Allowance(const LitmusTest& test, MemoryOrder order) : test_(test), order_(order) {
    if (auto endings = EndingsOf(test, ReorderingOf(order))) {
      endings_ = std::move(*endings);
      known_ = true;
    }
  }

  bool known() const { return known_; }
  const std::vector<Ending>& endings() const { return endings_; }
  bool Has(const Ending& ending) const {
    return std::binary_search(endings_.begin(), endings_.end(), ending);
  }

  /// The requirement that forbids this ending and that a reordering of this kind would break.
  Requirement RequirementOf(const Forbidden& forbidden, const Ending& ending) const {
    const Ending registers = RegistersOf(ending);
    const bool loads_are_fine =
        std::any_of(endings_.begin(), endings_.end(),
                    [&](const Ending& other) { return registers.Includes(other); });
    const bool about_stores = forbidden.kind == &Reordering::stores_before_stores ||
                              forbidden.kind == &Reordering::stores_before_loads;
    // Only what memory holds in the end is wrong.
    if (loads_are_fine && about_stores) return "ORDER.TSO.2PLUS2W_S_FORBIDDEN"_req;
    const bool about_loads = forbidden.kind == &Reordering::loads_before_loads;
    if (about_loads && test_.branches.size() > 2) return "ORDER.TSO.TRANSITIVE"_req;
    return forbidden.requirement;
  }

  /// Calls visit(requirement, ending) for everything that the order forbids.
  template <class Visit>
  void ForEachForbidden(Visit&& visit) const {
    for (const Forbidden& forbidden : kForbidden) {
      Reordering broken = ReorderingOf(order_);
      broken.*forbidden.kind = true;
      const auto more = EndingsOf(test_, broken);
      if (!more) continue;
      for (const Ending& ending : *more) {
        if (!Has(ending)) visit(RequirementOf(forbidden, ending), ending);
      }
    }
  }

 private:
  const LitmusTest& test_;
  MemoryOrder order_;
  std::vector<Ending> endings_;
  bool known_ = false;
};

/// The requirements that some reordering would show to be violated, by this very test.
Requirements AtStake(const Allowance& allowance) {
  RequirementSet listed;
  Requirements at_stake;
  allowance.ForEachForbidden([&](Requirement requirement, const Ending&) {
    if (listed.Contains(requirement)) return;
    listed.Add(requirement);
    at_stake.Add(requirement);
  });
  return at_stake;
}

/// Whether an ending has a value that nobody stored.
bool HasStrayValue(const LitmusTest& test, const Ending& ending) {
  return std::any_of(ending.values.begin(), ending.values.end(), [&](std::int64_t value) {
    if (value == 0 || value == Ending::kAny) return false;
    for (const auto& branch : test.branches) {
      for (const PlacedAccess& access : branch) {
        if (access.value == static_cast<std::uint64_t>(value)) return false;
      }
    }
    return true;
  });
}

/// The requirement that torn accesses of a trial violate, where they do.
Requirement NeverTorn(const Trial& trial) {
  const Within within = WithinOf(trial);
  if (within == Within::kItself) return "ORDER.TEAR.ALIGNED_NEVER"_req;
  return within == Within::kQuadword ? "ORDER.TEAR.QUADWORD_NEVER"_req
                                     : "ORDER.TEAR.LINE_NEVER"_req;
}

/// The fewest and the most rounds that are run.
std::pair<Number, Number> RoundsOf(std::uint64_t rounds, Tuning tuning) {
  const auto asked = static_cast<std::int64_t>(rounds);
  constexpr Number kMany = std::numeric_limits<std::int64_t>::max();
  if (tuning == Tuning::kNone) return {asked, asked};
  return {tuning == Tuning::kKeep ? asked : 1, kMany};
}

/// Whether the rounds seen were found after the test, among those that were run.
bool AreFound(const Scene& scene) {
  const Outcome* seen = scene.call().seen;
  const auto* histogram = seen != nullptr ? std::get_if<Histogram>(seen) : nullptr;
  return histogram != nullptr && histogram->technique == Technique::kPerpetual;
}

void BindEndings(const Trial& trial, const Allowance& allowance, const Scene& scene,
                 Clauses& clauses) {
  Requirements at_stake = AtStake(allowance);
  at_stake.Add(NeverTorn(trial));
  clauses.Returns<Histogram>(at_stake, "rounds end as the order of memory allows");
  const Tuning tuning = trial.runs.front().tuning;
  const auto [fewest, most] = RoundsOf(trial.runs.front().layout.rounds, tuning);
  const Number least = tuning == Tuning::kKeep && AreFound(scene) ? 1 : fewest;
  clauses.Bind(FieldIndex<Histogram>("rounds"), least, most, kSameMemory,
               "every round that was run");
  for (const Ending& ending : allowance.endings()) {
    clauses.AddRow(KeyOfEnding(ending), Force::kMay, at_stake)
        .Bind(FieldIndex<EndingRow>("count"), 1, most, at_stake, "a number of rounds");
  }
}

}  // namespace

const Trial* FindTrial(const State& state, std::uint8_t process, std::uint64_t address) {
  const Mapping* mapping = state.processes[process].space->Find(address);
  if (mapping == nullptr) return nullptr;
  const std::uint64_t offset = mapping->offset + (address - mapping->start);
  const auto found = FindTrialIn(state.trials, mapping->object, offset);
  const bool there =
      found != state.trials.end() && found->object == mapping->object && found->offset == offset;
  return there ? &*found : nullptr;
}

std::optional<LitmusTest> TestOf(const Trial& trial) {
  if (trial.runs.size() != trial.branches || trial.branches > LitmusTest::kBranches) {
    return std::nullopt;
  }
  LitmusTest test;
  Memories memories(trial);
  std::array<bool, kRegisters> named{};
  for (const TrialBranch& run : trial.runs) {
    const TrialBranch& first = trial.runs.front();
    if (run.width != first.width || run.layout != first.layout || run.tuning != first.tuning) {
      return std::nullopt;
    }
    auto& branch = test.branches.emplace_back();
    for (const Access& access : run.program.accesses) {
      const auto variable = static_cast<std::size_t>(access.variable);
      const std::size_t memory = access.also ? memories.Add(run.also_object, run.also_offset) : 0;
      const std::size_t place = memory * kVariables + variable;
      if (place >= LitmusTest::kPlaces) return std::nullopt;
      branch.push_back(
          {access.kind, static_cast<std::uint8_t>(place), access.to, Low(access.value, run.width)});
      if (access.kind != AccessKind::kFence) test.tells[variable] = true;
      if (!access.Loads()) continue;
      if (std::exchange(named[static_cast<std::size_t>(access.to)], true)) return std::nullopt;
    }
  }
  return test;
}

Within WithinOf(const Trial& trial) {
  Within all = Within::kItself;
  for (const TrialBranch& run : trial.runs) {
    const auto width = static_cast<std::uint64_t>(run.width);
    for (const std::uint64_t offset : {trial.offset, run.also_offset}) {
      const std::uint64_t at = offset + run.layout.shift;
      Within one = Within::kNothing;
      if (at % width == 0) {
        one = Within::kItself;
      } else if (at % 8 + width <= 8) {
        one = Within::kQuadword;
      } else if (run.layout.stride % 64 == 0 && at % 64 + width <= 64) {
        one = Within::kLine;
      }
      all = std::max(all, one);
    }
  }
  return all;
}

bool IsIndivisible(const Trial& trial, Abilities abilities) {
  const Within within = WithinOf(trial);
  if (within == Within::kQuadword) return Has(abilities, Ability::kX8664);
  if (within == Within::kLine) return Has(abilities, Ability::kIntel);
  return within == Within::kItself;
}

void Describe(const MemoryBranch& op, const Scene& scene, Clauses& clauses) {
  const std::uint64_t bytes = op.layout().Bytes();
  DescribeArea(scene, scene.AddressOf<&MemoryBranch::at>(), bytes, true, clauses);
  if (UsesAlso(op.program))
    DescribeArea(scene, scene.AddressOf<&MemoryBranch::also>(), bytes, false, clauses);
  const auto [least, most] = RoundsOf(op.rounds, op.tuning);
  clauses.Returns<Value>(kSameMemory, "every round was run");
  clauses.Bind(0, least, most, kSameMemory, "every round was run");
}

void Apply(const MemoryBranch& op, const Scene& scene, State& state, const Outcome& outcome) {
  if (!Succeeded(outcome)) return;
  const std::uint64_t address = scene.AddressOf<&MemoryBranch::at>();
  const CopyOnWrite<AddressSpace> space = state.processes[scene.process_index()].space;
  CopyPrivatePages(scene, state, address, op.layout().Bytes());
  ForEachMappedPart(
      *space, address, op.layout().Bytes(),
      [&](std::uint64_t object, std::uint64_t offset, std::uint64_t, std::uint64_t part) {
        OwnObject(state, object).MakeUnknown(offset, part, scene.call().step);
      });
  const Mapping* mapping = space->Find(address);
  if (mapping == nullptr) return;  // a mapping of the process that the plan does not know
  const std::uint64_t offset = mapping->offset + (address - mapping->start);
  auto at = FindTrialIn(state.trials, mapping->object, offset);
  if (at == state.trials.end() || at->object != mapping->object || at->offset != offset) {
    at = state.trials.insert(at, Trial{mapping->object, offset, op.branches, {}});
  }
  TrialBranch run{scene.call().step, op.program, op.width, op.layout(), op.tuning, 0, 0};
  if (const Mapping* also = space->Find(scene.AddressOf<&MemoryBranch::also>());
      UsesAlso(op.program) && also != nullptr) {
    run.also_object = also->object;
    run.also_offset = also->offset + (scene.AddressOf<&MemoryBranch::also>() - also->start);
  }
  const auto later = std::find_if(at->runs.begin(), at->runs.end(),
                                  [&](const TrialBranch& other) { return other.step > run.step; });
  at->runs.insert(later, std::move(run));
}

namespace {

/// The requirement that the first forbidden ending violates.
Violation ExplainHistogram(const Scene& scene, const Outcome& outcome) {
  const auto& histogram = std::get<Histogram>(outcome);
  const Trial* trial =
      FindTrial(scene.state(), scene.process_index(), scene.AddressOf<&MemoryHistogram::at>());
  const auto test = trial != nullptr ? TestOf(*trial) : std::nullopt;
  if (!test) return {{}, "a histogram of no test"};
  const Allowance allowance(*test, scene.profile().memory_order);
  Violation violation;
  for (const EndingRow& row : histogram.rows) {
    const Ending ending = EndingOf(row);
    if (allowance.Has(ending)) continue;
    allowance.ForEachForbidden([&](Requirement requirement, const Ending& forbidden) {
      if (forbidden == ending) violation.requirements.push_back(requirement);
    });
    if (HasStrayValue(*test, ending)) {
      violation.requirements = {NeverTorn(*trial)};
    } else if (violation.requirements.empty()) {
      violation.requirements = {"ORDER.TSO.COHERENCE"_req};
    }
    std::string allowed;
    for (const Ending& other : allowance.endings())
      allowed += fmt::format(", {}", PrintEnding(other));
    violation.message =
        fmt::format("{} of {} rounds ended with {}, the order of memory allows{}", row.count,
                    histogram.rounds, PrintEnding(ending), allowed.substr(1));
    return violation;
  }
  return {{}, "every ending is allowed"};
}

Outcome CountEndings(const Fresh&, const Scene& scene, Chooser& chooser) {
  return dynamic_cast<EndingChooser&>(chooser).Count(scene);
}

}  // namespace

void Describe(const MemoryHistogram&, const Scene& scene, Clauses& clauses) {
  const std::uint64_t address = scene.AddressOf<&MemoryHistogram::at>();
  const Trial* trial = FindTrial(scene.state(), scene.process_index(), address);
  const std::uint64_t bytes =
      trial != nullptr ? trial->runs.front().layout.Bytes() : LitmusLayout::kHeadBytes;
  DescribeArea(scene, address, bytes, true, clauses);
  clauses.Returns<Histogram>(kSameMemory, "how the rounds of the test ended");
  clauses.Picks({nullptr, CountEndings}, {});
  clauses.ExplainsOtherRows(ExplainHistogram);
  const auto test = trial != nullptr ? TestOf(*trial) : std::nullopt;
  if (test && IsIndivisible(*trial, scene.system().abilities) && scene.call().Alone()) {
    const Allowance allowance(*test, scene.profile().memory_order);
    if (allowance.known()) return BindEndings(*trial, allowance, scene, clauses);
  }
  clauses.AllowOtherRows();
  clauses.Observe("how the rounds of a litmus test ended that nothing is promised of");
}

void Apply(const MemoryHistogram&, const Scene& scene, State& state, const Outcome& outcome) {
  if (!Succeeded(outcome)) return;
  const Trial* trial =
      FindTrial(state, scene.process_index(), scene.AddressOf<&MemoryHistogram::at>());
  if (trial != nullptr) state.trials.erase(FindTrialIn(state.trials, trial->object, trial->offset));
}

}  // namespace shmspec::model
