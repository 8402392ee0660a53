// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/operation.h"

namespace shmspec {

std::string_view OperationName(const Operation& operation) {
  return std::visit([](const auto& op) { return op.kName; }, operation);
}

std::optional<HandleKind> AssignedKind(const Operation& operation) {
  return std::visit(
      [](const auto& op) -> std::optional<HandleKind> {
        if constexpr (Assigning<std::remove_cvref_t<decltype(op)>>) return op.kAssigns;
        return std::nullopt;
      },
      operation);
}

}  // namespace shmspec
