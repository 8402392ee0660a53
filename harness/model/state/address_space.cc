// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/model/state/address_space.h"

#include <algorithm>

namespace shmspec::model {

std::size_t AddressSpace::FirstAfter(std::uint64_t address) const {
  const auto found =
      std::partition_point(mappings_.begin(), mappings_.end(),
                           [address](const Mapping& mapping) { return mapping.end <= address; });
  return static_cast<std::size_t>(found - mappings_.begin());
}

const Mapping* AddressSpace::Find(std::uint64_t address) const {
  const std::size_t index = FirstAfter(address);
  if (index == mappings_.size() || mappings_[index].start > address) return nullptr;
  return &mappings_[index];
}

bool AddressSpace::Overlaps(std::uint64_t start, std::uint64_t end) const {
  const std::size_t index = FirstAfter(start);
  return index != mappings_.size() && mappings_[index].start < end;
}

bool AddressSpace::IsKnownFree(std::uint64_t start, std::uint64_t end) const {
  return std::any_of(free_.begin(), free_.end(),
                     [&](const Range& range) { return range.start <= start && end <= range.end; });
}

void AddressSpace::Insert(const Mapping& mapping) {
  NoteTaken(mapping.start, mapping.end);
  const std::size_t index = FirstAfter(mapping.start);
  mappings_.insert(mappings_.begin() + static_cast<std::ptrdiff_t>(index), mapping);
}

Mapping AddressSpace::Remove(std::size_t index) {
  const Mapping removed = mappings_[index];
  mappings_.erase(mappings_.begin() + static_cast<std::ptrdiff_t>(index));
  NoteFree(removed.start, removed.end);
  return removed;
}

void AddressSpace::NoteFree(std::uint64_t start, std::uint64_t end) {
  Range whole{start, end};
  const auto first = std::partition_point(free_.begin(), free_.end(),
                                          [&](const Range& range) { return range.end < start; });
  auto last = first;
  for (; last != free_.end() && last->start <= end; ++last) {
    whole.start = std::min(whole.start, last->start);
    whole.end = std::max(whole.end, last->end);
  }
  free_.insert(free_.erase(first, last), whole);
}

bool AddressSpace::SplitAt(std::uint64_t address) {
  const std::size_t index = FirstAfter(address);
  if (index == mappings_.size() || mappings_[index].start >= address) return false;
  Mapping upper = mappings_[index];
  upper.offset += address - upper.start;
  upper.start = address;
  mappings_[index].end = address;
  mappings_.insert(mappings_.begin() + static_cast<std::ptrdiff_t>(index) + 1, upper);
  return true;
}

std::int32_t AddressSpace::MergeablePairs(std::uint32_t segment) const {
  std::int32_t pairs = 0;
  for (std::size_t i = 1; i < mappings_.size(); ++i) {
    const Mapping& a = mappings_[i - 1];
    const Mapping& b = mappings_[i];
    if (a.segment() == segment && a.backing == b.backing && a.end == b.start &&
        a.offset + a.size() == b.offset && a.protection == b.protection &&
        a.skipped_by_fork == b.skipped_by_fork && a.sealed == b.sealed && a.locked == b.locked &&
        a.on_fault == b.on_fault) {
      ++pairs;
    }
  }
  return pairs;
}

void AddressSpace::NoteTaken(std::uint64_t start, std::uint64_t end) {
  for (std::size_t i = 0; i < free_.size(); ++i) {
    const Range range = free_[i];
    if (range.end <= start || end <= range.start) continue;
    free_.erase(free_.begin() + static_cast<std::ptrdiff_t>(i));
    if (end < range.end)
      free_.insert(free_.begin() + static_cast<std::ptrdiff_t>(i), {end, range.end});
    if (range.start < start) {
      free_.insert(free_.begin() + static_cast<std::ptrdiff_t>(i), {range.start, start});
    }
    if (range.start < start) ++i;
    if (end >= range.end) --i;  // look at what moved into this place
  }
}

}  // namespace shmspec::model
