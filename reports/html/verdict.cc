// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include "reports/html/page.h"
#include "reports/text/chapters.h"
#include "reports/text/plain_text.h"

namespace shmspec::reports {
namespace {

struct Words {
  Literal style;
  Literal sign;
  Literal word;
};

Words WordsOf(const Record& record) {
  if (record.conformant == "no") return {"no", "✗", "Does not conform"};
  if (record.conformant == "yes") return {"yes", "✓", "Conforms"};
  return {"undetermined", "?", "Undecided"};
}

std::uint64_t CountAt(const Record& record, Level level, Status status) {
  std::uint64_t count = 0;
  for (const RequirementEntry& entry : record.requirements) {
    count += entry.level == level && entry.status == status ? 1 : 0;
  }
  return count;
}

/// Why the word is what it is.
std::string ReasonOf(const Record& record) {
  if (const auto failed = CountAt(record, Level::kMust, Status::kFail); failed > 0) {
    return fmt::format("{} violated.",
                       Counted(failed, "must requirement is", "must requirements are"));
  }
  if (record.conformant == "yes") return "Every must requirement that was tested holds.";
  if (!record.run.complete) {
    return fmt::format("The run is incomplete: {}.", record.run.stop_reason);
  }
  const auto open = CountAt(record, Level::kMust, Status::kUnresolved) +
                    CountAt(record, Level::kMust, Status::kUnsupported);
  return open == 0 ? "No must requirement was tested."
                   : fmt::format("{} not be decided.", Counted(open, "must requirement could",
                                                               "must requirements could"));
}

void WriteSubject(Markup& page, const Record& record) {
  const Subject& subject = record.subject;
  page << "<p class=\"subject\">";
  if (subject.kind == "simulated") {
    page << "The simulated system";
    if (subject.target.starts_with("faulty:")) {
      page << " with the fault <code>" << Text(std::string_view(subject.target).substr(7))
           << "</code>";
    }
  } else {
    page << Text(subject.name) << " " << Text(subject.version) << " on " << Text(subject.machine)
         << ", through <code>" << Text(subject.target) << "</code>, ";
    if (const std::string wrapper = WrapperOf(subject); !wrapper.empty()) {
      page << Text(wrapper) << ", ";
    }
    page << Text(subject.libc) << ", container: " << Text(subject.container);
  }
  page << "</p>\n";
}

void WriteVerdict(Markup& page, const View& view, std::size_t index) {
  const Record& record = view.records[index];
  const Words words = WordsOf(record);
  page << "<section class=\"verdict " << words.style << "\" aria-labelledby=\"verdict-" << index
       << "\">\n";
  page << (view.single() ? Literal("<h1") : Literal("<h2")) << " id=\"verdict-" << index
       << "\"><span aria-hidden=\"true\">" << words.sign << "</span> " << words.word
       << (view.single() ? Literal("</h1>\n") : Literal("</h2>\n"));
  WriteSubject(page, record);
  page << "<p class=\"reach\">as far as tested: " << record.Decided() << " of "
       << static_cast<std::uint64_t>(record.requirements.size()) << " requirements, judged as "
       << Text(record.run.profile) << "</p>\n<p>" << Text(ReasonOf(record));
  const std::uint64_t failed = record.CountOf(Status::kFail);
  const std::uint64_t cases = record.tests.size();
  if (failed > 0) {
    page << " <a href=\"#failures\">" << failed << " of " << Text(Counted(cases, "case", "cases"))
         << " failed.</a>";
  } else {
    page << " None of " << Text(Counted(cases, "case", "cases")) << " failed.";
  }
  page << "</p>\n";
  for (const std::string& one : record.left_behind) {
    page << "<p><b>Left behind on that system:</b> <code>" << Text(one) << "</code></p>\n";
  }
  page << "<div class=\"scale\">\n";
  WriteBar(page, record.requirement_counts, "requirements");
  WriteBar(page, record.counts, "cases");
  page << "</div>\n</section>\n";
}

/// The verdicts of many records, a line for each.
void WriteVerdictTable(Markup& page, const View& view) {
  OpenScroll(page, "Verdicts");
  page << "<table><caption>Verdicts, as far as tested</caption><thead><tr><th scope=\"col\">Number"
          "</th><th scope=\"col\">System</th><th scope=\"col\">Verdict</th><th scope=\"col\">"
          "Decided</th><th scope=\"col\">Cases</th></tr></thead>\n<tbody>\n";
  for (std::size_t i = 0; i < view.records.size(); ++i) {
    const Record& record = view.records[i];
    const Words words = WordsOf(record);
    page << "<tr><td>" << static_cast<std::uint64_t>(i + 1) << "</td><th scope=\"row\">"
         << Text(view.labels[i]) << "</th><td class=\"word " << words.style
         << "\"><span aria-hidden=\"true\">" << words.sign << "</span> " << words.word
         << "</td><td>" << record.Decided() << " of "
         << static_cast<std::uint64_t>(record.requirements.size()) << "</td><td>"
         << record.CountOf(Status::kFail) << " of "
         << static_cast<std::uint64_t>(record.tests.size()) << " failed</td></tr>\n";
  }
  page << "</tbody></table></div>\n";
}

void WriteVerdicts(Markup& page, const View& view) {
  if (!view.single()) {
    page << "<h1>" << static_cast<std::uint64_t>(view.records.size())
         << " runs of shmspec side by side</h1>\n";
  }
  if (view.many()) return WriteVerdictTable(page, view);
  page << "<div class=\"verdicts\">\n";
  for (std::size_t i = 0; i < view.records.size(); ++i) WriteVerdict(page, view, i);
  page << "</div>\n";
}

const internal::PartRegistration registration({.place = 10, .write = &WriteVerdicts});

}  // namespace
}  // namespace shmspec::reports
