// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Plans written in C++, as cases do it: one line a step, handles as ordinary variables.
//
//   PlanBuilder plan("sysv.remove.keeps_data_until_last_detach");
//   Actor a = plan.Spawn("a", {.uid = 1000, .gid = 1000});
//   Segment s = a.Get({.flags = kCreate | 0600});
//   Attach p = a.At(s);
//   a.Store(p + 8, 42);
//   a.Load(p + 8).Gives(42);
//   a.Remove(s).Gives(0);

#ifndef SHMSPEC_HARNESS_VOCABULARY_PLAN_PLAN_BUILDER_H_
#define SHMSPEC_HARNESS_VOCABULARY_PLAN_PLAN_BUILDER_H_

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "harness/vocabulary/plan/plan.h"

namespace shmspec {

class PlanBuilder;

/// Handles as expressions: `p + 8` is the address 8 bytes into the attach p.
template <HandleKind kKind, class Ref>
struct HandleName : Ref {
  HandleName operator+(std::int64_t bytes) const {
    HandleName moved = *this;
    moved.offset += bytes;
    return moved;
  }
  HandleName operator-(std::int64_t bytes) const { return *this + -bytes; }
};
using Segment = HandleName<HandleKind::kSegment, SegmentRef>;
using Attach = HandleName<HandleKind::kAttach, Address>;
using Mapping = HandleName<HandleKind::kMapping, Address>;
using Key = HandleName<HandleKind::kKey, KeyRef>;
using IpcObject = HandleName<HandleKind::kIpcObject, IpcRef>;
using Descriptor = HandleName<HandleKind::kDescriptor, DescriptorRef>;
using LibraryObject = HandleName<HandleKind::kObject, ObjectRef>;

/// Literals where a handle could stand.
inline SegmentRef SegmentId(std::int64_t id) { return {{std::nullopt, id}}; }
inline IpcRef IpcObjectId(std::int64_t id) { return {{std::nullopt, id}}; }
inline DescriptorRef DescriptorNumber(std::int64_t number) { return {{std::nullopt, number}}; }
inline KeyRef KeyNumber(std::int64_t key) { return {{std::nullopt, key}}; }
inline KeyRef PrivateKey() { return KeyNumber(0); }
inline Address AbsoluteAddress(std::int64_t address) { return {{std::nullopt, address}}; }
inline Address Null() { return AbsoluteAddress(0); }

/// A step just added, to say what is expected of it. Stays valid while its plan is built.
class StepName {
 public:
  StepName(PlanBuilder* plan, std::size_t index) : plan_(plan), index_(index) {}

  const StepName& Expects(Pattern pattern) const;
  const StepName& Gives(std::int64_t value) const { return Expects(Exactly(value)); }
  const StepName& Fails(int error) const { return Expects(shmspec::Fails(error)); }
  const StepName& FailsWithOneOf(std::initializer_list<int> errors) const;
  const StepName& Succeeds() const { return Expects(Success()); }
  /// A fault of that signal and code. What address it reports is for the specification to judge.
  const StepName& Faults(int signal, FaultCode code) const;

 private:
  PlanBuilder* plan_;
  std::size_t index_;
};

/// An actor of a plan under construction.
class Actor {
 public:
  Actor(PlanBuilder* plan, ActorRef ref) : plan_(plan), ref_(ref) {}

  operator ActorRef() const { return ref_; }  // NOLINT: patterns and operations name actors

  /// The next step of this actor; the short forms below are all this.
  StepName Do(Operation operation) const;
  /// As Do, but not waited for until Join().
  StepName Begin(Operation operation) const;
  void Join() const;

  /// A step whose success is assigned to a handle; `name` is that handle from here on.
  StepName GetAs(Segment& name, SysvGet get) const;
  StepName AttachAs(Attach& name, SysvAttach attach) const;
  StepName MapAs(Mapping& name, Operation map) const;
  StepName MakeAs(Segment& name, SystemIpcmk ipcmk) const;
  StepName IpcObjectAs(IpcObject& name, Operation get) const;
  StepName KeyAs(Key& name, SysvKeyOfPath key_of_path) const;
  StepName DescriptorAs(Descriptor& name, Operation open) const;
  StepName ObjectAs(LibraryObject& name, Operation open) const;
  StepName AttachObjectAs(Attach& name, SegmentAttach attach) const;

  Segment Get(SysvGet get) const;  // expected to succeed
  Attach At(SegmentRef segment, Address at = {}, AttachFlags flags = {}) const;  // likewise
  Mapping Reserve(std::uint64_t bytes) const;                                    // likewise
  Mapping Map(MapMap map) const;                                                 // likewise
  Descriptor Memfd(std::uint64_t flags, std::uint64_t bytes = 0) const;  // likewise, of that size

  Descriptor Open(PosixOpen open) const;  // likewise

  StepName Detach(Address at) const { return Do(SysvDetach{at}); }
  StepName Stat(SegmentRef segment) const { return Do(SysvStat{segment}); }
  StepName Set(SysvSet set) const { return Do(std::move(set)); }
  StepName Remove(SegmentRef segment) const { return Do(SysvRemove{segment}); }
  StepName Store(Address at, std::uint64_t value, Width width = Width::k8) const {
    return Do(MemoryStore{at, width, value});
  }
  StepName Load(Address at, Width width = Width::k8) const { return Do(MemoryLoad{at, width}); }
  StepName Fork(ActorRef child) const { return Do(ProcessFork{child}).Gives(0); }
  StepName Thread(ActorRef child) const { return Do(ProcessThread{child}).Gives(0); }
  StepName Exit(ExitHow how = ExitHow::kQuick, std::int32_t code = 0) const {
    return Do(ProcessExit{how, code});
  }
  StepName Kill(ActorRef victim) const { return Do(ProcessKill{victim}).Gives(0); }
  StepName AwaitBlocked(ActorRef other) const { return Do(ProcessAwaitBlocked{other}).Gives(0); }

 private:
  PlanBuilder* plan_;
  ActorRef ref_;
};

class PlanBuilder {
 public:
  explicit PlanBuilder(std::string name) { plan_.name = std::move(name); }

  void Cite(Requirement requirement) { plan_.requirements.push_back(requirement); }

  /// Declares an actor; `spec.name` and `spec.start` are filled in.
  Actor Spawn(std::string name, ActorSpec spec = {});
  Actor Forked(std::string name, ActorSpec spec = {});
  Actor Threaded(std::string name, ActorSpec spec = {});

  /// The next unique key of this plan.
  Key NewKey();

  /// Adds a race: every step added by `branches` runs as soon as its own actor gets to it.
  void Race(const std::function<void()>& branches);

  const Plan& plan() const { return plan_; }
  Plan Take() && { return std::move(plan_); }

 private:
  friend class Actor;
  friend class StepName;

  Actor Add(std::string name, Start start, ActorSpec spec);
  std::size_t AddStep(ActorRef actor, Timing timing, Operation operation);
  Handle NextHandle(HandleKind kind);

  Plan plan_;
  bool racing_ = false;
  std::uint16_t races_ = 0;
  std::array<std::uint8_t, kHandleKinds> used_{};  // handles of each kind
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_PLAN_PLAN_BUILDER_H_
