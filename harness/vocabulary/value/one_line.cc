// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/value/one_line.h"

#include <fmt/format.h>

namespace shmspec {

std::string OnOneLine(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      line += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      line += fmt::format("\\x{:02x}", byte);
    } else {
      line += c;
    }
  }
  return line;
}

}  // namespace shmspec
