// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The users of plans. A plan says u1, u2 and so on, for users and for groups; each system has ids
// of its own for them, in a row, that belong to nobody. Plans, outcomes and facts say u1 everywhere
// else, so that a trace is the same on every system.
//
//   const Users users{60706};  // u1 is 60706, u2 is 60707
//   const Plan plan = OnSystem(users, trace.plan);
//   ... perform it, fill in the trace ...
//   InPlan(users, trace);

#ifndef SHMSPEC_HARNESS_VOCABULARY_PLAN_USERS_H_
#define SHMSPEC_HARNESS_VOCABULARY_PLAN_USERS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/vocabulary/plan/plan.h"
#include "harness/vocabulary/plan/trace.h"

namespace shmspec {

struct Users {
  static constexpr std::string_view kName = "users";
  /// The first of a range that neither Debian nor systemd gives to anybody (systemd's "Users,
  /// Groups, UIDs and GIDs"), and ends below 2^16.
  static constexpr std::uint32_t kUsualFirst = 60706;

  std::uint32_t first = kUsualFirst;  // what u1 is on this system
  /// The system lets processes become other users in name only (proot -0, fakeroot); then the
  /// caller is in truth:
  bool make_believe = false;
  std::uint32_t caller_uid = 0;
  std::uint32_t caller_gid = 0;
  static constexpr auto kFields =
      Fields(Field{"first", &Users::first}, Field{"make_believe", &Users::make_believe},
             Field{"caller_uid", &Users::caller_uid}, Field{"caller_gid", &Users::caller_gid});
  friend bool operator==(const Users&, const Users&) = default;

  std::uint32_t last() const { return first + Id::kUsers - 1; }
  /// The id of this system for one of a plan; others than users stay.
  std::uint32_t OnSystem(std::uint32_t id) const;
  /// The id of a plan for one of this system.
  std::int64_t InPlan(std::int64_t id) const;
};

/// Which users a plan names, from 1, in order.
std::vector<std::uint32_t> UsersOf(const Plan& plan);

/// An id that the plan gives as a number and that is also the id of one of its users on this
/// system, so that the two are indistinguishable. Nothing for nearly every plan.
std::optional<std::uint32_t> ClashOf(const Users& users, const Plan& plan);

/// The plan with the ids of this system.
Plan OnSystem(const Users& users, Plan plan);

/// Facts and outcomes of a trace with the ids of its plan.
void InPlan(const Users& users, Trace& trace);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_PLAN_USERS_H_
