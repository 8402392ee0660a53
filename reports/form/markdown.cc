// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// A summary for issues, merge requests and step summaries, in the Markdown that code hosts show.

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "reports/form/report.h"
#include "reports/summary/litmus_endings.h"
#include "reports/summary/symptoms.h"
#include "reports/text/chapters.h"
#include "reports/text/plain_text.h"

namespace shmspec::reports {
namespace {

/// Text on one line with everything escaped that Markdown or HTML would obey.
std::string Plain(std::string_view text) {
  std::string out;
  for (const char c : OneLine(text)) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '&') {
      out += "&amp;";
    } else {
      if (std::string_view("\\`*_[]|~#>").find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
  }
  return out;
}

/// Text in a block that shows it as it is: fenced by more backticks than it holds in a row.
std::string Block(std::string_view text) {
  const std::string printable = Printable(text);
  std::size_t longest = 2;
  std::size_t run = 0;
  for (const char c : printable) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string fence(longest + 1, '`');
  return fmt::format("{}\n{}{}{}\n\n", fence, printable, printable.ends_with('\n') ? "" : "\n",
                     fence);
}

std::string_view WordOf(const Record& record) {
  if (record.conformant == "yes") return "✓ Conforms";
  return record.conformant == "no" ? "✗ Does not conform" : "? Undecided";
}

void AddVerdict(std::string& out, const Record& record, const std::string& label) {
  out += fmt::format("## {}: {}\n\nAs far as tested: {} of {} requirements, judged as {}.\n\n",
                     WordOf(record), Plain(label), record.Decided(), record.requirements.size(),
                     Plain(record.run.profile));
  if (!record.run.complete) {
    out += fmt::format("The run is incomplete: {}.\n\n", Plain(record.run.stop_reason));
  }
  for (const std::string& one : record.left_behind) {
    out += fmt::format("Left behind on that system: {}\n\n", Plain(one));
  }
  out += "| | ";
  std::string line = "|---|";
  for (const auto& status : NamesOf<Status>::kNames) {
    out += fmt::format("{} | ", status.name);
    line += "--:|";
  }
  out += "\n" + line + "\n";
  for (const auto& [title, counts] :
       {std::pair{"requirements", &record.requirement_counts}, {"cases", &record.counts}}) {
    out += fmt::format("| {} | ", title);
    for (const auto& status : NamesOf<Status>::kNames) {
      const auto at = counts->find(status.value);
      out += fmt::format("{} | ", at == counts->end() ? 0 : at->second);
    }
    out += "\n";
  }
  out += "\n";
}

void AddChapters(std::string& out, const Record& record) {
  struct Tally {
    std::uint64_t passed = 0;
    std::uint64_t failed = 0;
    std::uint64_t total = 0;
  };
  std::map<std::string_view, Tally> chapters;
  for (const RequirementEntry& entry : record.requirements) {
    const auto area = std::find_if(record.areas.begin(), record.areas.end(),
                                   [&](const Area& one) { return one.id == entry.area; });
    Tally& tally = chapters[area->chapter];
    ++tally.total;
    tally.passed += entry.status == Status::kPass ? 1 : 0;
    tally.failed += entry.status == Status::kFail ? 1 : 0;
  }
  out += "| Chapter | Passed | Failed | Requirements |\n|---|--:|--:|--:|\n";
  for (const auto& [name, tally] : chapters) {
    out += fmt::format("| {} | {} | {} | {} |\n", Plain(ChapterOf(name).title), tally.passed,
                       tally.failed, tally.total);
  }
  out += "\n";
}

/// The weak endings of litmus tests, where there were any.
void AddOrdering(std::string& out, const Record& record) {
  std::string lines;
  for (const Test& test : record.tests) {
    for (const LitmusHistogram& histogram : test.histograms) {
      const ExplainedHistogram explained = Explain(histogram);
      std::string unusual;
      for (const ExplainedEnding& one : explained.seen) {
        if (one.explanation.value_or(Explanation::kOrder) == Explanation::kOrder) continue;
        unusual += fmt::format("{}{}", unusual.empty() ? "" : "; ",
                               Plain(SeenText(one, histogram.rounds)));
      }
      if (unusual.empty()) unusual = explained.known ? "none" : "not known";
      const std::string run = RunText(histogram);
      lines += fmt::format("| {} | {} | {} | {} | {} |\n", Plain(test.id), Plain(histogram.test),
                           histogram.rounds, run.empty() ? "–" : Plain(run), unusual);
    }
  }
  if (lines.empty()) return;
  out += "| Case | Litmus test | Rounds | Run | Endings that its order does not explain |\n" +
         std::string("|---|---|--:|---|---|\n") + lines + "\n";
}

/// The speed of benchmarks and the progress of fuzzers, where the record has them.
void AddFigures(std::string& out, const Record& record) {
  std::string lines;
  const auto of = [](const std::optional<Spread>& spread, std::string_view unit) {
    return spread ? FigureText(spread->median) + " " + std::string(unit) : "–";
  };
  for (const Measurement& one : record.measurements) {
    lines += fmt::format("| {} | {} | {} | {} |\n", Plain(one.name), of(one.p50, one.unit),
                         of(one.p99, one.unit), of(one.mean, one.unit));
  }
  if (!lines.empty()) {
    out +=
        "| Benchmark | p50 | p99 | Mean |\n|---|--:|--:|--:|\n" + std::exchange(lines, "") + "\n";
  }
  for (const FuzzRun& run : record.fuzzing) {
    const FuzzPoint& last = run.points.back();
    lines += fmt::format("| {} | {} | {} | {} | {} | {} |\n", Plain(run.target), run.executions,
                         last.coverage, last.features, last.corpus, run.findings);
  }
  if (lines.empty()) return;
  out +=
      "| Fuzz target | Executions | Edges | Features | Inputs kept | Broke the law |\n"
      "|---|--:|--:|--:|--:|--:|\n" +
      lines + "\n";
}

void AddSufferers(std::string& out, const Record& record) {
  std::set<std::string_view> failed;
  for (const Test& test : record.tests) {
    if (test.status == Status::kFail) failed.insert(test.chapter());
  }
  std::string lines;
  for (const std::string_view name : failed) {
    const Chapter chapter = ChapterOf(name);
    if (chapter.who_suffers.empty()) continue;
    lines += fmt::format("- {}: {}\n", chapter.title, chapter.who_suffers);
  }
  if (!lines.empty()) out += "Who suffers:\n\n" + lines + "\n";
}

/// The failures, by call and symptom.
void AddSymptoms(std::string& out, const Record& record) {
  const std::vector<Symptom> symptoms = SymptomsOf(SightingsIn(record));
  if (symptoms.empty()) return;
  out += "| What is wrong | | Cases | The shortest of them |\n|---|---|--:|---|\n";
  for (const Symptom& one : symptoms) {
    out += fmt::format("| {} {} | {} | {} | {} |\n", NameOf(one.status), Plain(one.where),
                       Plain(one.what), one.tests.size(), Plain(one.tests.front()));
  }
  out += "\n";
}

void AddCase(std::string& out, const Record& record, const Test& test) {
  out +=
      fmt::format("### {} {}\n\n{}\n\n", NameOf(test.status), Plain(test.id), Plain(test.reason));
  for (const auto& [id, status] : test.requirements) {
    const RequirementEntry& entry = *record.FindEntry(id);
    out += fmt::format("- {} {} ({}): {} Source: {}\n", NameOf(status), Plain(id),
                       NameOf(entry.level), Plain(entry.statement), Plain(entry.source));
  }
  out += "\n";
  const Attempt* attempt = test.deciding();
  if (attempt != nullptr && !attempt->excerpt.empty()) out += Block(attempt->excerpt);
  out += Block(test.command);
}

std::string RenderMarkdown(std::span<const Record> records) {
  std::string out = "# shmspec\n\n";
  const std::vector<std::string> labels = LabelsOf(records);
  for (std::size_t i = 0; i < records.size(); ++i) {
    const Record& record = records[i];
    AddVerdict(out, record, labels[i]);
    AddSymptoms(out, record);
    AddSufferers(out, record);
    for (const Status status : {Status::kFail, Status::kUnresolved}) {
      for (const Test& test : record.tests) {
        if (test.status == status) AddCase(out, record, test);
      }
    }
    AddChapters(out, record);
    AddOrdering(out, record);
    AddFigures(out, record);
    out += fmt::format("Seed {}, suite {} from {}, catalogue {}.\n\n", Plain(record.run.seed),
                       Plain(record.suite.version), Plain(record.suite.source_id),
                       Plain(record.suite.catalogue_sha256.substr(0, 12)));
  }
  return out;
}

const internal::FormRegistration registration(
    {.name = "markdown", .place = 20, .endings = {".md"}, .render = &RenderMarkdown});

}  // namespace
}  // namespace shmspec::reports
