// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What pages show of benchmarks and fuzzers, and what the reader refuses of them.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <functional>
#include <iterator>
#include <nlohmann/json.hpp>

#include "reports/form/report.h"
#include "reports/html/page.h"
#include "reports/html/plot.h"
#include "reports/text/plain_text.h"

namespace shmspec::reports {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using Json = nlohmann::ordered_json;

Json Spread(double median, double least, double most) {
  return {{"median", median}, {"least", least}, {"most", most}};
}

/// A record of the present format with figures, as a document.
Json Document() {
  std::ifstream in(SHMSPEC_TESTDATA "/ordering.json", std::ios::binary);
  Json document = Json::parse(in);
  Json timed{{"name", "Attach<1>"}, {"unit", "us"}, {"n", 3}, {"operations", 900}};
  timed.update(Spread(2.5, 2, 4));
  timed["p50"] = Spread(1.5, 1.25, 1.75);
  timed["p99"] = Spread(40, 30, 50);
  Json untimed{{"name", "Touch"}, {"unit", "us"}, {"n", 3}};
  untimed.update(Spread(7000, 6000, 9000));
  document["measurements"] = {timed, untimed};
  const auto point = [](int executions, int coverage) {
    return Json{{"executions", executions},
                {"coverage", coverage},
                {"features", 2 * coverage},
                {"corpus", 5},
                {"executions_per_s", 64}};
  };
  document["fuzzing"] = {{{"target", "plan<fuzz>"},
                          {"executions", 10'000},
                          {"findings", 0},
                          {"duration_s", 7},
                          {"points", {point(1, 100), point(100, 380)}}}};
  document["fuzzing"][0]["points"][1]["time_s"] = 2;
  return document;
}

Result<Record> Read(const Json& document) { return ReadRecord(document.dump(), "r.json"); }

Record Figures() {
  const Result<Record> record = Read(Document());
  EXPECT_TRUE(record.ok()) << record.error().message;
  return record.ok() ? *record : Record{};
}

TEST(Figures, ShowHowSingleOperationsAreDistributed) {
  const Record record = Figures();
  const std::string page = Render("html", std::span(&record, 1));
  EXPECT_THAT(page, HasSubstr("half took no longer than the dot (p50)"));
  EXPECT_THAT(page, HasSubstr("Attach&lt;1&gt;</code></th>"
                              "<td>1.5 <span class=\"when\">1.25 to 1.75</span></td>"
                              "<td>40 <span class=\"when\">30 to 50</span></td><td>900</td>"));
  // From 1 us to 100 us over 480: p50 at log10(1.5) / 2, p99 at log10(40) / 2.
  EXPECT_THAT(page, HasSubstr("x1=\"522.3\" x2=\"864.5\""));
  EXPECT_THAT(
      Render("markdown", std::span(&record, 1)),
      HasSubstr("| Attach&lt;1\\> | 1.5 us | 40 us | 2.5 us |\n| Touch | – | – | 7000 us |"));
}

TEST(Figures, ShowMeansOfBenchmarksThatTimeNoSingleOperation) {
  Record record = Figures();
  EXPECT_THAT(Render("html", std::span(&record, 1)),
              AllOf(HasSubstr("Plot of Single operations in us"),
                    HasSubstr("Plot of Means of repetitions in us"),
                    HasSubstr("Touch</code></th><td>–</td><td>–</td><td>0</td>")));
  record.measurements.erase(record.measurements.begin());
  EXPECT_THAT(Render("html", std::span(&record, 1)), Not(HasSubstr("Single operations")));
}

TEST(Figures, AreDrawnInTheirPlaceHoweverLargeOrSmall) {
  for (const double value : {0.0, 1e-300, 1e300}) {
    Json document = Document();
    document["measurements"][1].update(Spread(value, value, value));
    const Result<Record> record = Read(document);
    ASSERT_TRUE(record.ok()) << record.error().message;
    EXPECT_THAT(Render("html", std::span(&*record, 1)),
                AllOf(Not(HasSubstr("=\"nan")), Not(HasSubstr("=\"inf")), Not(HasSubstr("=\"-"))))
        << value;
  }
}

TEST(Fuzzing, ShowsCoverageOverTime) {
  Record record = Figures();
  FuzzRun& run = record.fuzzing.front();
  run.duration_s = 10;
  // In the middle of the first second, the first of the seventh one, and half a second later.
  run.points = {
      FuzzPoint{.executions = 500, .coverage = 100, .time_s = 0},
      FuzzPoint{.executions = 6500, .coverage = 200, .executions_per_s = 1000, .time_s = 6},
      FuzzPoint{.executions = 7000, .coverage = 400, .executions_per_s = 1000, .time_s = 6}};
  const std::string page = Render("html", std::span(&record, 1));
  EXPECT_THAT(page, HasSubstr("taken, by seconds"));
  // From a tenth of a second to 10 over 456, from 0 to 400 edges over 168.
  const auto across = [](double seconds) {
    return fmt::format("{:.1f}", 64 + (std::log10(seconds) + 1) / 2 * 456);
  };
  EXPECT_THAT(page, HasSubstr(fmt::format("d=\"M{} 138.0H{}V96.0H{}V12.0H520.0\"", across(0.5),
                                          across(6), across(6.5))));
}

TEST(Fuzzing, ShowsCoverageByExecutionsWhereTheTimeIsNotTold) {
  const Record record = Figures();
  const std::string page = Render("html", std::span(&record, 1));
  EXPECT_THAT(page, HasSubstr("<code>plan&lt;fuzz&gt;</code></figcaption>"));
  EXPECT_THAT(page, HasSubstr("380 edges after 10000 executions in 7 s, 64 a second at the end. "
                              "No input broke the law."));
  // From 1 to 10,000 executions over 456, from 0 to 400 edges over 168.
  EXPECT_THAT(page, HasSubstr("d=\"M64.0 138.0H292.0V20.4H520.0\""));
  EXPECT_THAT(page, HasSubstr("<td>100</td><td>380</td><td>760</td><td>5</td><td>64</td><td>2 s"));
  EXPECT_THAT(page, HasSubstr("href=\"#fuzzing\""));
  EXPECT_THAT(Render("markdown", std::span(&record, 1)),
              HasSubstr("| plan&lt;fuzz\\> | 10000 | 380 | 760 | 5 | 0 |"));
}

TEST(Fuzzing, SaysWhenAnInputBrokeTheLaw) {
  Record record = Figures();
  record.fuzzing.front().findings = 2;
  EXPECT_THAT(Render("html", std::span(&record, 1)), HasSubstr("2 inputs broke the law."));
}

TEST(Fuzzing, IsDrawnInItsPlaceHoweverFarItCame) {
  for (const std::uint64_t most : {std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0}}) {
    Record record = Figures();
    FuzzRun& run = record.fuzzing.front();
    run.executions = most;
    run.points = {FuzzPoint{.executions = most, .coverage = most}};
    EXPECT_THAT(Render("html", std::span(&record, 1)),
                Not(testing::ContainsRegex("[MHV \"]-?(nan|inf)|=\"-[0-9]")))
        << most;
  }
}

TEST(Figures, HaveNoPartOfAPageWithoutThem) {
  Record record = Figures();
  record.measurements.clear();
  record.fuzzing.clear();
  EXPECT_THAT(Render("html", std::span(&record, 1)),
              AllOf(Not(HasSubstr("#figures")), Not(HasSubstr("#fuzzing"))));
  const std::string markdown = Render("markdown", std::span(&record, 1));
  EXPECT_THAT(markdown, AllOf(Not(HasSubstr("Benchmark")), Not(HasSubstr("Fuzz target"))));
}

TEST(Figures, LeaveTheirPlotsToPagesOfFewRecords) {
  const std::vector<Record> many(6, Figures());
  EXPECT_THAT(
      Render("html", many),
      AllOf(Not(HasSubstr("class=\"plot\"")), HasSubstr("A page of one record shows its figures."),
            HasSubstr("A page of one record shows its fuzz targets.")));
}

std::string ErrorAfter(const std::function<void(Json&)>& damage) {
  Json document = Document();
  damage(document);
  const Result<Record> record = Read(document);
  return record.ok() ? "read" : record.error().message;
}

TEST(ReadRecord, RefusesDamagedFigures) {
  const auto timed = [](const char* key, const Json& value) {
    return ErrorAfter([&](Json& document) { document["measurements"][0][key] = value; });
  };
  EXPECT_EQ(timed("n", 3), "read");
  EXPECT_EQ(timed("p50", 3), "r.json: measurements[0].p50: expected an object, found number");
  EXPECT_EQ(timed("operations", -1),
            "r.json: measurements[0].operations: expected a whole number that is not negative, "
            "found number");
  EXPECT_EQ(ErrorAfter([](Json& document) { document["measurements"][0].erase("p99"); }),
            "r.json: contradicts itself: Attach<1> has only some of operations, p50 and p99");
  EXPECT_EQ(ErrorAfter([](Json& document) { document["fuzzing"][0]["points"] = Json::array(); }),
            "r.json: fuzzing[0].points: expected at least 1 entry, found array");
  EXPECT_EQ(ErrorAfter([](Json& document) { document["fuzzing"][0]["points"][1].erase("corpus"); }),
            "r.json: fuzzing[0].points[1].corpus is missing");
}

TEST(ReadRecord, RefusesFiguresThatCannotBe) {
  EXPECT_THAT(ErrorAfter([](Json& document) { document["measurements"][0]["most"] = 2.25; }),
              HasSubstr("the median of Attach<1> is not between its least and most"));
  EXPECT_THAT(
      ErrorAfter([](Json& document) { document["measurements"][0]["p50"] = Spread(60, 60, 60); }),
      HasSubstr("p50 of Attach<1> is more than its p99"));
  EXPECT_THAT(
      ErrorAfter([](Json& document) { document["fuzzing"][0]["points"][0]["executions"] = 101; }),
      HasSubstr("the points of fuzz target plan<fuzz> are not in order"));
  EXPECT_THAT(ErrorAfter([](Json& document) {
                for (std::size_t i : {0u, 1u})
                  document["fuzzing"][0]["points"][i]["time_s"] = 9 - i;
              }),
              HasSubstr("the points of fuzz target plan<fuzz> are not in order"));
  EXPECT_THAT(ErrorAfter([](Json& document) { document["fuzzing"][0]["executions"] = 99; }),
              HasSubstr("fuzz target plan<fuzz> has a point after its last execution"));
}

TEST(PlainText, CutsBetweenLetters) {
  const std::string text = "a\u00e4\u20ac\U0001f600z";
  EXPECT_EQ(BeginningOf(text, 5), text);
  EXPECT_EQ(EndOf(text, 5), text);
  EXPECT_EQ(BeginningOf(text, 3), "a\u00e4\u20ac\u2026");
  EXPECT_EQ(EndOf(text, 2), "\u2026\U0001f600z");
}

TEST(PlainText, WritesFiguresWithoutPowers) {
  EXPECT_EQ(FigureText(0.12345), "0.1235");
  EXPECT_EQ(FigureText(12.345), "12.35");
  EXPECT_EQ(FigureText(11620.4), "11620");
  EXPECT_EQ(FigureText(1e300), "1e+300");
}

TEST(Plots, CutNamesBetweenLetters) {
  std::string name;
  for (int i = 0; i < 100; ++i) name += "\u00e4";
  Markup page;
  WriteName(page, name, 0);
  const std::string drawn = page.Take();
  EXPECT_EQ(drawn, ValidUtf8(drawn));
  EXPECT_THAT(drawn, AllOf(HasSubstr(">\u2026\u00e4"), Not(HasSubstr("\ufffd"))));
}

}  // namespace
}  // namespace shmspec::reports
