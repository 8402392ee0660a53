// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The parts of the HTML page, one file each, and what they share.

#ifndef SHMSPEC_REPORTS_HTML_PAGE_H_
#define SHMSPEC_REPORTS_HTML_PAGE_H_

#include <algorithm>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reports/record/record.h"
#include "reports/text/markup.h"

namespace shmspec::reports {

/// One requirement in all records; an entry is nullptr where a record's catalogue does not have it.
struct Row {
  const RequirementEntry* text = nullptr;  // the first entry there is
  std::vector<const RequirementEntry*> entries;
};

/// A case that failed or could not be decided, and where on the page it is. The same in several
/// records is one card, which shows that of the first.
struct Card {
  std::vector<std::pair<std::size_t, const Test*>> in;  // records and what they have of it
  std::size_t number = 0;                               // from 1

  std::size_t record() const { return in.front().first; }
  const Test& test() const { return *in.front().second; }
};

/// The records, arranged for the page.
struct View {
  std::span<const Record> records;
  std::vector<std::string> labels;  // of the records, no two alike
  /// By chapter, area and identifier.
  std::map<std::string_view, std::map<std::string_view, std::vector<Row>>> chapters;
  std::map<std::string_view, const Area*> areas;
  std::vector<Card> cards;
  const Record* baseline = nullptr;  // what the only record is compared with, if anything

  bool single() const { return records.size() == 1; }
  bool compared() const {
    return baseline != nullptr || (single() && records.front().baseline.has_value());
  }
  /// Too many for each to have a part of the page; each has only a column.
  bool many() const { return records.size() > 4; }
  /// The first card of a record that found the requirement violated, or nullptr.
  const Card* FindCard(std::size_t record, std::string_view requirement) const;
  /// Whether `fits` is true of any record.
  template <class Fits>
  bool any(Fits fits) const {
    return std::any_of(records.begin(), records.end(), fits);
  }
  /// Whether any record has histograms of litmus tests.
  bool has_histograms() const;
  /// The first card by record and requirement that it found violated.
  std::map<std::pair<std::size_t, std::string_view>, std::size_t> violations;
};

View ViewOf(std::span<const Record> records, const Record* baseline);

/// The class of the style sheet for a status.
Literal ClassOf(Status status);
/// The sign alone for eyes, and the word for screen readers.
void WriteSign(Markup& page, Status status);
/// Sign and word.
void WriteStatus(Markup& page, Status status);
/// A coordinate of a drawing.
std::string Number(double value);
/// `12 ms`, `3.4 s`.
std::string DurationText(double duration_s);
/// Statuses from the most to the least urgent.
std::span<const Status> StatusesWorstFirst();

/// Opens a part that scrolls by itself when it is wider than the page, and can be reached by key.
/// No two parts of a page have the same label. Ends with `</div>`.
void OpenScroll(Markup& page, std::string_view label, Literal attributes = "");
/// `title`, followed by whose it is where there are several records.
std::string Titled(const View& view, std::string_view title, std::size_t record);

/// The number of a record above its column, with its subject.
void WriteColumn(Markup& page, const View& view, std::size_t record);

/// A bar of counts with its legend.
void WriteBar(Markup& page, const std::map<Status, std::uint64_t>& counts, std::string_view title);

/// Passed of total, by chapter and record, for many records.
void WriteOverview(Markup& page, const View& view);
/// The steps of an attempt in a column for each actor, or the excerpt when its trace is no plan.
void WriteTrace(Markup& page, const Attempt& attempt, const Card& card);

/// The style sheet.
std::string_view PageStyle();
/// The script of the filter.
std::string_view PageScript();

/// A part of the page; its file registers it.
struct Part {
  int place = 0;       // the lowest number first
  Literal id = "";     // what the navigation leads to; empty: it does not name the part
  Literal title = "";  // what the navigation calls it
  bool (*shows)(const View& view) = nullptr;  // nullptr: on every page
  void (*write)(Markup& page, const View& view) = nullptr;

  bool shown(const View& view) const { return shows == nullptr || shows(view); }
};

/// Every part, by place.
const std::vector<Part>& AllParts();

namespace internal {
struct PartRegistration {
  explicit PartRegistration(Part part);
};
}  // namespace internal

}  // namespace shmspec::reports

#endif  // SHMSPEC_REPORTS_HTML_PAGE_H_
