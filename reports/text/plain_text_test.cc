// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "reports/text/plain_text.h"

#include <gtest/gtest.h>

namespace shmspec::reports {
namespace {

TEST(PlainText, KeepsWhatIsValidAndSpellsOutWhatActs) {
  EXPECT_EQ(Printable("a\tb\nc \u00e4 \u20ac \U0001f600"), "a\tb\nc \u00e4 \u20ac \U0001f600");
  EXPECT_EQ(Printable(std::string_view("\0\x1b\x7f", 3)), "\\x00\\x1b\\x7f");
  EXPECT_EQ(Printable("\u0085\u2066\u2028"), "\\x85\\u2066\\u2028");
}

TEST(PlainText, ReplacesEveryByteThatIsNoUtf8) {
  EXPECT_EQ(ValidUtf8("\xff"), "\ufffd");
  EXPECT_EQ(ValidUtf8("\xc0\xaf"), "\ufffd\ufffd");                      // too long a form of "/"
  EXPECT_EQ(ValidUtf8("\xed\xa0\x80"), "\ufffd\ufffd\ufffd");            // a surrogate
  EXPECT_EQ(ValidUtf8("\xf4\x90\x80\x80"), "\ufffd\ufffd\ufffd\ufffd");  // beyond U+10FFFF
  EXPECT_EQ(ValidUtf8("a\xe2\x82"), "a\ufffd\ufffd");                    // ends early
}

}  // namespace
}  // namespace shmspec::reports
