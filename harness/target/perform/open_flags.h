// SPDX-License-Identifier: Apache-2.0 OR MIT

#ifndef SHMSPEC_HARNESS_TARGET_PERFORM_OPEN_FLAGS_H_
#define SHMSPEC_HARNESS_TARGET_PERFORM_OPEN_FLAGS_H_

#include <fcntl.h>

#include <array>
#include <cstdint>
#include <utility>

#include "harness/vocabulary/value/file_value.h"

namespace shmspec::perform {

/// Flags of open(2) and shm_open(3) as this system numbers them; bits without a name stay.
inline int OpenFlagsOf(std::uint64_t bits) {
  constexpr std::array kFlags{
      std::pair{kWriteOnly, O_WRONLY},       std::pair{kReadWrite, O_RDWR},
      std::pair{kMakeObject, O_CREAT},       std::pair{kOnlyNewObject, O_EXCL},
      std::pair{kTruncate, O_TRUNC},         std::pair{kAppend, O_APPEND},
      std::pair{kOpenCloseOnExec, O_CLOEXEC}};
  std::uint64_t flags = 0;
  for (const auto& [bit, flag] : kFlags) {
    if ((bits & bit) != 0) flags |= static_cast<unsigned>(flag);
    bits &= ~bit;
  }
  return static_cast<int>(flags | bits);
}

}  // namespace shmspec::perform

#endif  // SHMSPEC_HARNESS_TARGET_PERFORM_OPEN_FLAGS_H_
