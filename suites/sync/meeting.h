// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Processes that share memory, each at an address of its own.

#ifndef SHMSPEC_SUITES_SYNC_MEETING_H_
#define SHMSPEC_SUITES_SYNC_MEETING_H_

#include <cstdint>
#include <string>

#include "suites/shorthand.h"

namespace shmspec {

/// Where the objects of a case lie: no two in the same 64 bytes.
inline constexpr std::int64_t kFirst = 0;
inline constexpr std::int64_t kSecond = static_cast<std::int64_t>(kSyncObjectBytes);
inline constexpr std::int64_t kThird = 2 * kSecond;

/// Long enough to be seen, and short.
inline constexpr std::uint32_t kSoon_ms = 5;

/// One who has the segment attached.
struct Member : Actor {
  Member(const Actor& actor, const Attach& attach) : Actor(actor), at(attach) {}
  Attach at;
};

/// Three processes with a segment of one page, at addresses that differ by more than chance: the
/// second and the third one attach it within reservations of other sizes.
struct Meeting {
  explicit Meeting(PlanBuilder& plan, ActorSpec spec = {})
      : Meeting(plan.Spawn("a", spec), plan.Spawn("b", spec), plan.Spawn("c", spec)) {}

  Segment segment;
  Member a;
  Member b;
  Member c;

 private:
  Meeting(const Actor& one, const Actor& two, const Actor& three)
      : segment(one.Get({.size = {Pages(1)}, .flags = kCreate | 0600})),
        a(one, one.At(segment)),
        b(two, Within(two, 8, 3)),
        c(three, Within(three, 32, 17)) {
    // It goes with the last of them.
    one.Remove(segment).Gives(0);
  }

  Attach Within(const Actor& actor, std::uint64_t pages, std::int64_t page) const {
    const Mapping room = actor.Reserve(Pages(pages));
    return InGap(actor, segment, room + BoundaryOffset(page), Pages(1));
  }
};

inline SyncMutexLock Try(Address at) { return {.at = at, .how = Patience::kTry}; }

}  // namespace shmspec

#endif  // SHMSPEC_SUITES_SYNC_MEETING_H_
