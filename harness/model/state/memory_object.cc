// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/model/state/memory_object.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace shmspec::model {
namespace {

/// Calls visit(page, offset in page, offset in range, size) for the parts of a range page by page.
template <class Visit>
void ForEachPart(std::uint64_t offset, std::uint64_t size, Visit visit) {
  std::uint64_t done = 0;
  while (done < size) {
    const std::uint64_t within = (offset + done) % kPageBytes;
    const std::uint64_t part = std::min(size - done, kPageBytes - within);
    visit((offset + done) / kPageBytes, within, done, part);
    done += part;
  }
}

std::uint64_t Power(std::uint64_t base, std::uint64_t exponent) {
  std::uint64_t result = 1;
  for (; exponent != 0; exponent >>= 1) {
    if ((exponent & 1) != 0) result *= base;
    base *= base;
  }
  return result;
}

bool Overlap(const Blur& blur, std::uint64_t offset, std::uint64_t size) {
  return blur.offset < offset + size && offset < blur.offset + blur.size;
}

}  // namespace

const MemoryObject::Entry* MemoryObject::Find(std::uint64_t number) const {
  const auto found = std::lower_bound(pages_.begin(), pages_.end(), number,
                                      [](const Entry& e, std::uint64_t n) { return e.number < n; });
  return found != pages_.end() && found->number == number ? &*found : nullptr;
}

MemoryObject::Entry& MemoryObject::FindOrMake(std::uint64_t number) {
  const auto found = std::lower_bound(pages_.begin(), pages_.end(), number,
                                      [](const Entry& e, std::uint64_t n) { return e.number < n; });
  if (found != pages_.end() && found->number == number) return *found;
  // Pages that were only looked at cost nothing.
  static const CopyOnWrite<Page> zeros{Page{}};
  return *pages_.insert(found, Entry{number, zeros, false});
}

void MemoryObject::Read(std::uint64_t offset, std::span<std::uint8_t> bytes) const {
  ForEachPart(offset, bytes.size(), [&](auto number, auto within, auto done, auto part) {
    const Entry* entry = Find(number);
    if (entry == nullptr) {
      std::memset(bytes.data() + done, 0, part);
    } else {
      std::memcpy(bytes.data() + done, entry->bytes->data() + within, part);
    }
  });
}

void MemoryObject::Write(std::uint64_t offset, std::span<const std::uint8_t> bytes) {
  NoteChange(offset, bytes.size(), bytes.data());
  NoteStore(offset, bytes.size());
  ForEachPart(offset, bytes.size(), [&](auto number, auto within, auto done, auto part) {
    Entry& entry = FindOrMake(number);
    entry.only_reserved = false;
    std::memcpy(entry.bytes.Own().data() + within, bytes.data() + done, part);
  });
}

void MemoryObject::Zero(std::uint64_t offset, std::uint64_t size) {
  NoteChange(offset, size, nullptr);
  NoteStore(offset, size);
  std::erase_if(pages_, [&](Entry& entry) {
    const std::uint64_t start = entry.number * kPageBytes;
    if (start + kPageBytes <= offset || offset + size <= start) return false;
    const std::uint64_t from = std::max(start, offset);
    const std::uint64_t to = std::min(start + kPageBytes, offset + size);
    if (to - from == kPageBytes) return true;
    std::memset(entry.bytes.Own().data() + (from - start), 0, to - from);
    return false;
  });
}

std::uint64_t MemoryObject::Hash(std::uint64_t hash, std::uint64_t offset,
                                 std::uint64_t size) const {
  ForEachPart(offset, size, [&](auto number, auto within, auto, auto part) {
    const Entry* entry = Find(number);
    if (entry == nullptr) {
      hash *= Power(kHashPrime, part);
      return;
    }
    for (const std::uint8_t byte : std::span(*entry->bytes).subspan(within, part)) {
      hash = (hash ^ byte) * kHashPrime;
    }
  });
  return hash;
}

bool MemoryObject::IsKnown(std::uint64_t offset, std::uint64_t size) const {
  return std::none_of(blurs_.begin(), blurs_.end(),
                      [&](const Blur& blur) { return Overlap(blur, offset, size); });
}

void MemoryObject::MakeUnknown(std::uint64_t offset, std::uint64_t size, std::uint32_t step) {
  if (size != 0) blurs_.push_back(Blur{offset, size, step, true, true});
}

void MemoryObject::BeginWrite(std::uint64_t offset, std::uint64_t size, std::uint32_t step) {
  Blur mine{offset, size, step, false, false};
  for (Blur& blur : blurs_) {
    if (blur.settled || !Overlap(blur, offset, size)) continue;
    blur.mixed = true;
    mine.mixed = true;
  }
  if (size != 0) blurs_.push_back(mine);
}

bool MemoryObject::EndWrite(std::uint32_t step) {
  bool clean = true;
  std::erase_if(blurs_, [&](Blur& blur) {
    if (blur.step != step || blur.settled) return false;
    blur.settled = true;
    clean = clean && !blur.mixed;
    return !blur.mixed;
  });
  return clean;
}

