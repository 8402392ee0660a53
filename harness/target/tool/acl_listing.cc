// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Reads what getfacl prints, a line for each entry: "user:1001:rw-".

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "harness/target/tool/tool.h"

namespace shmspec {
namespace {

Error NotUnderstood(std::string_view line) {
  return Error{fmt::format("did not understand this line of getfacl: {}", line)};
}

std::optional<std::int64_t> BitsOf(std::string_view word) {
  if (word.size() != 3) return std::nullopt;
  std::int64_t bits = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    bits *= 2;
    if (word[i] == "rwx"[i]) {
      ++bits;
    } else if (word[i] != '-') {
      return std::nullopt;
    }
  }
  return bits;
}

/// Adds an entry; false when entries have no such kind or name.
bool Add(AclRecord& record, std::string_view kind, std::string_view name, std::int64_t bits) {
  if (name.empty()) {
    if (kind == "user") record.owner = bits;
    if (kind == "group") record.group = bits;
    if (kind == "mask") record.mask = bits;
    if (kind == "other") record.other = bits;
    return kind == "user" || kind == "group" || kind == "mask" || kind == "other";
  }
  std::uint32_t id = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), id);
  if (error != std::errc() || end != name.data() + name.size()) return false;
  if (kind == "user") {
    record.user = id;
    record.user_bits = bits;
  } else if (kind == "group") {
    record.named_group = id;
    record.named_group_bits = bits;
  }
  return kind == "user" || kind == "group";
}

}  // namespace

Result<AclRecord> ParseGetfacl(const std::string& text) {
  AclRecord record;
  std::string_view left = text;
  while (!left.empty()) {
    const std::size_t end = std::min(left.find('\n'), left.size());
    const std::string_view line = left.substr(0, end);
    left.remove_prefix(std::min(end + 1, left.size()));
    if (line.empty()) continue;
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos) {
      return NotUnderstood(line);
    }
    const auto bits = BitsOf(line.substr(second + 1));
    const std::string_view name = line.substr(first + 1, second - first - 1);
    if (!bits || !Add(record, line.substr(0, first), name, *bits)) return NotUnderstood(line);
  }
  return record;
}

}  // namespace shmspec
