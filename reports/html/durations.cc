// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reports/html/page.h"
#include "reports/html/plot.h"
#include "reports/text/chapters.h"
#include "reports/text/plain_text.h"

namespace shmspec::reports {
namespace {

constexpr double kLeft = 250;   // of the axis; the names of chapters are before it
constexpr double kRight = 980;  // of the axis
constexpr double kDot = 6;      // width of a column of dots
constexpr double kRowGap = 16;
constexpr double kTallest = 60;  // of a pile of dots
constexpr std::size_t kSlowest = 10;
constexpr std::size_t kMostDots = 1000;  // in a chapter; more become bars

using Tests = std::vector<const Test*>;

LogAxis AxisOf(const Record& record) {
  LogAxis axis{kLeft, kRight, -3, 0};  // from 1 ms to 1 s
  for (const Test& test : record.tests) {
    if (test.attempts.empty()) continue;
    const double decade = std::log10(std::max(test.duration_s(), 1e-6));
    axis.low = std::min(axis.low, std::floor(decade));
    axis.high = std::max(axis.high, std::ceil(decade));
  }
  return axis;
}

std::map<std::string_view, Tests> ByChapter(const Record& record) {
  std::map<std::string_view, Tests> chapters;
  for (const Test& test : record.tests) {
    if (!test.attempts.empty()) chapters[test.chapter()].push_back(&test);
  }
  for (auto& [name, tests] : chapters) {
    std::sort(tests.begin(), tests.end(), [](const Test* a, const Test* b) {
      return std::pair(a->duration_s(), std::string_view(a->id)) <
             std::pair(b->duration_s(), std::string_view(b->id));
    });
  }
  return chapters;
}

/// Piles of many cases as bars, a part for each status.
void WriteBars(Markup& bars, const Tests& tests, const LogAxis& axis, double bottom, double step) {
  std::map<int, std::map<Status, std::size_t>> piles;
  for (const Test* test : tests) {
    ++piles[static_cast<int>(axis.At(test->duration_s()) / kDot)][test->status];
  }
  for (const auto& [column, statuses] : piles) {
    double y = bottom;
    for (const auto& [status, count] : statuses) {
      const double height = std::max(step * static_cast<double>(count), 1.0);
      y -= height;
      bars << "<rect class=\"" << ClassOf(status) << "\" x=\"" << Text(Number(column * kDot))
           << "\" y=\"" << Text(Number(y)) << "\" width=\"" << Text(Number(kDot - 1))
           << "\" height=\"" << Text(Number(height)) << "\"><title>"
           << Text(Counted(count, "case", "cases")) << " " << Text(NameOf(status))
           << "</title></rect>\n";
    }
  }
}

/// The dots of one chapter, piled up from `bottom`; returns the height of the highest pile.
double WriteDots(Markup* dots, const Tests& tests, const LogAxis& axis, double bottom) {
  std::map<int, std::size_t> piles;
  for (const Test* test : tests) ++piles[static_cast<int>(axis.At(test->duration_s()) / kDot)];
  std::size_t most = 1;
  for (const auto& [column, count] : piles) most = std::max(most, count);
  const double step = std::min(kDot, kTallest / static_cast<double>(most));
  if (dots == nullptr) return step * static_cast<double>(most);
  if (tests.size() > kMostDots) {
    WriteBars(*dots, tests, axis, bottom, step);
    return step * static_cast<double>(most);
  }
  std::map<int, std::size_t> placed;
  for (const Test* test : tests) {
    const int column = static_cast<int>(axis.At(test->duration_s()) / kDot);
    const double y = bottom - step * static_cast<double>(placed[column]++) - kDot / 2;
    *dots << "<circle class=\"" << ClassOf(test->status) << "\" r=\"2.5\" cx=\""
          << Text(Number((column + 0.5) * kDot)) << "\" cy=\"" << Text(Number(y)) << "\"><title>"
          << Text(test->id) << ": " << Text(DurationText(test->duration_s()))
          << "</title></circle>\n";
  }
  return step * static_cast<double>(most);
}

void WritePlot(Markup& page, const View& view, std::size_t number) {
  const Record& record = view.records[number];
  const LogAxis axis = AxisOf(record);
  const auto chapters = ByChapter(record);
  Markup body;
  double y = 4;
  for (const auto& [name, tests] : chapters) {
    y += std::max(WriteDots(nullptr, tests, axis, 0), 10.0) + kRowGap;
    WriteDots(&body, tests, axis, y);
    body << "<text text-anchor=\"end\" x=\"" << Text(Number(kLeft - 14)) << "\" y=\""
         << Text(Number(y)) << "\">" << Text(ChapterOf(name).title) << "</text>"
         << "<line class=\"base\" x1=\"" << Text(Number(kLeft)) << "\" x2=\""
         << Text(Number(kRight)) << "\" y1=\"" << Text(Number(y + 1)) << "\" y2=\""
         << Text(Number(y + 1)) << "\"/>\n";
  }
  OpenScroll(page, Titled(view, "Plot of durations", number));
  page << "<svg class=\"plot\" role=\"img\" aria-labelledby=\"plot-title-" << number
       << " plot-text-" << number << "\" viewBox=\"0 0 1000 " << Text(Number(y + 24))
       << "\">\n<title id=\"plot-title-" << number
       << "\">Durations of the cases by chapter</title>\n<desc id=\"plot-text-" << number
       << "\">A dot is a case, its place on a logarithmic axis how long it took; where there are "
          "very "
          "many, bars stand for them. The table below has the numbers.</desc>\n";
  WriteDecades(page, axis, y, DurationText);
  page << body << "</svg></div>\n";
}

void WriteNumbers(Markup& page, const View& view, std::size_t number) {
  const Record& record = view.records[number];
  page << "<details><summary>The same in numbers</summary>\n";
  OpenScroll(page, Titled(view, "Durations", number));
  page
      << "<table class=\"numbers\"><caption>Durations of cases</caption><thead><tr>"
         "<th scope=\"col\">Chapter</th><th scope=\"col\">Cases</th><th scope=\"col\">Shortest</th>"
         "<th scope=\"col\">Median</th><th scope=\"col\">Longest</th>"
         "<th scope=\"col\">Together</th></tr></thead>\n<tbody>\n";
  for (const auto& [name, tests] : ByChapter(record)) {
    double total = 0;
    for (const Test* test : tests) total += test->duration_s();
    page << "<tr><th scope=\"row\">" << Text(ChapterOf(name).title) << "</th><td>"
         << std::uint64_t{tests.size()} << "</td>";
    for (const double value : {tests.front()->duration_s(), tests[tests.size() / 2]->duration_s(),
                               tests.back()->duration_s(), total}) {
      page << "<td>" << Text(DurationText(value)) << "</td>";
    }
    page << "</tr>\n";
  }
  page << "</tbody></table></div></details>\n";
}

void WriteSlowest(Markup& page, const Record& record) {
  Tests tests;
  for (const Test& test : record.tests) {
    if (!test.attempts.empty()) tests.push_back(&test);
  }
  std::stable_sort(tests.begin(), tests.end(),
                   [](const Test* a, const Test* b) { return a->duration_s() > b->duration_s(); });
  tests.resize(std::min(tests.size(), kSlowest));
  page << "<details><summary>The slowest</summary><ol>\n";
  for (const Test* test : tests) {
    page << "<li>" << Text(DurationText(test->duration_s())) << " <code>" << Text(test->id)
         << "</code></li>\n";
  }
  page << "</ol></details>\n";
}

void WriteDurations(Markup& page, const View& view) {
  page << "<section id=\"durations\" aria-labelledby=\"durations-title\">\n"
          "<h2 id=\"durations-title\">How long cases took</h2>\n";
  for (std::size_t i = 0; i < view.records.size(); ++i) {
    if (!view.single()) page << "<h3>" << Text(view.labels[i]) << "</h3>\n";
    if (view.many()) {
      page << "<p>" << Text(DurationText(view.records[i].run.duration_s)) << "</p>\n";
      continue;
    }
    if (ByChapter(view.records[i]).empty()) {
      page << "<p>No case was performed.</p>\n";
      continue;
    }
    WritePlot(page, view, i);
    WriteNumbers(page, view, i);
    WriteSlowest(page, view.records[i]);
  }
  page << "</section>\n";
}

const internal::PartRegistration registration(
    {.place = 110, .id = "durations", .title = "Durations", .write = &WriteDurations});

}  // namespace
}  // namespace shmspec::reports
