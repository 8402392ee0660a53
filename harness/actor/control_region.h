// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The memory that the stage, its warden and the actors of one plan share. Plain data and lock-free
// atomics at fixed places, because each process maps it where it likes; and of fixed widths and
// alignment, because 32-bit programs map it too (control_layout.h):
//
//   IdleSlots | ControlHeader | ActState... | StepState... | Pause... | script (operations and
//   specs in wire form) | arena
//
// The arena holds what actors report: facts and outcomes in wire form. Everything except the
// resting places is filled anew for each plan.

#ifndef SHMSPEC_HARNESS_ACTOR_CONTROL_REGION_H_
#define SHMSPEC_HARNESS_ACTOR_CONTROL_REGION_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "harness/host/futex.h"
#include "harness/stage/actor_set.h"
#include "harness/stage/perturbation.h"
#include "harness/target/handle_table.h"
#include "harness/vocabulary/plan/ability.h"
#include "harness/vocabulary/plan/halt.h"
#include "harness/vocabulary/plan/handles.h"
#include "harness/vocabulary/value/result.h"
#include "harness/vocabulary/value/unique_handle.h"

namespace shmspec {

/// The position of some bytes of the region.
struct Extent {
  std::uint32_t at = 0;
  std::uint32_t size = 0;
};

enum class Liveness : std::uint32_t { kUnborn, kAlive, kGone };

/// Where an actor that stays for the next plan waits for it.
struct IdleSlot {
  static constexpr std::uint32_t kLeave = 0xffffffff;
  FutexWord calls{0};  // how often it was called to a plan; kLeave: it is to end
  std::atomic<bool> at_work{false};
};

/// One place for each actor of a plan, by its index.
struct IdleSlots {
  std::atomic<std::int32_t> group{0};  // process group of all actors that stay
  std::int32_t rested_fd = -1;         // a pipe that tells the warden that all actors rest
  std::array<IdleSlot, ActorRef::kLimit> slots;
};

/// What is known of one actor while the plan runs.
struct ActorSlot {
  FutexWord open{0};        // how many acts are open to it: act N may be entered when open > N
  FutexWord introduced{0};  // not 0 once its facts stand, or never will
  FutexWord ended{0};       // 1 once it is gone
  std::atomic<Liveness> life{Liveness::kUnborn};
  std::atomic<std::int32_t> pid{0};         // of its process, as the warden sees it
  std::atomic<std::int32_t> local_pid{0};   // the same as its parent sees it, for forked ones
  std::atomic<std::int32_t> parent_pid{0};  // as the warden sees it, for forked ones
  std::atomic<std::int32_t> leaving{0};     // thread id of a thread that is ending by itself
  std::atomic<std::int32_t> tid{0};         // as the warden sees it; 0: the first of its process
  std::int32_t cpu = -1;                    // where it runs unless its spec says otherwise
  bool stays = false;                       // can serve another plan afterwards
  Abi abi = Abi::kNative;                   // of its System V calls
  std::uint8_t place = 0;                   // of the processors, where actors are apart
  std::uint32_t exec_uid = 0;               // effective ids of the process as it executes
  std::uint32_t exec_gid = 0;
  Extent spec;
  Extent facts;
  std::atomic<std::uint32_t> how{0};  // a GoneHow
  std::atomic<std::int32_t> code{0};
  std::atomic<std::int32_t> adapter_pid{0};  // of the program that makes its calls; 0: none
  std::atomic<std::uint64_t> ended_ns{0};
  std::atomic<std::int64_t> ended_s{0};
};

struct ActState {
  std::atomic<ActorSet> arrived{0};
  std::atomic<ActorSet> finished{0};
  ActorSet cast = 0;
  ActorSet barrier = 0;
  std::uint32_t finished_first = 0;
};

enum class StepProgress : std::uint32_t { kNone, kCalled, kReturned };

struct StepState {
  std::atomic<StepProgress> progress{StepProgress::kNone};
  std::uint32_t act = 0;
  std::uint8_t actor = 0;
  std::uint8_t makes = kNoActor;
  bool timed = false;
  bool performs = false;      // false for a join, which carries no operation
  std::int16_t assigns = -1;  // kind * 256 + index of a handle
  bool foundation = false;    // the steps after it rest on its success
  // Its actor is in the operation itself, and not in what the harness does around it. False for
  // operations on actors, which the harness performs.
  std::atomic<bool> in_call{false};
  Extent operation;
  Extent outcome;
  alignas(8) std::uint64_t call_ns = 0;
  alignas(8) std::uint64_t return_ns = 0;
  alignas(8) std::int64_t not_before_s = 0;
  alignas(8) std::int64_t not_after_s = 0;
};

struct ControlHeader {
  alignas(8) std::uint64_t bytes = 0;
  alignas(8) std::uint64_t abilities = 0;      // of the system: Abilities
  alignas(8) std::uint64_t shared_mounts = 0;  // mount namespace of the caller
  std::uint32_t actor_count = 0;
  std::uint32_t act_count = 0;
  std::uint32_t step_count = 0;
  Extent acts, steps, script, arena;
  std::uint32_t deadline_ms = 0;
  bool private_ipc = false;
  bool private_shm = false;
  bool fresh_images = false;
  bool concurrent = false;
  bool spread = false;   // the actors are on more processors than one
  bool crowded = false;  // several of them share one, so that those who look for a turn yield
  bool passes = false;   // descriptors, over the sockets below
  std::int32_t caller_cpu = -1;
  std::atomic<bool> proc_matches{false};  // /proc tells pids as the warden sees them
  std::atomic<std::int32_t> warden{0};    // its pid
  std::atomic<std::int32_t> group{0};     // process group of the actors
  std::atomic<std::uint32_t> current{0};  // the act that is on
  std::atomic<ActorSet> gone{0};
  std::atomic<std::uint32_t> leavers{0};  // threads that have left and may still be there
  std::atomic<Halt> halt{Halt::kNone};
  std::atomic<bool> trouble_taken{false};
  bool lacking = false;
  std::array<char, 512> trouble{};
  std::array<char, 32> target{};
  std::array<char, 1024> program{};
  std::atomic<std::uint32_t> arena_used{0};
  std::atomic<std::uint32_t> halted_at{0};  // the step that failed, with Halt::kRefused
  std::int32_t sending_fd = -1;             // the socket by which actors pass descriptors
  std::int32_t receiving_fd = -1;           // its other end
  std::array<char, 1024> adapter{};         // the words of its command line, a newline behind each
  std::uint32_t adapter_offers = 0;         // bit N for the Nth family
  std::int32_t adapter_user = -1;           // see AdapterProgram
  alignas(8) std::uint64_t run = 0;         // makes names of different runs differ
  Extent pauses;                            // one for each step, or none
  std::uint32_t stop_step = 0;              // at which the actor is stopped for a moment
  std::uint16_t stop_us = 0;
  std::uint8_t stop_actor = kNoActor;
  bool together = false;   // on one processor
  bool disturbed = false;  // there are pauses, or a stop
  HandleTable handles;
  std::array<ActorSlot, ActorRef::kLimit> actors;
};

/// A view of the region in this process.
class ControlRegion {
 public:
  /// Maps the whole of an open region file (harness/host/shared_file.h).
  static Result<ControlRegion> Map(int fd);
  /// A region that is shared by fork alone, and cannot grow.
  static Result<ControlRegion> MapByFork(std::size_t bytes);

