// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/outcome.h"

namespace shmspec {

bool Succeeded(const Outcome& outcome) {
  return !std::holds_alternative<Failure>(outcome) && !std::holds_alternative<Fault>(outcome) &&
         !std::holds_alternative<Gone>(outcome) && !std::holds_alternative<Trouble>(outcome) &&
         !std::holds_alternative<StrayWrite>(outcome);
}

}  // namespace shmspec
