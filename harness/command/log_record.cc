// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/command/log_record.h"

#include <fmt/format.h>

#include <algorithm>

namespace shmspec {
namespace {

constexpr std::string_view kBegin = "-----BEGIN SHMSPEC RECORD-----";
constexpr std::string_view kEnd = "-----END SHMSPEC RECORD-----";

/// The length of a time stamp of the kernel, `[  136.127631] `, with which the text begins; 0 when
/// it begins with something else.
std::size_t TimeStampAt(std::string_view text) {
  constexpr std::size_t kDecimals = 6;
  std::size_t at = 1;
  const auto digits = [&] {
    const std::size_t begin = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at - begin;
  };
  const auto skips = [&](std::string_view word) {
    if (text.substr(at, word.size()) != word) return false;
    at += word.size();
    return true;
  };
  if (!text.starts_with('[')) return 0;
  while (skips(" ")) {
  }
  if (digits() == 0 || !skips(".") || digits() != kDecimals || !skips("] ")) return 0;
  return at;
}

}  // namespace

std::string WithoutKernelMessages(std::string_view text) {
  std::string rest;
  while (!text.empty()) {
    const std::size_t begin = std::min(text.find('['), text.size());
    rest += text.substr(0, begin);
    text.remove_prefix(begin);
    if (TimeStampAt(text) != 0) {
      text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
    } else if (!text.empty()) {
      rest += text.front();
      text.remove_prefix(1);
    }
  }
  return rest;
}

std::string InLog(std::string_view record) {
  const std::string_view end_of_line = record.ends_with('\n') ? "" : "\n";
  return fmt::format("\n{}\n{}{}{}\n", kBegin, record, end_of_line, kEnd);
}

bool HasRecord(std::string_view text) { return text.find(kBegin) != std::string_view::npos; }

Result<std::vector<std::string>> RecordsInLog(std::string_view text, const std::string& name) {
  std::vector<std::string> records;
  for (std::size_t at = text.find(kBegin); at != std::string_view::npos;
       at = text.find(kBegin, at)) {
    const std::size_t begin = at + kBegin.size();
    const std::size_t end = text.find(kEnd, begin);
    if (end == std::string_view::npos) {
      return Error{fmt::format("{}: record {} of this log does not end: no line \"{}\" follows",
                               name, records.size() + 1, kEnd)};
    }
    std::string& record = records.emplace_back(text.substr(begin, end - begin));
    std::erase(record, '\r');
    at = end;
  }
  if (records.empty()) records.emplace_back(text);
  return records;
}

}  // namespace shmspec
