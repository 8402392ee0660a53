// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// A position in a file, written as compilers do.

#ifndef SHMSPEC_HARNESS_VOCABULARY_VALUE_SOURCE_POSITION_H_
#define SHMSPEC_HARNESS_VOCABULARY_VALUE_SOURCE_POSITION_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace shmspec {

/// `FILE:LINE:COLUMN` of the byte with that index, or of the end when the text has fewer.
std::string SourcePositionOf(std::string_view text, std::size_t byte, const std::string& file);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_VALUE_SOURCE_POSITION_H_
