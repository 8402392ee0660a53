// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Litmus tests that have run and have not been counted.

#ifndef SHMSPEC_HARNESS_MODEL_STATE_TRIAL_H_
#define SHMSPEC_HARNESS_MODEL_STATE_TRIAL_H_

#include <cstdint>
#include <vector>

#include "harness/vocabulary/litmus/litmus.h"
#include "harness/vocabulary/value/value.h"

namespace shmspec::model {

/// A branch of a litmus test that has run.
struct TrialBranch {
  std::uint32_t step = 0;
  Program program;
  Width width = Width::k8;
  LitmusLayout layout;
  Tuning tuning = Tuning::kNone;
  std::uint64_t also_object = 0;  // what the second address is, where the program uses it
  std::uint64_t also_offset = 0;
  friend bool operator==(const TrialBranch&, const TrialBranch&) = default;
};

/// A litmus test that has run in part or as a whole and has not been counted: one branch at least.
struct Trial {
  std::uint64_t object = 0;  // where its memory begins
  std::uint64_t offset = 0;
  std::uint32_t branches = 0;     // how many it has in total
  std::vector<TrialBranch> runs;  // by step
  friend bool operator==(const Trial&, const Trial&) = default;
};

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_STATE_TRIAL_H_
