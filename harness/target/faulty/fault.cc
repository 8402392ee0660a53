// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/faulty/fault.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "harness/target/faulty/fault_table.h"
#include "harness/target/simulated/simulated_stage.h"
#include "harness/vocabulary/value/nearest.h"

namespace shmspec {
namespace {

std::vector<SeededFault> Collect() {
  std::vector<SeededFault> all;
  for (const auto table :
       {SysvFaults(), AttachFaults(), ControlFaults(), PermissionFaults(), LifetimeFaults(),
        DataFaults(), SystemFaults(), ToolFaults(), RaceFaults(), MappingFaults(), RecordFaults(),
        OrderFaults(), TimeFaults(), BufferFaults(), ViewFaults(), FragmentFaults()}) {
    all.insert(all.end(), table.begin(), table.end());
  }
  std::sort(all.begin(), all.end(),
            [](const SeededFault& a, const SeededFault& b) { return a.id < b.id; });
  return all;
}

}  // namespace

std::span<const SeededFault> AllFaults() {
  static const std::vector<SeededFault> all = Collect();
  return all;
}

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
