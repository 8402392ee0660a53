// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/order/litmus.h"

#include <algorithm>

#include "harness/vocabulary/value/check.h"

namespace shmspec::order {
namespace {

bool Holds(const Litmus& test, const Proposition& proposition, const End& end) {
  using Kind = Proposition::Kind;
  const auto holds = [&](const Proposition& part) { return Holds(test, part, end); };
  const std::vector<Proposition>& parts = proposition.parts;
  switch (proposition.kind) {
    case Kind::kTrue:
      return true;
    case Kind::kEquals: {
      const auto found = std::find(test.places.begin(), test.places.end(), proposition.place);
      SHMSPEC_CHECK(found != test.places.end(), "a condition names what no end has");
      return end[static_cast<std::size_t>(found - test.places.begin())] == proposition.value;
    }
    case Kind::kNot:
      return !holds(parts.front());
    case Kind::kAnd:
      return std::all_of(parts.begin(), parts.end(), holds);
    case Kind::kOr:
      return std::any_of(parts.begin(), parts.end(), holds);
  }
  return false;
}

std::string Print(const Litmus& test, const Proposition& proposition, bool outermost) {
  using Kind = Proposition::Kind;
  switch (proposition.kind) {
    case Kind::kTrue:
      return "true";
    case Kind::kEquals:
      return PrintPlace(test, proposition.place) + "=" + std::to_string(proposition.value);
    case Kind::kNot:
      return "not (" + Print(test, proposition.parts.front(), true) + ")";
    case Kind::kAnd:
    case Kind::kOr:
      break;
  }
  std::string text;
  for (const Proposition& part : proposition.parts) {
    if (!text.empty()) text += proposition.kind == Kind::kAnd ? " /\\ " : " \\/ ";
    text += Print(test, part, false);
  }
  return outermost ? text : "(" + text + ")";
}

}  // namespace

bool Holds(const Litmus& test, const End& end) { return Holds(test, test.condition, end); }

std::string PrintPlace(const Litmus& test, const Place& place) {
  if (!place.thread) return "[" + test.locations[place.index].name + "]";
  return std::to_string(*place.thread) + ":" +
         test.threads[*place.thread].registers[place.index].name;
}

std::string PrintEnd(const Litmus& test, const End& end) {
  std::string text;
  for (std::size_t i = 0; i < end.size(); ++i) {
    text +=
        (i == 0 ? "" : " ") + PrintPlace(test, test.places[i]) + "=" + std::to_string(end[i]) + ";";
  }
  return text;
}

std::string PrintCondition(const Litmus& test) {
  const char* quantifier = test.quantifier == Quantifier::kExists  ? "exists"
                           : test.quantifier == Quantifier::kNever ? "~exists"
                                                                   : "forall";
  return std::string(quantifier) + " (" + Print(test, test.condition, true) + ")";
}

Litmus OnX86(Litmus test) {
  using Kind = Instruction::Kind;
  if (test.language == Language::kX86) return test;
  test.language = Language::kX86;
  for (Thread& thread : test.threads) {
    std::vector<Instruction> translated;
    for (Instruction one : thread.instructions) {
      const bool strong = one.strength == Strength::kSequential;
      if (one.kind == Kind::kFence && !strong) continue;
      one.strength = Strength::kPlain;
      translated.push_back(one);
      if (one.kind == Kind::kStore && strong) translated.push_back({.kind = Kind::kFence});
    }
    thread.instructions = translated;
  }
  return test;
}

}  // namespace shmspec::order
