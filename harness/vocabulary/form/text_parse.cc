// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include <algorithm>

#include "harness/vocabulary/form/text.h"
#include "harness/vocabulary/form/text_pattern.h"

namespace shmspec {
namespace {

using text::Cursor;

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

class PlanParser {
 public:
  /// Reads one line; false leaves the reason in the cursor.
  bool Line(Cursor& cursor, std::uint32_t number) {
    cursor.SkipSpaces();
    if (cursor.AtEnd()) return true;
    if (cursor.Accept("plan ")) return Name(cursor);
    if (cursor.Accept("requirement ")) return Cites(cursor);
    if (cursor.Accept("actor ")) return Declares(cursor);
    if (cursor.Accept("race ")) return OpensRace(cursor);
    if (cursor.Accept("}")) return ClosesRace(cursor);
    if (cursor.Accept("join ")) return Joins(cursor, number);
    return Steps(cursor, number);
  }

  bool racing() const { return racing_; }
  Plan Take() { return std::move(plan_); }
  const Plan& plan() const { return plan_; }

 private:
  bool Name(Cursor& cursor) {
    cursor.SkipSpaces();
    const std::string_view name = cursor.Word();
    if (name.empty()) return cursor.Fail("expected a name such as sysv.remove.my_plan");
    if (!plan_.name.empty()) return cursor.Fail("the plan has a name already");
    plan_.name = name;
    return End(cursor);
  }

  bool Cites(Cursor& cursor) {
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

  bool Declares(Cursor& cursor) {
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
    return Fields(cursor, plan_.actors.back(), seen) && End(cursor);
  }

  bool OpensRace(Cursor& cursor) {
    cursor.SkipSpaces();
    if (racing_) return cursor.Fail("a race inside a race; close the first one with \"}\"");
    racing_ = true;
    return cursor.Demand("{") && End(cursor);
  }

  bool ClosesRace(Cursor& cursor) {
    if (!racing_) return cursor.Fail("no race is open here; open one with \"race {\"");
    racing_ = false;
    ++races_;
    return End(cursor);
  }

  bool Joins(Cursor& cursor, std::uint32_t number) {
    Step step;
    step.timing = Timing::kJoin;
    step.line = number;
    cursor.SkipSpaces();
    if (racing_) return cursor.Fail("a race waits for its branches by itself");
    if (!text::ParseActor(cursor, step.actor, plan_.actors)) return false;
    plan_.steps.push_back(step);
    return End(cursor);
  }

  bool Steps(Cursor& cursor, std::uint32_t number) {
    Step step;
    step.line = number;
    step.timing = racing_ ? Timing::kRace : Timing::kTurn;
    step.race = racing_ ? races_ : std::uint16_t{0};
    if (plan_.name.empty() && plan_.actors.empty()) {
      return cursor.Fail("this is no plan; expected a line \"plan NAME\" first");
    }
    if (!text::ParseActor(cursor, step.actor, plan_.actors)) return false;
    if (cursor.Accept(" &")) {
      if (racing_) return cursor.Fail("a race starts its branches by itself; write \":\"");
      step.timing = Timing::kStart;
    } else if (!cursor.Demand(":")) {
      return false;
    }
    cursor.SkipSpaces();
    Reference assigned;
    if (text::AcceptHandle(cursor, assigned)) {
      step.assigns = assigned.handle;
      cursor.SkipSpaces();
      if (!cursor.Demand("=")) return false;
      cursor.SkipSpaces();
    }
    if (!ParseOperation(cursor, step.operation) || !Expectation(cursor, step)) return false;
    plan_.steps.push_back(std::move(step));
    return End(cursor);
  }

  bool ParseOperation(Cursor& cursor, Operation& operation) {
    const std::size_t start = cursor.position();
    const std::string name(cursor.Word());
    bool known = false;
    ForEachAlternative<Operation>([&]<class Op>() {
      if (Op::kName != name) return;
      known = true;
      std::vector<std::string> seen;
      Fields(cursor, operation.emplace<Op>(), seen);
    });
    if (!known) {
      return cursor.FailAt(
          start, fmt::format("no operation \"{}\"{}", name, DidYouMean(name, OperationNames())));
    }
    return cursor.ok();
  }

  bool Expectation(Cursor& cursor, Step& step) {
    cursor.SkipSpaces();
    if (!cursor.Accept("->")) return true;
    cursor.SkipSpaces();
    return text::ParseAlternatives(cursor, step.expected.emplace(), plan_.actors);
  }

  template <class T>
  bool Fields(Cursor& cursor, T& record, std::vector<std::string>& seen) {
    for (;;) {
      const std::size_t before = cursor.position();
      cursor.SkipSpaces();
      if (cursor.AtEnd() || cursor.Rest().starts_with("->")) return true;
      if (cursor.position() == before) {
        return cursor.Fail("expected a space before the next field, found " + cursor.Found());
      }
      if (!text::ParseField(cursor, record, seen, plan_.actors)) return false;
    }
  }

  static bool End(Cursor& cursor) {
    cursor.SkipSpaces();
    return cursor.ok() &&
           (cursor.AtEnd() || cursor.Fail("expected the end of the line, found " + cursor.Found()));
  }

  Plan plan_;
  bool racing_ = false;
  std::uint16_t races_ = 0;
};

Error At(std::string_view file, std::size_t line, std::size_t column, std::string_view message) {
  return Error{fmt::format("{}:{}:{}: {}", file, line, column, message)};
}

}  // namespace

Result<Plan> ParsePlan(std::string_view text, std::string_view file) {
  PlanParser parser;
  std::uint32_t number = 0;
  while (!text.empty()) {
    ++number;
    const std::size_t end = text.find('\n');
    Cursor cursor(WithoutComment(text.substr(0, end)));
    if (!parser.Line(cursor, number)) {
      return At(file, number, cursor.column(), cursor.message());
    }
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  if (parser.racing()) return At(file, number + 1, 1, "expected \"}\" to close the race");
  if (parser.plan().name.empty()) {
    return At(file, 1, 1, "expected a line \"plan NAME\"");
  }
  if (const auto flaw = FindFlaw(parser.plan())) {
    const std::uint32_t line = flaw->step ? parser.plan().steps[*flaw->step].line : 1;
    return At(file, line, 1, flaw->message);
  }
  return parser.Take();
}

}  // namespace shmspec
