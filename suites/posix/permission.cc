// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Who owns an object, and who may open and remove it.

#include <cerrno>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

constexpr std::uint32_t kRegular = 0100000;  // of the mode that fstat shows
constexpr std::uint64_t kDacOverride = 1 << 1;
constexpr std::uint64_t kDacReadSearch = 1 << 2;
constexpr std::uint64_t kFowner = 1 << 3;

Pattern Owned(std::uint32_t uid, std::uint32_t gid) {
  return Record<FileRecord>().With("uid", uid).With("gid", gid);
}

SHMSPEC_CASE("posix.permission.does_not_limit_who_makes_the_object",
             "POSIX.OPEN.MODE_DOES_NOT_LIMIT_CREATOR"_req, "POSIX.OPEN.EACCES"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  for (const std::uint32_t mode : {0u, 0400u, 0077u}) {
    const Descriptor d = NewObject(a, "/n0", Pages(1), mode);
    const Mapping m = MapShared(a, d, 1);
    a.Store(m, 1);
    a.Load(m).Gives(1);
    a.Do(PosixOpen{"/n0", kReadWrite}).Fails(EACCES);
    a.Do(PosixOpen{"/n0", kMakeObject | kReadWrite, {0600}}).Fails(EACCES);
    a.Do(FileTruncate{d, {Pages(2)}}).Gives(0);
    a.Do(PosixUnlink{"/n0"}).Gives(0);
  }
}

SHMSPEC_CASE("posix.permission.owner_is_who_made_it", "POSIX.OPEN.OWNERSHIP"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", {.uid = kBob, .gid = kCarol, .groups = {Id(kDave)}});
  const Actor root = plan.Spawn("root");
  a.Do(FileStat{NewObject(a, "/n0")}).Expects(Owned(kAlice, kAlice));
  b.Do(FileStat{NewObject(b, "/n1")}).Expects(Owned(kBob, kCarol));
  root.Do(FileStat{NewObject(root, "/n2")}).Expects(Owned(0, 0));
  root.Do(FileStat{root.Open({"/n0"})}).Expects(Owned(kAlice, kAlice));
  for (const char* name : {"/n0", "/n1", "/n2"}) root.Do(PosixUnlink{name}).Gives(0);
}

