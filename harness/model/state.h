// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The abstract state of a system with System V shared memory: everything the specification talks
// about and nothing else. A value: cheap to copy, comparable.
//
//   State = namespaces of segments, memory objects, address spaces, processes and their tasks
//
// A task is an actor; a process is named by the index of the actor that was its first task. What is
// only known by bounds is kept as bounds: a time stamp is the interval in which it was taken, the
// last process is the set of those it may be, until somebody looks.

#ifndef SHMSPEC_HARNESS_MODEL_STATE_H_
#define SHMSPEC_HARNESS_MODEL_STATE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/model/address_space.h"
#include "harness/model/copy_on_write.h"
#include "harness/model/memory_object.h"
#include "harness/vocabulary/litmus.h"
#include "harness/vocabulary/value.h"

namespace shmspec::model {

/// Seconds since 1970, both ends included.
struct Interval {
  std::int64_t low = 0;
  std::int64_t high = 0;
  friend bool operator==(const Interval&, const Interval&) = default;
};

/// A set of processes, one bit each by index, and two more members.
using ProcessSet = std::uint32_t;
constexpr ProcessSet kNoProcess = 1u << 30;       // 0 in the record: nobody yet
constexpr ProcessSet kForeignProcess = 1u << 31;  // a process that is not in the plan: any id
constexpr ProcessSet OnlyProcess(std::uint8_t process) { return 1u << process; }

constexpr std::uint8_t kNobody = 255;

struct Segment {
  std::uint32_t serial = 0;  // a name of the model's: the step that created it, plus one
  std::int64_t id = 0;       // negative: not seen yet
  std::int32_t key = 0;
  std::int32_t created_key = 0;  // what /proc/PID/maps goes on showing
  bool created_key_known = true;
  bool key_known = true;
  std::uint64_t object = 0;
  std::uint64_t size = 0;    // bytes asked for
  std::uint64_t pages = 0;   // accounted for, of the usual size whatever the segment is made of
  std::uint64_t length = 0;  // bytes that an attach maps: whole pages of what it is made of
  std::uint32_t mode = 0;    // nine bits
  bool dest = false;
  bool dest_known = true;  // false: removed, and the profile does not say whether it is still there
  bool locked = false;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::uint32_t cuid = 0;
  std::uint32_t cgid = 0;
  ProcessSet cpid = kNoProcess;
  ProcessSet lpid = kNoProcess;
  Interval atime;
  Interval dtime;
  Interval ctime;
  std::int32_t nattch = 0;         // mappings plus holds of attaches under way
  std::int32_t nattch_doubt = 0;   // how many of them the profile does not vouch for
  std::uint8_t creator = kNobody;  // task that created it, while it lives
  std::uint32_t lock_user = 0;     // who is charged for the lock
  std::uint64_t lock_pages = 0;
  bool huge = false;

  friend bool operator==(const Segment&, const Segment&) = default;
};

/// A message queue or semaphore set: no more than what tools and keys have to do with it.
struct OtherObject {
  IpcKind kind = IpcKind::kQueue;
  std::int64_t id = 0;
  std::int32_t key = 0;
  bool key_known = true;
  std::uint32_t uid = 0;  // creator and owner
  std::uint32_t gid = 0;
  std::uint32_t mode = 0;
  friend bool operator==(const OtherObject&, const OtherObject&) = default;
};

struct IpcNamespace {
  std::uint64_t inode = 0;
  std::uint64_t owner = 0;  // user namespace
  bool crowded = false;     // processes outside the plan act here too
  std::uint64_t shmmax = 0;
  std::uint64_t shmall = 0;
  std::uint64_t shmmni = 0;
  bool rmid_forced = false;
  std::int64_t next_id = -1;  // -1: not set
  bool next_id_known = true;
  std::uint64_t pages = 0;          // sum of rounded sizes
  std::vector<Segment> segments;    // by serial
  std::vector<OtherObject> others;  // in order of creation
  std::vector<std::int64_t> stale;  // identifiers of segments destroyed lately, oldest first

  friend bool operator==(const IpcNamespace&, const IpcNamespace&) = default;
};

/// Which segment, wherever it is.
struct SegmentName {
  std::uint8_t ipc = 0;
  std::uint32_t serial = 0;
  friend bool operator==(const SegmentName&, const SegmentName&) = default;
};

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
  std::uint64_t user_namespace = 0;
  bool nested = false;    // in a user namespace of its own: may see and name other ids differently
  bool unmapped = false;  // in one in which no id has a name: sees none and can name none

