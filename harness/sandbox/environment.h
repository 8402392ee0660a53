// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The environment of a run, and what it means for the run.

#ifndef SHMSPEC_HARNESS_SANDBOX_ENVIRONMENT_H_
#define SHMSPEC_HARNESS_SANDBOX_ENVIRONMENT_H_

#include <string>
#include <vector>

#include "harness/sandbox/isolation.h"

namespace shmspec {

/// One fact of the system. Never an error: a fact that cannot be read is `unknown`.
struct Fact {
  std::string name;  // `kernel.release`
  std::string value;
  std::string source;  // the file or call it comes from
  bool stable = true;  // the same on the next run of the same system
};
std::vector<Fact> ReadEnvironment();

/// The value of that fact, or `unknown`.
std::string ValueOf(const std::vector<Fact>& facts, std::string_view name);

/// Whether a seccomp filter stands between this process and the kernel. Needs no procfs.
bool HasSeccompFilter();

/// A consequence of a fact for a run: `finding` is what was found, `effect` what follows.
struct Meaning {
  std::string topic;
  std::string finding;
  std::string effect;
};
std::vector<Meaning> Assess(const std::vector<Fact>& facts, Isolation isolation);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_SANDBOX_ENVIRONMENT_H_
