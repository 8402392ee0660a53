// SPDX-License-Identifier: Apache-2.0 OR MIT

#ifndef SHMSPEC_HARNESS_VOCABULARY_PLAN_HALT_H_
#define SHMSPEC_HARNESS_VOCABULARY_PLAN_HALT_H_

#include <array>
#include <cstdint>

#include "harness/vocabulary/value/names.h"

namespace shmspec {

/// Why a plan was not performed to its end.
enum class Halt : std::uint32_t {
  kNone,
  kTrouble,  // the harness, or what it needs of the system
  kOverdue,  // the deadline passed
  kRefused,  // a step failed that the steps after it rest on
};
template <>
struct NamesOf<Halt> {
  static constexpr std::array kNames{
      Named<Halt>{"none", Halt::kNone}, Named<Halt>{"trouble", Halt::kTrouble},
      Named<Halt>{"overdue", Halt::kOverdue}, Named<Halt>{"refused", Halt::kRefused}};
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_PLAN_HALT_H_
