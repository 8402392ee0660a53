// SPDX-License-Identifier: Apache-2.0 OR MIT

#ifndef SHMSPEC_HARNESS_VOCABULARY_OUTCOME_SHORTAGE_H_
#define SHMSPEC_HARNESS_VOCABULARY_OUTCOME_SHORTAGE_H_

#include <cerrno>

namespace shmspec {

/// Whether the errno says that a limit of the caller is reached, or that the machine is short of
/// something: processes, memory, files.
constexpr bool IsShortage(int error) {
  return error == EAGAIN || error == ENOMEM || error == EMFILE || error == ENFILE;
}

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_OUTCOME_SHORTAGE_H_
