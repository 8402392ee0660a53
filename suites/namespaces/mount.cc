// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Mount namespaces, which decide what POSIX names stand for, and IPC namespaces, which do not.

#include <cerrno>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_CASE("namespaces.mount.has_its_own_names", "NS.MOUNT.ISOLATES_POSIX"_req) {
  const Actor a = plan.Spawn("a", Mounted());
  const Actor b = plan.Spawn("b", Mounted());
  a.Do(SystemMountShm{.size = {Pages(8)}}).Gives(0);
  b.Do(SystemMountShm{.size = {Pages(8)}}).Gives(0);
  const Mapping m = MapShared(a, NewObject(a, "/n0", Pages(1)), 1);
  b.Do(PosixOpen{"/n0"}).Fails(ENOENT);
  b.Do(PosixUnlink{"/n0"}).Fails(ENOENT);
  const Mapping n = MapShared(b, NewObject(b, "/n0", Pages(1)), 1);
  a.Store(m, 1);
  b.Load(n).Gives(0);
  b.Store(n, 2);
  a.Load(m).Gives(1);
  b.Do(PosixUnlink{"/n0"}).Gives(0);
  a.Load(MapShared(a, a.Open({"/n0", kReadWrite}), 1)).Gives(1);
}

SHMSPEC_CASE("namespaces.mount.alone_shares_the_file_system", "NS.MOUNT.ISOLATES_POSIX"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b", Mounted());
  const Mapping m = MapShared(a, NewObject(a, "/n0", Pages(1)), 1);
  const Mapping n = MapShared(b, b.Open({"/n0", kReadWrite}), 1);
  a.Store(m, 1);
  b.Load(n).Gives(1);
  NewObject(b, "/n1");
  a.Open({"/n1"});
  b.Do(SystemMountShm{.size = {Pages(8)}}).Gives(0);
  b.Do(PosixOpen{"/n0"}).Fails(ENOENT);
  b.Store(n, 2);
  a.Load(m).Gives(2);
  b.Do(SystemUnmountShm{}).Gives(0);
  b.Do(PosixUnlink{"/n0"}).Gives(0);
  a.Do(PosixUnlink{"/n1"}).Gives(0);
}

SHMSPEC_CASE("namespaces.mount.goes_to_children", "NS.MOUNT.ISOLATES_POSIX"_req) {
  const Actor a = plan.Spawn("a", Mounted());
  const Actor c = plan.Forked("c");
  const Actor e = plan.Forked("e");
  const Actor outside = plan.Spawn("outside");
  a.Do(SystemMountShm{.size = {Pages(8)}}).Gives(0);
  const Descriptor d = NewObject(a, "/n0", 100);
  a.Fork(c);
  a.Fork(e);
  c.Do(FileStat{c.Open({"/n0"})}).Expects(OfSize(100));
  outside.Do(PosixOpen{"/n0"}).Fails(ENOENT);
  e.Do(ProcessExec{}).Gives(0);
  e.Do(FileStat{e.Open({"/n0"})}).Expects(OfSize(100));
  c.Do(ProcessUnshare{kNamespaceMount}).Gives(0);
  c.Do(FileStat{c.Open({"/n0"})}).Expects(OfSize(100));
  c.Do(SystemMountShm{.size = {Pages(8)}}).Gives(0);
  c.Do(PosixOpen{"/n0"}).Fails(ENOENT);
  NewObject(c, "/n1", 10);
  a.Do(PosixOpen{"/n1"}).Fails(ENOENT);
  a.Do(FileStat{d}).Expects(OfSize(100));
}

SHMSPEC_CASE("namespaces.ipc.shares_posix_objects", "NS.IPC.DOES_NOT_ISOLATE_POSIX"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Actor b = plan.Spawn("b", Alone());
  const Actor c = plan.Forked("c");
  const Mapping m = MapShared(a, NewObject(a, "/n0", Pages(1)), 1);
  a.Store(m, 1);
  const Mapping n = MapShared(b, b.Open({"/n0", kReadWrite}), 1);
  b.Load(n).Gives(1);
  a.Fork(c);
  c.Do(ProcessUnshare{kNamespaceIpc}).Gives(0);
  c.Load(m).Gives(1);
  c.Load(MapShared(c, c.Open({"/n0", kReadWrite}), 1)).Gives(1);
  c.Store(m, 2);
  b.Load(n).Gives(2);
  c.Do(PosixUnlink{"/n0"}).Gives(0);
  b.Do(PosixOpen{"/n0"}).Fails(ENOENT);
}

