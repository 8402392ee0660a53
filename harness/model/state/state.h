// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The abstract state of a system with shared memory: everything the specification talks
// about and nothing else. A value: cheap to copy, comparable.
//
//   State = namespaces of segments, memory objects, nodes and open files, address spaces, processes
//           and their tasks
//
// Each part has a header of its own.

#ifndef SHMSPEC_HARNESS_MODEL_STATE_STATE_H_
#define SHMSPEC_HARNESS_MODEL_STATE_STATE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/state/address_space.h"
#include "harness/model/state/copy_on_write.h"
#include "harness/model/state/directory.h"
#include "harness/model/state/library.h"
#include "harness/model/state/memory_object.h"
#include "harness/model/state/node.h"
#include "harness/model/state/segment.h"
#include "harness/model/state/sync.h"
#include "harness/model/state/task.h"
#include "harness/model/state/trial.h"
#include "harness/vocabulary/value/value.h"

namespace shmspec::model {

/// A segment destroyed while calls were in flight: those calls may see EIDRM.
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

/// A pid namespace, with vm.memfd_noexec as it was set there.
struct PidNamespace {
  std::uint8_t parent = 0;  // index; the first one is its own
  std::int64_t noexec = 0;
  friend bool operator==(const PidNamespace&, const PidNamespace&) = default;
};

/// Pages of a node that an actor has in a pipe.
struct Pin {
  std::uint8_t actor = 0;
  std::uint32_t node = 0;  // serial
  bool certain = true;
  bool shared = false;  // with children that were forked meanwhile
  friend bool operator==(const Pin&, const Pin&) = default;
};

struct State {
  SharedVector<CopyOnWrite<IpcNamespace>> namespaces;
  SharedVector<Object> objects;              // by serial
  CopyOnWrite<std::vector<Node>> nodes;      // by serial
  CopyOnWrite<std::vector<OpenFile>> files;  // by serial
  std::vector<std::uint32_t> in_flight;      // open files that are passed, the first one first
  SharedVector<CopyOnWrite<FileSystem>> file_systems;
  SharedVector<Mount> mounts;
  SharedVector<MountNamespace> mount_namespaces;
  std::vector<Task> tasks;  // by actor
  std::vector<Process> processes;
  std::vector<Tombstone> tombstones;
  CopyOnWrite<std::vector<KnownKey>> keys;
  std::vector<Trial> trials;  // by object and offset
  SharedVector<PidNamespace> pid_namespaces{PidNamespace{}};
  std::vector<Pin> pins;
  CopyOnWrite<std::vector<NamedSegment>> named_segments;
  CopyOnWrite<std::vector<NameHistory>> name_histories;
  CopyOnWrite<std::vector<SyncObject>> syncs;
  CopyOnWrite<std::vector<FutexQueue>> futexes;
  CopyOnWrite<std::vector<OpenSemaphore>> semaphores;

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

/// The node of that serial; the other is for changing.
const Node& NodeOf(const State& state, std::uint32_t serial);
Node& OwnNode(State& state, std::uint32_t serial);
/// Makes a node of no bytes with one reference.
void AddNode(State& state, const Node& node);
void HoldNode(State& state, std::uint32_t serial);
void DropNode(State& state, std::uint32_t serial);
/// From that step on nothing is known of the size and the bytes of the node.
void ForgetNode(State& state, std::uint32_t serial, std::uint32_t step);
/// The node ends at `size`: what lies behind is zero and given back, and so are the copies that
/// private mappings have of pages behind the last one.
void CutNode(State& state, std::uint32_t serial, std::uint64_t size, std::uint64_t page);

/// The node ends at `size`, behind where it ended. What was stored behind its end in the last page
/// may be there again, up to `written`, from where on the caller stores something else.
void GrowNode(State& state, std::uint32_t serial, std::uint64_t size, std::uint64_t page,
              std::uint32_t step, std::uint64_t written = MemoryObject::kEnd);
/// A range becomes zero, and its whole pages are given back.
void PunchNode(State& state, std::uint32_t serial, std::uint64_t offset, std::uint64_t size,
               std::uint64_t page);

/// The name is added to the file system and counts as a link of its node, if it has one.
void AddEntry(State& state, std::uint8_t file_system, const DirectoryEntry& entry);
/// The name is removed; the node goes with its last name and last reference.
void RemoveEntry(State& state, std::uint8_t file_system, std::string_view name);

/// How many pages or inodes of a file system are in use, at least and at most.
struct Usage {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
};
Usage PagesUsed(const State& state, std::uint8_t file_system, std::uint64_t page);
std::uint64_t InodesUsed(const State& state, std::uint8_t file_system);
bool HasPageLimit(const State& state, const Node& node);
/// How many pages more the file system of the node has room for; very many without a limit.
Usage PagesLeft(const State& state, const Node& node, std::uint64_t page);

/// How many bytes of a range there are, surely and at most, before a page that is missing and for
/// which there is no room.
struct Fitting {
  std::uint64_t sure = 0;
  std::uint64_t most = 0;
};
/// `own`: the pages that a private mapping has already, or null.
Fitting FitPages(const State& state, const Node& node, std::uint64_t offset, std::uint64_t size,
                 std::uint64_t page, const MemoryObject* own = nullptr);

/// The open file that a descriptor of a process stands for, or null.
const OpenFile* FindFile(const State& state, std::uint8_t process, std::int64_t number);
OpenFile& OwnFile(State& state, std::uint32_t serial);
/// Opens a file that nothing stands for yet, and holds its node.
void AddFile(State& state, const OpenFile& file);
/// A descriptor is made or closed; the last one takes the open file with it.
void OpenDescriptor(State& state, std::uint8_t process, const Descriptor& descriptor);
void CloseDescriptor(State& state, std::uint8_t process, std::int64_t number);
/// All descriptors of a process are closed, or those that exec(2) closes.
void CloseDescriptors(State& state, std::uint8_t process, bool only_on_exec);
/// The child of a fork gets those of its parent.
void CopyDescriptors(State& state, std::uint8_t parent, std::uint8_t child);

/// vm.memfd_noexec as it holds in a pid namespace: never less than in those around it.
std::int64_t NoexecIn(const State& state, std::uint8_t pids);
/// Makes a pid namespace within another one; returns its index.
std::uint8_t AddPidNamespace(State& state, std::uint8_t parent);
/// The pipe of the actor is closed; a child may still have it.
void ClosePins(State& state, std::uint8_t actor);

/// A descriptor of the open file is on its way, which holds it.
void SendFile(State& state, std::uint32_t file);
/// The first one on its way has arrived, in a process, or is lost.
void ReceiveFile(State& state, std::uint8_t process, std::int64_t number, bool closed_on_exec);
void LoseFile(State& state);

/// What makes a segment of a library go without being removed.
struct SegmentEnds {
  bool with_creator = false;
  bool with_last_use = false;
};

/// Whether a process maps bytes of the node.
bool IsMapped(const State& state, std::uint32_t node);

/// The segment of a library by its name, or null.
const NamedSegment* FindNamed(const State& state, std::string_view name);

/// What has happened to the name; the other is for changing.
NameHistory HistoryOf(const State& state, std::string_view name);
NameHistory& OwnHistory(State& state, std::string_view name);

/// The name is added and holds its node; it is removed; every name of the node is.
void AddNamed(State& state, const NamedSegment& segment);
void RemoveNamed(State& state, std::string_view name);
void RemoveNamesOf(State& state, std::uint32_t node);

/// A process opens a segment of a library, or ends its use; all that it has opened.
void OpenObject(State& state, std::uint8_t process, const SegmentObject& object);
void CloseObject(State& state, std::uint8_t process, std::int64_t number, SegmentEnds ends);
void CloseObjects(State& state, std::uint8_t process, SegmentEnds ends);

/// Notes in the histories of names that the process has ended.
void EndUse(State& state, std::uint8_t process);

constexpr std::uint64_t RoundUp(std::uint64_t size, std::uint64_t unit) {
  const std::uint64_t rest = size % unit;
  return rest == 0 ? size : size - rest + unit;
}

/// The object of that kind at that place, or null; the other one makes it if need be.
const SyncObject* FindSync(const State& state, const SyncPlace& place, SyncKind kind);
SyncObject& OwnSync(State& state, const SyncPlace& place, SyncKind kind);
/// Nothing of any kind is there any more, except what those need who have been told to go on.
void RemoveSync(State& state, const SyncPlace& place);

/// Those who wait at a futex; the other one sets them.
FutexQueue QueueAt(const State& state, const SyncPlace& place);
void SetQueue(State& state, const FutexQueue& queue);

/// The named semaphores of a process are closed; the child of a fork gets those of its parent.
void CloseSemaphores(State& state, std::uint8_t process);
void CopySemaphores(State& state, std::uint8_t parent, std::uint8_t child);

/// What the end of an actor means to the locks that it has and to what it waits for. Before its
/// process is unmapped; `alone`: the process goes on without it.
void EndSync(State& state, std::uint8_t actor, bool alone);

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_STATE_STATE_H_
