// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Files of TOML, which people write and no code here does: what targets need to write one.

#ifndef SHMSPEC_FUZZ_TOML_TEXT_H_
#define SHMSPEC_FUZZ_TOML_TEXT_H_

#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/vocabulary/form/read_toml.h"
#include "harness/vocabulary/value/names.h"

namespace shmspec {

inline std::string TomlText(const toml::table& document) {
  using Formatter = toml::toml_formatter;
  // It writes strings with a newline in them wrongly, unless it is spelt out.
  constexpr auto kFlags = Formatter::default_flags & ~toml::format_flags::allow_literal_strings &
                          ~toml::format_flags::allow_multi_line_strings;
  std::ostringstream out;
  out << Formatter(document, kFlags);
  return std::move(out).str();
}

/// Adds a text unless it is empty.
inline void AddText(toml::table& table, std::string_view key, const std::string& text) {
  if (!text.empty()) table.insert(key, text);
}

/// Adds a list of texts, or of names, unless it is empty.
template <class T>
void AddList(toml::table& table, std::string_view key, const std::vector<T>& list) {
  if (list.empty()) return;
  toml::array texts;
  for (const T& one : list) {
    if constexpr (NamedEnum<T>) {
      texts.push_back(std::string(NameOf(one)));
    } else {
      texts.push_back(one);
    }
  }
  table.insert(key, std::move(texts));
}

}  // namespace shmspec

#endif  // SHMSPEC_FUZZ_TOML_TEXT_H_
