// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// How a specification answers a question.

#ifndef SHMSPEC_HARNESS_MODEL_PROFILE_SAYS_H_
#define SHMSPEC_HARNESS_MODEL_PROFILE_SAYS_H_

#include <cstdint>

namespace shmspec::model {

/// The answer of a specification to a question; when it is silent either will do.
enum class Says : std::uint8_t { kNo, kYes, kSilent };

constexpr bool Certainly(Says says) { return says == Says::kYes; }

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_PROFILE_SAYS_H_
