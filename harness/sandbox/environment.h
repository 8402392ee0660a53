// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The environment of a run, and what it means for the run.

#ifndef SHMSPEC_HARNESS_SANDBOX_ENVIRONMENT_H_
#define SHMSPEC_HARNESS_SANDBOX_ENVIRONMENT_H_

#include <string>
#include <vector>

#include "harness/sandbox/isolation.h"
#include "harness/vocabulary/record/fact.h"

namespace shmspec {

using record::Fact;

/// What is known of the system.
std::vector<Fact> ReadEnvironment();

/// The value of that fact, or `unknown`.
inline std::string ValueOf(const std::vector<Fact>& facts, std::string_view name) {
  for (const Fact& fact : facts) {
    if (fact.name == name) return fact.value;
  }
  return "unknown";
}

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
