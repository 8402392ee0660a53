// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/form/text_pattern.h"

#include <algorithm>

namespace shmspec::text {
namespace {

const Symbol* FindSymbol(const Alternative& alternative, std::string_view field) {
  for (const Symbol& symbol : alternative.symbols) {
    if (symbol.field == field) return &symbol;
  }
  return nullptr;
}

void PrintSymbol(std::string& out, const Symbol& symbol, Actors actors) {
  if (const auto* actor = std::get_if<ActorRef>(&symbol.stands)) {
    PrintActor(out, *actor, actors);
  } else {
    PrintReference(out, std::get<Reference>(symbol.stands));
  }
}

/// `5`, `1..3`, `..3` or `1..`.
template <class V>
void PrintRange(std::string& out, const V& low, const V& high, Actors actors) {
  if constexpr (requires { low.empty(); }) {
    Print(out, low, actors);
  } else {
    const bool same = *Ordinal(low) == *Ordinal(high);
    if (same || *Ordinal(low) != FieldLimit<V>(false)) Print(out, low, actors);
    if (same) return;
    out += "..";
    if (*Ordinal(high) != FieldLimit<V>(true)) Print(out, high, actors);
  }
}

template <class V>
bool IsOpen(const V& low, const V& high) {
  if constexpr (requires { low.empty(); }) {
    return low.empty();
  } else {
    return *Ordinal(low) == FieldLimit<V>(false) && *Ordinal(high) == FieldLimit<V>(true);
  }
}

/// Value and Failure are written as their one field alone, every other record as name{...}.
template <class R>
constexpr bool kBare = std::is_same_v<R, Value> || std::is_same_v<R, Failure>;

constexpr std::string_view kAnyFailure = "fails";

template <class R>
void PrintRecord(std::string& out, const Alternative& alternative, Actors actors) {
  const R& low = std::get<R>(alternative.low);
  const R& high = std::get<R>(alternative.high);
  if constexpr (std::is_same_v<R, Failure>) {
    if (IsOpen(low.error, high.error)) {
      out += kAnyFailure;
      return;
    }
  }
  if (!kBare<R>) {
    out += R::kName;
    out += '{';
  }
  const char* separator = "";
  ForEachField<R>([&](const auto& field) {
    const Symbol* symbol = FindSymbol(alternative, kBare<R> ? std::string_view() : field.name);
    const auto& from = low.*field.member;
    const auto& to = high.*field.member;
    if (symbol == nullptr && IsOpen(from, to) && !kBare<R>) return;
    if (!kBare<R>) {
      out += separator;
      out += field.name;
      out += '=';
      separator = " ";
    }
    if (symbol != nullptr) {
      PrintSymbol(out, *symbol, actors);
    } else {
      PrintRange(out, from, to, actors);
    }
  });
  if (!kBare<R>) out += '}';
}

/// A handle or an actor's name, if one comes next.
bool AcceptSymbol(Cursor& cursor, Symbol& symbol, Actors actors) {
  Reference reference;
  if (AcceptHandle(cursor, reference)) {
    symbol.stands = reference;
    return true;
  }
  Cursor ahead = cursor;
  const std::string_view name = ahead.Name();
  const auto found = std::find_if(actors.begin(), actors.end(),
                                  [&](const ActorSpec& actor) { return actor.name == name; });
  if (name.empty() || found == actors.end()) return false;
  cursor = ahead;
  symbol.stands = ActorRef{static_cast<std::uint8_t>(found - actors.begin())};
  return true;
}

template <class V>
bool ParseRange(Cursor& cursor, V& low, V& high, Actors actors) {
  if constexpr (requires { low.empty(); }) {
    if (!Parse(cursor, low, actors)) return false;
    high = low;
    return true;
  } else {
    const bool from_start = cursor.Rest().starts_with("..");
    if (!from_start && !Parse(cursor, low, actors)) return false;
    if (!cursor.Accept("..")) {
      high = low;
      return true;
    }
    const std::size_t start = cursor.position();
    const std::string_view rest = cursor.Rest();
    if (rest.empty() || rest[0] == ' ' || rest[0] == '}' || rest[0] == '|') return true;
    if (!Parse(cursor, high, actors)) return false;
    return *Ordinal(low) <= *Ordinal(high) ||
           cursor.FailAt(start, "expected a range from low to high");
  }
}

/// Reads what one field of an alternative must be.
using RangeParser = bool (*)(Cursor& cursor, Alternative& alternative, Actors actors);

template <class R, std::size_t kIndex>
bool ParseRangeAt(Cursor& cursor, Alternative& alternative, Actors actors) {
  constexpr auto kField = FieldIn<kIndex>(R::kFields);
  // Only numbers can equal a handle or a process id.
  using V = std::remove_cvref_t<decltype(std::declval<R>().*kField.member)>;
  if constexpr (std::is_integral_v<V>) {
    Symbol symbol{std::string(kField.name), {}};
    if (AcceptSymbol(cursor, symbol, actors)) {
      alternative.symbols.push_back(symbol);
      return cursor.ok();
    }
  }
  return ParseRange(cursor, std::get<R>(alternative.low).*kField.member,
                    std::get<R>(alternative.high).*kField.member, actors);
}

template <class R>
std::span<const RangeParser> RangeParsers() {
  return []<std::size_t... I>(std::index_sequence<I...>)->std::span<const RangeParser> {
    static constexpr std::array<RangeParser, sizeof...(I)> kParsers{{ParseRangeAt<R, I>...}};
    return kParsers;
  }
  (std::make_index_sequence<kFieldCount<R>>());
}

bool ParseRanges(Cursor& cursor, std::string_view name, std::span<const std::string_view> names,
                 std::span<const RangeParser> parsers, Alternative& alternative, Actors actors) {
  cursor.Demand(name);
  cursor.Demand("{");
  std::vector<std::string> seen;
  while (cursor.ok() && !cursor.Accept("}")) {
    if (!seen.empty() && !cursor.Demand(" ")) return false;
    const auto field = TakeFieldName(cursor, name, names, seen);
    if (!field || !parsers[*field](cursor, alternative, actors)) return false;
  }
  return cursor.ok();
}

template <class R>
bool ParseRecord(Cursor& cursor, Alternative& alternative, Actors actors) {
  alternative.kind = Alternative::Kind::kRange;
  alternative.low = Lowest<R>();
  alternative.high = Highest<R>();
  return ParseRanges(cursor, R::kName, FieldNames<R>(), RangeParsers<R>(), alternative, actors);
}

bool ParseNumberOrError(Cursor& cursor, Alternative& alternative, Actors actors) {
  alternative.kind = Alternative::Kind::kRange;
  if (cursor.Peek() == 'E' || cursor.Rest().starts_with("errno:")) {
    Failure failure;
    if (!Parse(cursor, failure.error, actors)) return false;
    alternative.low = alternative.high = failure;
    return true;
  }
  Value low = Lowest<Value>();
  Value high = Highest<Value>();
  Symbol symbol;
  if (AcceptSymbol(cursor, symbol, actors)) {
    alternative.symbols.push_back(symbol);
  } else if (!ParseRange(cursor, low.number, high.number, actors)) {
    return false;
  }
  alternative.low = low;
  alternative.high = high;
  return cursor.ok();
}

/// Whether the text goes on with the word and the word ends there.
bool AcceptKeyword(Cursor& cursor, std::string_view word) {
  Cursor ahead = cursor;
  if (ahead.Name() != word) return false;
  cursor = ahead;
  return true;
}

bool ParseAlternative(Cursor& cursor, Alternative& alternative, Actors actors) {
  alternative.negated = cursor.Accept("!");
  if (!alternative.negated && AcceptKeyword(cursor, "any")) return true;
  if (!alternative.negated && AcceptKeyword(cursor, "ok")) {
    alternative.kind = Alternative::Kind::kSuccess;
    return true;
  }
  if (AcceptKeyword(cursor, kAnyFailure)) {
    alternative.kind = Alternative::Kind::kRange;
    alternative.low = Lowest<Failure>();
    alternative.high = Highest<Failure>();
    return true;
  }
  bool tried = false;
  ForEachAlternative<Outcome>([&]<class R>() {
    if (tried || kBare<R>) return;
    if (!cursor.Rest().starts_with(std::string(R::kName) + "{")) return;
    tried = true;
    ParseRecord<R>(cursor, alternative, actors);
  });
  return tried ? cursor.ok() : ParseNumberOrError(cursor, alternative, actors);
}

}  // namespace

void PrintAlternatives(std::string& out, const Pattern& pattern, Actors actors) {
  const char* separator = "";
  for (const Alternative& alternative : pattern.alternatives) {
    out += separator;
    separator = "|";
    if (alternative.negated) out += '!';
    if (alternative.kind == Alternative::Kind::kAny) {
      out += "any";
    } else if (alternative.kind == Alternative::Kind::kSuccess) {
      out += "ok";
    } else {
      std::visit([&]<class R>(const R&) { PrintRecord<R>(out, alternative, actors); },
                 alternative.low);
    }
  }
}

bool ParseAlternatives(Cursor& cursor, Pattern& pattern, Actors actors) {
  pattern.alternatives.clear();
  do {
    if (!ParseAlternative(cursor, pattern.alternatives.emplace_back(), actors)) return false;
  } while (cursor.Accept("|"));
  return true;
}

}  // namespace shmspec::text
