// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Two descriptions of the same orders: axioms over whole executions, and the machine of
// harness/model/memory that goes step by step. They were written apart and must agree on every
// small program.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "harness/model/memory/litmus.h"
#include "harness/order/allowed.h"

namespace shmspec::order {
namespace {

using model::LitmusTest;
using model::PlacedAccess;

/// Every access to two locations, without its value and its register.
std::vector<PlacedAccess> AllAccesses() {
  std::vector<PlacedAccess> all{{.kind = AccessKind::kFence}};
  for (const AccessKind kind : {AccessKind::kLoad, AccessKind::kStore, AccessKind::kExchange}) {
    for (const std::uint8_t place : {std::uint8_t{0}, std::uint8_t{1}})
      all.push_back({.kind = kind, .place = place});
  }
  return all;
}

std::vector<std::vector<PlacedAccess>> AllBranches(std::size_t accesses) {
  std::vector<std::vector<PlacedAccess>> branches{{}};
  for (std::size_t i = 0; i < accesses; ++i) {
    std::vector<std::vector<PlacedAccess>> longer;
    for (const auto& branch : branches) {
      for (const PlacedAccess& access : AllAccesses()) {
        longer.push_back(branch);
        longer.back().push_back(access);
      }
    }
    branches = longer;
  }
  return branches;
}

bool Loads(const PlacedAccess& one) {
  return one.kind == AccessKind::kLoad || one.kind == AccessKind::kExchange;
}

/// A program in both forms, each store with a value and each load with a register of its own.
struct Both {
  LitmusTest machine;
  Litmus axioms;

  void Add(std::vector<PlacedAccess> branch) {
    Thread& thread = axioms.threads.emplace_back();
    for (PlacedAccess& access : branch) {
      access.value =
          access.kind == AccessKind::kFence || access.kind == AccessKind::kLoad ? 0 : ++values_;
      Instruction one{.kind = KindOf(access.kind), .location = access.place};
      one.operand.number = static_cast<std::int64_t>(access.value);
      if (Loads(access)) {
        access.to = static_cast<Register>(loads_++);
        one.to = thread.registers.size();
        axioms.places.push_back({axioms.threads.size() - 1, thread.registers.size()});
        thread.registers.push_back({"r", 0});
      }
      thread.instructions.push_back(one);
    }
    machine.branches.push_back(branch);
  }

  /// What the machine says, as ends.
  std::vector<End> MachineEnds(model::MemoryOrder order) const {
    std::vector<End> ends;
    const auto endings = EndingsOf(machine, model::ReorderingOf(order));
    for (const Ending& ending : *endings) {
      End& end = ends.emplace_back();
      for (std::size_t i = 0; i < loads_; ++i) end.push_back(ending.values[i]);
      for (std::size_t i = 0; i < 2; ++i) end.push_back(ending.values[kRegisters + i]);
    }
    std::sort(ends.begin(), ends.end());
    return ends;
  }

 private:
  static Instruction::Kind KindOf(AccessKind kind) {
    switch (kind) {
      case AccessKind::kLoad:
        return Instruction::Kind::kLoad;
      case AccessKind::kStore:
        return Instruction::Kind::kStore;
      case AccessKind::kExchange:
        return Instruction::Kind::kExchange;
      case AccessKind::kFence:
        return Instruction::Kind::kFence;
    }
    return Instruction::Kind::kFence;
  }

  std::uint64_t values_ = 0;
  std::size_t loads_ = 0;
};

Both Program(const std::vector<std::vector<PlacedAccess>>& branches) {
  Both both;
  both.axioms.locations = {{"x", 0}, {"y", 0}};
  both.machine.tells = {true, true, false};
  for (const auto& branch : branches) both.Add(branch);
  both.axioms.places.push_back({std::nullopt, 0});
  both.axioms.places.push_back({std::nullopt, 1});
  return both;
}

std::string Text(const Both& both) {
  std::string text;
  for (const auto& branch : both.machine.branches) {
    text += " |";
    for (const PlacedAccess& one : branch) {
      text += " " + std::string(NameOf(one.kind)) + std::to_string(one.place);
    }
  }
  return text;
}

/// The number of programs on which both agree; stops at the first on which they do not.
std::size_t Agreeing(const std::vector<Both>& programs, const OrderTable& table,
                     model::MemoryOrder order) {
  const Axioms axioms(table);
  std::size_t agreeing = 0;
  for (const Both& both : programs) {
    if (AllowedBy(axioms, both.axioms)->ends != both.MachineEnds(order)) {
      ADD_FAILURE() << table.name << ":" << Text(both);
      break;
    }
    ++agreeing;
  }
  return agreeing;
}

/// Programs of branches that load four times at most, since the machine has no more
/// registers. Of two that differ only in the names of the locations one is enough.
void AddTo(std::vector<Both>& programs, const std::vector<std::vector<PlacedAccess>>& branches) {
  std::vector<PlacedAccess> all;
  for (const auto& branch : branches) all.insert(all.end(), branch.begin(), branch.end());
  const auto first = std::find_if(all.begin(), all.end(), [](const PlacedAccess& one) {
    return one.kind != AccessKind::kFence;
  });
  if (first != all.end() && first->place != 0) return;
  if (std::count_if(all.begin(), all.end(), &Loads) > std::ptrdiff_t{kRegisters}) return;
  programs.push_back(Program(branches));
}

std::vector<Both> Pairs(std::size_t first, std::size_t second) {
  std::vector<Both> programs;
  for (const auto& a : AllBranches(first)) {
    for (const auto& b : AllBranches(second)) AddTo(programs, {a, b});
  }
  return programs;
}

void ExpectAgreement(const std::vector<Both>& programs, std::size_t at_least) {
  EXPECT_GE(programs.size(), at_least);
  for (const auto& [table, order] :
       {std::pair{&SequentialConsistency(), model::MemoryOrder::kSequential},
        std::pair{&X86Tso(), model::MemoryOrder::kTotalStore}}) {
    EXPECT_EQ(Agreeing(programs, *table, order), programs.size());
  }
}

TEST(Agreement, OfAxiomsAndMachineOnEveryPairOfTwoAccesses) { ExpectAgreement(Pairs(2, 2), 1200); }

TEST(Agreement, OfAxiomsAndMachineOnEveryPairOfThreeAndTwoAccesses) {
  ExpectAgreement(Pairs(3, 2), 7000);
}

TEST(Agreement, OfAxiomsAndMachineOnThreeBranches) {
  std::vector<Both> programs;
  const auto twos = AllBranches(2);
  for (const auto& a : AllBranches(1)) {
    if (a.front().kind == AccessKind::kFence) continue;
    for (std::size_t b = 0; b < twos.size(); ++b) {
      for (std::size_t c = b; c < twos.size(); ++c) AddTo(programs, {a, twos[b], twos[c]});
    }
  }
  ExpectAgreement(programs, 3000);
}

TEST(Agreement, WouldNotHoldWithAnotherOrder) {
  std::size_t different = 0;
  const Axioms tso(X86Tso());
  for (const Both& both : Pairs(2, 2)) {
    const auto ends = AllowedBy(tso, both.axioms)->ends;
    different += ends != both.MachineEnds(model::MemoryOrder::kSequential) ? 1 : 0;
  }
  EXPECT_GT(different, 5u);
}

}  // namespace
}  // namespace shmspec::order
