// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Figures of benchmarks: the median, and from the least to the most of the repetitions.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "reports/html.h"

namespace shmspec::reports {
namespace {

constexpr double kLeft = 480;   // of the axis; the names are before it
constexpr double kRight = 970;  // of the axis
constexpr double kRow = 22;     // height of a line

using Measurements = std::vector<const Measurement*>;

/// A logarithmic axis from the power of ten below the least to that above the most.
struct Axis {
  int low = 0;
  int high = 1;

  double At(double value) const {
    const double position = (std::log10(std::max(value, 1e-300)) - low) / (high - low);
    return kLeft + std::clamp(position, 0.0, 1.0) * (kRight - kLeft);
  }
};

Axis AxisOf(const Measurements& measurements) {
  double least = 1e300;
  double most = 1e-300;
  for (const Measurement* one : measurements) {
    if (one->least > 0) least = std::min(least, one->least);
    most = std::max(most, one->most);
  }
  if (least > most) return {};
  const int low = static_cast<int>(std::floor(std::log10(least)));
  return {low, std::max(low + 1, static_cast<int>(std::ceil(std::log10(most))))};
}

void WritePlot(Markup& page, const Measurements& measurements, const std::string& title,
               std::string_view unit, std::size_t number) {
  const Axis axis = AxisOf(measurements);
  const double height = kRow * static_cast<double>(measurements.size());
  OpenScroll(page, "Plot of " + title);
  page << "<svg class=\"plot\" role=\"img\" aria-labelledby=\"figures-title-"
       << std::uint64_t{number} << "\" viewBox=\"0 0 1000 " << Text(Number(height + 28))
       << "\">\n<title id=\"figures-title-" << std::uint64_t{number} << "\">" << Text(title)
       << ", on a logarithmic axis; the table below has the numbers</title>\n";
  for (int decade = axis.low; decade <= axis.high; ++decade) {
    const std::string x = Number(axis.At(std::pow(10.0, decade)));
    page << "<line class=\"grid\" y1=\"0\" x1=\"" << Text(x) << "\" x2=\"" << Text(x) << "\" y2=\""
         << Text(Number(height)) << "\"/><text text-anchor=\"middle\" x=\"" << Text(x) << "\" y=\""
         << Text(Number(height + 18)) << "\">"
         << Text(fmt::format("{:g} {}", std::pow(10.0, decade), unit)) << "</text>\n";
  }
  double y = kRow / 2;
  for (const Measurement* one : measurements) {
    page << "<text text-anchor=\"end\" x=\"" << Text(Number(kLeft - 12)) << "\" y=\""
         << Text(Number(y + 4)) << "\">" << Text(one->name)
         << "</text><line class=\"interval\" x1=\"" << Text(Number(axis.At(one->least)))
         << "\" x2=\"" << Text(Number(axis.At(one->most))) << "\" y1=\"" << Text(Number(y))
         << "\" y2=\"" << Text(Number(y)) << "\"/><circle class=\"median\" r=\"4\" cx=\""
         << Text(Number(axis.At(one->median))) << "\" cy=\"" << Text(Number(y)) << "\"/>\n";
    y += kRow;
  }
  page << "</svg></div>\n";
}

void WriteNumbers(Markup& page, const Measurements& measurements, const std::string& title) {
  page << "<details><summary>The same in numbers</summary>\n";
  OpenScroll(page, title);
  page << "<table class=\"numbers\"><caption>" << Text(title)
       << "</caption><thead><tr><th scope=\"col\">Figure</th><th scope=\"col\">Repetitions</th>"
          "<th scope=\"col\">Least</th><th scope=\"col\">Median</th><th scope=\"col\">Most</th>"
          "</tr></thead>\n<tbody>\n";
  for (const Measurement* one : measurements) {
    page << "<tr><th scope=\"row\"><code>" << Text(one->name) << "</code></th><td>" << one->n
         << "</td>";
    for (const double value : {one->least, one->median, one->most}) {
      page << "<td>" << Text(fmt::format("{:.4g}", value)) << "</td>";
    }
    page << "</tr>\n";
  }
  page << "</tbody></table></div></details>\n";
}

}  // namespace

void WriteMeasurements(Markup& page, const View& view) {
  const bool any = std::any_of(view.records.begin(), view.records.end(),
                               [](const Record& record) { return !record.measurements.empty(); });
  if (!any) return;
  page << "<section id=\"figures\" aria-labelledby=\"figures-title\">\n"
          "<h2 id=\"figures-title\">Speed</h2>\n<p>A bar reaches from the least to the most of the "
          "repetitions, the dot is their median. Nothing here decides whether a system "
          "conforms.</p>\n";
  std::size_t number = 0;
  for (std::size_t i = 0; i < view.records.size(); ++i) {
    std::map<std::string_view, Measurements> by_unit;
    for (const Measurement& one : view.records[i].measurements) by_unit[one.unit].push_back(&one);
    for (const auto& [unit, measurements] : by_unit) {
      const std::string title = Titled(view, fmt::format("Figures in {}", unit), i);
      WritePlot(page, measurements, title, unit, number++);
      WriteNumbers(page, measurements, title);
    }
  }
  page << "</section>\n";
}

}  // namespace shmspec::reports
