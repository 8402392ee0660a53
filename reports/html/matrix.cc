// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include <algorithm>

#include "reports/html/page.h"
#include "reports/text/chapters.h"

namespace shmspec::reports {
namespace {

using Areas = std::map<std::string_view, std::vector<Row>>;

struct Tally {
  std::uint64_t passed = 0;
  std::uint64_t failed = 0;
  std::uint64_t total = 0;
};

Tally Count(const std::vector<Row>& rows, std::size_t record) {
  Tally tally;
  for (const Row& row : rows) {
    const RequirementEntry* entry = row.entries[record];
    if (entry == nullptr) continue;
    ++tally.total;
    tally.passed += entry->status == Status::kPass ? 1 : 0;
    tally.failed += entry->status == Status::kFail ? 1 : 0;
  }
  return tally;
}

Tally Count(const Areas& areas, std::size_t record) {
  Tally sum;
  for (const auto& [area, rows] : areas) {
    const Tally tally = Count(rows, record);
    sum.passed += tally.passed;
    sum.failed += tally.failed;
    sum.total += tally.total;
  }
  return sum;
}

void WriteTally(Markup& page, const Tally& tally) {
  page << "<span class=\"tally\">" << tally.passed << " of " << tally.total << " passed";
  if (tally.failed > 0) page << ", <b>" << tally.failed << " failed</b>";
  page << "</span>";
}

/// One small square for each requirement. The words are in the table below.
void WriteTiles(Markup& page, const Areas& areas, std::size_t record) {
  page << "<span class=\"tiles\" aria-hidden=\"true\">";
  for (const auto& [area, rows] : areas) {
    for (const Row& row : rows) {
      const RequirementEntry* entry = row.entries[record];
      if (entry == nullptr) continue;
      page << "<i class=\"" << ClassOf(entry->status) << "\" title=\"" << Text(entry->id) << " "
           << Text(NameOf(entry->status)) << "\"></i>";
    }
  }
  page << "</span>";
}

void WriteMark(Markup& page, const View& view, Status status) {
  if (view.many()) {
    WriteSign(page, status);
  } else {
    WriteStatus(page, status);
  }
}

void WriteCell(Markup& page, const View& view, const Row& row, std::size_t record) {
  const RequirementEntry* entry = row.entries[record];
  page << "<td>";
  if (entry == nullptr) {
    page << (view.many() ? Literal("<span class=\"unseen\">not in its catalogue</span>")
                         : Literal("not in its catalogue"));
  } else if (const Card* card =
                 entry->status == Status::kFail ? view.FindCard(record, entry->id) : nullptr) {
    page << "<a href=\"#card-" << static_cast<std::uint64_t>(card->number) << "\">";
    WriteMark(page, view, entry->status);
    page << "</a>";
  } else {
    WriteMark(page, view, entry->status);
  }
  page << "</td>";
}

/// The classes of the statuses that the row has, each once.
void WriteStatuses(Markup& page, const Row& row) {
  bool first = true;
  for (const Status status : StatusesWorstFirst()) {
    if (std::none_of(row.entries.begin(), row.entries.end(), [&](const RequirementEntry* entry) {
          return entry != nullptr && entry->status == status;
        })) {
      continue;
    }
    page << (first ? Literal("") : Literal(" ")) << ClassOf(status);
    first = false;
  }
}

void WriteArea(Markup& page, const View& view, std::string_view id, const std::vector<Row>& rows) {
  OpenScroll(page, id, " data-holds=\"rows\"");
  page << "<table class=\"matrix" << (view.many() ? Literal(" columns") : Literal(""))
       << "\">\n<caption><code>" << Text(id) << "</code> " << Text(view.areas.at(id)->title);
  if (view.single()) WriteTally(page, Count(rows, 0));
  page << "</caption>\n<thead><tr><th scope=\"col\">Requirement</th><th scope=\"col\">Level</th>";
  for (std::size_t i = 0; i < view.records.size(); ++i) {
    page << "<th scope=\"col\">";
    if (view.single()) {
      page << "Status";
    } else if (view.many()) {
      WriteColumn(page, view, i);
    } else {
      page << Text(view.labels[i]) << "<br>";
      WriteTally(page, Count(rows, i));
    }
    page << "</th>";
  }
  page << "</tr></thead>\n<tbody>\n";
  for (const Row& row : rows) {
    page << "<tr data-status=\"";
    WriteStatuses(page, row);
    page << "\"><th scope=\"row\"><code>" << Text(row.text->id) << "</code> <span>"
         << Text(row.text->statement) << "</span></th><td>" << Text(NameOf(row.text->level))
         << "</td>";
    for (std::size_t i = 0; i < view.records.size(); ++i) WriteCell(page, view, row, i);
    page << "</tr>\n";
  }
  page << "</tbody></table></div>\n";
}

void WriteChapter(Markup& page, const View& view, std::string_view name, const Areas& areas) {
  page << "<details class=\"chapter\" data-holds=\"rows\">\n<summary><span class=\"name\">"
       << Text(ChapterOf(name).title) << "</span><span class=\"strips\">";
  for (std::size_t i = 0; i < view.records.size() && !view.many(); ++i) {
    page << "<span class=\"strip\">";
    if (!view.single()) page << "<span class=\"who\">" << Text(view.labels[i]) << "</span>";
    WriteTiles(page, areas, i);
    WriteTally(page, Count(areas, i));
    page << "</span>";
  }
  page << "</span></summary>\n";
  for (const auto& [area, rows] : areas) WriteArea(page, view, area, rows);
  page << "</details>\n";
}

void WriteMatrix(Markup& page, const View& view) {
  page << "<section id=\"matrix\" aria-labelledby=\"matrix-title\">\n"
          "<h2 id=\"matrix-title\">Requirements</h2>\n"
          "<p>"
       << (view.many() ? Literal("A column is a record, by its number above.")
                       : Literal("A square is a requirement of the catalogue."))
       << " Open a chapter to read them.</p>\n"
          "<p class=\"key\">";
  for (const Status status : StatusesWorstFirst()) {
    page << "<span><i class=\"tile " << ClassOf(status) << "\"></i> ";
    WriteStatus(page, status);
    page << "</span> ";
  }
  page << "</p>\n";
  if (view.many()) WriteOverview(page, view);
  for (const auto& [name, areas] : view.chapters) WriteChapter(page, view, name, areas);
  page << "</section>\n";
}

const internal::PartRegistration registration(
    {.place = 50, .id = "matrix", .title = "Requirements", .write = &WriteMatrix});

}  // namespace

void WriteOverview(Markup& page, const View& view) {
  OpenScroll(page, "Passed by chapter");
  page << "<table class=\"numbers overview\"><caption>Passed of all, by "
          "chapter</caption>\n<thead><tr>"
          "<th scope=\"col\">Chapter</th>";
  for (std::size_t i = 0; i < view.records.size(); ++i) {
    page << "<th scope=\"col\">";
    WriteColumn(page, view, i);
    page << "</th>";
  }
  page << "</tr></thead>\n<tbody>\n";
  for (const auto& [name, areas] : view.chapters) {
    page << "<tr><th scope=\"row\">" << Text(ChapterOf(name).title) << "</th>";
    for (std::size_t i = 0; i < view.records.size(); ++i) {
      const Tally tally = Count(areas, i);
      page << "<td>" << tally.passed << "/" << tally.total;
      if (tally.failed > 0) page << "<br><b class=\"failed\">" << tally.failed << " failed</b>";
      page << "</td>";
    }
    page << "</tr>\n";
  }
  page << "</tbody></table></div>\n";
}

}  // namespace shmspec::reports
