// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Every plan is read back as it was printed. RC_PARAMS="seed=N" repeats a failing run; rapidcheck
// prints it.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "harness/vocabulary/form/text.h"
#include "harness/vocabulary/form/wire.h"
#include "property/generators.h"

namespace shmspec {
namespace {

RC_GTEST_PROP(RoundTrip, TextGivesBackThePlan, ()) {
  ListedChoices choices(*ChoiceLists());
  const Plan plan = DrawPlan(choices, {});
  const std::string text = PrintPlan(plan);
  RC_LOG(text);
  const Result<Plan> again = ParsePlan(text, "drawn");
  if (!again.ok()) RC_FAIL(again.error().message);
  RC_ASSERT(*again == plan);
}

RC_GTEST_PROP(RoundTrip, TheWireGivesBackThePlan, ()) {
  ListedChoices choices(*ChoiceLists());
  const Plan plan = DrawPlan(choices, {});
  std::string bytes;
  AppendWire(bytes, plan);
  std::string_view rest = bytes;
  Plan again;
  RC_ASSERT(ReadWire(rest, again));
  RC_ASSERT(rest.empty());
  RC_ASSERT(again == plan);
}

}  // namespace
}  // namespace shmspec
