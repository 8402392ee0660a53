// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The differences from another record.

#include "reports/html/page.h"
#include "reports/summary/diff.h"
#include "reports/text/plain_text.h"

namespace shmspec::reports {
namespace {

void WriteSide(Markup& page, const std::optional<Status>& status) {
  page << "<td>";
  if (status) {
    WriteStatus(page, *status);
  } else {
    page << "not there";
  }
  page << "</td>";
}

void WriteStatuses(Markup& page, std::string_view title,
                   const std::vector<ChangedStatus>& changes) {
  if (changes.empty()) return;
  OpenScroll(page, title);
  page << "<table><caption>" << Text(title)
       << "</caption><thead><tr><th scope=\"col\">Which</th>"
          "<th scope=\"col\">Before</th><th scope=\"col\">Now</th></tr></thead>\n<tbody>\n";
  for (const ChangedStatus& one : changes) {
    page << "<tr><th scope=\"row\"><code>" << Text(one.id) << "</code> <span class=\"when\">"
         << Text(one.about) << "</span></th>";
    WriteSide(page, one.before);
    WriteSide(page, one.after);
    page << "</tr>\n";
  }
  page << "</tbody></table></div>\n";
}

void WriteCircumstances(Markup& page, const std::vector<ChangedCircumstance>& changes) {
  if (changes.empty()) return;
  page << "<details><summary>" << Text(Counted(changes.size(), "circumstance", "circumstances"))
       << " changed as well</summary>\n<dl class=\"terms\">\n";
  for (const ChangedCircumstance& one : changes) {
    page << "<div><dt>" << Text(one.name) << "</dt><dd><code>" << Text(Shown(one.before))
         << "</code> before, <code>" << Text(Shown(one.after)) << "</code> now</dd></div>\n";
  }
  page << "</dl></details>\n";
}

/// The cases that the baseline of the run itself has otherwise.
Difference SinceOwnBaseline(const Record& record) {
  Difference difference;
  for (const Test& test : record.tests) {
    if (test.baseline != test.status) {
      difference.cases.push_back({test.id, test.baseline, test.status, test.reason});
    }
  }
  return difference;
}

void WriteChanges(Markup& page, const View& view) {
  const Record& record = view.records.front();
  const Difference difference =
      view.baseline != nullptr ? DifferenceOf(*view.baseline, record) : SinceOwnBaseline(record);
  std::uint64_t broken = 0;
  std::uint64_t mended = 0;
  for (const ChangedStatus& one : difference.cases) {
    broken += one.broken() ? 1 : 0;
    mended += one.mended() ? 1 : 0;
  }
  page << "<section id=\"changes\" aria-labelledby=\"changes-title\">\n"
          "<h2 id=\"changes-title\">Since the baseline</h2>\n<p>";
  if (difference.results()) {
    page << "<b>" << Text(Counted(broken, "case fails that did not", "cases fail that did not"))
         << ", " << Text(Counted(mended, "that failed passes", "that failed pass")) << ", "
         << static_cast<std::uint64_t>(difference.cases.size()) - broken - mended
         << " changed otherwise.</b>";
  } else {
    page << "Every requirement and every case has the same result.";
  }
  page << " The baseline is <code>"
       << Text(view.baseline != nullptr ? view.baseline->file : record.baseline->file)
       << "</code>.</p>\n";
  if (view.baseline == nullptr && !record.baseline->gone.empty()) {
    page << "<p>The suite no longer has:";
    for (const std::string& id : record.baseline->gone) page << " <code>" << Text(id) << "</code>";
    page << "</p>\n";
  }
  WriteStatuses(page, "Requirements with another result", difference.requirements);
  WriteStatuses(page, "Cases with another result", difference.cases);
  WriteCircumstances(page, difference.circumstances);
  page << "</section>\n";
}

const internal::PartRegistration registration({.place = 30,
                                               .id = "changes",
                                               .title = "Changes",
                                               .shows =
                                                   [](const View& view) { return view.compared(); },
                                               .write = &WriteChanges});

}  // namespace
}  // namespace shmspec::reports
