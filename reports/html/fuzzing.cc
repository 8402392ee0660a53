// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The progress of fuzzers: coverage over time, a chart for each target.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "reports/html/page.h"
#include "reports/html/plot.h"
#include "reports/text/plain_text.h"

namespace shmspec::reports {
namespace {

constexpr double kWidth = 560;
constexpr double kLeft = 64;     // of the drawing; figures of coverage are before it
constexpr double kRight = 520;   // of the drawing; half of its last label is beyond it
constexpr double kTop = 12;      // of the drawing
constexpr double kBottom = 180;  // of the drawing

/// Figures of coverage from 0 to the first round one that is not below the most.
struct UpAxis {
  double step = 1;
  int steps = 1;

  double At(double value) const { return kBottom - value / (step * steps) * (kBottom - kTop); }
};

UpAxis UpAxisOf(const FuzzRun& run) {
  std::uint64_t most = 1;
  for (const FuzzPoint& point : run.points) most = std::max(most, point.coverage);
  const double exact = static_cast<double>(most) / 4;
  const double decade = std::pow(10.0, std::floor(std::log10(exact)));
  double step = 10 * decade;
  for (const double factor : {5.0, 2.0, 1.0}) {
    if (factor * decade >= exact) step = factor * decade;
  }
  step = std::max(step, 1.0);
  return {step, std::max(1, static_cast<int>(std::ceil(static_cast<double>(most) / step)))};
}

/// Where the points are on the way from left to right.
struct Across {
  std::vector<double> at;  // one for each point
  double end = 1;          // of the fuzzing
  std::string_view unit;
};

/// The times of the points. Records hold whole seconds; within a second, the first point is at its
/// beginning and the others follow at the current rate of executions.
Across OverTime(const FuzzRun& run) {
  Across across{{}, 0, "seconds"};
  std::uint64_t second = 0;
  std::uint64_t since = 0;  // executions when it began
  for (std::size_t i = 0; i < run.points.size(); ++i) {
    const FuzzPoint& point = run.points[i];
    if (*point.time_s != second) since = point.executions;
    second = *point.time_s;
    const auto rated =
        std::find_if(run.points.begin() + static_cast<std::ptrdiff_t>(i), run.points.end(),
                     [](const FuzzPoint& other) { return other.executions_per_s > 0; });
    const double rate = rated == run.points.end() ? static_cast<double>(run.executions)
                                                  : static_cast<double>(rated->executions_per_s);
    const double part = static_cast<double>(point.executions - since) / std::max(rate, 1.0);
    across.at.push_back(static_cast<double>(second) + std::min(part, 1.0));
  }
  across.end = std::max(static_cast<double>(run.duration_s.value_or(0)), across.at.back());
  return across;
}

Across OverExecutions(const FuzzRun& run) {
  Across across{{}, static_cast<double>(run.executions), "executions"};
  for (const FuzzPoint& point : run.points) {
    across.at.push_back(static_cast<double>(point.executions));
  }
  return across;
}

Across AcrossOf(const FuzzRun& run) {
  const bool timed = std::all_of(run.points.begin(), run.points.end(),
                                 [](const FuzzPoint& point) { return point.time_s.has_value(); });
  return timed ? OverTime(run) : OverExecutions(run);
}

LogAxis AxisOf(const Across& across) {
  // However early the first point is, four decades are enough.
  const double least = std::min(std::max(across.at.front(), across.end / 1e4), across.end);
  return DecadesOver(kLeft, kRight, least, across.end);
}

/// Coverage stays what it was until the next point.
void WriteCurve(Markup& plot, const FuzzRun& run, const Across& across, const LogAxis& axis,
                const UpAxis& up) {
  std::string path;
  for (std::size_t i = 0; i < run.points.size(); ++i) {
    const std::string x = Number(axis.At(across.at[i]));
    const std::string y = Number(up.At(static_cast<double>(run.points[i].coverage)));
    path += path.empty() ? fmt::format("M{} {}", x, y) : fmt::format("H{}V{}", x, y);
  }
  path += "H" + Number(axis.At(across.end));
  plot << "<path class=\"curve\" d=\"" << Text(path) << "\"/>\n";
}

void WritePlot(Markup& page, const FuzzRun& run, const std::string& label, std::uint64_t number) {
  const Across across = AcrossOf(run);
  const LogAxis axis = AxisOf(across);
  const UpAxis up = UpAxisOf(run);
  OpenScroll(page, label);
  page << "<svg class=\"plot\" role=\"img\" aria-labelledby=\"fuzzing-title-" << number
       << "\" viewBox=\"0 0 " << Text(Number(kWidth)) << " " << Text(Number(kBottom + 38))
       << "\">\n<title id=\"fuzzing-title-" << number
       << "\">Edges of the program that were taken, by " << Text(across.unit)
       << ", on a logarithmic axis; the table below has the numbers</title>\n";
  WriteDecades(
      page, axis, kBottom, [](double count) { return fmt::format("{:g}", count); },
      static_cast<int>(axis.high - axis.low) / 6 + 1);
  for (int i = 0; i <= up.steps; ++i) {
    const std::string y = Number(up.At(up.step * i));
    page << "<line class=\"grid\" x1=\"" << Text(Number(kLeft)) << "\" x2=\""
         << Text(Number(kRight)) << "\" y1=\"" << Text(y) << "\" y2=\"" << Text(y)
         << "\"/><text text-anchor=\"end\" x=\"" << Text(Number(kLeft - 8)) << "\" y=\""
         << Text(Number(up.At(up.step * i) + (i == 0 ? -1 : 4))) << "\">"
         << Text(fmt::format("{:.0f}", up.step * i)) << "</text>\n";
  }
  WriteCurve(page, run, across, axis, up);
  page << "<text text-anchor=\"end\" x=\"" << Text(Number(kRight)) << "\" y=\""
       << Text(Number(kBottom + 34)) << "\">" << Text(across.unit) << "</text>\n</svg></div>\n";
}

void WriteFigure(Markup& page, const View& view, const FuzzRun& run, std::size_t record,
                 std::uint64_t number) {
  const FuzzPoint& last = run.points.back();
  page << "<figure><figcaption><code>" << Text(run.target) << "</code></figcaption>\n<p>"
       << last.coverage << " edges after " << run.executions << " executions";
  if (run.duration_s) page << " in " << *run.duration_s << " s";
  page << ", " << last.executions_per_s << " a second at the end. ";
  if (run.findings > 0) {
    page << "<b class=\"failed\">" << Text(Counted(run.findings, "input", "inputs"))
         << " broke the law.</b>";
  } else {
    page << "No input broke the law.";
  }
  page << "</p>\n";
  WritePlot(page, run, Titled(view, "Plot of fuzz target " + run.target, record), number);
  page << "</figure>\n";
}

void WriteNumbers(Markup& page, const View& view, std::size_t record) {
  page << "<details><summary>The same in numbers</summary>\n";
  OpenScroll(page, Titled(view, "Fuzz targets", record));
  page << "<table class=\"numbers\"><caption>How far fuzz targets came</caption><thead><tr>"
          "<th scope=\"col\">Target</th><th scope=\"col\">Executions</th>"
          "<th scope=\"col\">Edges</th><th scope=\"col\">Features</th>"
          "<th scope=\"col\">Inputs kept</th><th scope=\"col\">Executions a second</th>"
          "<th scope=\"col\">Time</th></tr></thead>\n<tbody>\n";
  for (const FuzzRun& run : view.records[record].fuzzing) {
    for (const FuzzPoint& point : run.points) {
      page << "<tr><th scope=\"row\"><code>" << Text(run.target) << "</code></th><td>"
           << point.executions << "</td><td>" << point.coverage << "</td><td>" << point.features
           << "</td><td>" << point.corpus << "</td><td>" << point.executions_per_s << "</td><td>"
           << Text(point.time_s ? fmt::format("{} s", *point.time_s) : "–") << "</td></tr>\n";
    }
  }
  page << "</tbody></table></div></details>\n";
}

void WriteFuzzing(Markup& page, const View& view) {
  page << "<section id=\"fuzzing\" aria-labelledby=\"fuzzing-title\">\n"
          "<h2 id=\"fuzzing-title\">How far fuzzing came</h2>\n"
          "<p>A curve that still rises at its end had not seen all there is to see. Fuzzers tell "
          "whole seconds; within one, the curves go by executions.</p>\n";
  if (view.many()) page << "<p>A page of one record shows its fuzz targets.</p>\n";
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < view.records.size() && !view.many(); ++i) {
    if (view.records[i].fuzzing.empty()) continue;
    if (!view.single()) page << "<h3>" << Text(view.labels[i]) << "</h3>\n";
    page << "<div class=\"multiples\">\n";
    for (const FuzzRun& run : view.records[i].fuzzing) WriteFigure(page, view, run, i, number++);
    page << "</div>\n";
    WriteNumbers(page, view, i);
  }
  page << "</section>\n";
}

const internal::PartRegistration registration({.place = 130,
                                               .id = "fuzzing",
                                               .title = "Fuzzing",
                                               .shows =
                                                   [](const View& view) {
                                                     return view.any([](const Record& record) {
                                                       return !record.fuzzing.empty();
                                                     });
                                                   },
                                               .write = &WriteFuzzing});

}  // namespace
}  // namespace shmspec::reports
