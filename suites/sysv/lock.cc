// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// shmctl(2) SHM_LOCK and SHM_UNLOCK. Each case that counts a user's locked pages has a user of its
// own, because the count covers everything that this user has locked anywhere.

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

/// Locks are charged to users in all IPC namespaces together, and cases run beside each other: each
/// has users of its own.
constexpr std::uint32_t LockUser(std::uint32_t index) { return Id::User(10 + index).number; }

/// A user who may lock `pages` pages.
ActorSpec Locker(std::uint32_t id, std::uint64_t pages) {
  ActorSpec spec = User(id);
  spec.memlock = Pages(pages);
  return spec;
}

SHMSPEC_CASE("sysv.lock.shows_in_the_mode_until_unlocked", "SYSV.LOCK.FLAG"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0640});
  a.Do(SysvLock{s}).Gives(0);
  a.Stat(s).Expects(Record().With("mode", kModeLocked | 0640));
  a.Do(SysvUnlock{s}).Gives(0);
  a.Stat(s).Expects(Record().With("mode", 0640));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.lock.is_for_owner_and_creator_whatever_the_mode",
             "SYSV.LOCK.OWNER_OR_CREATOR"_req) {
  const Actor creator = plan.Spawn("creator", User(LockUser(1)));
  const Actor owner = plan.Spawn("owner", User(LockUser(2)));
  const Actor other = plan.Spawn("other", User(LockUser(3)));
  const Segment s = creator.Get({.flags = kCreate | 0666});
  creator.Set({s, {LockUser(2)}, {LockUser(2)}, {0666}}).Gives(0);
  other.Do(SysvLock{s}).Fails(EPERM);
  other.Do(SysvUnlock{s}).Fails(EPERM);
  creator.Set({s, {LockUser(2)}, {LockUser(2)}, {0000}}).Gives(0);
  owner.Do(SysvLock{s}).Gives(0);
  other.Do(SysvUnlock{s}).Fails(EPERM);
  creator.Do(SysvUnlock{s}).Gives(0);
  creator.Do(SysvLock{s}).Gives(0);
  owner.Do(SysvUnlock{s}).Gives(0);
  creator.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.lock.is_limited_in_pages_over_all_segments", "SYSV.LOCK.MEMLOCK_LIMIT"_req) {
  const Actor a = plan.Spawn("a", Locker(LockUser(4), 2));
  const Segment small = a.Get({.size = {1}, .flags = kCreate | 0600});
  const Segment large = a.Get({.size = {Pages(1) + 1}, .flags = kCreate | 0600});
  a.Do(SysvLock{large}).Gives(0);
  a.Do(SysvLock{small}).Fails(ENOMEM);
  a.Stat(small).Expects(Record().With("mode", 0600));
  a.Do(SysvUnlock{large}).Gives(0);
  a.Do(SysvLock{small}).Gives(0);
  a.Do(SysvLock{large}).Fails(ENOMEM);
  a.Remove(small).Gives(0);
  a.Remove(large).Gives(0);
}

