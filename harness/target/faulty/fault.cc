// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/faulty/fault.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "harness/target/simulated/simulated_stage.h"
#include "harness/vocabulary/value/check.h"
#include "harness/vocabulary/value/nearest.h"

namespace shmspec {
namespace {

/// By id. Tables register themselves before main() begins, and none after.
std::vector<SeededFault>& Registered() {
  static std::vector<SeededFault> registered;
  return registered;
}

bool ComesBefore(const SeededFault& a, const SeededFault& b) { return a.id < b.id; }

}  // namespace

internal::FaultRegistration::FaultRegistration(std::span<const SeededFault> table) {
  for (const SeededFault& fault : table) {
    SHMSPEC_CHECK(FindFault(fault.id) == nullptr, "two faults of one id");
    std::vector<SeededFault>& all = Registered();
    all.insert(std::upper_bound(all.begin(), all.end(), fault, &ComesBefore), fault);
  }
}

std::span<const SeededFault> AllFaults() { return Registered(); }

const SeededFault* FindFault(std::string_view id) {
  const auto all = AllFaults();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const SeededFault& fault) { return fault.id == id; });
  return found != all.end() ? &*found : nullptr;
}

Result<std::unique_ptr<Stage>> MakeFaultyStage(std::string_view id, const model::Profile& profile) {
  const SeededFault* fault = FindFault(id);
  if (fault == nullptr) {
    std::vector<std::string> ids;
    for (const SeededFault& known : AllFaults()) ids.emplace_back(known.id);
    return Error{fmt::format("there is no seeded fault {}{}", id, DidYouMean(id, ids))};
  }
  return MakeFaultyStage(*fault, profile);
}

std::unique_ptr<Stage> MakeFaultyStage(const SeededFault& fault, const model::Profile& profile) {
  return MakeSimulatedStage(profile, fault.make(), fmt::format("faulty:{}", fault.id));
}

}  // namespace shmspec
