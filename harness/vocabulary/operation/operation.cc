// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/operation/operation.h"

#include <array>

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

namespace {

/// What holds of all operations of a type.
struct Traits {
  std::string_view name;
  Family family;
  bool concerns_others;
  bool runs_tool;
  bool passes;
  bool sleeps;
  bool may_take_long;
  std::optional<HandleKind> assigns;
};

template <class Op>
constexpr Traits TraitsFor() {
  Traits traits{Op::kName,
                kFamilyOf<Op>,
                ConcerningOthers<Op>,
                RunningTool<Op>,
                Passing<Op>,
                Sleeping<Op>,
                false,
                {}};
  if constexpr (requires { Op::kMayTakeLong; }) traits.may_take_long = Op::kMayTakeLong;
  if constexpr (Assigning<Op>) traits.assigns = Op::kAssigns;
  return traits;
}

template <class... Ops>
constexpr std::array<Traits, sizeof...(Ops)> TraitsOfAll(const std::variant<Ops...>*) {
  return {TraitsFor<Ops>()...};
}

// A table, since a visitor of each question is slow to compile.
constexpr auto kTraits = TraitsOfAll(static_cast<const OperationVariant*>(nullptr));

const Traits& TraitsOf(const Operation& operation) { return kTraits[operation.index()]; }

}  // namespace

std::string_view OperationName(const Operation& operation) { return TraitsOf(operation).name; }

Family FamilyOf(const Operation& operation) { return TraitsOf(operation).family; }

bool ConcernsOthers(const Operation& operation) { return TraitsOf(operation).concerns_others; }

bool RunsTool(const Operation& operation) { return TraitsOf(operation).runs_tool; }

bool Passes(const Operation& operation) { return TraitsOf(operation).passes; }

bool Sleeps(const Operation& operation) { return TraitsOf(operation).sleeps; }

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
  return TraitsOf(operation).may_take_long || RoleOf(operation) != Role::kSubject;
}

std::optional<HandleKind> AssignedKind(const Operation& operation) {
  return TraitsOf(operation).assigns;
}

}  // namespace shmspec
