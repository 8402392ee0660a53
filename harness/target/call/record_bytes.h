// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Records of calls as bytes, for the functions that read them.

#ifndef SHMSPEC_HARNESS_TARGET_CALL_RECORD_BYTES_H_
#define SHMSPEC_HARNESS_TARGET_CALL_RECORD_BYTES_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "harness/target/call/sysv_calls.h"

namespace shmspec {

template <class Record>
Record CopyOf(const void* buffer) {
  static_assert(sizeof(Record) <= SysvCalls::kRecordBytes);
  static_assert(std::is_trivially_copyable_v<Record>);
  Record record;
  std::memcpy(&record, buffer, sizeof(record));
  return record;
}

/// The number of nonzero bytes outside the fields that `clear` sets to 0: those in reserved fields
/// and padding.
template <class Record, class Clear>
std::int64_t ReservedBytesSet(const void* buffer, Clear&& clear) {
  // Field by field in the bytes themselves: a copy of the record may leave its padding behind.
  alignas(Record) unsigned char bytes[sizeof(Record)];
  std::memcpy(bytes, buffer, sizeof(Record));
  clear(*reinterpret_cast<Record*>(bytes));
  std::int64_t set = 0;
  for (const unsigned char byte : bytes) set += byte != 0 ? 1 : 0;
  return set;
}

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_TARGET_CALL_RECORD_BYTES_H_
