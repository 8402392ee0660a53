// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/actor/process_stage.h"

#include <fmt/format.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

#include "harness/actor/control_region.h"
#include "harness/actor/i386_program.h"
#include "harness/actor/identity.h"
#include "harness/actor/needs.h"
#include "harness/actor/script.h"
#include "harness/actor/spawn_warden.h"
#include "harness/actor/system_facts.h"
#include "harness/actor/warden.h"
#include "harness/host/process_limit.h"
#include "harness/host/shared_file.h"
#include "harness/residue/ipc_objects.h"
#include "harness/residue/segments.h"
#include "harness/residue/shared_names.h"
#include "harness/target/target.h"
#include "harness/vocabulary/plan/users.h"
#include "harness/vocabulary/value/names.h"

namespace shmspec {
namespace {

// The warden keeps the deadline; this one applies when the warden itself is stopped.
constexpr int kWardenGrace_ms = 10'000;

// Room for most plans, so that actors seldom have to map a larger region. Untouched pages cost
// nothing.
constexpr std::size_t kFirstRegionBytes = std::size_t{4} << 20;
// Where it cannot grow.
constexpr std::size_t kOnlyRegionBytes = std::size_t{16} << 20;

/// A well-mixed number of two others (the finaliser of splitmix64).
constexpr std::uint64_t Mixed(std::uint64_t a, std::uint64_t b) {
  std::uint64_t number = a * 0x9e3779b97f4a7c15ull + b;
  number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9ull;
  number = (number ^ (number >> 27)) * 0x94d049bb133111ebull;
  return number ^ (number >> 31);
}

/// Keys of one run: positive, never IPC_PRIVATE, the index in the low bits so that none is equal to
/// another.
std::int64_t KeyOf(std::uint64_t mixed, std::size_t index) {
  constexpr std::uint64_t kHighBits = (1u << 31) / Handle::kLimit - 1;
  const std::uint64_t high = 1 + mixed % kHighBits;
  return static_cast<std::int64_t>(high * Handle::kLimit + index);
}

/// Removes the segments that steps have named. In a namespace that others use, removes only those
/// that the plan's actors made.
void RemoveNamed(const Trace& trace, bool alone) {
  std::vector<std::int64_t> pids;
  for (const ActorFacts& facts : trace.actors) pids.push_back(facts.pid);
  for (std::size_t i = 0; i < trace.plan.steps.size(); ++i) {
    const auto* id = std::get_if<Value>(&trace.steps[i].outcome);
    const auto& assigns = trace.plan.steps[i].assigns;
    if (id == nullptr || !assigns || assigns->kind != HandleKind::kSegment) continue;
    const int number = static_cast<int>(id->number);
    if (alone) {
      RemoveSegment(number);
    } else {
      RemoveSegmentMadeBy(pids, number);
    }
  }
}

class ProcessStage final : public Stage {
 public:
  ProcessStage(const KernelTarget& target, ProcessStageOptions options, SystemFacts facts)
      : target_(target), options_(std::move(options)), facts_(facts) {}

  std::string_view name() const override { return target_.name; }
  Trace Perform(const Plan& plan, std::uint64_t seed) override;
  std::string Perturbed(const Plan& plan, std::uint64_t seed) const override {
    return PrintPerturbation(PerturbationOf(plan, seed), plan);
  }

  /// Starts the warden when there is none.
  Result<void> Prepare();

 private:
  /// What the plan needs and the system lacks, in words.
  std::optional<std::string> Missing(const Plan& plan) const;
  Result<void> FitRegion(std::size_t bytes);
  Result<void> Load(const Plan& plan, const Trace& trace, std::uint64_t seed);
  Perturbation PerturbationOf(const Plan& plan, std::uint64_t seed) const;
  /// Hands the plan to the warden and waits for its word.
  Result<void> Run();
  void ReadEnd(Trace& trace) const;
  /// The step that kept the plan past its deadline: a call that must not block, otherwise the first
  /// that has not returned.
  std::optional<std::uint32_t> OverdueStep(const Plan& plan) const;
  /// Whether the step was to end its actor, and did.
  bool HasExited(const Step& step) const;
  /// Whether another actor has killed its process, as the plan asks for.
  bool WasKilled(const Plan& plan, ActorRef actor) const;
  /// What the plan may have left in the namespace.
  void CleanUp(const Trace& trace);

