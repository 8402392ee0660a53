// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <unistd.h>

#include "harness/host/memory_units.h"
#include "harness/host/own_process.h"
#include "harness/runner/run.h"
#include "harness/target/faulty/fault.h"
#include "harness/target/simulated/simulated_stage.h"
#include "harness/target/target.h"

namespace shmspec {
namespace {

constexpr std::string_view kFaulty = "faulty:";

}  // namespace

std::vector<std::string> TargetNames() {
  std::vector<std::string> names;
  for (const KernelTarget& target : KernelTargets()) names.emplace_back(target.name);
  names.emplace_back(kAdapterTarget);
  names.emplace_back("simulated");
  names.push_back(std::string(kFaulty) + "ID");
  return names;
}

Result<std::unique_ptr<Stage>> MakeStage(const RunOptions& options, WardenStart warden_start) {
  const bool simulated = options.target == "simulated" || options.target.starts_with(kFaulty);
  SetMemoryUnits(simulated ? MemoryUnits() : OwnMemoryUnits());
  if (options.target == "simulated") return MakeSimulatedStage(*options.profile);
  if (options.target.starts_with(kFaulty)) {
    return MakeFaultyStage(options.target.substr(kFaulty.size()), *options.profile);
  }
  ProcessStageOptions process;
  process.warden_start = warden_start;
  process.abilities = options.abilities;
  if (const std::string program = OwnProgram(); !program.empty()) process.program = program;
  process.deadline_ms = static_cast<std::uint32_t>(options.timeout_ms);
  process.detaches = options.detaches;
  process.sweeps = options.sweeps;
  process.private_ipc = options.isolation != Isolation::kShared;
  process.private_shm = options.isolated.private_shm;
  // Cases run at the same time; in a shared namespace their keys must not meet.
  process.key_seed = options.seed ^ static_cast<std::uint64_t>(::getpid()) << 32;
  process.adapter = options.adapter.program;
  process.adapter.offers = options.adapter.introduction.offers;
  return MakeProcessStage(options.adapter ? "libc" : options.target, process);
}

}  // namespace shmspec
