// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/value/check.h"

#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>

namespace shmspec {
namespace {

void WriteText(const char* text, std::size_t size) {
  // A message that cannot be written is lost.
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text, size);
}

}  // namespace

void CheckFailed(const char* file, int line, const char* condition, const char* message) {
  std::array<char, 16> number{};
  const auto end = std::to_chars(number.data(), number.data() + number.size(), line).ptr;
  WriteText(file, std::strlen(file));
  WriteText(":", 1);
  WriteText(number.data(), static_cast<std::size_t>(end - number.data()));
  WriteText(": ", 2);
  WriteText(message, std::strlen(message));
  WriteText(" (", 2);
  WriteText(condition, std::strlen(condition));
  WriteText(")\n", 2);
  std::abort();
}

}  // namespace shmspec
