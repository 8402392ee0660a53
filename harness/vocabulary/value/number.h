// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The number behind a field: what its wire form, its place in an order and its JSON are made of.
//
//   NumberIn(Size{4096}) == 4096      NumberIn(GoneHow::kKilled) == 1      NumberIn(true) == 1

#ifndef SHMSPEC_HARNESS_VOCABULARY_VALUE_NUMBER_H_
#define SHMSPEC_HARNESS_VOCABULARY_VALUE_NUMBER_H_

#include <limits>
#include <type_traits>

namespace shmspec {

/// A type that is one number under another name.
template <class T>
concept Wrapped = requires(T value) {
  value.*T::kNumber;
};

/// A type with a number behind it. Not so: strings, lists, references.
template <class T>
concept Numeric = std::is_integral_v<T> || std::is_enum_v<T> || Wrapped<T>;

namespace internal {
template <class T>
struct NumberTypeOf {
  using Type = T;
};
template <class T>
requires std::is_enum_v<T>
struct NumberTypeOf<T> {
  using Type = std::underlying_type_t<T>;
};
template <Wrapped T>
struct NumberTypeOf<T> {
  using Type = std::remove_cvref_t<decltype(std::declval<T&>().*T::kNumber)>;
};
}  // namespace internal

/// The integral type of that number.
template <Numeric T>
using NumberType = typename internal::NumberTypeOf<T>::Type;

template <Numeric T>
constexpr NumberType<T> NumberIn(const T& value) {
  if constexpr (Wrapped<T>) {
    return value.*T::kNumber;
  } else {
    return static_cast<NumberType<T>>(value);
  }
}

template <Numeric T>
constexpr void SetNumber(T& value, NumberType<T> number) {
  if constexpr (Wrapped<T>) {
    value.*T::kNumber = number;
  } else {
    value = static_cast<T>(number);
  }
}

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_VALUE_NUMBER_H_
