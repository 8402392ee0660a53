// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "reports/record/plan_in_record.h"

#include <algorithm>
#include <string>

#include "harness/vocabulary/form/text.h"

namespace shmspec::reports {

Result<Plan> PlanIn(std::string_view text) {
  std::string plan;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (!text.starts_with("requirement ")) plan += std::string(text.substr(0, end)) + "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return ParsePlan(plan, "plan");
}

}  // namespace shmspec::reports
