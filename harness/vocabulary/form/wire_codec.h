// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The wire form of every kind of field, found by its type. Include wire.h instead, unless you
// declare a struct of your own that has to cross.

#ifndef SHMSPEC_HARNESS_VOCABULARY_FORM_WIRE_CODEC_H_
#define SHMSPEC_HARNESS_VOCABULARY_FORM_WIRE_CODEC_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "harness/vocabulary/catalogue/requirement.h"
#include "harness/vocabulary/value/field.h"
#include "harness/vocabulary/value/number.h"
#include "harness/vocabulary/value/value.h"

namespace shmspec::wire {

inline void Put(std::string& bytes, std::uint64_t number) {
  while (number >= 0x80) {
    bytes.push_back(static_cast<char>(number | 0x80));
    number >>= 7;
  }
  bytes.push_back(static_cast<char>(number));
}

inline bool Take(std::string_view& bytes, std::uint64_t& number) {
  number = 0;
  for (unsigned shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
    const auto byte = static_cast<std::uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    number |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

/// Signed numbers go zigzag, so that -1 is as short as 1.
constexpr std::uint64_t Zigzag(std::int64_t number) {
  return (static_cast<std::uint64_t>(number) << 1) ^ static_cast<std::uint64_t>(number >> 63);
}
constexpr std::int64_t Unzigzag(std::uint64_t number) {
  return static_cast<std::int64_t>((number >> 1) ^ (~(number & 1) + 1));
}

template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
concept IsVariant = requires {
  typename VariantOf<T>;
};

template <class T>
struct IsArray : std::false_type {};
template <class T, std::size_t N>
struct IsArray<std::array<T, N>> : std::true_type {};

template <class T>
void Append(std::string& bytes, const T& value);
template <class T>
bool Read(std::string_view& bytes, T& value);

/// The longest list that is read: far longer than any real one, far shorter than what would exhaust
/// memory.
inline constexpr std::uint64_t kMaxItems = 1u << 20;

template <class T>
void AppendNumber(std::string& bytes, T value) {
  if constexpr (std::is_same_v<T, bool>) {
    Put(bytes, value ? 1 : 0);
  } else if constexpr (std::is_signed_v<T>) {
    Put(bytes, Zigzag(value));
  } else {
    Put(bytes, value);
  }
}

template <class T>
bool ReadNumber(std::string_view& bytes, T& value) {
  std::uint64_t raw = 0;
  if (!Take(bytes, raw)) return false;
  if constexpr (std::is_same_v<T, bool>) {
    value = raw != 0;
    return raw <= 1;
  } else if constexpr (std::is_signed_v<T>) {
    value = static_cast<T>(Unzigzag(raw));
    return value == Unzigzag(raw);
  } else {
    value = static_cast<T>(raw);
    return value == raw;
  }
}

template <class>
inline constexpr bool kHasWireForm = false;

template <class T>
void Append(std::string& bytes, const T& value) {
  if constexpr (Numeric<T>) {
    AppendNumber(bytes, NumberIn(value));
  } else if constexpr (std::is_same_v<T, std::string>) {
    Put(bytes, value.size());
    bytes += value;
  } else if constexpr (std::is_same_v<T, Requirement>) {
    Put(bytes, value.index());
  } else if constexpr (IsVector<T>::value) {
    Put(bytes, value.size());
    for (const auto& item : value) Append(bytes, item);
  } else if constexpr (IsArray<T>::value) {
    for (const auto& item : value) Append(bytes, item);
  } else if constexpr (IsOptional<T>::value) {
    Put(bytes, value ? 1 : 0);
    if (value) Append(bytes, *value);
  } else if constexpr (IsVariant<T>) {
    Put(bytes, value.index());
    std::visit([&](const auto& held) { Append(bytes, held); }, value);
  } else if constexpr (std::is_base_of_v<Reference, T>) {
    Append(bytes, value.handle);
    Append(bytes, value.offset);
  } else if constexpr (std::is_same_v<T, Handle>) {
    Append(bytes, value.kind);
    Append(bytes, value.index);
  } else if constexpr (Declared<T>) {
    ForEachField<T>([&](const auto& field) { Append(bytes, value.*field.member); });
  } else {
    static_assert(kHasWireForm<T>, "give this type a kNumber (number.h) or a wire form here");
  }
}

template <class T>
bool ReadItems(std::string_view& bytes, std::vector<T>& items) {
  std::uint64_t size = 0;
  if (!Take(bytes, size) || size > kMaxItems) return false;
  items.clear();
  for (std::uint64_t i = 0; i < size; ++i) {
    items.emplace_back();
    if (!Read(bytes, items.back())) return false;
  }
  return true;
}

template <class... Ts>
bool ReadVariant(std::string_view& bytes, std::variant<Ts...>& value) {
  std::uint64_t index = 0;
  if (!Take(bytes, index) || index >= sizeof...(Ts)) return false;
  bool whole = false;
  std::uint64_t at = 0;
  ((at++ == index ? void(whole = Read(bytes, value.template emplace<Ts>())) : void()), ...);
  return whole;
}

inline bool ReadRequirement(std::string_view& bytes, Requirement& requirement) {
  std::uint64_t index = 0;
  if (!Take(bytes, index) || index >= RequirementCount()) return false;
  requirement = AllRequirements()[static_cast<std::size_t>(index)];
  return true;
}

inline bool ReadText(std::string_view& bytes, std::string& text) {
  std::uint64_t size = 0;
  if (!Take(bytes, size) || size > bytes.size()) return false;
  text.assign(bytes.substr(0, static_cast<std::size_t>(size)));
  bytes.remove_prefix(static_cast<std::size_t>(size));
  return true;
}

/// A number that the type may have: one of the names of an enumeration, below the limit of a type
/// that has one.
template <Numeric T>
bool ReadNumeric(std::string_view& bytes, T& value) {
  NumberType<T> number{};
  if (!ReadNumber(bytes, number)) return false;
  SetNumber(value, number);
  if constexpr (NamedEnum<T>) return NameOf(value) != "?";
  if constexpr (requires { T::kLimit; }) return number < T::kLimit;
  return true;
}

template <class T>
bool Read(std::string_view& bytes, T& value) {
  if constexpr (Numeric<T>) {
    return ReadNumeric(bytes, value);
  } else if constexpr (std::is_same_v<T, std::string>) {
    return ReadText(bytes, value);
  } else if constexpr (std::is_same_v<T, Requirement>) {
    return ReadRequirement(bytes, value);
  } else if constexpr (IsVector<T>::value) {
    return ReadItems(bytes, value);
  } else if constexpr (IsArray<T>::value) {
    bool whole = true;
    for (auto& item : value) whole = whole && Read(bytes, item);
    return whole;
  } else if constexpr (IsOptional<T>::value) {
    std::uint64_t present = 0;
    if (!Take(bytes, present) || present > 1) return false;
    value.reset();
    return present == 0 || Read(bytes, value.emplace());
  } else if constexpr (IsVariant<T>) {
    return ReadVariant(bytes, value);
  } else if constexpr (std::is_base_of_v<Reference, T>) {
    return Read(bytes, value.handle) && Read(bytes, value.offset);
  } else if constexpr (std::is_same_v<T, Handle>) {
    return Read(bytes, value.kind) && Read(bytes, value.index) && value.index < Handle::kLimit;
  } else if constexpr (Declared<T>) {
    bool whole = true;
    ForEachField<T>([&](const auto& field) { whole = whole && Read(bytes, value.*field.member); });
    return whole;
  } else {
    static_assert(kHasWireForm<T>, "give this type a kNumber (number.h) or a wire form here");
  }
}

}  // namespace shmspec::wire

#endif  // SHMSPEC_HARNESS_VOCABULARY_FORM_WIRE_CODEC_H_
