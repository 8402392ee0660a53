// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "harness/vocabulary/form/text.h"
#include "harness/vocabulary/form/text_value.h"
#include "reports/html/page.h"
#include "reports/record/plan_in_record.h"
#include "reports/text/plain_text.h"

namespace shmspec::reports {
namespace {

/// The number of steps to show before the first offending one, and after the last.
constexpr std::size_t kStepsBefore = 40;
constexpr std::size_t kStepsAfter = 3;

/// The steps to show: [first, end).
struct Window {
  std::size_t first = 0;
  std::size_t end = 0;
};

Window WindowOf(const Plan& plan, const std::set<std::size_t>& offending) {
  const std::size_t count = plan.steps.size();
  if (offending.empty()) return {0, std::min(count, kStepsBefore)};
  const std::size_t first = *offending.begin();
  return {first < kStepsBefore ? 0 : first - kStepsBefore,
          std::min(count, *offending.rbegin() + 1 + kStepsAfter)};
}

std::string StepText(const Step& step, const Plan& plan) {
  if (step.timing == Timing::kJoin) return "join";
  std::string text;
  if (step.assigns) {
    text::PrintReference(text, Reference{step.assigns, 0});
    text += " = ";
  }
  return text + PrintOperation(step.operation, plan.actors);
}

void WriteLane(Markup& page, const Step& step, const Plan& plan, bool offends) {
  page << "<td class=\"acts\">";
  if (step.timing == Timing::kStart) page << "<span class=\"when\">not waited for</span> ";
  page << "<code>" << Text(StepText(step, plan)) << "</code>";
  if (step.timing != Timing::kJoin) {
    page << "<span class=\"outcome\"><span aria-hidden=\"true\">→</span> <code>";
    page << Text(step.expected ? PrintPattern(*step.expected, plan.actors) : "did not return");
    page << "</code></span>";
  }
  if (offends) page << " <strong class=\"offends\">✗ not allowed</strong>";
  page << "</td>";
}

void WriteStep(Markup& page, const Plan& plan, std::size_t index, bool offends) {
  const Step& step = plan.steps[index];
  const bool races = step.timing == Timing::kRace;
  page << "<tr class=\"" << (races ? Literal("race") : Literal(""))
       << (offends ? Literal(" offending") : Literal("")) << "\"><th scope=\"row\">"
       << static_cast<std::uint64_t>(index + 1);
  if (races) page << " <span class=\"when\">race</span>";
  page << "</th>";
  for (std::size_t lane = 0; lane < plan.actors.size(); ++lane) {
    if (lane == step.actor.index) {
      WriteLane(page, step, plan, offends);
    } else {
      page << "<td></td>";
    }
  }
  page << "</tr>\n";
}

void WriteLanes(Markup& page, const Plan& plan, const std::set<std::size_t>& offending,
                const Card& card) {
  OpenScroll(page, fmt::format("What happened, failure {}", card.number));
  page << "<table class=\"lanes\"><caption>What happened, a column for each actor</caption>\n"
          "<thead><tr><th scope=\"col\">Step</th>";
  for (const ActorSpec& actor : plan.actors) {
    page << "<th scope=\"col\">" << Text(actor.name);
    if (actor.uid) {
      std::string uid;
      text::PrintId(uid, actor.uid->number);
      page << " <span class=\"when\">uid " << Text(uid) << "</span>";
    }
    page << "</th>";
  }
  page << "</tr></thead>\n<tbody>\n";
  const Window window = WindowOf(plan, offending);
  const std::uint64_t width = plan.actors.size() + 1;
  if (window.first > 0) {
    page << "<tr><td colspan=\"" << width << "\">" << Text(Counted(window.first, "step", "steps"))
         << " before</td></tr>\n";
  }
  for (std::size_t i = window.first; i < window.end; ++i) {
    WriteStep(page, plan, i, offending.contains(i));
  }
  if (window.end < plan.steps.size()) {
    page << "<tr><td colspan=\"" << width << "\">"
         << Text(Counted(plan.steps.size() - window.end, "step", "steps")) << " after</td></tr>\n";
  }
  page << "</tbody></table></div>\n";
}

/// The excerpt as it is; lines that begin with `!` are the offending ones.
void WriteExcerpt(Markup& page, std::string_view excerpt) {
  page << "<pre class=\"excerpt\" tabindex=\"0\"><code>";
  while (!excerpt.empty()) {
    const std::size_t end = std::min(excerpt.find('\n'), excerpt.size());
    const std::string_view line = excerpt.substr(0, end);
    if (line.substr(std::min(line.find_first_not_of(' '), line.size())).starts_with("! ")) {
      page << "<mark>" << Text(line) << "</mark>\n";
    } else {
      page << Text(line) << "\n";
    }
    excerpt.remove_prefix(std::min(end + 1, excerpt.size()));
  }
  page << "</code></pre>\n";
}

}  // namespace

void WriteTrace(Markup& page, const Attempt& attempt, const Card& card) {
  if (attempt.trace.empty() && attempt.excerpt.empty()) return;
  page << "<h4>Trace</h4>\n";
  if (const Result<Plan> plan = PlanIn(attempt.trace); plan.ok()) {
    std::set<std::size_t> offending;
    for (const Objection& objection : attempt.objections) {
      if (objection.step > 0) offending.insert(objection.step - 1);
    }
    WriteLanes(page, *plan, offending, card);
  } else {
    WriteExcerpt(page, attempt.excerpt.empty() ? attempt.trace : attempt.excerpt);
  }
}

}  // namespace shmspec::reports
