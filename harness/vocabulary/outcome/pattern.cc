// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/outcome/pattern.h"

#include <algorithm>
#include <utility>

namespace shmspec {
namespace {

template <class R>
bool FieldsBetween(const R& low, const R& value, const R& high) {
  bool between = true;
  ForEachField<R>([&](const auto& field) {
    const auto& seen = value.*field.member;
    const auto number = Ordinal(seen);
    if (number) {
      between = between && *Ordinal(low.*field.member) <= *number &&
                *number <= *Ordinal(high.*field.member);
    } else if constexpr (requires { seen.empty(); }) {
      // Strings and lists have no order: an empty low end leaves them open.
      between = between && ((low.*field.member).empty() || seen == low.*field.member);
    }
  });
  return between;
}

template <class R>
std::optional<WideNumber> FieldNumber(const R& record, std::string_view name) {
  std::optional<WideNumber> number;
  ForEachField<R>([&](const auto& field) {
    if (field.name == name || (name.empty() && !number)) number = Ordinal(record.*field.member);
  });
  return number;
}

bool SymbolHolds(const Symbol& symbol, const Outcome& outcome, const Bindings& bindings) {
  const auto seen =
      std::visit([&](const auto& r) { return FieldNumber(r, symbol.field); }, outcome);
  const auto meant = std::holds_alternative<ActorRef>(symbol.stands)
                         ? bindings.pid(std::get<ActorRef>(symbol.stands))
                         : bindings.value(std::get<Reference>(symbol.stands));
  return seen && meant && *seen == *meant;
}

bool AlternativeHolds(const Alternative& alternative, const Outcome& outcome,
                      const Bindings& bindings) {
  switch (alternative.kind) {
    case Alternative::Kind::kAny:
      return true;
    case Alternative::Kind::kSuccess:
      return Succeeded(outcome);
    case Alternative::Kind::kRange:
      break;
  }
  if (alternative.low.index() != outcome.index()) return false;
  const bool between = std::visit(
      [&]<class R>(const R& seen) {
        return FieldsBetween(std::get<R>(alternative.low), seen, std::get<R>(alternative.high));
      },
      outcome);
  if (!between) return false;
  for (const Symbol& symbol : alternative.symbols) {
    if (SymbolHolds(symbol, outcome, bindings) == alternative.negated) return false;
  }
  // A negated pattern without symbols excludes what lies between.
  return !(alternative.negated && alternative.symbols.empty());
}

Alternative MakeRange(Outcome low, Outcome high) {
  Alternative alternative;
  alternative.kind = Alternative::Kind::kRange;
  alternative.low = std::move(low);
  alternative.high = std::move(high);
  return alternative;
}

Pattern ValueSymbol(Reference handle, bool negated) {
  Alternative alternative = MakeRange(Lowest<Value>(), Highest<Value>());
  alternative.negated = negated;
  alternative.symbols.push_back({"", handle});
  return Pattern{{alternative}};
}

}  // namespace

Pattern AnyOutcome() { return Pattern{{Alternative{}}}; }

Pattern Success() {
  Alternative alternative;
  alternative.kind = Alternative::Kind::kSuccess;
  return Pattern{{alternative}};
}

Pattern Exactly(Outcome outcome) { return Pattern{{MakeRange(outcome, outcome)}}; }

Pattern Exactly(std::int64_t value) { return Exactly(Outcome(Value{value})); }

Pattern Between(Outcome low, Outcome high) {
  return Pattern{{MakeRange(std::move(low), std::move(high))}};
}

Pattern Fails(int error) { return Exactly(Outcome(Failure{ErrorCode{error}})); }

Pattern ValueOf(Reference handle) { return ValueSymbol(handle, false); }

Pattern NotValueOf(Reference handle) { return ValueSymbol(handle, true); }

Pattern operator|(Pattern a, const Pattern& b) {
  a.alternatives.insert(a.alternatives.end(), b.alternatives.begin(), b.alternatives.end());
  return a;
}

bool Matches(const Pattern& pattern, const Outcome& outcome, const Bindings& bindings) {
  for (const Alternative& alternative : pattern.alternatives) {
    if (alternative.negated && alternative.symbols.empty()) {
      // "!EINVAL": anything that the plain alternative does not match.
      Alternative plain = alternative;
      plain.negated = false;
      if (!AlternativeHolds(plain, outcome, bindings)) return true;
    } else if (AlternativeHolds(alternative, outcome, bindings)) {
      return true;
    }
  }
  return false;
}

bool operator==(const Symbol& a, const Symbol& b) = default;
/// In whatever order the symbols are.
bool operator==(const Alternative& a, const Alternative& b) {
  return a.kind == b.kind && a.negated == b.negated && a.low == b.low && a.high == b.high &&
         std::is_permutation(a.symbols.begin(), a.symbols.end(), b.symbols.begin(),
                             b.symbols.end());
}
bool operator==(const Pattern& a, const Pattern& b) = default;

}  // namespace shmspec
