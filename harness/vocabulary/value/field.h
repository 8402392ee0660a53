// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What "declared once" means: a value of the vocabulary is a plain struct with a name and a list of
// its fields. Text, wire form, JSON and generation walk that list, so none of them knows a single
// operation by name.
//
//   struct SysvAttach {
//     static constexpr std::string_view kName = "sysv.attach";
//     SegmentRef segment;
//     Address at;
//     static constexpr auto kFields =
//         Fields(Field{"segment", &SysvAttach::segment}, Field{"at", &SysvAttach::at});
//   };

#ifndef SHMSPEC_HARNESS_VOCABULARY_VALUE_FIELD_H_
#define SHMSPEC_HARNESS_VOCABULARY_VALUE_FIELD_H_

#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace shmspec {

/// One field of a declared struct: its name in text and JSON, and where it lives.
template <class Struct, class ValueType>
struct Field {
  std::string_view name;
  ValueType Struct::*member;

  constexpr Field(std::string_view field_name, ValueType Struct::*field_member)
      : name(field_name), member(field_member) {}
};

/// A list of fields. Not a std::tuple, which would slow down the compilation of every file.
template <std::size_t kIndex, class F>
struct FieldAt {
  F field;
};
template <class Indices, class... F>
struct FieldList;
template <std::size_t... kIndex, class... F>
struct FieldList<std::index_sequence<kIndex...>, F...> : FieldAt<kIndex, F>... {
  static constexpr std::size_t kCount = sizeof...(F);

  template <class Visit>
  constexpr void ForEach(Visit& visit) const {
    (visit(static_cast<const FieldAt<kIndex, F>&>(*this).field), ...);
  }
};

/// The field list of a declared struct.
template <class... F>
constexpr FieldList<std::index_sequence_for<F...>, F...> Fields(F... fields) {
  return {{fields}...};
}

/// The field at a position of a list.
template <std::size_t kIndex, class F>
constexpr const F& FieldIn(const FieldAt<kIndex, F>& list) {
  return list.field;
}

/// A struct that carries its own declaration.
template <class T>
concept Declared = requires {
  std::string_view(T::kName);
  T::kFields;
};

/// Calls visit(field) for every field of `Struct`, in order of declaration.
template <Declared Struct, class Visit>
constexpr void ForEachField(Visit&& visit) {
  Struct::kFields.ForEach(visit);
}

/// Number of fields of a declared struct.
template <Declared Struct>
inline constexpr std::size_t kFieldCount = Struct::kFields.kCount;

/// The std::variant that a type is or derives from.
template <class... Ts>
std::variant<Ts...> AsVariant(const std::variant<Ts...>* variant);
template <class Variant>
using VariantOf = decltype(AsVariant(static_cast<const Variant*>(nullptr)));

/// The std::variant of all types except the first: a macro that lists types can put a comma before
/// each and none behind the last.
template <class First, class... Ts>
using VariantAfter = std::variant<Ts...>;

/// Index of alternative T in a variant.
template <class T, class Variant>
struct AlternativeIndex;
template <class T, class... Ts>
struct AlternativeIndex<T, std::variant<Ts...>> {
  static constexpr std::size_t Find() {
    std::size_t index = 0;
    bool found = ((std::is_same_v<T, Ts> || (++index, false)) || ...);
    return found ? index : static_cast<std::size_t>(-1);
  }
  static constexpr std::size_t kValue = Find();
};

/// Calls visit.template operator()<Alternative>() for each alternative of the variant, in order.
template <class Variant, class Visit>
constexpr void ForEachAlternative(Visit&& visit) {
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (visit.template operator()<std::variant_alternative_t<I, VariantOf<Variant>>>(), ...);
  }
  (std::make_index_sequence<std::variant_size_v<VariantOf<Variant>>>{});
}

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_VALUE_FIELD_H_