SHMSPEC_CASE("namespaces.ipc.shares_memfds_and_anonymous_memory",
             "NS.IPC.DOES_NOT_ISOLATE_POSIX"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Mapping m = MapShared(a, a.Memfd(0, Pages(1)), 1);
  const Mapping n = a.Map({.size = {Pages(1)}, .flags = kMapShared | kMapAnonymous});
  a.Fork(c);
  c.Do(ProcessUnshare{kNamespaceIpc}).Gives(0);
  a.Store(m, 1);
  a.Store(n, 2);
  c.Load(m).Gives(1);
  c.Load(n).Gives(2);
  c.Store(n, 3);
  a.Load(n).Gives(3);
}

SHMSPEC_CASE("namespaces.mount.without_dev_shm_has_no_objects", "NS.NO_DEV_SHM"_req) {
  const Actor a = plan.Spawn("a", Mounted());
  const Descriptor d = NewObject(a, "/n0", Pages(1));
  const Mapping m = MapShared(a, d, 1);
  const Actor outside = plan.Spawn("outside");
  a.Do(SystemHideShm{}).Gives(0);
  for (int i = 0; i < 2; ++i) {
    a.Do(PosixOpen{"/n1", kNewObject}).FailsWithOneOf({ENOENT, ENOSYS});
    a.Do(PosixOpen{"/n0"}).FailsWithOneOf({ENOENT, ENOSYS});
    a.Do(PosixUnlink{"/n0"}).FailsWithOneOf({ENOENT, ENOSYS});
  }
  const Segment s = a.Get({.flags = kCreate | 0600});
  a.Store(a.At(s), 1).Succeeds();
  a.Remove(s).Gives(0);
  a.Store(m, 2).Succeeds();
  a.Do(FileTruncate{d, {Pages(2)}}).Gives(0);
  a.Store(MapShared(a, a.Memfd(0, Pages(1)), 1), 3).Succeeds();
  outside.Load(MapShared(outside, outside.Open({"/n0", kReadWrite}), 1)).Gives(2);
  outside.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_CASE("namespaces.mount.without_room_has_no_objects", "NS.NO_DEV_SHM"_req,
             "TMPFS.INODE_LIMIT"_req) {
  const Actor a = plan.Spawn("a", Mounted());
  a.Do(SystemMountShm{.size = {Pages(1)}, .inodes = 1}).Gives(0);
  a.Do(PosixOpen{"/n0", kNewObject}).Fails(ENOSPC);
  const Segment s = a.Get({.size = {Pages(4)}, .flags = kCreate | 0600});
  a.Do(MemoryFill{a.At(s), {Pages(4)}, 1}).Gives(0);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("namespaces.mount.that_may_not_be_entered_has_no_objects", "NS.NO_DEV_SHM"_req) {
  const Actor root = plan.Spawn("root", Mounted());
  const Actor a = plan.Forked("a");
  root.Do(SystemMountShm{.mode = {0700}}).Gives(0);
  NewObject(root, "/n0", 0, 0666);
  root.Fork(a);
  a.Do(ProcessSetIdentity{.ruid = Id(kAlice), .euid = Id(kAlice), .suid = Id(kAlice)}).Gives(0);
  a.Do(PosixOpen{"/n0"}).Fails(EACCES);
  a.Do(PosixOpen{"/n1", kNewObject}).Fails(EACCES);
  a.Do(PosixUnlink{"/n0"}).Fails(EACCES);
  const Segment s = a.Get({.flags = kCreate | 0600});
  a.Remove(s).Gives(0);
}

}  // namespace
}  // namespace shmspec
