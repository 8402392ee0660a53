// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "reports/html/plot.h"

#include <algorithm>
#include <cmath>

#include "reports/html/page.h"
#include "reports/text/plain_text.h"

namespace shmspec::reports {

double LogAxis::At(double value) const {
  const double position = (std::log10(std::max(value, 1e-300)) - low) / (high - low);
  return left + std::clamp(position, 0.0, 1.0) * (right - left);
}

LogAxis DecadesOver(double left, double right, double least, double most) {
  if (!(least > 0) || !(most >= least)) return {left, right};
  const double low = std::floor(std::log10(least));
  return {left, right, low, std::max(low + 1, std::ceil(std::log10(most)))};
}

void WriteDecades(Markup& page, const LogAxis& axis, double height,
                  const std::function<std::string(double)>& text, int step) {
  const int last = static_cast<int>(std::floor(axis.high));
  for (int decade = static_cast<int>(std::ceil(axis.low)); decade <= last; decade += step) {
    const double value = std::pow(10.0, decade);
    const std::string x = Number(axis.At(value));
    page << "<line class=\"grid\" y1=\"0\" x1=\"" << Text(x) << "\" x2=\"" << Text(x) << "\" y2=\""
         << Text(Number(height)) << "\"/><text text-anchor=\"middle\" x=\"" << Text(x) << "\" y=\""
         << Text(Number(height + 16)) << "\">" << Text(text(value)) << "</text>\n";
  }
}

void WriteName(Markup& page, std::string_view name, double y) {
  page << "<text text-anchor=\"end\" x=\"" << Text(Number(kAxisAfterNames - 12)) << "\" y=\""
       << Text(Number(y + 4)) << "\">" << Text(EndOf(name, kLettersOfName)) << "</text>";
}

}  // namespace shmspec::reports
