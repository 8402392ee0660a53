// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/value/duration.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace shmspec {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t ms;
};
constexpr Unit kUnits[] = {{"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}};

constexpr std::int64_t kMost_ms = 24 * 3'600'000;
/// A larger number without a unit was probably meant in another unit.
constexpr std::int64_t kMostBare_s = 600;

std::optional<std::int64_t> MillisecondsOf(std::string_view name) {
  for (const Unit& unit : kUnits) {
    if (unit.name == name) return unit.ms;
  }
  return std::nullopt;
}

}  // namespace

Result<std::int64_t> ParseDuration(std::string_view text) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  const std::string_view unit(read.ptr, static_cast<std::size_t>(end - read.ptr));
  const std::optional<std::int64_t> ms = MillisecondsOf(unit.empty() ? "s" : unit);
  if (read.ec == std::errc::invalid_argument || !ms) {
    return Error{fmt::format("expected a duration such as 30s, 500ms or 2m, found \"{}\"", text)};
  }
  const bool too_long = read.ec != std::errc() || number > kMost_ms / *ms;
  if (too_long || number < 1) {
    return Error{fmt::format("expected a duration from 1ms to 24h, found \"{}\"", text)};
  }
  if (unit.empty() && number > kMostBare_s) {
    return Error{
        fmt::format("{0} without a unit is {0} seconds: write {0}ms, or {0}s if that is "
                    "what you mean",
                    number)};
  }
  return number * *ms;
}

std::string PrintDuration(std::int64_t duration_ms) {
  for (const Unit& unit : kUnits) {
    if (duration_ms != 0 && duration_ms % unit.ms == 0) {
      return fmt::format("{}{}", duration_ms / unit.ms, unit.name);
    }
  }
  return "0s";
}

}  // namespace shmspec
