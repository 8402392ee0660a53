// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/model/language/phases.h"

#include <variant>

namespace shmspec::model {

void Advance(const Setting& setting, const State& state, const Call& call, const Progress& progress,
             const Outcome* outcome, Chooser& chooser, Notes& notes, std::vector<Next>& ways) {
  Stride stride(setting, state, call, progress, outcome, chooser, notes, ways);
  // A call by an actor that is gone has no effect, but it has an outcome.
  const bool says_gone = outcome != nullptr && std::holds_alternative<Gone>(*outcome);
  if (stride.scene().task().life != Life::kAlive && progress.phase == 0 && !says_gone) return;
  std::visit(
      [&]<class Op>(const Op& op) {
        if constexpr (InPhases<Op>) {
          Advance(op, stride);
        } else {
          stride.Whole();
        }
      },
      *call.operation);
}

}  // namespace shmspec::model
