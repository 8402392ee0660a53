// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Access control lists of files in memory: acl(5). A file is opened again by /proc, where the list
// decides as it does for a name in /dev/shm.

#include <cerrno>
#include <utility>
#include <vector>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

/// A file of kAlice's without rights for anybody else, made by root.
Descriptor FileOfAlice(const Actor& root) {
  const Descriptor file = root.Memfd(0, Pages(1));
  root.Do(FileChown{file, Id(kAlice), Id(kAlice)}).Gives(0);
  root.Do(FileChmod{file, {0600}}).Gives(0);
  return file;
}

/// A child of root, which has root's descriptors, as that user without privileges.
Actor Become(PlanBuilder& plan, const Actor& root, const char* name, std::uint32_t uid,
             std::uint32_t gid, std::vector<Id> groups = {}) {
  const Actor actor = plan.Forked(name);
  root.Fork(actor);
  actor.Do(AllIds(uid, gid, std::move(groups))).Gives(0);
  return actor;
}

/// Opens the file again, for reading and for reading and writing.
void Opens(const Actor& actor, DescriptorRef file, bool reads, bool writes) {
  const auto check = [](const StepName& step, bool may) {
    may ? step.Succeeds() : step.Fails(EACCES);
  };
  check(actor.Do(MemfdReopen{file, 0}), reads);
  check(actor.Do(MemfdReopen{file, kReadWrite}), writes);
}

SHMSPEC_CASE("permissions.acl.lets_a_named_user_in", "ACL.NAMED_USER"_req) {
  const Actor root = plan.Spawn("root");
  const Descriptor d = FileOfAlice(root);
  root.Do(FileSetAcl{.descriptor = d, .user = kBob, .user_bits = 4, .mask = 7}).Gives(0);
  const Actor alice = Become(plan, root, "alice", kAlice, kAlice);
  const Actor bob = Become(plan, root, "bob", kBob, kBob);
  const Actor carol = Become(plan, root, "carol", kCarol, kCarol);
  Opens(alice, d, true, true);
  Opens(bob, d, true, false);
  Opens(carol, d, false, false);
  root.Do(FileSetAcl{.descriptor = d, .user = kBob, .user_bits = 6, .mask = 6}).Gives(0);
  Opens(bob, d, true, true);
  root.Do(FileSetAcl{.descriptor = d, .user = kCarol, .user_bits = 6, .mask = 6}).Gives(0);
  Opens(bob, d, false, false);
  Opens(carol, d, true, true);
}

SHMSPEC_CASE("permissions.acl.looks_at_a_named_user_before_groups_and_others",
             "ACL.NAMED_USER"_req) {
  const Actor root = plan.Spawn("root");
  const Descriptor d = FileOfAlice(root);
  const FileSetAcl list{.descriptor = d,
                        .user = kBob,
                        .user_bits = 0,
                        .group = 6,
                        .named_group = kCarol,
                        .named_group_bits = 6,
                        .mask = 6,
                        .other = 6};
  root.Do(list).Gives(0);
  const Actor bob = Become(plan, root, "bob", kBob, kAlice, {Id(kCarol)});
  const Actor dave = Become(plan, root, "dave", kDave, kDave);
  Opens(bob, d, false, false);
  Opens(dave, d, true, true);
  FileSetAcl more = list;
  more.user_bits = 4;
  root.Do(more).Gives(0);
  Opens(bob, d, true, false);
}

SHMSPEC_CASE("permissions.acl.of_the_owner_is_the_mode_of_the_owner", "ACL.NAMED_USER"_req) {
  const Actor root = plan.Spawn("root");
  const Descriptor d = FileOfAlice(root);
  root.Do(FileSetAcl{.descriptor = d,
                     .owner = 4,
                     .user = kAlice,
                     .user_bits = 6,
                     .group = 6,
                     .mask = 6,
                     .other = 6})
      .Gives(0);
  Opens(Become(plan, root, "alice", kAlice, kAlice), d, true, false);
  root.Do(FileStat{d}).Expects(Record<FileRecord>().With("mode", 0100466));
}

SHMSPEC_CASE("permissions.acl.mask_caps_names_and_groups_only", "ACL.MASK"_req) {
  const Actor root = plan.Spawn("root");
  const Descriptor d = FileOfAlice(root);
  root.Do(FileSetAcl{.descriptor = d,
                     .user = kBob,
                     .user_bits = 6,
                     .group = 6,
                     .named_group = kCarol,
                     .named_group_bits = 6,
                     .mask = 4,
                     .other = 6})
      .Gives(0);
  Opens(Become(plan, root, "owner", kAlice, kAlice), d, true, true);
  Opens(Become(plan, root, "named", kBob, kBob), d, true, false);
  Opens(Become(plan, root, "owning", kDave, kAlice), d, true, false);
  Opens(Become(plan, root, "member", kDave, kCarol), d, true, false);
  Opens(Become(plan, root, "other", kDave, kDave), d, true, true);
}

