// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/plan/plan_builder.h"

#include "harness/vocabulary/value/check.h"

namespace shmspec {

const StepName& StepName::Expects(Pattern pattern) const {
  plan_->plan_.steps[index_].expected = std::move(pattern);
  return *this;
}

const StepName& StepName::FailsWithOneOf(std::initializer_list<int> errors) const {
  Pattern pattern;
  for (const int error : errors) pattern = std::move(pattern) | shmspec::Fails(error);
  return Expects(std::move(pattern));
}

const StepName& StepName::Faults(int signal, FaultCode code) const {
  return Expects(
      RecordPattern<Fault>().With("signal", signal).With("code", static_cast<std::int64_t>(code)));
}

StepName Actor::Do(Operation operation) const {
  const Timing timing = plan_->racing_ ? Timing::kRace : Timing::kTurn;
  return {plan_, plan_->AddStep(ref_, timing, std::move(operation))};
}

StepName Actor::Begin(Operation operation) const {
  SHMSPEC_CHECK(!plan_->racing_, "a race starts its branches by itself");
  return {plan_, plan_->AddStep(ref_, Timing::kStart, std::move(operation))};
}

void Actor::Join() const { plan_->AddStep(ref_, Timing::kJoin, {}); }

namespace {

template <class Name>
void NameHandle(Name& name, Handle handle) {
  name = Name{};
  name.handle = handle;
}

}  // namespace

StepName Actor::GetAs(Segment& name, SysvGet get) const {
  const StepName step = Do(get);
  NameHandle(name, plan_->NextHandle(HandleKind::kSegment));
  plan_->plan_.steps.back().assigns = name.handle;
  return step;
}

StepName Actor::AttachAs(Attach& name, SysvAttach attach) const {
  const StepName step = Do(attach);
  NameHandle(name, plan_->NextHandle(HandleKind::kAttach));
  plan_->plan_.steps.back().assigns = name.handle;
  return step;
}

StepName Actor::MapAs(Mapping& name, Operation map) const {
  const StepName step = Do(std::move(map));
  NameHandle(name, plan_->NextHandle(HandleKind::kMapping));
  plan_->plan_.steps.back().assigns = name.handle;
  return step;
}

StepName Actor::MakeAs(Segment& name, SystemIpcmk ipcmk) const {
  const StepName step = Do(ipcmk);
  NameHandle(name, plan_->NextHandle(HandleKind::kSegment));
  plan_->plan_.steps.back().assigns = name.handle;
  return step;
}

StepName Actor::IpcObjectAs(IpcObject& name, Operation get) const {
  const StepName step = Do(std::move(get));
  NameHandle(name, plan_->NextHandle(HandleKind::kIpcObject));
  plan_->plan_.steps.back().assigns = name.handle;
  return step;
}

StepName Actor::KeyAs(Key& name, SysvKeyOfPath key_of_path) const {
  const StepName step = Do(std::move(key_of_path));
  NameHandle(name, plan_->NextHandle(HandleKind::kKey));
  plan_->plan_.steps.back().assigns = name.handle;
  return step;
}

StepName Actor::DescriptorAs(Descriptor& name, Operation open) const {
  const StepName step = Do(std::move(open));
  NameHandle(name, plan_->NextHandle(HandleKind::kDescriptor));
  plan_->plan_.steps.back().assigns = name.handle;
  return step;
}

StepName Actor::ObjectAs(LibraryObject& name, Operation open) const {
  const StepName step = Do(std::move(open));
  NameHandle(name, plan_->NextHandle(HandleKind::kObject));
  plan_->plan_.steps.back().assigns = name.handle;
  return step;
}

StepName Actor::AttachObjectAs(Attach& name, SegmentAttach attach) const {
  const StepName step = Do(attach);
  NameHandle(name, plan_->NextHandle(HandleKind::kAttach));
  plan_->plan_.steps.back().assigns = name.handle;
  return step;
}

Segment Actor::Get(SysvGet get) const {
  Segment name;
  GetAs(name, get).Succeeds();
  return name;
}

Attach Actor::At(SegmentRef segment, Address at, AttachFlags flags) const {
  Attach name;
  AttachAs(name, SysvAttach{segment, at, flags}).Succeeds();
  return name;
}

Mapping Actor::Reserve(std::uint64_t bytes) const {
  Mapping name;
  MapAs(name, MapReserve{Size{bytes}}).Succeeds();
  return name;
}

Mapping Actor::Map(MapMap map) const {
  Mapping name;
  MapAs(name, map).Succeeds();
  return name;
}

Descriptor Actor::Memfd(std::uint64_t flags, std::uint64_t bytes) const {
  Descriptor name;
  DescriptorAs(name, MemfdCreate{.flags = flags}).Succeeds();
  if (bytes != 0) Do(FileTruncate{name, {bytes}}).Gives(0);
  return name;
}

Descriptor Actor::Open(PosixOpen open) const {
  Descriptor name;
  DescriptorAs(name, std::move(open)).Succeeds();
  return name;
}

Actor PlanBuilder::Spawn(std::string name, ActorSpec spec) {
  return Add(std::move(name), Start::kSpawn, std::move(spec));
}
Actor PlanBuilder::Forked(std::string name, ActorSpec spec) {
  return Add(std::move(name), Start::kFork, std::move(spec));
}
Actor PlanBuilder::Threaded(std::string name, ActorSpec spec) {
  return Add(std::move(name), Start::kThread, std::move(spec));
}

Actor PlanBuilder::Add(std::string name, Start start, ActorSpec spec) {
  spec.name = std::move(name);
  spec.start = start;
  plan_.actors.push_back(std::move(spec));
  return {this, ActorRef{static_cast<std::uint8_t>(plan_.actors.size() - 1)}};
}

Key PlanBuilder::NewKey() {
  Key key;
  NameHandle(key, NextHandle(HandleKind::kKey));
  return key;
}

void PlanBuilder::Race(const std::function<void()>& branches) {
  SHMSPEC_CHECK(!racing_, "a race inside a race");
  racing_ = true;
  branches();
  racing_ = false;
  ++races_;
}

std::size_t PlanBuilder::AddStep(ActorRef actor, Timing timing, Operation operation) {
  Step step;
  step.actor = actor;
  step.timing = timing;
  step.race = timing == Timing::kRace ? races_ : std::uint16_t{0};
  step.operation = std::move(operation);
  plan_.steps.push_back(std::move(step));
  return plan_.steps.size() - 1;
}

Handle PlanBuilder::NextHandle(HandleKind kind) {
  std::uint8_t& used = used_[IndexOf(kind)];
  SHMSPEC_CHECK(used < Handle::kLimit, "too many handles of one kind in a plan");
  return {kind, used++};
}

}  // namespace shmspec
