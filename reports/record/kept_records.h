// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The records in testdata/, for tests.

#ifndef SHMSPEC_REPORTS_RECORD_KEPT_RECORDS_H_
#define SHMSPEC_REPORTS_RECORD_KEPT_RECORDS_H_

#include <string>
#include <vector>

#include "reports/record/record.h"

namespace shmspec::reports {

/// The contents of a file of testdata/; empty when there is none.
std::string ReadFile(const std::string& name);

/// The record of that name (`failing`). One that cannot be read ends the test.
Record Recorded(const std::string& name);
std::vector<Record> Recorded(const std::vector<std::string>& names);

/// The record `failing`, in which the first case of that status has another judgement and all sums
/// agree with that.
Record Judged(Status status, Judgement judgement);

}  // namespace shmspec::reports

#endif  // SHMSPEC_REPORTS_RECORD_KEPT_RECORDS_H_
