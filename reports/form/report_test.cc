// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Every form of report of the records in testdata/, compared with the files kept beside them. After
// an intended change, SHMSPEC_WRITE_GOLDEN=1 writes these anew; read the difference.

#include "reports/form/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "reports/record/kept_records.h"
#include "reports/text/plain_text.h"

namespace shmspec::reports {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Golden {
  std::vector<std::string> records;
  const char* name;
  std::string form;
  friend void PrintTo(const Golden& golden, std::ostream* out) { *out << golden.name; }
};

std::vector<Golden> Goldens() {
  std::vector<Golden> goldens;
  for (const std::string& form : FormNames()) {
    goldens.push_back({{"passing"}, "passing", form});
    goldens.push_back({{"failing"}, "failing", form});
    goldens.push_back({{"hostile"}, "hostile", form});
    if (form == "html" || form == "markdown") {
      goldens.push_back({{"ordering"}, "ordering", form});
    }
    goldens.push_back({{"passing", "failing"}, "both", form});
  }
  return goldens;
}

class ReportTest : public testing::TestWithParam<Golden> {};

TEST_P(ReportTest, IsTheOneThatIsKept) {
  const std::string name = std::string(GetParam().name) + "." + GetParam().form;
  const std::string report = Render(GetParam().form, Recorded(GetParam().records));
  EXPECT_EQ(report, ValidUtf8(report));
  if (std::getenv("SHMSPEC_WRITE_GOLDEN") != nullptr) {
    std::ofstream(SHMSPEC_TESTDATA "/" + name, std::ios::binary) << report;
    return;
  }
  EXPECT_EQ(report, ReadFile(name));
}

INSTANTIATE_TEST_SUITE_P(Forms, ReportTest, testing::ValuesIn(Goldens()), [](const auto& test) {
  return std::string(test.param.name) + "_" + test.param.form;
});

TEST(Html, ShowsHostileTextAndDoesNotObeyIt) {
  const std::string page = Render("html", Recorded(std::vector<std::string>{"hostile"}));
  const std::size_t own = page.find("<script");
  EXPECT_EQ(page.find("<script>\n\"use strict\""), own);
  EXPECT_EQ(page.find("<script", own + 1), page.npos);
  for (const char* obeyed : {"<img", "\x1b", "\x07", "\r", "\u202e", "\uffff", "<i>"}) {
    EXPECT_THAT(page, Not(HasSubstr(obeyed)));
  }
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;"));
  EXPECT_THAT(page, HasSubstr("\\x1b[31mred\\x07 \\u202egnp.exe \ufffd\ufffd\ufffd"));
}

TEST(Html, MarksTheOffendingStepInTheLaneOfItsActor) {
  const std::string page = Render("html", Recorded(std::vector<std::string>{"failing"}));
  EXPECT_THAT(page, HasSubstr("<th scope=\"col\">Step</th><th scope=\"col\">"));
  EXPECT_THAT(page, HasSubstr("class=\"race"));
  EXPECT_THAT(page, HasSubstr("offending\""));
}

TEST(Html, NamesRequirementsThatNoCaseIsAbout) {
  const std::string page = Render("html", Recorded(std::vector<std::string>{"passing"}));
  EXPECT_THAT(page, HasSubstr("requirements no case is about"));
  EXPECT_THAT(page, HasSubstr("<li><code>COMPAT.ATTACH_TOO_BIG</code>"));
}

TEST(Html, SaysWhoSuffersOnlyWhereSomethingFailed) {
  EXPECT_THAT(Render("html", Recorded(std::vector<std::string>{"failing"})),
              HasSubstr("PostgreSQL"));
  EXPECT_THAT(Render("html", Recorded(std::vector<std::string>{"passing"})),
              Not(HasSubstr("Who suffers")));
}

TEST(Html, SaysWhatChangedSinceTheBaseline) {
  const Record before = Recorded("passing");
  const std::vector<Record> now{Recorded("failing")};
  EXPECT_THAT(Render("html", now), Not(HasSubstr("Since the baseline")));
  const std::string page = Render("html", now, &before);
  EXPECT_THAT(page, HasSubstr("Since the baseline"));
  EXPECT_THAT(page, HasSubstr("<b>3 cases fail that did not, 0 that failed pass, 2 changed"));
  const std::string back = Render("html", std::span(&before, 1), &now.front());
  EXPECT_THAT(back, HasSubstr("<b>0 cases fail that did not, 1 that failed passes"));
  EXPECT_THAT(Render("html", now, &now.front()),
              HasSubstr("Every requirement and every case has the same"));
}

TEST(Html, SaysFromHowManyShardsARecordWasMade) {
  std::vector<Record> records = Recorded(std::vector<std::string>{"passing"});
  EXPECT_THAT(Render("html", records), Not(HasSubstr("Merged from")));
  records.front().run.merged_from = {"0a<", "0b"};
  EXPECT_THAT(Render("html", records),
              HasSubstr("<dt>Merged from</dt><dd><code>2 shards: 0a&lt;, 0b</code></dd>"));
}

TEST(Html, ShowsTheSameFailureOfSeveralRecordsOnce) {
  const std::vector<Record> twice = Recorded(std::vector<std::string>{"failing", "failing"});
  const std::string page = Render("html", twice);
  EXPECT_THAT(page, HasSubstr("In 2 records, shown as in the first"));
  EXPECT_THAT(page, HasSubstr("id=\"card-4\""));
  EXPECT_THAT(page, Not(HasSubstr("id=\"card-5\"")));
}

TEST(Html, GivesManyRecordsAColumnEach) {
  const std::string page = Render("html", std::vector<Record>(6, Recorded("failing")));
  EXPECT_THAT(page, HasSubstr("Passed of all, by chapter"));
  EXPECT_THAT(page, HasSubstr(">6</abbr>"));
  EXPECT_THAT(page, Not(HasSubstr("class=\"plot\"")));
}

TEST(Html, DrawsVeryManyCasesAsBars) {
  std::vector<Record> records = Recorded(std::vector<std::string>{"passing"});
  EXPECT_THAT(Render("html", records), HasSubstr("<circle class=\"pass\""));
  records.front().tests.resize(3000, records.front().tests.back());
  const std::string page = Render("html", records);
  EXPECT_LT(page.size(), 100'000);  // a dot each would be 400 kB
  EXPECT_THAT(page, HasSubstr("<title>2998 cases PASS</title></rect>"));
}

TEST(Html, SaysHowOftenRacesMayStillGoWrong) {
  std::vector<Record> records = Recorded(std::vector<std::string>{"passing"});
  EXPECT_THAT(Render("html", records), HasSubstr("No case was performed in more than one round"));
  reports::Test& test = records.front().tests.front();
  test.attempts.front().rounds = 1000;
  const std::string row = "</code></th><td>1000</td><td>0</td><td>0 %</td><td>0.38 %</td></tr>";
  EXPECT_THAT(Render("html", records), HasSubstr(test.id + row));
  test.attempts.push_back(test.attempts.front());
  test.attempts.back().status = Status::kFail;
  // Wilson's interval for 1 of 2000.
  EXPECT_THAT(Render("html", records),
              HasSubstr("<td>2000</td><td>1</td><td>0.0088 %</td><td>0.28 %</td>"));
}

TEST(Html, ShowsWhatElseWasExpected) {
  std::vector<Record> records = Recorded(std::vector<std::string>{"failing"});
  const std::string before = Render("html", records);
  for (const char* title : {"What else was expected", "Since the baseline", ">Speed</h2>"}) {
    EXPECT_THAT(before, Not(HasSubstr(title)));
  }
  Record& record = records.front();
  record.waivers.push_back({.id = "W-7",
                            .expect = {Status::kFail},
                            .reason = "<b>slow</b>",
                            .owner = "qa",
                            .expires = "2027-01-01",
                            .state = record::WaiverState::kUsed});
  record.controls =
      Controls{.by = "suites",
               .seed = "1",
               .faults = {{"one", "A.B", "it forgets", {}}, {"two", "A.C", "", {"x"}}}};
  record.baseline = BaselineEntry{.file = "base.json", .gone = {"sysv.gone.case"}};
  record.measurements = {{.name = "attach<16>", .unit = "ns", .n = 9, .mean = {1500, 1200, 9000}}};
  record.flaky = 1;
  reports::Test& test = record.tests[1];
  test.flakiness = Flakiness{.flaky = true, .attempts = 5, .passed = 3, .flip_rate = 0.5};
  test.waiver = "W-7";
  test.judgement = Judgement::kWaived;
  const std::string page = Render("html", records);
  EXPECT_THAT(page, HasSubstr("<td>used</td><td>&lt;b&gt;slow&lt;/b&gt;</td><td>qa</td>"));
  EXPECT_THAT(page, HasSubstr("of 2 faults seeded into the simulated system, suites caught 1."));
  EXPECT_THAT(page, HasSubstr("<li><code>one</code> (<code>A.B</code>): it forgets</li>"));
  EXPECT_THAT(page, HasSubstr("<td>5</td><td>3</td><td>50 %</td>"));
  EXPECT_THAT(page, HasSubstr("<b>waived</b>, by waiver <code>W-7</code>"));
  EXPECT_THAT(page, HasSubstr("<code>base.json</code>"));
  EXPECT_THAT(page, HasSubstr("The suite no longer has: <code>sysv.gone.case</code>"));
  EXPECT_THAT(page, HasSubstr("attach&lt;16&gt;</code></th><td>–</td><td>–</td><td>0</td>"
                              "<td>1500 <span class=\"when\">1200 to 9000</span></td><td>9</td>"));
}

TEST(Forms, CountAWaivedFailureAsKnown) {
  Record record = Judged(Status::kFail, Judgement::kWaived);
  record.waivers.push_back({.id = "W-1"});
  for (reports::Test& test : record.tests) {
    if (test.judgement != Judgement::kWaived) continue;
    test.waiver = "W-1";
    test.why = "the # vendor knows";
  }
  const std::span<const Record> one(&record, 1);
  const Record before = Recorded("failing");
  EXPECT_EQ(record.totals.failed + 1, before.totals.failed);
  EXPECT_THAT(Render("ktap", one), HasSubstr(" # XFAIL W-1: the _ vendor knows\n"));
  EXPECT_THAT(Render("junit", one),
              HasSubstr("<skipped message=\"XFAIL W-1: the # vendor knows\"/>"));
  EXPECT_THAT(Render("ctrf", one), HasSubstr("\"judgement\": \"waived: W-1: the # vendor knows\""));
  EXPECT_THAT(Render("ctrf", one), HasSubstr("\"status\": \"other\""));
}

TEST(Forms, CountAPassUnderAStrictWaiverAsFailed) {
  Record record = Judged(Status::kPass, Judgement::kStale);
  for (reports::Test& test : record.tests) {
    if (test.judgement == Judgement::kStale) test.why = "remove the waiver";
  }
  const std::span<const Record> one(&record, 1);
  EXPECT_THAT(Render("ktap", one), HasSubstr("# waiver-stale: remove the waiver\n"));
  EXPECT_THAT(Render("ktap", one), HasSubstr("  not ok 1 permissions.attach.is_checked_once\n"));
  EXPECT_THAT(Render("junit", one), HasSubstr("<failure message=\"remove the waiver\" "
                                              "type=\"waiver-stale\">"));
}

TEST(Html, NamesALibraryThatStandsBetween) {
  Record record = Recorded("passing");
  const std::string libc = record.subject.libc;
  record.subject.library = Library{"glibc", libc.substr(libc.find(' ') + 1), ""};
  EXPECT_EQ(LabelsOf(std::span(&record, 1)).front(), "Linux 6.18.0 through libc");
  record.subject.library = Library{"Boost.<Interprocess>", "1.81.0", ""};
  EXPECT_EQ(LabelsOf(std::span(&record, 1)).front(),
            "Linux 6.18.0 through Boost.<Interprocess> 1.81.0");
  EXPECT_THAT(Render("html", std::span(&record, 1)),
              HasSubstr("<code>libc</code>, Boost.&lt;Interprocess&gt; 1.81.0, " + libc));
}

TEST(Forms, DoNotTakeAnInterruptedRunForAWholeOne) {
  Record record = Recorded("passing");
  record.run.complete = false;
  record.run.stop_reason = "stopped by SIGINT";
  const std::span<const Record> one(&record, 1);
  EXPECT_THAT(Render("ktap", one), HasSubstr("Bail out! stopped by SIGINT\nnot ok 1 "));
  EXPECT_THAT(Render("junit", one), HasSubstr("errors=\"1\""));
  EXPECT_THAT(Render("junit", one),
              HasSubstr("<error message=\"stopped by SIGINT\" type=\"incomplete\""));
  EXPECT_THAT(Render("ctrf", one), HasSubstr("\"failed\": 1"));
  EXPECT_THAT(Render("ctrf", one), HasSubstr("\"message\": \"stopped by SIGINT\""));
  EXPECT_THAT(Render("lava", one), HasSubstr("TEST_CASE_ID=run.is_complete RESULT=fail"));
  EXPECT_THAT(Render("kcidb", one), HasSubstr("\"incomplete\": \"stopped by SIGINT\""));
}

}  // namespace
}  // namespace shmspec::reports
