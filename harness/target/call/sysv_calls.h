// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The System V calls as one way of entering the kernel makes them, and how that way lays out the
// records that shmctl fills in.

#ifndef SHMSPEC_HARNESS_TARGET_CALL_SYSV_CALLS_H_
#define SHMSPEC_HARNESS_TARGET_CALL_SYSV_CALLS_H_

#include <cstddef>
#include <cstdint>

#include "harness/target/call/call_result.h"
#include "harness/vocabulary/outcome/outcome.h"

namespace shmspec {

/// The fields that IPC_SET takes.
struct SettableFields {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::uint32_t mode = 0;
};

/// Records live in buffers of `kRecordBytes` bytes; the readers below leave `returned` alone.
struct SysvCalls {
  static constexpr std::size_t kRecordBytes = 256;

  /// How many bytes the calls fill in.
  struct RecordSizes {
    std::size_t segment = 0;
    std::size_t limits = 0;
    std::size_t usage = 0;
  };

  CallResult (*get)(std::int64_t key, std::uint64_t size, std::uint64_t flags);
  CallResult (*attach)(std::int64_t segment, std::uint64_t address, std::uint64_t flags);
  std::int64_t (*detach)(std::uint64_t address);  // never lacking: cleaning up needs it
  CallResult (*control)(std::int64_t segment, int command, void* buffer);
  CallResult (*key_of_path)(const char* path, int project);

  /// Writes the fields of IPC_SET into a record and touches no other byte of it.
  void (*write_settable)(const SettableFields& fields, void* buffer);
  void (*read_segment)(const void* buffer, SegmentRecord& record);
  void (*read_limits)(const void* buffer, LimitsRecord& record);
  void (*read_usage)(const void* buffer, UsageRecord& record);
  RecordSizes sizes;

  /// The program itself copies records of segments: it faults at an inaccessible buffer, and the
  /// kernel never sees the buffer.
  bool copies_records = false;
  /// The bits of a command that distinguish the kinds of records for ipc(2): no command can have
  /// them.
  int record_bits = 0;
  /// The largest uid or gid that its records hold.
  std::uint32_t largest_id = 0xffffffff;
};

/// ftok(3), which no kernel knows.
CallResult KeyOfPathByLibc(const char* path, int project);

/// shmget(3) and so on, as programs call them. A wrapper library takes calls that it does not
/// offer from here.
extern const SysvCalls kLibcSysvCalls;

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_TARGET_CALL_SYSV_CALLS_H_
