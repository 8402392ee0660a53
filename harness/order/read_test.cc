// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/order/read.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace shmspec::order {
namespace {

using Kind = Instruction::Kind;

Litmus Read(const std::string& text) {
  const Result<Litmus> test = ReadLitmus(text, "t.litmus");
  EXPECT_TRUE(test.ok()) << test.error().message;
  return test.ok() ? *test : Litmus{};
}
std::string Refusal(const std::string& text) {
  const Result<Litmus> test = ReadLitmus(text, "t.litmus");
  EXPECT_FALSE(test.ok()) << text;
  return test.ok() ? "" : test.error().message;
}
/// A test of one thread with that instruction.
std::string With(const std::string& instruction) {
  return "X86 t\n{ x=0; }\nP0 ;\n" + instruction + " ;\nexists (x=0)";
}
Instruction One(const std::string& instruction) {
  const Litmus test = Read(With(instruction));
  return test.threads.at(0).instructions.at(0);
}
std::string WithC(const std::string& statement) {
  return "C t\n{ }\nP0 (atomic_int* x, int* y) {\n  " + statement + "\n}\nexists (x=0)";
}
Instruction OneC(const std::string& statement) {
  const Litmus test = Read(WithC(statement));
  return test.threads.at(0).instructions.at(0);
}

TEST(ReadLitmus, TakesFilesAsHerdWritesThem) {
  const Litmus test = Read(
      "X86_64 SB\n\"PodWR Fre PodWR Fre\"\nGenerator=diy7\nOrig=PodWR Fre PodWR Fre\n{\n}\n"
      " P0            | P1            ;\n movl $1,(x)   | movl $1,(y)   ;\n"
      " movl (y),%eax | movl (x),%eax ;\n\nexists (0:rax=0 /\\ 1:rax=0)\n");
  EXPECT_EQ(test.name, "SB");
  ASSERT_EQ(test.threads.size(), 2u);
  const Instruction store{.kind = Kind::kStore, .location = 0, .operand = {std::nullopt, 1}};
  EXPECT_EQ(test.threads[0].instructions[0], store);
  const Instruction load{.kind = Kind::kLoad, .location = 0, .to = 0, .operand = {}};
  EXPECT_EQ(test.threads[1].instructions[1], load);
  EXPECT_EQ(test.locations.size(), 2u);
  EXPECT_EQ(PrintCondition(test), "exists (0:eax=0 /\\ 1:eax=0)") << "one register, one name";
}

TEST(ReadLitmus, TakesTheInstructionsOfX86) {
  EXPECT_EQ(One("MFENCE").kind, Kind::kFence);
  EXPECT_EQ(One("MOV [x],$-3").operand.number, -3);
  EXPECT_EQ(One("MOV [x],$0x10").operand.number, 16);
  EXPECT_EQ(One("MOV EAX,[x]").kind, Kind::kLoad);
  EXPECT_EQ(One("XCHG [x],EAX").kind, Kind::kExchange);
  EXPECT_EQ(One("xchgl %eax,(x)").kind, Kind::kExchange);
  EXPECT_EQ(One("LOCK XADD [x],EAX").kind, Kind::kAdd);
  EXPECT_EQ(One("LOCK INC [x]").operand.number, 1);
  EXPECT_EQ(One("LOCK DEC [x]").operand.number, -1);
  EXPECT_EQ(One("lock addl $5,(x)").operand.number, 5);
  EXPECT_EQ(One("MOV EAX,EBX").kind, Kind::kSet);
}

TEST(ReadLitmus, TakesTheStatementsOfC) {
  EXPECT_EQ(OneC("*y = 1;").strength, Strength::kPlain);
  EXPECT_EQ(OneC("int r0 = *y;").kind, Kind::kLoad);
  EXPECT_EQ(OneC("atomic_store(x, 1);").strength, Strength::kSequential);
  const Instruction store = OneC("atomic_store_explicit(x, 2, memory_order_release);");
  EXPECT_EQ(store.strength, Strength::kRelease);
  EXPECT_EQ(store.operand.number, 2);
  EXPECT_EQ(OneC("int r = atomic_load_explicit(x, memory_order_acquire);").kind, Kind::kLoad);
  EXPECT_EQ(OneC("int r = atomic_exchange_explicit(x, 1, memory_order_acq_rel);").kind,
            Kind::kExchange);
  EXPECT_FALSE(OneC("atomic_fetch_add_explicit(x, 1, memory_order_relaxed);").to.has_value());
  EXPECT_EQ(OneC("atomic_thread_fence(memory_order_acquire);").kind, Kind::kFence);
}

TEST(ReadLitmus, TakesCommentsAndWhatHoldsAtFirst) {
  const Litmus test = Read(
      "C t (* not really *)\n{ x = 3; [y]=4; int z = -5; 1:r9=8; }\n"
      "P0 (atomic_int *x) { // nothing\n}\nP1 (int* y) { /* { */ int r9; }\n"
      "locations [z;] forall (1:r9=8 \\/ not (x=3) /\\ [y]=4)");
  EXPECT_EQ(test.name, "t");
  EXPECT_EQ(test.locations.at(0).value, 3);
  EXPECT_EQ(test.locations.at(2).value, -5);
  EXPECT_EQ(test.threads.at(1).registers.at(0).value, 8);
  EXPECT_EQ(test.quantifier, Quantifier::kForAll);
  EXPECT_EQ(PrintCondition(test), "forall (1:r9=8 \\/ (not ([x]=3) /\\ [y]=4))");
  EXPECT_EQ(PrintEnd(test, {8, -5, 3, 4}), "1:r9=8; [z]=-5; [x]=3; [y]=4;");
  EXPECT_TRUE(Holds(test, {0, 0, 9, 4}));
  EXPECT_FALSE(Holds(test, {0, 0, 3, 4}));
}

TEST(ReadLitmus, RefusesInOneLineWithItsPlace) {
  EXPECT_EQ(Refusal("PPC t\n"),
            "t.litmus:1:1: expected X86, X86_64 or C, found \"PPC\"; tests for other processors "
            "cannot be read");
  EXPECT_EQ(Refusal(""),
            "t.litmus:1:1: expected X86, X86_64 or C, found \"\"; tests for other "
            "processors cannot be read");
  EXPECT_EQ(Refusal(With("HLT")),
            "t.litmus:4:1: expected MOV, MFENCE, XCHG, or INC, DEC, ADD, XADD with LOCK before it, "
            "found \"HLT\"");
  EXPECT_EQ(Refusal(With("INC [x]")).substr(0, 13), "t.litmus:4:1:") << "without LOCK";
  EXPECT_EQ(Refusal(With("MOV [x],1")),
            "t.litmus:4:9: expected $ before a number, a register such as EAX or memory such as "
            "[x], found \"1\"");
  EXPECT_EQ(Refusal(With("MOV [x],[y]")).substr(0, 13), "t.litmus:4:9:");
  EXPECT_EQ(Refusal(With("MOV [x] $1")), "t.litmus:4:9: expected \",\", found \"$\"");
  EXPECT_EQ(Refusal(With("MOV [RSI],$1")).substr(0, 13), "t.litmus:4:5:");
  EXPECT_EQ(Refusal("X86 t\n{}\nP0 | P2 ;"), "t.litmus:3:6: expected \"P1\", found \"P2\"");
  EXPECT_EQ(Refusal("X86 t\n{}\nP0 | P1 | P2 | P3 | P4 ;"),
            "t.litmus:3:21: expected at most 4 threads, found \"P4\"");
  EXPECT_EQ(Refusal("X86 t\nP0 ;"),
            "t.litmus:1:6: expected the initial state in braces; { } means that everything is 0");
  EXPECT_EQ(Refusal("X86 t\n{ x=y; }"), "t.litmus:2:5: expected a number, found \"y\"");
  EXPECT_EQ(Refusal("X86 t\n{}\nP0 ;\nMFENCE ;\nexists (0:EAX=0)").substr(0, 13), "t.litmus:5:9:");
  EXPECT_EQ(Refusal("X86 t\n{}\nP0 ;\nMFENCE ;\nexists (1:EAX=0)"),
            "t.litmus:5:9: expected one of the threads, 0 to 0");
  EXPECT_EQ(Refusal("X86 t\n{}\nP0 ;\nMFENCE ;\nexists (q=0)").substr(0, 13), "t.litmus:5:9:");
  EXPECT_EQ(Refusal("X86 t\n{}\nP0 ;\nMFENCE ;\n"),
            "t.litmus:5:1: expected exists, ~exists or forall, found the end of the file");
  EXPECT_EQ(Refusal(With("MFENCE") + " more"),
            "t.litmus:5:14: expected the end of the file behind the condition, found \"more\"");
  EXPECT_EQ(Refusal(WithC("if (1) { }")).substr(0, 13), "t.litmus:4:3:");
  EXPECT_EQ(Refusal(WithC("int r = atomic_load_explicit(x, memory_order_release);")),
            "t.litmus:4:35: C has no load that releases and no store that acquires; choose another "
            "order");
  EXPECT_EQ(Refusal(WithC("atomic_store_explicit(x, 1, relaxed);")).substr(0, 14),
            "t.litmus:4:31:");
  EXPECT_EQ(Refusal(WithC("atomic_store(q, 1);")),
            "t.litmus:4:16: expected a parameter of the thread, found \"q\"");
  EXPECT_EQ(Refusal(WithC("*y = r7;")),
            "t.litmus:4:8: expected a number or a variable that has a value, found \"r7\"");
}

TEST(ReadLitmus, RefusesMoreInstructionsThanThereMayBe) {
  std::string text = "X86 t\n{}\nP0 ;\n";
  for (std::size_t i = 0; i <= kMostInstructions; ++i) text += "MFENCE ;\n";
  EXPECT_NE(Refusal(text + "exists (true)").find(":20:1: expected at most 16"), std::string::npos);
}

TEST(ReadLitmus, NeverCrashesOnATextThatEndsAnywhere) {
  const std::string whole =
      "X86 t (* c *)\n{ x=1; 0:RSI=x; }\n P0 | P1 ;\n MOV [RSI],$1 | LOCK XADD [x],EAX ;\n"
      "locations [x;] exists (1:EAX=0 /\\ not (x=1 \\/ x=2))";
  for (std::size_t end = 0; end < whole.size(); ++end) {
    const Result<Litmus> test = ReadLitmus(whole.substr(0, end), "t");
    ASSERT_FALSE(test.ok()) << whole.substr(0, end);
    EXPECT_EQ(test.error().message.find('\n'), std::string::npos);
  }
  EXPECT_EQ(Read(whole).threads.size(), 2u);
}

TEST(OnX86, PutsAFenceBehindStoresOfSeqCstAndLeavesWeakFencesOut) {
  const Litmus test = OnX86(Read(
      "C t\n{}\nP0 (atomic_int* x) {\n atomic_store(x, 1);\n"
      "atomic_thread_fence(memory_order_acquire);\n atomic_thread_fence(memory_order_seq_cst);\n"
      "atomic_store_explicit(x, 2, memory_order_release);\n}\nexists (x=0)"));
  std::vector<Kind> kinds;
  for (const Instruction& one : test.threads[0].instructions) {
    kinds.push_back(one.kind);
    EXPECT_EQ(one.strength, Strength::kPlain);
  }
  EXPECT_EQ(kinds, (std::vector<Kind>{Kind::kStore, Kind::kFence, Kind::kFence, Kind::kStore}));
}

}  // namespace
}  // namespace shmspec::order
