// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Checks how a load or store of a range of addresses ends, and finds the bytes behind it.

#ifndef SHMSPEC_HARNESS_MODEL_MEMORY_ACCESS_H_
#define SHMSPEC_HARNESS_MODEL_MEMORY_ACCESS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "harness/model/language/clauses.h"
#include "harness/model/language/scene.h"

namespace shmspec::model {

/// How far an access gets.
struct Reach {
  enum class End : std::uint8_t { kWhole, kUnmapped, kDenied, kBeyondObject, kFull, kOutside };
  End end = End::kWhole;
  std::uint64_t bytes = 0;            // before the first that faults
  bool certain = true;                // false: the process may have something else at that place
  const NodeBacking* node = nullptr;  // what is mapped there, where that is a node
  bool anonymous = false;             // shared memory that no descriptor stood for
  bool beyond_before = false;         // bytes before may be behind the end of their object
  bool of_library = false;            // what is mapped there
  bool read_only_attach = false;      // of a segment, which was attached only for reading
  std::uint64_t in_page = 0;          // of the access's address: bytes since the start of its page
};
Reach Follow(const Scene& scene, std::uint64_t address, std::uint64_t size, bool store);

/// Adds the fault that an access of that reach raises.
void DescribeReach(const Reach& reach, Clauses& clauses);

/// Reading the memory makes it resident.
void TouchRange(const Scene& scene, State& state, std::uint64_t address, std::uint64_t size);
/// The memory may have been read: of what was not resident nothing is known.
void MayTouchRange(const Scene& scene, State& state, std::uint64_t address, std::uint64_t size);

/// Whether the bytes are all known; they must be mapped.
bool AreKnown(const Scene& scene, std::uint64_t address, std::uint64_t size);
/// If the load can give one other number than LoadNumber(): what it was before the one change of
/// the object that a private mapping need not show.
std::optional<std::uint64_t> OlderNumber(const Scene& scene, std::uint64_t address,
                                         std::uint64_t size);
/// The bytes of a number of at most 8 bytes in the order of the system; the rest are zeros.
std::array<std::uint8_t, 8> BytesOf(const Scene& scene, std::uint64_t number, std::uint64_t size);
std::uint64_t LoadNumber(const Scene& scene, std::uint64_t address, std::uint64_t size);
std::uint64_t LoadChecksum(const Scene& scene, std::uint64_t address, std::uint64_t size);

/// What it means that bytes at the address are what was last stored there.
Requirements SameBytesAt(const Scene& scene, std::uint64_t address);

/// Private mappings of nodes get copies of the pages of a range that they do not have yet, so that
/// the range can be stored to.
void CopyPrivatePages(const Scene& scene, State& state, std::uint64_t address, std::uint64_t size);

/// Calls visit(object, offset in it, offset in the range, size) for each part of a range that is
/// shown, as far as it is mapped.
template <class Visit>
void ForEachShownPart(const Scene& scene, const State& state, const AddressSpace& space,
                      std::uint64_t address, std::uint64_t size, Visit&& visit) {
  std::uint64_t done = 0;
  while (done < size) {
    const Mapping* mapping = space.Find(address + done);
    if (mapping == nullptr) return;
    const std::uint64_t within = address + done - mapping->start;
    const std::uint64_t offset = mapping->offset + within;
    std::uint64_t part = std::min(size - done, mapping->size() - within);
    std::uint64_t object = mapping->object;
    if (mapping->IsPrivateNode()) {
      part = std::min(part, scene.page() - offset % scene.page());
      if (!ObjectOf(state, object).IsTouched(offset, 1)) {
        object = NodeOf(state, mapping->node()->node).object;
      }
    }
    visit(object, offset, done, part);
    done += part;
  }
}

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
