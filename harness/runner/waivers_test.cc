// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/waivers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shmspec {
namespace {

using namespace shmspec::literals;  // NOLINT
using std::chrono::sys_days;
using std::chrono::year_month_day;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kHead = "format = \"shmspec-waivers/1\"\n";

/// A waiver that is in order, as lines by key; a test replaces one of them.
std::map<std::string, std::string> Lines() {
  return {{"id", "\"W-1\""},
          {"tests", "[\"sysv.get\"]"},
          {"expect", "[\"FAIL\"]"},
          {"reason", "\"known\""},
          {"url", "\"https://bugs.example.org/1\""},
          {"owner", "\"qa@example.org\""},
          {"granted", "2026-09-01"},
          {"expires", "2027-03-01"}};
}

std::string Section(const std::map<std::string, std::string>& lines) {
  std::string text = "[[waiver]]\n";
  for (const auto& [key, value] : lines) {
    if (!value.empty()) text += key + " = " + value + "\n";
  }
  return text;
}

std::string Changed(const std::string& key, const std::string& value) {
  auto lines = Lines();
  lines[key] = value;
  return Section(lines);
}

Result<Waivers> Read(const std::string& sections) {
  static const std::vector<Case> cases{{"sysv.attach.one", {"SYSV.SHMAT.NULL_KERNEL_CHOOSES"_req}},
                                       {"sysv.get.two", {"SYSV.SHMGET.PRIVATE_ALWAYS_NEW"_req}},
                                       {"sysv.get.more", {"SYSV.SHMGET.PRIVATE_ALWAYS_NEW"_req}}};
  static const std::vector<Fact> facts{{"machine", "x86_64", "", true}};
  const sys_days today =
      year_month_day{std::chrono::year{2026}, std::chrono::month{11}, std::chrono::day{26}};
  return ReadWaivers(std::string(kHead) + sections, "w.toml", {cases, facts, today});
}

std::string ErrorIn(const std::string& sections) {
  const Result<Waivers> waivers = Read(sections);
  return waivers.ok() ? "read" : waivers.error().message;
}

TEST(Waivers, AreReadWithEverythingTheySay) {
  auto lines = Lines();
  lines["cause"] = "[\"assertion\", \"crash\"]";
  lines["when"] = "'machine == \"x86_64\"'";
  lines["class"] = "\"environment\"";
  lines["strict"] = "false";
  lines["rate"] = "{at_most = 0.25, per = \"attempt\"}";
  const Result<Waivers> waivers = Read(Section(lines));
  ASSERT_TRUE(waivers.ok()) << waivers.error().message;
  const Waiver& waiver = waivers->entries.at(0);
  EXPECT_EQ(waiver.expect, std::vector{Status::kFail});
  EXPECT_EQ(waiver.cause, (std::vector{Cause::kAssertion, Cause::kCrash}));
  EXPECT_EQ(waiver.kind, WaiverClass::kEnvironment);
  EXPECT_EQ(waiver.granted, "2026-09-01");
  EXPECT_EQ(waiver.expires, "2027-03-01");
  EXPECT_FALSE(waiver.strict);
  EXPECT_EQ(waiver.at_most, 0.25);
  EXPECT_TRUE(waiver.holds());
  EXPECT_EQ(waivers->by_case.size(), 2u);
  EXPECT_EQ(waivers->by_case.count("sysv.attach.one"), 0u);
}

TEST(Waivers, AreStrictUnlessTheySayOtherwise) {
  const Result<Waivers> waivers = Read(Section(Lines()));
  ASSERT_TRUE(waivers.ok()) << waivers.error().message;
  EXPECT_TRUE(waivers->entries.at(0).strict);
}

TEST(Waivers, HoldOnlyWhereTheirConditionDoes) {
  const Result<Waivers> waivers = Read(Changed("when", "'machine != \"x86_64\"'"));
  ASSERT_TRUE(waivers.ok()) << waivers.error().message;
  EXPECT_FALSE(waivers->entries.at(0).holds());
  EXPECT_TRUE(waivers->by_case.empty());
}

TEST(Waivers, NameLineAndColumnOfWhatIsNoToml) {
  EXPECT_THAT(ErrorIn("[[waiver]\n"), StartsWith("w.toml:2:10: "));
  EXPECT_THAT(ErrorIn("[[waiver]]\nid = \n"), StartsWith("w.toml:3:"));
}

struct Mistake {
  const char* key;
  const char* value;
  const char* error;
  friend void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.key; }
};

class BadWaiver : public testing::TestWithParam<Mistake> {};

