// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The system around the calls: limits, procfs and the command line tools.

#ifndef SHMSPEC_HARNESS_VOCABULARY_OPERATION_SYSTEM_H_
#define SHMSPEC_HARNESS_VOCABULARY_OPERATION_SYSTEM_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/vocabulary/operation/role.h"
#include "harness/vocabulary/value/field.h"
#include "harness/vocabulary/value/value.h"

namespace shmspec {

/// Reads a sysctl of the IPC namespace.
struct SystemSysctlRead {
  static constexpr std::string_view kName = "system.sysctl_read";
  static constexpr Role kRole = Role::kNeighbour;
  Sysctl name = Sysctl::kShmmax;
  static constexpr auto kFields = Fields(Field{"name", &SystemSysctlRead::name});
  friend bool operator==(const SystemSysctlRead&, const SystemSysctlRead&) = default;
};

/// Writes a sysctl of the IPC namespace. Only in a private namespace.
struct SystemSysctlWrite {
  static constexpr std::string_view kName = "system.sysctl_write";
  static constexpr Role kRole = Role::kNeighbour;
  static constexpr bool kInPhases = true;
  Sysctl name = Sysctl::kShmmax;
  std::int64_t value = 0;
  static constexpr auto kFields =
      Fields(Field{"name", &SystemSysctlWrite::name}, Field{"value", &SystemSysctlWrite::value});
  friend bool operator==(const SystemSysctlWrite&, const SystemSysctlWrite&) = default;
};

/// Opens /proc/sysvipc/shm and keeps it open, for system.segments with held=true.
struct SystemHoldSegments {
  static constexpr std::string_view kName = "system.hold_segments";
  static constexpr Role kRole = Role::kNeighbour;
  static constexpr auto kFields = Fields();
  friend bool operator==(const SystemHoldSegments&, const SystemHoldSegments&) = default;
};

/// The rows of /proc/sysvipc/shm, opened now or held open: a SegmentTable.
struct SystemSegments {
  static constexpr std::string_view kName = "system.segments";
  static constexpr Role kRole = Role::kNeighbour;
  bool held = false;
  static constexpr auto kFields = Fields(Field{"held", &SystemSegments::held});
  friend bool operator==(const SystemSegments&, const SystemSegments&) = default;
};

/// ipcs -m with options: a SegmentTable with the columns it prints, the others -1; for a summary a
/// UsageRecord, for limits a LimitsRecord. Of several views the tool heeds the last.
struct SystemIpcs {
  static constexpr std::string_view kName = "system.ipcs";
  static constexpr bool kRunsTool = true;
  static constexpr Role kRole = Role::kNeighbour;
  std::vector<IpcsView> views;
  static constexpr auto kFields = Fields(Field{"views", &SystemIpcs::views});
  friend bool operator==(const SystemIpcs&, const SystemIpcs&) = default;
};

/// ipcs -m -i ID: a SegmentTable of one row, or the ToolResult when it shows none.
struct SystemIpcsOne {
  static constexpr std::string_view kName = "system.ipcs_one";
  static constexpr bool kRunsTool = true;
  static constexpr Role kRole = Role::kNeighbour;
  SegmentRef segment;
  static constexpr auto kFields = Fields(Field{"segment", &SystemIpcsOne::segment});
  friend bool operator==(const SystemIpcsOne&, const SystemIpcsOne&) = default;
};

/// lsipc -m --json: a SegmentTable with the columns it prints, the others -1.
struct SystemLsipc {
  static constexpr std::string_view kName = "system.lsipc";
  static constexpr bool kRunsTool = true;
  static constexpr Role kRole = Role::kNeighbour;
  static constexpr auto kFields = Fields();
  friend bool operator==(const SystemLsipc&, const SystemLsipc&) = default;
};

/// setfacl --set of a file, which the tool finds as a descriptor of its own: the list of
/// FileSetAcl, in its words. Where names have entries and there is no mask, the tool makes one that
/// caps nobody. The outcome is a ToolResult.
struct SystemSetfacl {
  static constexpr std::string_view kName = "system.setfacl";
  static constexpr bool kRunsTool = true;
  static constexpr Role kRole = Role::kNeighbour;
  DescriptorRef descriptor;
  std::int32_t owner = 6;
  Id user{0xffffffff};
  std::int32_t user_bits = 0;
  std::int32_t group = 0;
  Id named_group{0xffffffff};
  std::int32_t named_group_bits = 0;
  std::int32_t mask = -1;
  std::int32_t other = 0;
  static constexpr auto kFields = Fields(
      Field{"descriptor", &SystemSetfacl::descriptor}, Field{"owner", &SystemSetfacl::owner},
      Field{"user", &SystemSetfacl::user}, Field{"user_bits", &SystemSetfacl::user_bits},
      Field{"group", &SystemSetfacl::group}, Field{"named_group", &SystemSetfacl::named_group},
      Field{"named_group_bits", &SystemSetfacl::named_group_bits},
      Field{"mask", &SystemSetfacl::mask}, Field{"other", &SystemSetfacl::other});
  friend bool operator==(const SystemSetfacl&, const SystemSetfacl&) = default;
};

/// getfacl of a file: an AclRecord, also where the mode says it all, or the ToolResult when it
/// fails.
struct SystemGetfacl {
  static constexpr std::string_view kName = "system.getfacl";
  static constexpr bool kRunsTool = true;
  static constexpr Role kRole = Role::kNeighbour;
  DescriptorRef descriptor;
  static constexpr auto kFields = Fields(Field{"descriptor", &SystemGetfacl::descriptor});
  friend bool operator==(const SystemGetfacl&, const SystemGetfacl&) = default;
};

/// ipcrm -m ID, or ipcrm shm ID in the old syntax; the outcome is a ToolResult.
struct SystemIpcrm {
  static constexpr std::string_view kName = "system.ipcrm";
  static constexpr bool kRunsTool = true;
  static constexpr Role kRole = Role::kNeighbour;
  SegmentRef segment;
  bool old_syntax = false;
  static constexpr auto kFields = Fields(Field{"segment", &SystemIpcrm::segment},
                                         Field{"old_syntax", &SystemIpcrm::old_syntax});
  friend bool operator==(const SystemIpcrm&, const SystemIpcrm&) = default;
};

/// ipcrm -m FIRST -m SECOND -q OTHER (or -s OTHER), in one command; the outcome is a ToolResult.
struct SystemIpcrmSeveral {
  static constexpr std::string_view kName = "system.ipcrm_several";
  static constexpr bool kRunsTool = true;
  static constexpr Role kRole = Role::kNeighbour;
  SegmentRef first;
  SegmentRef second;
  IpcKind kind = IpcKind::kQueue;
  IpcRef object;
  static constexpr auto kFields = Fields(
      Field{"first", &SystemIpcrmSeveral::first}, Field{"second", &SystemIpcrmSeveral::second},
      Field{"kind", &SystemIpcrmSeveral::kind}, Field{"object", &SystemIpcrmSeveral::object});
  friend bool operator==(const SystemIpcrmSeveral&, const SystemIpcrmSeveral&) = default;
};

/// ipcrm -q ID or -s ID; the outcome is a ToolResult.
struct SystemIpcrmObject {
  static constexpr std::string_view kName = "system.ipcrm_object";
  static constexpr bool kRunsTool = true;
  static constexpr Role kRole = Role::kPrepares;
  IpcKind kind = IpcKind::kQueue;
  IpcRef object;
  static constexpr auto kFields =
      Fields(Field{"kind", &SystemIpcrmObject::kind}, Field{"object", &SystemIpcrmObject::object});
  friend bool operator==(const SystemIpcrmObject&, const SystemIpcrmObject&) = default;
};

/// ipcrm -Q KEY or -S KEY; the outcome is a ToolResult.
struct SystemIpcrmObjectKey {
  static constexpr std::string_view kName = "system.ipcrm_object_key";
  static constexpr bool kRunsTool = true;
  static constexpr Role kRole = Role::kPrepares;
  IpcKind kind = IpcKind::kQueue;
  KeyRef key;
  static constexpr auto kFields =
      Fields(Field{"kind", &SystemIpcrmObjectKey::kind}, Field{"key", &SystemIpcrmObjectKey::key});
  friend bool operator==(const SystemIpcrmObjectKey&, const SystemIpcrmObjectKey&) = default;
};

/// ipcrm -aKIND, or with `apart` ipcrm -a KIND in two words; the outcome is a ToolResult. Only in a
/// private namespace.
struct SystemIpcrmAll {
  static constexpr std::string_view kName = "system.ipcrm_all";
  static constexpr bool kRunsTool = true;
  IpcKind kind = IpcKind::kSegment;
  bool apart = false;
  static constexpr auto kFields =
      Fields(Field{"kind", &SystemIpcrmAll::kind}, Field{"apart", &SystemIpcrmAll::apart});
  /// Removing queues and semaphores is no call of shared memory.
  Role role() const { return kind == IpcKind::kSegment ? Role::kNeighbour : Role::kPrepares; }
  friend bool operator==(const SystemIpcrmAll&, const SystemIpcrmAll&) = default;
};

/// ipcmk -Q, or ipcmk -S 1. Assigns the handle; the outcome is the identifier it printed.
struct SystemIpcmkObject {
  static constexpr std::string_view kName = "system.ipcmk_object";
  static constexpr bool kRunsTool = true;
  static constexpr Role kRole = Role::kPrepares;
  static constexpr HandleKind kAssigns = HandleKind::kIpcObject;
  IpcKind kind = IpcKind::kQueue;
  static constexpr auto kFields = Fields(Field{"kind", &SystemIpcmkObject::kind});
  friend bool operator==(const SystemIpcmkObject&, const SystemIpcmkObject&) = default;
};

/// ipcrm -M KEY; the outcome is a ToolResult.
struct SystemIpcrmKey {
  static constexpr std::string_view kName = "system.ipcrm_key";
  static constexpr bool kRunsTool = true;
  static constexpr Role kRole = Role::kNeighbour;
  KeyRef key;
  static constexpr auto kFields = Fields(Field{"key", &SystemIpcrmKey::key});
  friend bool operator==(const SystemIpcrmKey&, const SystemIpcrmKey&) = default;
};

/// Waits until the clock that time stamps are taken from shows another second than any stamp so
/// far: then a stamp that should have moved and did not can be seen. Two in a plan at most: plans
/// that wait do so at the same time as all others.
struct SystemNextSecond {
  static constexpr std::string_view kName = "system.next_second";
  static constexpr auto kFields = Fields();
  friend bool operator==(const SystemNextSecond&, const SystemNextSecond&) = default;
};

/// ipcmk -M SIZE -p MODE. Assigns a segment handle; the outcome is the identifier it printed.
struct SystemIpcmk {
  static constexpr std::string_view kName = "system.ipcmk";
  static constexpr bool kRunsTool = true;
  static constexpr Role kRole = Role::kNeighbour;
  static constexpr HandleKind kAssigns = HandleKind::kSegment;
  Size size{kDefaultSize};
  Mode mode{0644};
  static constexpr auto kFields =
      Fields(Field{"size", &SystemIpcmk::size}, Field{"mode", &SystemIpcmk::mode});
  friend bool operator==(const SystemIpcmk&, const SystemIpcmk&) = default;
};

}  // namespace shmspec

/// Every operation of this header, for lists of all operations.
// clang-format off
#define SHMSPEC_SYSTEM_OPERATIONS(X) \
  X(SystemSysctlRead) X(SystemSysctlWrite) X(SystemHoldSegments) X(SystemSegments) \
  X(SystemIpcs) X(SystemIpcsOne) X(SystemLsipc) X(SystemIpcrm) X(SystemIpcrmKey) \
  X(SystemIpcrmSeveral) X(SystemIpcrmObject) X(SystemIpcrmObjectKey) X(SystemIpcrmAll) \
  X(SystemIpcmk) X(SystemIpcmkObject) X(SystemSetfacl) X(SystemGetfacl) X(SystemNextSecond)
// clang-format on

#endif  // SHMSPEC_HARNESS_VOCABULARY_OPERATION_SYSTEM_H_
