// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Lines of files, and findings about them. Private to this folder.

#ifndef SHMSPEC_HARNESS_STYLE_LINES_H_
#define SHMSPEC_HARNESS_STYLE_LINES_H_

#include <algorithm>
#include <cstddef>
#include <string>

namespace shmspec::style {

inline std::string Finding(const std::string& path, std::size_t line, const std::string& message) {
  return path + ":" + std::to_string(line) + ": " + message;
}

/// Calls visit(line number, line) for each line.
template <class Visit>
void ForEachLine(const std::string& text, Visit&& visit) {
  std::size_t number = 1;
  for (std::size_t begin = 0; begin < text.size(); ++number) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    visit(number, text.substr(begin, end - begin));
    begin = end + 1;
  }
}

}  // namespace shmspec::style

#endif  // SHMSPEC_HARNESS_STYLE_LINES_H_
