// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Which bytes of an object changed since when, for private mappings: whether they show what is
// stored in the object later is open.

#ifndef SHMSPEC_HARNESS_MODEL_STATE_CHANGE_LOG_H_
#define SHMSPEC_HARNESS_MODEL_STATE_CHANGE_LOG_H_

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace shmspec::model {

/// The changes of an object from the time on when somebody asked for them.
class ChangeLog {
 public:
  /// The most bytes of which it keeps what they were before.
  static constexpr std::uint64_t kMostKept = 64;

  bool begun() const { return begun_; }
  /// Changes are noted from now on. Returns the number of the last one.
  std::uint64_t Begin() {
    begun_ = true;
    return last_;
  }
  /// A range has changed; `before` is what it was, or empty when nobody knows.
  void Note(std::uint64_t offset, std::uint64_t size, std::span<const std::uint8_t> before);

  /// Whether a part of the range has changed since the change of that number.
  bool HasChanged(std::uint64_t offset, std::uint64_t size, std::uint64_t since) const;
  /// If it has changed exactly once: what the bytes were before; `bytes` is what they are.
  bool GetBefore(std::uint64_t offset, std::span<std::uint8_t> bytes, std::uint64_t since) const;
  /// Calls visit(offset, size) for each part of the range that has changed.
  template <class Visit>
  void ForEach(std::uint64_t offset, std::uint64_t size, std::uint64_t since, Visit visit) const {
    for (const Change& change : changes_) {
      if (change.number <= since || !change.Overlaps(offset, size)) continue;
      const std::uint64_t from = std::max(offset, change.offset);
      visit(from, std::min(offset + size, change.offset + change.size) - from);
    }
  }
  std::uint64_t Digest() const;

  friend bool operator==(const ChangeLog&, const ChangeLog&) = default;

 private:
  struct Change {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    std::uint64_t number = 0;
    std::uint64_t again = 0;  // the last change before it of bytes in this range
    std::vector<std::uint8_t> before;
    bool Overlaps(std::uint64_t at, std::uint64_t bytes) const {
      return offset < at + bytes && at < offset + size;
    }
    friend bool operator==(const Change&, const Change&) = default;
  };

  bool begun_ = false;
  std::uint64_t last_ = 0;
  std::vector<Change> changes_;
};

/// For each byte of a private mapping, the change of the object up to which it shows it.
class ShownSince {
 public:
  /// The range shows the object as it is after the change of that number.
  void Set(std::uint64_t offset, std::uint64_t size, std::uint64_t number);
  std::uint64_t At(std::uint64_t offset) const;
  std::uint64_t Digest() const;

  friend bool operator==(const ShownSince&, const ShownSince&) = default;

 private:
  struct Part {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    std::uint64_t number = 0;
    friend bool operator==(const Part&, const Part&) = default;
  };
  std::vector<Part> parts_;  // the later ones count
};

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_STATE_CHANGE_LOG_H_
