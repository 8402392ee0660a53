// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// An integer that holds the number behind every field, signed or not. Compilers for 32-bit
// machines have no integer of 128 bits.

#ifndef SHMSPEC_HARNESS_VOCABULARY_VALUE_WIDE_NUMBER_H_
#define SHMSPEC_HARNESS_VOCABULARY_VALUE_WIDE_NUMBER_H_

#include <compare>
#include <concepts>
#include <cstdint>
#include <string>

namespace shmspec {

/// From -(2^64 - 1) to 2^64 - 1. Sums and differences outside of that end at its edges.
///
///   WideNumber(-1) < WideNumber(std::uint64_t{1} << 63)      WideNumber(3) - 5 == -2
class WideNumber {
 public:
  constexpr WideNumber() = default;
  template <std::integral T>
  constexpr WideNumber(T value)  // NOLINT(google-explicit-constructor): as the integers among them
      : negative_(value < T{0}),
        magnitude_(negative_ ? std::uint64_t{0} - static_cast<std::uint64_t>(value)
                             : static_cast<std::uint64_t>(value)) {}

  /// Converted as integers are: modulo 2^N.
  template <std::integral T>
  constexpr explicit operator T() const {
    return static_cast<T>(negative_ ? std::uint64_t{0} - magnitude_ : magnitude_);
  }

  friend constexpr bool operator==(const WideNumber& a, const WideNumber& b) = default;
  friend constexpr std::strong_ordering operator<=>(const WideNumber& a, const WideNumber& b) {
    if (a.negative_ != b.negative_) {
      return a.negative_ ? std::strong_ordering::less : std::strong_ordering::greater;
    }
    return a.negative_ ? b.magnitude_ <=> a.magnitude_ : a.magnitude_ <=> b.magnitude_;
  }

  friend constexpr WideNumber operator-(const WideNumber& number) {
    return WideNumber(!number.negative_, number.magnitude_);
  }
  friend constexpr WideNumber operator+(const WideNumber& a, const WideNumber& b) {
    if (a.negative_ == b.negative_) {
      const std::uint64_t sum = a.magnitude_ + b.magnitude_;
      return WideNumber(a.negative_, sum < a.magnitude_ ? ~std::uint64_t{0} : sum);
    }
    return a.magnitude_ >= b.magnitude_ ? WideNumber(a.negative_, a.magnitude_ - b.magnitude_)
                                        : WideNumber(b.negative_, b.magnitude_ - a.magnitude_);
  }
  friend constexpr WideNumber operator-(const WideNumber& a, const WideNumber& b) { return a + -b; }

  friend std::string TextOf(const WideNumber& number) {
    return (number.negative_ ? "-" : "") + std::to_string(number.magnitude_);
  }

 private:
  constexpr WideNumber(bool negative, std::uint64_t magnitude)
      : negative_(negative && magnitude != 0), magnitude_(magnitude) {}

  bool negative_ = false;
  std::uint64_t magnitude_ = 0;
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_VALUE_WIDE_NUMBER_H_