  friend bool operator==(const Credentials&, const Credentials&) = default;
};

/// kDying: an end has begun and the task does nothing any more, but what it had is still there.
enum class Life : std::uint8_t { kUnborn, kAlive, kDying, kGone };

struct Task {
  Life life = Life::kUnborn;
  std::uint8_t process = kNobody;
  std::uint8_t ipc = 0;                 // index into State::namespaces
  std::uint8_t held_listing = kNobody;  // index of the namespace whose listing it keeps open
  CopyOnWrite<Credentials> credentials;
  GoneHow how = GoneHow::kUnknown;
  std::int32_t code = 0;
  friend bool operator==(const Task&, const Task&) = default;
};

struct Process {
  std::uint8_t under_way = 0;          // calls that have taken effect in part
  std::uint64_t memlock = 0;           // bytes
  std::uint64_t as = 0;                // bytes
  std::int32_t umask = -1;             // -1: unknown
  bool leads_pids = false;             // its children go into a pid namespace that it made
  std::uint8_t first_child = kNobody;  // the first of these, without which there are no more
  CopyOnWrite<AddressSpace> space;
  friend bool operator==(const Process&, const Process&) = default;
};

/// A segment destroyed while calls were in flight: who was under way may see EIDRM.
struct Tombstone {
  std::uint8_t ipc = 0;
  std::int64_t id = 0;
  std::uint32_t calls = 0;  // bit per actor whose call was in flight
  friend bool operator==(const Tombstone&, const Tombstone&) = default;
};

struct KnownKey {
  std::string path;
  std::uint8_t project = 0;
  std::int64_t key = 0;
  friend bool operator==(const KnownKey&, const KnownKey&) = default;
};

struct Object {
  std::uint64_t serial = 0;
  CopyOnWrite<MemoryObject> memory;
  friend bool operator==(const Object&, const Object&) = default;
};

/// A branch of a litmus test that has run.
struct TrialBranch {
  std::uint32_t step = 0;
  Program program;
  Width width = Width::k8;
  LitmusLayout layout;
  Tuning tuning = Tuning::kNone;
  std::uint64_t also_object = 0;  // what the second address is, where the program uses it
  std::uint64_t also_offset = 0;
  friend bool operator==(const TrialBranch&, const TrialBranch&) = default;
};

/// A litmus test that has run in part or as a whole and has not been counted: one branch at least.
struct Trial {
  std::uint64_t object = 0;  // where its memory begins
  std::uint64_t offset = 0;
  std::uint32_t branches = 0;     // that it has in all
  std::vector<TrialBranch> runs;  // by step
  friend bool operator==(const Trial&, const Trial&) = default;
};

struct State {
  std::vector<CopyOnWrite<IpcNamespace>> namespaces;
  std::vector<Object> objects;  // by serial
  std::vector<Task> tasks;      // by actor
  std::vector<Process> processes;
  std::vector<Tombstone> tombstones;
  CopyOnWrite<std::vector<KnownKey>> keys;
  std::vector<Trial> trials;  // by object and offset

  friend bool operator==(const State&, const State&) = default;
};

/// A number that equal states share.
std::uint64_t Digest(const State& state);

// Looking things up. The pointers hold until the state changes.
const Segment* FindById(const IpcNamespace& ipc, std::int64_t id);
const Segment* FindByKey(const IpcNamespace& ipc, std::int32_t key);
const Segment* FindSegment(const State& state, SegmentName name);
const MemoryObject& ObjectOf(const State& state, std::uint64_t serial);

// The same for changing.
Segment& OwnSegment(State& state, SegmentName name);
MemoryObject& OwnObject(State& state, std::uint64_t serial);

/// Makes an object with one reference.
void AddObject(State& state, std::uint64_t serial, std::uint64_t vouched, std::uint64_t limit);
/// Adds a reference to an object or takes one; the last one takes the object with it.
void HoldObject(State& state, std::uint64_t serial);
void DropObject(State& state, std::uint64_t serial);

constexpr std::uint64_t RoundUp(std::uint64_t size, std::uint64_t unit) {
  const std::uint64_t rest = size % unit;
  return rest == 0 ? size : size - rest + unit;
}

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_STATE_H_
