// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/simulated/simulated_stage.h"

#include <utility>

#include "harness/target/simulated/simulated_run.h"

namespace shmspec {
namespace {

class SimulatedStage : public Stage {
 public:
  SimulatedStage(const model::Profile& profile, std::unique_ptr<Tampering> tampering,
                 std::string name)
      : profile_(profile), tampering_(std::move(tampering)), name_(std::move(name)) {}

  std::string_view name() const override { return name_; }

  Trace Perform(const Plan& plan, std::uint64_t seed) override {
    return SimulatedRun(profile_, plan, seed, tampering_.get()).Perform();
  }

 private:
  const model::Profile& profile_;
  std::unique_ptr<Tampering> tampering_;
  std::string name_;
};

}  // namespace

std::unique_ptr<Stage> MakeSimulatedStage(const model::Profile& profile,
                                          std::unique_ptr<Tampering> tampering, std::string name) {
  return std::make_unique<SimulatedStage>(profile, std::move(tampering), std::move(name));
}

}  // namespace shmspec
