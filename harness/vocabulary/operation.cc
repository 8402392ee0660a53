// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/operation.h"

namespace shmspec {

Operation::Operation() = default;
Operation::Operation(const Operation& other) = default;
Operation::Operation(Operation&& other) noexcept = default;
Operation& Operation::operator=(const Operation& other) = default;
Operation& Operation::operator=(Operation&& other) noexcept = default;
Operation::~Operation() = default;

bool operator==(const Operation& a, const Operation& b) {
  return static_cast<const OperationVariant&>(a) == static_cast<const OperationVariant&>(b);
}

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
