// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Plans worth performing: steps that mostly mean something and sometimes do not, near the edges
// where systems go wrong. Unlike DrawPlan, which knows no operation by name, this knows what System
// V shared memory is about. Properties, fuzzers and the tests of model, oracle and simulated system
// against each other draw from here.
//
//   SeededChoices choices(seed);
//   LikelyPlan plan(choices);
//   for (int i = 0; i < 20; ++i) plan.AddStep(choices);
//   Trace trace = stage.Perform(plan.plan(), seed);

#ifndef SHMSPEC_HARNESS_GENERATORS_LIKELY_PLAN_H_
#define SHMSPEC_HARNESS_GENERATORS_LIKELY_PLAN_H_

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/generators/draw.h"

namespace shmspec {

/// How often, in proportion, a step is of a family.
struct LikelyWeights {
  std::uint8_t calls = 5;     // get, attach, detach, remove
  std::uint8_t controls = 3;  // everything shmctl does
  std::uint8_t memory = 3;
  std::uint8_t mappings = 2;
  std::uint8_t files = 4;      // files in memory, descriptors and their mappings
  std::uint8_t objects = 2;    // POSIX objects and what is mounted below them
  std::uint8_t scenes = 1;     // several steps that belong together
  std::uint8_t system = 1;     // sysctls, procfs, command line tools
  std::uint8_t processes = 2;  // 0: all actors can serve other plans afterwards
  std::uint8_t sync = 0;       // locks, semaphores and futexes; their actors serve no other plan
  bool tools = true;           // system steps include the command line tools, which are slow
  bool simulated = false;      // and what only simulated systems do fast, or without harm
};

/// The weights for plans that are performed by the thousand on a real kernel.
constexpr LikelyWeights SwiftWeights() {
  return {.calls = 6,
          .controls = 4,
          .memory = 3,
          .mappings = 2,
          .files = 5,
          .objects = 2,
          .system = 1,
          .processes = 0,
          .tools = false};
}

/// How many steps the parts of a parallel plan have.
struct ParallelShape {
  struct Branch {
    std::uint8_t actor = 0;
    std::size_t steps = 1;
  };
  std::size_t prefix = 0;
  std::vector<Branch> branches;
  std::size_t suffix = 0;
};

class LikelyPlan {
 public:
  /// A plan without steps. Its spawned actors: a as the harness was started, b of another user, e
  /// of a third who shares a group with b; c is for a fork and d for a thread.
  explicit LikelyPlan(LikelyWeights weights = {});

  /// Adds a step to be performed when all before it are complete. The step depends on the
  /// choices and on the handles there are, so that the plan makes sense even when another step is
  /// left out.
  void AddStep(Choices& choices);

  /// Adds a step that makes or opens something that several actors can use, or any other.
  void AddPreparation(Choices& choices);

  /// Begins a race of these actors, those of them that a has to make first included. Until its end
  /// AddStep adds to the branch that was begun last.
  void BeginRace(std::span<const ParallelShape::Branch> branches);
  void BeginBranch(std::uint8_t actor);
  void EndRace();

  /// Adds a step that looks at what is left, or any other.
  void AddLook(Choices& choices);

  const Plan& plan() const { return plan_; }

  /// From here on the handles of a kind are for what is named at one place alone.
  static constexpr std::uint8_t kRoomHandle = Handle::kLimit - 8;

 private:
  // Which of the actors are made by others.
  static constexpr std::uint8_t kForked = 2;
  static constexpr std::uint8_t kThread = 3;
  // What an actor reserves for attaches. They begin in its first half; the rest is for what they
  // overrun.
  static constexpr std::uint64_t kReservedBytes = std::uint64_t{64} * 4096;

  std::uint64_t Below(std::uint64_t bound) { return choices_->Below(bound); }
  template <class List>
  auto OneOf(const List& list) {
    return list[Below(list.size())];
  }
  void Add(std::uint8_t actor, Operation operation, std::optional<Handle> named = {});
  /// What a new actor finds in its process.
  void Birth(std::uint8_t parent, std::uint8_t child);
  Operation Draw(std::uint8_t actor);
  Operation DrawCall(std::uint8_t actor);
  Operation DrawGet();
  Operation DrawAttach(std::uint8_t actor);
  Operation DrawControl();
  Operation DrawMemory();
  Operation DrawMapping();
  Operation DrawFile();
  std::string AnyName();
  Operation DrawObject();
  Operation DrawDescriptor();
  Operation DrawView();
  Operation DrawMount();
  Operation DrawFarAway();
  Operation DrawFileBytes();
  Operation DrawAcl();
  Operation DrawFileMapping();
  Operation DrawSystem();
  Operation DrawTool();
  Operation DrawAclTool();
  Operation DrawProcess(std::uint8_t actor);
  Operation DrawScene();
  Operation DrawCommon();
  Operation DrawLook();
  Operation DrawSync();
  Operation DrawLock();
  Operation DrawSemaphore();
  Operation DrawFutex();
  Operation DrawCritical();
  /// Makes the segment of locks, which all attach.
  void MakeSyncRoom();
  /// A place there, as the process of the one who acts has it.
  Address InSyncRoom(std::int64_t place) const;
  void MountRoomy();
  Operation DrawPrivate();
  Operation DrawHole();
  Operation DrawFilled();
  Operation DrawKept();
  Operation DrawLimited();
  Operation DrawFragments();
  Operation DrawListed();
  Operation DrawHeld();
  Operation DrawShared();
  Operation DrawCapable();
  Operation DrawInherited();
  Operation DrawCharged();
  Operation DrawLockedTwice();
  Operation DrawWiped();
  Operation DrawElsewhere();
  Operation DrawTimes();
  Operation AnyIdentity();

