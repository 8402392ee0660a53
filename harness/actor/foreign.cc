// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/actor/foreign.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <utility>

#include "harness/actor/adapter_kill.h"
#include "harness/actor/strays.h"
#include "harness/vocabulary/form/text.h"
#include "harness/vocabulary/plan/handles.h"

namespace shmspec {
namespace {

/// Names of more bytes are for plans about the limit of names, which have to have the very name.
constexpr std::size_t kShortName = 32;

/// What a program has started may finish its work, such as cleaning up after it.
constexpr std::int64_t kEnd_ms = 2000;

/// The time within which the step has to end, for one that names it.
std::int64_t LimitOf(const Operation& operation) {
  if (const auto* open = std::get_if<SegmentOpen>(&operation)) return open->within_ms;
  if (const auto* either = std::get_if<SegmentOpenOrCreate>(&operation)) return either->within_ms;
  return 0;
}

template <class Op>
void NameApart(Op& op, const std::string& run) {
  if constexpr (kFamilyOf<Op> == Family::kSegment && requires { op.name; }) {
    if (op.name.size() <= kShortName && !op.name.empty()) op.name = run + op.name;
  }
}

}  // namespace

Foreign::Foreign(AdapterProgram program, std::int64_t timeout_ms, const HandleTable& handles,
                 std::atomic<std::int32_t>& pid, std::string run, bool alone)
    : program_(std::move(program)),
      timeout_ms_(timeout_ms),
      handles_(handles),
      pid_(pid),
      run_(std::move(run)),
      before_(alone ? std::optional(TakeInventory()) : std::nullopt) {
  AdoptOrphans();
}

Foreign::~Foreign() { Lose(kEnd_ms); }

bool Foreign::Takes(const Operation& operation) const {
  return (program_.offers >> static_cast<unsigned>(FamilyOf(operation)) & 1) != 0;
}

void Foreign::Lose(std::int64_t patience_ms) {
  if (!adapter_) return;
  adapter_->End(patience_ms);
  adapter_.reset();
  if (!AwaitChildren(patience_ms)) KillChildren();
  pid_.store(0);
  known_.clear();
}

Result<Adapter*> Foreign::Running() {
  if (adapter_) return adapter_.get();
  Result<std::unique_ptr<Adapter>> started = Adapter::Start(program_, timeout_ms_);
  if (!started.ok()) return started.error();
  adapter_ = std::move(*started);
  pid_.store(adapter_->pid());
  return adapter_.get();
}

Result<std::int32_t> Foreign::Start() {
  const Result<Adapter*> adapter = Running();
  if (!adapter.ok()) return adapter.error();
  return static_cast<std::int32_t>((*adapter)->pid());
}

std::string Foreign::LineOf(const Operation& operation, const ForeignStep& step) const {
  Operation asked = operation;
  std::visit([&](auto& op) { NameApart(op, run_); }, static_cast<OperationVariant&>(asked));
  return PrintAsked(
      {.number = step.index,
       .assigns = step.assigns,
       .operation = &asked,
       .known = [this](Handle handle) { return known_.contains(handle); },
       .value_of =
           [this](const Reference& reference) {
             const std::int64_t base = reference.handle ? handles_.Get(*reference.handle) : 0;
             return static_cast<std::int64_t>(static_cast<std::uint64_t>(base) +
                                              static_cast<std::uint64_t>(reference.offset));
           }});
}

bool Foreign::HasWhatItNames(const Operation& operation) const {
  bool has = true;
  ForEachHandle(operation, [&](Handle handle) {
    const bool own =
        handle.kind == HandleKind::kObject ||
        (handle.kind == HandleKind::kAttach && FamilyOf(operation) == Family::kSegment);
    has = has && (!own || known_.contains(handle));
  });
  return has;
}

Outcome Foreign::Perform(const Operation& operation, const ForeignStep& step) {
  // What a step before was to make and did not.
  if (!HasWhatItNames(operation)) return Failure{ErrorCode{EBADF}};
  if (const auto* killed = std::get_if<SegmentCreateKilled>(&operation)) {
    return CreateKilled(*killed, step);
  }
  if (const auto* clear = std::get_if<SegmentClear>(&operation)) {
    Ask(SegmentRemove{clear->name}, step, kEnd_ms);
    return Value{0};
  }
  if (std::holds_alternative<SegmentResidue>(operation)) return CountResidue();
  const std::int64_t limit = LimitOf(operation);
  return Ask(operation, step, limit != 0 ? limit : timeout_ms_);
}

Outcome Foreign::CountResidue() const {
  if (!before_) return Trouble{true, "others make segments and names here as well"};
  return Value{static_cast<std::int64_t>(CountLasting(*before_, TakeInventory()))};
}

Outcome Foreign::Ask(const Operation& operation, const ForeignStep& step, std::int64_t timeout_ms) {
  const Result<Adapter*> adapter = Running();
  if (!adapter.ok()) return Trouble{adapter.error().lacking, adapter.error().message};
  return Understand((*adapter)->Ask(LineOf(operation, step), timeout_ms), operation, step);
}

Outcome Foreign::Understand(const Adapter::Heard& heard, const Operation& operation,
                            const ForeignStep& step) {
  const std::string_view name = OperationName(operation);
  switch (heard.kind) {
    case Adapter::Heard::Kind::kLate:
      Lose();
      if (LimitOf(operation) != 0) return Fault{{SIGALRM}, FaultCode::kOther, 0};
      return Trouble{false, fmt::format("the adapter did not answer {} in time", name)};
    case Adapter::Heard::Kind::kBad:
      Lose();
      return Trouble{false, fmt::format("the adapter {} at {}", heard.why, name)};
    case Adapter::Heard::Kind::kEnded:
      adapter_->NoteEnded();
      Lose();
      if (heard.end.how == GoneHow::kKilled) {
        ::signal(heard.end.code, SIG_DFL);
        ::kill(::getpid(), heard.end.code);
      }
      return Trouble{false, fmt::format("the adapter {} at {}", DeathText(heard.end), name)};
    case Adapter::Heard::Kind::kLine:
      break;
  }
  Result<Outcome> answer = ReadAnswer(heard.line, step.index);
  if (!answer.ok()) {
    Lose();
    return Trouble{false,
                   fmt::format("the adapter answers {} wrongly: {}", name, answer.error().message)};
  }
  if (!std::holds_alternative<Value>(*answer) || !step.assigns) return std::move(*answer);
  known_.insert(*step.assigns);
  // The numbers of libraries are their own affair.
  if (step.assigns->kind == HandleKind::kObject) return Value{opened_++};
  if (std::holds_alternative<SegmentAttach>(operation)) {
    return Value{SegmentAttachAddress(attached_++)};
  }
  return std::move(*answer);
}

Outcome Foreign::CreateKilled(const SegmentCreateKilled& op, const ForeignStep& step) {
  const Result<Adapter*> adapter = Running();
  if (!adapter.ok()) return Trouble{adapter.error().lacking, adapter.error().message};
  const Operation create = SegmentCreate{op.name, op.size, std::nullopt};
  ForeignStep made = step;
  made.assigns = Handle{HandleKind::kObject, Handle::kLimit - 1};
  const Result<bool> finished = KillAtCall(**adapter, LineOf(create, made), op.call, timeout_ms_);
  Lose();
  if (!finished.ok()) return Trouble{finished.error().lacking, finished.error().message};
  return Value{*finished ? 1 : 0};
}

std::optional<Error> Foreign::Exit(const ProcessExit& how) {
  if (!adapter_) return std::nullopt;
  const Operation exit = how;
  adapter_->Send(PrintAsked({.number = 0,
                             .operation = &exit,
                             .known = [](Handle) { return false; },
                             .value_of = [](const Reference&) { return std::int64_t{0}; }}));
  const std::optional<Gone> end = adapter_->End(timeout_ms_);
  Lose(kEnd_ms);
  if (end) return std::nullopt;
  return Error{"the adapter did not end when it was told to"};
}

std::unique_ptr<Foreign> MakeForeign(AdapterProgram program, std::int64_t timeout_ms,
                                     const HandleTable& handles, std::atomic<std::int32_t>& pid,
                                     std::string run, bool alone) {
  if (!program) return nullptr;
  return std::make_unique<Foreign>(std::move(program), timeout_ms, handles, pid, std::move(run),
                                   alone);
}

}  // namespace shmspec
