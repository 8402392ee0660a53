// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Which ids of this system stand for the users of plans, and whether the system keeps users apart
// at all. Both are found out once, before the first plan.

#ifndef SHMSPEC_HARNESS_ACTOR_USERS_H_
#define SHMSPEC_HARNESS_ACTOR_USERS_H_

#include <cstdint>
#include <set>
#include <string_view>
#include <vector>

#include "harness/vocabulary/plan/users.h"
#include "harness/vocabulary/value/result.h"

namespace shmspec {

/// Ids from `low` to `high`, both included.
struct IdRange {
  std::uint32_t low = 0;
  std::uint32_t high = 0;
  friend bool operator==(const IdRange&, const IdRange&) = default;
};

/// The inner ids of a uid_map(5) or gid_map.
std::vector<IdRange> RangesOfMap(std::string_view map);

/// The first of Id::kUsers ids in a row that are in one of the ranges and not taken: at `from` or
/// above it, otherwise as high below it as possible. kUsualFirst where there is no such row; plans
/// of several users then fail to become them.
std::uint32_t FindFree(const std::set<std::uint32_t>& taken, const std::vector<IdRange>& ranges,
                       std::uint32_t from);

/// Ids that the user namespace of the caller has and that nobody uses: not in /etc/passwd or
/// /etc/group, and no process has them. Callers that run at the same time usually choose others, so
/// that what the system counts by user is their own.
Users ChooseUsers();

/// Whether a process that becomes u1 loses rights of the caller: send it a signal, or read a file
/// that only the caller may read. Tried in children, on nothing that has to do with shared memory;
/// leaves nothing. The error is lacking, and says why there are no other users: this run may not
/// become them, or the system only fakes them, which it notes in `users`.
Result<void> ProbeUsers(Users& users);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_ACTOR_USERS_H_
