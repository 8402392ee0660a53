// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Programs and endings of litmus tests as they are written, in quotes.

#include <limits>

#include "harness/vocabulary/form/text_value.h"
#include "harness/vocabulary/litmus/litmus.h"
#include "harness/vocabulary/value/check.h"

namespace shmspec {
namespace text {
namespace {

/// `x` or `x'`.
bool ParsePlace(Cursor& cursor, Access& access) {
  const std::size_t start = cursor.position();
  const auto variable = FromName<Variable>(cursor.Name());
  if (!variable) return cursor.FailAt(start, "expected one of the variables x, y, z");
  access.variable = *variable;
  access.also = cursor.Accept("'");
  return cursor.ok();
}

/// What follows `r0=`.
bool ParseLoad(Cursor& cursor, Access& access) {
  access.kind = AccessKind::kLoad;
  if (!cursor.Accept("exchange(")) return ParsePlace(cursor, access);
  access.kind = AccessKind::kExchange;
  return ParsePlace(cursor, access) && cursor.Demand(",") && ParseUnsigned(cursor, access.value) &&
         cursor.Demand(")");
}

bool ParseAccess(Cursor& cursor, Access& access) {
  const std::size_t start = cursor.position();
  if (cursor.Accept("fence")) return true;
  const std::string_view name = cursor.Name();
  if (const auto to = FromName<Register>(name)) {
    access.to = *to;
    return cursor.Demand("=") && ParseLoad(cursor, access);
  }
  if (const auto variable = FromName<Variable>(name)) {
    access.kind = AccessKind::kStore;
    access.variable = *variable;
    access.also = cursor.Accept("'");
    return cursor.Demand("=") && ParseUnsigned(cursor, access.value);
  }
  return cursor.FailAt(start,
                       "expected an access such as x=1, r0=y, r0=exchange(x,1) or fence; there are "
                       "the variables x, y, z and the registers r0, r1, r2, r3");
}

bool LoadsInto(const Program& program, Register name) {
  for (const Access& access : program.accesses) {
    if (access.Loads() && access.to == name) return true;
  }
  return false;
}

bool ParseValueOfEnding(Cursor& cursor, Ending& ending) {
  const std::size_t start = cursor.position();
  const std::string_view name = cursor.Name();
  for (std::size_t i = 0; i < ending.values.size(); ++i) {
    if (name != NameOfEnding(i)) continue;
    if (ending.values[i] != Ending::kAny) {
      return cursor.FailAt(start, std::string(name) + " is given twice");
    }
    std::uint64_t value = 0;
    if (!cursor.Demand("=") || !ParseUnsigned(cursor, value)) return false;
    if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      return cursor.FailAt(start, "expected a value below 2 to the power of 63");
    }
    ending.values[i] = static_cast<std::int64_t>(value);
    return true;
  }
  return cursor.FailAt(start, "expected values such as r0=1 x=2, found " + cursor.Found());
}

}  // namespace

bool ParseProgram(Cursor& cursor, Program& program) {
  program.accesses.clear();
  if (!cursor.Demand("\"")) return false;
  if (cursor.Accept("\"")) return true;
  do {
    cursor.SkipSpaces();
    const std::size_t start = cursor.position();
    Access access;
    if (!ParseAccess(cursor, access)) return false;
    if (access.Loads() && LoadsInto(program, access.to)) {
      return cursor.FailAt(start, "a register that the program has loaded into before");
    }
    if (program.accesses.size() == Program::kLimit) {
      return cursor.FailAt(start, "a program has 8 accesses at most");
    }
    program.accesses.push_back(access);
    cursor.SkipSpaces();
  } while (cursor.Accept(";"));
  return cursor.Accept("\"") ||
         cursor.Fail("expected \";\" or a closing quote, found " + cursor.Found());
}

bool ParseEnding(Cursor& cursor, Ending& ending) {
  ending = Ending{};
  if (!cursor.Demand("\"")) return false;
  while (cursor.ok() && !cursor.Accept("\"")) {
    if (!ParseValueOfEnding(cursor, ending)) return false;
    cursor.SkipSpaces();
  }
  return cursor.ok();
}

}  // namespace text

Program ProgramOf(std::string_view text) {
  const std::string quoted = text::Quote(text);
  text::Cursor cursor(quoted);
  Program program;
  SHMSPEC_CHECK(text::ParseProgram(cursor, program) && cursor.AtEnd(),
                "no program of a litmus test");
  return program;
}

Ending EndingOf(std::string_view text) {
  const std::string quoted = text::Quote(text);
  text::Cursor cursor(quoted);
  Ending ending;
  SHMSPEC_CHECK(text::ParseEnding(cursor, ending) && cursor.AtEnd(), "no ending of a litmus test");
  return ending;
}

}  // namespace shmspec
