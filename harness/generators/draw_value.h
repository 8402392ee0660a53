// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// How a field is drawn, found by its type.

#ifndef SHMSPEC_HARNESS_GENERATORS_DRAW_VALUE_H_
#define SHMSPEC_HARNESS_GENERATORS_DRAW_VALUE_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "harness/generators/draw.h"
#include "harness/vocabulary/value/field.h"
#include "harness/vocabulary/value/number.h"

namespace shmspec::draw {

/// Numbers near the edges where programs go wrong, and now and then any number at all.
std::uint64_t EdgeNumber(Choices& choices);

/// A program, or an ending, that its text form gives back unchanged.
Program DrawProgram(Choices& choices);
Ending DrawEnding(Choices& choices);

template <class T>
struct FlagTag;
template <class Tag>
struct FlagTag<Flags<Tag>> {
  using Type = Tag;
};
template <class T>
concept FlagSet = requires {
  typename FlagTag<T>::Type;
};

template <class T>
void Draw(Choices& choices, T& value, std::size_t actors);

template <class T>
void DrawReference(Choices& choices, T& value) {
  if (choices.Below(4) != 0) {
    const HandleKind kind = T::kKinds[static_cast<std::size_t>(choices.Below(T::kKinds.size()))];
    value.handle = Handle{kind, static_cast<std::uint8_t>(choices.Below(4))};
  }
  if (choices.Below(2) != 0) value.offset = static_cast<std::int64_t>(EdgeNumber(choices));
}

template <class T>
void Draw(Choices& choices, T& value, std::size_t actors) {
  if constexpr (std::is_same_v<T, bool>) {
    value = choices.Below(2) != 0;
  } else if constexpr (std::is_enum_v<T>) {
    value = NamesOf<T>::kNames[choices.Below(NamesOf<T>::kNames.size())].value;
  } else if constexpr (std::is_integral_v<T>) {
    value = static_cast<T>(EdgeNumber(choices));
  } else if constexpr (std::is_same_v<T, std::string>) {
    value.clear();
    for (std::uint64_t left = choices.Below(8); left > 0; --left) {
      value += static_cast<char>(choices.Below(256));
    }
  } else if constexpr (std::is_same_v<T, Program>) {
    value = DrawProgram(choices);
  } else if constexpr (std::is_same_v<T, Ending>) {
    value = DrawEnding(choices);
  } else if constexpr (FlagSet<T>) {
    value.bits = choices.Below(4) == 0 ? choices.Below(01000) : 0;
    for (const auto& entry : FlagTag<T>::Type::kNames) {
      if (choices.Below(2) != 0) value.bits |= entry.value;
    }
  } else if constexpr (std::is_same_v<T, ActorRef>) {
    value.index = static_cast<std::uint8_t>(choices.Below(actors));
  } else if constexpr (std::is_base_of_v<Reference, T>) {
    DrawReference(choices, value);
  } else if constexpr (requires { value.has_value(); }) {
    value.reset();
    if (choices.Below(2) != 0) Draw(choices, value.emplace(), actors);
  } else if constexpr (requires { value.push_back({}); }) {
    value.clear();
    for (std::uint64_t left = choices.Below(4); left > 0; --left) {
      Draw(choices, value.emplace_back(), actors);
    }
  } else if constexpr (Declared<T>) {
    ForEachField<T>([&](const auto& field) { Draw(choices, value.*field.member, actors); });
  } else {
    static_assert(Wrapped<T>, "give this type a kNumber (number.h) or a way to draw it here");
    Draw(choices, value.*T::kNumber, actors);
  }
}

/// One alternative of a variant; all are equally likely.
template <class Variant>
Variant DrawVariant(Choices& choices, std::size_t actors) {
  Variant variant;
  const std::uint64_t chosen = choices.Below(std::variant_size_v<VariantOf<Variant>>);
  std::uint64_t at = 0;
  ForEachAlternative<Variant>([&]<class T>() {
    if (at++ == chosen) Draw(choices, variant.template emplace<T>(), actors);
  });
  return variant;
}

}  // namespace shmspec::draw

#endif  // SHMSPEC_HARNESS_GENERATORS_DRAW_VALUE_H_
