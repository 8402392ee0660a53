// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "reports/html/page.h"
#include "reports/text/chapters.h"
#include "reports/text/plain_text.h"

namespace shmspec::reports {
namespace {

bool IsDecided(Status status) { return IsAsSpecified(status) || status == Status::kFail; }

struct Reach {
  std::uint64_t decided[3] = {};  // by level
  std::uint64_t total[3] = {};
  std::uint64_t without_case = 0;
  std::uint64_t touched_only = 0;  // shown to hold though no case is about it
};

Reach ReachOf(const std::map<std::string_view, std::vector<Row>>& areas, std::size_t record) {
  Reach reach;
  for (const auto& [area, rows] : areas) {
    for (const Row& row : rows) {
      const RequirementEntry* entry = row.entries[record];
      if (entry == nullptr) continue;
      const auto level = static_cast<std::size_t>(entry->level);
      ++reach.total[level];
      reach.decided[level] += IsDecided(entry->status) ? 1 : 0;
      reach.without_case += entry->cases == 0 ? 1 : 0;
      reach.touched_only += entry->cases == 0 && entry->touched ? 1 : 0;
    }
  }
  return reach;
}

void WriteReach(Markup& page, const View& view, std::size_t record) {
  OpenScroll(page, Titled(view, "Coverage", record));
  page << "<table class=\"numbers\"><caption>"
       << Text(Titled(view, "Requirements that were decided", record))
       << "</caption>\n<thead><tr><th scope=\"col\">Chapter</th><th scope=\"col\">must</th>"
          "<th scope=\"col\">should</th><th scope=\"col\">may</th>"
          "<th scope=\"col\">No case yet</th></tr></thead>\n<tbody>\n";
  for (const auto& [name, areas] : view.chapters) {
    const Reach reach = ReachOf(areas, record);
    page << "<tr><th scope=\"row\">" << Text(ChapterOf(name).title) << "</th>";
    for (std::size_t level = 0; level < 3; ++level) {
      page << "<td>";
      if (reach.total[level] > 0) {
        page << reach.decided[level] << " of " << reach.total[level];
      } else {
        page << "none";
      }
      page << "</td>";
    }
    page << "<td>" << reach.without_case;
    if (reach.touched_only > 0) page << ", of which " << reach.touched_only << " held in passing";
    page << "</td></tr>\n";
  }
  page << "</tbody></table></div>\n";
}

/// Requirements that no case of the suite is about: no run tests them.
void WriteUncovered(Markup& page, const View& view) {
  std::uint64_t total = 0;
  Markup lists;
  for (const auto& [name, areas] : view.chapters) {
    Markup items;
    std::uint64_t count = 0;
    for (const auto& [area, rows] : areas) {
      for (const Row& row : rows) {
        if (row.text->cases > 0) continue;
        ++count;
        items << "<li><code>" << Text(row.text->id) << "</code> (" << Text(NameOf(row.text->level))
              << ") " << Text(row.text->statement) << "</li>\n";
      }
    }
    if (count == 0) continue;
    lists << "<h3>" << Text(ChapterOf(name).title) << ": " << count << "</h3>\n<ul>\n"
          << items << "</ul>\n";
    total += count;
  }
  if (total == 0) {
    page << "<p>Every requirement of the catalogue has a case.</p>\n";
    return;
  }
  page << "<details><summary>" << Text(Counted(total, "requirement", "requirements"))
       << " no case is about: whatever the verdict, it does not cover them</summary>\n"
       << lists << "</details>\n";
}

/// Why cases could not be performed, each reason once.
void WriteImpossible(Markup& page, const View& view, std::size_t record) {
  std::map<std::string_view, std::vector<std::string_view>> reasons;
  for (const Test& test : view.records[record].tests) {
    if (test.status == Status::kUnsupported) reasons[test.reason].push_back(test.id);
  }
  if (reasons.empty()) return;
  page << "<h3>" << Text(Titled(view, "Not possible here", record)) << "</h3>\n<ul>\n";
  for (const auto& [reason, cases] : reasons) {
    page << "<li>" << Text(reason) << " (" << Text(Counted(cases.size(), "case", "cases"))
         << ")<details><summary>Which</summary><ul>";
    for (const std::string_view id : cases) page << "<li><code>" << Text(id) << "</code></li>";
    page << "</ul></details></li>\n";
  }
  page << "</ul>\n";
}

void WriteCoverage(Markup& page, const View& view) {
  page << "<section id=\"coverage\" aria-labelledby=\"coverage-title\">\n"
          "<h2 id=\"coverage-title\">How much of the specification that is</h2>\n";
  for (std::size_t i = 0; i < view.records.size(); ++i) {
    // A table that the filter empties must not hide the others.
    if (view.many()) {
      page << "<details><summary>" << static_cast<std::uint64_t>(i + 1) << ": "
           << Text(view.labels[i]) << "</summary>\n";
    }
    WriteReach(page, view, i);
    if (view.many()) page << "</details>\n";
  }
  WriteUncovered(page, view);
  for (std::size_t i = 0; i < view.records.size(); ++i) WriteImpossible(page, view, i);
  page << "</section>\n";
}

const internal::PartRegistration registration(
    {.place = 80, .id = "coverage", .title = "Coverage", .write = &WriteCoverage});

}  // namespace
}  // namespace shmspec::reports