SHMSPEC_CASE("permissions.acl.takes_the_group_that_grants_all", "ACL.MASK"_req) {
  const Actor root = plan.Spawn("root");
  const Descriptor d = FileOfAlice(root);
  const auto set = [&](std::int32_t group, std::int32_t named, std::int32_t mask) {
    root.Do(FileSetAcl{.descriptor = d,
                       .group = group,
                       .named_group = kCarol,
                       .named_group_bits = named,
                       .mask = mask,
                       .other = 6})
        .Gives(0);
  };
  const Actor both = Become(plan, root, "both", kBob, kAlice, {Id(kCarol)});
  const Actor owning = Become(plan, root, "owning", kBob, kAlice);
  const Actor member = Become(plan, root, "member", kBob, kBob, {Id(kCarol)});
  set(0, 6, 6);
  Opens(both, d, true, true);
  Opens(owning, d, false, false);
  Opens(member, d, true, true);
  set(4, 2, 6);  // no entry grants both
  Opens(both, d, true, false);
  Opens(owning, d, true, false);
  Opens(member, d, false, false);
  set(4, 0, 6);
  Opens(owning, d, true, false);
  Opens(member, d, false, false);
}

SHMSPEC_CASE("permissions.acl.mask_is_what_chmod_sets", "ACL.CHMOD_SETS_MASK"_req) {
  const Actor root = plan.Spawn("root");
  const Descriptor d = FileOfAlice(root);
  const Actor bob = Become(plan, root, "bob", kBob, kBob);
  const Actor owning = Become(plan, root, "owning", kDave, kAlice);
  root.Do(FileSetAcl{
              .descriptor = d, .user = kBob, .user_bits = 6, .group = 4, .mask = 6, .other = 0})
      .Gives(0);
  root.Do(FileStat{d}).Expects(Record<FileRecord>().With("mode", 0100660));
  const auto list = [&](std::int64_t owner, std::int64_t mask, std::int64_t other) {
    root.Do(FileGetAcl{d})
        .Expects(Record<AclRecord>()
                     .With("owner", owner)
                     .With("user", kBob)
                     .With("user_bits", 6)
                     .With("group", 4)
                     .With("mask", mask)
                     .With("other", other));
  };
  list(6, 6, 0);
  root.Do(FileChmod{d, {0644}}).Gives(0);
  list(6, 4, 4);
  Opens(bob, d, true, false);
  root.Do(FileChmod{d, {0760}}).Gives(0);
  list(7, 6, 0);
  Opens(bob, d, true, true);
  Opens(owning, d, true, false);
  root.Do(FileStat{d}).Expects(Record<FileRecord>().With("mode", 0100760));
}

SHMSPEC_CASE("permissions.acl.is_set_by_the_owner_only", "ACL.ONLY_OWNER_SETS"_req) {
  const Actor root = plan.Spawn("root");
  const Descriptor d = FileOfAlice(root);
  const Actor alice = Become(plan, root, "alice", kAlice, kAlice);
  const Actor bob = Become(plan, root, "bob", kBob, kAlice);
  const FileSetAcl list{.descriptor = d, .user = kBob, .user_bits = 6, .mask = 6};
  bob.Do(list).Fails(EPERM);
  bob.Do(FileGetAcl{d}).Fails(ENODATA);
  Opens(bob, d, false, false);
  alice.Do(list).Gives(0);
  bob.Do(FileGetAcl{d}).Expects(Record<AclRecord>().With("user", kBob).With("user_bits", 6));
  bob.Do(FileSetAcl{.descriptor = d, .user = kBob, .user_bits = 7, .mask = 7}).Fails(EPERM);
  root.Do(FileSetAcl{.descriptor = d, .user = kBob, .user_bits = 4, .mask = 6}).Gives(0);
  bob.Do(FileGetAcl{d}).Expects(Record<AclRecord>().With("user", kBob).With("user_bits", 4));
  alice.Do(FileSetAcl{.descriptor = d, .user = kCarol, .user_bits = 2, .mask = 2}).Gives(0);
  alice.Do(FileGetAcl{d})
      .Expects(Record<AclRecord>().With("user", kCarol).With("user_bits", 2).With("mask", 2));
}

