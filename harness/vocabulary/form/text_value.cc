// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/form/text_value.h"

#include <fmt/format.h>

#include <algorithm>

namespace shmspec::text {
namespace {

// Addresses and bit patterns read better in hexadecimal, counts and identifiers in decimal.
constexpr std::uint64_t kHexFrom = 1ull << 32;

}  // namespace

void PrintUnsigned(std::string& out, std::uint64_t number) {
  out += number < kHexFrom ? fmt::format("{}", number) : fmt::format("{:#x}", number);
}

void PrintSigned(std::string& out, std::int64_t number) {
  if (number < 0) out += '-';
  const auto bits = static_cast<std::uint64_t>(number);
  PrintUnsigned(out, number < 0 ? ~bits + 1 : bits);
}

void PrintOctal(std::string& out, std::uint64_t number) {
  out += number == 0 ? "0" : fmt::format("0{:o}", number);
}

void PrintReference(std::string& out, const Reference& reference) {
  if (!reference.handle) return PrintSigned(out, reference.offset);
  out += static_cast<char>(reference.handle->kind);
  PrintUnsigned(out, reference.handle->index);
  if (reference.offset > 0) out += '+';
  if (reference.offset != 0) PrintSigned(out, reference.offset);
}

bool AcceptHandle(Cursor& cursor, Reference& reference) {
  const std::string_view rest = cursor.Rest();
  if (rest.size() < 2 || rest[1] < '0' || rest[1] > '9') return false;
  const auto kind = FromName<HandleKind>(rest.substr(0, 1));
  if (!kind) return false;
  cursor.Accept(rest.substr(0, 1));
  const std::size_t start = cursor.position();
  std::uint64_t index = 0;
  const std::string_view digits = cursor.Name();
  for (const char c : digits) {
    if (c < '0' || c > '9' || index > Handle::kLimit) {
      cursor.FailAt(start, "expected a handle such as s0, a1, m0 or k0");
      return true;
    }
    index = index * 10 + static_cast<std::uint64_t>(c - '0');
  }
  if (index >= Handle::kLimit) {
    cursor.FailAt(start, fmt::format("a plan has at most {} handles of a kind", Handle::kLimit));
    return true;
  }
  reference.handle = Handle{*kind, static_cast<std::uint8_t>(index)};
  reference.offset = 0;
  if (cursor.Accept("+") || (cursor.Peek() == '-' && !cursor.Rest().starts_with("->"))) {
    ParseSigned(cursor, reference.offset);
  }
  return true;
}

bool ParseSigned(Cursor& cursor, std::int64_t& number) {
  const std::size_t start = cursor.position();
  const auto taken = cursor.TakeNumber();
  if (!taken) return false;
  const std::uint64_t limit = (1ull << 63) - (taken->negative ? 0 : 1);
  if (taken->magnitude > limit) {
    return cursor.FailAt(start, "expected a number between -2^63 and 2^63 - 1");
  }
  number = static_cast<std::int64_t>(taken->negative ? ~taken->magnitude + 1 : taken->magnitude);
  return true;
}

bool ParseUnsigned(Cursor& cursor, std::uint64_t& number) {
  const std::size_t start = cursor.position();
  const auto taken = cursor.TakeNumber();
  if (!taken) return false;
  if (taken->negative) return cursor.FailAt(start, "expected a number of 0 or more");
  number = taken->magnitude;
  return true;
}

bool ParseFlagWord(Cursor& cursor, std::span<const Named<std::uint64_t>> names,
                   std::uint64_t& bits) {
  const std::size_t start = cursor.position();
  // Some names begin with a digit, and some have a hyphen in them.
  Cursor ahead = cursor;
  std::string word(ahead.Name());
  while (ahead.Peek() == '-' && !ahead.Rest().starts_with("->") && ahead.Accept("-")) {
    word += '-' + std::string(ahead.Name());
  }
  std::vector<std::string> known{"none"};
  for (const auto& entry : names) {
    known.emplace_back(entry.name);
    if (entry.name != word) continue;
    bits |= entry.value;
    cursor = ahead;
    return true;
  }
  if (cursor.Peek() >= '0' && cursor.Peek() <= '9') {
    std::uint64_t number = 0;
    if (!ParseUnsigned(cursor, number)) return false;
    bits |= number;
    return true;
  }
  if (word == "none") {
    cursor = ahead;
    return true;
  }
  return cursor.FailAt(start, fmt::format("expected flags such as {} or an octal number{}",
                                          fmt::join(known, "|"), DidYouMean(word, known)));
}

void PrintFlagWords(std::string& out, std::span<const Named<std::uint64_t>> names,
                    std::uint64_t bits) {
  if (bits == 0) {
    out += "none";
    return;
  }
  const char* separator = "";
  for (const auto& entry : names) {
    if ((bits & entry.value) != entry.value) continue;
    out += separator;
    out += entry.name;
    bits &= ~entry.value;
    separator = "|";
  }
  if (bits == 0) return;
  out += separator;
  PrintOctal(out, bits);
}

void PrintActor(std::string& out, ActorRef actor, Actors actors) {
  out += actor.index < actors.size() ? actors[actor.index].name : fmt::format("?{}", actor.index);
}

bool ParseActor(Cursor& cursor, ActorRef& actor, Actors actors) {
  const std::size_t start = cursor.position();
  const std::string name(cursor.Name());
  std::vector<std::string> known;
  for (std::size_t i = 0; i < actors.size(); ++i) {
    known.push_back(actors[i].name);
    if (actors[i].name != name) continue;
    actor.index = static_cast<std::uint8_t>(i);
    return true;
  }
  return cursor.FailAt(start, "no actor \"" + name + "\"; declare it with \"actor " +
                                  (name.empty() ? "NAME" : name) + "\" first" +
                                  DidYouMean(name, known));
}

void PrintId(std::string& out, std::int64_t number) {
  const std::uint32_t user = UserOf(number);
  if (user != 0) out += 'u';
  PrintSigned(out, user != 0 ? user : number);
}

bool AcceptUser(Cursor& cursor, std::int64_t& number) {
  const std::size_t start = cursor.position();
  if (cursor.Peek() != 'u') return false;
  const std::string name(cursor.Name());
  for (std::uint32_t user = 1; user <= Id::kUsers; ++user) {
    if (name != fmt::format("u{}", user)) continue;
    number = Id::User(user).number;
    return true;
  }
  cursor.FailAt(start,
                fmt::format("expected a number or a user of the plan, u1 to u{}", Id::kUsers));
  return true;
}

std::optional<std::size_t> TakeFieldName(Cursor& cursor, std::string_view struct_name,
                                         std::span<const std::string_view> names,
                                         std::vector<std::string>& seen) {
  const std::size_t start = cursor.position();
  const std::string name(cursor.Name());
  const auto found = std::find(names.begin(), names.end(), name);
  if (name.empty()) {
    cursor.Fail("expected field=value, found " + cursor.Found());
  } else if (found == names.end()) {
    const std::vector<std::string> known(names.begin(), names.end());
    cursor.FailAt(
        start, fmt::format("{} has no field \"{}\"{}", struct_name, name, DidYouMean(name, known)));
  } else if (std::find(seen.begin(), seen.end(), name) != seen.end()) {
    cursor.FailAt(start, fmt::format("field \"{}\" is given twice", name));
  } else if (cursor.Demand("=")) {
    seen.push_back(name);
    return static_cast<std::size_t>(found - names.begin());
  }
  return std::nullopt;
}

bool ParseField(Cursor& cursor, const StructToRead& to, std::vector<std::string>& seen,
                Actors actors) {
  const auto field = TakeFieldName(cursor, to.name, to.names, seen);
  return field && to.parsers[*field](cursor, to.record, actors);
}

bool ParseBraced(Cursor& cursor, const StructToRead& to, Actors actors) {
  if (!cursor.Demand(to.name) || !cursor.Demand("{")) return false;
  std::vector<std::string> seen;
  while (cursor.ok() && !cursor.Accept("}")) {
    if (!seen.empty() && !cursor.Demand(" ")) return false;
    if (!ParseField(cursor, to, seen, actors)) return false;
  }
  return cursor.ok();
}

}  // namespace shmspec::text
