// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The plans of all cases, as plans: nothing is performed.

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "harness/runner/case.h"
#include "harness/vocabulary/form/text.h"
#include "harness/vocabulary/form/wire.h"

namespace shmspec {
namespace {

TEST(Cases, HaveNoFlaw) {
  for (const Case& test_case : AllCases()) {
    const auto flaw = FindFlaw(PlanOf(test_case));
    EXPECT_FALSE(flaw) << test_case.file << ":" << test_case.line << ": " << test_case.id << ": "
                       << flaw->message;
  }
}

TEST(Cases, OfRegressionsSayWhereTheyComeFrom) {
  std::size_t regressions = 0;
  for (const Case& test_case : AllCases()) {
    const bool said = !test_case.origin.report.empty() && !test_case.origin.affected.empty();
    EXPECT_EQ(said, test_case.chapter() == "regressions") << test_case.id;
    regressions += said ? 1 : 0;
  }
  EXPECT_GE(regressions, 35u);
}

TEST(Cases, AreReadBackAsTheyArePrinted) {
  for (const Case& test_case : AllCases()) {
    const Plan plan = PlanOf(test_case);
    const Result<Plan> again = ParsePlan(PrintPlan(plan), test_case.id);
    ASSERT_TRUE(again.ok()) << again.error().message;
    EXPECT_EQ(*again, plan) << PrintPlan(plan) << "was read as\n" << PrintPlan(*again);
  }
}

template <class T>
void ExpectToCross(const T& value, std::string_view id) {
  std::string bytes;
  AppendWire(bytes, value);
  std::string_view rest = bytes;
  T again;
  ASSERT_TRUE(ReadWire(rest, again)) << id;
  EXPECT_TRUE(rest.empty()) << id;
  EXPECT_EQ(again, value) << id;
}

/// Actors and steps of every case survive the wire form.
TEST(Cases, CrossTheWireUnchanged) {
  for (const Case& test_case : AllCases()) {
    const Plan plan = PlanOf(test_case);
    for (const ActorSpec& actor : plan.actors) ExpectToCross(actor, test_case.id);
    for (const Step& step : plan.steps) ExpectToCross(step.operation, test_case.id);
  }
}

}  // namespace
}  // namespace shmspec