  const KernelTarget& target_;
  const ProcessStageOptions options_;
  SystemFacts facts_;
  const std::uint64_t mounts_ = NumberOfNamespace("mnt");
  bool facts_changed_ = false;  // since they were read
  UniqueFd region_fd_;
  std::optional<ControlRegion> region_;
  std::optional<WardenProcess> warden_;
};

std::optional<std::string> ProcessStage::Missing(const Plan& plan) const {
  const Abilities needed = NeedsOfSteps(plan) | NeedsOfRequirements(plan);
  const Abilities missing = Without(needed, facts_.abilities);
  for (const auto& [name, ability] : NamesOf<Ability>::kNames) {
    if (Has(missing, ability)) return options_.abilities.WhyNot(ability);
  }
  if (options_.adapter) return WhyNoAdapter(plan, options_.adapter.offers);
  if (UsesLibrary(plan)) return "libraries are used through a program: name it by --adapter";
  if (!options_.private_shm.ok() && NamesObjects(plan)) {
    return "names in /dev/shm are made only where this run has a /dev/shm of its own; " +
           options_.private_shm.error().message;
  }
  return std::nullopt;
}

Result<void> ProcessStage::FitRegion(std::size_t bytes) {
  if (region_ && region_->bytes() >= bytes) return {};
  if (!Has(facts_.abilities, Ability::kSharedFile)) {
    if (region_) return Error{"a plan of this size needs a file to share memory by", true};
    Result<ControlRegion> region = ControlRegion::MapByFork(kOnlyRegionBytes);
    if (!region.ok()) return region.error();
    region_.emplace(std::move(*region));
    return {};
  }
  if (!region_fd_) {
    Result<UniqueFd> file = MakeSharedFile();
    if (!file.ok()) return file.error();
    region_fd_ = std::move(*file);
  }
  if (const auto grown = GrowSharedFile(region_fd_.get(), bytes); !grown.ok()) return grown;
  Result<ControlRegion> region = ControlRegion::Map(region_fd_.get());
  if (!region.ok()) return region.error();
  region_.emplace(std::move(*region));
  return {};
}

Result<void> ProcessStage::Prepare() {
  if (const auto fitted = FitRegion(kFirstRegionBytes); !fitted.ok()) return fitted;
  if (warden_) return {};
  const bool fork = options_.warden_start == WardenStart::kFork || !region_fd_ ||
                    !Has(facts_.abilities, Ability::kExec);
  Result<WardenProcess> warden = fork ? ForkWarden(*region_, region_fd_.get())
                                      : SpawnWarden(options_.program, region_fd_.get());
  if (!warden.ok()) return warden.error();
  warden_.emplace(std::move(*warden));
  return {};
}

Perturbation ProcessStage::PerturbationOf(const Plan& plan, std::uint64_t seed) const {
  if (!options_.perturbs) return {};
  Perturbation perturbation = DrawPerturbation(plan, seed);
  // An image that was executed has no way to tell the warden.
  if (options_.fresh_images || !Has(facts_.abilities, Ability::kKill)) perturbation.stop.reset();
  if (!Has(facts_.abilities, Ability::kPinning)) perturbation.together = false;
  return perturbation;
}

Result<void> ProcessStage::Load(const Plan& plan, const Trace& trace, std::uint64_t seed) {
  Script script = WriteScript(plan);
  script.perturbation = PerturbationOf(plan, seed);
  script.lasting = !options_.adapter;
  if (const auto fitted = FitRegion(RegionBytes(script)); !fitted.ok()) return fitted;
  LoadScript(plan, script, *region_);
  ControlHeader& header = region_->header();
  header.abilities = facts_.abilities.bits;
  header.deadline_ms = options_.deadline_ms;
  header.private_ipc = options_.private_ipc;
  header.private_shm = options_.private_shm.ok();
  header.shared_mounts = mounts_;
  header.fresh_images = options_.fresh_images;
  header.caller_cpu = ::sched_getcpu();
  std::strncpy(header.target.data(), target_.name.data(), header.target.size() - 1);
  std::strncpy(header.program.data(), options_.program.c_str(), header.program.size() - 1);
  std::string words;
  for (const std::string& word : options_.adapter.words) words += word + '\n';
  std::strncpy(header.adapter.data(), words.c_str(), header.adapter.size() - 1);
  header.adapter_offers = options_.adapter.offers;
  header.adapter_user = static_cast<std::int32_t>(options_.adapter.user);
  header.run = Mixed(options_.key_seed, header.adapter_offers) & 0xffffffff;
  for (std::size_t i = 0; i < trace.keys.size(); ++i) {
    header.handles.Set({HandleKind::kKey, static_cast<std::uint8_t>(i)}, trace.keys[i]);
  }
  return {};
}

Result<void> ProcessStage::Run() {
  if (const auto prepared = Prepare(); !prepared.ok()) return prepared;
  const ControlHeader& header = region_->header();
  // The process of a case is already on its CPU; a caller with many plans on one stage is not.
  const StayOnCpu stay(header.concurrent ? -1 : header.caller_cpu);
  const bool done = warden_->Perform(options_.deadline_ms + kWardenGrace_ms);
  if (done) return {};
  for (const auto* group : {&region_->header().group, &region_->idle_slots().group}) {
    if (const std::int32_t number = group->load(); number > 0) ::kill(-number, SIGKILL);
  }
  warden_.reset();
  return Error{"the process that watches over the actors ended or stopped"};
}

void ProcessStage::ReadEnd(Trace& trace) const {
  const ControlHeader& header = region_->header();
  trace.halt = header.halt.load();
  if (trace.halt == Halt::kRefused) trace.halted_at = header.halted_at.load();
  if (trace.halt == Halt::kTrouble) {
    trace.trouble = header.trouble.data();
    trace.lacking = header.lacking;
    return;
  }
  if (trace.halt == Halt::kOverdue) {
    trace.halted_at = OverdueStep(trace.plan);
    trace.trouble = fmt::format("the plan took longer than {} ms", options_.deadline_ms);
    if (!trace.halted_at) return;
    const Step& step = trace.plan.steps[*trace.halted_at];
    trace.trouble +=
        fmt::format(", at step {} ({}: {})", *trace.halted_at,
                    trace.plan.actors[step.actor.index].name, OperationName(step.operation));
    return;
  }
  for (std::uint32_t i = 0; i < header.actor_count; ++i) {
    const ActorSlot& slot = region_->actor(i);
    if (trace.plan.actors[i].start != Start::kSpawn || slot.facts.size != 0) continue;
    trace.halt = Halt::kTrouble;
    trace.trouble =
        fmt::format("actor {} ended before it could begin ({} {})", trace.plan.actors[i].name,
                    NameOf(static_cast<GoneHow>(slot.how.load())), slot.code.load());
  }
}

bool ProcessStage::HasExited(const Step& step) const {
  if (!std::holds_alternative<ProcessExit>(step.operation)) return false;
  const ActorSlot& slot = region_->actor(step.actor.index);
  const bool killed = static_cast<GoneHow>(slot.how.load()) == GoneHow::kKilled;
  // When the deadline has passed all are killed.
  return slot.ended.load() != 0 && !(killed && slot.code.load() == SIGKILL);
}

bool ProcessStage::WasKilled(const Plan& plan, ActorRef actor) const {
  for (std::uint32_t i = 0; i < region_->header().step_count; ++i) {
    const auto* kill = std::get_if<ProcessKill>(&plan.steps[i].operation);
    if (kill == nullptr || region_->step(i).progress.load() != StepProgress::kReturned) continue;
    const ActorSlot& victim = region_->actor(kill->actor.index);
    const bool same = victim.pid.load() == region_->actor(actor.index).pid.load();
    if (same && kill->signal.number == SIGKILL) return true;
  }
  return false;
}

std::optional<std::uint32_t> ProcessStage::OverdueStep(const Plan& plan) const {
  std::optional<std::uint32_t> first;
  for (std::uint32_t i = 0; i < region_->header().step_count; ++i) {
    const StepState& state = region_->step(i);
    const StepProgress progress = state.progress.load();
    if (!state.performs || progress == StepProgress::kReturned) continue;
    if (HasExited(plan.steps[i]) || WasKilled(plan, plan.steps[i].actor)) continue;
    if (progress == StepProgress::kCalled && !MayTakeLong(plan.steps[i].operation)) return i;
    if (!first) first = i;
  }
  return first;
}

void ProcessStage::CleanUp(const Trace& trace) {
  const std::vector<Step>& steps = trace.plan.steps;
  const bool wrote = std::any_of(steps.begin(), steps.end(), [](const Step& step) {
    return std::holds_alternative<SystemSysctlWrite>(step.operation);
  });
  facts_changed_ = facts_changed_ || wrote;
  // A failed experiment ended in its middle, and the next one would begin with what it left.
  const bool failed = trace.halt != Halt::kNone ||
                      std::any_of(trace.steps.begin(), trace.steps.end(), [](const auto& step) {
                        return std::holds_alternative<Trouble>(step.outcome);
                      });
  if (options_.private_shm.ok() && NamesObjects(trace.plan) && (failed || options_.sweeps)) {
    RemoveEverySharedName();
  }
  if (!failed && !(options_.private_ipc && options_.sweeps)) return;
  // First those that steps have named: a search would take longer.
  RemoveNamed(trace, options_.private_ipc);
  if (!options_.private_ipc) return;
  if (wrote) facts_changed_ = !RestoreSysctls(facts_);
  const bool others = std::any_of(steps.begin(), steps.end(), [](const Step& step) {
    return step.assigns && step.assigns->kind == HandleKind::kIpcObject;
  });
  if (others) RemoveEveryIpcObject();
  RemoveEverySegment();
}

Trace ProcessStage::Perform(const Plan& plan, std::uint64_t seed) {
  Trace trace;
  trace.plan = plan;
  trace.actors.resize(plan.actors.size());
  trace.steps.resize(plan.steps.size());
  const std::uint64_t mixed = Mixed(options_.key_seed, seed);
  for (std::size_t i = 0; i < trace.keys.size(); ++i) trace.keys[i] = KeyOf(mixed, i);
  // Others may change a namespace that this stage shares.
  if (facts_changed_ || !options_.private_ipc) ReadChangingFacts(facts_);
  facts_changed_ = false;
  trace.system = facts_;
  if (auto missing = Missing(plan)) {
    trace.trouble = std::move(*missing);
    trace.lacking = true;
    return trace;
  }
  const Users& users = options_.abilities.users;
  if (const auto clash = ClashOf(users, plan)) {
    trace.trouble = fmt::format("{} stands for a user of plans here", *clash);
    trace.lacking = true;
    return trace;
  }
  Result<void> done = Load(OnSystem(users, plan), trace, seed);
  if (done.ok()) done = Run();
  if (!done.ok()) {
    trace.halt = Halt::kTrouble;
    trace.trouble = done.error().message;
    trace.lacking = done.error().lacking;
    return trace;
  }
  ReadResults(*region_, trace);
  InPlan(users, trace);
  ReadEnd(trace);
  CleanUp(trace);
  return trace;
}

}  // namespace

Result<std::unique_ptr<Stage>> MakeProcessStage(std::string_view target_name,
                                                const ProcessStageOptions& options) {
  const KernelTarget* target = FindTarget(target_name);
  if (target == nullptr) {
    std::string known;
    for (const KernelTarget& one : KernelTargets()) {
      known += (known.empty() ? "" : ", ") + std::string(one.name);
    }
    return Error{fmt::format("there is no target {}; known are {}", target_name, known)};
  }
  if (const Result<void> probe = target->probe(); !probe.ok()) return probe.error();
  if (target->abi == Abi::kI386) {
    if (const Result<void> built = HasI386Program(); !built.ok()) return built.error();
  }
  if (options.program.size() >= std::tuple_size_v<decltype(ControlHeader::program)>) {
    return Error{"the path of the program that actors are started from is too long"};
  }
  SystemFacts facts = ReadLastingFacts();
  facts.private_ipc = options.private_ipc;
  facts.private_shm = options.private_shm.ok();
  facts.detaches = options.detaches;
  facts.abilities = options.abilities.there;
  auto stage = std::make_unique<ProcessStage>(*target, options, facts);
  if (const auto prepared = stage->Prepare(); !prepared.ok()) return prepared.error();
  return std::unique_ptr<Stage>(std::move(stage));
}

}  // namespace shmspec