SHMSPEC_CASE("sysv.lock.is_refused_with_no_limit_at_all", "SYSV.LOCK.MEMLOCK_ZERO"_req) {
  const Actor a = plan.Spawn("a", Locker(LockUser(5), 2));
  const Segment s = a.Get({.flags = kCreate | 0600});
  a.Do(SysvLock{s}).Gives(0);
  a.Do(ProcessSetLimit{Limit::kMemlock, 0}).Gives(0);
  a.Do(SysvLock{s}).Fails(EPERM);
  a.Do(SysvUnlock{s}).Gives(0);
  a.Stat(s).Expects(Record().With("mode", 0600));
  a.Do(SysvLock{s}).Fails(EPERM);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.lock.needs_neither_ownership_nor_limit_with_the_capability",
             "SYSV.LOCK.CAP_BYPASSES"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  ActorSpec capable = UserWith(LockUser(6), kCapIpcLock);
  capable.memlock = 0;
  const Actor b = plan.Spawn("b", capable);
  const Segment s = a.Get({.size = {Pages(4)}, .flags = kCreate | 0600});
  b.Do(SysvLock{s}).Gives(0);
  a.Stat(s).Expects(Record().With("mode", kModeLocked | 0600));
  b.Do(SysvUnlock{s}).Gives(0);
  a.Stat(s).Expects(Record().With("mode", 0600));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.lock.counts_once", "SYSV.LOCK.IDEMPOTENT"_req) {
  const Actor a = plan.Spawn("a", Locker(LockUser(7), 2));
  const Segment s = a.Get({.size = {Pages(2)}, .flags = kCreate | 0600});
  const Segment other = a.Get({.size = {Pages(2)}, .flags = kCreate | 0600});
  a.Do(SysvUnlock{s}).Gives(0);
  a.Do(SysvLock{s}).Gives(0);
  a.Do(SysvLock{s}).Gives(0);
  a.Stat(s).Expects(Record().With("mode", kModeLocked | 0600));
  a.Do(SysvUnlock{s}).Gives(0);
  a.Do(SysvUnlock{s}).Gives(0);
  a.Stat(s).Expects(Record().With("mode", 0600));
  a.Do(SysvLock{other}).Gives(0);
  a.Do(SysvLock{s}).Fails(ENOMEM);
  a.Remove(s).Gives(0);
  a.Remove(other).Gives(0);
}

SHMSPEC_CASE("sysv.lock.ends_with_its_segment", "SYSV.LOCK.RELEASED_ON_DESTROY"_req) {
  const Actor a = plan.Spawn("a", Locker(LockUser(8), 2));
  for (int i = 0; i < 3; ++i) {
    const Segment s = a.Get({.size = {Pages(2)}, .flags = kCreate | 0600});
    a.Do(SysvLock{s}).Gives(0);
    a.Remove(s).Gives(0);
  }
}

SHMSPEC_CASE("sysv.lock.brings_no_page_into_memory", "SYSV.LOCK.NO_PREFAULT"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Segment s = a.Get({.size = {Pages(4)}, .flags = kCreate | 0600});
  a.Do(SysvLock{s}).Gives(0);
  a.Do(SysvShmInfo{SegmentId(0)})
      .Expects(Record<UsageRecord>().With("shm_tot", 4).With("shm_rss", 0));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.lock.does_not_show_on_huge_pages", "SYSV.LOCK.HUGETLB_NOOP"_req) {
  const Actor a = plan.Spawn("a");
  Segment s;
  // Without huge pages there is no segment, and the calls on it fail as on any that is not there.
  a.GetAs(s, {.size = {2 << 20}, .flags = kCreate | kHugetlb | 0600})
      .Expects(Identifier() | Fails(ENOMEM) | Fails(EPERM) | Fails(EINVAL));
  a.Do(SysvLock{s}).Expects(Exactly(0) | Fails(EINVAL));
  a.Stat(s).Expects(Record().With("mode", 0600) | Fails(EINVAL));
  a.Do(SysvUnlock{s}).Expects(Exactly(0) | Fails(EINVAL));
  a.Remove(s).Expects(Exactly(0) | Fails(EINVAL));
}

SHMSPEC_CASE("sysv.lock.is_charged_to_the_real_user", "SYSV.LOCK.CHARGES_REAL_USER"_req) {
  ActorSpec spec = Locker(LockUser(9), 1);
  spec.caps = kCapSetuid;
  const Actor a = plan.Spawn("a", spec);
  const Segment s = a.Get({.flags = kCreate | 0600});
  a.Do(SysvLock{s}).Gives(0);
  a.Do(ProcessSetIdentity{.euid = LockUser(10)}).Gives(0);
  const Segment t = a.Get({.flags = kCreate | 0600});
  a.Do(SysvLock{t}).Fails(ENOMEM);
  a.Do(ProcessSetIdentity{.ruid = LockUser(10)}).Gives(0);
  a.Do(SysvLock{t}).Gives(0);
  a.Remove(t).Gives(0);
  a.Do(ProcessSetIdentity{.euid = LockUser(9)}).Gives(0);
  a.Remove(s).Gives(0);
}

}  // namespace
}  // namespace shmspec
