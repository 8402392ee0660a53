// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/value/source_position.h"

#include <algorithm>

namespace shmspec {

std::string SourcePositionOf(std::string_view text, std::size_t byte, const std::string& file) {
  const std::string_view before = text.substr(0, std::min(byte, text.size()));
  const std::size_t newline = before.rfind('\n');
  const std::size_t line_start = newline == std::string_view::npos ? 0 : newline + 1;
  return file + ":" + std::to_string(1 + std::count(before.begin(), before.end(), '\n')) + ":" +
         std::to_string(before.size() - line_start + 1);
}

}  // namespace shmspec
