// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Holds the axioms against published verdicts.

#include "harness/order/facts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "harness/order/allowed.h"
#include "harness/order/read.h"

namespace shmspec::order {
namespace {

Litmus TestOf(const Fact& fact) {
  const Result<Litmus> test = ReadLitmus(LitmusTextOf(fact), std::string(fact.name));
  EXPECT_TRUE(test.ok()) << test.error().message << "\n" << LitmusTextOf(fact);
  return *test;
}

Verdict Computed(const Axioms& axioms, const Litmus& test) {
  const Result<Allowed> allowed = AllowedBy(axioms, test);
  EXPECT_TRUE(allowed.ok()) << test.name;
  if (allowed->races) return Verdict::kUndefined;
  return allowed->positive > 0 ? Verdict::kAllowed : Verdict::kForbidden;
}

/// How many facts say something of an order, all of which the table must agree with.
std::size_t Agreeing(const OrderTable& table, Verdict Verdicts::*column) {
  const Axioms axioms(table);
  std::size_t agreeing = 0;
  for (const Fact& fact : AllFacts()) {
    const Verdict published = fact.verdicts.*column;
    if (published == Verdict::kSilent) continue;
    const bool agrees = Computed(axioms, TestOf(fact)) == published;
    agreeing += agrees ? 1 : 0;
    EXPECT_TRUE(agrees) << fact.name << " under " << table.name << ", published in " << fact.source;
  }
  return agreeing;
}

TEST(Facts, AreWhatSequentialConsistencyComputes) {
  EXPECT_GE(Agreeing(SequentialConsistency(), &Verdicts::sc), 120u);
}
TEST(Facts, AreWhatX86TsoComputes) { EXPECT_GE(Agreeing(X86Tso(), &Verdicts::x86), 60u); }
TEST(Facts, AreWhatRc11Computes) { EXPECT_GE(Agreeing(Rc11(), &Verdicts::rc11), 50u); }

TEST(Facts, HaveNamesOfTheirOwnAndSources) {
  std::set<std::string_view> names;
  for (const Fact& fact : AllFacts()) {
    EXPECT_TRUE(names.insert(fact.name).second) << fact.name;
    EXPECT_FALSE(fact.source.empty()) << fact.name;
  }
}

// Tables that lack an axiom, or part of one: each must disagree with some fact.
std::size_t Disagreeing(const OrderTable& table, Verdict Verdicts::*column) {
  const Axioms axioms(table);
  const auto disagrees = [&](const Fact& fact) {
    const Verdict published = fact.verdicts.*column;
    return published != Verdict::kSilent && Computed(axioms, TestOf(fact)) != published;
  };
  const auto& facts = AllFacts();
  return static_cast<std::size_t>(std::count_if(facts.begin(), facts.end(), disagrees));
}

/// Every table with one axiom or one definition missing.
void ExpectEveryPartIsNeeded(const OrderTable& whole, Verdict Verdicts::*column) {
  for (std::size_t i = 0; i < whole.axioms.size(); ++i) {
    OrderTable table = whole;
    table.axioms.erase(table.axioms.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_GT(Disagreeing(table, column), 0u) << whole.name << " without " << whole.axioms[i].name;
  }
  for (std::size_t i = 0; i < whole.definitions.size(); ++i) {
    OrderTable table = whole;
    table.definitions[i].relation = "po \\ po";
    EXPECT_GT(Disagreeing(table, column), 0u)
        << whole.name << " with nothing as " << whole.definitions[i].name;
  }
}

/// The expression without one of the parts that `|` joins, for each of them; none where there is
/// one part only.
std::vector<std::string> WithoutAPart(std::string_view relation) {
  std::vector<std::string> parts{""};
  int depth = 0;
  for (const char c : relation) {
    depth += c == '(' || c == '[' ? 1 : c == ')' || c == ']' ? -1 : 0;
    if (c == '|' && depth == 0) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  std::vector<std::string> without;
  for (std::size_t i = 0; parts.size() > 1 && i < parts.size(); ++i) {
    std::string& text = without.emplace_back();
    for (std::size_t j = 0; j < parts.size(); ++j) {
      if (j != i) text += (text.empty() ? "" : "|") + parts[j];
    }
  }
  return without;
}

/// Parts of x86-TSO that others imply, as it was published: the order of all stores to a location
/// is within the order of everything as well, and what precedes the store of an exchange precedes
/// its load, since nothing is between them.
bool IsImplied(std::string_view whole, std::string_view shorter) {
  if (whole == "po & loc | rf | co | fr") return shorter.find("co") == std::string_view::npos;
  if (!whole.starts_with("[W] ; po ; [R & X]")) return false;
  return shorter.find("[R & X]") == std::string_view::npos;
}

TEST(Facts, NeedEveryPartOfEveryUnion) {
  std::size_t parts = 0;
  for (const auto& [whole, column] :
       {std::pair{&SequentialConsistency(), &Verdicts::sc}, std::pair{&X86Tso(), &Verdicts::x86},
        std::pair{&Rc11(), &Verdicts::rc11}}) {
    const auto expect = [&, column = column](OrderTable& table, std::string_view& relation) {
      const std::string_view before = relation;
      for (const std::string& shorter : WithoutAPart(before)) {
        if (IsImplied(before, shorter)) continue;
        relation = shorter;
        EXPECT_GT(Disagreeing(table, column), 0u)
            << table.name << " with " << shorter << " for " << before;
        ++parts;
      }
      relation = before;
    };
    OrderTable table = *whole;
    for (Definition& one : table.definitions) expect(table, one.relation);
    for (Axiom& one : table.axioms) expect(table, one.relation);
  }
  EXPECT_GE(parts, 20u);
}

TEST(Facts, NeedEveryAxiomOfSequentialConsistency) {
  ExpectEveryPartIsNeeded(SequentialConsistency(), &Verdicts::sc);
}
TEST(Facts, NeedEveryPartOfX86Tso) { ExpectEveryPartIsNeeded(X86Tso(), &Verdicts::x86); }
TEST(Facts, NeedEveryPartOfRc11) { ExpectEveryPartIsNeeded(Rc11(), &Verdicts::rc11); }

TEST(Facts, AreFoundByTestsThatDifferInNamesAndInTheOrderOfThreads) {
  const auto about = [](const std::string& text) {
    const Fact* fact = FactAbout(*ReadLitmus(text, "t"));
    return fact == nullptr ? "none" : std::string(fact->name);
  };
  EXPECT_EQ(about("X86 mine\n{ flag=0; }\nP0 | P1 ;\nMOV EDX,[flag] | MOV [data],$1 ;\n"
                  "MOV ESI,[data] | MOV [flag],$1 ;\nexists (0:ESI=0 /\\ 0:EDX=1)"),
            "MP");
  EXPECT_EQ(about("X86 mine\n{ }\nP0 | P1 ;\nMOV EDX,[x] | MOV [y],$1 ;\n"
                  "MOV ESI,[y] | MOV [x],$1 ;\nexists (0:EDX=0 /\\ 0:ESI=1)"),
            "none")
      << "another end";
  EXPECT_EQ(about("X86 mine\n{ x=1; }\nP0 | P1 ;\nMOV EDX,[x] | MOV [y],$1 ;\n"
                  "MOV ESI,[y] | MOV [x],$1 ;\nexists (0:EDX=1 /\\ 0:ESI=0)"),
            "none")
      << "another beginning";
  const auto in_c = [](const std::string& order) {
    return "C mine\n{ }\nP0(atomic_int* a, atomic_int* b) {\n"
           "  atomic_store_explicit(a, 1, memory_order_" +
           order +
           ");\n"
           "  atomic_thread_fence(memory_order_seq_cst);\n"
           "  int r = atomic_load_explicit(b, memory_order_relaxed);\n}\n"
           "P1(atomic_int* a, atomic_int* b) {\n"
           "  atomic_store_explicit(b, 1, memory_order_relaxed);\n"
           "  atomic_thread_fence(memory_order_seq_cst);\n"
           "  int r = atomic_load_explicit(a, memory_order_relaxed);\n}\n"
           "exists (0:r=0 /\\ 1:r=0)";
  };
  EXPECT_EQ(about(in_c("relaxed")), "SB+mfences");
  EXPECT_EQ(about(in_c("release")), "none") << "there is more to it than its fences";
}

}  // namespace
}  // namespace shmspec::order
