// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Records side by side as text, a column for each.

#ifndef SHMSPEC_REPORTS_SUMMARY_MATRIX_H_
#define SHMSPEC_REPORTS_SUMMARY_MATRIX_H_

#include <cstdint>
#include <span>
#include <string>

#include "reports/record/record.h"

namespace shmspec::reports {

enum class MatrixRows : std::uint8_t { kDiffering, kAll };

/// The record of each column, the passed requirements by chapter, and the requirements: all, or
/// those whose results differ.
std::string MatrixOf(std::span<const Record> records, MatrixRows rows);

}  // namespace shmspec::reports

#endif  // SHMSPEC_REPORTS_SUMMARY_MATRIX_H_
