// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The bytes behind a mapping: what a segment, a private mapping and a file in memory have in
// common. Bytes never written are zero and cost nothing.

#ifndef SHMSPEC_HARNESS_MODEL_STATE_MEMORY_OBJECT_H_
#define SHMSPEC_HARNESS_MODEL_STATE_MEMORY_OBJECT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "harness/model/state/change_log.h"
#include "harness/model/state/copy_on_write.h"

namespace shmspec::model {

constexpr std::uint64_t kPageBytes = 4096;  // granule of the bytes kept, not the system's page

/// Bytes whose value is unknown because stores to them overlapped.
struct Blur {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::uint32_t step = 0;  // the step that writes there
  bool mixed = false;      // somebody else stored there meanwhile: stays unknown
  bool settled = false;    // the writer is done
  friend bool operator==(const Blur&, const Blur&) = default;
};

class MemoryObject {
 public:
  using Page = std::array<std::uint8_t, kPageBytes>;

  /// Behind every byte that an object can have.
  static constexpr std::uint64_t kEnd = std::uint64_t{1} << 63;

  /// How many pages of a range are kept one by one. Of larger ranges that are touched or reserved
  /// at once nothing is known afterwards: a trace can name any size.
  static constexpr std::uint64_t kMostPages = 1u << 15;

  /// Bytes from `limit` on do not exist: touching them is SIGBUS.
  std::uint64_t limit = 0;
  /// Bytes from here to the limit need not exist.
  std::uint64_t vouched = 0;
  /// The segment, if there is one, plus the mappings.
  std::int32_t references = 0;
  /// What changed, once a private mapping shows it.
  ChangeLog changes;
  /// Of a private mapping: since when its pages that were not written show the object.
  ShownSince shown_since;

  void Read(std::uint64_t offset, std::span<std::uint8_t> bytes) const;
  void Write(std::uint64_t offset, std::span<const std::uint8_t> bytes);
  /// Makes a range zero and gives whole pages in it back.
  void Zero(std::uint64_t offset, std::uint64_t size);
  /// Continues a 64-bit FNV-1a hash over a range.
  std::uint64_t Hash(std::uint64_t hash, std::uint64_t offset, std::uint64_t size) const;

  /// Whether every byte of the range is known.
  bool IsKnown(std::uint64_t offset, std::uint64_t size) const;
  /// The bytes become unknown until a store covers them.
  void MakeUnknown(std::uint64_t offset, std::uint64_t size, std::uint32_t step);
  /// A step begins to write there, which takes time.
  void BeginWrite(std::uint64_t offset, std::uint64_t size, std::uint32_t step);
  /// That step has ended. True when nobody else wrote there meanwhile: then the range holds what
  /// the step wrote.
  bool EndWrite(std::uint32_t step);

  /// Loads bring pages into being as stores do, with zeros in them.
  void Touch(std::uint64_t offset, std::uint64_t size);
  bool IsTouched(std::uint64_t offset, std::uint64_t size) const;
  /// Whether anything of the page that begins there has been loaded, stored to or reserved.
  bool HasPage(std::uint64_t start, std::uint64_t page_size) const;
  /// Room is made for the range: pages with zeros, which are not data until they are touched.
  void Reserve(std::uint64_t offset, std::uint64_t size);
  /// The first offset from `from` on where a page of `page_size` bytes is data, or not (`data`);
  /// kEnd when there is none. `certain`: pages that are only reserved are neither.
  std::uint64_t Seek(std::uint64_t from, bool data, bool certain, std::uint64_t page_size) const;
  /// How many pages of `page_size` bytes have been loaded from or stored to.
  std::uint64_t PagesTouched(std::uint64_t page_size) const;
  /// A number that equal objects share.
  std::uint64_t Digest() const;

  friend bool operator==(const MemoryObject&, const MemoryObject&) = default;

 private:
  struct Entry {
    std::uint64_t number = 0;
    CopyOnWrite<Page> bytes;
    bool only_reserved = false;
    friend bool operator==(const Entry&, const Entry&) = default;
  };

  const Entry* Find(std::uint64_t number) const;
  Entry& FindOrMake(std::uint64_t number);
  void NoteStore(std::uint64_t offset, std::uint64_t size);
  /// Whether the range holds these bytes, or zeros without any.
  bool Holds(std::uint64_t offset, std::uint64_t size, const std::uint8_t* bytes) const;
  /// The range is about to hold these bytes, or zeros without any.
  void NoteChange(std::uint64_t offset, std::uint64_t size, const std::uint8_t* bytes);

  std::vector<Entry> pages_;  // by number
  std::vector<Blur> blurs_;
};

/// 64-bit FNV-1a, as memory.checksum reports it.
constexpr std::uint64_t kHashBasis = 14695981039346656037ull;
constexpr std::uint64_t kHashPrime = 1099511628211ull;

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_STATE_MEMORY_OBJECT_H_
