// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Which of its ids count for a process, tried by one whose ids all differ.

#include <array>
#include <cerrno>
#include <utility>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

constexpr std::uint32_t kReal = Id::User(6).number;
constexpr std::uint32_t kEffective = Id::User(7).number;
constexpr std::uint32_t kSaved = Id::User(8).number;
constexpr std::uint32_t kFile = Id::User(9).number;
constexpr std::array kUsers{kReal, kEffective, kSaved, kFile};

constexpr std::uint32_t kRealGroup = Id::User(21).number;
constexpr std::uint32_t kEffectiveGroup = Id::User(22).number;
constexpr std::uint32_t kSavedGroup = Id::User(23).number;
constexpr std::uint32_t kFileGroup = Id::User(24).number;
constexpr std::uint32_t kOtherGroup = Id::User(25).number;

/// May take on any ids, and nothing else.
ActorSpec Chameleon() { return UserWith(kAlice, kCapSetuid | kCapSetgid); }

void TakeManyIds(const Actor& actor) {
  actor
      .Do(ProcessSetIdentity{.ruid = kReal,
                             .euid = kEffective,
                             .suid = kSaved,
                             .fsuid = kFile,
                             .rgid = kRealGroup,
                             .egid = kEffectiveGroup,
                             .sgid = kSavedGroup,
                             .fsgid = kFileGroup,
                             .groups = std::vector<Id>{kOtherGroup}})
      .Gives(0);
}

