// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/plan/handles.h"

#include <algorithm>

namespace shmspec {
namespace {

static_assert(kMostReferences == [] {
  std::size_t most = 0;
  ForEachAlternative<Operation>([&]<class Op>() { most = std::max(most, kReferenceCount<Op>); });
  return most;
}());

/// For a const operation and another one.
template <class AnyOperation, class AnyReference>
struct Finder {
  using List = std::array<AnyReference*, kMostReferences>;

  template <class Op>
  static void FindIn(AnyOperation& operation, List& list) {
    auto& op = *std::get_if<Op>(&operation);
    std::size_t next = 0;
    ForEachField<Op>([&]<class ValueType>(const Field<Op, ValueType>& field) {
      if constexpr (std::is_base_of_v<Reference, ValueType>) list[next++] = &(op.*field.member);
    });
  }

  template <class... Ops>
  static List Find(AnyOperation& operation, const std::variant<Ops...>*) {
    static constexpr std::array kFind{&FindIn<Ops>...};
    List list{};
    kFind[operation.index()](operation, list);
    return list;
  }
};

}  // namespace

std::array<const Reference*, kMostReferences> ReferencesOf(const Operation& operation) {
  return Finder<const OperationVariant, const Reference>::Find(operation, &operation);
}

std::array<Reference*, kMostReferences> ReferencesOf(Operation& operation) {
  return Finder<OperationVariant, Reference>::Find(operation, &operation);
}

}  // namespace shmspec
