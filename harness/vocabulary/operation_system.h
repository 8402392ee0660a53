// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The system around the calls: limits, procfs and the command line tools.

#ifndef SHMSPEC_HARNESS_VOCABULARY_OPERATION_SYSTEM_H_
#define SHMSPEC_HARNESS_VOCABULARY_OPERATION_SYSTEM_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/vocabulary/field.h"
#include "harness/vocabulary/value.h"

namespace shmspec {

/// Reads a sysctl of the IPC namespace.
struct SystemSysctlRead {
  static constexpr std::string_view kName = "system.sysctl_read";
  Sysctl name = Sysctl::kShmmax;
  static constexpr auto kFields = Fields(Field{"name", &SystemSysctlRead::name});
  friend bool operator==(const SystemSysctlRead&, const SystemSysctlRead&) = default;
};

/// Writes a sysctl of the IPC namespace. Only in a private namespace.
struct SystemSysctlWrite {
  static constexpr std::string_view kName = "system.sysctl_write";
  Sysctl name = Sysctl::kShmmax;
  std::int64_t value = 0;
  static constexpr auto kFields =
      Fields(Field{"name", &SystemSysctlWrite::name}, Field{"value", &SystemSysctlWrite::value});
  friend bool operator==(const SystemSysctlWrite&, const SystemSysctlWrite&) = default;
};

/// The rows of /proc/sysvipc/shm: a SegmentTable.
struct SystemSegments {
  static constexpr std::string_view kName = "system.segments";
  static constexpr auto kFields = Fields();
  friend bool operator==(const SystemSegments&, const SystemSegments&) = default;
};

/// ipcs -m: a SegmentTable with the columns it prints, the others -1.
struct SystemIpcs {
  static constexpr std::string_view kName = "system.ipcs";
  static constexpr auto kFields = Fields();
  friend bool operator==(const SystemIpcs&, const SystemIpcs&) = default;
};

/// lsipc -m --json: a SegmentTable with the columns it prints, the others -1.
struct SystemLsipc {
  static constexpr std::string_view kName = "system.lsipc";
  static constexpr auto kFields = Fields();
  friend bool operator==(const SystemLsipc&, const SystemLsipc&) = default;
};

/// ipcrm -m ID; the outcome is a ToolResult.
struct SystemIpcrm {
  static constexpr std::string_view kName = "system.ipcrm";
  SegmentRef segment;
  static constexpr auto kFields = Fields(Field{"segment", &SystemIpcrm::segment});
  friend bool operator==(const SystemIpcrm&, const SystemIpcrm&) = default;
};

/// ipcrm -M KEY; the outcome is a ToolResult.
struct SystemIpcrmKey {
  static constexpr std::string_view kName = "system.ipcrm_key";
  KeyRef key;
  static constexpr auto kFields = Fields(Field{"key", &SystemIpcrmKey::key});
  friend bool operator==(const SystemIpcrmKey&, const SystemIpcrmKey&) = default;
};

/// ipcmk -M SIZE -p MODE. Assigns a segment handle; the outcome is the identifier it printed.
struct SystemIpcmk {
  static constexpr std::string_view kName = "system.ipcmk";
  static constexpr HandleKind kAssigns = HandleKind::kSegment;
  Size size{kDefaultSize};
  Mode mode{0644};
  static constexpr auto kFields =
      Fields(Field{"size", &SystemIpcmk::size}, Field{"mode", &SystemIpcmk::mode});
  friend bool operator==(const SystemIpcmk&, const SystemIpcmk&) = default;
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_OPERATION_SYSTEM_H_
