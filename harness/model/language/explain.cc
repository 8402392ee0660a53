// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Clauses in words and as patterns: why an outcome is refused, and which are allowed.

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <utility>

#include "harness/model/language/judgement.h"

namespace shmspec::model {
namespace {

using namespace shmspec::literals;

std::string Text(Number number) {
  if (const std::uint32_t user = UserOf(static_cast<std::int64_t>(number)); user != 0) {
    return fmt::format("u{}", user);
  }
  return TextOf(number);
}

std::string_view FieldName(std::size_t result, std::uint8_t wanted) {
  std::string_view name;
  std::size_t alternative = 0;
  ForEachAlternative<Outcome>([&]<class R>() {
    std::uint8_t index = 0;
    ForEachField<R>([&](const auto& field) {
      if (alternative == result && index == wanted) name = field.name;
      ++index;
    });
    ++alternative;
  });
  return name;
}

std::string RangeText(const Bound& bound, const Scene& scene) {
  std::string text;
  if (bound.processes != 0) {
    if ((bound.processes & kNoProcess) != 0) text += " or 0";
    for (std::uint8_t i = 0; i < ActorRef::kLimit; ++i) {
      if ((bound.processes & OnlyProcess(i)) == 0) continue;
      text += fmt::format(" or {}", bound.IdShown(scene, i));
    }
    text.erase(0, std::min<std::size_t>(text.size(), 4));
  } else if (bound.low == bound.high) {
    text = Text(bound.low);
  } else {
    text = Text(bound.low) + ".." + Text(bound.high);
  }
  if (bound.has_other) text += " or " + Text(bound.other);
  return text;
}

std::string BoundText(std::string_view field, const Bound& bound, const Scene& scene, Number seen) {
  return fmt::format("{} is {}, must be {}: {}", field, Text(seen), RangeText(bound, scene),
                     bound.why);
}

Violation ExplainRows(const Clauses& clauses, const Scene& scene, const Outcome& outcome) {
  Violation violation;
  RowTrouble trouble;
  if (RowsHold(clauses, scene, outcome, trouble)) return violation;
  if (trouble.kind == RowTrouble::Kind::kExtra && clauses.explanation() != nullptr) {
    return clauses.explanation()(scene, outcome);
  }
  const Requirements& of_row =
      trouble.row != nullptr ? trouble.row->requirements : clauses.success();
  switch (trouble.kind) {
    case RowTrouble::Kind::kExtra:
      clauses.success().AppendTo(violation.requirements);
      violation.message = "a row for " + Text(trouble.key) + ", which does not exist here";
      break;
    case RowTrouble::Kind::kTwice:
      of_row.AppendTo(violation.requirements);
      violation.message = "two rows for " + Text(trouble.key);
      break;
    case RowTrouble::Kind::kMissing:
      of_row.AppendTo(violation.requirements);
      violation.message = "no row for " + Text(trouble.key);
      break;
    case RowTrouble::Kind::kName:
      trouble.row->name_requirements.AppendTo(violation.requirements);
      violation.message = fmt::format("the row for {} must have the name \"{}\"", Text(trouble.key),
                                      trouble.row->name);
      break;
    case RowTrouble::Kind::kSum:
      of_row.AppendTo(violation.requirements);
      violation.message = "the counts add up to " + Text(trouble.seen);
      break;
    case RowTrouble::Kind::kField: {
      trouble.bound->requirements.AppendTo(violation.requirements);
      std::string_view name;
      std::uint8_t index = 0;
      const auto visit = [&](const auto& field) {
        if (index++ == trouble.bound->field) name = field.name;
      };
      std::visit(
          [&]<class R>(const R& table) {
            if constexpr (requires { table.rows; }) {
              ForEachField<typename decltype(table.rows)::value_type>(visit);
            }
          },
          outcome);
      violation.message = "in the row for " + Text(trouble.key) + ": " +
                          BoundText(name, *trouble.bound, scene, trouble.seen);
      break;
    }
  }
  return violation;
}

Violation ExplainSuccess(const Clauses& clauses, const Scene& scene, const Outcome& outcome) {
  Violation violation;
  for (const Refusal& refusal : clauses.refusals()) {
    if (refusal.force != Force::kMust) continue;
    refusal.requirements.AppendTo(violation.requirements);
    violation.message = fmt::format("succeeded although {}", refusal.why);
  }
  if (!violation.message.empty()) return violation;
  if (outcome.index() != clauses.result()) {
    clauses.success().AppendTo(violation.requirements);
    violation.message = fmt::format("a result of another kind: {}", clauses.success_why());
    return violation;
  }
  const std::array<Number, kMostFields> numbers = NumbersOf(outcome);
  for (const Bound& bound : clauses.bounds()) {
    if (Holds(bound, scene, numbers[bound.field])) continue;
    bound.requirements.AppendTo(violation.requirements);
    if (!violation.message.empty()) violation.message += "; ";
    violation.message +=
        BoundText(FieldName(clauses.result(), bound.field), bound, scene, numbers[bound.field]);
  }
  if (const auto broken = BrokenByFresh(clauses, scene, outcome)) {
    violation.requirements.push_back(*broken);
    violation.message = fmt::format("{} may not be picked: {}", std::get<Value>(outcome).number,
                                    broken->text().statement);
  }
  if (violation.message.empty()) return ExplainRows(clauses, scene, outcome);
  return violation;
}

Violation ExplainStrayWrite(const Clauses& clauses, const StrayWrite& stray) {
  const bool failed = stray.returned == -1;
  const Requirements& of_failure = clauses.unwritten_by_failure();
  Violation violation;
  (failed && of_failure.size() != 0 ? of_failure : clauses.unwritten())
      .AppendTo(violation.requirements);
  if (violation.requirements.empty()) clauses.success().AppendTo(violation.requirements);
  const std::int64_t distance = stray.offset < 0 ? -stray.offset : stray.offset;
  violation.message =
      fmt::format("wrote {} {} not its to write, the first at {} {} {} the address it was given",
                  stray.bytes, stray.bytes == 1 ? "byte that is" : "bytes that are", distance,
                  distance == 1 ? "byte" : "bytes", stray.offset < 0 ? "before" : "from");
  if (failed) violation.message += ", although it failed";
  return violation;
}

Pattern PatternOf(const Refusal& refusal) {
  switch (refusal.kind) {
    case Refusal::Kind::kFailure:
      return Fails(refusal.number);
    case Refusal::Kind::kFault: {
      RecordPattern<Fault> pattern = RecordPattern<Fault>().With("signal", refusal.number);
      if (refusal.code != FaultCode::kOther) {
        pattern = pattern.With("code", static_cast<std::int64_t>(refusal.code));
      }
      if (refusal.offset != kAnyOffset) pattern = pattern.With("offset", refusal.offset);
      return pattern;
    }
    case Refusal::Kind::kGone:
      if (refusal.how == GoneHow::kUnknown) return RecordPattern<Gone>();
      // An end of which nobody knows how it came may have been this one.
      return Exactly(Outcome(Gone{refusal.how, refusal.number})) |
             RecordPattern<Gone>().With("how", static_cast<std::int64_t>(GoneHow::kUnknown));
    case Refusal::Kind::kBlocks:
      break;
  }
  return {};
}

/// Numbers from one to another, both included.
struct Span {
  Number low = 0;
  Number high = 0;
};

/// Everything that a bound allows, as few spans as will do.
std::vector<Span> SpansOf(const Bound& bound, const Scene& scene) {
  std::vector<Span> spans;
  if (bound.processes == 0) {
    spans.push_back({bound.low, bound.high});
  } else if ((bound.processes & kForeignProcess) != 0) {
    spans.push_back({std::numeric_limits<std::int64_t>::min(),
                     Number{std::numeric_limits<std::uint64_t>::max()}});
  } else {
    if ((bound.processes & kNoProcess) != 0) spans.push_back({0, 0});
    for (std::uint8_t i = 0; i < ActorRef::kLimit; ++i) {
      if ((bound.processes & OnlyProcess(i)) == 0) continue;
      spans.push_back({bound.IdShown(scene, i), bound.IdShown(scene, i)});
    }
  }
  if (bound.has_other) spans.push_back({bound.other, bound.other});
  std::sort(spans.begin(), spans.end(), [](Span a, Span b) { return a.low < b.low; });
  std::vector<Span> merged;
  for (const Span& span : spans) {
    if (merged.empty() || span.low > merged.back().high + 1) {
      merged.push_back(span);
    } else {
      merged.back().high = std::max(merged.back().high, span.high);
    }
  }
  return merged;
}

/// The part of the range in which a field lies in the span; nothing where there is none.
std::optional<Alternative> Narrowed(Alternative range, std::uint8_t wanted, const Span& span) {
  bool empty = false;
  std::visit(
      [&]<class R>(R& low) {
        R& high = std::get<R>(range.high);
        std::uint8_t index = 0;
        ForEachField<R>([&](const auto& field) {
          if (index++ != wanted) return;
          auto& from = low.*field.member;
          auto& to = high.*field.member;
          const auto old_from = Ordinal(from);
          const auto old_to = Ordinal(to);
          if (!old_from || !old_to) return;
          const Number new_from = std::max(*old_from, span.low);
          const Number new_to = std::min(*old_to, span.high);
          empty = new_from > new_to;
          if (empty) return;
          SetOrdinal(from, new_from);
          SetOrdinal(to, new_to);
        });
      },
      range.low);
  if (empty) return std::nullopt;
  return range;
}

Alternative FullRange(std::size_t result) {
  Alternative range;
  range.kind = Alternative::Kind::kRange;
  std::size_t index = 0;
  ForEachAlternative<Outcome>([&]<class R>() {
    if (index++ != result) return;
    range.low = Lowest<R>();
    range.high = Highest<R>();
  });
  return range;
}

/// The text that a tool printed decides whether it failed as it may; a pattern cannot see that.
Pattern FailedTool() {
  constexpr auto kLeast = std::numeric_limits<std::int32_t>::min();
  constexpr auto kMost = std::numeric_limits<std::int32_t>::max();
  return Pattern(Record<ToolResult>().With("status", kLeast, -1)) |
         Record<ToolResult>().With("status", 1, kMost);
}

}  // namespace

Violation Explain(const Clauses& clauses, const Scene& scene, const Outcome& outcome) {
  if (Succeeded(outcome)) return ExplainSuccess(clauses, scene, outcome);
  if (const auto* stray = std::get_if<StrayWrite>(&outcome)) {
    return ExplainStrayWrite(clauses, *stray);
  }
  Violation violation;
  for (const Refusal& refusal : clauses.refusals()) {
    if (refusal.force != Force::kMust) continue;
    refusal.requirements.AppendTo(violation.requirements);
    violation.message = fmt::format("must fail in another way: {}", refusal.why);
  }
  if (violation.message.empty()) {
    clauses.success().AppendTo(violation.requirements);
    violation.message = fmt::format("nothing here allows this failure: {}", clauses.success_why());
  }
  return violation;
}

std::vector<Allowed> AllowedOutcomes(const Clauses& clauses, const Scene& scene) {
  std::vector<Allowed> allowed;
  const bool tool = RunsTool(*scene.call().operation);
  for (const Refusal& refusal : clauses.refusals()) {
    if (refusal.kind == Refusal::Kind::kBlocks) continue;
    Allowed& entry = allowed.emplace_back();
    entry.pattern = PatternOf(refusal);
    if (tool && refusal.here) entry.pattern = entry.pattern | FailedTool();
    refusal.requirements.AppendTo(entry.requirements);
    entry.why = refusal.why;
  }
  if (clauses.any_failure()) {
    const char* why = clauses.any_failure_here();
    Pattern any = RecordPattern<Failure>();
    if (tool && clauses.result() == kResult<ToolResult>) {
      any = any | FailedTool();
    } else if (tool) {
      any = any | Record<ToolResult>();
    }
    allowed.push_back(
        {std::move(any), {}, why != nullptr ? why : "the specification is silent about failures"});
  }
  if (clauses.MustFail()) return allowed;
  std::vector<Alternative> ranges{FullRange(clauses.result())};
  std::vector<Requirement> requirements;
  clauses.success().AppendTo(requirements);
  clauses.fresh_requirements().AppendTo(requirements);
  for (const Bound& bound : clauses.bounds()) {
    std::vector<Alternative> narrowed;
    for (const Alternative& range : ranges) {
      for (const Span& span : SpansOf(bound, scene)) {
        if (auto part = Narrowed(range, bound.field, span)) narrowed.push_back(std::move(*part));
      }
    }
    ranges = std::move(narrowed);
    bound.requirements.AppendTo(requirements);
  }
  std::sort(requirements.begin(), requirements.end());
  requirements.erase(std::unique(requirements.begin(), requirements.end()), requirements.end());
  allowed.push_back({Pattern{std::move(ranges)}, std::move(requirements), clauses.success_why()});
  return allowed;
}

Outcome Choose(const Clauses& clauses, const Scene& scene, Chooser& chooser) {
  for (const Refusal& refusal : clauses.refusals()) {
    if (refusal.force == Force::kMay) continue;
    switch (refusal.kind) {
      case Refusal::Kind::kFailure:
        return Failure{ErrorCode{refusal.number}};
      case Refusal::Kind::kFault:
        return Fault{SignalCode{refusal.number}, refusal.code,
                     refusal.offset == kAnyOffset ? 0 : refusal.offset};
      case Refusal::Kind::kGone:
        return Gone{refusal.how, refusal.number};
      case Refusal::Kind::kBlocks:
        break;  // the caller has asked
    }
  }
  const Fresh& fresh = clauses.fresh();
  if (fresh.pick != nullptr) return fresh.pick(fresh, scene, chooser);
  const auto fill = [&]<class R>(R& record, std::span<const Bound> bounds) {
    for (const Bound& bound : bounds) {
      Number number = bound.low;
      if (bound.processes != 0) {
        number = 0;
        for (std::uint8_t i = 0; i < ActorRef::kLimit; ++i) {
          if ((bound.processes & OnlyProcess(i)) != 0) number = bound.IdShown(scene, i);
        }
      }
      std::uint8_t index = 0;
      ForEachField<R>([&](const auto& field) {
        if (index++ == bound.field) SetOrdinal(record.*field.member, number);
      });
    }
  };
  Outcome outcome;
  std::size_t index = 0;
  ForEachAlternative<Outcome>([&]<class R>() {
    if (index++ != clauses.result()) return;
    R record{};
    fill(record, clauses.bounds());
    if constexpr (requires { record.rows; }) {
      for (const Row& row : clauses.rows()) {
        auto& added = record.rows.emplace_back();
        fill(added, std::span(row.bounds));
        if constexpr (requires { added.name; }) added.name = row.name;
      }
    }
    outcome = std::move(record);
  });
  return outcome;
}

}  // namespace shmspec::model
