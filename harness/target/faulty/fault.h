// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Seeded faults: the simulated system with one mistake, to see that the suite notices.
//
//   for (const SeededFault& fault : AllFaults()) {
//     auto stage = MakeFaultyStage(fault.id, *model::FindProfile("linux"));
//     Trace trace = (*stage)->Perform(plan, seed);
//   }

#ifndef SHMSPEC_HARNESS_TARGET_FAULTY_FAULT_H_
#define SHMSPEC_HARNESS_TARGET_FAULTY_FAULT_H_

#include <memory>
#include <span>
#include <string_view>

#include "harness/model/profile/profile.h"
#include "harness/stage/stage.h"
#include "harness/target/simulated/tampering.h"
#include "harness/vocabulary/catalogue/requirement.h"
#include "harness/vocabulary/value/result.h"

namespace shmspec {

/// One mistake. (`Fault` is the outcome of a memory access.)
struct SeededFault {
  std::string_view id;           // `fork_does_not_count_attaches`
  Requirement requirement;       // the requirement it breaks, and perhaps others
  std::string_view description;  // one line: what the broken system does
  std::unique_ptr<Tampering> (*make)();
};

/// Every fault of this program, by id. Two of one id are a programmer's mistake.
std::span<const SeededFault> AllFaults();

/// The fault of that id, or null.
const SeededFault* FindFault(std::string_view id);

/// The simulated system with that fault; its name is `faulty:ID`. The profile must outlive it.
/// Fails when there is no such fault.
Result<std::unique_ptr<Stage>> MakeFaultyStage(std::string_view id, const model::Profile& profile);
/// The same with a fault outside the list.
std::unique_ptr<Stage> MakeFaultyStage(const SeededFault& fault, const model::Profile& profile);

namespace internal {
/// Adds a table, which must live as long as the program.
struct FaultRegistration {
  explicit FaultRegistration(std::span<const SeededFault> table);
};
}  // namespace internal

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_TARGET_FAULTY_FAULT_H_
