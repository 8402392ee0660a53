// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "reports/html/page.h"
#include "reports/summary/symptoms.h"

namespace shmspec::reports {
namespace {

constexpr std::array kWorstFirst{Status::kFail,     Status::kUnresolved,  Status::kPass,
                                 Status::kObserved, Status::kUnsupported, Status::kUntested};

Literal GlyphOf(Status status) {
  switch (status) {
    case Status::kPass:
      return "✓";
    case Status::kFail:
      return "✗";
    case Status::kUnresolved:
      return "?";
    case Status::kUnsupported:
      return "–";
    case Status::kUntested:
      return "○";
    case Status::kObserved:
      break;
  }
  return "◉";
}

void Collect(View& view) {
  std::map<std::string_view, Row> rows;
  for (std::size_t i = 0; i < view.records.size(); ++i) {
    for (const Area& area : view.records[i].areas) view.areas.emplace(area.id, &area);
    for (const RequirementEntry& entry : view.records[i].requirements) {
      Row& row = rows[entry.id];
      if (row.text == nullptr) row.text = &entry;
      row.entries.resize(view.records.size());
      row.entries[i] = &entry;
    }
  }
  for (auto& [id, row] : rows) {
    const Area& area = *view.areas.at(row.text->area);
    view.chapters[area.chapter][area.id].push_back(std::move(row));
  }
}

/// Of each status, the shortest case of every symptom first: the cards that are worth reading.
void ArrangeCards(View& view) {
  std::map<std::string, std::size_t> ranks;
  for (const Record& record : view.records) {
    for (const std::string& test : ShortestOfEachFirst(SymptomsOf(SightingsIn(record)))) {
      ranks.emplace(test, ranks.size());
    }
  }
  const auto rank = [&](const Card& card) {
    const auto at = ranks.find(card.test().id);
    return std::pair(card.test().status != Status::kFail,
                     at == ranks.end() ? ranks.size() : at->second);
  };
  std::stable_sort(view.cards.begin(), view.cards.end(),
                   [&](const Card& a, const Card& b) { return rank(a) < rank(b); });
  for (std::size_t i = 0; i < view.cards.size(); ++i) view.cards[i].number = i + 1;
}

}  // namespace

const Card* View::FindCard(std::size_t record, std::string_view requirement) const {
  const auto at = violations.find({record, requirement});
  return at == violations.end() ? nullptr : &cards[at->second];
}

bool View::has_histograms() const {
  return std::any_of(records.begin(), records.end(), [](const Record& record) {
    return std::any_of(record.tests.begin(), record.tests.end(),
                       [](const Test& test) { return !test.histograms.empty(); });
  });
}

View ViewOf(std::span<const Record> records, const Record* baseline) {
  View view;
  view.records = records;
  view.baseline = baseline;
  view.labels = LabelsOf(records);
  Collect(view);
  for (const Status status : {Status::kFail, Status::kUnresolved}) {
    std::map<std::string_view, std::size_t> places;
    for (std::size_t i = 0; i < records.size(); ++i) {
      for (const Test& test : records[i].tests) {
        if (test.status != status) continue;
        const auto [place, first] = places.emplace(test.id, view.cards.size());
        if (first) view.cards.push_back({{}, view.cards.size() + 1});
        view.cards[place->second].in.emplace_back(i, &test);
      }
    }
  }
  ArrangeCards(view);
  for (const Card& card : view.cards) {
    for (const auto& [record, test] : card.in) {
      for (const auto& [id, status] : test->requirements) {
        if (status == Status::kFail) view.violations.try_emplace({record, id}, card.number - 1);
      }
    }
  }
  return view;
}

Literal ClassOf(Status status) {
  switch (status) {
    case Status::kPass:
      return "pass";
    case Status::kFail:
      return "fail";
    case Status::kUnresolved:
      return "unresolved";
    case Status::kUnsupported:
      return "unsupported";
    case Status::kUntested:
      return "untested";
    case Status::kObserved:
      break;
  }
  return "observed";
}

void WriteSign(Markup& page, Status status) {
  page << "<b class=\"status " << ClassOf(status) << "\" role=\"img\" aria-label=\""
       << Text(NameOf(status)) << "\">" << GlyphOf(status) << "</b>";
}

void WriteStatus(Markup& page, Status status) {
  page << "<span class=\"status " << ClassOf(status) << "\"><span aria-hidden=\"true\">"
       << GlyphOf(status) << "</span> " << Text(NameOf(status)) << "</span>";
}

std::string Number(double value) { return fmt::format("{:.1f}", value); }

std::string DurationText(double duration_s) {
  if (duration_s >= 100) return fmt::format("{:.0f} s", duration_s);
  if (duration_s >= 1) return fmt::format("{:.1f} s", duration_s);
  if (duration_s >= 0.01) return fmt::format("{:.0f} ms", duration_s * 1e3);
  return fmt::format("{:.1f} ms", duration_s * 1e3);
}

std::span<const Status> StatusesWorstFirst() { return kWorstFirst; }

void WriteColumn(Markup& page, const View& view, std::size_t record) {
  page << "<abbr title=\"" << Text(view.labels[record]) << "\">"
       << static_cast<std::uint64_t>(record + 1) << "</abbr>";
}

void OpenScroll(Markup& page, std::string_view label, Literal attributes) {
  page << "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"" << Text(label)
       << "\"" << attributes << ">\n";
}

std::string Titled(const View& view, std::string_view title, std::size_t record) {
  return view.single() ? std::string(title) : fmt::format("{}: {}", title, view.labels[record]);
}

void WriteBar(Markup& page, const std::map<Status, std::uint64_t>& counts, std::string_view title) {
  std::uint64_t total = 0;
  for (const auto& [status, count] : counts) total += count;
  if (total == 0) return;
  page << "<svg class=\"bar\" viewBox=\"0 0 1000 16\" preserveAspectRatio=\"none\" "
          "aria-hidden=\"true\" focusable=\"false\">";
  double x = 0;
  for (const Status status : kWorstFirst) {
    const auto at = counts.find(status);
    if (at == counts.end()) continue;
    const double width = 1000.0 * static_cast<double>(at->second) / static_cast<double>(total);
    page << "<rect class=\"" << ClassOf(status) << "\" height=\"16\" x=\""
         << Text(fmt::format("{:.1f}", x)) << "\" width=\""
         << Text(fmt::format("{:.1f}", std::max(width - 2, 1.0))) << "\"/>";
    x += width;
  }
  page << "</svg>\n<p class=\"legend\"><span>" << Text(title) << "</span>";
  for (const Status status : kWorstFirst) {
    const auto at = counts.find(status);
    if (at == counts.end()) continue;
    page << " <span class=\"count\"><b>" << at->second << "</b> ";
    WriteStatus(page, status);
    page << "</span>";
  }
  page << "</p>\n";
}

}  // namespace shmspec::reports
