// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "harness/vocabulary/form/plan_parser.h"
#include "harness/vocabulary/form/text_pattern.h"
#include "harness/vocabulary/form/trace_lines.h"
#include "harness/vocabulary/form/trace_text.h"
#include "harness/vocabulary/plan/usual_facts.h"
#include "harness/vocabulary/value/wrapping.h"

namespace shmspec {
namespace text {
bool ParseOutcome(Cursor& cursor, Outcome& outcome, Actors actors) {
  bool parsed = false;
  ForEachAlternative<Outcome>([&]<class R>() {
    if (parsed || !cursor.Rest().starts_with(std::string(R::kName) + "{")) return;
    parsed = true;
    R record;
    ParseStruct(cursor, record, actors);
    outcome = std::move(record);
  });
  if (parsed) return cursor.ok();
  const char next = cursor.Peek();
  if (next == 'E' || cursor.Rest().starts_with("errno:")) {
    Failure failure;
    if (!Parse(cursor, failure.error, actors)) return false;
    outcome = failure;
    return true;
  }
  if (next != '-' && (next < '0' || next > '9')) {
    return cursor.Fail(
        "expected what was seen: a number, an error such as EINVAL, a record such as "
        "segment{nattch=1}, \"in flight\" or \"not called\"; found " +
        cursor.Found());
  }
  Value value;
  if (!Parse(cursor, value.number, actors)) return false;
  outcome = value;
  return true;
}

namespace {

/// Whether an instant comes next, `call_ns=5`, and no outcome.
bool AtField(Cursor cursor) { return !cursor.Name().empty() && cursor.Peek() == '='; }

constexpr bool IsPowerOfTwo(std::uint64_t number) {
  return number != 0 && (number & (number - 1)) == 0;
}

class TraceParser final : public PlanParser {
 public:
  TraceParser() { SetPage(SystemFacts().page_size); }

  Result<Trace> Parse(std::string_view text, std::string_view file);

 private:
  /// What one line says was seen of its step.
  struct Seen {
    Performed performed;
    Instants instants;
    std::size_t column = 1;
  };

  std::optional<bool> Other(Cursor& cursor) override;
  bool Behind(Cursor& cursor) override;
  bool SystemLine(Cursor& cursor);
  bool FactsLine(Cursor& cursor);
  bool KeysLine(Cursor& cursor);
  bool HaltedLine(Cursor& cursor);
  bool ParseSeen(Cursor& cursor, Seen& seen);

  std::optional<Error> Complete(std::string_view file);
  std::vector<ActorFacts> CompleteFacts() const;
  std::optional<Error> CheckInstants(std::string_view file, const std::vector<bool>& may_overlap);
  void FillInstants(const std::vector<bool>& may_overlap);
  Error ErrorAtStep(std::string_view file, std::size_t step, std::string_view message) const {
    return ErrorAt(file, plan().steps[step].line, seen_[step].column, message);
  }

