// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/operation/operation.h"

namespace shmspec {

Operation::Operation() = default;

template <class Op>
requires(AlternativeIndex<Op, OperationVariant>::kValue !=
         static_cast<std::size_t>(-1)) Operation::Operation(Op op)
    : OperationVariant(std::in_place_type<Op>, std::move(op)) {}

#define SHMSPEC_MAKE_OPERATION(Op) template Operation::Operation(Op op);
SHMSPEC_OPERATIONS(SHMSPEC_MAKE_OPERATION)
#undef SHMSPEC_MAKE_OPERATION

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

Family FamilyOf(const Operation& operation) {
  return std::visit([]<class Op>(const Op&) { return kFamilyOf<Op>; }, operation);
}

bool ConcernsOthers(const Operation& operation) {
  return std::visit([]<class Op>(const Op&) { return ConcerningOthers<Op>; }, operation);
}

bool RunsTool(const Operation& operation) {
  return std::visit([]<class Op>(const Op&) { return RunningTool<Op>; }, operation);
}

Role RoleOf(const Operation& operation) {
  return std::visit(
      []<class Op>(const Op& op) {
        if constexpr (requires { op.role(); }) {
          return op.role();
        } else if constexpr (requires { Op::kRole; }) {
          return Op::kRole;
        } else {
          return Role::kSubject;
        }
      },
      operation);
}

bool MayTakeLong(const Operation& operation) {
  const bool long_work = std::visit(
      []<class Op>(const Op&) {
        if constexpr (requires { Op::kMayTakeLong; }) return Op::kMayTakeLong;
        return false;
      },
      operation);
  return long_work || RoleOf(operation) != Role::kSubject;
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
