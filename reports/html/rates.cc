// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The rate at which races failed, and the rate that is still possible when none did.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reports/html/page.h"
#include "reports/html/plot.h"
#include "reports/text/plain_text.h"

namespace shmspec::reports {
namespace {

constexpr double kRow = 22;        // height of a line
constexpr std::size_t kMost = 30;  // lines; the table has all

constexpr double kRight = 970;  // of the axis

/// Rounds of a case and how many of them ended an attempt with FAIL.
struct Rate {
  const Test* test = nullptr;
  std::uint64_t hits = 0;
  std::uint64_t rounds = 0;
  double low = 0;
  double high = 1;
};

/// The interval in which the true rate lies with 95 % confidence (E. B. Wilson, 1927).
void SetInterval(Rate& rate) {
  constexpr double kZ = 1.959964;
  const double n = static_cast<double>(rate.rounds);
  const double p = static_cast<double>(rate.hits) / n;
  const double middle = (p + kZ * kZ / (2 * n)) / (1 + kZ * kZ / n);
  const double half = kZ / (1 + kZ * kZ / n) * std::sqrt(p * (1 - p) / n + kZ * kZ / (4 * n * n));
  rate.low = rate.hits == 0 ? 0 : std::max(0.0, middle - half);
  rate.high = rate.hits == rate.rounds ? 1 : std::min(1.0, middle + half);
}

/// Of the cases with more than one round; those that went wrong most often first.
std::vector<Rate> RatesOf(const Record& record) {
  std::vector<Rate> rates;
  for (const Test& test : record.tests) {
    Rate rate{.test = &test};
    bool races = false;
    for (const Attempt& attempt : test.attempts) {
      rate.rounds += attempt.rounds;
      rate.hits += attempt.status == Status::kFail ? 1 : 0;
      races = races || attempt.rounds > 1;
    }
    if (!races || rate.hits > rate.rounds) continue;
    SetInterval(rate);
    rates.push_back(rate);
  }
  std::stable_sort(rates.begin(), rates.end(),
                   [](const Rate& a, const Rate& b) { return a.high > b.high; });
  return rates;
}

void WriteLine(Markup& plot, const Rate& rate, const LogAxis& axis, double y) {
  const std::string middle = Number(y + kRow / 2);
  const std::string low = Number(axis.At(rate.low));
  const std::string high = Number(axis.At(rate.high));
  WriteName(plot, rate.test->id, y + kRow / 2);
  plot << "<line class=\"interval\" x1=\"" << Text(low) << "\" x2=\"" << Text(high) << "\" y1=\""
       << Text(middle) << "\" y2=\"" << Text(middle) << "\"/>";
  if (rate.hits > 0) {
    const double p = static_cast<double>(rate.hits) / static_cast<double>(rate.rounds);
    plot << "<circle class=\"fail\" r=\"4\" cx=\"" << Text(Number(axis.At(p))) << "\" cy=\""
         << Text(middle) << "\"/>";
  }
  plot << "\n";
}

void WritePlot(Markup& page, const View& view, const std::vector<Rate>& rates, std::size_t number) {
  LogAxis axis{kAxisAfterNames, kRight, -3, 0};
  for (const Rate& rate : rates) axis.low = std::min(axis.low, std::floor(std::log10(rate.high)));
  const std::size_t lines = std::min(rates.size(), kMost);
  const double height = kRow * static_cast<double>(lines);
  OpenScroll(page, Titled(view, "Plot of races", number));
  page
      << "<svg class=\"plot\" role=\"img\" aria-labelledby=\"rates-title-" << std::uint64_t{number}
      << " rates-text-" << std::uint64_t{number} << "\" viewBox=\"0 0 1000 "
      << Text(Number(height + 28)) << "\">\n<title id=\"rates-title-" << std::uint64_t{number}
      << "\">How often a round of a race goes wrong</title>\n"
      << "<desc id=\"rates-text-" << std::uint64_t{number}
      << "\">A bar is where the rate of a case lies with 95 % confidence, on a logarithmic axis; a "
         "dot is what was seen. The table below has the numbers.</desc>\n";
  WriteDecades(page, axis, height, PercentText);
  for (std::size_t i = 0; i < lines; ++i) {
    WriteLine(page, rates[i], axis, kRow * static_cast<double>(i));
  }
  page << "</svg></div>\n";
}

void WriteNumbers(Markup& page, const View& view, const std::vector<Rate>& rates,
                  std::size_t number) {
  page << "<details><summary>The same in numbers</summary>\n";
  OpenScroll(page, Titled(view, "Races", number));
  page << "<table class=\"numbers\"><caption>Rounds that went wrong</caption><thead><tr>"
          "<th scope=\"col\">Case</th><th scope=\"col\">Rounds</th><th scope=\"col\">Wrong</th>"
          "<th scope=\"col\">At least</th><th scope=\"col\">At most</th></tr></thead>\n<tbody>\n";
  for (const Rate& rate : rates) {
    page << "<tr><th scope=\"row\"><code>" << Text(rate.test->id) << "</code></th><td>"
         << rate.rounds << "</td><td>" << rate.hits << "</td><td>" << Text(PercentText(rate.low))
         << "</td><td>" << Text(PercentText(rate.high)) << "</td></tr>\n";
  }
  page << "</tbody></table></div></details>\n";
}

void WriteRates(Markup& page, const View& view) {
  page << "<section id=\"races\" aria-labelledby=\"races-title\">\n"
          "<h2 id=\"races-title\">How often races go wrong</h2>\n"
          "<p>A race that never went wrong may do so the next time. The more rounds, the more "
          "rarely: "
          "no failure in 1000 rounds leaves it possible in 0.4 % of them.</p>\n";
  bool any = false;
  for (std::size_t i = 0; i < view.records.size() && !view.many(); ++i) {
    const std::vector<Rate> rates = RatesOf(view.records[i]);
    if (rates.empty()) continue;
    any = true;
    if (!view.single()) page << "<h3>" << Text(view.labels[i]) << "</h3>\n";
    WritePlot(page, view, rates, i);
    WriteNumbers(page, view, rates, i);
  }
  if (!any) {
    page << (view.many() ? Literal("<p>A page of one record shows its races.</p>\n")
                         : Literal("<p>No case was performed in more than one round.</p>\n"));
  }
  page << "</section>\n";
}

const internal::PartRegistration registration(
    {.place = 90, .id = "races", .title = "Races", .write = &WriteRates});

}  // namespace
}  // namespace shmspec::reports
