// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/value/instant.h"

#include <gtest/gtest.h>

namespace shmspec {
namespace {

TEST(Instant, IsATextInUtc) {
  EXPECT_EQ(ParseInstant("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(ParseInstant("2026-09-01T12:30:05Z"), 1'788'265'805);
  EXPECT_EQ(PrintInstant(1'788'265'805), "2026-09-01T12:30:05Z");
}

TEST(Instant, IsNothingElse) {
  for (const char* wrong : {"", "today", "2026-09-01", "2026-09-01T12:30"}) {
    EXPECT_EQ(ParseInstant(wrong), std::nullopt) << wrong;
  }
}

}  // namespace
}  // namespace shmspec
