// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/command/option_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <system_error>

#include "harness/vocabulary/value/duration.h"

namespace shmspec {
namespace {

/// A whole number in decimal digits that N holds.
template <std::integral N>
std::optional<N> NumberIn(const std::string& word) {
  N number = 0;
  const char* end = word.data() + word.size();
  const auto read = std::from_chars(word.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return number;
}

}  // namespace

std::string WordsWithDefault(const std::vector<std::string>& words, std::string_view by_default) {
  std::string text;
  for (const std::string& word : words) {
    text += fmt::format("{}{}{}", text.empty() ? "" : ", ", word,
                        word == by_default ? " (default)" : "");
  }
  return text;
}

Option& OptionList::AddWord(std::string names, std::string type,
                            std::function<std::string(const std::string& word)> fault,
                            std::function<void(const std::string& word)> keep, std::string about) {
  Option& option = options_.emplace_back();
  option.names = std::move(names);
  option.about = std::move(about);
  option.type = std::move(type);
  option.fault = std::move(fault);
  option.keep = [keep = std::move(keep)](const Option::Words& words) { keep(words.front()); };
  return option;
}

Option& OptionList::AddFlag(std::string names, std::function<void()> keep, std::string about) {
  Option& option = options_.emplace_back();
  option.names = std::move(names);
  option.about = std::move(about);
  option.takes = Option::Takes::kNone;
  option.keep = [keep = std::move(keep)](const Option::Words&) { keep(); };
  return option;
}

Option& OptionList::Flag(std::string names, bool& to, std::string about) {
  return Flag(std::move(names), to, true, std::move(about));
}

Option& OptionList::Text(std::string names, std::string& to, std::string about) {
  return AddWord(
      std::move(names), "TEXT", nullptr, [&to](const std::string& word) { to = word; },
      std::move(about));
}

Option& OptionList::Text(std::string names, std::optional<std::string>& to, std::string about) {
  return AddWord(
      std::move(names), "TEXT", nullptr, [&to](const std::string& word) { to = word; },
      std::move(about));
}

Option& OptionList::Texts(std::string names, std::vector<std::string>& to, std::string about) {
  Option& option = options_.emplace_back();
  option.names = std::move(names);
  option.about = std::move(about);
  option.takes = Option::Takes::kSeveral;
  option.keep = [&to](const Option::Words& words) { to = words; };
  return option;
}

Option& OptionList::AddNumber(std::string names, NumberRange range, const char* type,
                              std::function<void(std::int64_t)> keep, std::string about) {
  const auto fault = [range](const std::string& word) -> std::string {
    const std::optional<std::int64_t> number = NumberIn<std::int64_t>(word);
    if (number && *number >= range.least && *number <= range.most) return "";
    return fmt::format("Value {} not in range {} to {}", word, range.least, range.most);
  };
  return AddWord(
      std::move(names), fmt::format("{}:INT in [{} - {}]", type, range.least, range.most), fault,
      [keep = std::move(keep)](const std::string& word) { keep(*NumberIn<std::int64_t>(word)); },
      std::move(about));
}

Option& OptionList::AddSeed(std::string names, std::function<void(std::uint64_t)> keep,
                            std::string about) {
  const auto fault = [](const std::string& word) -> std::string {
    if (NumberIn<std::uint64_t>(word)) return "";
    return fmt::format("expected a number from 0 to {}, found \"{}\"", UINT64_MAX, word);
  };
  return AddWord(
      std::move(names), "UINT", fault,
      [keep = std::move(keep)](const std::string& word) { keep(*NumberIn<std::uint64_t>(word)); },
      std::move(about));
}

Option& OptionList::Duration(std::string names, std::int64_t& to_ms, std::string about) {
  const auto fault = [](const std::string& word) -> std::string {
    const Result<std::int64_t> duration_ms = ParseDuration(word);
    return duration_ms.ok() ? "" : duration_ms.error().message;
  };
  return AddWord(
      std::move(names), "DURATION", fault,
      [&to_ms](const std::string& word) { to_ms = *ParseDuration(word); }, std::move(about));
}

Option& OptionList::OneOf(std::string names, std::vector<std::string> choices,
                          std::function<void(const std::string& word)> keep, std::string about) {
  const std::string listed = fmt::format("{{{}}}", fmt::join(choices, ","));
  const auto fault = [choices = std::move(choices), listed](const std::string& word) {
    if (std::find(choices.begin(), choices.end(), word) != choices.end()) return std::string();
    return fmt::format("{} not in {}", word, listed);
  };
  return AddWord(std::move(names), "TEXT:" + listed, fault, std::move(keep), std::move(about));
}

}  // namespace shmspec
