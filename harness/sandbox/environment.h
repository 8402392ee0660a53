// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What this system offers, and what that means for a run.

#ifndef SHMSPEC_HARNESS_SANDBOX_ENVIRONMENT_H_
#define SHMSPEC_HARNESS_SANDBOX_ENVIRONMENT_H_

#include <string>
#include <vector>

#include "harness/sandbox/isolation.h"

namespace shmspec {

/// One thing known of the system. Never an error: what cannot be read is `unknown`.
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

/// What a fact means for a run; `finding` says what was found, `effect` what follows.
struct Meaning {
  std::string topic;
  std::string finding;
  std::string effect;
};
std::vector<Meaning> Assess(const std::vector<Fact>& facts, Isolation isolation);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_SANDBOX_ENVIRONMENT_H_
