// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/order/branches.h"

#include <gtest/gtest.h>

#include <string>

#include "harness/order/read.h"
#include "harness/vocabulary/form/text.h"

namespace shmspec::order {
namespace {

std::string Lacking(const std::string& text, Machine machine = Machine::kX86) {
  const Result<Branches> branches = BranchesOf(*ReadLitmus(text, "t"), machine);
  EXPECT_FALSE(branches.ok()) << text;
  if (branches.ok()) return "";
  EXPECT_TRUE(branches.error().lacking);
  return branches.error().message;
}
Branches Compiled(const std::string& text, Machine machine = Machine::kX86) {
  const Result<Branches> branches = BranchesOf(*ReadLitmus(text, "t"), machine);
  EXPECT_TRUE(branches.ok()) << branches.error().message;
  return *branches;
}
std::string WithC(const std::string& statement) {
  return "C t\n{ }\nP0 (atomic_int* x) {\n  " + statement + "\n}\nexists (x=0)";
}

constexpr const char* kTest =
    "X86 t\n{ 1:EBX=9; w=5; }\nP0 | P1 ;\nMOV EAX,$3 | MOV ECX,[y] ;\nXCHG [z],EAX | MFENCE ;\n"
    "MOV [y],$2 | MOV ECX,[z] ;\nexists (0:EAX=0 /\\ 1:ECX=3 /\\ 1:EBX=9 /\\ w=5 /\\ y=2)";

TEST(Branches, AreProgramsWithRegistersAndVariablesInTheOrderOfTheirUse) {
  const Branches branches = Compiled(kTest);
  ASSERT_EQ(branches.programs.size(), 2u);
  EXPECT_EQ(PrintProgram(branches.programs[0]), "r0=exchange(x,3); y=2");
  EXPECT_EQ(PrintProgram(branches.programs[1]), "r1=y; fence; r2=x");
}

TEST(Branches, FindEveryPlaceInAnEnding) {
  const Branches branches = Compiled(kTest);
  const Litmus litmus = *ReadLitmus(kTest, "t");
  const End end = branches.EndOf(EndingOf("r0=0 r1=7 r2=3 x=3 y=2"));
  EXPECT_EQ(PrintEnd(litmus, end), "0:EAX=0; 1:ECX=3; 1:EBX=9; [w]=5; [y]=2;")
      << "the last load into a register counts";
  EXPECT_TRUE(Holds(litmus, end));
}

TEST(Branches, OfCAreCompiledAsForX86) {
  const Branches branches =
      Compiled(WithC("atomic_store(x, 1); atomic_store_explicit(x, 2, "
                     "memory_order_release);"));
  EXPECT_EQ(PrintProgram(branches.programs[0]), "x=1; fence; x=2");
}

TEST(Branches, ElsewhereHaveOnlyWhatARoundPerforms) {
  EXPECT_NE(Lacking(kTest, Machine::kOther).find("instructions of x86"), std::string::npos);
  EXPECT_NE(Lacking(WithC("atomic_store_explicit(x, 2, memory_order_release);"), Machine::kOther)
                .find("memory_order_release"),
            std::string::npos);
  EXPECT_NE(Lacking(WithC("atomic_store(x, 2);"), Machine::kOther).find("memory_order_seq_cst"),
            std::string::npos);
  const Branches branches = Compiled(WithC("atomic_store_explicit(x, 1, memory_order_relaxed); "
                                           "atomic_thread_fence(memory_order_seq_cst);"),
                                     Machine::kOther);
  EXPECT_EQ(PrintProgram(branches.programs[0]), "x=1; fence");
}

TEST(Branches, SayWhatCannotBeRun) {
  const auto x86 = [](const std::string& rows) {
    return "X86 t\n{ one=1; }\nP0 ;\n" + rows + "exists (true)";
  };
  EXPECT_EQ(Lacking(x86("LOCK INC [x] ;\n")), "no branch can add atomically");
  EXPECT_EQ(Lacking(x86("MOV EAX,[x] ;\nMOV [y],EAX ;\n")),
            "no branch can store what it has loaded");
  EXPECT_EQ(Lacking(x86("MOV [x],$-1 ;\n")), "no branch can store a negative number");
  EXPECT_EQ(Lacking(x86("MOV EAX,[one] ;\n")),
            "one is not 0 at first, and all memory of a round is");
  EXPECT_NE(Lacking(x86("MOV [a],$1 ;\nMOV [b],$1 ;\nMOV [c],$1 ;\nMOV [d],$1 ;\n"))
                .find("more than 3 locations"),
            std::string::npos);
  std::string loads;
  for (int i = 0; i < 5; ++i) loads += "MOV EAX,[x] ;\n";
  EXPECT_NE(Lacking(x86(loads)).find("more than the 4 times"), std::string::npos);
  std::string stores;
  for (int i = 0; i < 9; ++i) stores += "MOV [x],$1 ;\n";
  EXPECT_EQ(Lacking(x86(stores)), "thread 0 has 9 accesses, a branch can have 8");
  EXPECT_EQ(Lacking(x86("MOV EAX,$1 ;\n")), "no thread accesses memory");
}

TEST(Branches, BecomeAPlanOfProcessesOrOfThreads) {
  const std::string text = PrintPlan(PlanOf(Compiled(kTest), {.rounds = 200'000}));
  EXPECT_NE(text.find("rounds=200000"), std::string::npos) << text;
  EXPECT_NE(text.find("b: a1 = sysv.attach"), std::string::npos) << text;
  const std::string threads = PrintPlan(PlanOf(Compiled(kTest), {.as = As::kThreads}));
  EXPECT_NE(threads.find("actor b start=thread"), std::string::npos) << threads;
  EXPECT_EQ(threads.find("a1"), std::string::npos) << threads;
}

}  // namespace
}  // namespace shmspec::order
