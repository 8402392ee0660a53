// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The program of 32-bit actors: the same sources as those of other actors, for i386. The programs
// of the harness carry it within themselves, where the compiler that built them can make it.

#ifndef SHMSPEC_HARNESS_ACTOR_I386_PROGRAM_H_
#define SHMSPEC_HARNESS_ACTOR_I386_PROGRAM_H_

#include <string>

#include "harness/target/target.h"
#include "harness/vocabulary/value/result.h"
#include "harness/vocabulary/value/unique_handle.h"

namespace shmspec {

/// The program as a file in memory, which exists as long as this object does.
class I386Program {
 public:
  /// The error is lacking: it was not built, or this system has no files in memory to execute.
  static Result<I386Program> Unpack();

  /// To be executed by this process and its forks.
  const char* path() const { return path_.c_str(); }

 private:
  explicit I386Program(UniqueFd file);

  UniqueFd file_;
  std::string path_;
};

/// Whether the program was built.
Result<void> HasI386Program();

/// Why an execution of it failed.
Error CannotExecuteI386(int error);

/// Whether 32-bit actors work here; tried by starting one.
Result<void> ProbeI386Program();

/// Whether actors can act on the target here; an error is lacking.
Result<void> ProbeTarget(const KernelTarget& target);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_ACTOR_I386_PROGRAM_H_
