// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/actor/performer.h"

#include <fmt/format.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <optional>

#include "harness/actor/children.h"
#include "harness/actor/disturb.h"
#include "harness/actor/identity.h"
#include "harness/actor/turns.h"
#include "harness/host/clocks.h"
#include "harness/host/fault_guard.h"
#include "harness/host/own_process.h"
#include "harness/host/pipe.h"
#include "harness/host/process_limit.h"
#include "harness/target/perform/perform.h"
#include "harness/vocabulary/form/wire.h"
#include "harness/vocabulary/form/wire_codec.h"
#include "harness/vocabulary/value/names.h"

// There in builds that measure coverage: actors end without the exit handlers that would write it.
extern "C" void __gcov_dump() __attribute__((weak));

namespace shmspec {
namespace {

constexpr std::uint32_t kNoAct = 0xffffffff;

/// The signal that is to come when the harness dies is forgotten when the ids change.
bool ChangesIds(const Operation& operation) {
  return std::holds_alternative<ProcessSetIdentity>(operation) ||
         std::holds_alternative<ProcessDropCapability>(operation);
}

/// In some cases exec(2) makes the real ids effective in a process with PR_SET_NO_NEW_PRIVS.
Outcome OutcomeOfExec(const ActorSlot& slot) {
  if (::geteuid() == slot.exec_uid && ::getegid() == slot.exec_gid) return Value{0};
  return Trouble{true, "exec takes effective ids away here (no_new_privs)"};
}

/// Waits for the next plan.
void Rest(const ControlRegion& region, std::uint32_t self) {
  IdleSlot& place = region.idle_slots().slots[self];
  const std::uint32_t calls = place.calls.load();
  place.at_work.store(false);
  const auto& slots = region.idle_slots().slots;
  const bool last = std::none_of(slots.begin(), slots.end(),
                                 [](const IdleSlot& other) { return other.at_work.load(); });
  // The pipe may be full of words; each one is enough.
  if (last && !SendWord(region.idle_slots().rested_fd, 'r') && errno != EAGAIN) ::_exit(1);
  while (place.calls.load() == calls) FutexWait(place.calls, calls);
  if (place.calls.load() == IdleSlot::kLeave) ::_exit(0);
}

}  // namespace

Performer::Performer(const ControlRegion& region, int region_fd, std::uint32_t self,
                     Context& context)
    : region_(region), region_fd_(region_fd), self_(self), context_(context), arena_(region) {
  context.sending_fd = region.header().sending_fd;
  context.receiving_fd = region.header().receiving_fd;
  for (const int file :
       {region_fd, region.idle_slots().rested_fd, context.sending_fd, context.receiving_fd}) {
    if (file >= 0) context.own_files_from = std::min<std::int64_t>(context.own_files_from, file);
  }
}

void Performer::ReadSteps() {
  for (std::uint32_t i = 0; i < region_.header().step_count; ++i) {
    const StepState& step = region_.step(i);
    if (step.actor != self_ || step.progress.load() != StepProgress::kNone) continue;
    OwnStep& own = steps_.emplace_back();
    own.index = i;
    std::string_view bytes = region_.Bytes(step.operation);
    SHMSPEC_CHECK(ReadWire(bytes, own.operation), "the operations of the plan came over damaged");
    own.concerns_others = ConcernsOthers(own.operation);
  }
  wire_.reserve(4096);
}

void Performer::GiveUp(const Error& error) {
  ReportTrouble(region_, error.message, error.lacking);
  DismissActors(region_);
  ::_exit(1);
}

void Performer::EndPlan(std::uint32_t step) {
  ReportRefusal(region_, step);
  DismissActors(region_);
  if (__gcov_dump != nullptr) __gcov_dump();
  ::_exit(0);
}

void Performer::DieWithHarness() {
  // Only for spawned actors, whose parent is the warden. Forked ones would die with the actor that
  // forked them, and the first process of a pid namespace with the one that made it; the warden
  // kills those by their process group.
  if (slot().parent_pid.load() != 0 || ::getpid() != slot().pid.load()) return;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (!ParentIs(region_.header().warden.load())) ::_exit(1);
}

void Performer::TakeUp(Birth birth, const ActorSpec& spec) {
  // A thread has everything of its process except the CPU.
  if (birth == Birth::kThread) {
    slot().tid.store(ThreadIdForWarden(region_));
    if (spec.cpu || slot().cpu >= 0) PinToCpu(spec.cpu.value_or(slot().cpu));
    return;
  }
  const std::int32_t entering = ::getpid();
  if (birth == Birth::kSpawned) {
    std::int32_t none = 0;
    slot().pid.compare_exchange_strong(none, entering);
  }
  if (birth == Birth::kForked && spec.namespaces.Has(kNamespacePid)) {
    GiveUp(Error{
        fmt::format("actor {} is forked: its parent has to unshare the pid namespace", spec.name)});
  }
  const auto entered = EnterNamespaces(spec, [&](pid_t inner) { slot().pid.store(inner); });
  if (!entered.ok()) GiveUp(entered.error());
  // The process that made the pid namespace knows who this is.
  while (birth == Birth::kSpawned && spec.namespaces.Has(kNamespacePid) &&
         slot().pid.load() == entering) {
    ::sched_yield();
  }
  WatchChildren(region_, slot().pid.load());
  if (slot().cpu >= 0 && !spec.cpu) PinToCpu(slot().cpu);
  if (const auto taken = TakeIdentity(spec); !taken.ok()) GiveUp(taken.error());
  DieWithHarness();
}

void Performer::Introduce(const ActorSpec& spec) {
  ActorFacts facts = ReadFacts();
  // The floor was tried by a program of this width; a system may refuse it to the other.
  if (facts.inner_pid <= 0) GiveUp(Error{"getpid was refused to a 32-bit program (32bit)", true});
  facts.pid = slot().pid.load();
  NumberOwnNamespaces(spec, facts);
  facts.abi = context_.target().abi;
  if (const auto mismatch = FindMismatch(spec, facts)) GiveUp(*mismatch);
  if (foreign_ != nullptr && StartsAtOnce(region_.header().adapter_offers)) {
    const Result<std::int32_t> pid = foreign_->Start();
    if (!pid.ok()) GiveUp(pid.error());
    facts.pid = *pid;
    facts.inner_pid = *pid;
  }
  if (lasting_ != nullptr) *lasting_ = {facts, spec.cpu ? -1 : slot().cpu};
  IntroduceAs(facts);
}

void Performer::ComeBack() {
  if (slot().cpu >= 0 && lasting_->cpu >= 0 && slot().cpu != lasting_->cpu) {
    PinToCpu(slot().cpu);
    lasting_->cpu = slot().cpu;
  }
  IntroduceAs(lasting_->facts);
}

void Performer::IntroduceAs(const ActorFacts& facts) {
  wire_.clear();
  AppendWire(wire_, facts);
  slot().facts = arena_.Write(wire_);
  slot().introduced.fetch_or(1);
}

bool Performer::Live(Birth birth) {
  PrepareFaultGuard();
  ReadSteps();
  std::uint32_t entered = kNoAct;
  if (birth == Birth::kReborn) {
    entered = ResumeAfterExec();
  } else if (birth == Birth::kRecalled) {
    ComeBack();
    entered = 0;
  } else {
    ActorSpec spec;
    std::string_view bytes = region_.Bytes(slot().spec);
    SHMSPEC_CHECK(wire::Read(bytes, spec), "the actors of the plan came over damaged");
    TakeUp(birth, spec);
    TakeAdapter();
    Introduce(spec);
    // An actor waits for the actors that it made; no actor waits for those that the warden made.
    if (birth == Birth::kSpawned) {
      entered = 0;
    } else {
      FutexWake(slot().introduced);
    }
  }
  PerformSteps(entered);
  if (left_) return false;
  EnterAct(region_, region_.header().act_count - 1, self_);
  foreign_.reset();  // others may need what its program has until all have done their steps
  return true;
}

bool Performer::LiveAndStay(Birth birth, Lasting& lasting) {
  lasting_ = &lasting;
  Live(birth);
  return belongings_.GiveBack(context_);
}

void Performer::LiveAndEnd(Birth birth) {
  const bool to_the_end = Live(birth);
  if (to_the_end && !Has(region_.abilities(), Ability::kOrphans)) AwaitChildren();
  if (__gcov_dump != nullptr) __gcov_dump();
  // Only this thread, when others of the process go on.
  if (!to_the_end) ::syscall(SYS_exit, 0);
  ::_exit(0);
}

void Performer::AwaitChildren() const {
  // Children that outlive this process would never be reaped.
  for (std::uint32_t i = 0; i < region_.header().actor_count; ++i) {
    ActorSlot& child = region_.actor(i);
    if (child.parent_pid.load() != slot().pid.load()) continue;
    while (child.ended.load() == 0) FutexWait(child.ended, 0);
  }
}

void Performer::PerformSteps(std::uint32_t entered) {
  const auto finish = [&] {
    if (entered == kNoAct || region_.act(entered).finished_first != 0) return;
    FinishAct(region_, entered, self_);
  };
  for (const OwnStep& own : steps_) {
    StepState& step = region_.step(own.index);
    if (step.act != entered) {
      finish();
      EnterAct(region_, step.act, self_);
      entered = step.act;
    }
    if (step.performs) {
      if (region_.header().disturbed) PauseBefore(region_, own.index);
      PerformStep(own, step);
    }
    if (left_) return;
  }
  finish();
}

void Performer::PerformStep(const OwnStep& own, StepState& step) {
  step.not_before_s = SecondNotAfterNow();
  if (step.timed) step.call_ns = MonotonicNs();
  step.progress.store(StepProgress::kCalled, std::memory_order_release);
  if (region_.act(step.act).finished_first != 0) FinishAct(region_, step.act, self_);
  const Outcome outcome = own.concerns_others ? DoOnOthers(own.operation) : Call(own, step);
  if (left_) return;
  if (lasting_ != nullptr) belongings_.Note(own.operation, outcome, context_);
  if (step.timed) step.return_ns = MonotonicNs();
  step.not_after_s = SecondNotBeforeNow();
  Record(outcome, step);
  const bool failed = std::holds_alternative<Failure>(outcome);
  const bool ends = std::holds_alternative<Trouble>(outcome) || (failed && step.foundation);
  if (ends && own.index + 1 < region_.header().step_count) EndPlan(own.index);
  if (ChangesIds(own.operation)) DieWithHarness();
  if (const auto* unshare = std::get_if<ProcessUnshare>(&own.operation)) {
    children_nested_ = children_nested_ || unshare->namespaces.Has(kNamespacePid);
  }
}

void Performer::TakeAdapter() {
  const ControlHeader& header = region_.header();
  if (header.adapter[0] == '\0') return;
  AdapterProgram program{.offers = header.adapter_offers, .user = header.adapter_user};
  std::string_view words = header.adapter.data();
  while (!words.empty()) {
    const std::size_t end = words.find('\n');
    program.words.emplace_back(words.substr(0, end));
    words.remove_prefix(end + 1);
  }
  // In another pid namespace others cannot name the program; it ends with its actor there.
  static std::atomic<std::int32_t> nobody;
  const bool nested = ::getpid() != slot().pid.load();
  foreign_ = MakeForeign(std::move(program), header.deadline_ms / 10 * 6, header.handles,
                         nested ? nobody : slot().adapter_pid, fmt::format("s{:08x}-", header.run),
                         header.private_ipc && header.private_shm);
}

Outcome Performer::Call(const OwnStep& own, StepState& step) {
  context_.private_pids = ::getpid() != slot().pid.load();
  step.in_call.store(true, std::memory_order_release);
  std::optional<Handle> assigns;
  if (step.assigns >= 0) {
    assigns = Handle{static_cast<HandleKind>(step.assigns / 256),
                     static_cast<std::uint8_t>(step.assigns % 256)};
  }
  Outcome outcome = foreign_ != nullptr && foreign_->Takes(own.operation)
                        ? foreign_->Perform(own.operation, {own.index, assigns})
                        : Perform(own.operation, context_);
  step.in_call.store(false, std::memory_order_release);
  return outcome;
}

void Performer::Record(const Outcome& outcome, StepState& step) {
  wire_.clear();
  AppendWire(wire_, outcome);
  step.outcome = arena_.Write(wire_);
  if (step.outcome.at == 0) GiveUp(Error{"the outcomes of this plan are too long to be kept"});
  if (const auto* value = std::get_if<Value>(&outcome); value != nullptr && step.assigns >= 0) {
    const Handle handle{static_cast<HandleKind>(step.assigns / 256),
                        static_cast<std::uint8_t>(step.assigns % 256)};
    context_.handles().Set(handle, value->number);
  }
  step.progress.store(StepProgress::kReturned, std::memory_order_release);
}

std::uint32_t Performer::ResumeAfterExec() {
  WatchChildren(region_, slot().pid.load());
  ReapChildren();
  children_nested_ = ::getpid() != slot().pid.load();
  slot().tid.store(0);
  // Other threads of the process ended when the image was replaced.
  for (std::uint32_t i = 0; i < region_.header().actor_count; ++i) {
    if (i != self_ && region_.actor(i).pid.load() == slot().pid.load()) {
      EndActor(region_, i, GoneHow::kUnknown, 0);
    }
  }
  for (std::uint32_t i = 0; i < region_.header().step_count; ++i) {
    StepState& step = region_.step(i);
    if (step.actor != self_ || step.progress.load() != StepProgress::kCalled) continue;
    if (step.timed) step.return_ns = MonotonicNs();
    step.not_after_s = SecondNotBeforeNow();
    const Outcome outcome = OutcomeOfExec(slot());
    Record(outcome, step);
    if (std::holds_alternative<Trouble>(outcome) && i + 1 < region_.header().step_count) EndPlan(i);
    return step.act;
  }
  SHMSPEC_CHECK(false, "an image was started that no exec asked for");
}

void RunActorProcess(const ControlRegion& region, int region_fd, std::uint32_t self, Birth birth) {
  const KernelTarget* target = FindTarget(region.header().target.data(), region.actor(self).abi);
  SHMSPEC_CHECK(target != nullptr, "the control region names no target");
  // Not the other way round: the system may be one of 32 bits.
  SHMSPEC_CHECK(target->abi != Abi::kI386 || kIs32Bit, "the program of other actors");
  if (region.actor(self).abi != Abi::kNative) {
    if (const auto offered = target->probe(); !offered.ok()) {
      ReportTrouble(region, offered.error().message, offered.error().lacking);
      ::_exit(1);
    }
  }
  Context context(*target, region.header().handles);
  Lasting lasting;
  for (;; birth = Birth::kRecalled) {
    context.private_ipc = region.header().private_ipc;
    context.private_shm = region.header().private_shm;
    context.shared_mounts = region.header().shared_mounts;
    Performer performer(region, region_fd, self, context);
    if (!region.actor(self).stays) performer.LiveAndEnd(birth);
    if (!performer.LiveAndStay(birth, lasting)) ::_exit(0);
    Rest(region, self);
  }
}

}  // namespace shmspec
