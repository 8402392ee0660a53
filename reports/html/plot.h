// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What the plots of the page share: a logarithmic axis, its lines, and names beside it.

#ifndef SHMSPEC_REPORTS_HTML_PLOT_H_
#define SHMSPEC_REPORTS_HTML_PLOT_H_

#include <functional>
#include <string>
#include <string_view>

#include "reports/text/markup.h"

namespace shmspec::reports {

/// From `left` to `right` in a drawing, for values from 10^low to 10^high; what is beyond either
/// end is drawn there.
struct LogAxis {
  double left = 0;
  double right = 0;
  double low = 0;
  double high = 1;

  double At(double value) const;
};

/// An axis over the whole decades that hold both values; where they are not above 0, over one.
LogAxis DecadesOver(double left, double right, double least, double most);

/// Lines at the powers of ten down to `height`, with what they stand for below; every `step`th.
void WriteDecades(Markup& page, const LogAxis& axis, double height,
                  const std::function<std::string(double)>& text, int step = 1);

/// Names to the left of an axis that begins here, and how many letters of one find room there.
inline constexpr double kAxisAfterNames = 480;
inline constexpr std::size_t kLettersOfName = 68;
void WriteName(Markup& page, std::string_view name, double y);

}  // namespace shmspec::reports

#endif  // SHMSPEC_REPORTS_HTML_PLOT_H_
