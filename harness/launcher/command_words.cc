// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/launcher/command_words.h"

#include <fmt/format.h>

#include <array>
#include <optional>

namespace shmspec {
namespace {

constexpr std::string_view kArguments = "arguments";

struct Placeholder {
  std::string_view name;
  std::string Placeholders::*value;
};
constexpr std::array kPlaceholders{Placeholder{"program", &Placeholders::program},
                                   Placeholder{"id", &Placeholders::id},
                                   Placeholder{"folder", &Placeholders::folder},
                                   Placeholder{"root", &Placeholders::root},
                                   Placeholder{"bundle", &Placeholders::bundle},
                                   Placeholder{"initramfs", &Placeholders::initramfs},
                                   Placeholder{"kernel", &Placeholders::kernel},
                                   Placeholder{"record", &Placeholders::record}};

constexpr std::array kNames = [] {
  std::array<std::string_view, kPlaceholders.size() + 1> names;
  for (std::size_t i = 0; i < kPlaceholders.size(); ++i) names[i] = kPlaceholders[i].name;
  names.back() = kArguments;
  return names;
}();

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || c == '_'; }

/// The name that begins behind the brace at `at`; empty where none does, as in JSON.
std::string_view NameAt(std::string_view word, std::size_t at) {
  std::size_t end = at + 1;
  while (end < word.size() && IsLetter(word[end])) ++end;
  if (end == word.size() || word[end] != '}') return "";
  return word.substr(at + 1, end - at - 1);
}

std::optional<std::string> ValueOf(std::string_view name, const Placeholders& values) {
  if (name == kArguments) return fmt::format("{}", fmt::join(values.arguments, " "));
  for (const Placeholder& one : kPlaceholders) {
    if (one.name == name) return values.*one.value;
  }
  return std::nullopt;
}

std::string Expanded(std::string_view word, const Placeholders& values) {
  std::string text;
  for (std::size_t at = 0; at < word.size(); ++at) {
    const std::string_view name = word[at] == '{' ? NameAt(word, at) : "";
    const std::optional<std::string> value = name.empty() ? std::nullopt : ValueOf(name, values);
    if (!value) {
      text += word[at];
      continue;
    }
    text += *value;
    at += name.size() + 1;
  }
  return text;
}

bool IsPlainInShell(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-_./=:,+@%").find(c) != std::string_view::npos;
}

}  // namespace

std::span<const std::string_view> PlaceholderNames() { return kNames; }

std::vector<std::string> PlaceholdersIn(std::string_view word) {
  std::vector<std::string> names;
  for (std::size_t at = 0; at < word.size(); ++at) {
    const std::string_view name = word[at] == '{' ? NameAt(word, at) : "";
    if (!name.empty()) names.emplace_back(name);
  }
  return names;
}

std::vector<std::string> Expand(const std::vector<std::string>& words, const Placeholders& values) {
  std::vector<std::string> expanded;
  for (const std::string& word : words) {
    if (word == "{arguments}") {
      expanded.insert(expanded.end(), values.arguments.begin(), values.arguments.end());
    } else {
      expanded.push_back(Expanded(word, values));
    }
  }
  return expanded;
}

std::string QuotedForShell(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) {
    if (!line.empty()) line += ' ';
    bool plain = !word.empty();
    for (const char c : word) plain = plain && IsPlainInShell(c);
    if (plain) {
      line += word;
      continue;
    }
    line += '\'';
    for (const char c : word) line += c == '\'' ? std::string("'\\''") : std::string(1, c);
    line += '\'';
  }
  return line;
}

}  // namespace shmspec
