// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What is known and what was seen of a litmus test, as herd7 and litmus7 print it, so that their
// tools read it.

#ifndef SHMSPEC_HARNESS_COMMAND_PRINT_LITMUS_H_
#define SHMSPEC_HARNESS_COMMAND_PRINT_LITMUS_H_

#include <cstdint>
#include <map>

#include "harness/order/litmus.h"
#include "harness/order/prediction.h"

namespace shmspec {

/// How the rounds of a test ended.
struct SeenEnds {
  std::map<order::End, std::uint64_t> rounds;

  std::uint64_t Total() const;
  /// Rounds in which the proposition of the condition holds.
  std::uint64_t Positive(const order::Litmus& litmus) const;
};

void PrintPrediction(const order::Litmus& litmus, const order::Prediction& prediction);
/// Returns whether an end was seen that the order forbids.
bool PrintSeen(const order::Litmus& litmus, const order::Prediction& prediction,
               const SeenEnds& seen);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_COMMAND_PRINT_LITMUS_H_