  SegmentRef AnySegment();
  KeyRef AnyKey();
  IpcRef AnyIpcObject();
  DescriptorRef AnyDescriptor();
  /// What the next step that assigns one will make.
  DescriptorRef NextDescriptor() const;
  Address NextMapping() const;
  Address AnyAttach();
  /// A place, and how many bytes from there belong to the plan: memory beyond may belong to the
  /// harness, as may any memory of a process that the plan uses in another.
  struct Room {
    Address at;
    std::uint64_t bytes = 0;
    std::uint64_t Within(std::uint64_t size) const { return size < bytes ? size : bytes; }
  };
  Room AnyRoom(std::span<const std::int64_t> offsets);
  /// The first handle from that one on that stands for memory of the actor's process, if any.
  std::optional<std::uint8_t> InOwnProcess(bool mapping, std::uint8_t first) const;
  Room AnyRoom();
  Room AnyStart();
  /// A place in memory that the actor has reserved, which an earlier step does if necessary.
  Address InReservation(std::uint8_t actor);
  Buffer AnyBuffer();
  std::uint64_t AnySize();
  std::uint8_t AnyActor();

  LikelyWeights weights_;
  Choices* choices_ = nullptr;
  Plan plan_;
  /// How many handles of that kind the plan has so far.
  std::uint8_t& Used(HandleKind kind) { return used_[IndexOf(kind)]; }
  std::uint8_t Used(HandleKind kind) const { return used_[IndexOf(kind)]; }
  /// How many of them the next step may name: in a race none that other branches assign.
  std::uint8_t Named(HandleKind kind) const;
  /// The index of the one with that number among these.
  std::uint8_t Nth(HandleKind kind, std::uint64_t number) const;
  bool Lives(std::uint8_t actor) const;
  /// Whether other branches of the race are threads of the process of the one who acts.
  bool RacesThreads() const;

  std::array<std::uint8_t, kHandleKinds> used_{};
  /// A race that has begun and not ended.
  struct Race {
    std::array<std::uint8_t, kHandleKinds> before{};  // handles that were there
    std::array<std::uint8_t, kHandleKinds> own{};     // where those of the branch begin
    std::vector<bool> alive;                          // actors that were there
    std::vector<std::uint8_t> actors;                 // those who race
    std::uint8_t actor = 0;                           // whose branch it is
  };
  std::optional<Race> race_;
  std::uint8_t mounts_ = 0;  // that the plan has made and not taken away
  bool zero_page_ = false;   // something may be attached where null points to
  std::uint8_t actor_ = 0;   // who performs the step that is being drawn
  std::vector<bool> alive_;
  std::vector<std::uint8_t> processes_;  // of each actor: the one who was first in its process
  std::vector<std::optional<std::uint8_t>> reservations_;  // of each actor: a mapping
  /// Memory that a handle stands for.
  struct Range {
    std::uint64_t bytes = 0;
    std::uint32_t processes = 0;  // a bit for each process that has it
    std::uint32_t given_up = 0;   // a bit for each process that may have lost it
  };
  /// How much of the plan's own memory there is at least from the start of what it assigns.
  static std::uint64_t OwnBytes(const Operation& operation);
  std::array<std::uint32_t, Handle::kLimit> descriptor_processes_{};  // a bit for each
  /// Notes that a step may unmap the memory of this handle in the process of its actor.
  void GiveUp(std::uint8_t actor, const Operation& operation);
  std::array<Range, Handle::kLimit> attach_ranges_{};
  // The attaches of the segment with locks in it, of each process; nobody names them otherwise.
  std::array<std::optional<std::uint8_t>, 8> sync_rooms_{};
  std::array<std::optional<Handle>, Handle::kLimit> homes_{};  // of attaches: what they lie in
  std::array<Range, Handle::kLimit> mapping_ranges_{};
};

/// A plan of that number of steps, one after the other.
Plan LikelySequence(Choices& choices, std::size_t steps, LikelyWeights weights = {});
Plan LikelySequence(std::uint64_t seed, std::size_t steps, LikelyWeights weights = {});

/// Draws how long the parts of a parallel plan are, and who races: two to four actors of several
/// users, at times in one process.
ParallelShape DrawShape(Choices& choices, LikelyWeights weights = {});

/// The weights for plans of which a race is a part: without what takes as long as a program.
constexpr LikelyWeights RacingWeights() {
  return {.calls = 6, .controls = 4, .files = 5, .scenes = 2, .tools = false};
}

/// A plan of that shape: a prefix, branches that run at the same time, and a suffix that looks at
/// what they left. `next` gives the choices of one step after the other.
Plan ParallelPlan(const ParallelShape& shape, LikelyWeights weights,
                  const std::function<Choices&()>& next);

/// The same of any shape.
Plan LikelyRace(Choices& choices, LikelyWeights weights = RacingWeights());
Plan LikelyRace(std::uint64_t seed, LikelyWeights weights = RacingWeights());

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_GENERATORS_LIKELY_PLAN_H_
