// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The parts that the tests of all languages share: header, initial state, condition.

#include "harness/order/read.h"

#include <algorithm>
#include <utility>

#include "harness/order/reader.h"

namespace shmspec::order {
namespace {

/// `X86 SB`, and lines of remarks up to the initial state.
bool ReadHeader(Reader& reader) {
  const std::size_t start = reader.Position();
  const std::string word = reader.Name();
  if (word != "X86" && word != "X86_64" && word != "C") {
    return reader.FailAt(start, "expected X86, X86_64 or C, found \"" + word +
                                    "\"; tests for other processors cannot be read");
  }
  reader.test().language = word == "C" ? Language::kC : Language::kX86;
  const std::string_view text = reader.text();
  const std::size_t name = reader.Position();
  const std::size_t end = std::min(text.find('\n', name), text.size());
  const std::size_t last = text.substr(0, end).find_last_not_of(" \t\r");
  if (last == std::string_view::npos || last < name || text[name] == '{') {
    return reader.Fail("expected the name of the test behind \"" + word + "\"");
  }
  reader.test().name = std::string(text.substr(name, last + 1 - name));
  const std::size_t state = text.find('{', end);
  if (state == std::string_view::npos) {
    return reader.FailAt(end,
                         "expected the initial state in braces; { } means that everything is 0");
  }
  reader.GoTo(state);
  return true;
}

/// `0:RAX=1`, or `0:RDI=x` for an address.
bool ReadRegisterBeginning(Reader& reader, std::size_t position) {
  std::int64_t thread = 0;
  if (!reader.Number(thread) || !reader.Demand(":")) return false;
  if (thread < 0 || thread >= static_cast<std::int64_t>(kMostThreads)) {
    return reader.FailAt(
        position, "expected the number of a thread, 0 to " + std::to_string(kMostThreads - 1));
  }
  reader.Accept("%");
  Beginning one{static_cast<std::size_t>(thread), reader.Name(), 0, std::nullopt};
  if (one.name.empty()) return reader.Fail("expected a register, found " + reader.Found());
  if (reader.Accept("=")) {
    reader.Accept("&");
    const char next = reader.Peek();
    if (next == '-' || (next >= '0' && next <= '9')) {
      if (!reader.Number(one.number)) return false;
    } else {
      const std::string name = reader.Name();
      if (name.empty()) {
        return reader.Fail("expected a number or a location, found " + reader.Found());
      }
      one.address_of = reader.LocationOf(name);
    }
  }
  reader.beginnings().push_back(one);
  return true;
}

/// `x=1`, `[x]=1`, `*x=1`, `int x = 1`, or one of registers.
bool ReadOneBeginning(Reader& reader) {
  reader.SkipType();
  const std::size_t position = reader.Position();
  const std::string next = reader.NextName();
  if (!next.empty() && next.find_first_not_of("0123456789") == std::string::npos) {
    return ReadRegisterBeginning(reader, position);
  }
  const bool brackets = reader.Accept("[");
  while (reader.Accept("*")) {
  }
  const std::string name = reader.Name();
  if (name.empty()) {
    return reader.Fail("expected a location such as x or a register such as 0:EAX, found " +
                       reader.Found());
  }
  if (brackets && !reader.Demand("]")) return false;
  const std::size_t location = reader.LocationOf(name);
  if (!reader.Accept("=")) return true;
  return reader.Number(reader.test().locations[location].value);
}

bool ReadPlace(Reader& reader, Place& place) {
  const Litmus& test = reader.test();
  const std::size_t position = reader.Position();
  const std::string next = reader.NextName();
  if (!next.empty() && next.find_first_not_of("0123456789") == std::string::npos) {
    std::int64_t thread = 0;
    if (!reader.Number(thread) || !reader.Demand(":")) return false;
    if (thread < 0 || static_cast<std::size_t>(thread) >= test.threads.size()) {
      return reader.FailAt(
          position, "expected one of the threads, 0 to " + std::to_string(test.threads.size() - 1));
    }
    reader.Accept("%");
    const std::string name = reader.Name();
    if (name.empty()) return reader.Fail("expected a register, found " + reader.Found());
    const auto index = static_cast<std::size_t>(thread);
    const std::size_t before = test.threads[index].registers.size();
    place = {index, reader.RegisterOf(index, name)};
    if (place.index < before || reader.Begins(index, name)) return true;
    return reader.FailAt(position, "expected a register that thread " + next + " uses, found " +
                                       next + ":" + name + "; no instruction names it");
  }
  const bool brackets = reader.Accept("[");
  reader.Accept("*");
  const std::string name = reader.Name();
  if (name.empty()) {
    return reader.Fail("expected a register such as 0:EAX or a location such as x, found " +
                       reader.Found());
  }
  if (brackets && !reader.Demand("]")) return false;
  const auto found = std::find_if(test.locations.begin(), test.locations.end(),
                                  [&](const Location& one) { return one.name == name; });
  if (found == test.locations.end()) {
    return reader.FailAt(position, "expected a location of the test, found \"" + name +
                                       "\"; no instruction and no initial state names it");
  }
  place = {std::nullopt, static_cast<std::size_t>(found - test.locations.begin())};
  return true;
}

void Remember(Litmus& test, const Place& place) {
  if (std::find(test.places.begin(), test.places.end(), place) == test.places.end()) {
    test.places.push_back(place);
  }
}

bool ReadEither(Reader& reader, Proposition& out, int depth);

bool ReadSimple(Reader& reader, Proposition& out, int depth) {
  if (depth > 32) return reader.Fail("expected at most 32 conditions within each other");
  if (reader.Accept("not") || reader.Accept("~")) {
    out.kind = Proposition::Kind::kNot;
    return ReadSimple(reader, out.parts.emplace_back(), depth + 1);
  }
  if (reader.Accept("(")) return ReadEither(reader, out, depth + 1) && reader.Demand(")");
  if (reader.Accept("true")) return reader.ok();
  out.kind = Proposition::Kind::kEquals;
  if (!ReadPlace(reader, out.place)) return false;
  Remember(reader.test(), out.place);
  return reader.Demand("=") && reader.Number(out.value);
}

/// Some with a sign between them, or one alone.
bool ReadJoined(Reader& reader, Proposition& out, int depth, const char* sign,
                Proposition::Kind kind, bool (*read)(Reader& reader, Proposition& out, int depth)) {
  if (!read(reader, out, depth)) return false;
  if (!reader.Accept(sign)) return true;
  Proposition whole{.kind = kind, .parts = {out}};
  do {
    if (!read(reader, whole.parts.emplace_back(), depth)) return false;
  } while (reader.Accept(sign));
  out = whole;
  return true;
}

bool ReadBoth(Reader& reader, Proposition& out, int depth) {
  return ReadJoined(reader, out, depth, "/\\", Proposition::Kind::kAnd, &ReadSimple);
}

bool ReadEither(Reader& reader, Proposition& out, int depth) {
  return ReadJoined(reader, out, depth, "\\/", Proposition::Kind::kOr, &ReadBoth);
}

/// `locations [x; 0:EAX;]`
bool ReadLocations(Reader& reader) {
  if (!reader.Demand("[")) return false;
  while (!reader.Accept("]")) {
    Place place;
    if (!ReadPlace(reader, place)) return false;
    Remember(reader.test(), place);
    if (!reader.Accept(";") && reader.Peek() != ']') {
      return reader.Fail("expected \";\" or \"]\", found " + reader.Found());
    }
  }
  return true;
}

}  // namespace

bool ReadBeginning(Reader& reader) {
  if (!reader.Demand("{")) return false;
  while (!reader.Accept("}")) {
    if (reader.Accept(";")) continue;
    if (!ReadOneBeginning(reader)) return false;
    if (!reader.Accept(";") && reader.Peek() != '}') {
      return reader.Fail("expected \";\" or \"}\", found " + reader.Found());
    }
  }
  return true;
}

bool ReadCondition(Reader& reader) {
  Litmus& test = reader.test();
  if (reader.Accept("locations") && !ReadLocations(reader)) return false;
  const auto quantified = [&](Quantifier quantifier) {
    test.quantifier = quantifier;
    return ReadEither(reader, test.condition, 0);
  };
  bool read = false;
  if (reader.Accept("exists")) {
    read = quantified(Quantifier::kExists);
  } else if (reader.Accept("forall")) {
    read = quantified(Quantifier::kForAll);
  } else if (reader.Accept("~")) {
    read = reader.Demand("exists") && quantified(Quantifier::kNever);
  } else {
    return reader.Fail("expected exists, ~exists or forall, found " + reader.Found());
  }
  if (!read) return false;
  if (!reader.AtEnd()) {
    return reader.Fail("expected the end of the file behind the condition, found " +
                       reader.Found());
  }
  // As herd7 prints them.
  std::stable_sort(test.places.begin(), test.places.end(), [](const Place& a, const Place& b) {
    return a.thread.value_or(kMostThreads) < b.thread.value_or(kMostThreads);
  });
  return true;
}

Result<Litmus> ReadLitmus(std::string_view text, const std::string& file) {
  Reader reader(text);
  const bool read =
      ReadHeader(reader) && ReadBeginning(reader) &&
      (reader.test().language == Language::kC ? ReadCThreads(reader) : ReadX86Threads(reader)) &&
      ReadCondition(reader);
  if (!read) return reader.ErrorIn(file);
  return std::move(reader.test());
}

}  // namespace shmspec::order
