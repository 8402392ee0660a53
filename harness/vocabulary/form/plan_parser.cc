// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/form/plan_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harness/vocabulary/form/text.h"
#include "harness/vocabulary/form/text_pattern.h"

namespace shmspec {
namespace text {
namespace {

/// The lists that "did you mean" chooses from.
std::vector<std::string> OperationNames() {
  std::vector<std::string> names;
  ForEachAlternative<Operation>([&]<class Op>() { names.emplace_back(Op::kName); });
  return names;
}

/// The line up to a comment. A `#` inside quotes is no comment.
std::string_view WithoutComment(std::string_view line) {
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\\' && quoted)
      ++i;
    else if (line[i] == '"')
      quoted = !quoted;
    else if (line[i] == '#' && !quoted)
      return line.substr(0, i);
  }
  return line;
}

/// Names that would be read as something else where an actor can stand.
bool IsReserved(std::string_view name) {
  static constexpr std::array kWords{"ok", "any", "null", "private", "none", "join", "race"};
  if (std::find(kWords.begin(), kWords.end(), name) != kWords.end()) return true;
  return name.size() >= 2 && FromName<HandleKind>(name.substr(0, 1)) && name[1] >= '0' &&
         name[1] <= '9';
}

/// What begins a line of a trace and none of a plan.
constexpr std::array<std::string_view, 4> kWordsOfTraces{"system", "facts", "keys", "halted"};
constexpr const char* kNoTraceHere =
    "this belongs to a trace and not to a plan; shmspec judge reads traces";

}  // namespace

bool PlanParser::Line(Cursor& cursor) {
  cursor.SkipSpaces();
  if (cursor.AtEnd()) return true;
  if (cursor.Accept("plan ")) return Name(cursor);
  if (cursor.Accept("requirement ")) return Cites(cursor);
  if (cursor.Accept("actor ")) return Declares(cursor);
  if (cursor.Accept("race ")) return OpensRace(cursor);
  if (cursor.Accept("}")) return ClosesRace(cursor);
  if (cursor.Accept("join ")) return Joins(cursor);
  if (const std::optional<bool> other = Other(cursor)) return *other;
  return Steps(cursor);
}

bool PlanParser::Name(Cursor& cursor) {
  cursor.SkipSpaces();
  const std::string_view name = cursor.Word();
  if (name.empty()) return cursor.Fail("expected a name such as sysv.remove.my_plan");
  if (!plan_.name.empty()) return cursor.Fail("the plan has a name already");
  plan_.name = name;
  return End(cursor);
}

bool PlanParser::Cites(Cursor& cursor) {
  cursor.SkipSpaces();
  const std::size_t start = cursor.position();
  const std::string_view id = cursor.Word();
  const auto requirement = FindRequirement(id);
  if (!requirement) {
    return cursor.FailAt(start, fmt::format("the catalogue has no requirement \"{}\"{}", id,
                                            DidYouMean(id, RequirementIds())));
  }
  plan_.requirements.push_back(*requirement);
  return End(cursor);
}

bool PlanParser::Declares(Cursor& cursor) {
  cursor.SkipSpaces();
  const std::size_t start = cursor.position();
  ActorSpec actor;
  actor.name = cursor.Name();
  if (actor.name.empty() || IsReserved(actor.name)) {
    return cursor.FailAt(start,
                         "expected a name for the actor that is not a word of the plan "
                         "language, such as \"a\" or \"owner\"");
  }
  if (!plan_.steps.empty()) return cursor.FailAt(start, "declare actors before the first step");
  plan_.actors.push_back(actor);
  std::vector<std::string> seen{"name"};
  return ParseFields(cursor, ReadInto(plan_.actors.back()), seen, plan_.actors) && End(cursor);
}

bool PlanParser::OpensRace(Cursor& cursor) {
  cursor.SkipSpaces();
  if (racing_) return cursor.Fail("a race inside a race; close the first one with \"}\"");
  racing_ = true;
  return cursor.Demand("{") && End(cursor);
}

bool PlanParser::ClosesRace(Cursor& cursor) {
  if (!racing_) return cursor.Fail("no race is open here; open one with \"race {\"");
  racing_ = false;
  ++races_;
  return End(cursor);
}

bool PlanParser::Joins(Cursor& cursor) {
  Step step;
  step.timing = Timing::kJoin;
  step.line = line_;
  cursor.SkipSpaces();
  if (racing_) return cursor.Fail("a race waits for its branches by itself");
  if (!ParseActor(cursor, step.actor, plan_.actors)) return false;
  plan_.steps.push_back(step);
  return Behind(cursor) && End(cursor);
}

bool PlanParser::Steps(Cursor& cursor) {
  Step step;
  step.line = line_;
  step.timing = racing_ ? Timing::kRace : Timing::kTurn;
  step.race = racing_ ? races_ : std::uint16_t{0};
  if (plan_.name.empty() && plan_.actors.empty()) {
    return cursor.Fail("this is no plan; expected a line \"plan NAME\" first");
  }
  if (!ParseActor(cursor, step.actor, plan_.actors)) return false;
  if (cursor.Accept(" &")) {
    if (racing_) return cursor.Fail("a race starts its branches by itself; write \":\"");
    step.timing = Timing::kStart;
  } else if (!cursor.Demand(":")) {
    return false;
  }
  cursor.SkipSpaces();
  Reference assigned;
  if (AcceptHandle(cursor, assigned)) {
    step.assigns = assigned.handle;
    cursor.SkipSpaces();
    if (!cursor.Demand("=")) return false;
    cursor.SkipSpaces();
  }
  if (!ParseOperation(cursor, step.operation) || !Expectation(cursor, step)) return false;
  plan_.steps.push_back(std::move(step));
  return Behind(cursor) && End(cursor);
}

bool PlanParser::ParseOperation(Cursor& cursor, Operation& operation) {
  const std::size_t start = cursor.position();
  const std::string name(cursor.Word());
  bool known = false;
  ForEachAlternative<Operation>([&]<class Op>() {
    if (Op::kName != name) return;
    known = true;
    std::vector<std::string> seen;
    ParseFields(cursor, ReadInto(operation.emplace<Op>()), seen, plan_.actors);
  });
  if (!known) {
    return cursor.FailAt(
        start, fmt::format("no operation \"{}\"{}", name, DidYouMean(name, OperationNames())));
  }
  return cursor.ok();
}

bool PlanParser::Expectation(Cursor& cursor, Step& step) {
  cursor.SkipSpaces();
  if (!cursor.Accept("->")) return true;
  cursor.SkipSpaces();
  return ParseAlternatives(cursor, step.expected.emplace(), plan_.actors);
}

bool PlanParser::End(Cursor& cursor) {
  cursor.SkipSpaces();
  return cursor.ok() &&
         (cursor.AtEnd() || cursor.Fail("expected the end of the line, found " + cursor.Found()));
}

std::optional<bool> PlanParser::Other(Cursor& cursor) {
  for (const std::string_view word : kWordsOfTraces) {
    if (AcceptWord(cursor, word)) return cursor.FailAt(0, kNoTraceHere);
  }
  return std::nullopt;
}

bool PlanParser::Behind(Cursor& cursor) {
  cursor.SkipSpaces();
  return !cursor.Rest().starts_with("=>") || cursor.Fail(kNoTraceHere);
}

bool PlanParser::AcceptWord(Cursor& cursor, std::string_view word) {
  Cursor ahead = cursor;
  if (!ahead.Accept(word) || !ahead.Accept(" ")) return false;
  ahead.SkipSpaces();
  if (ahead.Peek() == '&') return false;
  cursor = ahead;
  return true;
}

std::optional<Error> PlanParser::Read(std::string_view text, std::string_view file) {
  while (!text.empty()) {
    ++line_;
    const std::size_t end = text.find('\n');
    Cursor cursor(WithoutComment(text.substr(0, end)), page_);
    const bool read = Line(cursor);
    took_pages_ = took_pages_ || cursor.took_pages();
    if (!read) return ErrorAt(file, line_, cursor.column(), cursor.message());
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  if (racing_) return ErrorAt(file, line_ + 1, 1, "expected \"}\" to close the race");
  if (plan_.name.empty()) return ErrorAt(file, 1, 1, "expected a line \"plan NAME\"");
  if (const auto flaw = FindFlaw(plan_)) {
    const std::uint32_t line = flaw->step ? plan_.steps[*flaw->step].line : 1;
    return ErrorAt(file, line, 1, flaw->message);
  }
  return std::nullopt;
}

bool ParseFields(Cursor& cursor, const StructToRead& to, std::vector<std::string>& seen,
                 Actors actors) {
  for (;;) {
    const std::size_t before = cursor.position();
    cursor.SkipSpaces();
    const std::string_view rest = cursor.Rest();
    if (rest.empty() || rest.starts_with("->") || rest.starts_with("=>")) return cursor.ok();
    if (cursor.position() == before) {
      return cursor.Fail("expected a space before the next field, found " + cursor.Found());
    }
    if (!ParseField(cursor, to, seen, actors)) return false;
  }
}

Error ErrorAt(std::string_view file, std::size_t line, std::size_t column,
              std::string_view message) {
  return Error{fmt::format("{}:{}:{}: {}", file, line, column, message)};
}

}  // namespace text

Result<Plan> ParsePlan(std::string_view text, std::string_view file) {
  text::PlanParser parser;
  if (auto error = parser.Read(text, file)) return *std::move(error);
  return parser.Take();
}

}  // namespace shmspec
