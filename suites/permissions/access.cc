// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Which permission bits a call needs and which class of them applies.

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

constexpr std::uint32_t kFriends = Id::User(5).number;  // a group

/// Any actor of uid and gid, with one supplementary group.
ActorSpec Member(std::uint32_t id, std::uint32_t group) {
  ActorSpec spec = User(id);
  spec.groups = {group};
  return spec;
}

/// Everything that mode bits decide, tried by an actor to whom `bits` (0 to 7) apply.
void ExpectAccess(const Actor& actor, const Segment& s, const Key& k, std::uint32_t bits) {
  const auto allowed = [bits](std::uint32_t wanted) { return (bits & wanted) == wanted; };
  const auto attach = [&](std::uint64_t flags, std::uint32_t wanted) {
    Attach p;
    const StepName step = actor.AttachAs(p, {s, {}, flags});
    if (!allowed(wanted)) {
      step.Fails(EACCES);
      return;
    }
    step.Succeeds();
    actor.Detach(p).Gives(0);
  };
  attach(kReadOnly, 4);
  attach(0, 6);
  attach(kReadOnly | kExecute, 5);
  actor.Stat(s).Expects(allowed(4) ? Pattern(Record().With("nattch", 0)) : Fails(EACCES));
  for (const std::uint32_t wanted : {0u, 4u, 2u, 6u, 1u}) {
    actor.Do(SysvGet{k, {0}, wanted << 6}).Expects(allowed(wanted) ? ValueOf(s) : Fails(EACCES));
  }
}

SHMSPEC_CASE("permissions.matrix.of_the_owner_is_that_of_the_user_bits", "PERM.SYSV.MATRIX"_req,
             "PERM.SYSV.CLASS_SELECTION"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  for (std::uint32_t bits = 0; bits < 8; ++bits) {
    const Key k = plan.NewKey();
    const Segment s = a.Get({.key = k, .flags = kCreate | bits << 6 | (7 - bits) * 011});
    ExpectAccess(a, s, k, bits);
    a.Remove(s).Gives(0);
  }
}

SHMSPEC_CASE("permissions.matrix.of_the_group_is_that_of_the_group_bits", "PERM.SYSV.MATRIX"_req,
             "PERM.SYSV.CLASS_SELECTION"_req) {
  const Actor a = plan.Spawn("a", {.uid = kAlice, .gid = kFriends});
  const Actor b = plan.Spawn("b", {.uid = kBob, .gid = kFriends});
  for (std::uint32_t bits = 0; bits < 8; ++bits) {
    const Key k = plan.NewKey();
    const Segment s = a.Get({.key = k, .flags = kCreate | bits << 3 | (7 - bits) * 0101});
    ExpectAccess(b, s, k, bits);
    a.Remove(s).Gives(0);
  }
}

SHMSPEC_CASE("permissions.matrix.of_strangers_is_that_of_the_other_bits", "PERM.SYSV.MATRIX"_req,
             "PERM.SYSV.CLASS_SELECTION"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  for (std::uint32_t bits = 0; bits < 8; ++bits) {
    const Key k = plan.NewKey();
    const Segment s = a.Get({.key = k, .flags = kCreate | bits | (7 - bits) * 0110});
    ExpectAccess(b, s, k, bits);
    a.Remove(s).Gives(0);
  }
}

SHMSPEC_CASE("permissions.matrix.is_open_to_ipc_owner", "PERM.SYSV.MATRIX"_req,
             "PERM.SYSV.CAP_IPC_OWNER"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", UserWith(kBob, kCapIpcOwner));
  const Key k = plan.NewKey();
  const Segment s = a.Get({.key = k, .flags = kCreate | 0000});
  ExpectAccess(b, s, k, 7);
  a.Remove(s).Gives(0);
}

