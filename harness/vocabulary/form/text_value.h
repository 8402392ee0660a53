// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The text form of every kind of field, found by its type: a TextForm with Print() and Parse() for
// each value type, in one place. A value type without one does not compile.

#ifndef SHMSPEC_HARNESS_VOCABULARY_FORM_TEXT_VALUE_H_
#define SHMSPEC_HARNESS_VOCABULARY_FORM_TEXT_VALUE_H_

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "harness/vocabulary/form/text_cursor.h"
#include "harness/vocabulary/litmus/litmus.h"
#include "harness/vocabulary/plan/plan.h"
#include "harness/vocabulary/value/field.h"
#include "harness/vocabulary/value/nearest.h"
#include "harness/vocabulary/value/value.h"

namespace shmspec::text {

/// The actors whose names may appear.
using Actors = std::span<const ActorSpec>;

void PrintSigned(std::string& out, std::int64_t number);
void PrintUnsigned(std::string& out, std::uint64_t number);
void PrintOctal(std::string& out, std::uint64_t number);
void PrintReference(std::string& out, const Reference& reference);
/// A handle with an offset, or nothing taken.
bool AcceptHandle(Cursor& cursor, Reference& reference);
bool ParseSigned(Cursor& cursor, std::int64_t& number);
bool ParseUnsigned(Cursor& cursor, std::uint64_t& number);
bool ParseFlagWord(Cursor& cursor, std::span<const Named<std::uint64_t>> names,
                   std::uint64_t& bits);
void PrintFlagWords(std::string& out, std::span<const Named<std::uint64_t>> names,
                    std::uint64_t bits);
bool ParseProgram(Cursor& cursor, Program& program);
bool ParseEnding(Cursor& cursor, Ending& ending);
void PrintActor(std::string& out, ActorRef actor, Actors actors);
bool ParseActor(Cursor& cursor, ActorRef& actor, Actors actors);
/// `u1` for the users of plans, otherwise the number.
void PrintId(std::string& out, std::int64_t number);
/// Takes the name of a user of plans if one comes next.
bool AcceptUser(Cursor& cursor, std::int64_t& number);

template <class T>
void Print(std::string& out, const T& value, Actors actors);
template <class T>
bool Parse(Cursor& cursor, T& value, Actors actors);

template <class T>
bool ParseWhole(Cursor& cursor, T& value) {
  const std::size_t start = cursor.position();
  if constexpr (std::is_signed_v<T>) {
    std::int64_t number = 0;
    if (!ParseSigned(cursor, number)) return false;
    value = static_cast<T>(number);
    if (value == number) return true;
  } else {
    std::uint64_t number = 0;
    if (!ParseUnsigned(cursor, number)) return false;
    value = static_cast<T>(number);
    if (value == number) return true;
  }
  return cursor.FailAt(
      start, "expected a number of at most " + std::to_string(std::numeric_limits<T>::max()));
}

template <class T>
void PrintItems(std::string& out, const std::vector<T>& items, Actors actors) {
  constexpr bool kStructs = Declared<T>;
  if (kStructs) out += '[';
  if (!kStructs && items.empty()) out += "none";
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += kStructs ? ' ' : ',';
    Print(out, items[i], actors);
  }
  if (kStructs) out += ']';
}

template <class T>
bool ParseItems(Cursor& cursor, std::vector<T>& items, Actors actors) {
  constexpr bool kStructs = Declared<T>;
  items.clear();
  if (!kStructs && cursor.Accept("none")) return true;
  if (kStructs && !cursor.Demand("[")) return false;
  if (kStructs && cursor.Accept("]")) return true;
  do {
    if (kStructs) cursor.SkipSpaces();
    if (!Parse(cursor, items.emplace_back(), actors)) return false;
  } while (cursor.Accept(kStructs ? " " : ","));
  return !kStructs || cursor.Demand("]");
}

template <NamedEnum E>
bool ParseEnum(Cursor& cursor, E& value) {
  const std::size_t start = cursor.position();
  const std::string_view word = cursor.Name();
  if (const auto found = FromName<E>(word)) {
    value = *found;
    return true;
  }
  std::string names;
  for (const auto& entry : NamesOf<E>::kNames) {
    names += names.empty() ? "" : ", ";
    names += entry.name;
  }
  return cursor.FailAt(start, "expected one of " + names);
}

template <Declared T>
std::span<const std::string_view> FieldNames() {
  return []<std::size_t... I>(std::index_sequence<I...>)->std::span<const std::string_view> {
    static constexpr std::array<std::string_view, sizeof...(I)> kNames{
        {FieldIn<I>(T::kFields).name...}};
    return kNames;
  }
  (std::make_index_sequence<kFieldCount<T>>());
}

