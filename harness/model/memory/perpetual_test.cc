// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Perpetual litmus tests on a machine with store buffers, which goes on for many iterations: no
// round that is found may end as the model says that the test itself cannot, and what it can show
// is found.

#include "harness/vocabulary/litmus/perpetual.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "harness/model/memory/litmus.h"

namespace shmspec::model {
namespace {

using Branches = std::vector<Program>;

Branches BranchesOf(const std::vector<const char*>& texts) {
  Branches branches;
  for (const char* text : texts) branches.push_back(ProgramOf(text));
  return branches;
}

std::optional<PerpetualTest> Perpetual(const Branches& branches) {
  std::vector<std::span<const Access>> programs;
  for (const Program& branch : branches) programs.emplace_back(branch.accesses);
  return PerpetualTest::Of(programs);
}

/// How the test itself may end.
std::vector<Ending> Allowed(const Branches& branches, MemoryOrder order) {
  LitmusTest test;
  for (const Program& program : branches) {
    auto& branch = test.branches.emplace_back();
    for (const Access& access : program.accesses) {
      const auto variable = static_cast<std::uint8_t>(access.variable);
      branch.push_back({access.kind, variable, access.to, access.value});
      if (access.kind != AccessKind::kFence) test.tells[variable] = true;
    }
  }
  return *EndingsOf(test, ReorderingOf(order));
}

/// Processors that each have a first-in first-out buffer of stores.
class Machine {
 public:
  Machine(const Branches& branches, std::uint64_t iterations, bool buffers, std::uint64_t seed)
      : branches_(branches),
        iterations_(iterations),
        buffers_(buffers),
        random_(static_cast<std::mt19937::result_type>(seed)) {
    processors_.resize(branches.size());
    for (auto& column : saw_) column.resize(iterations);
  }

  void Run() {
    while (true) {
      std::vector<std::size_t> able;
      for (std::size_t i = 0; i < branches_.size(); ++i) {
        if (processors_[i].iteration < iterations_ || !processors_[i].stores.empty()) {
          able.push_back(i);
        }
      }
      if (able.empty()) return;
      // Some steps in a row, as between the turns of a scheduler.
      const std::size_t branch = able[random_() % able.size()];
      for (std::uint64_t steps = 1 + random_() % 12; steps > 0; --steps) Step(branch);
    }
  }

  std::map<Ending, std::uint64_t> Rounds(const PerpetualTest& test, const Ending& sought) const {
    std::map<Ending, std::uint64_t> rounds;
    test.ForEachRound(
        sought, iterations_,
        [&](Register name, std::uint64_t iteration) {
          return saw_[static_cast<std::size_t>(name)][iteration];
        },
        [&](Variable name) { return memory_[static_cast<std::size_t>(name)]; },
        [&](const Ending& ending) { ++rounds[ending]; });
    return rounds;
  }

  std::uint64_t& Saw(Register name, std::uint64_t iteration) {
    return saw_[static_cast<std::size_t>(name)][iteration];
  }

 private:
  static constexpr std::size_t kStores = 3;  // that a buffer holds

  struct Processor {
    std::uint64_t iteration = 0;
    std::size_t access = 0;
    std::deque<std::pair<std::size_t, std::uint64_t>> stores;
  };

  void Flush(Processor& one) {
    memory_[one.stores.front().first] = one.stores.front().second;
    one.stores.pop_front();
  }

  void Step(std::size_t branch) {
    Processor& one = processors_[branch];
    const bool done = one.iteration == iterations_;
    if (!one.stores.empty() && (done || random_() % 2 == 0)) return Flush(one);
    if (one.stores.size() == kStores) return Flush(one);
    if (done) return;
    const Access& access = branches_[branch].accesses[one.access];
    const auto variable = static_cast<std::size_t>(access.variable);
    if (access.kind == AccessKind::kFence || access.kind == AccessKind::kExchange) {
      while (!one.stores.empty()) Flush(one);
    }
    if (access.Loads()) {
      std::uint64_t value = memory_[variable];
      for (const auto& [to, stored] : one.stores) {
        if (to == variable) value = stored;
      }
      Saw(access.to, one.iteration) = value;
    }
    if (access.Stores()) {
      one.stores.emplace_back(variable, one.iteration + 1);
      if (!buffers_ || access.kind == AccessKind::kExchange) Flush(one);
    }
    if (++one.access < branches_[branch].accesses.size()) return;
    one.access = 0;
    ++one.iteration;
  }

