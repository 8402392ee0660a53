// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// How /dev/shm is mounted: limits that change, flags that forbid.

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

Pattern Room(std::int64_t pages, std::int64_t free) {
  return Record<FileSystemRecord>().With("blocks", pages).With("blocks_free", free);
}

SHMSPEC_CASE("capacity.remount.changes_the_limit", "TMPFS.REMOUNT"_req) {
  const Actor a = plan.Spawn("a", Mounted());
  a.Do(SystemMountShm{.size = {Pages(4)}, .inodes = 10}).Gives(0);
  const Descriptor d = NewObject(a, "/n0", Pages(16));
  const Mapping m = MapShared(a, d, 16);
  for (std::int64_t page = 0; page < 4; ++page) a.Store(m + PageOffset(page), 5);
  a.Store(m + PageOffset(4), 5).Faults(SIGBUS, FaultCode::kBeyondObject);
  a.Do(SystemRemountShm{.size = {Pages(8)}}).Gives(0);
  a.Do(FileStatfs{d}).Expects(Room(8, 4));
  a.Store(m + PageOffset(4), 6).Succeeds();
  a.Load(m).Gives(5);
  a.Load(m + PageOffset(3)).Gives(5);
  a.Do(SystemRemountShm{.size = {Pages(5)}}).Gives(0);
  a.Do(FileStatfs{d}).Expects(Room(5, 0));
  a.Store(m + PageOffset(5), 5).Faults(SIGBUS, FaultCode::kBeyondObject);
  a.Load(m + PageOffset(4)).Gives(6);
}

SHMSPEC_CASE("capacity.remount.keeps_what_is_in_use", "TMPFS.REMOUNT"_req) {
  const Actor a = plan.Spawn("a", Mounted());
  a.Do(SystemMountShm{.size = {Pages(8)}, .inodes = 10}).Gives(0);
  const Descriptor d = NewObject(a, "/n0", Pages(4));
  NewObject(a, "/n1");
  const Mapping m = MapShared(a, d, 4);
  a.Do(MemoryFill{m, {Pages(4)}, 1}).Gives(0);
  a.Do(SystemRemountShm{.size = {Pages(3)}}).Fails(EINVAL);
  a.Do(SystemRemountShm{.inodes = 2}).Fails(EINVAL);
  a.Do(FileStatfs{d}).Expects(Room(8, 4));
  a.Do(MemoryChecksum{m, {Pages(4)}}).Gives(ChecksumOfFill(Pages(4), 1));
  a.Do(SystemRemountShm{.size = {Pages(4)}, .inodes = 3}).Gives(0);
  a.Do(FileStatfs{d})
      .Expects(Record<FileSystemRecord>()
                   .With("blocks", 4)
                   .With("blocks_free", 0)
                   .With("inodes", 3)
                   .With("inodes_free", 0));
  a.Do(PosixOpen{"/n2", kNewObject}).Fails(ENOSPC);
}

SHMSPEC_CASE("capacity.noexec.forbids_to_execute", "TMPFS.NOEXEC"_req) {
  const Actor a = plan.Spawn("a", Mounted());
  a.Do(SystemMountShm{.size = {Pages(8)}, .flags = kMountNoexec}).Gives(0);
  const Descriptor d = NewObject(a, "/n0", Pages(2), 0777);
  for (const std::uint64_t flags : {kMapShared, kMapPrivate}) {
    for (const std::uint64_t protection : {4u, 5u, 7u}) {
      a.Do(MapMap{.descriptor = d, .size = {Pages(1)}, .protection = protection, .flags = flags})
          .Fails(EPERM);
    }
    const Mapping m = a.Map({.descriptor = d, .size = {Pages(2)}, .flags = flags});
    a.Do(MapProtect{m, {Pages(1)}, 5}).Fails(EACCES);
    a.Do(MapProtect{m + PageOffset(1), {Pages(1)}, 4}).Fails(EACCES);
    a.Store(m, 1).Succeeds();
    a.Do(MapProtect{m, {Pages(1)}, 1}).Gives(0);
    a.Do(MapProtect{m, {Pages(1)}, 5}).Fails(EACCES);
  }
}

SHMSPEC_CASE("capacity.noexec.counts_when_memory_is_mapped", "TMPFS.NOEXEC"_req,
             "TMPFS.REMOUNT"_req) {
  const Actor a = plan.Spawn("a", Mounted());
  a.Do(SystemMountShm{.size = {Pages(8)}}).Gives(0);
  const Descriptor d = NewObject(a, "/n0", Pages(1));
  const Mapping before = MapShared(a, d, 1);
  a.Do(SystemRemountShm{.flags = kMountNoexec}).Gives(0);
  a.Do(MapMap{.descriptor = d, .size = {Pages(1)}, .protection = 5}).Fails(EPERM);
  const Mapping after = MapShared(a, d, 1);
  a.Do(SystemRemountShm{}).Gives(0);
  a.Do(MapProtect{after, {Pages(1)}, 5}).Fails(EACCES);
  a.Do(MapProtect{before, {Pages(1)}, 5}).Gives(0);
}

