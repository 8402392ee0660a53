// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Records side by side as text, a column for each.

#ifndef SHMSPEC_REPORTS_MATRIX_H_
#define SHMSPEC_REPORTS_MATRIX_H_

#include <cstdint>
#include <span>
#include <string>

#include "reports/record.h"

namespace shmspec::reports {

enum class MatrixRows : std::uint8_t { kDiffering, kAll };

/// Which record is which column, what passed of what by chapter, and the requirements: all, or
/// those that did not come to the same everywhere.
std::string MatrixOf(std::span<const Record> records, MatrixRows rows);

}  // namespace shmspec::reports

#endif  // SHMSPEC_REPORTS_MATRIX_H_
