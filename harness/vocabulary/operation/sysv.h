// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// System V shared memory: shmget(2), shmat(2), shmdt(2), shmctl(2), ftok(3).

#ifndef SHMSPEC_HARNESS_VOCABULARY_OPERATION_SYSV_H_
#define SHMSPEC_HARNESS_VOCABULARY_OPERATION_SYSV_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/vocabulary/operation/role.h"
#include "harness/vocabulary/value/field.h"
#include "harness/vocabulary/value/value.h"

namespace shmspec {

/// shmget(2). Assigns a segment handle; the outcome is the identifier.
struct SysvGet {
  static constexpr std::string_view kName = "sysv.get";
  static constexpr HandleKind kAssigns = HandleKind::kSegment;
  KeyRef key;
  Size size{kDefaultSize};
  GetFlags flags;
  static constexpr auto kFields = Fields(Field{"key", &SysvGet::key}, Field{"size", &SysvGet::size},
                                         Field{"flags", &SysvGet::flags});
  friend bool operator==(const SysvGet&, const SysvGet&) = default;
};

/// shmat(2). Assigns an attach handle; the outcome is the address. `at=null` lets the system
/// choose.
struct SysvAttach {
  static constexpr std::string_view kName = "sysv.attach";
  static constexpr bool kInPhases = true;
  static constexpr HandleKind kAssigns = HandleKind::kAttach;
  SegmentRef segment;
  Address at;
  AttachFlags flags;
  static constexpr auto kFields =
      Fields(Field{"segment", &SysvAttach::segment}, Field{"at", &SysvAttach::at},
             Field{"flags", &SysvAttach::flags});
  friend bool operator==(const SysvAttach&, const SysvAttach&) = default;
};

/// shmdt(2).
struct SysvDetach {
  static constexpr std::string_view kName = "sysv.detach";
  static constexpr bool kInPhases = true;
  Address at;
  static constexpr auto kFields = Fields(Field{"at", &SysvDetach::at});
  friend bool operator==(const SysvDetach&, const SysvDetach&) = default;
};

/// shmctl(2) IPC_STAT. The outcome is a SegmentRecord.
struct SysvStat {
  static constexpr std::string_view kName = "sysv.stat";
  static constexpr bool kInPhases = true;
  SegmentRef segment;
  Buffer buffer = Buffer::kValid;
  static constexpr auto kFields =
      Fields(Field{"segment", &SysvStat::segment}, Field{"buffer", &SysvStat::buffer});
  friend bool operator==(const SysvStat&, const SysvStat&) = default;
};

/// shmctl(2) IPC_SET. Fields that IPC_SET must ignore are submitted with values that would show.
struct SysvSet {
  static constexpr std::string_view kName = "sysv.set";
  SegmentRef segment;
  Id uid;
  Id gid;
  Mode mode{0600};
  Buffer buffer = Buffer::kValid;
  static constexpr auto kFields = Fields(
      Field{"segment", &SysvSet::segment}, Field{"uid", &SysvSet::uid}, Field{"gid", &SysvSet::gid},
      Field{"mode", &SysvSet::mode}, Field{"buffer", &SysvSet::buffer});
  friend bool operator==(const SysvSet&, const SysvSet&) = default;
};

/// shmctl(2) IPC_RMID; the buffer argument is to be ignored.
struct SysvRemove {
  static constexpr std::string_view kName = "sysv.remove";
  SegmentRef segment;
  Buffer buffer = Buffer::kNull;
  static constexpr auto kFields =
      Fields(Field{"segment", &SysvRemove::segment}, Field{"buffer", &SysvRemove::buffer});
  friend bool operator==(const SysvRemove&, const SysvRemove&) = default;
};

/// shmctl(2) SHM_LOCK.
struct SysvLock {
  static constexpr std::string_view kName = "sysv.lock";
  SegmentRef segment;
  static constexpr auto kFields = Fields(Field{"segment", &SysvLock::segment});
  friend bool operator==(const SysvLock&, const SysvLock&) = default;
};

/// shmctl(2) SHM_UNLOCK.
struct SysvUnlock {
  static constexpr std::string_view kName = "sysv.unlock";
  SegmentRef segment;
  static constexpr auto kFields = Fields(Field{"segment", &SysvUnlock::segment});
  friend bool operator==(const SysvUnlock&, const SysvUnlock&) = default;
};

/// shmctl(2) IPC_INFO. The outcome is a LimitsRecord.
struct SysvInfo {
  static constexpr std::string_view kName = "sysv.info";
  SegmentRef segment;
  Buffer buffer = Buffer::kValid;
  static constexpr auto kFields =
      Fields(Field{"segment", &SysvInfo::segment}, Field{"buffer", &SysvInfo::buffer});
  friend bool operator==(const SysvInfo&, const SysvInfo&) = default;
};

/// shmctl(2) SHM_INFO. The outcome is a UsageRecord.
struct SysvShmInfo {
  static constexpr std::string_view kName = "sysv.shm_info";
  SegmentRef segment;
  Buffer buffer = Buffer::kValid;
  static constexpr auto kFields =
      Fields(Field{"segment", &SysvShmInfo::segment}, Field{"buffer", &SysvShmInfo::buffer});
  friend bool operator==(const SysvShmInfo&, const SysvShmInfo&) = default;
};

/// shmctl(2) SHM_STAT: the argument is an index (`s0` stands for the index in the low bits of its
/// identifier).
struct SysvStatIndex {
  static constexpr std::string_view kName = "sysv.stat_index";
  SegmentRef index;
  Buffer buffer = Buffer::kValid;
  static constexpr auto kFields =
      Fields(Field{"index", &SysvStatIndex::index}, Field{"buffer", &SysvStatIndex::buffer});
  friend bool operator==(const SysvStatIndex&, const SysvStatIndex&) = default;
};

/// shmctl(2) SHM_STAT_ANY, as SHM_STAT but without a permission check.
struct SysvStatAny {
  static constexpr std::string_view kName = "sysv.stat_any";
  SegmentRef index;
  Buffer buffer = Buffer::kValid;
  static constexpr auto kFields =
      Fields(Field{"index", &SysvStatAny::index}, Field{"buffer", &SysvStatAny::buffer});
  friend bool operator==(const SysvStatAny&, const SysvStatAny&) = default;
};

/// shmctl(2) with an arbitrary command number and a valid buffer.
struct SysvControl {
  static constexpr std::string_view kName = "sysv.control";
  SegmentRef segment;
  std::int32_t command = 99;
  static constexpr auto kFields =
      Fields(Field{"segment", &SysvControl::segment}, Field{"command", &SysvControl::command});
  friend bool operator==(const SysvControl&, const SysvControl&) = default;
};

/// ftok(3). Assigns a key handle.
struct SysvKeyOfPath {
  static constexpr std::string_view kName = "sysv.key_of_path";
  static constexpr HandleKind kAssigns = HandleKind::kKey;
  std::string path;
  std::int32_t project = 1;
  static constexpr auto kFields =
      Fields(Field{"path", &SysvKeyOfPath::path}, Field{"project", &SysvKeyOfPath::project});
  friend bool operator==(const SysvKeyOfPath&, const SysvKeyOfPath&) = default;
};

/// Whether ftok(3) gives a file the same key after it was renamed, or removed and made again under
/// its name: the outcome is 1 or 0. The file is one of the harness's own, which is gone afterwards.
struct SysvKeepsKey {
  static constexpr std::string_view kName = "sysv.keeps_key";
  bool made_again = false;
  static constexpr auto kFields = Fields(Field{"made_again", &SysvKeepsKey::made_again});
  friend bool operator==(const SysvKeepsKey&, const SysvKeepsKey&) = default;
};

/// ftok(3) of a file whose key for the project 255 is -1, by the formula of glibc: its inode ends
/// in 0xffff, and its device has a minor number that ends in 0xff. The harness makes such a file,
/// in a mount namespace of its own. The outcome is the key; a failure is one that errno tells.
struct SysvKeyMinusOne {
  static constexpr std::string_view kName = "sysv.key_minus_one";
  static constexpr bool kMayTakeLong = true;
  static constexpr auto kFields = Fields();
  friend bool operator==(const SysvKeyMinusOne&, const SysvKeyMinusOne&) = default;
};

/// msgget(2), or semget(2) of one semaphore: what shares names and tools with segments. Assigns the
/// handle of a message queue or semaphore set; the outcome is the identifier.
struct IpcGet {
  static constexpr std::string_view kName = "ipc.get";
  static constexpr Role kRole = Role::kPrepares;
  static constexpr HandleKind kAssigns = HandleKind::kIpcObject;
  IpcKind kind = IpcKind::kQueue;  // not a segment
  KeyRef key;
  GetFlags flags;
  static constexpr auto kFields = Fields(Field{"kind", &IpcGet::kind}, Field{"key", &IpcGet::key},
                                         Field{"flags", &IpcGet::flags});
  friend bool operator==(const IpcGet&, const IpcGet&) = default;
};

/// msgctl(2) or semctl(2) with IPC_RMID.
struct IpcRemove {
  static constexpr std::string_view kName = "ipc.remove";
  static constexpr Role kRole = Role::kPrepares;
  IpcKind kind = IpcKind::kQueue;
  IpcRef object;
  static constexpr auto kFields =
      Fields(Field{"kind", &IpcRemove::kind}, Field{"object", &IpcRemove::object});
  friend bool operator==(const IpcRemove&, const IpcRemove&) = default;
};

}  // namespace shmspec

/// Every operation of this header, for lists of all operations.
// clang-format off
#define SHMSPEC_SYSV_OPERATIONS(X) \
  X(SysvGet) X(SysvAttach) X(SysvDetach) X(SysvStat) X(SysvSet) X(SysvRemove) X(SysvLock) \
  X(SysvUnlock) X(SysvInfo) X(SysvShmInfo) X(SysvStatIndex) X(SysvStatAny) X(SysvControl) \
  X(SysvKeyOfPath) X(SysvKeepsKey) X(SysvKeyMinusOne) X(IpcGet) X(IpcRemove)
// clang-format on

#endif  // SHMSPEC_HARNESS_VOCABULARY_OPERATION_SYSV_H_
