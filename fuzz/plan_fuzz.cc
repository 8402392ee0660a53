// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Bytes to a plan, the plan to the kernel, its trace to the oracle: anything that three users do
// with System V shared memory has an outcome that the specification allows. libFuzzer is guided by
// what the model did, not by branches of this program: each requirement that an outcome showed to
// hold and each pair of operation and error is a counter of its own.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "fuzz/model_counters.h"
#include "harness/actor/actor_main.h"
#include "harness/actor/process_stage.h"
#include "harness/generators/byte_choices.h"
#include "harness/generators/likely_plan.h"
#include "harness/oracle/oracle.h"
#include "harness/sandbox/isolation.h"
#include "harness/vocabulary/form/text.h"

namespace shmspec {
namespace {

constexpr std::size_t kMostSteps = 40;
constexpr int kSkipped = 77;  // as CTest is configured

std::unique_ptr<Stage> stage;

[[noreturn]] void GiveUp(const std::string& why) {
  std::fprintf(stderr, "plan_fuzz: %s\n", why.c_str());
  std::exit(3);
}

void MakeStageOnce() {
  const Result<Isolated> isolated = EnterIsolation(Isolation::kPrivate);
  if (!isolated.ok()) GiveUp(isolated.error().message);
  Result<std::unique_ptr<Stage>> made = MakeProcessStage(
      "libc", {.private_ipc = true, .private_shm = isolated->private_shm, .sweeps = true});
  if (!made.ok()) GiveUp(made.error().message);
  stage = std::move(*made);
}

void FuzzPlan(std::span<const std::uint8_t> bytes) {
  if (stage == nullptr) MakeStageOnce();
  ByteChoices choices(bytes);
  LikelyPlan plan(SwiftWeights());
  while (!choices.empty() && plan.plan().steps.size() < kMostSteps) plan.AddStep(choices);
  const Trace trace = stage->Perform(plan.plan(), 1);
  const Verdict verdict = Judge(trace, *model::FindProfile("linux"));
  if (verdict.kind == Verdict::Kind::kRefuted) {
    std::fprintf(stderr, "%s\n%s\nAs a plan, `shmspec replay` shows it again.\n",
                 PrintTrace(trace).c_str(), verdict.message.c_str());
    std::abort();
  }
  Count(trace, verdict);
}

}  // namespace
}  // namespace shmspec

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  if (const auto exit_code = shmspec::RunAsActor(*argc, *argv)) std::exit(*exit_code);
  // Plans need several users and the sysctls of an IPC namespace.
  if (shmspec::ProbeIsolation() != shmspec::Isolation::kPrivate) {
    std::fprintf(stderr, "plan_fuzz: IPC and mount namespaces cannot be made; run it as root\n");
    std::exit(shmspec::kSkipped);
  }
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  shmspec::FuzzPlan({data, size});
  return 0;
}