TEST_P(BadWaiver, IsOneLineWithItsPlace) {
  const Mistake& mistake = GetParam();
  const std::string error = ErrorIn(Changed(mistake.key, mistake.value));
  EXPECT_THAT(error, testing::ContainsRegex("^w[.]toml:[0-9]+:[0-9]+: ")) << error;
  EXPECT_THAT(error, HasSubstr(mistake.error));
  EXPECT_EQ(error.find('\n'), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    Waivers, BadWaiver,
    testing::Values(
        Mistake{"reasons", "\"x\"", "there is no key \"reasons\"; did you mean reason?"},
        Mistake{"reason", "", "reason is missing here; add it"},
        Mistake{"reason", "\"\"", "reason: is empty; fill it in"},
        Mistake{"reason", "7", "reason: expected a text"}, Mistake{"id", "\" \"", "id: is empty"},
        Mistake{"tests", "\"sysv.get.two\"", "tests: expected a list"},
        Mistake{"tests", "[]", "tests: expected a list"},
        Mistake{"tests", "[\"sysv.gte.*\"]", "tests: \"sysv.gte.*\" matches no case"},
        Mistake{"tests", "[\"sysv.get.tow\"]", "did you mean sysv.get.two"},
        Mistake{"expect", "", "expect is missing"},
        Mistake{"expect", "[\"PASS\"]", "expected one of FAIL, UNRESOLVED, found \"PASS\""},
        Mistake{"action", "\"do-not-run\"", "expect: says nothing of a case that is not to be run"},
        Mistake{"action", "\"skip\"", "there is only \"do-not-run\""},
        Mistake{"cause", "[\"bad luck\"]", "found \"bad luck\""},
        Mistake{"when", "\"machine ==\"", "when, column 11: expected"},
        Mistake{"when", "'mchine == \"x\"'", "did you mean machine"},
        Mistake{"url", "\"4711\"", "url: expected an address"},
        Mistake{"class", "\"bug\"", "class: expected one of implementation-bug, suite-bug"},
        Mistake{"granted", "\"2026-09-01\"", "granted: expected a date without quotes"},
        Mistake{"granted", "2026-11-27", "2026-11-27 is yet to come; today is 2026-11-26"},
        Mistake{"expires", "2026-11-25", "waiver W-1 expired on 2026-11-25"},
        Mistake{"expires", "2026-08-31", "expected a day from 2026-09-01 to 2027-09-01"},
        Mistake{"expires", "2027-09-02", "at most 365 days after"},
        Mistake{"strict", "\"yes\"", "strict: expected true or false"},
        Mistake{"rate", "0.5", "rate: expected {at_most = "},
        Mistake{"rate", "{at_most = 2, per = \"attempt\"}", "at_most: expected the share"},
        Mistake{"rate", "{at_most = 0.1, per = \"day\"}", "per: there is only \"attempt\""},
        Mistake{"rate", "{at_mosts = 0.1}", "did you mean at_most"}));

TEST(Waivers, ExpireAfterTheirLastDay) {
  EXPECT_EQ(ErrorIn(Changed("expires", "2026-11-26")), "read");
  EXPECT_EQ(ErrorIn(Changed("expires", "2027-09-01")), "read");
}

TEST(Waivers, OfWhichTwoHoldForOneCaseAreRefused) {
  auto other = Lines();
  other["id"] = "\"W-2\"";
  other["tests"] = "[\"*.two\"]";
  const std::string both = Section(Lines()) + Section(other);
  EXPECT_THAT(ErrorIn(both), HasSubstr("waiver W-1 is about sysv.get.two already"));
  EXPECT_THAT(ErrorIn(both), StartsWith("w.toml:18:9: "));
  other["when"] = "'machine == \"s390x\"'";
  EXPECT_EQ(ErrorIn(Section(Lines()) + Section(other)), "read");
}

TEST(Waivers, OfOneNameAreRefused) {
  auto other = Lines();
  other["tests"] = "[\"sysv.attach\"]";
  EXPECT_THAT(ErrorIn(Section(Lines()) + Section(other)), HasSubstr("another waiver \"W-1\""));
}

TEST(Waivers, AreOfAFormatThatIsNamed) {
  const auto error = [](std::string_view text) {
    const std::vector<Case> cases;
    const std::vector<Fact> facts;
    const auto waivers = ReadWaivers(text, "w.toml", {cases, facts, Today()});
    return waivers.ok() ? "read" : waivers.error().message;
  };
  EXPECT_EQ(error("format = \"shmspec-waivers/1\"\n"), "read");
  EXPECT_THAT(error("format = \"shmspec-waivers/9\"\n"),
              StartsWith("w.toml:1:10: format: expected"));
  EXPECT_THAT(error(""), HasSubstr("format is missing"));
  EXPECT_THAT(error("format = \"shmspec-waivers/1\"\nwaiver = 3\n"), HasSubstr("[[waiver]]"));
}

}  // namespace
}  // namespace shmspec
