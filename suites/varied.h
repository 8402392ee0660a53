// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Segments whose fields all differ from one another, for views that could show one in the place of
// another. Fields that are equal in one of the two differ in the other.

#ifndef SHMSPEC_SUITES_VARIED_H_
#define SHMSPEC_SUITES_VARIED_H_

#include "suites/shorthand.h"

namespace shmspec {

/// Owner and creator, both groups, the processes, size, count, memory in use and the three times
/// differ: `first` was attached in this second, changed in the one before and never detached;
/// `second` was detached in this one, attached and changed in the one before.
struct Varied {
  Actor reader;
  Actor creator;
  Segment first;
  Segment second;

  void Remove() const {
    creator.Remove(first).Gives(0);
    creator.Remove(second).Gives(0);
  }
};

/// Waits for the clock once.
inline Varied MakeVaried(PlanBuilder& plan) {
  constexpr std::uint32_t kGroupOfCreator = 1100;
  constexpr std::uint32_t kGroupOfOwner = 4242;
  const Actor reader = plan.Spawn("reader");
  const Actor creator = plan.Spawn("creator", {.uid = kAlice, .gid = kGroupOfCreator});
  const Actor user = plan.Spawn("user", User(kBob));
  const Segment first =
      creator.Get({.key = plan.NewKey(), .size = {5000}, .flags = kCreate | 0666});
  const Segment second =
      creator.Get({.key = plan.NewKey(), .size = {Pages(3) + 1}, .flags = kCreate | 0666});
  creator.Set({first, {kBob}, {kGroupOfOwner}, {0646}}).Gives(0);
  creator.Set({second, {kBob}, {kGroupOfOwner}, {0664}}).Gives(0);
  const Attach kept = user.At(second);
  for (std::int64_t page = 0; page < 4; ++page) user.Store(kept + PageOffset(page), 1);
  for (int i = 0; i < 2; ++i) user.At(second);
  const Attach last = user.At(second);
  reader.Do(SystemNextSecond{}).Gives(0);
  user.Store(user.At(first), 1);
  user.At(first);
  user.Detach(last).Gives(0);
  return {reader, creator, first, second};
}

}  // namespace shmspec

#endif  // SHMSPEC_SUITES_VARIED_H_
