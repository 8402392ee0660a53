// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The abstract state of a system with System V shared memory: everything the specification talks
// about and nothing else. A value: cheap to copy, comparable.
//
//   State = namespaces of segments, memory objects, address spaces, processes and their tasks
//
// Each part has a header of its own.

#ifndef SHMSPEC_HARNESS_MODEL_STATE_STATE_H_
#define SHMSPEC_HARNESS_MODEL_STATE_STATE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "harness/model/state/address_space.h"
#include "harness/model/state/copy_on_write.h"
#include "harness/model/state/memory_object.h"
#include "harness/model/state/segment.h"
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

#endif  // SHMSPEC_HARNESS_MODEL_STATE_STATE_H_
