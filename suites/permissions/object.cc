// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Who may open, change and give away a POSIX object: classes of the mode, ids of the file system,
// and capabilities one at a time.

#include <cerrno>
#include <vector>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

/// Opens the object for reading, and for reading and writing.
void Opens(const Actor& actor, bool reads, bool writes) {
  const auto check = [](const StepName& step, bool may) {
    may ? step.Succeeds() : step.Fails(EACCES);
  };
  check(actor.Do(PosixOpen{"/n0"}), reads);
  check(actor.Do(PosixOpen{"/n0", kReadWrite}), writes);
}

/// An object of kAlice's with that mode.
Descriptor ObjectOfAlice(const Actor& alice, std::uint32_t mode) {
  const Descriptor d = NewObject(alice, "/n0", Pages(1));
  alice.Do(FileChmod{d, {mode}}).Gives(0);
  return d;
}

SHMSPEC_CASE("permissions.object.of_a_class_is_decided_by_that_class_alone",
             "PERM.FILE.CLASS_SELECTION"_req) {
  const Actor alice = plan.Spawn("alice", User(kAlice));
  const Actor member = plan.Spawn("member", {.uid = kBob, .gid = kAlice});
  const Actor stranger = plan.Spawn("stranger", User(kCarol));
  const Descriptor d = ObjectOfAlice(alice, 0066);
  const auto check = [&](std::uint32_t mode) {
    alice.Do(FileChmod{d, {mode}}).Gives(0);
    const auto opens = [&](const Actor& actor, std::uint32_t bits) {
      Opens(actor, (bits & 4) != 0, (bits & 6) == 6);
    };
    opens(alice, mode >> 6 & 7);
    opens(member, mode >> 3 & 7);
    opens(stranger, mode & 7);
  };
  for (const std::uint32_t mode : {0066u, 0606u, 0660u, 0464u, 0246u, 0420u, 0111u}) check(mode);
  alice.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_CASE("permissions.object.counts_supplementary_groups",
             "PERM.FILE.SUPPLEMENTARY_GROUPS"_req) {
  const Actor alice = plan.Spawn("alice", User(kAlice));
  const Actor member =
      plan.Spawn("member", {.uid = kBob, .gid = kBob, .groups = {Id(kCarol), Id(kAlice)}});
  const Actor other = plan.Spawn("other", {.uid = kBob, .gid = kBob, .groups = {Id(kCarol)}});
  const Descriptor d = ObjectOfAlice(alice, 0660);
  Opens(member, true, true);
  Opens(other, false, false);
  alice.Do(FileChmod{d, {0606}}).Gives(0);
  Opens(member, false, false);
  Opens(other, true, true);
  alice.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_CASE("permissions.object.goes_by_the_id_of_the_file_system",
             "PERM.FILE.FILE_SYSTEM_ID"_req) {
  const Actor alice = plan.Spawn("alice", User(kAlice));
  const Actor a = plan.Spawn("a", {.uid = 0, .gid = 0});
  ObjectOfAlice(alice, 0600);
  Opens(a, true, true);
  a.Do(ProcessSetIdentity{.fsuid = Id(kBob)}).Gives(0);  // and with it the capabilities for files
  Opens(a, false, false);
  a.Do(ProcessSetIdentity{.fsuid = Id(kAlice)}).Gives(0);
  Opens(a, true, true);
  a.Do(FileStat{NewObject(a, "/n1")}).Expects(Record<FileRecord>().With("uid", kAlice));
  a.Do(ProcessSetIdentity{.fsuid = Id(0)}).Gives(0);
  alice.Do(PosixUnlink{"/n1"}).Gives(0);
  alice.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_CASE("permissions.object.is_open_to_dac_override", "PERM.FILE.CAP_DAC_OVERRIDE"_req) {
  const Actor alice = plan.Spawn("alice", User(kAlice));
  const Actor b = plan.Spawn("b", UserWith(kBob, kCapDacOverride));
  const Descriptor d = ObjectOfAlice(alice, 0);
  Opens(alice, false, false);
  Opens(b, true, true);
  const Descriptor e = b.Open({"/n0", kReadWrite});
  b.Store(MapShared(b, e, 1), 42).Succeeds();
  b.Do(FileChmod{e, {0666}}).Fails(EPERM);
  b.Do(FileChown{e, Id(kBob), Id(kNoEntry)}).Fails(EPERM);
  alice.Load(MapShared(alice, d, 1, 1)).Gives(42);
  b.Do(ProcessDropCapability{kCapDacOverride}).Gives(0);
  Opens(b, false, false);
  alice.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_CASE("permissions.object.is_open_to_dac_read_search_for_reading",
             "PERM.FILE.CAP_DAC_READ_SEARCH"_req) {
  const Actor alice = plan.Spawn("alice", User(kAlice));
  const Actor b = plan.Spawn("b", UserWith(kBob, kCapDacReadSearch));
  const Descriptor d = ObjectOfAlice(alice, 0);
  Opens(b, true, false);
  b.Do(PosixOpen{"/n0", kWriteOnly}).Fails(EACCES);
  b.Do(PosixOpen{"/n0", kTruncate}).Fails(EACCES);
  const Descriptor e = b.Open({"/n0"});
  b.Do(MapMap{.descriptor = e, .size = {Pages(1)}}).Fails(EACCES);
  alice.Do(FileStat{d}).Expects(OfSize(PageOffset(1)));
  alice.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_CASE("permissions.object.is_changed_by_fowner", "PERM.FILE.CAP_FOWNER"_req) {
  const Actor alice = plan.Spawn("alice", User(kAlice));
  const Actor b = plan.Spawn("b", UserWith(kBob, kCapFowner));
  const Descriptor d = ObjectOfAlice(alice, 0604);
  Opens(b, true, false);
  const Descriptor e = b.Open({"/n0"});
  b.Do(FileChown{e, Id(kBob), Id(kNoEntry)}).Fails(EPERM);
  b.Do(FileChmod{e, {0606}}).Gives(0);
  alice.Do(FileStat{d}).Expects(Record<FileRecord>().With("mode", 0100606).With("uid", kAlice));
  Opens(b, true, true);
  b.Do(PosixUnlink{"/n0"}).Gives(0);
  alice.Do(PosixOpen{"/n0"}).Fails(ENOENT);
}

SHMSPEC_CASE("permissions.object.is_given_away_by_chown", "PERM.FILE.CAP_CHOWN"_req) {
  const Actor alice = plan.Spawn("alice", User(kAlice));
  const Actor b = plan.Spawn("b", UserWith(kBob, kCapChown));
  const Descriptor d = ObjectOfAlice(alice, 0604);
  const Descriptor e = b.Open({"/n0"});
  b.Do(FileChmod{e, {0666}}).Fails(EPERM);
  b.Do(FileChown{e, Id(kCarol), Id(kDave)}).Gives(0);
  alice.Do(FileStat{d}).Expects(Record<FileRecord>().With("uid", kCarol).With("gid", kDave));
  alice.Do(FileChmod{d, {0600}}).Fails(EPERM);
  Opens(alice, true, false);  // as any other now
  b.Do(FileChown{e, Id(kAlice), Id(kNoEntry)}).Gives(0);
  alice.Do(FileStat{d}).Expects(Record<FileRecord>().With("uid", kAlice).With("gid", kDave));
  alice.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_CASE("permissions.object.is_given_to_a_group_of_its_owner", "PERM.FILE.OWN_GROUP"_req) {
  const Actor alice = plan.Spawn("alice", {.uid = kAlice, .gid = kAlice, .groups = {Id(kCarol)}});
  const Actor carol = plan.Spawn("carol", User(kCarol));
  const Descriptor d = ObjectOfAlice(alice, 0660);
  Opens(carol, false, false);
  alice.Do(FileChown{d, Id(kNoEntry), Id(kBob)}).Fails(EPERM);
  alice.Do(FileChown{d, Id(kBob), Id(kNoEntry)}).Fails(EPERM);
  alice.Do(FileChown{d, Id(kAlice), Id(kCarol)}).Gives(0);
  alice.Do(FileStat{d}).Expects(Record<FileRecord>().With("uid", kAlice).With("gid", kCarol));
  Opens(carol, true, true);
  carol.Do(FileChown{carol.Open({"/n0"}), Id(kNoEntry), Id(kCarol)}).Fails(EPERM);
  alice.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_CASE("permissions.object.is_closed_to_other_capabilities", "PERM.FILE.OTHER_CAPS"_req) {
  const Actor alice = plan.Spawn("alice", User(kAlice));
  const Actor admin = plan.Spawn("admin", UserWith(kBob, kCapSysAdmin));
  const Actor ipc = plan.Spawn("ipc", UserWith(kBob, kCapIpcOwner | kCapIpcLock));
  const Actor ids = plan.Spawn("ids", UserWith(kBob, kCapSetuid | kCapSetgid));
  const Actor root = plan.Spawn("root", {.uid = 0, .gid = 0, .caps = Capabilities(0)});
  const Descriptor d = ObjectOfAlice(alice, 0600);
  for (const Actor& actor : {admin, ipc, ids, root}) Opens(actor, false, false);
  alice.Do(FileChmod{d, {0644}}).Gives(0);
  for (const Actor& actor : {admin, ipc, ids, root}) {
    Opens(actor, true, false);
    const Descriptor e = actor.Open({"/n0"});
    actor.Do(FileChmod{e, {0666}}).Fails(EPERM);
    actor.Do(FileChown{e, Id(kBob), Id(kNoEntry)}).Fails(EPERM);
  }
  // Not root, to whom the directory may belong.
  for (const Actor& actor : {admin, ipc, ids}) {
    actor.Do(PosixUnlink{"/n0"}).FailsWithOneOf({EACCES, EPERM});
  }
  alice.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_CASE("permissions.object.that_is_open_stays_so", "FD.PERMISSION_AT_OPEN"_req) {
  const Actor alice = plan.Spawn("alice", User(kAlice));
  const Actor bob = plan.Spawn("bob", User(kBob));
  const Descriptor d = ObjectOfAlice(alice, 0666);
  const Descriptor e = bob.Open({"/n0", kReadWrite});
  alice.Do(FileChmod{d, {0}}).Gives(0);
  Opens(bob, false, false);
  bob.Store(MapShared(bob, e, 1), 42).Succeeds();
  bob.Do(FileTruncate{e, {Pages(2)}}).Gives(0);
  alice.Load(MapShared(alice, d, 1, 1)).Gives(42);
  alice.Do(FileChown{d, Id(kNoEntry), Id(kAlice)}).Gives(0);
  bob.Do(FileTruncate{e, {0}}).Gives(0);
  alice.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_CASE("permissions.object.admits_whom_its_list_names", "SEED.ACL_ON_DEV_SHM"_req,
             "ACL.NAMED_USER"_req) {
  const Actor alice = plan.Spawn("alice", User(kAlice));
  const Actor bob = plan.Spawn("bob", User(kBob));
  const Actor carol = plan.Spawn("carol", User(kCarol));
  const Actor override_actor = plan.Spawn("override", UserWith(kCarol, kCapDacOverride));
  const Descriptor d = ObjectOfAlice(alice, 0600);
  Opens(bob, false, false);
  alice.Do(FileSetAcl{.descriptor = d, .user = kBob, .user_bits = 6, .mask = 6}).Gives(0);
  Opens(bob, true, true);
  Opens(carol, false, false);
  Opens(override_actor, true, true);
  alice.Do(FileSetAcl{.descriptor = d, .user = kBob, .user_bits = 6, .mask = 4, .other = 4})
      .Gives(0);
  Opens(bob, true, false);
  Opens(carol, true, false);
  alice.Do(FileStat{d}).Expects(Record<FileRecord>().With("mode", 0100644));
  alice.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_CASE("permissions.object.inherits_the_default_list_of_its_directory",
             "ACL.DEFAULT_INHERITED"_req) {
  const Actor root = plan.Spawn("root", Mounted());
  const Actor bob = plan.Forked("bob");
  root.Do(SystemMountShm{.mode = {0777}}).Gives(0);
  root.Do(SystemSetDefaultAcl{
              .owner = 7, .user = kBob, .user_bits = 6, .group = 4, .mask = 6, .other = 4})
      .Gives(0);
  root.Do(ProcessSetUmask{{077}}).Succeeds();  // which has no part in it
  const auto shows = [&](const char* name, std::uint32_t mode, std::uint32_t kept) {
    const Descriptor d = root.Open({name, kNewObject, {mode}});
    root.Do(FileStat{d}).Expects(Record<FileRecord>().With("mode", 0100000 | kept));
    root.Do(FileGetAcl{d})
        .Expects(Record<AclRecord>()
                     .With("user", kBob)
                     .With("user_bits", 6)
                     .With("group", 4)
                     .With("mask", kept >> 3 & 7)
                     .With("other", kept & 7));
  };
  shows("/n0", 0666, 0664);
  shows("/n1", 0644, 0644);
  shows("/n2", 0600, 0600);
  shows("/n3", 0777, 0764);
  root.Fork(bob);
  bob.Do(AllIds(kBob, kBob)).Gives(0);
  bob.Do(PosixOpen{"/n0", kReadWrite}).Succeeds();
  bob.Do(PosixOpen{"/n1", kReadWrite}).Fails(EACCES);
  bob.Do(PosixOpen{"/n1"}).Succeeds();
}

SHMSPEC_CASE("permissions.object.inherits_a_default_list_without_names_as_its_mode",
             "ACL.DEFAULT_INHERITED"_req) {
  const Actor root = plan.Spawn("root", Mounted());
  root.Do(SystemMountShm{}).Gives(0);
  root.Do(ProcessSetUmask{{077}}).Succeeds();
  root.Do(FileStat{NewObject(root, "/n0", 0, 0666)})
      .Expects(Record<FileRecord>().With("mode", 0100600));
  root.Do(SystemSetDefaultAcl{.owner = 6, .group = 4, .other = 4}).Gives(0);
  const Descriptor d = NewObject(root, "/n1", 0, 0666);
  root.Do(FileStat{d}).Expects(Record<FileRecord>().With("mode", 0100644));
  root.Do(FileGetAcl{d}).Fails(ENODATA);
  const Descriptor old = root.Open({"/n0"});
  root.Do(FileStat{old}).Expects(Record<FileRecord>().With("mode", 0100600));
}

}  // namespace
}  // namespace shmspec
