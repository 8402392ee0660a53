// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The failures, on one screen, before everything else.

#include "reports/summary/symptoms.h"

#include <algorithm>

#include "reports/html/page.h"
#include "reports/text/plain_text.h"

namespace shmspec::reports {
namespace {

/// The number of kinds of failures that fit on a screen; the cards have the rest.
constexpr std::size_t kMost = 25;

/// Where on the page the case of that record is.
std::size_t CardOf(const View& view, std::size_t record, const std::string& test) {
  for (const Card& card : view.cards) {
    for (const auto& [in, one] : card.in) {
      if (in == record && one->id == test) return card.number;
    }
  }
  return 0;
}

void WriteSymptom(Markup& page, const View& view, std::size_t record, const Symptom& symptom) {
  page << "<tr><td>";
  WriteStatus(page, symptom.status);
  page << "</td><th scope=\"row\"><code>" << Text(symptom.where) << "</code></th><td>"
       << Text(symptom.what) << "</td><td>" << static_cast<std::uint64_t>(symptom.tests.size())
       << "</td><td><a href=\"#card-"
       << static_cast<std::uint64_t>(CardOf(view, record, symptom.tests.front())) << "\"><code>"
       << Text(symptom.tests.front()) << "</code></a></td></tr>\n";
}

void WriteSymptoms(Markup& page, const View& view) {
  bool any = false;
  for (std::size_t i = 0; i < view.records.size(); ++i) {
    const std::vector<Symptom> symptoms = SymptomsOf(SightingsIn(view.records[i]));
    if (symptoms.empty()) continue;
    if (!any) {
      page << "<section id=\"wrong\" aria-labelledby=\"wrong-title\">\n"
              "<h2 id=\"wrong-title\">What is wrong</h2>\n";
    }
    any = true;
    const std::string title = Titled(view, "Failures by call and symptom", i);
    OpenScroll(page, title);
    page << "<table class=\"symptoms\"><caption>" << Text(title)
         << "</caption><thead><tr><th scope=\"col\">Status</th><th scope=\"col\">Call</th>"
            "<th scope=\"col\">Symptom</th><th scope=\"col\">Cases</th>"
            "<th scope=\"col\">The shortest of them</th></tr></thead>\n<tbody>\n";
    const std::size_t shown = std::min(symptoms.size(), kMost);
    for (std::size_t j = 0; j < shown; ++j) WriteSymptom(page, view, i, symptoms[j]);
    page << "</tbody></table></div>\n";
    if (shown < symptoms.size()) {
      page << "<p>" << Text(Counted(symptoms.size() - shown, "further kind", "further kinds"))
           << " of failures: see <a href=\"#failures\">all of them</a>.</p>\n";
    }
  }
  if (any) page << "</section>\n";
}

const internal::PartRegistration registration({.place = 20, .write = &WriteSymptoms});

}  // namespace
}  // namespace shmspec::reports
