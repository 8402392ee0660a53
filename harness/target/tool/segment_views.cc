// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Reads the views of ipcs other than its usual table.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <ctime>
#include <limits>
#include <map>
#include <optional>

#include "harness/host/text_file.h"
#include "harness/target/tool/tool.h"

namespace shmspec {
namespace {

constexpr std::int64_t kDay = 86400;  // seconds

std::optional<std::int64_t> Number(std::string_view word, int base = 10) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number, base);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

Error NotUnderstood(std::string_view line) {
  return Error{fmt::format("did not understand this line of ipcs: {}", line)};
}

/// A time stamp as ctime(3) prints it; 0 for "Not set". Without a year it is the last such day that
/// is not in the future.
std::optional<std::int64_t> Time(const std::string& text, const char* format, bool with_year) {
  if (text.starts_with("Not set")) return 0;
  const std::time_t now = std::time(nullptr);
  std::tm fields{};
  ::localtime_r(&now, &fields);
  fields.tm_isdst = -1;
  if (::strptime(text.c_str(), format, &fields) == nullptr) return std::nullopt;
  std::tm copy = fields;
  std::time_t time = std::mktime(&copy);
  if (!with_year && time > now + kDay) {
    --fields.tm_year;
    time = std::mktime(&fields);
  }
  return time;
}

/// Takes a time stamp of ipcs -t from the words of a line.
std::optional<std::int64_t> TakeTime(const std::vector<std::string>& words, std::size_t& next) {
  const std::size_t count = next < words.size() && words[next] == "Not" ? 2 : 3;
  if (next + count > words.size()) return std::nullopt;
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += (i > 0 ? " " : "") + words[next + i];
  next += count;
  return Time(text, "%b %d %H:%M:%S", false);
}

bool ParseRow(const std::vector<std::string>& words, IpcsView view, SegmentRow& row) {
  const auto take = [](std::optional<std::int64_t> number, std::int64_t& column) {
    if (number) column = *number;
    return number.has_value();
  };
  if (view != IpcsView::kCreators && words.size() > 1) row.uid = UidOfName(words[1]);
  if (view == IpcsView::kPids) {
    return words.size() == 4 && take(Number(words[2]), row.cpid) &&
           take(Number(words[3]), row.lpid);
  }
  if (view == IpcsView::kTimes) {
    std::size_t next = 2;
    return take(TakeTime(words, next), row.atime) && take(TakeTime(words, next), row.dtime) &&
           take(TakeTime(words, next), row.ctime) && next == words.size();
  }
  if (words.size() != 6) return false;
  const auto mode = Number(words[1], 8);
  if (!mode) return false;
  row.mode.bits = static_cast<std::uint32_t>(*mode);
  row.cuid = UidOfName(words[2]);
  row.cgid = GidOfName(words[3]);
  row.uid = UidOfName(words[4]);
  row.gid = GidOfName(words[5]);
  return true;
}

}  // namespace

Result<SegmentTable> ParseIpcsView(const std::string& text, IpcsView view) {
  SegmentTable table;
  for (const std::string& line : Lines(text)) {
    const std::vector<std::string> words = Words(line);
    if (words.empty() || words[0] == "shmid" || words[0].starts_with("--")) continue;
    SegmentRow row;
    row.key = -1;
    row.size = -1;
    const auto id = Number(words[0]);
    if (!id || !ParseRow(words, view, row)) return NotUnderstood(line);
    row.id = *id;
    table.rows.push_back(row);
  }
  std::sort(table.rows.begin(), table.rows.end(),
            [](const SegmentRow& a, const SegmentRow& b) { return a.id < b.id; });
  return table;
}

Result<UsageRecord> ParseIpcsSummary(const std::string& text) {
  UsageRecord record;
  std::size_t found = 0;
  for (const std::string& line : Lines(text)) {
    const std::vector<std::string> words = Words(line);
    if (words.size() != 3) continue;
    const auto number = Number(words[2]);
    if (!number) continue;
    ++found;
    const auto pages = static_cast<std::uint64_t>(*number);
    if (words[1] == "allocated" && words[0] == "segments") record.used_ids = *number;
    if (words[1] == "allocated" && words[0] == "pages") record.shm_tot = pages;
    if (words[1] == "resident") record.shm_rss = pages;
    if (words[1] == "swapped") record.shm_swp = pages;
  }
  if (found != 4) return NotUnderstood(text);
  return record;
}

Result<LimitsRecord> ParseIpcsLimits(const std::string& text) {
  LimitsRecord record;
  std::size_t found = 0;
  for (const std::string& line : Lines(text)) {
    const std::size_t equals = line.find(" = ");
    if (equals == std::string::npos) continue;
    const auto number = Number(line.substr(equals + 3));
    if (!number) return NotUnderstood(line);
    ++found;
    const auto limit = static_cast<std::uint64_t>(*number);
    if (line.starts_with("max number of segments")) record.shmmni = limit;
    if (line.starts_with("max seg size (kbytes)")) record.shmmax = limit * 1024;
    if (line.starts_with("max total shared memory (kbytes)")) record.shmall = limit / 4;
    if (line.starts_with("min seg size (bytes)")) record.shmmin = limit;
  }
  if (found != 4) return NotUnderstood(text);
  return record;
}

Result<SegmentTable> ParseIpcsOne(const std::string& text) {
  std::map<std::string, std::string> fields;
  for (const std::string& line : Lines(text)) {
    const std::size_t equals = line.find('=');
    if (line.find("_time=") != std::string::npos) {
      fields[line.substr(0, equals)] = line.substr(equals + 1);
      continue;
    }
    for (const std::string& word : Words(line)) {
      const std::size_t at = word.find('=');
      if (at != std::string::npos) fields[word.substr(0, at)] = word.substr(at + 1);
    }
  }
  SegmentRow row;
  row.key = -1;
  bool understood = true;
  const auto take = [&](const char* name, std::int64_t& column) {
    const auto number = Number(fields[name]);
    understood = understood && number;
    column = number.value_or(-1);
  };
  const auto time = [&](const char* name, std::int64_t& column) {
    const auto stamp = Time(fields[name], "%a %b %d %H:%M:%S %Y", true);
    understood = understood && stamp;
    column = stamp.value_or(-1);
  };
  take("shmid", row.id);
  take("bytes", row.size);
  take("cpid", row.cpid);
  take("lpid", row.lpid);
  take("nattch", row.nattch);
  take("uid", row.uid.number);
  take("gid", row.gid.number);
  take("cuid", row.cuid.number);
  take("cgid", row.cgid.number);
  time("att_time", row.atime);
  time("det_time", row.dtime);
  time("change_time", row.ctime);
  row.mode.bits = static_cast<std::uint32_t>(Number(fields["access_perms"], 8).value_or(0));
  if (!understood) return NotUnderstood(text);
  return SegmentTable{{row}};
}

}  // namespace shmspec
