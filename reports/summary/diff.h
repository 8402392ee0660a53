// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The differences between two records.

#ifndef SHMSPEC_REPORTS_SUMMARY_DIFF_H_
#define SHMSPEC_REPORTS_SUMMARY_DIFF_H_

#include <optional>
#include <string>
#include <vector>

#include "reports/record/record.h"

namespace shmspec::reports {

/// A circumstance with another value; nullopt where it was not recorded.
struct ChangedCircumstance {
  std::string name;
  std::optional<std::string> before;
  std::optional<std::string> after;
};

/// A requirement or a case with another result; nullopt where it was not there.
struct ChangedStatus {
  std::string id;
  std::optional<Status> before;
  std::optional<Status> after;
  std::string about;  // the level and statement of a requirement, or why a case has its result

  /// It failed and no longer does.
  bool mended() const { return before == Status::kFail && after == Status::kPass; }
  /// It fails and did not.
  bool broken() const { return before != Status::kFail && after == Status::kFail; }
};

struct Difference {
  std::vector<ChangedCircumstance> circumstances;
  std::vector<ChangedStatus> requirements;
  std::vector<ChangedStatus> cases;

  /// Whether a requirement or a case has another result, or is only in one of them.
  bool results() const { return !requirements.empty() || !cases.empty(); }
};

Difference DifferenceOf(const Record& before, const Record& after);

/// The difference in words; lines end in newlines.
std::string InWords(const Difference& difference);

/// `PASS`, or `not there`; a value, `nothing`, or `not recorded`. On one line.
std::string Shown(const std::optional<Status>& status);
std::string Shown(const std::optional<std::string>& value);

}  // namespace shmspec::reports

#endif  // SHMSPEC_REPORTS_SUMMARY_DIFF_H_
