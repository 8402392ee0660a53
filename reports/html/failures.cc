// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "reports/c/c_program.h"
#include "reports/html/page.h"
#include "reports/record/plan_in_record.h"
#include "reports/text/chapters.h"
#include "reports/text/plain_text.h"

namespace shmspec::reports {
namespace {

/// The number of cards that are open at first; the others show their heading.
constexpr std::size_t kOpenCards = 12;
/// The number of cards with all details; more would make the page heavier and find no reader.
constexpr std::size_t kFullCards = 200;

void WriteSufferers(Markup& page, const View& view) {
  std::set<std::string_view> failed;
  for (const Card& card : view.cards) {
    if (card.test().status != Status::kFail) continue;
    const Record& record = view.records[card.record()];
    for (const auto& [id, status] : card.test().requirements) {
      if (status == Status::kFail) {
        failed.insert(view.areas.at(record.FindEntry(id)->area)->chapter);
      }
    }
    failed.insert(card.test().chapter());
  }
  const bool known = std::any_of(failed.begin(), failed.end(), [](std::string_view name) {
    return !ChapterOf(name).who_suffers.empty();
  });
  if (!known) return;
  page << "<h3>Who suffers</h3>\n<dl class=\"sufferers\">\n";
  for (const std::string_view name : failed) {
    const Chapter chapter = ChapterOf(name);
    if (chapter.who_suffers.empty()) continue;
    page << "<div><dt>" << Text(chapter.title) << "</dt><dd>" << Text(chapter.who_suffers)
         << "</dd></div>\n";
  }
  page << "</dl>\n";
}

void WriteRequirement(Markup& page, const RequirementEntry& entry, Status status) {
  page << "<div class=\"requirement\"><p>";
  WriteStatus(page, status);
  page << " <code>" << Text(entry.id) << "</code> (" << Text(NameOf(entry.level))
       << ")</p>\n<p class=\"statement\">" << Text(entry.statement)
       << "</p>\n<p class=\"source\">Source: " << Text(entry.source) << "</p>\n";
  if (!entry.divergence.empty()) {
    page << "<p class=\"source\">Known to differ:</p>\n<ul class=\"source\">";
    for (const std::string& known : entry.divergence) page << "<li>" << Text(known) << "</li>";
    page << "</ul>\n";
  }
  page << "</div>\n";
}

std::vector<std::string_view> WordsOf(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(" {}"), text.size());
    if (end > 0) words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

/// The text with the words marked that the other text lacks, when the two resemble each other: in
/// records of many fields a reader looks for these.
void WriteCompared(Markup& page, std::string_view text, std::string_view other) {
  const std::vector<std::string_view> others = WordsOf(other);
  const auto known = [&](std::string_view word) {
    return std::find(others.begin(), others.end(), word) != others.end();
  };
  const std::vector<std::string_view> words = WordsOf(text);
  const auto shared = std::count_if(words.begin(), words.end(), known);
  if (shared * 2 < static_cast<std::ptrdiff_t>(words.size()) || words.size() < 3) {
    page << "<code>" << Text(text) << "</code>";
    return;
  }
  page << "<code>";
  for (const std::string_view word : words) {
    const auto at = static_cast<std::size_t>(word.data() - text.data());
    page << Text(text.substr(0, at));
    if (known(word)) {
      page << Text(word);
    } else {
      page << "<mark>" << Text(word) << "</mark>";
    }
    text.remove_prefix(at + word.size());
  }
  page << Text(text) << "</code>";
}

std::string Joined(const std::vector<AllowedOutcome>& allowed) {
  std::string joined;
  for (const AllowedOutcome& one : allowed) joined += one.outcome + " ";
  return joined;
}

/// What was seen and what was allowed; a step to which both object is shown once.
void WriteObjections(Markup& page, const Attempt& attempt) {
  if (attempt.objections.empty()) return;
  page << "<dl class=\"objections\">\n";
  const Objection* before = nullptr;
  for (const Objection& objection : attempt.objections) {
    if (before == nullptr || before->step != objection.step) {
      // The last objection to a step is the specification's, which is the complete one.
      const Objection* complete = &objection;
      for (const Objection& other : attempt.objections) {
        if (other.step == objection.step) complete = &other;
      }
      page << "<div><dt>Seen";
      if (objection.step > 0) page << " at step " << objection.step;
      page << "</dt><dd class=\"seen\">";
      WriteCompared(page, objection.seen, Joined(complete->allowed));
      page << "</dd></div>\n";
    }
    before = &objection;
    page << "<div><dt>"
         << (objection.by == Objector::kCase ? Literal("The case expects")
                                             : Literal("The specification allows"))
         << "</dt>";
    for (const AllowedOutcome& allowed : objection.allowed) {
      page << "<dd class=\"allowed\">";
      WriteCompared(page, allowed.outcome, objection.seen);
      if (!allowed.why.empty()) page << " <span class=\"when\">" << Text(allowed.why) << "</span>";
      page << "</dd>";
    }
    if (objection.allowed.empty()) page << "<dd>nothing that was seen</dd>";
    page << "</div>\n";
  }
  page << "</dl>\n";
}

void WriteResidue(Markup& page, const Attempt& attempt) {
  if (attempt.residue.empty()) return;
  page << "<p>Left behind:</p>\n<ul>";
  for (const std::string& one : attempt.residue)
    page << "<li><code>" << Text(one) << "</code></li>";
  page << "</ul>\n";
}

/// The plan as a C program, or why there is none.
void WriteProgram(Markup& page, const Test& test, const Attempt* attempt) {
  const Result<Plan> plan = PlanIn(test.plan);
  if (!plan.ok()) return;
  const std::span<const Objection> objections =
      attempt == nullptr ? std::span<const Objection>() : std::span(attempt->objections);
  const Result<std::string> program = CProgramOf(*plan, objections);
  if (!program.ok()) {
    page << "<p class=\"source\">There is no C program of it: " << Text(program.error().message)
         << ".</p>\n";
    return;
  }
  page << "<details><summary>The plan as a C program</summary><pre><code>" << Text(*program)
       << "</code></pre></details>\n";
}

/// The judgement of the run, where it is not the usual one.
void WriteVerdictOf(Markup& page, const Test& test) {
  if (test.why.empty() && test.waiver.empty() && !test.baseline) return;
  page << "<p class=\"source\"><b>" << Text(NameOf(test.judgement)) << "</b>";
  if (!test.waiver.empty()) page << ", by waiver <code>" << Text(test.waiver) << "</code>";
  if (test.baseline) page << ", " << Text(NameOf(*test.baseline)) << " in the baseline";
  if (!test.why.empty()) page << ": " << Text(test.why);
  page << "</p>\n";
}

void WriteAgain(Markup& page, const Test& test, const Attempt* attempt) {
  page << "<h4>Again</h4>\n<pre><code>" << Text(test.command) << "</code></pre>\n";
  if (!test.replay.empty()) {
    page << "<p>Only the round that decided, with the plan below in a file <code>PLAN</code>:</p>\n"
            "<pre><code>"
         << Text(test.replay) << "</code></pre>\n";
  }
  page << "<details><summary>The plan, to paste</summary><pre><code>" << Text(test.plan)
       << "</code></pre></details>\n";
  WriteProgram(page, test, attempt);
  if (attempt != nullptr && !attempt->trace.empty()) {
    page << "<details><summary>What happened, as a plan that demands it</summary><pre><code>"
         << Text(attempt->trace) << "</code></pre></details>\n";
  }
}

/// The defect for which the case was written.
void WriteOrigin(Markup& page, const Test& test) {
  if (test.known_from.empty()) return;
  page << "<p class=\"source\">Known from " << Text(test.known_from) << "; " << Text(test.affected)
       << "</p>\n";
}

void WriteHow(Markup& page, const Test& test, const Attempt& attempt) {
  const auto alike =
      std::count_if(test.attempts.begin(), test.attempts.end(),
                    [&](const Attempt& other) { return other.status == test.status; });
  page << "<p class=\"source\">" << static_cast<std::uint64_t>(alike) << " of "
       << Text(Counted(test.attempts.size(), "attempt", "attempts")) << " gave this result; "
       << Text(Counted(attempt.rounds, "round", "rounds")) << ", "
       << Text(Counted(attempt.steps, "step", "steps")) << ", "
       << Text(DurationText(attempt.duration_s));
  if (!attempt.seed.empty()) page << ", seed " << Text(attempt.seed);
  page << ". Written in <code>" << Text(test.file) << ":" << test.line << "</code>.</p>\n";
}

/// The records that have it, and how they differ from the first.
void WriteWhere(Markup& page, const View& view, const Card& card) {
  if (view.single()) return;
  page << "<p class=\"source\">In " << Text(Counted(card.in.size(), "record", "records"))
       << ", shown as in the first:</p>\n<ul class=\"source\">";
  for (const auto& [record, test] : card.in) {
    page << "<li>" << Text(view.labels[record]);
    if (test->reason != card.test().reason) page << ": " << Text(test->reason);
    page << "</li>";
  }
  page << "</ul>\n";
}

void WriteCard(Markup& page, const View& view, const Card& card) {
  const Test& test = card.test();
  const Record& record = view.records[card.record()];
  page << "<article class=\"card " << ClassOf(test.status) << "\" data-status=\""
       << ClassOf(test.status) << "\" id=\"card-" << card.number
       << "\" aria-labelledby=\"card-title-" << card.number << "\">\n<details"
       << (card.number <= kOpenCards ? Literal(" open") : Literal(""))
       << "><summary><h3 id=\"card-title-" << card.number << "\">";
  WriteStatus(page, test.status);
  page << " <code>" << Text(test.id) << "</code></h3>";
  page << "</summary>\n<p class=\"reason\">" << Text(test.reason) << "</p>\n";
  WriteVerdictOf(page, test);
  WriteWhere(page, view, card);
  if (card.number > kFullCards) {
    page << "<pre><code>" << Text(test.command) << "</code></pre>\n</details></article>\n";
    return;
  }
  const Attempt* attempt = test.deciding();
  if (attempt != nullptr) WriteObjections(page, *attempt);
  for (const auto& [id, status] : test.requirements) {
    WriteRequirement(page, *record.FindEntry(id), status);
  }
  WriteOrigin(page, test);
  if (attempt != nullptr) {
    WriteTrace(page, *attempt, card);
    WriteResidue(page, *attempt);
    WriteHow(page, test, *attempt);
  }
  WriteAgain(page, test, attempt);
  page << "</details></article>\n";
}

void WriteFailures(Markup& page, const View& view) {
  page << "<section id=\"failures\" aria-labelledby=\"failures-title\">\n"
          "<h2 id=\"failures-title\">Failures</h2>\n";
  if (view.cards.empty()) {
    page << "<p>No case failed, and each that was performed could be decided.</p>\n";
  }
  WriteSufferers(page, view);
  if (view.cards.size() > kFullCards) {
    page << "<p>The first " << std::uint64_t{kFullCards} << " of "
         << static_cast<std::uint64_t>(view.cards.size())
         << " are shown in full, the others in short. A page of a record with fewer cases has all "
            "of "
            "each.</p>\n";
  }
  for (const Card& card : view.cards) WriteCard(page, view, card);
  page << "</section>\n";
}

const internal::PartRegistration registration(
    {.place = 60, .id = "failures", .title = "Failures", .write = &WriteFailures});

}  // namespace
}  // namespace shmspec::reports
