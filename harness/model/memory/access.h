// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Checks how a load or store of a range of addresses ends, and finds the bytes behind it.

#ifndef SHMSPEC_HARNESS_MODEL_MEMORY_ACCESS_H_
#define SHMSPEC_HARNESS_MODEL_MEMORY_ACCESS_H_

#include <array>
#include <cstdint>
#include <span>

#include "harness/model/language/clauses.h"
#include "harness/model/language/scene.h"

namespace shmspec::model {

/// How far an access gets.
struct Reach {
  enum class End : std::uint8_t { kWhole, kUnmapped, kDenied, kBeyondObject, kOutside };
  End end = End::kWhole;
  std::uint64_t bytes = 0;  // before the first that faults
  bool certain = true;      // false: the process may have something else at that place
};
Reach Follow(const Scene& scene, std::uint64_t address, std::uint64_t size, bool store);

/// Adds the fault that an access of that reach raises.
void DescribeReach(const Reach& reach, Clauses& clauses);

/// Whether the bytes are all known; they must be mapped.
bool AreKnown(const Scene& scene, std::uint64_t address, std::uint64_t size);
/// The bytes of a number of at most 8 bytes in the order of the system; the rest are zeros.
std::array<std::uint8_t, 8> BytesOf(const Scene& scene, std::uint64_t number, std::uint64_t size);
std::uint64_t LoadNumber(const Scene& scene, std::uint64_t address, std::uint64_t size);
std::uint64_t LoadChecksum(const Scene& scene, std::uint64_t address, std::uint64_t size);

/// Calls change(object, offset in it, offset in the range, size) for each mapped part of a range.
template <class Change>
void ForEachMappedPart(const AddressSpace& space, std::uint64_t address, std::uint64_t size,
                       Change&& change) {
  std::uint64_t done = 0;
  while (done < size) {
    const Mapping* mapping = space.Find(address + done);
    if (mapping == nullptr) return;
    const std::uint64_t within = address + done - mapping->start;
    const std::uint64_t part = std::min(size - done, mapping->size() - within);
    change(mapping->object, mapping->offset + within, done, part);
    done += part;
  }
}

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_MEMORY_ACCESS_H_
