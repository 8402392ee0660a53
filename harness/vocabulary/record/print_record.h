// SPDX-License-Identifier: Apache-2.0 OR MIT

#ifndef SHMSPEC_HARNESS_VOCABULARY_RECORD_PRINT_RECORD_H_
#define SHMSPEC_HARNESS_VOCABULARY_RECORD_PRINT_RECORD_H_

#include <string>

#include "harness/vocabulary/record/record.h"

namespace shmspec::record {

/// The record as JSON text, in the format that this program writes. Bytes that are no UTF-8 are
/// replaced.
std::string PrintRecord(const Record& record);

}  // namespace shmspec::record

#endif  // SHMSPEC_HARNESS_VOCABULARY_RECORD_PRINT_RECORD_H_
