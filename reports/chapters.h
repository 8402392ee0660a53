// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What a page says of a chapter of the catalogue that no record says.

#ifndef SHMSPEC_REPORTS_CHAPTERS_H_
#define SHMSPEC_REPORTS_CHAPTERS_H_

#include <string_view>

namespace shmspec::reports {

struct Chapter {
  std::string_view name;  // the folder of suites/
  std::string_view title;
  /// One sentence: which programs rely on it, and what happens to them when it does not hold.
  std::string_view who_suffers;
};

/// The chapter of that name; one with its name as the title and no sentence when it is not known.
Chapter ChapterOf(std::string_view name);

}  // namespace shmspec::reports

#endif  // SHMSPEC_REPORTS_CHAPTERS_H_
