// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The endings of litmus tests: a chart for each test, and the meaning of its endings.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "reports/html/page.h"
#include "reports/html/plot.h"
#include "reports/summary/litmus_endings.h"
#include "reports/text/plain_text.h"

namespace shmspec::reports {
namespace {

constexpr double kWidth = 560;
constexpr double kLeft = 4;           // of the axis
constexpr double kRight = 556;        // of the axis
constexpr double kRow = 34;           // an ending in words and the bar below them
constexpr double kBar = 10;           // height of a bar
constexpr std::size_t kMost = 12;     // bars; the table has all
constexpr std::size_t kMostWeak = 4;  // endings that would be weak and were not seen
constexpr std::size_t kLetters = 44;  // of an ending, beside what it is and its figures

/// The position of a chart.
struct Figure {
  std::string label;  // no other chart has it
  std::uint64_t number = 0;
};

/// From half a round, so that one round is more than nothing, up to all of them.
LogAxis AxisOf(std::uint64_t rounds) {
  return {kLeft, kRight, std::log10(0.5), std::log10(static_cast<double>(rounds))};
}

Literal ClassOf(const ExplainedEnding& ending) {
  if (ending.explanation == Explanation::kDisorder) return "weak";
  return ending.explanation == Explanation::kNothing ? Literal("torn") : Literal("ordered");
}

std::string_view WordOf(const ExplainedEnding& ending) {
  if (!ending.explanation) return "not known";
  if (*ending.explanation == Explanation::kOrder) return "in order";
  return *ending.explanation == Explanation::kDisorder ? "weak" : "in no order";
}

std::string ShareText(std::uint64_t part, std::uint64_t whole) {
  return PercentText(static_cast<double>(part) / static_cast<double>(whole));
}

void WriteRow(Markup& plot, const ExplainedEnding& ending, std::uint64_t rounds, double y) {
  const bool plain = ending.explanation.value_or(Explanation::kOrder) == Explanation::kOrder;
  plot << "<text x=\"" << Text(Number(kLeft)) << "\" y=\"" << Text(Number(y + 14)) << "\">"
       << Text(BeginningOf(ending.ending, kLetters));
  if (!plain) plot << " · <tspan>" << Text(WordOf(ending)) << "</tspan>";
  plot << "</text><text text-anchor=\"end\" x=\"" << Text(Number(kRight)) << "\" y=\""
       << Text(Number(y + 14)) << "\">";
  if (ending.rounds == 0) {
    plot << "not seen</text>\n";
    return;
  }
  plot << ending.rounds << " · " << Text(ShareText(ending.rounds, rounds))
       << "</text><rect class=\"" << ClassOf(ending) << "\" x=\"" << Text(Number(kLeft))
       << "\" y=\"" << Text(Number(y + 19)) << "\" width=\""
       << Text(Number(AxisOf(rounds).At(static_cast<double>(ending.rounds)) - kLeft))
       << "\" height=\"" << Text(Number(kBar)) << "\"/>\n";
}

/// The endings to show of a test: those that were seen, then those that would be weak.
std::vector<ExplainedEnding> Rows(const ExplainedHistogram& histogram) {
  std::vector<ExplainedEnding> rows = histogram.seen;
  rows.resize(std::min(rows.size(), kMost));
  if (histogram.weak_unseen.size() <= kMostWeak) {
    rows.insert(rows.end(), histogram.weak_unseen.begin(), histogram.weak_unseen.end());
  }
  return rows;
}

void WritePlot(Markup& page, const ExplainedHistogram& explained, std::uint64_t rounds,
               const Figure& figure) {
  rounds = std::max<std::uint64_t>(rounds, 1);
  const std::vector<ExplainedEnding> rows = Rows(explained);
  const double height = kRow * static_cast<double>(rows.size());
  OpenScroll(page, figure.label);
  page << "<svg class=\"plot\" role=\"img\" aria-labelledby=\"litmus-title-" << figure.number
       << "\" viewBox=\"0 0 " << Text(Number(kWidth)) << " " << Text(Number(height + 22))
       << "\">\n<title id=\"litmus-title-" << figure.number
       << "\">How many rounds ended in which way, on a logarithmic axis; the table below has the "
          "numbers</title>\n";
  // Six powers of ten at most.
  const int decades = static_cast<int>(std::log10(static_cast<double>(rounds)));
  WriteDecades(
      page, AxisOf(rounds), height, [](double count) { return fmt::format("{:g}", count); },
      decades / 6 + 1);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    WriteRow(page, rows[i], rounds, kRow * static_cast<double>(i));
  }
  page << "</svg></div>\n";
}

void WriteSeen(Markup& page, const ExplainedHistogram& explained, std::uint64_t rounds,
               Explanation explanation, Literal title) {
  for (const ExplainedEnding& one : explained.seen) {
    if (one.explanation != explanation) continue;
    page << "<p><b>" << title << "</b> <code>" << Text(one.ending) << "</code> in " << one.rounds
         << " of " << rounds << " rounds (" << Text(ShareText(one.rounds, rounds)) << ").</p>\n";
  }
}

/// Which endings would be weak, and which of them were seen.
void WriteWords(Markup& page, const ExplainedHistogram& explained, std::uint64_t rounds) {
  if (!explained.known) {
    page << "<p>Which ending would be weak is not known of this test.</p>\n";
    return;
  }
  WriteSeen(page, explained, rounds, Explanation::kDisorder, "Weak, and seen:");
  WriteSeen(page, explained, rounds, Explanation::kNothing, "In no order, and seen:");
  const std::vector<ExplainedEnding>& unseen = explained.weak_unseen;
  if (!unseen.empty()) {
    page << "<p>Would be weak, and not seen: ";
    for (std::size_t i = 0; i < std::min(unseen.size(), kMostWeak); ++i) {
      page << (i == 0 ? Literal("") : Literal(", ")) << "<code>" << Text(unseen[i].ending)
           << "</code>";
    }
    if (unseen.size() > kMostWeak) {
      page << " and " << std::uint64_t{unseen.size() - kMostWeak} << " more";
    }
    page << ".</p>\n";
  } else if (std::none_of(explained.seen.begin(), explained.seen.end(), [](const auto& one) {
               return one.explanation == Explanation::kDisorder;
             })) {
    page << "<p>No ending of this test would be weak.</p>\n";
  }
}

/// How the branches of a test reach its memory, and how its rounds were run.
std::string AccessText(const LitmusHistogram& histogram) {
  const std::vector<LitmusBranch>& branches = histogram.branches;
  const auto differ = [&](auto field) {
    return std::any_of(branches.begin(), branches.end(), [&](const LitmusBranch& one) {
      return std::invoke(field, one) != std::invoke(field, branches.front());
    });
  };
  const auto list = [&](auto field) {
    if (!differ(field)) return std::to_string(std::invoke(field, branches.front()));
    std::string text;
    for (const LitmusBranch& one : branches) {
      text += (text.empty() ? "" : " and ") + std::to_string(std::invoke(field, one));
    }
    return text;
  };
  std::string text;
  if (!branches.empty()) {
    text = fmt::format("accesses of {} bytes", list(&LitmusBranch::width));
    if (differ(&LitmusBranch::offset) || branches.front().offset != 0) {
      text += fmt::format(", {} bytes beyond where they are aligned", list(&LitmusBranch::offset));
    }
  }
  if (histogram.primes != Primes::kNone) {
    text += fmt::format(
        "{}a prime is {}", text.empty() ? "" : "; ",
        histogram.primes == Primes::kSame ? "the same memory at another address" : "other memory");
  }
  if (const std::string run = RunText(histogram); !run.empty()) {
    text += fmt::format("{}run {}", text.empty() ? "" : "; ", run);
  }
  return text;
}

void WriteCase(Markup& page, const View& view, const Test& test, std::size_t record,
               std::uint64_t& number) {
  page << (view.single() ? Literal("<h3><code>") : Literal("<h4><code>")) << Text(test.id)
       << (view.single() ? Literal("</code></h3>\n") : Literal("</code></h4>\n"))
       << "<div class=\"litmus\">\n";
  for (std::size_t i = 0; i < test.histograms.size(); ++i) {
    const LitmusHistogram& histogram = test.histograms[i];
    const ExplainedHistogram explained = Explain(histogram);
    page << "<figure><figcaption><code>" << Text(histogram.test) << "</code>";
    if (const std::string how = AccessText(histogram); !how.empty()) {
      page << " <span class=\"when\">" << Text(how) << "</span>";
    }
    page << "</figcaption>\n";
    WriteWords(page, explained, histogram.rounds);
    const std::string title = fmt::format("Plot of litmus test {} of {}", i + 1, test.id);
    WritePlot(page, explained, histogram.rounds, {Titled(view, title, record), number++});
    page << "</figure>\n";
  }
  page << "</div>\n";
}

void WriteNumbers(Markup& page, const View& view, std::size_t record) {
  page << "<details><summary>The same in numbers</summary>\n";
  OpenScroll(page, Titled(view, "Litmus tests", record));
  page << "<table class=\"numbers\"><caption>Endings of litmus tests</caption><thead><tr>"
          "<th scope=\"col\">Case</th><th scope=\"col\" class=\"words\">Test</th>"
          "<th scope=\"col\" class=\"words\">Ending</th>"
          "<th scope=\"col\" class=\"words\">Explained</th>"
          "<th scope=\"col\">Rounds</th><th scope=\"col\">Share</th></tr></thead>\n<tbody>\n";
  for (const Test& test : view.records[record].tests) {
    for (const LitmusHistogram& histogram : test.histograms) {
      for (const ExplainedEnding& one : Explain(histogram).seen) {
        page << "<tr><th scope=\"row\"><code>" << Text(test.id)
             << "</code></th><td class=\"words\"><code>" << Text(histogram.test)
             << "</code></td><td class=\"words\"><code>" << Text(one.ending)
             << "</code></td><td class=\"words\">" << Text(WordOf(one)) << "</td><td>" << one.rounds
             << "</td><td>" << Text(ShareText(one.rounds, histogram.rounds)) << "</td></tr>\n";
      }
    }
  }
  page << "</tbody></table></div></details>\n";
}

void WriteOrdering(Markup& page, const View& view) {
  page << "<section id=\"ordering\" aria-labelledby=\"ordering-title\">\n"
          "<h2 id=\"ordering-title\">How litmus tests ended</h2>\n"
          "<p>An ending is in order when the accesses, one at a time and each branch in the order "
          "it is written, can give it. It is weak when they can only if some of a branch change "
          "places, and in no order when not even then, as when a load sees half of a store. Which "
          "weak endings a system may show, the requirements say. Where a case has two tests, what "
          "must not be seen in one has to be seen in the other, run by the same technique, so that "
          "not having seen it says something. Rounds are paced by the clock, run back to back, "
          "scattered over cache lines, or all on one cell in which stores and zeros "
          "alternate.</p>\n";
  if (view.many()) page << "<p>A page of one record shows its litmus tests.</p>\n";
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < view.records.size() && !view.many(); ++i) {
    const std::vector<Test>& tests = view.records[i].tests;
    if (std::all_of(tests.begin(), tests.end(),
                    [](const Test& test) { return test.histograms.empty(); })) {
      continue;
    }
    if (!view.single()) page << "<h3>" << Text(view.labels[i]) << "</h3>\n";
    for (const Test& test : tests) {
      if (!test.histograms.empty()) WriteCase(page, view, test, i, number);
    }
    WriteNumbers(page, view, i);
  }
  page << "</section>\n";
}

const internal::PartRegistration registration(
    {.place = 100,
     .id = "ordering",
     .title = "Ordering",
     .shows = [](const View& view) { return view.has_histograms(); },
     .write = &WriteOrdering});

}  // namespace
}  // namespace shmspec::reports
