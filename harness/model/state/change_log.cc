// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/model/state/change_log.h"

#include <algorithm>

#include "harness/model/state/memory_object.h"

namespace shmspec::model {

void ChangeLog::Note(std::uint64_t offset, std::uint64_t size,
                     std::span<const std::uint8_t> before) {
  if (!begun_ || size == 0) return;
  Change change{offset, size, ++last_, 0, {before.begin(), before.end()}};
  for (const Change& old : changes_) {
    if (old.Overlaps(offset, size)) change.again = std::max(change.again, old.number);
  }
  // What lies within it is told by it.
  std::erase_if(changes_, [&](const Change& old) {
    return offset <= old.offset && old.offset + old.size <= offset + size;
  });
  changes_.push_back(std::move(change));
}

bool ChangeLog::HasChanged(std::uint64_t offset, std::uint64_t size, std::uint64_t since) const {
  return std::any_of(changes_.begin(), changes_.end(), [&](const Change& change) {
    return change.number > since && change.Overlaps(offset, size);
  });
}

bool ChangeLog::GetBefore(std::uint64_t offset, std::span<std::uint8_t> bytes,
                          std::uint64_t since) const {
  const Change* only = nullptr;
  for (const Change& change : changes_) {
    if (change.number <= since || !change.Overlaps(offset, bytes.size())) continue;
    if (only != nullptr || change.again > since || change.before.empty()) return false;
    only = &change;
  }
  if (only == nullptr) return false;
  const std::uint64_t from = std::max(offset, only->offset);
  const std::uint64_t to = std::min(offset + bytes.size(), only->offset + only->size);
  for (std::uint64_t at = from; at < to; ++at) {
    bytes[at - offset] = only->before[at - only->offset];
  }
  return true;
}

std::uint64_t ChangeLog::Digest() const {
  std::uint64_t digest = 2 * last_ + (begun_ ? 1 : 0);
  for (const Change& change : changes_) {
    digest = digest * kHashPrime + change.offset * 31 + change.size * 7 + change.number;
    digest = digest * kHashPrime + change.again;
    for (const std::uint8_t byte : change.before) digest = digest * 31 + byte;
  }
  return digest;
}

void ShownSince::Set(std::uint64_t offset, std::uint64_t size, std::uint64_t number) {
  std::erase_if(parts_, [&](const Part& old) {
    return offset <= old.offset && old.offset + old.size <= offset + size;
  });
  parts_.push_back({offset, size, number});
}

std::uint64_t ShownSince::At(std::uint64_t offset) const {
  for (auto part = parts_.rbegin(); part != parts_.rend(); ++part) {
    if (part->offset <= offset && offset - part->offset < part->size) return part->number;
  }
  return 0;
}

std::uint64_t ShownSince::Digest() const {
  std::uint64_t digest = 0;
  for (const Part& part : parts_) {
    digest = digest * kHashPrime + part.offset * 31 + part.size * 7 + part.number + 1;
  }
  return digest;
}

}  // namespace shmspec::model
