// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/form/json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/generators/draw.h"
#include "harness/vocabulary/form/text.h"

namespace shmspec {
namespace {

TEST(Json, AnOperationIsItsNameAndItsFields) {
  const Result<Plan> plan = ParsePlan(
      "plan x.y\nactor a uid=7\na: s0 = sysv.get key=k2 size=10 flags=create|0640 -> ok\n", "p");
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(ToJson(plan->steps[0].operation, plan->actors).dump(),
            R"({"operation":"sysv.get","key":"k2","size":10,"flags":"create|0640"})");
  const auto step = ToJson(*plan)["steps"][0];
  EXPECT_EQ(step["actor"], "a");
  EXPECT_EQ(step["assigns"], "s0");
  EXPECT_EQ(step["expected"], "ok");
  EXPECT_EQ(ToJson(*plan)["actors"][0]["uid"], "7");
  EXPECT_EQ(ToJson(Outcome(Failure{ErrorCode{22}}), {}).dump(),
            R"({"outcome":"failure","error":"EINVAL"})");
}

TEST(Json, EveryDrawnPlanHasAForm) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SeededChoices choices(seed);
    const Plan plan = DrawPlan(choices, {});
    const auto json = ToJson(plan);
    EXPECT_EQ(json["steps"].size(), plan.steps.size());
    // The dumped text can be read again, for any bytes in the strings.
    const std::string dumped =
        json.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
    EXPECT_TRUE(nlohmann::json::accept(dumped)) << "seed " << seed;
  }
}

}  // namespace
}  // namespace shmspec
