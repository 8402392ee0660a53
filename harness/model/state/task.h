// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Tasks and processes. A task is an actor; a process is named by the index of the actor that was
// its first task.

#ifndef SHMSPEC_HARNESS_MODEL_STATE_TASK_H_
#define SHMSPEC_HARNESS_MODEL_STATE_TASK_H_

#include <cstdint>
#include <vector>

#include "harness/model/state/address_space.h"
#include "harness/model/state/copy_on_write.h"
#include "harness/model/state/library.h"
#include "harness/model/state/node.h"
#include "harness/model/state/segment.h"
#include "harness/vocabulary/value/value.h"

namespace shmspec::model {

struct Credentials {
  std::uint32_t uid = 0;  // effective
  std::uint32_t real_uid = 0;
  std::uint32_t saved_uid = 0;
  std::uint32_t file_uid = 0;  // the file system's
  std::uint32_t gid = 0;       // effective
  std::uint32_t real_gid = 0;
  std::uint32_t saved_gid = 0;
  std::uint32_t file_gid = 0;  // the file system's, which rights are taken from
  std::vector<std::uint32_t> groups;
  std::uint64_t caps = 0;       // effective
  std::uint64_t permitted = 0;  // what caps can be raised to
  std::uint64_t ambient = 0;    // what exec(2) leaves of them to a user
  std::uint64_t user_namespace = 0;
  bool nested = false;    // in a user namespace of its own: may see and name other ids differently
  bool unmapped = false;  // in one in which no id has a name: sees none and can name none

  friend bool operator==(const Credentials&, const Credentials&) = default;
};

/// kDying: the task has begun to end and does nothing, but what it had is still there.
enum class Life : std::uint8_t { kUnborn, kAlive, kDying, kGone };

/// The real-time priority of a thread for which the plan has set none.
inline constexpr std::int32_t kUnknownPriority = -1;

struct Task {
  Life life = Life::kUnborn;
  std::uint8_t process = kNobody;
  std::uint8_t ipc = 0;                 // index into State::namespaces
  std::uint8_t mounts = 0;              // index into State::mount_namespaces
  std::uint8_t held_listing = kNobody;  // index of the namespace whose listing it keeps open
  CopyOnWrite<Credentials> credentials;
  GoneHow how = GoneHow::kUnknown;
  std::int32_t code = 0;
  std::int32_t realtime = kUnknownPriority;  // its own, without what it has been lent
  friend bool operator==(const Task&, const Task&) = default;
};

struct Process {
  std::uint8_t under_way = 0;          // calls that have taken effect in part
  std::uint64_t memlock = 0;           // bytes
  std::uint64_t as = 0;                // bytes
  std::int32_t umask = -1;             // -1: unknown
  std::uint64_t descriptor_limit = 0;  // of the plan's; 0: none was set
  std::uint8_t pids = 0;               // index of its pid namespace
  std::uint8_t child_pids = 0;         // and of that of its children
  bool leads_pids = false;             // its children go into a pid namespace that it made
  std::uint8_t first_child = kNobody;  // the first of these, without which there are no more
  CopyOnWrite<AddressSpace> space;
  CopyOnWrite<DescriptorTable> descriptors;
  CopyOnWrite<SegmentObjects> objects;
  friend bool operator==(const Process&, const Process&) = default;
};

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_STATE_TASK_H_