bool MemoryObject::Holds(std::uint64_t offset, std::uint64_t size,
                         const std::uint8_t* bytes) const {
  if (!IsKnown(offset, size)) return false;
  if (bytes != nullptr) {
    std::vector<std::uint8_t> now(size);
    Read(offset, now);
    return std::equal(now.begin(), now.end(), bytes);
  }
  return std::all_of(pages_.begin(), pages_.end(), [&](const Entry& entry) {
    const std::uint64_t start = entry.number * kPageBytes;
    const std::uint64_t from = std::max(start, offset);
    const std::uint64_t to = std::min(start + kPageBytes, offset + size);
    if (from >= to) return true;
    const auto part = std::span(*entry.bytes).subspan(from - start, to - from);
    return std::all_of(part.begin(), part.end(), [](std::uint8_t byte) { return byte == 0; });
  });
}

void MemoryObject::NoteChange(std::uint64_t offset, std::uint64_t size, const std::uint8_t* bytes) {
  if (!changes.begun() || size == 0 || Holds(offset, size, bytes)) return;
  const bool kept = size <= ChangeLog::kMostKept && IsKnown(offset, size);
  std::vector<std::uint8_t> before(kept ? size : 0);
  Read(offset, before);
  changes.Note(offset, size, before);
}

void MemoryObject::NoteStore(std::uint64_t offset, std::uint64_t size) {
  if (blurs_.empty()) return;
  // A store makes the part of an unknown range known that it covers; a store into a range that
  // somebody is still writing leaves two possible results.
  const std::uint64_t end = offset + size;
  std::vector<Blur> left;
  for (Blur& blur : blurs_) {
    const bool covered = blur.settled && Overlap(blur, offset, size);
    if (!covered) {
      blur.mixed = blur.mixed || Overlap(blur, offset, size);
      left.push_back(blur);
      continue;
    }
    const std::uint64_t blur_end = blur.offset + blur.size;
    Blur part = blur;
    part.size = offset - std::min(offset, blur.offset);
    if (part.size > 0) left.push_back(part);
    part.offset = end;
    part.size = blur_end - std::min(end, blur_end);
    if (part.size > 0) left.push_back(part);
  }
  blurs_ = std::move(left);
}

void MemoryObject::Touch(std::uint64_t offset, std::uint64_t size) {
  if (size / kPageBytes > kMostPages) return MakeUnknown(offset, size, 0);
  ForEachPart(offset, size,
              [&](auto number, auto, auto, auto) { FindOrMake(number).only_reserved = false; });
}

void MemoryObject::Reserve(std::uint64_t offset, std::uint64_t size) {
  if (size / kPageBytes > kMostPages) return MakeUnknown(offset, size, 0);
  ForEachPart(offset, size, [&](auto number, auto, auto, auto) {
    if (Find(number) == nullptr) FindOrMake(number).only_reserved = true;
  });
}

std::uint64_t MemoryObject::Seek(std::uint64_t from, bool data, bool certain,
                                 std::uint64_t page_size) const {
  std::uint64_t at = from;
  for (std::size_t i = 0; i < pages_.size();) {
    const std::uint64_t page = pages_[i].number * kPageBytes / page_size;
    bool reserved = true;  // nothing but reserved
    for (; i < pages_.size() && pages_[i].number * kPageBytes / page_size == page; ++i) {
      reserved = reserved && pages_[i].only_reserved;
    }
    const std::uint64_t start = page * page_size;
    if (start + page_size <= at) continue;
    if (!data && at < start) return at;
    const bool counts = data ? !(reserved && certain) : !(reserved && !certain);
    if (data && counts) return std::max(at, start);
    if (!data && !counts) return std::max(at, start);
    at = start + page_size;
  }
  return data ? kEnd : at;
}

bool MemoryObject::IsTouched(std::uint64_t offset, std::uint64_t size) const {
  bool touched = true;
  ForEachPart(offset, size, [&](auto number, auto, auto, auto) {
    const Entry* entry = Find(number);
    touched = touched && entry != nullptr && !entry->only_reserved;
  });
  return touched;
}

bool MemoryObject::HasPage(std::uint64_t start, std::uint64_t page_size) const {
  const auto found = std::lower_bound(pages_.begin(), pages_.end(), start / kPageBytes,
                                      [](const Entry& e, std::uint64_t n) { return e.number < n; });
  return found != pages_.end() && found->number * kPageBytes < start + page_size;
}

std::uint64_t MemoryObject::PagesTouched(std::uint64_t page_size) const {
  std::uint64_t count = 0;
  std::uint64_t last = ~0ull;
  for (const Entry& entry : pages_) {
    const std::uint64_t page = entry.number * kPageBytes / page_size;
    if (page != last) ++count;
    last = page;
  }
  return count;
}

std::uint64_t MemoryObject::Digest() const {
  std::uint64_t digest = limit * 31 + static_cast<std::uint64_t>(references);
  digest += changes.Digest() + 3 * shown_since.Digest() + 5 * vouched;
  for (const Entry& entry : pages_) {
    digest = digest * kHashPrime + 2 * entry.number + (entry.only_reserved ? 1 : 0);
    for (std::size_t at = 0; at < kPageBytes; at += sizeof(std::uint64_t)) {
      std::uint64_t word = 0;
      std::memcpy(&word, entry.bytes->data() + at, sizeof word);
      digest += word * (at + kHashPrime);
    }
  }
  for (const Blur& blur : blurs_) {
    const std::uint64_t flags = (blur.mixed ? 1u : 0u) + (blur.settled ? 2u : 0u);
    digest = digest * kHashPrime + blur.offset;
    digest = digest * kHashPrime + blur.size;
    digest = digest * kHashPrime + 4 * std::uint64_t{blur.step} + flags;
  }
  return digest;
}

}  // namespace shmspec::model
