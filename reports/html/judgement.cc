// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What was expected of the run besides the specification, and whether it can find faults at all.

#include <fmt/format.h>

#include <algorithm>

#include "reports/html/page.h"

namespace shmspec::reports {
namespace {

std::string Joined(const std::vector<Status>& statuses) {
  std::string text;
  for (const Status status : statuses) {
    text += fmt::format("{}{}", text.empty() ? "" : ", ", NameOf(status));
  }
  return text;
}

void WriteWaiver(Markup& page, const Waiver& waiver) {
  page << "<tr><th scope=\"row\"><code>" << Text(waiver.id) << "</code></th><td>"
       << Text(NameOf(waiver.state)) << "</td><td>" << Text(waiver.reason);
  if (!waiver.url.empty()) page << " <code>" << Text(waiver.url) << "</code>";
  page << "</td><td>" << Text(waiver.owner) << "</td><td>" << Text(waiver.expires) << "</td><td>";
  if (waiver.action == WaiverAction::kDoNotRun) page << "not to be run";
  page << Text(Joined(waiver.expect)) << "</td><td>";
  for (const std::string& id : waiver.cases) page << "<code>" << Text(id) << "</code> ";
  page << "</td></tr>\n";
}

void WriteWaivers(Markup& page, const View& view, std::size_t index) {
  const Record& record = view.records[index];
  if (record.waivers.empty()) return;
  OpenScroll(page, Titled(view, "Waivers", index));
  page << "<table><caption>" << Text(Titled(view, "Waivers", index))
       << "</caption><thead><tr><th scope=\"col\">Waiver</th><th scope=\"col\">State</th>"
          "<th scope=\"col\">Reason</th><th scope=\"col\">Owner</th><th scope=\"col\">Expires</th>"
          "<th scope=\"col\">Expects</th><th scope=\"col\">Decided</th></tr></thead>\n<tbody>\n";
  for (const Waiver& waiver : record.waivers) WriteWaiver(page, waiver);
  page << "</tbody></table></div>\n<p>A waiver changes what is expected and never a status. "
          "Without the waived cases the system conforms: "
       << Text(record.apart_from_waivers) << ".</p>\n";
}

/// Cases whose attempts gave different results.
void WriteFlaky(Markup& page, const View& view, std::size_t index) {
  const Record& record = view.records[index];
  if (record.flaky == 0) return;
  OpenScroll(page, Titled(view, "Cases that change their mind", index));
  page << "<table class=\"numbers\"><caption>"
       << Text(Titled(view, "Cases that change their mind", index))
       << "</caption><thead><tr><th scope=\"col\">Case</th><th scope=\"col\">Attempts</th>"
          "<th scope=\"col\">Passed</th><th scope=\"col\">Flip rate</th></tr></thead>\n<tbody>\n";
  for (const Test& test : record.tests) {
    if (!test.flakiness || !test.flakiness->flaky) continue;
    page << "<tr><th scope=\"row\"><code>" << Text(test.id) << "</code></th><td>"
         << test.flakiness->attempts << "</td><td>" << test.flakiness->passed << "</td><td>"
         << Text(fmt::format("{:.0f} %", test.flakiness->flip_rate * 100)) << "</td></tr>\n";
  }
  page << "</tbody></table></div>\n";
}

/// Whether seeded faults were caught: a suite that misses them would miss similar faults elsewhere.
void WriteControls(Markup& page, const View& view, std::size_t index) {
  const Record& record = view.records[index];
  if (!record.controls) return;
  const std::vector<ControlEntry>& faults = record.controls->faults;
  const auto missed = static_cast<std::uint64_t>(
      std::count_if(faults.begin(), faults.end(),
                    [](const ControlEntry& fault) { return fault.caught_by.empty(); }));
  page << "<p>" << Text(Titled(view, "Negative controls", index)) << ": of "
       << std::uint64_t{faults.size()} << " faults seeded into the simulated system, "
       << Text(record.controls->by) << " caught " << std::uint64_t{faults.size()} - missed
       << ".</p>\n";
  if (missed == 0) return;
  page << "<p>What would be missed elsewhere too:</p>\n<ul>\n";
  for (const ControlEntry& fault : faults) {
    if (!fault.caught_by.empty()) continue;
    page << "<li><code>" << Text(fault.fault) << "</code> (<code>" << Text(fault.requirement)
         << "</code>): " << Text(fault.description) << "</li>\n";
  }
  page << "</ul>\n";
}

bool IsShown(const View& view) {
  return std::any_of(view.records.begin(), view.records.end(), [](const Record& record) {
    return !record.waivers.empty() || record.flaky > 0 || record.controls.has_value();
  });
}

void WriteJudgement(Markup& page, const View& view) {
  page << "<section id=\"judgement\" aria-labelledby=\"judgement-title\">\n"
          "<h2 id=\"judgement-title\">What else was expected</h2>\n";
  for (std::size_t i = 0; i < view.records.size(); ++i) {
    WriteWaivers(page, view, i);
    WriteFlaky(page, view, i);
    WriteControls(page, view, i);
  }
  page << "</section>\n";
}

const internal::PartRegistration registration({.place = 70,
                                               .shows = &IsShown,
                                               .write = &WriteJudgement});

}  // namespace
}  // namespace shmspec::reports
