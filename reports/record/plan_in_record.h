// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Plans and traces as records keep them.

#ifndef SHMSPEC_REPORTS_RECORD_PLAN_IN_RECORD_H_
#define SHMSPEC_REPORTS_RECORD_PLAN_IN_RECORD_H_

#include <string_view>

#include "harness/vocabulary/plan/plan.h"
#include "harness/vocabulary/value/result.h"

namespace shmspec::reports {

/// The plan, or trace, in a record's text, without the requirements that it names: the catalogue of
/// this program may not have them. The error is that of ParsePlan.
Result<Plan> PlanIn(std::string_view text);

}  // namespace shmspec::reports

#endif  // SHMSPEC_REPORTS_RECORD_PLAN_IN_RECORD_H_
