// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The calls on mappings as one way of entering the kernel makes them.

#ifndef SHMSPEC_HARNESS_TARGET_CALL_MAP_CALLS_H_
#define SHMSPEC_HARNESS_TARGET_CALL_MAP_CALLS_H_

#include <cstdint>

#include "harness/target/call/call_result.h"

namespace shmspec {

/// Sizes and offsets in bytes; flags and advice as the kernel numbers them.
struct MapCalls {
  CallResult (*map)(std::uint64_t at, std::uint64_t size, int protection, int flags, int file,
                    std::uint64_t offset);
  CallResult (*unmap)(std::uint64_t at, std::uint64_t size);
  CallResult (*protect)(std::uint64_t at, std::uint64_t size, int protection);
  CallResult (*remap)(std::uint64_t at, std::uint64_t size, std::uint64_t new_size, int flags,
                      std::uint64_t to);
  CallResult (*advise)(std::uint64_t at, std::uint64_t size, int advice);
  CallResult (*seal)(std::uint64_t at, std::uint64_t size, std::uint64_t flags);
  CallResult (*sync)(std::uint64_t at, std::uint64_t size, int flags);
  CallResult (*lock)(std::uint64_t at, std::uint64_t size);
  CallResult (*unlock)(std::uint64_t at, std::uint64_t size);
  CallResult (*lock_all)(int flags);
  CallResult (*unlock_all)();
};

/// mmap(2) and so on, as programs call them; mseal(2) by its number.
extern const MapCalls kLibcMapCalls;

/// Why an offset cannot be passed to mmap2(2).
inline constexpr const char* kMmap2Units = "mmap2(2) takes offsets in units of 4096 bytes";

/// The number of mseal(2), the same on every architecture: C libraries before glibc 2.41 do not
/// know it.
constexpr long kMseal = 462;

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_TARGET_CALL_MAP_CALLS_H_
