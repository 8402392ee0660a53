// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The live values of a plan's handles. The table lies in memory that all actors of the plan share,
// so that each can use the segments of the others.

#ifndef SHMSPEC_HARNESS_TARGET_HANDLE_TABLE_H_
#define SHMSPEC_HARNESS_TARGET_HANDLE_TABLE_H_

#include <atomic>
#include <cstdint>

#include "harness/vocabulary/value/value.h"

namespace shmspec {

/// -1 until a step assigns the handle; keys have their values before the first step.
class HandleTable {
 public:
  HandleTable() { Clear(); }

  void Clear() {
    values_.ForEach(
        [](std::atomic<std::int64_t>& value) { value.store(-1, std::memory_order_relaxed); });
  }

  std::int64_t Get(Handle handle) const { return values_[handle].load(std::memory_order_acquire); }
  void Set(Handle handle, std::int64_t value) {
    values_[handle].store(value, std::memory_order_release);
  }

 private:
  PerHandle<std::atomic<std::int64_t>> values_;
};

static_assert(std::atomic<std::int64_t>::is_always_lock_free, "handles cross between processes");

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_TARGET_HANDLE_TABLE_H_
