// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/form/adapter_lines.h"

#include <fmt/format.h>

#include <charconv>
#include <set>
#include <type_traits>

#include "harness/vocabulary/form/text_pattern.h"
#include "harness/vocabulary/form/text_value.h"
#include "harness/vocabulary/value/one_line.h"

namespace shmspec {
namespace {

using text::Cursor;

Error Expected(const Cursor& cursor, std::string_view what, std::string_view line) {
  constexpr std::size_t kShown = 200;
  return Error{fmt::format("column {}: expected {}, found {}; the line is {}",
                           cursor.position() + 1, what, cursor.Found(),
                           text::Quote(line.substr(0, kShown)))};
}

/// Takes the rest of `offers=`: names of families between commas.
bool TakeFamilies(Cursor& cursor, std::uint32_t& offers) {
  do {
    const auto family = FromName<Family>(cursor.Name());
    if (!family) return false;
    offers |= 1u << static_cast<unsigned>(*family);
  } while (cursor.Accept(","));
  return true;
}

/// As in plans, but every number is decimal.
template <class T>
void PrintValue(std::string& out, const T& value) {
  if constexpr (std::is_same_v<T, Size>) {
    out += fmt::format("{}", value.bytes);
  } else if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
    out += fmt::format("{}", value);
  } else if constexpr (std::is_base_of_v<Reference, T>) {
    if (value.handle || T::kNone.empty() || value.offset == 0) return text::Print(out, value, {});
    out += fmt::format("{}", value.offset);
  } else {
    text::Print(out, value, {});
  }
}

/// ` field=value` for every field, and nothing for one that is absent.
template <class Op>
void PrintEveryField(std::string& out, const Op& op) {
  ForEachField<Op>([&](const auto& field) {
    const auto& value = op.*field.member;
    if constexpr (requires { value.has_value(); }) {
      if (!value.has_value()) return;
    }
    if (field.name == "within_ms") return;  // for shmspec, which keeps the time
    out += fmt::format(" {}=", field.name);
    PrintValue(out, value);
  });
}

/// The operation with numbers in place of the handles that the adapter does not know.
Operation Resolved(const AskedStep& step) {
  Operation operation = *step.operation;
  std::visit(
      [&]<class Op>(Op& op) {
        ForEachField<Op>([&](const auto& field) {
          auto& value = op.*field.member;
          if constexpr (std::is_base_of_v<Reference, std::remove_cvref_t<decltype(value)>>) {
            if (!value.handle || step.known(*value.handle)) return;
            value.offset = step.value_of(value);
            value.handle.reset();
          }
        });
      },
      static_cast<OperationVariant&>(operation));
  return operation;
}

/// What follows `->`.
bool TakeOutcome(Cursor& cursor, Outcome& outcome) {
  if (cursor.Accept("lacking")) {
    Trouble trouble{true, "the library has no such call"};
    cursor.SkipSpaces();
    std::string words;
    if (!cursor.AtEnd() && cursor.TakeQuoted(words)) trouble.reason = words;
    outcome = trouble;
    return cursor.ok();
  }
  if (cursor.Accept("fails")) {
    outcome = Failure{ErrorCode{kUnnamedError}};
    return true;
  }
  // Loads may be numbers without a sign.
  const std::string_view rest = cursor.Rest();
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  const std::string_view digits = rest.substr(0, static_cast<std::size_t>(end - rest.data()));
  if (error == std::errc() && (digits.size() == rest.size() || *end == ' ')) {
    outcome = Value{static_cast<std::int64_t>(number)};
    return cursor.Accept(digits);
  }
  return text::ParseOutcome(cursor, outcome, {});
}

}  // namespace

Result<AdapterIntroduction> ReadIntroduction(std::string_view line) {
  Cursor cursor(line);
  if (cursor.Accept("adapter-error")) {
    return Error{"the adapter refuses: " + OnOneLine(cursor.Rest())};
  }
  if (!cursor.Accept("adapter ")) {
    return Expected(cursor,
                    "adapter library=\"NAME\" version=\"VERSION\" offers=segment,memory as the "
                    "first line",
                    line);
  }
  AdapterIntroduction introduction;
  std::set<std::string, std::less<>> seen;
  for (cursor.SkipSpaces(); !cursor.AtEnd(); cursor.SkipSpaces()) {
    const std::string name(cursor.Name());
    if (name.empty() || !cursor.Accept("=")) return Expected(cursor, "a field and =", line);
    seen.insert(name);
    bool taken = true;
    if (name == "library") {
      taken = cursor.TakeQuoted(introduction.library);
    } else if (name == "version") {
      taken = cursor.TakeQuoted(introduction.version);
    } else if (name == "offers") {
      taken = TakeFamilies(cursor, introduction.offers);
    } else {
      return Expected(cursor, "one of library, version, offers", line);
    }
    if (!taken) {
      return Expected(
          cursor, name == "offers" ? "families such as segment,memory" : "text in quotes", line);
    }
  }
  for (const std::string_view name : {"library", "version", "offers"}) {
    if (!seen.contains(name)) return Expected(cursor, fmt::format("{}=", name), line);
  }
  return introduction;
}

std::string PrintAsked(const AskedStep& step) {
  std::string out = fmt::format("{} ", step.number);
  if (step.assigns) {
    text::PrintReference(out, Reference{step.assigns, 0});
    out += " = ";
  }
  const Operation operation = Resolved(step);
  out += OperationName(operation);
  std::visit([&](const auto& op) { PrintEveryField(out, op); },
             static_cast<const OperationVariant&>(operation));
  return out;
}

Result<Outcome> ReadAnswer(std::string_view line, std::uint32_t number) {
  Cursor cursor(line);
  const std::string begin = fmt::format("{} -> ", number);
  if (!cursor.Accept(begin)) {
    return Expected(cursor, fmt::format("\"{}\" and the answer", begin), line);
  }
  Outcome outcome;
  const bool taken = TakeOutcome(cursor, outcome);
  cursor.SkipSpaces();
  std::string words;
  if (!taken || (!cursor.AtEnd() && (!cursor.TakeQuoted(words) || !cursor.AtEnd()))) {
    return Expected(cursor,
                    "a number, an error such as EEXIST \"words\", fails \"words\", lacking "
                    "\"words\" or a record",
                    line);
  }
  return outcome;
}

}  // namespace shmspec
