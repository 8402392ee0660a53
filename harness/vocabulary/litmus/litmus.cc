// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/litmus/litmus.h"

namespace shmspec {
namespace {

std::string PrintAccess(const Access& access) {
  std::string place(NameOf(access.variable));
  if (access.also) place += '\'';
  const std::string value = std::to_string(access.value);
  switch (access.kind) {
    case AccessKind::kLoad:
      return std::string(NameOf(access.to)) + "=" + place;
    case AccessKind::kStore:
      return place + "=" + value;
    case AccessKind::kExchange:
      return std::string(NameOf(access.to)) + "=exchange(" + place + "," + value + ")";
    case AccessKind::kFence:
      return "fence";
  }
  return "?";
}

}  // namespace

bool Ending::Includes(const Ending& whole) const {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] != kAny && values[i] != whole.values[i]) return false;
  }
  return true;
}

std::string_view NameOfEnding(std::size_t position) {
  return position < kRegisters ? NameOf(static_cast<Register>(position))
                               : NameOf(static_cast<Variable>(position - kRegisters));
}

std::string PrintProgram(const Program& program) {
  std::string text;
  for (const Access& access : program.accesses) {
    text += (text.empty() ? "" : "; ") + PrintAccess(access);
  }
  return text;
}

std::string PrintEnding(const Ending& ending) {
  std::string text;
  for (std::size_t i = 0; i < ending.values.size(); ++i) {
    if (ending.values[i] == Ending::kAny) continue;
    if (!text.empty()) text += ' ';
    text += NameOfEnding(i);
    text += '=' + std::to_string(ending.values[i]);
  }
  return text;
}

}  // namespace shmspec
