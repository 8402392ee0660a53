// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/order/branches.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "harness/vocabulary/form/text.h"
#include "harness/vocabulary/value/check.h"

namespace shmspec::order {
namespace {

using Kind = Instruction::Kind;

/// Orders that the accesses of a round do not have: they are relaxed, exchanges and fences are
/// sequentially consistent.
bool IsAsItRuns(const Instruction& one) {
  switch (one.kind) {
    case Kind::kLoad:
    case Kind::kStore:
      return one.strength == Strength::kPlain || one.strength == Strength::kRelaxed;
    case Kind::kSet:
      return true;
    default:
      return one.strength == Strength::kSequential;
  }
}

class Compiler {
 public:
  explicit Compiler(const Litmus& litmus)
      : litmus_(litmus), variables_(litmus.locations.size()), held_(litmus.threads.size()) {}

  Result<Branches> Compile() {
    for (std::size_t thread = 0; thread < litmus_.threads.size(); ++thread) {
      for (const Local& local : litmus_.threads[thread].registers) {
        held_[thread].push_back({.number = local.value});
      }
      Program program;
      for (const Instruction& one : litmus_.threads[thread].instructions) {
        if (const auto lacking = Add(program, thread, one)) return Error{*lacking, true};
      }
      if (program.accesses.size() > Program::kLimit) {
        return Error{fmt::format("thread {} has {} accesses, a branch can have {}", thread,
                                 program.accesses.size(), Program::kLimit),
                     true};
      }
      if (!program.accesses.empty()) branches_.programs.push_back(program);
    }
    if (branches_.programs.empty()) return Error{"no thread accesses memory", true};
    for (const Place& place : litmus_.places) branches_.places.push_back(Find(place));
    return branches_;
  }

 private:
  using Lacking = std::optional<std::string>;

  Lacking Add(Program& program, std::size_t thread, const Instruction& one) {
    std::vector<Whereabouts>& held = held_[thread];
    const Whereabouts operand =
        one.operand.from ? held[*one.operand.from] : Whereabouts{.number = one.operand.number};
    if (one.kind == Kind::kSet) {
      held[*one.to] = operand;
      return {};
    }
    if (one.kind == Kind::kAdd) return "no branch can add atomically";
    Access access{.kind = AccessKind::kFence};
    if (one.kind == Kind::kFence) {
      program.accesses.push_back(access);
      return {};
    }
    access.kind = one.kind == Kind::kLoad    ? AccessKind::kLoad
                  : one.kind == Kind::kStore ? AccessKind::kStore
                                             : AccessKind::kExchange;
    if (one.Stores()) {
      if (operand.kind != Whereabouts::Kind::kNumber) {
        return "no branch can store what it has loaded";
      }
      if (operand.number < 0) return "no branch can store a negative number";
      access.value = static_cast<std::uint64_t>(operand.number);
    }
    if (auto lacking = Choose(access, one.location)) return lacking;
    if (access.Loads()) {
      if (registers_ == kRegisters) {
        return fmt::format("it loads more than the {} times that a test can be run with",
                           kRegisters);
      }
      access.to = static_cast<Register>(registers_++);
      if (one.to) held[*one.to] = {.kind = Whereabouts::Kind::kRegister, .in = access.to};
    }
    program.accesses.push_back(access);
    return {};
  }

  /// A variable for a location.
  Lacking Choose(Access& access, std::size_t location) {
    if (!variables_[location]) {
      if (litmus_.locations[location].value != 0) {
        return fmt::format("{} is not 0 at first, and all memory of a round is",
                           litmus_.locations[location].name);
      }
      if (chosen_ == kVariables) {
        return fmt::format("it accesses more than {} locations", kVariables);
      }
      variables_[location] = static_cast<Variable>(chosen_++);
    }
    access.variable = *variables_[location];
    return {};
  }

  Whereabouts Find(const Place& place) const {
    if (place.thread) return held_[*place.thread][place.index];
    const auto& variable = variables_[place.index];
    if (!variable) return {.number = litmus_.locations[place.index].value};
    return {.kind = Whereabouts::Kind::kVariable, .of = *variable};
  }

  const Litmus& litmus_;
  std::vector<std::optional<Variable>> variables_;  // by location
  std::vector<std::vector<Whereabouts>> held_;      // by register of each thread
  std::size_t chosen_ = 0;                          // variables
  std::size_t registers_ = 0;
  Branches branches_;
};

}  // namespace

End Branches::EndOf(const Ending& ending) const {
  End end;
  for (const Whereabouts& one : places) {
    switch (one.kind) {
      case Whereabouts::Kind::kNumber:
        end.push_back(one.number);
        break;
      case Whereabouts::Kind::kRegister:
        end.push_back(ending.values[static_cast<std::size_t>(one.in)]);
        break;
      case Whereabouts::Kind::kVariable:
        end.push_back(ending.values[kRegisters + static_cast<std::size_t>(one.of)]);
        break;
    }
  }
  return end;
}

Result<Branches> BranchesOf(const Litmus& litmus, Machine machine) {
  if (machine == Machine::kX86) return Compiler(OnX86(litmus)).Compile();
  if (litmus.language == Language::kX86) {
    return Error{
        "it is in instructions of x86, and the processor here is another one, or is translated",
        true};
  }
  for (const Thread& thread : litmus.threads) {
    for (const Instruction& one : thread.instructions) {
      if (!IsAsItRuns(one)) {
        return Error{fmt::format("on this processor no branch can make an access or a fence that "
                                 "is memory_order_{}",
                                 NameOf(one.strength)),
                     true};
      }
    }
  }
  return Compiler(litmus).Compile();
}

Plan PlanOf(const Branches& branches, const PlanTerms& terms) {
  SHMSPEC_CHECK(terms.rounds > 0 && terms.rounds <= PlanTerms::kMostRounds,
                "a plan with no rounds of a litmus test, or too many");
  const std::size_t count = branches.programs.size();
  const auto name = [](std::size_t i) { return static_cast<char>('a' + i); };
  const bool threads = terms.as == As::kThreads;
  std::string text = "plan litmus\nactor a\n";
  for (std::size_t i = 1; i < count; ++i) {
    text += fmt::format("actor {}{}\n", name(i), threads ? " start=thread" : "");
  }
  text += fmt::format("a: s0 = sysv.get size={} flags=create|0600 -> ok\n",
                      LitmusLayout{terms.rounds}.Bytes());
  for (std::size_t i = 0; i < count; ++i) {
    text += threads && i > 0 ? fmt::format("a: process.thread child={} -> 0\n", name(i))
                             : fmt::format("{}: a{} = sysv.attach segment=s0 -> ok\n", name(i), i);
  }
  text += "a: sysv.remove segment=s0 -> 0\n";
  text += "race {\n";
  for (std::size_t i = 0; i < count; ++i) {
    text +=
        fmt::format("  {}: memory.branch at=a{} program=\"{}\" rounds={} branches={}\n", name(i),
                    threads ? 0 : i, PrintProgram(branches.programs[i]), terms.rounds, count);
  }
  text += "}\na: memory.histogram at=a0\n";
  const Result<Plan> plan = ParsePlan(text, "litmus");
  SHMSPEC_CHECK(plan.ok(), "the plan of a litmus test is none");
  return *plan;
}

}  // namespace shmspec::order
