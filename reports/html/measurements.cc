// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Figures of benchmarks: how single operations are distributed, where a benchmark timed some, and
// the means of its repetitions.

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "reports/html/page.h"
#include "reports/html/plot.h"
#include "reports/text/plain_text.h"

namespace shmspec::reports {
namespace {

constexpr double kRight = 960;  // of the axis; half of its last label is beyond it
constexpr double kRow = 22;     // height of a line

using Measurements = std::vector<const Measurement*>;

/// What is drawn of a measurement, from left to right.
struct Marks {
  double from = 0;
  double dot = 0;
  double to = 0;
};

/// p50 to p99 of single operations.
Marks SinglesOf(const Measurement& one) {
  return {one.p50->median, one.p50->median, one.p99->median};
}

/// The means of the repetitions.
Marks MeansOf(const Measurement& one) { return {one.mean.least, one.mean.median, one.mean.most}; }

LogAxis AxisOf(const Measurements& measurements, Marks (*marks)(const Measurement&)) {
  double least = 1e300;
  double most = 0;
  for (const Measurement* one : measurements) {
    const Marks at = marks(*one);
    if (at.from > 0) least = std::min(least, at.from);
    most = std::max(most, at.to);
  }
  return DecadesOver(kAxisAfterNames, kRight, least, most);
}

/// A plot and its label.
struct Plot {
  std::string title;
  std::string_view unit;
  Marks (*marks)(const Measurement&);
  std::uint64_t number;
};

void WritePlot(Markup& page, const Measurements& measurements, const Plot& plot) {
  const LogAxis axis = AxisOf(measurements, plot.marks);
  const double height = kRow * static_cast<double>(measurements.size());
  page << "<h3>" << Text(plot.title) << "</h3>\n";
  OpenScroll(page, "Plot of " + plot.title);
  page << "<svg class=\"plot\" role=\"img\" aria-labelledby=\"figures-title-" << plot.number
       << "\" viewBox=\"0 0 1000 " << Text(Number(height + 28)) << "\">\n<title id=\"figures-title-"
       << plot.number << "\">" << Text(plot.title)
       << ", on a logarithmic axis; the table below has the numbers</title>\n";
  WriteDecades(page, axis, height,
               [&](double value) { return fmt::format("{:g} {}", value, plot.unit); });
  double y = kRow / 2;
  for (const Measurement* one : measurements) {
    const Marks at = plot.marks(*one);
    WriteName(page, one->name, y);
    page << "<line class=\"interval\" x1=\"" << Text(Number(axis.At(at.from))) << "\" x2=\""
         << Text(Number(axis.At(at.to))) << "\" y1=\"" << Text(Number(y)) << "\" y2=\""
         << Text(Number(y)) << "\"/><circle class=\"median\" r=\"4\" cx=\""
         << Text(Number(axis.At(at.dot))) << "\" cy=\"" << Text(Number(y)) << "\"/>\n";
    y += kRow;
  }
  page << "</svg></div>\n";
}

void WriteSpread(Markup& page, const Spread* spread) {
  if (spread == nullptr) {
    page << "<td>–</td>";
    return;
  }
  page << "<td>" << Text(FigureText(spread->median));
  if (spread->least != spread->most) {
    page << " <span class=\"when\">" << Text(FigureText(spread->least)) << " to "
         << Text(FigureText(spread->most)) << "</span>";
  }
  page << "</td>";
}

void WriteNumbers(Markup& page, const Measurements& measurements, const std::string& title) {
  page << "<details><summary>The same in numbers</summary>\n";
  OpenScroll(page, title);
  page << "<table class=\"numbers\"><caption>" << Text(title)
       << ": the median of the repetitions, and from the least to the most</caption><thead><tr>"
          "<th scope=\"col\">Benchmark</th><th scope=\"col\">p50</th><th scope=\"col\">p99</th>"
          "<th scope=\"col\">Timed</th><th scope=\"col\">Mean</th>"
          "<th scope=\"col\">Repetitions</th></tr></thead>\n<tbody>\n";
  for (const Measurement* one : measurements) {
    page << "<tr><th scope=\"row\"><code>" << Text(one->name) << "</code></th>";
    WriteSpread(page, one->p50 ? &*one->p50 : nullptr);
    WriteSpread(page, one->p99 ? &*one->p99 : nullptr);
    page << "<td>" << one->operations << "</td>";
    WriteSpread(page, &one->mean);
    page << "<td>" << one->n << "</td></tr>\n";
  }
  page << "</tbody></table></div></details>\n";
}

/// Every figure of a record in one unit.
void WriteUnit(Markup& page, const View& view, std::size_t record, std::string_view unit,
               const Measurements& measurements, std::uint64_t& number) {
  Measurements timed = measurements;
  std::erase_if(timed, [](const Measurement* one) { return !one->p50; });
  Measurements rest = measurements;
  std::erase_if(rest, [](const Measurement* one) { return one->p50.has_value(); });
  if (!timed.empty()) {
    WritePlot(page, timed,
              {Titled(view, fmt::format("Single operations in {}", unit), record), unit, &SinglesOf,
               number++});
  }
  if (!rest.empty()) {
    WritePlot(page, rest,
              {Titled(view, fmt::format("Means of repetitions in {}", unit), record), unit,
               &MeansOf, number++});
  }
  WriteNumbers(page, measurements, Titled(view, fmt::format("Figures in {}", unit), record));
}

void WriteMeasurements(Markup& page, const View& view) {
  const auto any = [&](auto fits) {
    return view.any([&](const Record& record) {
      return std::any_of(record.measurements.begin(), record.measurements.end(), fits);
    });
  };
  const bool singles = any([](const Measurement& one) { return one.p50.has_value(); });
  const bool means = any([](const Measurement& one) { return !one.p50.has_value(); });
  page << "<section id=\"figures\" aria-labelledby=\"figures-title\">\n"
          "<h2 id=\"figures-title\">Speed</h2>\n<p>";
  if (singles) {
    page << "Of operations that were timed one by one, half took no longer than the dot (p50) and "
            "99 of 100 no longer than the end of the bar (p99). ";
  }
  if (means) {
    page << "Of benchmarks that time no single operation, the bar reaches from the least to the "
            "most of the means of the repetitions, and the dot is their median. ";
  }
  page << "Nothing here decides whether a system conforms.</p>\n";
  if (view.many()) page << "<p>A page of one record shows its figures.</p>\n";
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < view.records.size() && !view.many(); ++i) {
    std::map<std::string_view, Measurements> by_unit;
    for (const Measurement& one : view.records[i].measurements) by_unit[one.unit].push_back(&one);
    for (const auto& [unit, measurements] : by_unit) {
      WriteUnit(page, view, i, unit, measurements, number);
    }
  }
  page << "</section>\n";
}

const internal::PartRegistration registration({.place = 120,
                                               .id = "figures",
                                               .title = "Speed",
                                               .shows =
                                                   [](const View& view) {
                                                     return view.any([](const Record& record) {
                                                       return !record.measurements.empty();
                                                     });
                                                   },
                                               .write = &WriteMeasurements});

}  // namespace
}  // namespace shmspec::reports