  IdleSlots& idle_slots() const { return *At<IdleSlots>(0); }
  ControlHeader& header() const { return *At<ControlHeader>(kHeaderAt); }
  ActorSlot& actor(std::uint32_t index) const { return header().actors[index]; }
  ActState& act(std::uint32_t index) const { return At<ActState>(header().acts.at)[index]; }
  /// Before a step, when there are any.
  Pause& pause(std::uint32_t index) const { return At<Pause>(header().pauses.at)[index]; }
  StepState& step(std::uint32_t index) const { return At<StepState>(header().steps.at)[index]; }
  std::string_view Bytes(Extent extent) const {
    return {At<char>(extent.at), static_cast<std::size_t>(extent.size)};
  }
  char* BytesAt(Extent extent) const { return At<char>(extent.at); }

  std::size_t bytes() const { return mapping_.get().size; }
  Abilities abilities() const { return Abilities(header().abilities); }

  static constexpr std::size_t kHeaderAt = (sizeof(IdleSlots) + 63) / 64 * 64;

 private:
  explicit ControlRegion(UniqueMapping mapping) : mapping_(std::move(mapping)) {}

  template <class T>
  T* At(std::size_t offset) const {
    return static_cast<T*>(static_cast<void*>(static_cast<char*>(mapping_.get().address) + offset));
  }

  UniqueMapping mapping_;
};

/// Allocates in the arena, in chunks, so that racing actors seldom contend; one for each thread.
class ArenaWriter {
 public:
  explicit ArenaWriter(const ControlRegion& region) : region_(&region) {}

  /// Copies the bytes into the arena; an extent at 0 when it is full.
  Extent Write(std::string_view bytes);

 private:
  const ControlRegion* region_;
  Extent free_;
};

/// Halts the plan and records why; the first call wins. No further act opens. Safe in signal
/// handlers.
void ReportTrouble(const ControlRegion& region, std::string_view reason, bool lacking);

/// Halts the plan because a step failed that later steps rest on. No further act opens.
void ReportRefusal(const ControlRegion& region, std::uint32_t step);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_ACTOR_CONTROL_REGION_H_
