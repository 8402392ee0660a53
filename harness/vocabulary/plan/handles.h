// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Finds the handles and actors that any operation names.

#ifndef SHMSPEC_HARNESS_VOCABULARY_PLAN_HANDLES_H_
#define SHMSPEC_HARNESS_VOCABULARY_PLAN_HANDLES_H_

#include <array>
#include <cstddef>
#include <type_traits>
#include <variant>

#include "harness/vocabulary/operation/operation.h"

namespace shmspec {

/// How many fields of an operation are references.
template <Declared Op>
inline constexpr std::size_t kReferenceCount = [] {
  std::size_t count = 0;
  ForEachField<Op>([&]<class ValueType>(const Field<Op, ValueType>&) {
    if (std::is_base_of_v<Reference, ValueType>) ++count;
  });
  return count;
}();

namespace internal {
template <class Op, class ValueType>
consteval std::size_t ReferenceIndex(ValueType Op::*member) {
  static_assert(std::is_base_of_v<Reference, ValueType>, "not a reference");
  std::size_t index = 0;
  bool found = false;
  ForEachField<Op>([&]<class Other>(const Field<Op, Other>& field) {
    if constexpr (std::is_same_v<Other, ValueType>) found = found || field.member == member;
    if (std::is_base_of_v<Reference, Other> && !found) ++index;
  });
  if (!found) throw "the operation has no such field";
  return index;
}
}  // namespace internal

/// The place of a field among the references of its operation, from 0.
template <auto kMember>
inline constexpr std::size_t kReferenceIndex = internal::ReferenceIndex(kMember);

/// The most references that an operation has among its fields.
inline constexpr std::size_t kMostReferences = 3;

/// The references among the fields of an operation, in order of declaration; null behind the last.
/// Compiled once, as few files can wait for a visitor of every operation.
std::array<const Reference*, kMostReferences> ReferencesOf(const Operation& operation);
std::array<Reference*, kMostReferences> ReferencesOf(Operation& operation);

/// Calls visit(handle) for every handle that a field of the operation names; visit may change it
/// when the operation is not const.
template <class AnyOperation, class Visit>
void ForEachHandle(AnyOperation& operation, Visit&& visit) {
  for (auto* reference : ReferencesOf(operation)) {
    if (reference != nullptr && reference->handle) visit(*reference->handle);
  }
}

/// Calls visit(actor) for every actor that a field of the operation names.
template <class AnyOperation, class Visit>
void ForEachActor(AnyOperation& operation, Visit&& visit) {
  std::visit(
      [&]<class Op>(Op& op) {
        ForEachField<std::remove_const_t<Op>>([&](const auto& field) {
          auto& value = op.*field.member;
          if constexpr (std::is_same_v<std::remove_cvref_t<decltype(value)>, ActorRef>) {
            visit(value);
          }
        });
      },
      operation);
}

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_PLAN_HANDLES_H_
