// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "reports/text/plain_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace shmspec::reports {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

struct Decoded {
  std::uint32_t point = 0;
  std::size_t size = 0;  // 0: no valid sequence begins here
};

/// The code point that text begins with. Refuses overlong forms, surrogates and what lies beyond
/// U+10FFFF.
Decoded Decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < size) return {};
  std::uint32_t point = first & (0x7fu >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    point = point << 6 | (byte(i) & 0x3fu);
  }
  constexpr std::uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = point >= 0xd800 && point <= 0xdfff;
  if (point < kSmallest[size] || point > 0x10ffff || surrogate) return {};
  return {point, size};
}

bool TurnsDirection(std::uint32_t point) {
  return point == 0x061c || point == 0x200e || point == 0x200f ||
         (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}

bool IsControl(std::uint32_t point) {
  if (point == '\n' || point == '\t') return false;
  return point < 0x20 || (point >= 0x7f && point <= 0x9f);
}

/// Calls visit(code point, its bytes) for every valid one and visit(0xfffd, U+FFFD) for the rest.
template <class Visit>
void ForEachPoint(std::string_view text, Visit&& visit) {
  while (!text.empty()) {
    const Decoded decoded = Decode(text);
    if (decoded.size == 0) {
      visit(std::uint32_t{0xfffd}, kReplacement);
      text.remove_prefix(1);
    } else {
      visit(decoded.point, text.substr(0, decoded.size));
      text.remove_prefix(decoded.size);
    }
  }
}

/// The text letter by letter, valid.
std::vector<std::string_view> PointsOf(std::string_view text) {
  std::vector<std::string_view> points;
  ForEachPoint(text, [&](std::uint32_t, std::string_view bytes) { points.push_back(bytes); });
  return points;
}

std::string Joined(const std::vector<std::string_view>& points) {
  std::string text;
  for (const std::string_view point : points) text += point;
  return text;
}

}  // namespace

std::string ValidUtf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  ForEachPoint(text, [&](std::uint32_t, std::string_view bytes) { out += bytes; });
  return out;
}

std::string Printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  ForEachPoint(text, [&](std::uint32_t point, std::string_view bytes) {
    if (IsControl(point)) {
      out += fmt::format("\\x{:02x}", point);
    } else if (TurnsDirection(point) || point == 0x2028 || point == 0x2029) {
      out += fmt::format("\\u{:04x}", point);
    } else if (point == 0xfffe || point == 0xffff) {
      out += kReplacement;
    } else {
      out += bytes;
    }
  });
  return out;
}

std::string OneLine(std::string_view text) {
  std::string line = Printable(text);
  std::replace(line.begin(), line.end(), '\n', ' ');
  std::replace(line.begin(), line.end(), '\t', ' ');
  return line;
}

std::string BeginningOf(std::string_view text, std::size_t letters) {
  std::vector<std::string_view> points = PointsOf(text);
  if (points.size() <= letters) return Joined(points);
  points.resize(letters);
  return Joined(points) + "…";
}

std::string EndOf(std::string_view text, std::size_t letters) {
  std::vector<std::string_view> points = PointsOf(text);
  if (points.size() <= letters) return Joined(points);
  points.erase(points.begin(), points.end() - static_cast<std::ptrdiff_t>(letters));
  return "…" + Joined(points);
}

std::string FigureText(double value) {
  const bool whole = value >= 1000 && value < 1e15;
  return whole ? fmt::format("{:.0f}", value) : fmt::format("{:.4g}", value);
}

std::string Counted(std::uint64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string PercentText(double share) {
  if (share == 0) return "0 %";
  return share >= 0.1 ? fmt::format("{:.0f} %", share * 100) : fmt::format("{:.2g} %", share * 100);
}

}  // namespace shmspec::reports