/// Reads the value of one field of a record.
using FieldParser = bool (*)(Cursor& cursor, void* record, Actors actors);

template <class T, std::size_t kIndex>
bool ParseFieldAt(Cursor& cursor, void* record, Actors actors) {
  return Parse(cursor, static_cast<T*>(record)->*FieldIn<kIndex>(T::kFields).member, actors);
}

template <Declared T>
std::span<const FieldParser> FieldParsers() {
  return []<std::size_t... I>(std::index_sequence<I...>)->std::span<const FieldParser> {
    static constexpr std::array<FieldParser, sizeof...(I)> kParsers{{ParseFieldAt<T, I>...}};
    return kParsers;
  }
  (std::make_index_sequence<kFieldCount<T>>());
}

/// A struct that is read. All that does not depend on its type is compiled once.
struct StructToRead {
  std::string_view name;
  std::span<const std::string_view> names;  // of its fields
  std::span<const FieldParser> parsers;     // in the same order
  void* record;
};
template <Declared T>
StructToRead ReadInto(T& record) {
  return {T::kName, FieldNames<T>(), FieldParsers<T>(), &record};
}

/// Takes the name of a field of a struct and "=". Gives its position; nothing when there is no such
/// field, or when it is among those `seen` before. Adds it to them.
std::optional<std::size_t> TakeFieldName(Cursor& cursor, std::string_view struct_name,
                                         std::span<const std::string_view> names,
                                         std::vector<std::string>& seen);

/// Parses `field=value` into the field of that name; `seen` guards against a field given twice.
bool ParseField(Cursor& cursor, const StructToRead& to, std::vector<std::string>& seen,
                Actors actors);

/// Parses `name{field=value ...}`; a field that is not there stays as it is.
bool ParseBraced(Cursor& cursor, const StructToRead& to, Actors actors);

/// Records that omit fields with their default value.
template <class T>
constexpr bool kDefaultIsAbsence = std::is_same_v<T, EndingRow>;

/// `name{field=value ...}` with every field that is not omitted.
template <Declared T>
void PrintStruct(std::string& out, const T& record, Actors actors) {
  out += T::kName;
  out += '{';
  bool first = true;
  ForEachField<T>([&](const auto& field) {
    if (kDefaultIsAbsence<T> && record.*field.member == T{}.*field.member) return;
    if (!first) out += ' ';
    first = false;
    out += field.name;
    out += '=';
    Print(out, record.*field.member, actors);
  });
  out += '}';
}

template <Declared T>
bool ParseStruct(Cursor& cursor, T& record, Actors actors) {
  record = T{};
  return ParseBraced(cursor, ReadInto(record), actors);
}

template <class T>
bool ParseCode(Cursor& cursor, T& value, std::optional<int> (*from_name)(std::string_view)) {
  const std::size_t start = cursor.position();
  const std::string_view word = cursor.Word();
  const auto number = from_name(word);
  if (number) value.number = *number;
  return number || cursor.FailAt(start, "expected the name of an error or a signal");
}

/// How a value type is written and read.
template <class T>
struct TextForm;

template <>
struct TextForm<bool> {
  static void Print(std::string& out, bool value, Actors) { out += value ? "true" : "false"; }
  static bool Parse(Cursor& cursor, bool& value, Actors) {
    value = cursor.Accept("true");
    return value || cursor.Demand("false");
  }
};

template <NamedEnum T>
struct TextForm<T> {
  static void Print(std::string& out, T value, Actors) { out += NameOf(value); }
  static bool Parse(Cursor& cursor, T& value, Actors) { return ParseEnum(cursor, value); }
};

template <class T>
requires std::is_integral_v<T>
struct TextForm<T> {
  static void Print(std::string& out, T value, Actors) {
    if constexpr (std::is_signed_v<T>) {
      PrintSigned(out, value);
    } else {
      PrintUnsigned(out, value);
    }
  }
  static bool Parse(Cursor& cursor, T& value, Actors) { return ParseWhole(cursor, value); }
};

template <>
struct TextForm<std::string> {
  static void Print(std::string& out, const std::string& value, Actors) { out += Quote(value); }
  static bool Parse(Cursor& cursor, std::string& value, Actors) { return cursor.TakeQuoted(value); }
};

template <class Tag>
struct TextForm<Flags<Tag>> {
  static void Print(std::string& out, Flags<Tag> value, Actors) {
    PrintFlagWords(out, Tag::kNames, value.bits);
  }
  static bool Parse(Cursor& cursor, Flags<Tag>& value, Actors) {
    value.bits = 0;
    do {
      if (!ParseFlagWord(cursor, Tag::kNames, value.bits)) return false;
    } while (cursor.Accept("|"));
    return true;
  }
};

