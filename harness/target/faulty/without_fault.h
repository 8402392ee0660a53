// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Requirements that the model names and no seeded fault breaks, each with the reason. Whatever the
// model names has a fault or stands here.

#ifndef SHMSPEC_HARNESS_TARGET_FAULTY_WITHOUT_FAULT_H_
#define SHMSPEC_HARNESS_TARGET_FAULTY_WITHOUT_FAULT_H_

#include <span>
#include <string_view>

#include "harness/vocabulary/requirement.h"

namespace shmspec {

struct WithoutFault {
  Requirement requirement;
  std::string_view reason;
};

/// Ordered by requirement.
std::span<const WithoutFault> RequirementsWithoutFault();

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_TARGET_FAULTY_WITHOUT_FAULT_H_