SHMSPEC_CASE("posix.permission.owner_follows_the_effective_ids", "POSIX.OPEN.OWNERSHIP"_req) {
  const Actor a = plan.Spawn("a");
  a.Do(ProcessSetIdentity{.egid = Id(kBob)}).Gives(0);
  a.Do(FileStat{NewObject(a, "/n0")}).Expects(Owned(0, kBob));
  a.Do(ProcessSetIdentity{.euid = Id(kAlice)}).Gives(0);
  a.Do(FileStat{NewObject(a, "/n1")}).Expects(Owned(kAlice, kBob));
  a.Do(PosixUnlink{"/n0"}).FailsWithOneOf({EACCES, EPERM});
  a.Do(PosixUnlink{"/n1"}).Gives(0);
  a.Do(ProcessSetIdentity{.euid = Id(0)}).Gives(0);
  a.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_CASE("posix.permission.owner_follows_the_id_of_the_file_system",
             "POSIX.OPEN.OWNERSHIP"_req) {
  const Actor a = plan.Spawn("a");
  a.Do(ProcessSetIdentity{.fsuid = Id(kAlice), .fsgid = Id(kBob)}).Gives(0);
  a.Do(FileStat{NewObject(a, "/n0")}).Expects(Owned(kAlice, kBob));
  a.Do(ProcessSetIdentity{.fsuid = Id(0), .fsgid = Id(0)}).Gives(0);
  a.Do(FileStat{a.Open({"/n0"})}).Expects(Owned(kAlice, kBob));
  a.Do(PosixUnlink{"/n0"}).Gives(0);
}

/// What a user of one class may do with an object of that mode in which only one class has rights.
void TryAccess(const Actor& actor, bool reads, bool writes) {
  const auto attempt = [&](std::uint64_t flags, bool may) {
    const StepName step = actor.Do(PosixOpen{"/n0", flags});
    if (may) {
      step.Succeeds();
    } else {
      step.Fails(EACCES);
    }
  };
  attempt(0, reads);
  attempt(kWriteOnly, writes);
  attempt(kReadWrite, reads && writes);
  attempt(kReadWrite | kOnlyNewObject, reads && writes);
}

void TryClass(PlanBuilder& plan, const ActorSpec& spec, int shift) {
  const Actor owner = plan.Spawn("owner", User(kAlice));
  const Actor other = plan.Spawn("other", spec);
  owner.Do(ProcessSetUmask{{0}}).Succeeds();
  const Descriptor d = NewObject(owner, "/n0", 100);
  for (const std::uint32_t rights : {0u, 1u, 2u, 4u, 5u, 6u, 7u}) {
    // The other classes have what this one lacks.
    const std::uint32_t others = (7 - rights) * 0111;
    const std::uint32_t mode = (others & ~(7u << shift)) | rights << shift;
    owner.Do(FileChmod{d, {mode}}).Gives(0);
    TryAccess(other, (rights & 4) != 0, (rights & 2) != 0);
  }
  owner.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_CASE("posix.permission.of_the_owner_is_that_of_its_class", "POSIX.OPEN.EACCES"_req) {
  TryClass(plan, {.uid = kAlice, .gid = kBob}, 6);
}

SHMSPEC_CASE("posix.permission.of_the_group_is_that_of_its_class", "POSIX.OPEN.EACCES"_req) {
  TryClass(plan, {.uid = kBob, .gid = kAlice}, 3);
}

SHMSPEC_CASE("posix.permission.of_a_further_group_is_that_of_its_class", "POSIX.OPEN.EACCES"_req) {
  TryClass(plan, {.uid = kBob, .gid = kCarol, .groups = {Id(kDave), Id(kAlice)}}, 3);
}

SHMSPEC_CASE("posix.permission.of_others_is_that_of_their_class", "POSIX.OPEN.EACCES"_req) {
  TryClass(plan, {.uid = kBob, .gid = kBob, .groups = {Id(kCarol)}}, 0);
}

SHMSPEC_CASE("posix.permission.capabilities_override_the_mode", "POSIX.OPEN.EACCES"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor overrides = plan.Spawn("overrides", UserWith(kBob, kDacOverride));
  const Actor reads = plan.Spawn("reads", UserWith(kBob, kDacReadSearch));
  const Actor owns = plan.Spawn("owns", UserWith(kBob, kFowner));
  const Actor root = plan.Spawn("root", {.uid = 0, .gid = 0, .caps = Capabilities(0)});
  NewObject(a, "/n0", 100, 0);
  overrides.Open({"/n0", kReadWrite});
  overrides.Open({"/n0", kReadWrite | kTruncate});
  reads.Open({"/n0"});
  for (const Actor& one : {reads, owns, root}) {
    one.Do(PosixOpen{"/n0", kReadWrite}).Fails(EACCES);
    one.Do(PosixOpen{"/n0", kTruncate}).Fails(EACCES);
  }
  owns.Do(PosixOpen{"/n0"}).Fails(EACCES);
  root.Do(PosixOpen{"/n0"}).Fails(EACCES);
  a.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_CASE("posix.permission.change_counts_from_the_next_open_on", "POSIX.OPEN.EACCES"_req,
             "FILE.CHMOD"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  a.Do(ProcessSetUmask{{0}}).Succeeds();
  const Descriptor d = NewObject(a, "/n0", Pages(1), 0666);
  const Descriptor open = b.Open({"/n0", kReadWrite});
  const Mapping m = MapShared(b, open, 1);
  a.Do(FileChmod{d, {0600}}).Gives(0);
  b.Do(PosixOpen{"/n0"}).Fails(EACCES);
  b.Store(m, 3);
  b.Store(MapShared(b, open, 1), 4);
  b.Do(FileTruncate{open, {Pages(2)}}).Gives(0);
  a.Load(MapShared(a, d, 1)).Gives(4);
  a.Do(FileChmod{d, {0604}}).Gives(0);
  b.Open({"/n0"});
  b.Do(PosixOpen{"/n0", kReadWrite}).Fails(EACCES);
  a.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_CASE("posix.permission.goes_with_the_owner", "POSIX.OPEN.EACCES"_req, "FILE.OWNER"_req) {
  const Actor root = plan.Spawn("root");
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  const Descriptor d = NewObject(root, "/n0", 100);
  a.Do(PosixOpen{"/n0", kReadWrite}).Fails(EACCES);
  root.Do(FileChown{d, Id(kAlice), Id(kAlice)}).Gives(0);
  a.Open({"/n0", kReadWrite});
  b.Do(PosixOpen{"/n0"}).Fails(EACCES);
  b.Do(PosixUnlink{"/n0"}).FailsWithOneOf({EACCES, EPERM});
  a.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_CASE("posix.permission.creating_what_others_own_may_be_refused",
             "POSIX.OPEN.PROTECTED_REGULAR"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  a.Do(ProcessSetUmask{{0}}).Succeeds();
  NewObject(a, "/n0", 100, 0666);
  b.Open({"/n0", kReadWrite});
  b.Do(PosixOpen{"/n0", kMakeObject | kReadWrite}).Expects(Success() | Fails(EACCES));
  a.Open({"/n0", kMakeObject | kReadWrite});
  const Descriptor d = NewObject(b, "/n1", 0, 0666);
  b.Do(FileStat{d}).Expects(Owned(kBob, kBob));
  b.Open({"/n1", kMakeObject | kReadWrite});
  a.Do(PosixUnlink{"/n0"}).Gives(0);
  b.Do(PosixUnlink{"/n1"}).Gives(0);
}

SHMSPEC_CASE("posix.permission.only_the_owner_removes_a_name", "POSIX.UNLINK.STICKY"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", {.uid = kBob, .gid = kAlice});
  const Actor c = plan.Spawn("c", UserWith(kCarol, kDacOverride));
  const Actor d = plan.Spawn("d", UserWith(kDave, kFowner));
  a.Do(ProcessSetUmask{{0}}).Succeeds();
  NewObject(a, "/n0", 100, 0777);
  for (const Actor& one : {b, c}) {
    for (int i = 0; i < 2; ++i) one.Do(PosixUnlink{"/n0"}).FailsWithOneOf({EACCES, EPERM});
    one.Do(FileStat{one.Open({"/n0"})}).Expects(OfSize(100));
  }
  a.Do(PosixUnlink{"/n0"}).Gives(0);
  NewObject(a, "/n0", 100, 0);
  d.Do(PosixUnlink{"/n0"}).Gives(0);
  a.Do(PosixOpen{"/n0"}).Fails(ENOENT);
}

SHMSPEC_CASE("posix.permission.owner_of_the_directory_removes_names", "POSIX.UNLINK.STICKY"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor root = plan.Spawn("root", {.uid = 0, .gid = 0, .caps = Capabilities(0)});
  NewObject(a, "/n0", 100);
  root.Do(PosixOpen{"/n0"}).Fails(EACCES);
  root.Do(PosixUnlink{"/n0"}).Gives(0);
  a.Do(PosixOpen{"/n0"}).Fails(ENOENT);
}

SHMSPEC_CASE("posix.permission.removing_needs_none_on_the_object",
             "POSIX.UNLINK.NEEDS_NO_RIGHT_ON_OBJECT"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor root = plan.Spawn("root");
  const Descriptor d = NewObject(a, "/n0", 100, 0);
  a.Do(PosixUnlink{"/n0"}).Gives(0);
  a.Do(FileStat{d}).Expects(Record<FileRecord>().With("mode", kRegular).With("links", 0));
  NewObject(a, "/n1", 0, 0);
  root.Do(PosixUnlink{"/n1"}).Gives(0);
  a.Do(PosixOpen{"/n1"}).Fails(ENOENT);
}

SHMSPEC_CASE("posix.permission.of_a_new_directory_decides_who_makes_names", "POSIX.OPEN.EACCES"_req,
             "POSIX.UNLINK.STICKY"_req) {
  const Actor root = plan.Spawn("root", Mounted());
  const Actor a = plan.Forked("a");
  root.Do(SystemMountShm{.mode = {0755}}).Gives(0);
  root.Do(ProcessSetUmask{{0}}).Succeeds();
  NewObject(root, "/n0", 100, 0666);
  root.Fork(a);
  a.Do(ProcessSetIdentity{.ruid = Id(kAlice), .euid = Id(kAlice), .suid = Id(kAlice)}).Gives(0);
  a.Open({"/n0", kReadWrite});
  a.Open({"/n0", kMakeObject | kReadWrite});
  a.Do(PosixOpen{"/n1", kNewObject}).Fails(EACCES);
  a.Do(PosixUnlink{"/n0"}).Fails(EACCES);
  a.Do(PosixUnlink{"/n2"}).FailsWithOneOf({EACCES, ENOENT});
  root.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_CASE("posix.permission.without_the_sticky_bit_anyone_removes_names",
             "POSIX.UNLINK.STICKY"_req) {
  const Actor root = plan.Spawn("root", Mounted());
  const Actor a = plan.Forked("a");
  root.Do(SystemMountShm{.mode = {0777}}).Gives(0);
  NewObject(root, "/n0", 100);
  root.Fork(a);
  a.Do(ProcessSetIdentity{.ruid = Id(kAlice), .euid = Id(kAlice), .suid = Id(kAlice)}).Gives(0);
  a.Do(PosixOpen{"/n0"}).Fails(EACCES);
  a.Do(PosixUnlink{"/n0"}).Gives(0);
  root.Do(PosixOpen{"/n0"}).Fails(ENOENT);
}

SHMSPEC_CASE("posix.permission.the_group_may_be_that_of_the_directory",
             "POSIX.OPEN.GROUP_OF_DIRECTORY"_req, "POSIX.OPEN.OWNERSHIP"_req) {
  const Actor root = plan.Spawn("root", Mounted());
  const Actor a = plan.Forked("a");
  root.Do(SystemMountShm{.mode = {03777}, .gid = {kDave}}).Gives(0);
  root.Do(FileStat{NewObject(root, "/n0")}).Expects(Owned(0, kDave));
  root.Fork(a);
  a.Do(AllIds(kAlice, kBob)).Gives(0);
  a.Do(FileStat{NewObject(a, "/n1")}).Expects(Owned(kAlice, kDave));
  root.Do(SystemMountShm{.mode = {01777}, .gid = {kDave}}).Gives(0);
  a.Do(FileStat{NewObject(a, "/n1")}).Expects(Owned(kAlice, kBob));
}

}  // namespace
}  // namespace shmspec
