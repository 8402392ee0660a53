// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/form/difference.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "harness/vocabulary/form/text.h"
#include "harness/vocabulary/form/text_value.h"

namespace shmspec {
namespace {

using Actors = std::span<const ActorSpec>;

template <class V>
std::string Printed(const V& value, Actors actors) {
  std::string text;
  text::Print(text, value, actors);
  return text;
}

/// `2`, or `1..3`; an end that the type sets is left out.
template <class V>
std::string PrintedRange(const V& low, const V& high, Actors actors) {
  if (*Ordinal(low) == *Ordinal(high)) return Printed(low, actors);
  std::string range = *Ordinal(low) == FieldLimit<V>(false) ? "" : Printed(low, actors);
  range += "..";
  return range + (*Ordinal(high) == FieldLimit<V>(true) ? "" : Printed(high, actors));
}

template <class R>
concept Table = requires(const R& record) {
  record.rows;
};

/// The columns in which tables with the same number of rows differ, each once; otherwise the number
/// of rows.
template <class R>
void CompareRows(const R& seen, const R& allowed, Actors actors, std::vector<Difference>& found) {
  if (seen.rows.size() != allowed.rows.size()) {
    found.push_back(
        {"rows", std::to_string(seen.rows.size()), std::to_string(allowed.rows.size())});
    return;
  }
  using Row = typename std::remove_cvref_t<decltype(seen.rows)>::value_type;
  ForEachField<Row>([&](const auto& field) {
    for (std::size_t i = 0; i < seen.rows.size(); ++i) {
      const auto& one = seen.rows[i].*field.member;
      const auto& other = allowed.rows[i].*field.member;
      if (one == other) continue;
      found.push_back({std::string(field.name), Printed(one, actors), Printed(other, actors)});
      return;
    }
  });
}

template <class R>
void CompareFields(const R& seen, const R& low, const R& high, Actors actors,
                   std::vector<Difference>& found) {
  ForEachField<R>([&](const auto& field) {
    const auto& value = seen.*field.member;
    const auto& from = low.*field.member;
    using V = std::remove_cvref_t<decltype(value)>;
    if constexpr (requires(const V& v) { *Ordinal(v) < WideNumber(); }) {
      if (const auto number = Ordinal(value)) {
        const auto& to = high.*field.member;
        if (*Ordinal(from) <= *number && *number <= *Ordinal(to)) return;
        found.push_back(
            {std::string(field.name), Printed(value, actors), PrintedRange<V>(from, to, actors)});
        return;
      }
    }
    if constexpr (requires { from.empty(); }) {
      // As in patterns, empty lists and strings are left open.
      if (from.empty() || value == from) return;
      found.push_back({std::string(field.name), Printed(value, actors), Printed(from, actors)});
    }
  });
}

/// Of the symbols of an alternative, those that do not hold.
template <class R>
void CompareSymbols(const Outcome& seen, const Alternative& alternative, const Bindings& bindings,
                    Actors actors, std::vector<Difference>& found) {
  for (const Symbol& symbol : alternative.symbols) {
    Alternative alone;
    alone.kind = Alternative::Kind::kRange;
    alone.low = Lowest<R>();
    alone.high = Highest<R>();
    alone.negated = alternative.negated;
    alone.symbols = {symbol};
    if (Matches(Pattern{{alone}}, seen, bindings)) continue;
    std::string value = PrintOutcome(seen, actors);
    ForEachField<R>([&](const auto& field) {
      if (field.name != symbol.field) return;
      value = Printed(std::get<R>(seen).*field.member, actors);
    });
    std::string stands;
    if (const ActorRef* actor = std::get_if<ActorRef>(&symbol.stands)) {
      text::PrintActor(stands, *actor, actors);
    } else {
      text::PrintReference(stands, std::get<Reference>(symbol.stands));
    }
    found.push_back({symbol.field.empty() ? "value" : symbol.field, value,
                     (alternative.negated ? "!" : "") + stands});
  }
}

template <class R>
std::vector<Difference> DifferencesFrom(const Outcome& seen, const Alternative& alternative,
                                        const Bindings& bindings, Actors actors) {
  const R& record = std::get<R>(seen);
  const R& low = std::get<R>(alternative.low);
  const R& high = std::get<R>(alternative.high);
  std::vector<Difference> found;
  if (alternative.negated && alternative.symbols.empty()) {
    found.push_back(
        {"value", PrintOutcome(seen, actors), PrintPattern(Pattern{{alternative}}, actors)});
    return found;
  }
  if constexpr (Table<R>) {
    if (!low.rows.empty()) CompareRows(record, low, actors, found);
  } else if constexpr (std::is_same_v<R, Value>) {
    CompareFields(record, low, high, actors, found);
    for (Difference& one : found) one.field = "value";
  } else {
    CompareFields(record, low, high, actors, found);
  }
  CompareSymbols<R>(seen, alternative, bindings, actors, found);
  return found;
}

/// Whether outcomes of this type are compared field by field.
template <class R>
constexpr bool kHasFields =
    !std::is_same_v<R, Failure> && !std::is_same_v<R, Gone> && !std::is_same_v<R, Trouble>;

std::string KindIn(const Alternative& alternative) {
  if (alternative.kind == Alternative::Kind::kAny) return "any";
  if (alternative.kind == Alternative::Kind::kSuccess) return "success";
  const std::string kind =
      std::holds_alternative<Failure>(alternative.low) && alternative.low != alternative.high
          ? "any error"
          : KindOf(alternative.low);
  return alternative.negated && kind != "success" ? "!" + kind : kind;
}

}  // namespace

std::string KindOf(const Outcome& seen) {
  if (const auto* failure = std::get_if<Failure>(&seen)) return ErrnoName(failure->error.number);
  if (const auto* fault = std::get_if<Fault>(&seen)) return SignalName(fault->signal.number);
  if (const auto* gone = std::get_if<Gone>(&seen)) {
    if (gone->how == GoneHow::kKilled) return "killed by " + SignalName(gone->code);
    return gone->how == GoneHow::kExited ? "exited with " + std::to_string(gone->code)
                                         : "ended by itself";
  }
  return std::holds_alternative<Trouble>(seen) ? "trouble" : "success";
}

std::string KindsIn(const Pattern& allowed) {
  std::vector<std::string> kinds;
  for (const Alternative& alternative : allowed.alternatives) {
    std::string kind = KindIn(alternative);
    if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) {
      kinds.push_back(std::move(kind));
    }
  }
  std::string joined;
  for (const std::string& kind : kinds) joined += (joined.empty() ? "" : "|") + kind;
  return joined;
}

std::vector<Difference> DifferencesBetween(const Outcome& seen, const Pattern& allowed,
                                           const Bindings& bindings, Actors actors) {
  if (Matches(allowed, seen, bindings)) return {};
  std::optional<std::vector<Difference>> nearest;
  for (const Alternative& alternative : allowed.alternatives) {
    if (alternative.kind != Alternative::Kind::kRange || alternative.low.index() != seen.index()) {
      continue;
    }
    std::visit(
        [&]<class R>(const R&) {
          if constexpr (kHasFields<R>) {
            auto found = DifferencesFrom<R>(seen, alternative, bindings, actors);
            if (!found.empty() && (!nearest || found.size() < nearest->size())) {
              nearest = std::move(found);
            }
          }
        },
        seen);
  }
  if (nearest) return *nearest;
  return {{"", KindOf(seen), KindsIn(allowed)}};
}

}  // namespace shmspec