template <>
struct TextForm<Mode> {
  static void Print(std::string& out, Mode value, Actors) { PrintOctal(out, value.bits); }
  static bool Parse(Cursor& cursor, Mode& value, Actors) { return ParseWhole(cursor, value.bits); }
};

template <>
struct TextForm<Size> {
  static void Print(std::string& out, Size value, Actors) { PrintUnsigned(out, value.bytes); }
  static bool Parse(Cursor& cursor, Size& value, Actors) { return ParseWhole(cursor, value.bytes); }
};

template <>
struct TextForm<ErrorCode> {
  static void Print(std::string& out, ErrorCode value, Actors) { out += ErrnoName(value.number); }
  static bool Parse(Cursor& cursor, ErrorCode& value, Actors) {
    return ParseCode(cursor, value, ErrnoFromName);
  }
};

template <>
struct TextForm<SignalCode> {
  static void Print(std::string& out, SignalCode value, Actors) { out += SignalName(value.number); }
  static bool Parse(Cursor& cursor, SignalCode& value, Actors) {
    return ParseCode(cursor, value, SignalFromName);
  }
};

template <class T>
requires(std::is_same_v<T, Id> || std::is_same_v<T, ReportedId>) struct TextForm<T> {
  static void Print(std::string& out, T value, Actors) { PrintId(out, value.number); }
  static bool Parse(Cursor& cursor, T& value, Actors) {
    std::int64_t user = 0;
    if (!AcceptUser(cursor, user)) return ParseWhole(cursor, value.number);
    value.number = static_cast<decltype(value.number)>(user);
    return cursor.ok();
  }
};

template <>
struct TextForm<ActorRef> {
  static void Print(std::string& out, ActorRef value, Actors actors) {
    PrintActor(out, value, actors);
  }
  static bool Parse(Cursor& cursor, ActorRef& value, Actors actors) {
    return ParseActor(cursor, value, actors);
  }
};

template <class T>
requires std::is_base_of_v<Reference, T>
struct TextForm<T> {
  static void Print(std::string& out, const T& value, Actors) {
    if (!value.handle && value.offset == 0 && !T::kNone.empty()) {
      out += T::kNone;
    } else {
      PrintReference(out, value);
    }
  }
  static bool Parse(Cursor& cursor, T& value, Actors) {
    value = T{};
    if (!T::kNone.empty() && cursor.Accept(T::kNone)) return true;
    if (AcceptHandle(cursor, value)) return cursor.ok();
    return ParseSigned(cursor, value.offset);
  }
};

template <>
struct TextForm<Program> {
  static void Print(std::string& out, const Program& value, Actors) {
    out += Quote(PrintProgram(value));
  }
  static bool Parse(Cursor& cursor, Program& value, Actors) { return ParseProgram(cursor, value); }
};

template <>
struct TextForm<Ending> {
  static void Print(std::string& out, const Ending& value, Actors) {
    out += Quote(PrintEnding(value));
  }
  static bool Parse(Cursor& cursor, Ending& value, Actors) { return ParseEnding(cursor, value); }
};

template <Declared T>
struct TextForm<T> {
  static void Print(std::string& out, const T& value, Actors actors) {
    PrintStruct(out, value, actors);
  }
  static bool Parse(Cursor& cursor, T& value, Actors actors) {
    return ParseStruct(cursor, value, actors);
  }
};

template <class T>
struct TextForm<std::vector<T>> {
  static void Print(std::string& out, const std::vector<T>& value, Actors actors) {
    PrintItems(out, value, actors);
  }
  static bool Parse(Cursor& cursor, std::vector<T>& value, Actors actors) {
    return ParseItems(cursor, value, actors);
  }
};

/// Absent ones are not printed at all.
template <class T>
struct TextForm<std::optional<T>> {
  static void Print(std::string& out, const std::optional<T>& value, Actors actors) {
    TextForm<T>::Print(out, *value, actors);
  }
  static bool Parse(Cursor& cursor, std::optional<T>& value, Actors actors) {
    return TextForm<T>::Parse(cursor, value.emplace(), actors);
  }
};

template <class T>
void Print(std::string& out, const T& value, Actors actors) {
  TextForm<T>::Print(out, value, actors);
}

template <class T>
bool Parse(Cursor& cursor, T& value, Actors actors) {
  return TextForm<T>::Parse(cursor, value, actors);
}

}  // namespace shmspec::text

#endif  // SHMSPEC_HARNESS_VOCABULARY_FORM_TEXT_VALUE_H_
