// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/value/duration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shmspec {
namespace {

using testing::HasSubstr;

std::string Refused(std::string_view text) {
  const Result<std::int64_t> duration = ParseDuration(text);
  return duration.ok() ? "accepted" : duration.error().message;
}

TEST(Duration, IsANumberWithItsUnit) {
  EXPECT_EQ(*ParseDuration("500ms"), 500);
  EXPECT_EQ(*ParseDuration("30s"), 30'000);
  EXPECT_EQ(*ParseDuration("2m"), 120'000);
  EXPECT_EQ(*ParseDuration("24h"), 86'400'000);
}

TEST(Duration, WithoutAUnitIsSecondsAndNotManyOfThem) {
  EXPECT_EQ(*ParseDuration("30"), 30'000);
  EXPECT_EQ(*ParseDuration("600"), 600'000);
  EXPECT_EQ(Refused("601"),
            "601 without a unit is 601 seconds: write 601ms, or 601s if that is what you mean");
  EXPECT_EQ(*ParseDuration("601s"), 601'000);
}

TEST(Duration, SaysWhatToWriteInstead) {
  for (const char* wrong : {"", "x", "ms", "10 s", "1.5s", "10sec", "+5s", "5S"}) {
    EXPECT_THAT(Refused(wrong), HasSubstr("such as 30s, 500ms or 2m, found \"")) << wrong;
  }
  for (const char* wrong : {"0", "-1s", "25h", "1441m", "99999999999999999999ms"}) {
    EXPECT_THAT(Refused(wrong), HasSubstr("from 1ms to 24h, found \"")) << wrong;
  }
}

TEST(Duration, IsPrintedAsItIsRead) {
  for (const char* text : {"1ms", "500ms", "1500ms", "10s", "90s", "2m", "1h", "25m"}) {
    EXPECT_EQ(PrintDuration(*ParseDuration(text)), text);
  }
}

}  // namespace
}  // namespace shmspec
