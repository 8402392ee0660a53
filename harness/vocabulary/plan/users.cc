// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/plan/users.h"

#include <algorithm>
#include <set>
#include <type_traits>
#include <variant>

namespace shmspec {
namespace {

template <class... Ts>
std::true_type IsVariantOf(const std::variant<Ts...>&);
template <class T>
concept IsVariant = requires(const T& value) {
  IsVariantOf(value);
};

/// Calls visit(number) for every id in the value, which may be const.
template <class T, class Visit>
void VisitIds(T& value, Visit& visit) {
  using Plain = std::remove_const_t<T>;
  if constexpr (std::is_same_v<Plain, Id> || std::is_same_v<Plain, ReportedId>) {
    visit(value.number);
  } else if constexpr (IsVariant<Plain>) {
    std::visit([&](auto& held) { VisitIds(held, visit); }, value);
  } else if constexpr (std::is_same_v<Plain, std::string>) {
    // Has items, but no ids.
  } else if constexpr (requires { value.has_value(); }) {
    if (value) VisitIds(*value, visit);
  } else if constexpr (requires { value.begin(); }) {
    for (auto& item : value) VisitIds(item, visit);
  } else if constexpr (Declared<Plain>) {
    ForEachField<Plain>([&](const auto& field) { VisitIds(value.*field.member, visit); });
  }
}

template <class OfPlan, class Visit>
void VisitIdsOfPlan(OfPlan& plan, Visit visit) {
  for (auto& actor : plan.actors) VisitIds(actor, visit);
  for (auto& step : plan.steps) {
    std::visit([&](auto& held) { VisitIds(held, visit); }, step.operation);
  }
}

}  // namespace

std::uint32_t Users::OnSystem(std::uint32_t id) const {
  const std::uint32_t user = UserOf(id);
  return user == 0 ? id : first + user - 1;
}

std::int64_t Users::InPlan(std::int64_t id) const {
  if (id < first || id > last()) return id;
  return Id::User(static_cast<std::uint32_t>(id - first) + 1).number;
}

std::vector<std::uint32_t> UsersOf(const Plan& plan) {
  std::set<std::uint32_t> users;
  VisitIdsOfPlan(plan, [&](std::uint32_t id) {
    if (const std::uint32_t user = UserOf(id); user != 0) users.insert(user);
  });
  return {users.begin(), users.end()};
}

std::optional<std::uint32_t> ClashOf(const Users& users, const Plan& plan) {
  std::optional<std::uint32_t> clash;
  VisitIdsOfPlan(plan, [&](std::uint32_t id) {
    if (id >= users.first && id <= users.last()) clash = id;
  });
  return clash;
}

Plan OnSystem(const Users& users, Plan plan) {
  VisitIdsOfPlan(plan, [&](std::uint32_t& id) { id = users.OnSystem(id); });
  return plan;
}

void InPlan(const Users& users, Trace& trace) {
  const auto back = [&](std::uint32_t& id) { id = static_cast<std::uint32_t>(users.InPlan(id)); };
  for (ActorFacts& facts : trace.actors) {
    for (std::uint32_t* id : {&facts.uid, &facts.real_uid, &facts.saved_uid, &facts.file_uid,
                              &facts.gid, &facts.real_gid, &facts.saved_gid, &facts.file_gid}) {
      back(*id);
    }
    for (std::uint32_t& group : facts.groups) back(group);
    if (!users.make_believe) continue;
    facts.SetUser(users.caller_uid);
    facts.SetGroup(users.caller_gid);
  }
  auto back_in_outcome = [&](std::int64_t& id) { id = users.InPlan(id); };
  for (Performed& performed : trace.steps) VisitIds(performed.outcome, back_in_outcome);
}

}  // namespace shmspec
