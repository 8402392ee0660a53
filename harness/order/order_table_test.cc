// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/order/order_table.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "harness/order/allowed.h"
#include "harness/order/read.h"

namespace shmspec::order {
namespace {

/// An execution of three events: two stores to a location, and a load of another thread.
Execution Three() {
  Execution execution;
  execution.fill(Relation(3));
  const auto of = [&](Base base) -> Relation& { return execution[static_cast<std::size_t>(base)]; };
  of(Base::kPo).Add(0, 1);
  of(Base::kCo).Add(0, 1);
  of(Base::kRf).Add(0, 2);
  of(Base::kFr).Add(2, 1);
  of(Base::kW).Add(0, 0);
  of(Base::kW).Add(1, 1);
  of(Base::kR).Add(2, 2);
  return execution;
}

bool Holds(Must must, std::string_view relation) {
  const OrderTable table{.name = "t",
                         .about = "",
                         .source = "",
                         .definitions = {{"two", "po ; po"}, {"two", "rf ; fr"}},
                         .axioms = {{"a", must, relation}}};
  return Axioms(table).Judge(Three()).allowed;
}
bool IsEmpty(std::string_view relation) { return Holds(Must::kBeEmpty, relation); }

TEST(OrderTable, ComputesWithRelations) {
  EXPECT_TRUE(IsEmpty("po \\ co"));
  EXPECT_FALSE(IsEmpty("po & co"));
  EXPECT_FALSE(IsEmpty("rf ; fr \\ co")) << "a difference binds more than a sequence";
  EXPECT_FALSE(IsEmpty("(rf ; fr) \\ fr"));
  EXPECT_TRUE(IsEmpty("(rf ; fr) \\ co"));
  EXPECT_TRUE(IsEmpty("[R] ; po | po ; [R]"));
  EXPECT_FALSE(IsEmpty("[W] ; po ; [W]"));
  EXPECT_TRUE(IsEmpty("rf^-1 & rf"));
  EXPECT_FALSE(IsEmpty("rf^-1 ; co"));
  EXPECT_TRUE(IsEmpty("(rf^-1 ; co) \\ fr"));
  EXPECT_FALSE(IsEmpty("rmw?"));
  EXPECT_FALSE(IsEmpty("rmw*"));
  EXPECT_TRUE(IsEmpty("rmw+"));
  EXPECT_FALSE(IsEmpty("(rf | fr)+ & co"));
}

TEST(OrderTable, KnowsItsDefinitionsAndTheLastOfAName) { EXPECT_TRUE(IsEmpty("two \\ co")); }

TEST(OrderTable, AsksForEmptyIrreflexiveAndAcyclicRelations) {
  EXPECT_FALSE(Holds(Must::kBeEmpty, "po"));
  EXPECT_TRUE(Holds(Must::kBeIrreflexive, "po | po^-1"));
  EXPECT_FALSE(Holds(Must::kBeAcyclic, "po | po^-1"));
  EXPECT_FALSE(Holds(Must::kBeIrreflexive, "po ; po^-1"));
  EXPECT_TRUE(Holds(Must::kBeAcyclic, "po | rf | fr | co"));
}

TEST(OrderTableDeath, RefusesMistakes) {
  EXPECT_DEATH(IsEmpty("po | nothing"), "names a relation");
  EXPECT_DEATH(IsEmpty("(po"), "bracket");
  EXPECT_DEATH(IsEmpty("po po"), "behind");
}

Litmus Read(const std::string& text) { return *ReadLitmus(text, "t"); }

// As herd7 counts them.
TEST(Allowed, CountsExecutions) {
  const Axioms tso(X86Tso());
  const Litmus sb = Read(
      "X86 SB\n{}\nP0 | P1 ;\nMOV [x],$1 | MOV [y],$1 ;\nMOV EAX,[y] | MOV EAX,[x] ;\n"
      "exists (0:EAX=0 /\\ 1:EAX=0)");
  const Allowed allowed = *AllowedBy(tso, sb);
  EXPECT_EQ(allowed.ends.size(), 4u);
  EXPECT_EQ(allowed.positive, 1u);
  EXPECT_EQ(allowed.negative, 3u);
}

TEST(Allowed, FollowsValuesThroughRegisters) {
  const Axioms sc(SequentialConsistency());
  const Litmus test = Read(
      "X86 data\n{ x=7; }\nP0 ;\nMOV EAX,[x] ;\nMOV [y],EAX ;\nMOV EBX,[y] ;\nMOV ECX,EBX ;\n"
      "LOCK ADD [y],ECX ;\nexists (0:ECX=7 /\\ y=14)");
  const Allowed allowed = *AllowedBy(sc, test);
  EXPECT_EQ(allowed.positive, 1u);
  EXPECT_EQ(allowed.negative, 0u);
}

TEST(Allowed, AddsAsProcessorsDo) {
  const Litmus test = Read(
      "X86 most\n{ x=9223372036854775807; }\nP0 ;\nLOCK INC [x] ;\n"
      "exists (not (x=0))");
  const Allowed allowed = *AllowedBy(Axioms(SequentialConsistency()), test);
  EXPECT_EQ(allowed.ends, (std::vector<End>{{std::numeric_limits<std::int64_t>::min()}}));
}

TEST(Allowed, GivesUpWhereThereAreTooManyExecutions) {
  std::string text = "X86 many\n{}\nP0 | P1 ;\n";
  for (int i = 0; i < 12; ++i) text += "MOV [x],$1 | MOV EAX,[x] ;\n";
  const Result<Allowed> allowed = AllowedBy(Axioms(X86Tso()), Read(text + "exists (1:EAX=1)"));
  ASSERT_FALSE(allowed.ok());
  EXPECT_NE(allowed.error().message.find("executions"), std::string::npos);
}

}  // namespace
}  // namespace shmspec::order
