// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/order/allowed.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

namespace shmspec::order {
namespace {

constexpr std::size_t kMostExecutions = 500'000;

/// As a processor adds, without an overflow.
std::int64_t Sum(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

/// One load, store or fence. What memory holds at first is a store without a thread.
struct Event {
  std::optional<std::size_t> thread;
  std::optional<std::size_t> location;  // none: a fence
  bool loads = false;
  const Instruction* of = nullptr;
};

/// The events of a test, and the executions that they may be part of.
class Search {
 public:
  Search(const Axioms& axioms, const Litmus& test) : axioms_(axioms), test_(test) {
    for (std::size_t i = 0; i < test.locations.size(); ++i) {
      stores_.push_back({events_.size()});
      events_.push_back({std::nullopt, i, false, nullptr});
    }
    for (std::size_t thread = 0; thread < test.threads.size(); ++thread) {
      for (const Instruction& one : test.threads[thread].instructions) AddEvents(thread, one);
    }
  }

  Result<Allowed> Run() {
    if (events_.size() > kMostEvents) {
      return Error{"has " + std::to_string(events_.size()) +
                   " loads, stores, fences and initial "
                   "values; at most " +
                   std::to_string(kMostEvents) + " can be looked at"};
    }
    if (Count() > kMostExecutions) {
      return Error{"has more than " + std::to_string(kMostExecutions) +
                   " executions to look at; leave out loads or stores"};
    }
    FillStatic();
    seen_.assign(events_.size(), 0);
    Choose(0);
    std::sort(allowed_.ends.begin(), allowed_.ends.end());
    allowed_.ends.erase(std::unique(allowed_.ends.begin(), allowed_.ends.end()),
                        allowed_.ends.end());
    return std::move(allowed_);
  }

 private:
  void AddEvents(std::size_t thread, const Instruction& one) {
    if (one.kind == Instruction::Kind::kSet) return;
    if (one.kind == Instruction::Kind::kFence) {
      events_.push_back({thread, std::nullopt, false, &one});
    }
    if (one.Loads()) {
      loads_.push_back(events_.size());
      events_.push_back({thread, one.location, true, &one});
    }
    if (one.Stores()) {
      stores_[one.location].push_back(events_.size());
      events_.push_back({thread, one.location, false, &one});
    }
  }

  /// The number of executions, or more than the limit.
  std::size_t Count() const {
    std::size_t count = 1;
    const auto times = [&](std::size_t n) { count = std::min(count * n, kMostExecutions + 1); };
    for (const std::size_t load : loads_) times(stores_[*events_[load].location].size());
    for (const auto& stores : stores_) {
      for (std::size_t i = 2; i < stores.size(); ++i) times(i);
    }
    return count;
  }

  Relation& Of(Base base) { return execution_[static_cast<std::size_t>(base)]; }

  /// What is the same in all executions.
  void FillStatic() {
    execution_.fill(Relation(events_.size()));
    for (std::size_t i = 0; i < events_.size(); ++i) {
      FillSets(i);
      for (std::size_t j = 0; j < events_.size(); ++j) {
        const Event& a = events_[i];
        const Event& b = events_[j];
        if (i < j && b.thread && (!a.thread || a.thread == b.thread)) Of(Base::kPo).Add(i, j);
        if (a.location && a.location == b.location) Of(Base::kLoc).Add(i, j);
        if (i != j && (!a.thread || a.thread != b.thread)) Of(Base::kExt).Add(i, j);
        if (i < j && a.of != nullptr && a.of == b.of) Of(Base::kRmw).Add(i, j);
      }
    }
  }

  void FillSets(std::size_t i) {
    const Event& event = events_[i];
    const auto is = [&](Base set, bool member) {
      if (member) Of(set).Add(i, i);
    };
    const bool store = event.location && !event.loads;
    is(Base::kR, event.loads);
    is(Base::kW, store);
    is(Base::kF, !event.location);
    is(Base::kM, event.location.has_value());
    if (event.of == nullptr) return;
    const Strength strength = event.of->strength;
    is(Base::kX, event.of->Loads() && event.of->Stores());
    is(Base::kA, strength != Strength::kPlain && event.location);
    is(Base::kAcquires, Acquires(strength) && !store);
    is(Base::kReleases, Releases(strength) && !event.loads);
    is(Base::kSequential, strength == Strength::kSequential);
  }

  /// Chooses a store for each load from `index` on.
  void Choose(std::size_t index) {
    if (index == loads_.size()) {
      if (Evaluate()) OrderStores(0);
      return;
    }
    const std::size_t load = loads_[index];
    for (const std::size_t store : stores_[*events_[load].location]) {
      // A store is not seen by its own instruction.
      if (events_[store].of != nullptr && events_[store].of == events_[load].of) continue;
      seen_[load] = store;
      Choose(index + 1);
    }
  }

  /// Chooses an order of the stores of each location from `location` on.
  void OrderStores(std::size_t location) {
    if (location == stores_.size()) {
      Judge();
      return;
    }
    // The first is what memory holds at first.
    auto& order = stores_[location];
    std::sort(order.begin() + 1, order.end());
    do {
      OrderStores(location + 1);
    } while (std::next_permutation(order.begin() + 1, order.end()));
  }

  /// What every event and register holds, given what the loads see. False where a value depends on
  /// itself.
  bool Evaluate() {
    values_.assign(events_.size(), std::nullopt);
    for (std::size_t i = 0; i < test_.locations.size(); ++i) values_[i] = test_.locations[i].value;
    std::size_t known = 0;
    for (std::size_t before = events_.size() + 1; before != known;) {
      before = known;
      known = EvaluateOnce();
    }
    return known == events_.size();
  }

  /// Goes through all threads with the values that are known; returns how many events are.
  std::size_t EvaluateOnce() {
    std::size_t event = test_.locations.size();
    std::size_t known = event;
    registers_.clear();
    for (const Thread& thread : test_.threads) {
      std::vector<std::optional<std::int64_t>> local;
      for (const Local& one : thread.registers) local.emplace_back(one.value);
      for (const Instruction& one : thread.instructions) {
        std::optional<std::int64_t> operand = one.operand.number;
        if (one.operand.from) operand = local[*one.operand.from];
        if (one.kind == Instruction::Kind::kSet) {
          local[*one.to] = operand;
          continue;
        }
        if (one.kind == Instruction::Kind::kFence) values_[event++] = 0;
        std::optional<std::int64_t> loaded;
        if (one.Loads()) {
          loaded = values_[seen_[event]];
          values_[event++] = loaded;
          if (one.to) local[*one.to] = loaded;
        }
        if (!one.Stores()) continue;
        if (one.kind == Instruction::Kind::kAdd) {
          operand = operand && loaded ? std::optional(Sum(*operand, *loaded)) : std::nullopt;
        }
        values_[event++] = operand;
      }
      registers_.push_back(local);
    }
    for (std::size_t i = known; i < event; ++i) known += values_[i] ? 1 : 0;
    return known;
  }

  void Judge() {
    Relation& rf = Of(Base::kRf) = Relation(events_.size());
    Relation& co = Of(Base::kCo) = Relation(events_.size());
    for (const std::size_t load : loads_) rf.Add(seen_[load], load);
    for (const auto& order : stores_) {
      for (std::size_t i = 0; i < order.size(); ++i) {
        for (std::size_t j = i + 1; j < order.size(); ++j) co.Add(order[i], order[j]);
      }
    }
    Of(Base::kFr) = Then(rf.Inverse(), co);
    const Axioms::Verdict verdict = axioms_.Judge(execution_);
    if (!verdict.allowed) return;
    allowed_.races = allowed_.races || verdict.races;
    End end;
    for (const Place& place : test_.places) {
      end.push_back(place.thread ? *registers_[*place.thread][place.index]
                                 : *values_[stores_[place.index].back()]);
    }
    ++(Holds(test_, end) ? allowed_.positive : allowed_.negative);
    allowed_.ends.push_back(std::move(end));
  }

  const Axioms& axioms_;
  const Litmus& test_;
  std::vector<Event> events_;
  std::vector<std::size_t> loads_;
  std::vector<std::vector<std::size_t>> stores_;  // by location, in the order that is looked at
  std::vector<std::size_t> seen_;                 // by load
  std::vector<std::optional<std::int64_t>> values_;
  std::vector<std::vector<std::optional<std::int64_t>>> registers_;
  Execution execution_;
  Allowed allowed_;
};

}  // namespace

bool Allowed::Has(const End& end) const {
  return races || std::binary_search(ends.begin(), ends.end(), end);
}

Result<Allowed> AllowedBy(const Axioms& axioms, const Litmus& test) {
  return Search(axioms, test).Run();
}

bool IsMet(Quantifier quantifier, bool any_positive, bool any_negative) {
  switch (quantifier) {
    case Quantifier::kExists:
      return any_positive;
    case Quantifier::kNever:
      return !any_positive;
    case Quantifier::kForAll:
      return !any_negative;
  }
  return false;
}

}  // namespace shmspec::order