// The usual mode of new segments is also what many programs and Boost.Interprocess look up with.
SHMSPEC_CASE("permissions.lookup.with_mode_0644_asks_to_read_and_write",
             "PERM.SYSV.SHMGET_REQUESTED_BITS"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  const Key k = plan.NewKey();
  const SysvGet lookup{k, {0}, 0644};
  b.Do(lookup).Fails(ENOENT);
  const Segment s = a.Get({.key = k, .flags = kCreate | kExclusive | 0644});
  a.Do(lookup).Expects(ValueOf(s));
  b.Do(lookup).Fails(EACCES);
  a.Set({s, {kAlice}, {kAlice}, {0666}}).Gives(0);
  b.Do(lookup).Expects(ValueOf(s));
  a.Remove(s).Gives(0);
  b.Do(lookup).Fails(ENOENT);
}

SHMSPEC_CASE("permissions.class.is_one_even_if_a_later_one_is_more_generous",
             "PERM.SYSV.CLASS_SELECTION"_req) {
  const Actor owner = plan.Spawn("owner", {.uid = kAlice, .gid = kFriends});
  const Actor member = plan.Spawn("member", {.uid = kBob, .gid = kFriends});
  const Actor stranger = plan.Spawn("stranger", User(kBob));
  const Segment s = owner.Get({.flags = kCreate | 0066});
  const Segment t = owner.Get({.flags = kCreate | 0606});
  owner.Do(SysvAttach{s}).Fails(EACCES);
  member.Do(SysvAttach{s}).Succeeds();
  stranger.Do(SysvAttach{s}).Succeeds();
  owner.Do(SysvAttach{t}).Succeeds();
  member.Do(SysvAttach{t}).Fails(EACCES);
  stranger.Do(SysvAttach{t}).Succeeds();
  owner.Remove(s).Gives(0);
  owner.Remove(t).Gives(0);
}

SHMSPEC_CASE("permissions.class.of_the_creator_stays_that_of_the_user",
             "PERM.SYSV.CREATOR_KEEPS_USER_CLASS"_req) {
  const Actor creator = plan.Spawn("creator", User(kAlice));
  const Actor owner = plan.Spawn("owner", User(kBob));
  const Segment s = creator.Get({.flags = kCreate | 0600});
  owner.Do(SysvAttach{s}).Fails(EACCES);
  creator.Set({s, {kBob}, {kBob}, {0600}}).Gives(0);
  owner.At(s);
  creator.At(s);
  creator.Set({s, {kBob}, {kBob}, {0066}}).Gives(0);
  creator.Do(SysvAttach{s}).Fails(EACCES);
  owner.Do(SysvAttach{s}).Fails(EACCES);
  creator.Remove(s).Gives(0);
}

SHMSPEC_CASE("permissions.class.of_the_group_is_for_both_groups", "PERM.SYSV.CREATOR_GROUP"_req) {
  const Actor creator = plan.Spawn("creator", User(kAlice));
  const Actor old_member = plan.Spawn("old_member", {.uid = kBob, .gid = kAlice});
  const Actor new_member = plan.Spawn("new_member", {.uid = kCarol, .gid = kFriends});
  const Actor stranger = plan.Spawn("stranger", User(kDave));
  const Segment s = creator.Get({.flags = kCreate | 0660});
  new_member.Do(SysvAttach{s}).Fails(EACCES);
  creator.Set({s, {kAlice}, {kFriends}, {0660}}).Gives(0);
  new_member.At(s);
  old_member.At(s);
  stranger.Do(SysvAttach{s}).Fails(EACCES);
  creator.Remove(s).Gives(0);
}

