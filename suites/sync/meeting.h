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

/// How often processes meet that act at the same time.
inline constexpr int kRounds = 25;

/// Long enough to be seen, and short.
inline constexpr std::uint32_t kSoon_ms = 5;

/// One who has the segment attached.
struct Member : Actor {
  Member(const Actor& actor, const Attach& attach) : Actor(actor), at(attach) {}
  Attach at;
};

/// Three processes with a segment of one page, at addresses that differ by more than chance: the
/// second and the third one attach it within reservations of other sizes. A fourth one makes it and
/// removes it in the end.
class Meeting {
 public:
  explicit Meeting(PlanBuilder& plan)
      : keeper_(plan.Spawn("keeper")),
        segment(keeper_.Get({.size = {Pages(1)}, .flags = kCreate | 0600})),
        a(Enter(plan.Spawn("a"))),
        b(Enter(plan.Spawn("b"), 8, 3)),
        c(Enter(plan.Spawn("c"), 32, 17)) {}
  Meeting(const Meeting&) = delete;
  Meeting& operator=(const Meeting&) = delete;
  ~Meeting() { keeper_.Remove(segment).Gives(0); }

 private:
  Member Enter(const Actor& actor) const { return {actor, actor.At(segment)}; }
  Member Enter(const Actor& actor, std::uint64_t pages, std::int64_t page) const {
    const Mapping room = actor.Reserve(Pages(pages));
    return {actor, InGap(actor, segment, room + BoundaryOffset(page), Pages(1))};
  }

  Actor keeper_;

 public:
  Segment segment;
  Member a;
  Member b;
  Member c;
};

inline SyncMutexLock Try(Address at) { return {.at = at, .how = Patience::kTry}; }

}  // namespace shmspec

#endif  // SHMSPEC_SUITES_SYNC_MEETING_H_
