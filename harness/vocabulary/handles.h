// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The handles and actors that an operation names, whatever the operation is.

#ifndef SHMSPEC_HARNESS_VOCABULARY_HANDLES_H_
#define SHMSPEC_HARNESS_VOCABULARY_HANDLES_H_

#include <type_traits>
#include <variant>

#include "harness/vocabulary/operation.h"

namespace shmspec {

/// Calls visit(handle) for every handle that a field of the operation names; visit may change it
/// when the operation is not const.
template <class AnyOperation, class Visit>
void ForEachHandle(AnyOperation& operation, Visit&& visit) {
  std::visit(
      [&]<class Op>(Op& op) {
        ForEachField<std::remove_const_t<Op>>([&](const auto& field) {
          auto& value = op.*field.member;
          if constexpr (std::is_base_of_v<Reference, std::remove_cvref_t<decltype(value)>>) {
            if (value.handle) visit(*value.handle);
          }
        });
      },
      operation);
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

#endif  // SHMSPEC_HARNESS_VOCABULARY_HANDLES_H_
