// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/model/memory/litmus.h"

#include <algorithm>
#include <set>

#include "harness/vocabulary/value/check.h"

namespace shmspec::model {
namespace {

constexpr std::size_t kStatesLimit = 50'000;

/// The accesses that have shown, one bit each, and what they left.
struct Moment {
  std::array<std::uint8_t, LitmusTest::kBranches> shown{};
  std::array<std::uint64_t, LitmusTest::kPlaces> memory{};
  std::array<std::uint64_t, kRegisters> registers{};

  friend auto operator<=>(const Moment&, const Moment&) = default;
};

bool Loads(const PlacedAccess& access) {
  return access.kind == AccessKind::kLoad || access.kind == AccessKind::kExchange;
}
bool Stores(const PlacedAccess& access) {
  return access.kind == AccessKind::kStore || access.kind == AccessKind::kExchange;
}

/// Whether `later` may take effect before `earlier` of the same branch.
bool MayOvertake(const PlacedAccess& later, const PlacedAccess& earlier, const Reordering& r) {
  if (later.kind == AccessKind::kExchange || earlier.kind == AccessKind::kExchange) return false;
  if (later.kind == AccessKind::kFence || earlier.kind == AccessKind::kFence) return r.past_fences;
  const bool load = later.kind == AccessKind::kLoad;
  const bool earlier_load = earlier.kind == AccessKind::kLoad;
  if (load && !earlier_load) return r.loads_before_stores;
  if (later.place == earlier.place) return load && earlier_load && r.loads_of_one_place;
  if (load) return r.loads_before_loads;
  return earlier_load ? r.stores_before_loads : r.stores_before_stores;
}

/// One test under one reordering.
class Machine {
 public:
  Machine(const LitmusTest& test, const Reordering& reordering)
      : test_(test), reordering_(reordering) {
    SHMSPEC_CHECK(test.branches.size() <= LitmusTest::kBranches,
                  "a litmus test with more branches than the machine has");
  }

  /// Calls visit(branch, access) for every access that may take effect next.
  template <class Visit>
  void ForEachNext(const Moment& moment, Visit&& visit) const {
    for (std::size_t branch = 0; branch < test_.branches.size(); ++branch) {
      for (std::size_t i = 0; i < test_.branches[branch].size(); ++i) {
        if (MayShow(moment, branch, i)) visit(branch, i);
      }
    }
  }

  void Show(Moment& moment, std::size_t branch, std::size_t i) const {
    const PlacedAccess& access = test_.branches[branch][i];
    if (Loads(access)) {
      moment.registers[static_cast<std::size_t>(access.to)] = Sees(moment, branch, i);
    }
    if (Stores(access)) moment.memory[access.place] = access.value;
    moment.shown[branch] = static_cast<std::uint8_t>(moment.shown[branch] | 1u << i);
  }

  Ending EndingOf(const Moment& moment) const {
    Ending ending;
    for (std::size_t i = 0; i < kVariables; ++i) {
      if (!test_.tells[i]) continue;
      ending.values[kRegisters + i] = static_cast<std::int64_t>(moment.memory[i]);
    }
    for (const auto& branch : test_.branches) {
      for (const PlacedAccess& access : branch) {
        if (!Loads(access)) continue;
        ending.Of(access.to) =
            static_cast<std::int64_t>(moment.registers[static_cast<std::size_t>(access.to)]);
      }
    }
    return ending;
  }

 private:
  bool HasShown(const Moment& moment, std::size_t branch, std::size_t i) const {
    return (moment.shown[branch] >> i & 1u) != 0;
  }

  bool MayShow(const Moment& moment, std::size_t branch, std::size_t i) const {
    if (HasShown(moment, branch, i)) return false;
    const auto& accesses = test_.branches[branch];
    for (std::size_t j = 0; j < i; ++j) {
      if (!HasShown(moment, branch, j) && !MayOvertake(accesses[i], accesses[j], reordering_)) {
        return false;
      }
    }
    return true;
  }

  /// The value that a load finds: the newest own store still hidden from others, or what is in
  /// memory.
  std::uint64_t Sees(const Moment& moment, std::size_t branch, std::size_t i) const {
    const auto& accesses = test_.branches[branch];
    for (std::size_t j = i; j > 0; --j) {
      const PlacedAccess& earlier = accesses[j - 1];
      const bool waits = Stores(earlier) && !HasShown(moment, branch, j - 1);
      if (waits && earlier.place == accesses[i].place) return earlier.value;
    }
    return moment.memory[accesses[i].place];
  }

  const LitmusTest& test_;
  const Reordering& reordering_;
};

}  // namespace

Reordering ReorderingOf(MemoryOrder order) {
  switch (order) {
    case MemoryOrder::kSequential:
      return {};
    case MemoryOrder::kTotalStore:
      return {.loads_before_stores = true};
    case MemoryOrder::kCoherent:
      return {.loads_before_stores = true,
              .stores_before_stores = true,
              .loads_before_loads = true,
              .stores_before_loads = true};
  }
  return {};
}

std::optional<std::vector<Ending>> EndingsOf(const LitmusTest& test, const Reordering& reordering) {
  const Machine machine(test, reordering);
  std::set<Moment> seen{Moment{}};
  std::vector<Moment> open{Moment{}};
  std::vector<Ending> endings;
  while (!open.empty()) {
    const Moment moment = open.back();
    open.pop_back();
    bool over = true;
    machine.ForEachNext(moment, [&](std::size_t branch, std::size_t i) {
      over = false;
      Moment next = moment;
      machine.Show(next, branch, i);
      if (seen.insert(next).second) open.push_back(next);
    });
    if (over) endings.push_back(machine.EndingOf(moment));
    if (seen.size() > kStatesLimit) return std::nullopt;
  }
  std::sort(endings.begin(), endings.end());
  endings.erase(std::unique(endings.begin(), endings.end()), endings.end());
  return endings;
}

Ending OneEndingOf(const LitmusTest& test, const Reordering& reordering,
                   const std::function<std::size_t(std::size_t)>& below) {
  const Machine machine(test, reordering);
  Moment moment;
  while (true) {
    std::vector<std::pair<std::size_t, std::size_t>> ways;
    machine.ForEachNext(moment,
                        [&](std::size_t branch, std::size_t i) { ways.emplace_back(branch, i); });
    if (ways.empty()) return machine.EndingOf(moment);
    const auto& [branch, i] = ways[below(ways.size())];
    machine.Show(moment, branch, i);
  }
}

}  // namespace shmspec::model
