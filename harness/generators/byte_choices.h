// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Bytes as a source of choices.

#ifndef SHMSPEC_HARNESS_GENERATORS_BYTE_CHOICES_H_
#define SHMSPEC_HARNESS_GENERATORS_BYTE_CHOICES_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "harness/generators/draw.h"

namespace shmspec {

/// Takes as few bytes as a choice needs, so that one changed byte changes one choice; 0, the
/// plainest, once they are used up.
class ByteChoices : public Choices {
 public:
  explicit ByteChoices(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  std::uint64_t Below(std::uint64_t bound) override {
    const std::size_t size = bound <= 0x100 ? 1 : bound <= 0x10000 ? 2 : 8;
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < size && !empty(); ++i) {
      number = number << 8 | bytes_.front();
      bytes_ = bytes_.subspan(1);
    }
    return number % bound;
  }

  bool empty() const { return bytes_.empty(); }

 private:
  std::span<const std::uint8_t> bytes_;
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_GENERATORS_BYTE_CHOICES_H_
