// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/filter.h"

#include <cstddef>

namespace shmspec {

bool HasWildcards(std::string_view filter) {
  return filter.find_first_of("*?") != std::string_view::npos;
}

bool MatchesName(std::string_view filter, std::string_view name) {
  if (HasWildcards(filter)) return MatchesGlob(filter, name);
  if (!name.starts_with(filter)) return false;
  return name.size() == filter.size() || name[filter.size()] == '.' || name[filter.size()] == '/';
}

bool MatchesGlob(std::string_view pattern, std::string_view text) {
  // On a mismatch the last star takes one character more; there is never a need to go back further.
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_text = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++star_text;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace shmspec