  Trace trace_;
  std::vector<Seen> seen_;  // by step
  /// By actor: the facts that are given, and which fields those are.
  std::map<std::size_t, std::pair<ActorFacts, std::vector<std::string>>> facts_;
  std::map<std::size_t, std::int64_t> keys_;
  std::set<std::string_view> said_;  // kinds of lines that come once
  std::uint32_t halted_line_ = 0;
  std::optional<bool> instants_given_;  // for the steps that may overlap, if there are any
};

std::optional<bool> TraceParser::Other(Cursor& cursor) {
  using Reader = bool (TraceParser::*)(Cursor&);
  static constexpr std::pair<std::string_view, Reader> kReaders[] = {
      {"system", &TraceParser::SystemLine},
      {"facts", &TraceParser::FactsLine},
      {"keys", &TraceParser::KeysLine},
      {"halted", &TraceParser::HaltedLine}};
  for (const auto& [word, reader] : kReaders) {
    if (!AcceptWord(cursor, word)) continue;
    if (word != "facts" && !said_.insert(word).second) {
      return cursor.FailAt(0, fmt::format("a second line \"{}\"; write all on one", word));
    }
    return (this->*reader)(cursor) && End(cursor);
  }
  return std::nullopt;
}

bool TraceParser::SystemLine(Cursor& cursor) {
  std::vector<std::string> seen;
  const std::size_t start = cursor.position();
  SystemFacts& system = trace_.system;
  if (!ParseField(cursor, ReadInto(system), seen, plan().actors)) return false;
  if (!ParseFields(cursor, ReadInto(system), seen, plan().actors)) return false;
  const bool sizes = IsPowerOfTwo(system.page_size) && IsPowerOfTwo(system.shmlba) &&
                     (system.huge_page_size == 0 || IsPowerOfTwo(system.huge_page_size));
  if (!sizes) {
    return cursor.FailAt(start,
                         "expected page_size, shmlba and huge_page_size to be powers of two");
  }
  if (took_pages() && system.page_size != SystemFacts().page_size) {
    return cursor.FailAt(start, "write this line above the first number in pages");
  }
  SetPage(system.page_size);
  return true;
}

bool TraceParser::FactsLine(Cursor& cursor) {
  const std::size_t start = cursor.position();
  ActorRef actor;
  if (!ParseActor(cursor, actor, plan().actors)) return false;
  const auto [entry, first] = facts_.try_emplace(actor.index);
  if (!first) {
    return cursor.FailAt(start, "a second line of facts about this actor; write all on one");
  }
  return ParseFields(cursor, ReadInto(entry->second.first), entry->second.second, plan().actors);
}

bool TraceParser::KeysLine(Cursor& cursor) {
  while (cursor.ok() && !cursor.AtEnd()) {
    const std::size_t start = cursor.position();
    Reference key;
    const bool taken = AcceptHandle(cursor, key) && cursor.ok();
    if (!taken || key.handle->kind != HandleKind::kKey || key.offset != 0) {
      return cursor.FailAt(start, "expected the value of a key, such as k0=0x5348");
    }
    std::int64_t& value = keys_[key.handle->index];
    if (!cursor.Demand("=") || !ParseSigned(cursor, value)) return false;
    cursor.SkipSpaces();
  }
  return cursor.ok();
}

bool TraceParser::HaltedLine(Cursor& cursor) {
  Halted halted;
  std::vector<std::string> seen;
  if (!ParseField(cursor, ReadInto(halted), seen, plan().actors)) return false;
  if (!ParseFields(cursor, ReadInto(halted), seen, plan().actors)) return false;
  trace_.halt = halted.by;
  trace_.halted_at = halted.step;
  trace_.trouble = std::move(halted.trouble);
  trace_.lacking = halted.lacking;
  halted_line_ = line();
  return true;
}

bool TraceParser::Behind(Cursor& cursor) {
  Seen& seen = seen_.emplace_back();
  cursor.SkipSpaces();
  seen.column = cursor.position() + 1;
  if (cursor.Accept("=>")) return ParseSeen(cursor, seen);
  return plan().steps.back().timing == Timing::kJoin ||
         cursor.Fail(
             "expected what was seen of the step: \"=> 0\", \"=> EINVAL\", \"=> not called\"; "
             "found " +
             cursor.Found());
}

bool TraceParser::ParseSeen(Cursor& cursor, Seen& seen) {
  cursor.SkipSpaces();
  Performed& performed = seen.performed;
  performed.called = !cursor.Accept("not called");
  performed.returned = performed.called && !cursor.Accept("in flight");
  if (!performed.returned) cursor.SkipSpaces();
  const bool outcome = performed.returned || !(cursor.AtEnd() || AtField(cursor));
  if (outcome && !ParseOutcome(cursor, performed.outcome, plan().actors)) return false;
  std::vector<std::string> fields;
  if (AtField(cursor)) ParseField(cursor, ReadInto(seen.instants), fields, plan().actors);
  if (!cursor.ok() || !ParseFields(cursor, ReadInto(seen.instants), fields, plan().actors))
    return false;
  performed.call_ns = seen.instants.call_ns.value_or(0);
  performed.return_ns = seen.instants.return_ns.value_or(0);
  performed.not_before_s = seen.instants.not_before_s.value_or(0);
  performed.not_after_s = seen.instants.not_after_s.value_or(UsualNotAfter(performed.called));
  const bool reversed = performed.returned && performed.not_before_s > performed.not_after_s;
  return !reversed ||
         cursor.FailAt(seen.column - 1, "expected not_before_s to be at most not_after_s");
}

std::vector<ActorFacts> TraceParser::CompleteFacts() const {
  return FactsOf(plan(), [&](std::size_t i, ActorFacts& facts) {
    const auto given = facts_.find(i);
    if (given == facts_.end()) return;
    const ActorFacts& values = given->second.first;
    const std::vector<std::string>& names = given->second.second;
    ForEachField<ActorFacts>([&](const auto& field) {
      if (std::find(names.begin(), names.end(), field.name) == names.end()) return;
      facts.*field.member = values.*field.member;
    });
  });
}

std::optional<Error> TraceParser::CheckInstants(std::string_view file,
                                                const std::vector<bool>& may_overlap) {
  for (std::size_t i = 0; i < seen_.size(); ++i) {
    const Seen& seen = seen_[i];
    if (!may_overlap[i] || !seen.performed.called) continue;
    const bool call = seen.instants.call_ns.has_value();
    const bool end = seen.instants.return_ns.has_value();
    if (call != end && (seen.performed.returned || end)) {
      return ErrorAtStep(file, i, "expected call_ns and return_ns, or none of the two");
    }
    if (instants_given_.value_or(call) != call) {
      return ErrorAtStep(file, i,
                         "expected call_ns and return_ns at all steps that may overlap others, or "
                         "at none");
    }
    instants_given_ = call;
    if (call && end && *seen.instants.call_ns > *seen.instants.return_ns) {
      return ErrorAtStep(file, i, "expected call_ns to be at most return_ns");
    }
  }
  return std::nullopt;
}

/// A clock that goes on with each step. In a race the steps of the same number in all branches are
/// at the same time; what was started with "&" lasts until its join, or to the end.
void TraceParser::FillInstants(const std::vector<bool>& may_overlap) {
  constexpr std::uint64_t kTurn_ns = 100;
  std::uint64_t now_ns = 0;
  std::uint64_t race_ns = 0;                    // when the race began
  std::map<std::uint8_t, std::uint64_t> turns;  // by actor: its steps of the race so far
  std::map<std::uint8_t, std::size_t> started;  // by actor
  const auto called_at = [&](std::size_t i, std::uint64_t ns) {
    if (may_overlap[i] && seen_[i].performed.called) seen_[i].performed.call_ns = ns;
  };
  const auto returned_at = [&](std::size_t i, std::uint64_t ns) {
    if (may_overlap[i] && seen_[i].performed.returned) seen_[i].performed.return_ns = ns;
  };
  for (std::size_t i = 0; i < plan().steps.size(); ++i) {
    const Step& step = plan().steps[i];
    if (step.timing == Timing::kRace) {
      const Step* before = i > 0 ? &plan().steps[i - 1] : nullptr;
      if (before == nullptr || before->timing != Timing::kRace || before->race != step.race) {
        turns.clear();
        race_ns = now_ns;
      }
      const std::uint64_t turn_ns = race_ns + kTurn_ns * turns[step.actor.index]++;
      called_at(i, turn_ns + 1);
      returned_at(i, turn_ns + kTurn_ns - 1);
      now_ns = std::max(now_ns, turn_ns + kTurn_ns);
    } else if (step.timing == Timing::kJoin) {
      returned_at(started[step.actor.index], ++now_ns);
      started.erase(step.actor.index);
    } else {
      called_at(i, ++now_ns);
      if (step.timing == Timing::kStart) {
        started[step.actor.index] = i;
      } else {
        returned_at(i, ++now_ns);
      }
    }
  }
  for (const auto& [actor, step] : started) returned_at(step, ++now_ns);
}

std::optional<Error> TraceParser::Complete(std::string_view file) {
  const std::vector<bool> may_overlap = MayOverlap(plan());
  if (auto error = CheckInstants(file, may_overlap)) return error;
  if (!instants_given_.value_or(false)) FillInstants(may_overlap);
  for (Seen& seen : seen_) trace_.steps.push_back(std::move(seen.performed));
  if (trace_.halted_at) {
    if (*trace_.halted_at < 1 || *trace_.halted_at > seen_.size()) {
      return ErrorAt(file, halted_line_, 1,
                     fmt::format("expected a step from 1 to {}", seen_.size()));
    }
    --*trace_.halted_at;
  }
  trace_.actors = CompleteFacts();
  std::int64_t usual = kUsualFirstKey;
  for (std::size_t i = 0; i < trace_.keys.size(); ++i) {
    const auto given = keys_.find(i);
    trace_.keys[i] = given == keys_.end() ? usual : given->second;
    usual = WrappingSum(trace_.keys[i], 1);
  }
  return std::nullopt;
}

Result<Trace> TraceParser::Parse(std::string_view text, std::string_view file) {
  trace_.system = UsualSystem();
  if (auto error = Read(text, file)) return *std::move(error);
  if (auto error = Complete(file)) return *std::move(error);
  trace_.plan = Take();
  return std::move(trace_);
}

}  // namespace

std::vector<bool> MayOverlap(const Plan& plan) {
  std::vector<bool> may_overlap;
  std::size_t started = 0;
  for (const Step& step : plan.steps) {
    if (step.timing == Timing::kJoin) --started;
    if (step.timing == Timing::kStart) ++started;
    may_overlap.push_back(step.timing != Timing::kJoin &&
                          (started > 0 || step.timing == Timing::kRace));
  }
  return may_overlap;
}

}  // namespace text

Result<Trace> ParseTrace(std::string_view text, std::string_view file) {
  return text::TraceParser().Parse(text, file);
}

}  // namespace shmspec
