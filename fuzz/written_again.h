// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// A file of TOML that its reader accepts has no writer here, since people write it; toml++ has one.

#ifndef SHMSPEC_FUZZ_WRITTEN_AGAIN_H_
#define SHMSPEC_FUZZ_WRITTEN_AGAIN_H_

#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include "harness/vocabulary/form/read_toml.h"

namespace shmspec {

/// The document as toml++ writes it: other blanks, quotes and order of keys, and no comments.
inline std::string WrittenAgain(std::string_view text) {
  std::ostringstream out;
  out << toml::parse(text);
  return std::move(out).str();
}

}  // namespace shmspec

#endif  // SHMSPEC_FUZZ_WRITTEN_AGAIN_H_