SHMSPEC_CASE("permissions.class.of_the_group_is_for_supplementary_members",
             "PERM.SYSV.SUPPLEMENTARY_GROUPS"_req) {
  const Actor a = plan.Spawn("a", {.uid = kAlice, .gid = kFriends});
  const Actor member = plan.Spawn("member", Member(kBob, kFriends));
  const Actor stranger = plan.Spawn("stranger", Member(kBob, kFriends + 1));
  const Segment s = a.Get({.flags = kCreate | 0660});
  member.At(s);
  stranger.Do(SysvAttach{s}).Fails(EACCES);
  a.Set({s, {kAlice}, {kFriends}, {0606}}).Gives(0);
  member.Do(SysvAttach{s}).Fails(EACCES);
  stranger.At(s);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("permissions.user.is_the_effective_one_at_each_call", "PERM.SYSV.EFFECTIVE_UID"_req) {
  const Actor owner = plan.Spawn("owner", User(kAlice));
  const Actor a = plan.Spawn("a");
  const Segment s = owner.Get({.flags = kCreate | 0600});
  a.Do(ProcessSetIdentity{.euid = kBob}).Gives(0);
  a.Do(SysvAttach{s}).Fails(EACCES);
  a.Do(ProcessSetIdentity{.euid = 0}).Gives(0);
  a.Do(ProcessSetIdentity{.euid = kAlice}).Gives(0);
  a.At(s);
  a.Do(ProcessSetIdentity{.euid = 0}).Gives(0);
  a.Do(ProcessSetIdentity{.euid = kBob}).Gives(0);
  a.Stat(s).Fails(EACCES);
  owner.Remove(s).Gives(0);
}

SHMSPEC_CASE("permissions.get.takes_the_bits_in_any_position",
             "PERM.SYSV.SHMGET_REQUESTED_BITS"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  const Key k = plan.NewKey();
  const Segment s = a.Get({.key = k, .flags = kCreate | 0604});
  for (const std::uint64_t readable : {0400u, 0040u, 0004u, 0444u}) {
    b.Do(SysvGet{k, {0}, readable}).Expects(ValueOf(s));
  }
  for (const std::uint64_t refused : {0600u, 0020u, 0002u, 0006u, 0420u, 0001u}) {
    b.Do(SysvGet{k, {0}, refused}).Fails(EACCES);
  }
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("permissions.get.without_bits_is_open_to_everybody",
             "PERM.SYSV.SHMGET_ZERO_BITS_ALWAYS"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  const Key k = plan.NewKey();
  const Segment s = a.Get({.key = k, .flags = kCreate | 0600});
  Segment found;
  b.GetAs(found, {.key = k, .size = {0}}).Expects(ValueOf(s));
  b.Do(SysvAttach{found, {}, kReadOnly}).Fails(EACCES);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("permissions.attach.is_checked_once", "PERM.SYSV.ATTACH_REVALIDATED"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  const Segment s = a.Get({.flags = kCreate | 0666});
  const Attach p = b.At(s);
  a.Set({s, {kAlice}, {kAlice}, {0000}}).Gives(0);
  b.Store(p, 42).Succeeds();
  b.Load(p).Gives(42);
  b.Do(SysvAttach{s}).Fails(EACCES);
  a.Do(SysvAttach{s}).Fails(EACCES);
  b.Detach(p).Gives(0);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("permissions.class.follows_the_group_of_the_file_system", "PERM.SYSV.FSGID"_req) {
  const Actor owner = plan.Spawn("owner", {.uid = kAlice, .gid = kFriends});
  const Actor user =
      plan.Spawn("user", {.uid = kBob, .gid = kBob, .caps = Capabilities(kCapSetgid)});
  const Segment s = owner.Get({.flags = kCreate | 0640});
  user.Do(SysvAttach{s, {}, kReadOnly}).Fails(EACCES);
  user.Do(ProcessSetIdentity{.fsgid = kFriends}).Gives(0);
  const Attach p = user.At(s, {}, kReadOnly);
  user.Do(SysvAttach{s}).Fails(EACCES);
  const Segment own = user.Get({.flags = kCreate | 0600});
  user.Stat(own).Expects(Record().With("gid", kBob).With("cgid", kBob));
  user.Do(ProcessSetIdentity{.fsgid = kBob}).Gives(0);
  user.Stat(s).Fails(EACCES);
  user.Detach(p).Gives(0);
  user.Remove(own).Gives(0);
  owner.Remove(s).Gives(0);
}

}  // namespace
}  // namespace shmspec
