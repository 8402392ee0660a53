// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/command/log_record.h"

#include <fmt/format.h>

#include <algorithm>

namespace shmspec {
namespace {

constexpr std::string_view kBegin = "-----BEGIN SHMSPEC RECORD-----";
constexpr std::string_view kEnd = "-----END SHMSPEC RECORD-----";

}  // namespace

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
