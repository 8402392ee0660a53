// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Segments and the IPC namespaces that they live in. Values only known by bounds are kept as
// bounds: a time stamp is the interval in which it was taken, the last process the set of those it
// may be.

#ifndef SHMSPEC_HARNESS_MODEL_STATE_SEGMENT_H_
#define SHMSPEC_HARNESS_MODEL_STATE_SEGMENT_H_

#include <cstdint>
#include <vector>

#include "harness/vocabulary/value/value.h"

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
  std::uint64_t pages = 0;   // accounted for, of the usual size even in a segment of huge pages
  std::uint64_t length = 0;  // bytes that an attach maps: whole pages of what it is made of
  std::uint32_t mode = 0;    // nine bits
  bool dest = false;
  bool dest_known = true;  // false: removed, and the profile does not say whether it is still there
  bool may_stay = false;   // it may not have been removed after all
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

/// A message queue or semaphore set: only what tools and keys need of it.
struct IpcObject {
  IpcKind kind = IpcKind::kQueue;
  std::int64_t id = 0;
  std::int32_t key = 0;
  bool key_known = true;
  std::uint32_t uid = 0;  // creator and owner
  std::uint32_t gid = 0;
  std::uint32_t mode = 0;
  friend bool operator==(const IpcObject&, const IpcObject&) = default;
};

struct IpcNamespace {
  std::uint64_t inode = 0;
  std::uint64_t owner = 0;  // user namespace
  bool crowded = false;     // processes outside the plan act here too
  bool made = false;        // by an actor, and so without other members than actors
  std::uint64_t shmmax = 0;
  std::uint64_t shmall = 0;
  std::uint64_t shmmni = 0;
  bool rmid_forced = false;
  std::int64_t next_id = -1;  // -1: not set
  bool next_id_known = true;
  bool next_id_used = false;        // for a segment: identifiers of the past may come again
  std::uint64_t pages = 0;          // sum of rounded sizes
  std::vector<Segment> segments;    // by serial
  std::vector<IpcObject> objects;   // in order of creation
  std::vector<std::int64_t> stale;  // identifiers of segments destroyed lately, in order

  friend bool operator==(const IpcNamespace&, const IpcNamespace&) = default;
};

/// Which segment, wherever it is.
struct SegmentName {
  std::uint8_t ipc = 0;
  std::uint32_t serial = 0;
  friend bool operator==(const SegmentName&, const SegmentName&) = default;
};

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_STATE_SEGMENT_H_
