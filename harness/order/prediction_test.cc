// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/order/prediction.h"

#include <gtest/gtest.h>

#include <string>

#include "harness/order/read.h"

namespace shmspec::order {
namespace {

Litmus Named(std::string_view name) { return *ReadLitmus(LitmusTextOf(*FactNamed(name)), "t"); }

TEST(Prediction, OfOrdersWithAxiomsForbidsEveryEndThatIsNotAllowed) {
  const Litmus mp = Named("MP");
  const Prediction prediction = *Predict(mp, UsualFor(mp.language));
  ASSERT_TRUE(prediction.allowed.has_value());
  EXPECT_EQ(prediction.allowed->ends.size(), 3u);
  EXPECT_TRUE(prediction.Forbids(mp, {1, 0}));
  EXPECT_FALSE(prediction.Forbids(mp, {0, 0}));
  EXPECT_TRUE(prediction.Forbids(mp, {7, 0})) << "a value that nobody stores";
}

TEST(Prediction, OfOtherOrdersIsThePublishedVerdict) {
  const Prediction allowed = *Predict(Named("MP"), Order::kArmv8);
  EXPECT_EQ(allowed.verdict, Verdict::kAllowed);
  EXPECT_EQ(allowed.fact->name, "MP");
  const Litmus fenced = Named("MP+mfences");
  const Prediction forbidden = *Predict(fenced, Order::kRiscv);
  EXPECT_TRUE(forbidden.Forbids(fenced, {1, 0}));
  EXPECT_FALSE(forbidden.Forbids(fenced, {7, 0})) << "nothing is known of other ends";
}

TEST(Prediction, OfWhatNobodyPublishedIsLacking) {
  for (const char* name : {"iwp2.8.a", "MP+rel+acq"}) {
    const Result<Prediction> prediction = Predict(Named(name), Order::kArmv8);
    ASSERT_FALSE(prediction.ok()) << name;
    EXPECT_TRUE(prediction.error().lacking);
  }
  const Result<Prediction> unfit = Predict(Named("MP"), Order::kRc11);
  ASSERT_FALSE(unfit.ok());
  EXPECT_FALSE(unfit.error().lacking) << "a mistake";
}

TEST(Prediction, OfATestInCOnX86IsThatOfItsTranslation) {
  EXPECT_GT(Predict(Named("SB+rel+acq"), Order::kX86Tso)->allowed->positive, 0u);
  EXPECT_EQ(Predict(Named("SB+sc"), Order::kX86Tso)->allowed->positive, 0u);
  EXPECT_EQ(Predict(Named("MP+rlx"), Order::kX86Tso)->allowed->positive, 0u);
}

TEST(Prediction, OfARaceForbidsNothing) {
  const Litmus racy = Named("MP+na+rlx");
  EXPECT_FALSE(Predict(racy, Order::kRc11)->Forbids(racy, {7, 7}));
}

}  // namespace
}  // namespace shmspec::order
