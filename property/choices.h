// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// rapidcheck as a source of choices: what the vocabulary draws, rapidcheck shrinks.

#ifndef SHMSPEC_PROPERTY_CHOICES_H_
#define SHMSPEC_PROPERTY_CHOICES_H_

#include <rapidcheck.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "harness/vocabulary/draw.h"

namespace shmspec {

/// Choices from a list of numbers; 0, the plainest, once they are used up.
class ListedChoices : public Choices {
 public:
  explicit ListedChoices(std::vector<std::uint64_t> numbers) : numbers_(std::move(numbers)) {}
  std::uint64_t Below(std::uint64_t bound) override {
    return next_ < numbers_.size() ? numbers_[next_++] % bound : 0;
  }

 private:
  std::vector<std::uint64_t> numbers_;
  std::size_t next_ = 0;
};

/// Lists of numbers that shrink to shorter lists of smaller numbers, hence to plainer plans.
inline rc::Gen<std::vector<std::uint64_t>> ChoiceLists() {
  return rc::gen::container<std::vector<std::uint64_t>>(
      rc::gen::inRange<std::uint64_t>(0, std::uint64_t{1} << 40));
}

}  // namespace shmspec

#endif  // SHMSPEC_PROPERTY_CHOICES_H_
