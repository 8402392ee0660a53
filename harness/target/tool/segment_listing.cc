// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Reads the listings of segments that procfs and the tools print.

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "harness/host/text_file.h"
#include "harness/target/tool/tool.h"

namespace shmspec {
namespace {

/// A whole word as a number; hexadecimal after 0x, as 32-bit keys are printed.
std::optional<std::int64_t> Number(std::string_view word, int base = 10) {
  const bool hexadecimal = word.starts_with("0x");
  if (hexadecimal) word.remove_prefix(2);
  std::int64_t number = 0;
  const auto [end, error] =
      std::from_chars(word.data(), word.data() + word.size(), number, hexadecimal ? 16 : base);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return hexadecimal ? static_cast<std::int32_t>(number) : number;
}

std::uint32_t StateBits(std::string_view status) {
  return (status.find("dest") != std::string_view::npos ? kModeDest : 0) |
         (status.find("locked") != std::string_view::npos ? kModeLocked : 0);
}

SegmentTable Sorted(SegmentTable table) {
  std::sort(table.rows.begin(), table.rows.end(),
            [](const SegmentRow& a, const SegmentRow& b) { return a.id < b.id; });
  return table;
}

using UniqueFile = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

/// A time stamp as lsipc prints it with --time-format=iso; -1 when it is not understood.
std::int64_t IsoTime(const char* text) {
  std::tm fields{};
  const char* end = ::strptime(text, "%Y-%m-%dT%H:%M:%S%z", &fields);
  if (end == nullptr || *end != 0) return -1;
  const long offset_s = fields.tm_gmtoff;  // timegm() sets it to 0
  return static_cast<std::int64_t>(::timegm(&fields)) - offset_s;
}

Error NotUnderstood(std::string_view source, std::string_view line) {
  return Error{fmt::format("did not understand this line of {}: {}", source, line)};
}

}  // namespace

std::int64_t UidOfName(const std::string& owner) {
  if (const auto uid = Number(owner)) return *uid;
  const UniqueFile file(std::fopen("/etc/passwd", "re"), std::fclose);
  while (file) {
    const passwd* entry = ::fgetpwent(file.get());
    if (!entry) break;
    if (owner == entry->pw_name) return entry->pw_uid;
  }
  return -1;
}

std::int64_t GidOfName(const std::string& group) {
  if (const auto gid = Number(group)) return *gid;
  const UniqueFile file(std::fopen("/etc/group", "re"), std::fclose);
  while (file) {
    const ::group* entry = ::fgetgrent(file.get());
    if (!entry) break;
    if (group == entry->gr_name) return entry->gr_gid;
  }
  return -1;
}

Result<SegmentTable> ParseProcSysvipcShm(const std::string& text) {
  SegmentTable table;
  for (const std::string& line : Lines(text)) {
    const std::vector<std::string> words = Words(line);
    if (words.empty() || words[0] == "key") continue;
    SegmentRow row;
    std::int64_t* const columns[] = {&row.size,        &row.cpid,        &row.lpid,
                                     &row.nattch,      &row.uid.number,  &row.gid.number,
                                     &row.cuid.number, &row.cgid.number, &row.atime,
                                     &row.dtime,       &row.ctime};
    if (words.size() < 3 + std::size(columns)) return NotUnderstood("/proc/sysvipc/shm", line);
    const auto key = Number(words[0]), id = Number(words[1]), mode = Number(words[2], 8);
    if (!key || !id || !mode) return NotUnderstood("/proc/sysvipc/shm", line);
    row.key = *key;
    row.id = *id;
    row.mode.bits = static_cast<std::uint32_t>(*mode);
    for (std::size_t i = 0; i < std::size(columns); ++i) {
      const auto number = Number(words[3 + i]);
      if (!number) return NotUnderstood("/proc/sysvipc/shm", line);
      *columns[i] = *number;
    }
    const std::size_t kMemory = 3 + std::size(columns);  // rss and swap, where there are any
    if (words.size() >= kMemory + 2) {
      row.rss = Number(words[kMemory]).value_or(-1);
      row.swap = Number(words[kMemory + 1]).value_or(-1);
    }
    table.rows.push_back(row);
  }
  return Sorted(std::move(table));
}

Result<SegmentTable> ParseIpcs(const std::string& text) {
  SegmentTable table;
  for (const std::string& line : Lines(text)) {
    const std::vector<std::string> words = Words(line);
    if (words.empty() || !words[0].starts_with("0x")) continue;
    if (words.size() < 6) return NotUnderstood("ipcs -m", line);
    const auto key = Number(words[0]), id = Number(words[1]), mode = Number(words[3], 8),
               size = Number(words[4]), nattch = Number(words[5]);
    if (!key || !id || !mode || !size || !nattch) return NotUnderstood("ipcs -m", line);
    SegmentRow row;
    row.key = *key;
    row.id = *id;
    row.mode.bits = static_cast<std::uint32_t>(*mode);
    for (std::size_t i = 6; i < words.size(); ++i) row.mode.bits |= StateBits(words[i]);
    row.uid = UidOfName(words[2]);
    row.size = *size;
    row.nattch = *nattch;
    table.rows.push_back(row);
  }
  return Sorted(std::move(table));
}

Result<SegmentTable> ParseLsipc(const std::string& text) {
  SegmentTable table;
  // For no segments lsipc prints nothing at all, or a table without a name.
  if (Words(text).empty()) return table;
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (json == nlohmann::json{{"", nlohmann::json::array()}}) return table;
  if (!json.is_object() || !json.contains("sharedmemory")) return NotUnderstood("lsipc", text);
  for (const auto& entry : json["sharedmemory"]) {
    const auto number = [&](const char* name, int base = 10) {
      const auto found = entry.find(name);
      if (found == entry.end() || !found->is_string()) return std::int64_t{-1};
      return Number(found->template get_ref<const std::string&>(), base).value_or(-1);
    };
    const auto time = [&](const char* name) {
      const auto found = entry.find(name);
      if (found == entry.end()) return std::int64_t{-1};
      // A time that was never set is null.
      return found->is_string() ? IsoTime(found->template get_ref<const std::string&>().c_str())
                                : std::int64_t{0};
    };
    SegmentRow row;
    row.key = number("key");
    row.id = number("id");
    row.mode.bits = static_cast<std::uint32_t>(number("perms", 8));
    if (const auto status = entry.find("status"); status != entry.end() && status->is_string()) {
      row.mode.bits |= StateBits(status->get_ref<const std::string&>());
    }
    row.size = number("size");
    row.nattch = number("nattch");
    row.uid = number("uid");
    row.gid = number("gid");
    row.cuid = number("cuid");
    row.cgid = number("cgid");
    row.cpid = number("cpid");
    row.lpid = number("lpid");
    row.atime = time("attach");
    row.dtime = time("detach");
    row.ctime = time("ctime");
    table.rows.push_back(row);
  }
  return Sorted(std::move(table));
}

}  // namespace shmspec
