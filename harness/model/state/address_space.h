// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// One address space: the mappings that the plan knows of, disjoint and in order of address. Pure
// geometry; what making and removing a mapping means is in harness/model/space/backing.h.

#ifndef SHMSPEC_HARNESS_MODEL_STATE_ADDRESS_SPACE_H_
#define SHMSPEC_HARNESS_MODEL_STATE_ADDRESS_SPACE_H_

#include <cstdint>
#include <vector>

#include "harness/model/state/backing.h"

namespace shmspec::model {

constexpr std::uint8_t kProtectRead = 1;
constexpr std::uint8_t kProtectWrite = 2;
constexpr std::uint8_t kProtectExecute = 4;

/// One mapping. Addresses, sizes and offsets in bytes.
struct Mapping {
  std::uint64_t start = 0;
  std::uint64_t end = 0;
  std::uint64_t object = 0;  // serial of the memory object
  std::uint64_t offset = 0;  // of `start` in the object
  std::uint8_t protection = 0;
  std::uint8_t max_protection = 7;
  bool skipped_by_fork = false;  // MADV_DONTFORK
  bool sealed = false;           // mseal(2)
  bool locked = false;           // mlock(2)
  bool on_fault = false;         // locked, but only pages that are touched: MCL_ONFAULT
  bool wiped_by_fork = false;    // MADV_WIPEONFORK
  Backing backing;

  /// The attach that it is, or is a part of; null when it is none.
  const AttachBacking* attach() const { return std::get_if<AttachBacking>(&backing); }
  bool IsAttach() const { return attach() != nullptr; }
  /// The serial of the segment that is attached; 0: none is.
  std::uint32_t segment() const { return IsAttach() ? attach()->segment.serial : 0; }
  /// The node that is mapped; null when it is none.
  const NodeBacking* node() const { return std::get_if<NodeBacking>(&backing); }
  /// Whether it shows a node and keeps what is stored in it to itself.
  bool IsPrivateNode() const { return node() != nullptr && !node()->shared; }
  /// Whether others can have the same memory, so that fork(2) does not copy it.
  bool IsShared() const { return IsAttach() || (node() != nullptr && node()->shared); }
  std::uint64_t size() const { return end - start; }
  friend bool operator==(const Mapping&, const Mapping&) = default;
};

struct Range {
  std::uint64_t start = 0;
  std::uint64_t end = 0;
  friend bool operator==(const Range&, const Range&) = default;
};

/// What mlockall(2) said of memory that is mapped later.
enum class LocksNew : std::uint8_t { kNot, kFilled, kOnFault };

class AddressSpace {
 public:
  LocksNew locks_new = LocksNew::kNot;
  bool locks_more = false;  // memory of which the plan knows nothing may be locked too

  const std::vector<Mapping>& mappings() const { return mappings_; }
  Mapping& at(std::size_t index) { return mappings_[index]; }

  /// The mapping that holds the address, or null.
  const Mapping* Find(std::uint64_t address) const;
  /// Index of the first mapping that ends after the address.
  std::size_t FirstAfter(std::uint64_t address) const;
  bool Overlaps(std::uint64_t start, std::uint64_t end) const;
  /// Whether the plan itself has unmapped the whole range, so that nothing of the process is there.
  bool IsKnownFree(std::uint64_t start, std::uint64_t end) const;

  /// Adds a mapping in a free range.
  void Insert(const Mapping& mapping);
  /// Takes the mapping at an index away; its range is known to be free.
  Mapping Remove(std::size_t index);
  /// The range is free: the plan has nothing there, and neither has the process.
  void NoteFree(std::uint64_t start, std::uint64_t end);
  /// Cuts the mapping that straddles `address` in two. True when there was one; then it is the one
  /// at FirstAfter(address - 1) and its successor.
  bool SplitAt(std::uint64_t address);

  /// How many neighbouring pairs of one attach a system could have merged again.
  std::int32_t MergeablePairs(std::uint32_t segment) const;

  friend bool operator==(const AddressSpace&, const AddressSpace&) = default;

 private:
  void NoteTaken(std::uint64_t start, std::uint64_t end);

  std::vector<Mapping> mappings_;  // by start
  std::vector<Range> free_;        // by start
};

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_STATE_ADDRESS_SPACE_H_