SHMSPEC_CASE("capacity.read_only.forbids_to_make_and_remove", "TMPFS.READONLY_MOUNT"_req) {
  const Actor a = plan.Spawn("a", Mounted());
  a.Do(SystemMountShm{.size = {Pages(8)}}).Gives(0);
  const Descriptor made = NewObject(a, "/n0", Pages(1));
  const Mapping m = MapShared(a, made, 1);
  a.Store(m, 5);
  a.Do(MapUnmap{m, {Pages(1)}}).Gives(0);
  a.Do(DescriptorClose{made}).Gives(0);
  a.Do(SystemRemountShm{.flags = kMountReadOnly}).Gives(0);
  for (int i = 0; i < 2; ++i) {
    a.Do(PosixOpen{"/n1", kNewObject}).Fails(EROFS);
    a.Do(PosixOpen{"/n1", kMakeObject}).Fails(EROFS);
    a.Do(PosixOpen{"/n0", kReadWrite}).Fails(EROFS);
    a.Do(PosixOpen{"/n0", kWriteOnly}).Fails(EROFS);
    a.Do(PosixOpen{"/n0", kTruncate}).Fails(EROFS);
    a.Do(PosixUnlink{"/n0"}).Fails(EROFS);
    a.Do(PosixLink{"/n0", "/n1"}).Fails(EROFS);
  }
  a.Do(PosixOpen{"/n1"}).Fails(ENOENT);
  const Descriptor d = a.Open({"/n0", kMakeObject});
  a.Load(MapShared(a, d, 1, 1)).Gives(5);
  a.Do(SystemRemountShm{}).Gives(0);
  a.Open({"/n0", kReadWrite});
  NewObject(a, "/n1");
}

SHMSPEC_CASE("capacity.read_only.waits_for_writers", "TMPFS.READONLY_MOUNT"_req) {
  const Actor a = plan.Spawn("a", Mounted());
  a.Do(SystemMountShm{.size = {Pages(8)}}).Gives(0);
  const Descriptor d = NewObject(a, "/n0", Pages(1));
  const Mapping m = MapShared(a, d, 1);
  a.Do(SystemRemountShm{.flags = kMountReadOnly}).Fails(EBUSY);
  a.Do(DescriptorClose{d}).Gives(0);
  a.Do(SystemRemountShm{.flags = kMountReadOnly}).Fails(EBUSY);
  a.Store(m, 1).Succeeds();
  a.Do(MapUnmap{m, {Pages(1)}}).Gives(0);
  const Descriptor reading = a.Open({"/n0"});
  a.Do(PosixUnlink{"/n0"}).Gives(0);
  a.Do(SystemRemountShm{.flags = kMountReadOnly}).Fails(EBUSY);
  a.Do(DescriptorClose{reading}).Gives(0);
  a.Do(SystemRemountShm{.flags = kMountReadOnly}).Gives(0);
  a.Do(PosixOpen{"/n0", kNewObject}).Fails(EROFS);
}

SHMSPEC_CASE("capacity.read_only.is_so_from_the_start", "TMPFS.READONLY_MOUNT"_req) {
  const Actor a = plan.Spawn("a", Mounted());
  a.Do(SystemMountShm{.size = {Pages(8)}, .flags = kMountReadOnly}).Gives(0);
  a.Do(PosixOpen{"/n0", kNewObject}).Fails(EROFS);
  a.Do(PosixUnlink{"/n0"}).FailsWithOneOf({EROFS, ENOENT});
  a.Do(PosixOpen{"/n0"}).Fails(ENOENT);
}

SHMSPEC_CASE("capacity.unmount.leaves_open_files", "TMPFS.UNMOUNT_KEEPS_OPEN_FILES"_req,
             "NS.MOUNT.ISOLATES_POSIX"_req) {
  const Actor a = plan.Spawn("a", Mounted());
  a.Do(SystemMountShm{.size = {Pages(4)}, .inodes = 10}).Gives(0);
  const Descriptor d = NewObject(a, "/n0", Pages(8));
  const Mapping m = MapShared(a, d, 8);
  a.Store(m, 1);
  a.Do(SystemUnmountShm{}).Gives(0);
  a.Do(PosixOpen{"/n0"}).Fails(ENOENT);
  a.Store(m + PageOffset(1), 2).Succeeds();
  a.Load(m).Gives(1);
  a.Load(MapShared(a, d, 2) + PageOffset(1)).Gives(2);
  a.Do(FileStatfs{d}).Expects(Room(4, 2));
  a.Do(FileStat{d}).Expects(Record<FileRecord>().With("links", 1));
}

}  // namespace
}  // namespace shmspec