  const Branches& branches_;
  const std::uint64_t iterations_;
  const bool buffers_;
  std::mt19937 random_;
  std::vector<Processor> processors_;
  std::array<std::uint64_t, kVariables> memory_{};
  std::array<std::vector<std::uint64_t>, kRegisters> saw_;
};

/// Up to four branches, in which each variable is stored once at most.
Branches DrawBranches(std::mt19937& random) {
  Branches branches(2 + random() % 3);
  std::vector<std::size_t> stored;
  std::size_t loads = 0;
  for (Program& branch : branches) {
    for (std::size_t left = 1 + random() % 3; left > 0; --left) {
      Access access{.kind = static_cast<AccessKind>(random() % 4)};
      if (access.kind != AccessKind::kFence) {
        access.variable = static_cast<Variable>(random() % kVariables);
      }
      const auto variable = static_cast<std::size_t>(access.variable);
      if (access.Loads() && loads == kRegisters) continue;
      if (access.Stores()) {
        if (std::find(stored.begin(), stored.end(), variable) != stored.end()) continue;
        stored.push_back(variable);
        access.value = 1 + random() % 3;
      }
      if (access.Loads()) access.to = static_cast<Register>(loads++);
      branch.accesses.push_back(access);
    }
    if (branch.accesses.empty()) branch.accesses.push_back({.kind = AccessKind::kFence});
  }
  return branches;
}

std::string Print(const Branches& branches) {
  std::string text;
  for (const Program& branch : branches) text += "  " + PrintProgram(branch) + "\n";
  return text;
}

TEST(PerpetualTest, FindsNoEndingThatTheTestItselfCannotHave) {
  std::mt19937 random(1);
  std::size_t tests = 0;
  std::uint64_t rounds = 0;
  for (int draw = 0; draw < 3000; ++draw) {
    const Branches branches = DrawBranches(random);
    const auto test = Perpetual(branches);
    if (!test) continue;
    ++tests;
    const bool buffers = draw % 2 == 0;
    Machine machine(branches, 60, buffers, random());
    machine.Run();
    const std::vector<Ending> allowed =
        Allowed(branches, buffers ? MemoryOrder::kTotalStore : MemoryOrder::kSequential);
    for (int seek = 0; seek < 6; ++seek) {
      Ending sought;
      for (std::size_t i = 0; i < kRegisters; ++i) {
        sought.values[i] = static_cast<std::int64_t>(random() % 5) - 1;
      }
      for (const auto& [ending, count] : machine.Rounds(*test, sought)) {
        ASSERT_TRUE(std::binary_search(allowed.begin(), allowed.end(), ending))
            << "draw " << draw << ", " << PrintEnding(ending) << ", sought " << PrintEnding(sought)
            << "\n"
            << Print(branches);
        rounds += count;
      }
    }
  }
  EXPECT_GT(tests, 2000u);
  EXPECT_GT(rounds, 100'000u);
}

/// Runs one set of programs and looks for rounds of another, as if accesses had been reordered.
std::uint64_t Hits(const std::vector<const char*>& performed,
                   const std::vector<const char*>& claimed, const char* ending) {
  const Branches branches = BranchesOf(performed);
  Machine machine(branches, 4000, true, 7);
  machine.Run();
  std::uint64_t hits = 0;
  for (const auto& [seen, count] :
       machine.Rounds(*Perpetual(BranchesOf(claimed)), EndingOf(ending))) {
    if (EndingOf(ending).Includes(seen)) hits += count;
  }
  return hits;
}

struct Shape {
  const char* name;
  std::vector<const char*> mutant;
  std::vector<const char*> test;
  const char* ending;
};

const std::vector<Shape>& Shapes() {
  static const std::vector<Shape> kShapes = {
      {"SB", {"x=1; r0=y", "y=1; r1=x"}, {"x=1; fence; r0=y", "y=1; fence; r1=x"}, "r0=0 r1=0"},
      {"MP", {"y=1; x=1", "r0=y; r1=x"}, {"x=1; y=1", "r0=y; r1=x"}, "r0=1 r1=0"},
      {"LB", {"y=1; r0=x", "x=1; r1=y"}, {"r0=x; y=1", "r1=y; x=1"}, "r0=1 r1=1"},
      {"CoRR", {"x=1", "r1=x; r0=x"}, {"x=1", "r0=x; r1=x"}, "r0=1 r1=0"},
      {"WRC",
       {"x=1", "r0=x; y=1", "r2=x; r1=y"},
       {"x=1", "r0=x; y=1", "r1=y; r2=x"},
       "r0=1 r1=1 r2=0"},
      {"ISA2",
       {"x=1; y=1", "r0=y; z=1", "r2=x; r1=z"},
       {"x=1; y=1", "r0=y; z=1", "r1=z; r2=x"},
       "r0=1 r1=1 r2=0"},
      {"RWC",
       {"x=1", "r1=y; r0=x", "y=1; fence; r2=x"},
       {"x=1", "r0=x; r1=y", "y=1; fence; r2=x"},
       "r0=1 r1=0 r2=0"},
      {"IRIW",
       {"x=1", "y=1", "r1=y; r0=x", "r3=x; r2=y"},
       {"x=1", "y=1", "r0=x; r1=y", "r2=y; r3=x"},
       "r0=1 r1=0 r2=1 r3=0"}};
  return kShapes;
}

TEST(PerpetualTest, FindsInTheMutantWhatTheTestForbids) {
  for (const Shape& shape : Shapes()) {
    EXPECT_GE(Hits(shape.mutant, shape.mutant, shape.ending), 12u) << shape.name;
    EXPECT_EQ(Hits(shape.test, shape.test, shape.ending), 0u) << shape.name;
    EXPECT_GE(Hits(shape.mutant, shape.test, shape.ending), 12u)
        << shape.name << ", performed in another order than was asked for";
  }
}

TEST(PerpetualTest, CountsAStoreThatIsLateOnce) {
  // The reader goes on without the writer: all that it sees is one and the same moment.
  const Branches branches = BranchesOf({"x=1; y=1", "r0=y; r1=x"});
  Machine machine(branches, 100, false, 1);
  for (std::uint64_t i = 0; i < 100; ++i) {
    machine.Saw(Register::kR0, i) = i < 50 ? 0 : 20;
    machine.Saw(Register::kR1, i) = i < 50 ? 0 : 10;
  }
  const auto rounds = machine.Rounds(*Perpetual(branches), EndingOf("r0=1 r1=0"));
  ASSERT_TRUE(rounds.contains(EndingOf("r0=1 r1=0 x=0 y=0")));
  EXPECT_EQ(rounds.at(EndingOf("r0=1 r1=0 x=0 y=0")), 1u);
}

TEST(PerpetualTest, ShowsAValueThatNobodyStoredAsItIs) {
  const Branches branches = BranchesOf({"x=1", "r0=x"});
  Machine machine(branches, 100, false, 1);
  machine.Run();
  machine.Saw(Register::kR0, 40) = 1'000'000;
  const auto rounds = machine.Rounds(*Perpetual(branches), EndingOf("r0=1"));
  EXPECT_EQ(rounds.count(EndingOf("r0=1000000 x=1")), 1u);
}

TEST(PerpetualTest, NeedsALoadToNameItsStore) {
  const auto can = [](const std::vector<const char*>& texts) {
    return Perpetual(BranchesOf(texts)).has_value();
  };
  EXPECT_TRUE(can({"x=1; r0=y", "y=2; r1=x"}));
  EXPECT_TRUE(can({"r2=exchange(x,1); r0=y", "y=1; r1=x"}));
  EXPECT_TRUE(can({"r0=x", "fence"}));
  EXPECT_FALSE(can({"x=1; x=2", "r0=x"}));
  EXPECT_FALSE(can({"x=1", "x=2; r0=x"}));
  EXPECT_FALSE(can({"x=0", "r0=x"}));
  EXPECT_FALSE(can({"x=1", "y=1"})) << "nobody looks";
  EXPECT_FALSE(can({"r0=x", "r0=x"}));
}

}  // namespace
}  // namespace shmspec::model
