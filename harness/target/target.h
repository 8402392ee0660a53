// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What actors act on: the ways of entering the kernel, and what an operation needs besides.
//
//   const KernelTarget* target = FindTarget("libc");
//   HandleTable handles;
//   Context context(*target, handles);
//   Outcome outcome = Perform(SysvGet{...}, context);  // perform/perform.h

#ifndef SHMSPEC_HARNESS_TARGET_TARGET_H_
#define SHMSPEC_HARNESS_TARGET_TARGET_H_

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "harness/host/pipe.h"
#include "harness/target/call/calls.h"
#include "harness/target/call/control_buffers.h"
#include "harness/target/handle_table.h"
#include "harness/vocabulary/operation/operation.h"
#include "harness/vocabulary/outcome/outcome.h"
#include "harness/vocabulary/value/result.h"
#include "harness/vocabulary/value/unique_handle.h"

namespace shmspec {

/// The library between a case and the kernel.
struct Library {
  std::string name;
  std::string version;
  /// How the name of its file begins (`libc.so`), empty when it has none: then it is a part of this
  /// program.
  std::string file;
};

/// One way of entering the kernel. Each registers itself in a file of its own, in entry/.
struct KernelTarget {
  std::string_view name;   // `shmspec run --target NAME`
  int place = 0;           // where it is listed: the lowest number first
  std::string_view about;  // for people, in a few words
  const Calls* calls = nullptr;
  /// Whether this way exists here; an error is `lacking`. Makes no call in the caller that could
  /// end it.
  Result<void> (*probe)() = [] { return Result<void>(); };
  Library (*library)() = nullptr;  // none for bare system calls
  Abi abi = Abi::kNative;          // those of kI386 are for 32-bit programs only
  bool wrapper = false;            // calls that it cannot express are lacking
};

/// Whether this is a 32-bit program.
inline constexpr bool kIs32Bit = sizeof(void*) == 4;

/// All of them, by place: that of a usual program first.
std::span<const KernelTarget> KernelTargets();

/// The one of that name, or nullptr.
const KernelTarget* FindTarget(std::string_view name);

/// The one that an actor performs on: that of the plan, unless the actor's abi asks for another.
const KernelTarget* FindTarget(std::string_view of_plan, Abi of_actor);

/// What Perform needs besides the operation. One per thread: the control buffers are its own.
class Context {
 public:
  /// Maps the control buffers, so that no mapping appears in the middle of a plan.
  Context(const KernelTarget& target, HandleTable& handles)
      : target_(&target), handles_(&handles), buffers_(target.calls->low_memory) {}

  const KernelTarget& target() const { return *target_; }
  const Calls& calls() const { return *target_->calls; }
  const SysvCalls& sysv() const { return *calls().sysv; }
  const MapCalls& map() const { return *calls().map; }
  const FileCalls& file() const { return *calls().file; }
  HandleTable& handles() { return *handles_; }
  ControlBuffers& buffers() { return buffers_; }

  /// The number that a reference stands for now: the value of the handle, -1 when it has none, plus
  /// the offset.
  std::int64_t Resolve(const Reference& reference) const {
    const std::int64_t base = reference.handle ? handles_->Get(*reference.handle) : 0;
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(base) +
                                     static_cast<std::uint64_t>(reference.offset));
  }
  std::uint64_t AddressOf(const Address& address) const {
    return static_cast<std::uint64_t>(Resolve(address));
  }

  /// The number for the system of a descriptor that a plan names. Where the harness has a file open
  /// of its own, another number that is not open: the plan has none there.
  int FileOf(const DescriptorRef& descriptor) const;

  /// From this number on descriptors are the harness's own, as are the standard streams.
  std::int64_t own_files_from = std::numeric_limits<std::int32_t>::max();

  /// Whether the plan has its IPC namespace to itself; sysctls are written nowhere else.
  bool private_ipc = false;
  /// Whether /dev/shm is the plan's own; names are made, and file systems mounted, nowhere else.
  bool private_shm = false;
  /// The mount namespace in which plans follow each other, by its inode; 0: unknown.
  std::uint64_t shared_mounts = 0;

  /// The two ends of the socket by which the actors of a plan pass descriptors; -1: there is none.
  int sending_fd = -1;
  int receiving_fd = -1;

  /// Whether the actor is in a pid namespace of the plan's; vm.memfd_noexec is written nowhere
  /// else.
  bool private_pids = false;

  /// The pipe that holds what memory.pin has pinned.
  Pipe pinned;

  /// The listing that system.hold_segments keeps open.
  UniqueFd held_segments;

 private:
  const KernelTarget* target_;
  HandleTable* handles_;
  ControlBuffers buffers_;
};

namespace internal {
struct TargetRegistration {
  explicit TargetRegistration(const KernelTarget& target);
};
}  // namespace internal

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_TARGET_TARGET_H_
