// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Texts of a page about a chapter of the catalogue, which records do not hold.

#ifndef SHMSPEC_REPORTS_TEXT_CHAPTERS_H_
#define SHMSPEC_REPORTS_TEXT_CHAPTERS_H_

#include <string_view>

namespace shmspec::reports {

struct Chapter {
  std::string_view name;  // the folder of suites/
  std::string_view title;
  /// One sentence: which programs rely on it, and what happens to them when it does not hold.
  std::string_view who_suffers;
};

/// The chapter of that name; for an unknown name, one with the name as its title and no sentence.
Chapter ChapterOf(std::string_view name);

}  // namespace shmspec::reports

#endif  // SHMSPEC_REPORTS_TEXT_CHAPTERS_H_
