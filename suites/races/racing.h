// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Short forms for races: what a call may give besides, when others are faster.

#ifndef SHMSPEC_SUITES_RACES_RACING_H_
#define SHMSPEC_SUITES_RACES_RACING_H_

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <utility>
#include <vector>

#include "suites/shorthand.h"

namespace shmspec {

/// How often a race is run. Each plan races several calls besides.
inline constexpr int kRounds = 12;
/// Threads take longer to begin and to end.
inline constexpr int kRoundsOfThreads = 6;

/// The segment may have been removed.
inline Pattern OrGone(Pattern otherwise) {
  return std::move(otherwise) | Fails(EINVAL) | Fails(EIDRM);
}
/// The name may have been removed, or may not be there yet.
inline Pattern OrMissing(Pattern otherwise) { return std::move(otherwise) | Fails(ENOENT); }
/// The name may have been made by another one.
inline Pattern OrTaken(Pattern otherwise) { return std::move(otherwise) | Fails(EEXIST); }
/// The descriptor may never have been opened, or may be closed.
inline Pattern OrClosed(Pattern otherwise) { return std::move(otherwise) | Fails(EBADF); }
/// The file may be sealed.
inline Pattern OrSealed(Pattern otherwise) { return std::move(otherwise) | Fails(EPERM); }
/// The page may have been cut off.
inline Pattern OrCut(Pattern otherwise) {
  return std::move(otherwise) |
         RecordPattern<Fault>()
             .With("signal", SIGBUS)
             .With("code", static_cast<std::int64_t>(FaultCode::kBeyondObject));
}
/// The memory may have been unmapped, or never have been mapped.
inline Pattern OrUnmapped(Pattern otherwise) {
  return std::move(otherwise) | RecordPattern<Fault>().With("signal", SIGSEGV);
}

/// No segment is left in the namespace.
inline Pattern NothingLeft() {
  return Record<UsageRecord>().With("used_ids", 0).With("shm_tot", 0);
}

inline Pattern Linked(std::int64_t links) { return Record<FileRecord>().With("links", links); }

/// A process that has a file of two pages mapped, in which 1 and 2 are stored, and the child that
/// inherits all of it.
struct Pair {
  explicit Pair(PlanBuilder& plan, std::uint64_t flags = 0)
      : a(plan.Spawn("a")), b(plan.Forked("b")), d(a.Memfd(flags, Pages(2))) {
    m = MapShared(a, d, 2);
    room = Room(a);
    a.Store(m, 1).Succeeds();
    a.Store(m + PageOffset(1), 2).Succeeds();
    a.Fork(b);
  }
  Actor a;
  Actor b;
  Descriptor d;
  Mapping m;     // of both
  Mapping room;  // of each
};

}  // namespace shmspec

#endif  // SHMSPEC_SUITES_RACES_RACING_H_
