// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The buffers for control calls: a good one, none at all, one in inaccessible memory and one that
// is read-only. Guards surround those that can be read. Before a call a pattern fills buffers and
// guards, so that every byte that the call wrote, or left alone, shows.

#ifndef SHMSPEC_HARNESS_TARGET_CALL_CONTROL_BUFFERS_H_
#define SHMSPEC_HARNESS_TARGET_CALL_CONTROL_BUFFERS_H_

#include <array>
#include <cstdint>
#include <optional>

#include "harness/target/call/sysv_calls.h"
#include "harness/vocabulary/value/unique_handle.h"
#include "harness/vocabulary/value/value.h"

namespace shmspec {

class ControlBuffers {
 public:
  /// Bytes that lie on each side of a buffer.
  static constexpr std::size_t kGuardBytes = SysvCalls::kRecordBytes;

  /// Three pages, below 4 GiB when `low_memory`.
  explicit ControlBuffers(bool low_memory);

  /// The address to pass to the call; the buffer behind it, if there is one, holds the pattern.
  void* Prepared(Buffer buffer) {
    return Written(buffer, [](void*) {});
  }

  /// The same, after write(address) has filled it.
  template <class Write>
  void* Written(Buffer buffer, Write&& write) {
    char* const address = AddressOf(buffer);
    if (!IsReadable(buffer)) return address;
    if (buffer == Buffer::kUnwritable) SetReadOnlyPageWritable(true);
    FillWithPattern(address);
    write(address);
    Remember(address);
    if (buffer == Buffer::kUnwritable) SetReadOnlyPageWritable(false);
    return address;
  }

  /// Bytes that changed since the call got its buffer: the offset of the first from the address of
  /// the buffer, and how many. The first `writable` bytes from the address do not count, because
  /// the call may write them.
  struct Change {
    std::int64_t offset = 0;
    std::int64_t bytes = 0;
  };
  std::optional<Change> ChangeBeside(Buffer buffer, std::size_t writable) const;

 private:
  static constexpr std::size_t kWatchedBytes = 2 * kGuardBytes + SysvCalls::kRecordBytes;

  static bool IsReadable(Buffer buffer) {
    return buffer == Buffer::kValid || buffer == Buffer::kUnwritable;
  }
  char* AddressOf(Buffer buffer) const;
  void SetReadOnlyPageWritable(bool writable);
  static void FillWithPattern(char* address);
  void Remember(const char* address);

  UniqueMapping pages_;
  char* valid_ = nullptr;  // these three within their pages, behind a guard
  char* wild_ = nullptr;
  char* read_only_ = nullptr;
  std::array<unsigned char, kWatchedBytes> before_{};  // guard, buffer, guard
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_TARGET_CALL_CONTROL_BUFFERS_H_