SHMSPEC_CASE("permissions.ids.of_a_new_segment_are_the_effective_ones",
             "SYSV.SHMGET.INITIAL_FIELDS"_req) {
  const Actor a = plan.Spawn("a", Chameleon());
  TakeManyIds(a);
  const Segment s = a.Get({.flags = kCreate | 0600});
  a.Stat(s).Expects(Record()
                        .With("uid", kEffective)
                        .With("gid", kEffectiveGroup)
                        .With("cuid", kEffective)
                        .With("cgid", kEffectiveGroup));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("permissions.ids.that_open_a_segment_are_those_of_the_effective_user",
             "PERM.SYSV.EFFECTIVE_UID"_req) {
  const Actor a = plan.Spawn("a", Chameleon());
  const Actor root = plan.Spawn("root");
  TakeManyIds(a);
  for (const std::uint32_t user : kUsers) {
    const Segment s = root.Get({.flags = kCreate | 0600});
    root.Set({s, {user}, {kBob}, {0600}}).Gives(0);
    if (user == kEffective) {
      a.Stat(s).Expects(Record().With("uid", user));
      const Attach p = a.At(s);
      a.Detach(p).Gives(0);
    } else {
      a.Stat(s).Fails(EACCES);
      a.Do(SysvAttach{s}).Fails(EACCES);
    }
    root.Remove(s).Gives(0);
  }
}

SHMSPEC_CASE("permissions.ids.that_control_a_segment_are_those_of_the_effective_user",
             "PERM.SYSV.OWNER_OR_CREATOR_CAN_RMID"_req, "PERM.SYSV.EFFECTIVE_UID"_req) {
  const Actor a = plan.Spawn("a", Chameleon());
  const Actor root = plan.Spawn("root");
  TakeManyIds(a);
  for (const std::uint32_t user : kUsers) {
    const Segment s = root.Get({.flags = kCreate | 0600});
    root.Set({s, {user}, {kBob}, {0600}}).Gives(0);
    if (user == kEffective) {
      a.Set({s, {user}, {kBob}, {0640}}).Gives(0);
      a.Remove(s).Gives(0);
    } else {
      a.Set({s, {user}, {kBob}, {0640}}).Fails(EPERM);
      a.Remove(s).Fails(EPERM);
      root.Remove(s).Gives(0);
    }
  }
}

SHMSPEC_CASE("permissions.ids.of_creators_are_those_of_the_effective_user",
             "PERM.SYSV.CREATOR_KEEPS_USER_CLASS"_req, "PERM.SYSV.EFFECTIVE_UID"_req) {
  const Actor a = plan.Spawn("a", Chameleon());
  const Actor real = plan.Spawn("real", User(kReal));
  const Actor effective = plan.Spawn("effective", User(kEffective));
  const Actor saved = plan.Spawn("saved", User(kSaved));
  const Actor file = plan.Spawn("file", User(kFile));
  TakeManyIds(a);
  for (const auto& [creator, user] : {std::pair{real, kReal}, std::pair{effective, kEffective},
                                      std::pair{saved, kSaved}, std::pair{file, kFile}}) {
    const Segment s = creator.Get({.flags = kCreate | 0600});
    creator.Set({s, {kBob}, {kBob}, {0600}}).Gives(0);
    if (user == kEffective) {
      a.Stat(s).Expects(Record().With("cuid", user));
      a.Remove(s).Gives(0);
    } else {
      a.Stat(s).Fails(EACCES);
      a.Remove(s).Fails(EPERM);
      creator.Remove(s).Gives(0);
    }
  }
}

SHMSPEC_CASE("permissions.ids.that_lock_a_segment_are_those_of_the_effective_user",
             "SYSV.LOCK.OWNER_OR_CREATOR"_req, "PERM.SYSV.EFFECTIVE_UID"_req) {
  const Actor a = plan.Spawn("a", Chameleon());
  const Actor root = plan.Spawn("root");
  TakeManyIds(a);
  for (const std::uint32_t user : kUsers) {
    const Segment s = root.Get({.flags = kCreate | 0600});
    root.Set({s, {user}, {kBob}, {0600}}).Gives(0);
    a.Do(SysvLock{s}).Expects(user == kEffective ? Exactly(0) : Fails(EPERM));
    a.Do(SysvUnlock{s}).Expects(user == kEffective ? Exactly(0) : Fails(EPERM));
    root.Remove(s).Gives(0);
  }
}

SHMSPEC_CASE("permissions.ids.of_groups_are_that_of_the_file_system_and_the_supplementary_ones",
             "PERM.SYSV.FSGID"_req, "PERM.SYSV.SUPPLEMENTARY_GROUPS"_req) {
  const Actor a = plan.Spawn("a", Chameleon());
  const Actor root = plan.Spawn("root");
  TakeManyIds(a);
  for (const std::uint32_t group :
       {kRealGroup, kEffectiveGroup, kSavedGroup, kFileGroup, kOtherGroup}) {
    const bool counts = group == kFileGroup || group == kOtherGroup;
    const Key k = plan.NewKey();
    const Segment s = root.Get({.key = k, .flags = kCreate | 0600});
    root.Set({s, {kBob}, {group}, {0060}}).Gives(0);
    a.Stat(s).Expects(counts ? Pattern(Record().With("gid", group)) : Fails(EACCES));
    a.Do(SysvGet{k, {0}, 0060}).Expects(counts ? ValueOf(s) : Fails(EACCES));
    root.Remove(s).Gives(0);
  }
}

SHMSPEC_CASE("permissions.ids.of_the_file_system_are_the_effective_ones_after_exec",
             "PERM.SYSV.FSGID"_req) {
  const Actor a = plan.Spawn("a", Chameleon());
  const Actor root = plan.Spawn("root");
  const Segment s = root.Get({.flags = kCreate | 0600});
  a.Do(ProcessSetIdentity{.egid = kEffectiveGroup, .fsgid = kFileGroup}).Gives(0);
  root.Set({s, {kBob}, {kFileGroup}, {0040}}).Gives(0);
  a.Stat(s).Expects(Record().With("gid", kFileGroup));
  a.Do(ProcessExec{}).Gives(0);
  a.Stat(s).Fails(EACCES);
  root.Set({s, {kBob}, {kEffectiveGroup}, {0040}}).Gives(0);
  a.Stat(s).Expects(Record().With("gid", kEffectiveGroup));
  root.Remove(s).Gives(0);
}

}  // namespace
}  // namespace shmspec