SHMSPEC_CASE("permissions.acl.takes_nothing_from_open_files", "ACL.OPEN_FD_UNAFFECTED"_req) {
  const Actor root = plan.Spawn("root");
  const Descriptor d = FileOfAlice(root);
  const Actor bob = Become(plan, root, "bob", kBob, kBob);
  root.Do(FileSetAcl{.descriptor = d, .user = kBob, .user_bits = 6, .mask = 6}).Gives(0);
  const Descriptor own = Reopen(bob, d, kReadWrite);
  const Mapping m = MapShared(bob, own, 1);
  bob.Store(m, 42).Succeeds();
  root.Do(FileSetAcl{.descriptor = d, .user = kBob, .user_bits = 0, .mask = 0}).Gives(0);
  Opens(bob, d, false, false);
  bob.Load(m).Gives(42);
  bob.Store(m, 43).Succeeds();
  const Mapping buffer = Room(bob);
  bob.Do(FilePread{own, buffer, {8}, {0}}).Gives(8);
  bob.Load(buffer).Gives(43);
  bob.Do(FilePwrite{own, buffer, {8}, {8}}).Gives(8);
  bob.Load(MapShared(bob, own, 1) + 8).Gives(43);
  bob.Do(FileTruncate{own, {0}}).Gives(0);
}

SHMSPEC_CASE("permissions.acl.without_names_is_the_mode", "ACL.CHMOD_SETS_MASK"_req) {
  const Actor root = plan.Spawn("root");
  const Descriptor d = FileOfAlice(root);
  root.Do(FileGetAcl{d}).Fails(ENODATA);
  root.Do(FileSetAcl{.descriptor = d, .owner = 6, .group = 4, .other = 2}).Gives(0);
  root.Do(FileGetAcl{d}).Fails(ENODATA);
  root.Do(FileStat{d}).Expects(Record<FileRecord>().With("mode", 0100642));
  root.Do(FileSetAcl{.descriptor = d, .user = kBob, .user_bits = 6, .mask = 6}).Gives(0);
  root.Do(FileSetAcl{.descriptor = d, .owner = 6, .group = 0, .other = 0}).Gives(0);
  root.Do(FileGetAcl{d}).Fails(ENODATA);
  Opens(Become(plan, root, "bob", kBob, kBob), d, false, false);
}

SHMSPEC_CASE("permissions.acl.that_is_none_changes_nothing", "ACL.ONLY_OWNER_SETS"_req) {
  const Actor root = plan.Spawn("root");
  const Descriptor d = FileOfAlice(root);
  root.Do(FileSetAcl{.descriptor = d, .user = kBob, .user_bits = 4, .mask = 6}).Gives(0);
  root.Do(FileSetAcl{.descriptor = d, .user = kCarol, .user_bits = 4}).Fails(EINVAL);
  root.Do(FileSetAcl{.descriptor = d, .named_group = kCarol}).Fails(EINVAL);
  root.Do(FileSetAcl{.descriptor = d, .owner = 8}).Fails(EINVAL);
  root.Do(FileSetAcl{.descriptor = d, .mask = 8}).Fails(EINVAL);
  root.Do(FileSetAcl{.descriptor = d, .user = kBob, .user_bits = -1, .mask = 7}).Fails(EINVAL);
  root.Do(FileGetAcl{d})
      .Expects(Record<AclRecord>().With("user", kBob).With("user_bits", 4).With("mask", 6));
  root.Do(FileStat{d}).Expects(Record<FileRecord>().With("mode", 0100660));
}

SHMSPEC_CASE("permissions.acl.has_no_part_in_segments", "ACL.SYSV_HAS_NONE"_req) {
  const Actor root = plan.Spawn("root");
  const Descriptor d = FileOfAlice(root);
  root.Do(FileSetAcl{.descriptor = d, .user = kBob, .user_bits = 6, .mask = 6}).Gives(0);
  const Segment s = root.Get({.flags = kCreate | 0600});
  root.Set({s, {kAlice}, {kAlice}, {0600}}).Gives(0);
  const Actor bob = Become(plan, root, "bob", kBob, kBob);
  const Actor owning = Become(plan, root, "owning", kDave, kAlice);
  Opens(bob, d, true, true);
  bob.Do(SysvAttach{s, {}, kReadOnly}).Fails(EACCES);
  root.Set({s, {kAlice}, {kAlice}, {0660}}).Gives(0);
  bob.Do(SysvAttach{s}).Fails(EACCES);
  owning.At(s);
  root.Remove(s).Gives(0);
}

}  // namespace
}  // namespace shmspec
