// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/condition.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <compare>
#include <cstdint>
#include <utility>

#include "harness/runner/filter.h"
#include "harness/vocabulary/form/text_cursor.h"
#include "harness/vocabulary/value/nearest.h"

namespace shmspec {
namespace {

/// Deeper nesting is a mistake, and must not cost the stack.
constexpr int kMaxDepth = 50;

/// 6, 1, 0 of `6.1.0-28-amd64`; empty when there is no number.
std::vector<std::uint64_t> VersionIn(std::string_view text) {
  std::vector<std::uint64_t> version;
  const auto digit = [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; };
  const char* at = std::find_if(text.begin(), text.end(), digit);
  while (at != text.end() && digit(*at)) {
    std::uint64_t& number = version.emplace_back();
    at = std::from_chars(at, text.end(), number).ptr;
    if (at == text.end() || *at != '.') break;
    ++at;
  }
  // 6.1 and 6.1.0 are the same version.
  while (version.size() > 1 && version.back() == 0) version.pop_back();
  return version;
}

}  // namespace

/// Recursive descent: or, and, not, comparison.
class ConditionParser {
 public:
  using Node = Condition::Node;
  using Kind = Condition::Kind;

  ConditionParser(std::string_view text, const std::vector<Fact>& facts)
      : cursor_(text), facts_(facts) {}

  Result<Node> Parse() {
    Node root = TakeOr(0);
    cursor_.SkipSpaces();
    if (cursor_.ok() && !cursor_.AtEnd()) Fail("and, or, or the end");
    if (cursor_.ok()) return root;
    return Error{fmt::format("column {}: {}", cursor_.column(), cursor_.message())};
  }

 private:
  void Fail(std::string_view expected) {
    cursor_.Fail(fmt::format("expected {}, found {}", expected, cursor_.Found()));
  }

  /// Takes a word that letters do not go on after.
  bool AcceptWord(std::string_view word) {
    cursor_.SkipSpaces();
    const std::string_view rest = cursor_.Rest();
    if (!rest.starts_with(word)) return false;
    if (rest.size() > word.size() && (std::isalnum(static_cast<unsigned char>(rest[word.size()])) ||
                                      rest[word.size()] == '_' || rest[word.size()] == '.')) {
      return false;
    }
    return cursor_.Accept(word);
  }

  Node TakeOr(int depth) {
    return TakeSeries("or", Kind::kOr, [&] { return TakeAnd(depth); });
  }
  Node TakeAnd(int depth) {
    return TakeSeries("and", Kind::kAnd, [&] { return TakeNot(depth); });
  }
  template <class Take>
  Node TakeSeries(std::string_view word, Kind kind, Take&& take) {
    Node first = take();
    if (!cursor_.ok() || !AcceptWord(word)) return first;
    Node series{kind, "", "", {std::move(first)}};
    do {
      series.parts.push_back(take());
    } while (cursor_.ok() && AcceptWord(word));
    return series;
  }

  Node TakeNot(int depth) {
    if (depth > kMaxDepth) {
      Fail("no more than 50 levels of nesting");
      return {};
    }
    if (AcceptWord("not")) return {Kind::kNot, "", "", {TakeNot(depth + 1)}};
    cursor_.SkipSpaces();
    if (!cursor_.Accept("(")) return TakeComparison();
    Node inner = TakeOr(depth + 1);
    cursor_.SkipSpaces();
    if (cursor_.ok() && !cursor_.Accept(")")) Fail("and, or, or \")\"");
    return inner;
  }

  Node TakeComparison() {
    Node node;
    const std::size_t start = cursor_.position();
    node.fact = cursor_.Word();
    if (node.fact.empty()) {
      Fail("the name of a fact, such as kernel.release");
      return node;
    }
    std::vector<std::string> names;
    for (const Fact& fact : facts_) names.push_back(fact.name);
    if (std::find(names.begin(), names.end(), node.fact) == names.end()) {
      cursor_.FailAt(start, fmt::format("no fact \"{}\"{}; shmspec doctor --format json shows all",
                                        node.fact, DidYouMean(node.fact, names)));
      return node;
    }
    TakeOrder(node.kind);
    cursor_.SkipSpaces();
    const std::size_t value = cursor_.position();
    if (!cursor_.ok() || !cursor_.TakeQuoted(node.text)) {
      if (cursor_.ok()) Fail("a text in quotes");
      return node;
    }
    const bool whole = node.kind == Kind::kEqual || node.kind == Kind::kUnequal;
    if (!whole && VersionIn(node.text).empty()) {
      cursor_.FailAt(
          value,
          fmt::format("expected a number or version to compare with, found \"{}\"", node.text));
    }
    return node;
  }

  void TakeOrder(Kind& kind) {
    // Those of two characters first.
    static constexpr std::array kOrders{
        std::pair{"==", Kind::kEqual},  std::pair{"!=", Kind::kUnequal},
        std::pair{"<=", Kind::kAtMost}, std::pair{">=", Kind::kAtLeast},
        std::pair{"<", Kind::kLess},    std::pair{">", Kind::kMore}};
    cursor_.SkipSpaces();
    for (const auto& [sign, meant] : kOrders) {
      if (!cursor_.Accept(sign)) continue;
      kind = meant;
      return;
    }
    Fail("==, !=, <, <=, > or >=");
  }

  text::Cursor cursor_;
  const std::vector<Fact>& facts_;
};

Result<Condition> Condition::Parse(std::string_view text, const std::vector<Fact>& facts) {
  Result<Node> root = ConditionParser(text, facts).Parse();
  if (!root.ok()) return root.error();
  Condition condition;
  condition.root_ = std::move(root).value();
  return condition;
}

std::optional<bool> Condition::Compare(const Node& node, const std::vector<Fact>& facts) {
  const std::string value = ValueOf(facts, node.fact);
  if (node.kind == Kind::kEqual) return MatchesGlob(node.text, value);
  if (node.kind == Kind::kUnequal) return !MatchesGlob(node.text, value);
  const std::vector<std::uint64_t> version = VersionIn(value);
  if (version.empty()) return std::nullopt;
  const std::strong_ordering order = version <=> VersionIn(node.text);
  switch (node.kind) {
    case Kind::kLess:
      return order < 0;
    case Kind::kAtMost:
      return order <= 0;
    case Kind::kMore:
      return order > 0;
    default:
      return order >= 0;
  }
}

std::optional<bool> Condition::Holds(const Node& node, const std::vector<Fact>& facts) {
  if (node.kind == Kind::kNot) {
    const std::optional<bool> inner = Holds(node.parts.front(), facts);
    return inner ? std::optional<bool>(!*inner) : std::nullopt;
  }
  if (node.kind != Kind::kAnd && node.kind != Kind::kOr) return Compare(node, facts);
  // One false part settles `and`, one true part settles `or`, regardless of the others.
  const bool settles = node.kind == Kind::kOr;
  bool known = true;
  for (const Node& part : node.parts) {
    const std::optional<bool> holds = Holds(part, facts);
    if (holds == settles) return settles;
    known = known && holds.has_value();
  }
  return known ? std::optional<bool>(!settles) : std::nullopt;
}

}  // namespace shmspec
