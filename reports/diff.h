// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What differs between two records, in words.

#ifndef SHMSPEC_REPORTS_DIFF_H_
#define SHMSPEC_REPORTS_DIFF_H_

#include <string>

#include "reports/record.h"

namespace shmspec::reports {

struct Difference {
  /// Only what differs: circumstances, requirements, cases. Lines end in newlines.
  std::string text;
  /// Whether a requirement or a case came to something else, or is only in one of them.
  bool results = false;
};

Difference DifferenceOf(const Record& before, const Record& after);

}  // namespace shmspec::reports

#endif  // SHMSPEC_REPORTS_DIFF_H_
