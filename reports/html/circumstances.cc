// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What was observed where the specification is silent, and under which circumstances the run took
// place.

#include <fmt/format.h>

#include "harness/vocabulary/value/duration.h"
#include "reports/html/page.h"
#include "reports/text/plain_text.h"

namespace shmspec::reports {
namespace {

void WriteObservations(Markup& page, const View& view, std::size_t record) {
  for (const Test& test : view.records[record].tests) {
    for (const std::string& observed : test.observed) {
      page << "<tr><th scope=\"row\"><code>" << Text(test.id) << "</code></th><td>";
      for (const auto& [id, status] : test.requirements) {
        page << "<code>" << Text(id) << "</code> ";
      }
      page << "</td><td>" << Text(observed) << "</td>";
      if (!view.single()) page << "<td>" << Text(view.labels[record]) << "</td>";
      page << "</tr>\n";
    }
  }
}

/// The value of a fact in a record, or nullptr.
const Fact* FindFact(const Record& record, std::string_view name) {
  for (const Fact& fact : record.facts) {
    if (fact.name == name) return &fact;
  }
  return nullptr;
}

void WriteFact(Markup& page, const View& view, const Fact& fact) {
  bool differs = false;
  for (const Record& record : view.records) {
    const Fact* other = FindFact(record, fact.name);
    differs = differs || other == nullptr || other->value != fact.value;
  }
  page << "<tr" << (differs ? Literal(" class=\"differs\"") : Literal(""))
       << "><th scope=\"row\"><code>" << Text(fact.name) << "</code>";
  if (differs) page << " <span class=\"when\">differs</span>";
  page << "</th>";
  for (const Record& record : view.records) {
    const Fact* other = FindFact(record, fact.name);
    page << "<td>" << Text(other == nullptr ? "not recorded" : other->value) << "</td>";
  }
  page << "<td>" << Text(fact.source);
  if (!fact.stable) page << " <span class=\"when\">may change between runs</span>";
  page << "</td></tr>\n";
}

void WriteFacts(Markup& page, const View& view) {
  OpenScroll(page, "Environment");
  page << "<table class=\"facts\"><caption>What was found of the system</caption>\n"
          "<thead><tr><th scope=\"col\">Fact</th>";
  for (const std::string& label : view.labels) {
    page << "<th scope=\"col\">";
    if (view.single()) {
      page << "Value";
    } else {
      page << Text(label);
    }
    page << "</th>";
  }
  page << "<th scope=\"col\">Known from</th></tr></thead>\n<tbody>\n";
  std::map<std::string_view, const Fact*> facts;
  for (const Record& record : view.records) {
    for (const Fact& fact : record.facts) facts.emplace(fact.name, &fact);
  }
  for (const auto& [name, fact] : facts) WriteFact(page, view, *fact);
  page << "</tbody></table></div>\n";
}

void WriteTerm(Markup& page, Literal term, std::string_view value) {
  if (value.empty()) return;
  page << "<div><dt>" << term << "</dt><dd><code>" << Text(value) << "</code></dd></div>\n";
}

std::string Words(const std::vector<std::string>& argv) {
  std::string line = "shmspec";  // the path of the program does not matter
  for (std::size_t i = 1; i < argv.size(); ++i) line += " " + OneLine(argv[i]);
  return line;
}

void WriteOrigin(Markup& page, const Record& record) {
  const RunFacts& run = record.run;
  page << "<dl class=\"terms\">\n";
  // The path of a file does not matter, and would make the page differ from one elsewhere.
  WriteTerm(page, "Record", std::string_view(record.file).substr(record.file.rfind('/') + 1));
  WriteTerm(page, "SHA-256 of it", record.sha256);
  WriteTerm(page, "Run", run.id);
  WriteTerm(page, "Command", Words(run.argv));
  WriteTerm(page, "Started", run.started);
  WriteTerm(page, "Took", DurationText(run.duration_s));
  WriteTerm(page, "Stopped", run.stop_reason);
  WriteTerm(page, "Seed", run.seed);
  WriteTerm(
      page, "Effort",
      fmt::format("{}, {}, {}; {} at a time, {} of each, at most {} rounds, {} each",
                  Counted(record.tests.size(), "case", "cases"),
                  Counted(record.rounds, "round", "rounds"), Counted(record.steps, "step", "steps"),
                  run.jobs, Counted(run.repeat, "attempt", "attempts"), run.max_rounds,
                  PrintDuration(static_cast<std::int64_t>(run.timeout_ms))));
  WriteTerm(page, "Selected",
            fmt::format("{}; {} planned, {} left out, part {} of {}",
                        record.selection.empty() ? "everything" : record.selection, record.planned,
                        record.excluded, run.shard_index, run.shard_count));
  if (!run.merged_from.empty()) {
    WriteTerm(page, "Merged from",
              fmt::format("{}: {}", Counted(run.merged_from.size(), "shard", "shards"),
                          fmt::join(run.merged_from, ", ")));
  }
  WriteTerm(page, "Isolation", run.isolation);
  WriteTerm(page, "Profile", run.profile);
  WriteTerm(page, "Suite", record.suite.version + ", built from " + record.suite.source_id);
  WriteTerm(page, "Catalogue, SHA-256", record.suite.catalogue_sha256);
  WriteTerm(page, "Built with", record.suite.compiler + ", " + record.suite.linkage);
  WriteTerm(page, "System, SHA-256 of its stable facts", record.fingerprint);
  page << "</dl>\n";
}

void WriteObserved(Markup& page, const View& view) {
  Markup rows;
  for (std::size_t i = 0; i < view.records.size(); ++i) WriteObservations(rows, view, i);
  const std::string written = Markup(rows).Take();
  page << "<section id=\"observed\" aria-labelledby=\"observed-title\">\n"
          "<h2 id=\"observed-title\">What the specification leaves open</h2>\n";
  if (written.empty()) {
    page << "<p>No case met a choice that is free to the system.</p>\n</section>\n";
    return;
  }
  OpenScroll(page, "Observed");
  page << "<table class=\"facts\"><caption>What this system does there</caption><thead><tr>"
          "<th scope=\"col\">Case</th><th scope=\"col\">Requirement</th>"
          "<th scope=\"col\">Seen</th>";
  if (!view.single()) page << "<th scope=\"col\">Where</th>";
  page << "</tr></thead>\n<tbody>\n" << rows << "</tbody></table></div>\n</section>\n";
}

void WriteEnvironment(Markup& page, const View& view) {
  page << "<section id=\"environment\" aria-labelledby=\"environment-title\">\n"
          "<h2 id=\"environment-title\">Circumstances, and how far they let the results "
          "reach</h2>\n";
  for (std::size_t i = 0; i < view.records.size(); ++i) {
    if (!view.single()) page << "<h3>" << Text(view.labels[i]) << "</h3>\n";
    page << "<dl class=\"sufferers\">\n";
    for (const Restriction& restriction : view.records[i].restrictions) {
      page << "<div><dt>" << Text(restriction.code) << "</dt><dd>" << Text(restriction.effect)
           << "</dd></div>\n";
    }
    page << "</dl>\n";
  }
  WriteFacts(page, view);
  page << "</section>\n";
}

void WriteProvenance(Markup& page, const View& view) {
  page << "<section id=\"provenance\" aria-labelledby=\"provenance-title\">\n"
          "<h2 id=\"provenance-title\">Where this page comes from</h2>\n"
          "<p>A run can show that a requirement does not hold. That one holds it can only make "
          "likely: other inputs, timings or machines may show otherwise. The page says nothing "
          "that is not in the records below, and the same records give the same page.</p>\n";
  for (std::size_t i = 0; i < view.records.size(); ++i) {
    if (!view.single()) page << "<h3>" << Text(view.labels[i]) << "</h3>\n";
    WriteOrigin(page, view.records[i]);
  }
  page << "</section>\n";
}

const internal::PartRegistration registrations[] = {
    internal::PartRegistration(
        {.place = 140, .id = "observed", .title = "Left open", .write = &WriteObserved}),
    internal::PartRegistration(
        {.place = 150, .id = "environment", .title = "Circumstances", .write = &WriteEnvironment}),
    internal::PartRegistration(
        {.place = 160, .id = "provenance", .title = "Provenance", .write = &WriteProvenance})};

}  // namespace
}  // namespace shmspec::reports
