// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Pages and inodes of a small file system: when they are used up, and when they are given back.

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

constexpr std::uint64_t kPunch = kKeepSize | kPunchHole;

Pattern Free(std::int64_t pages) { return Record<FileSystemRecord>().With("blocks_free", pages); }
Pattern FreeInodes(std::int64_t inodes) {
  return Record<FileSystemRecord>().With("inodes_free", inodes);
}

/// An actor whose /dev/shm has room for that number of pages and files, the directory included.
Actor Small(PlanBuilder& plan, std::uint64_t pages, std::uint64_t inodes = 100) {
  const Actor a = plan.Spawn("a", Mounted());
  a.Do(SystemMountShm{.size = {Pages(pages)}, .inodes = inodes}).Gives(0);
  return a;
}

SHMSPEC_CASE("capacity.pages.run_out_with_sigbus", "TMPFS.FULL_SIGBUS"_req) {
  const Actor a = Small(plan, 16);
  const Descriptor d = NewObject(a, "/n0", Pages(64));
  const Mapping m = MapShared(a, d, 64);
  for (std::int64_t page = 0; page < 16; ++page) a.Store(m + PageOffset(page), 1).Succeeds();
  a.Do(FileStatfs{d}).Expects(Free(0));
  a.Store(m + PageOffset(16), 1).Faults(SIGBUS, FaultCode::kBeyondObject);
  a.Load(m + PageOffset(63)).Faults(SIGBUS, FaultCode::kBeyondObject);
  a.Store(m + PageOffset(15), 2).Succeeds();
  a.Load(m).Gives(1);
  a.Do(FileAllocate{d, {0}, {Pages(1)}, kPunch}).Gives(0);
  a.Store(m + PageOffset(16), 3).Succeeds();
  a.Load(m).Faults(SIGBUS, FaultCode::kBeyondObject);
}

SHMSPEC_CASE("capacity.pages.run_out_for_loads_and_copies_too", "TMPFS.FULL_SIGBUS"_req) {
  const Actor a = Small(plan, 3);
  const Descriptor d = NewObject(a, "/n0", Pages(8));
  const Mapping m = MapShared(a, d, 8);
  const Mapping p = MapPrivately(a, d, 8);
  a.Load(m).Gives(0);
  a.Load(p + PageOffset(1)).Gives(0);
  a.Store(p + PageOffset(2), 1).Succeeds();
  a.Do(FileStatfs{d}).Expects(Free(0));
  a.Load(p + PageOffset(3)).Faults(SIGBUS, FaultCode::kBeyondObject);
  a.Store(p + PageOffset(3), 1).Faults(SIGBUS, FaultCode::kBeyondObject);
  a.Store(p, 2).Succeeds();  // a copy of a page that is there
  a.Load(m).Gives(0);
}

SHMSPEC_CASE("capacity.pages.run_out_with_enospc_for_write", "TMPFS.FULL_SIGBUS"_req) {
  const Actor a = Small(plan, 4);
  const Descriptor d = NewObject(a, "/n0");
  const Mapping buffer = Room(a, 8);
  a.Do(MemoryFill{buffer, {Pages(8)}, 5}).Gives(0);
  a.Do(FilePwrite{d, buffer, {Pages(6)}, {100}}).Gives(PageOffset(4) - 100);
  a.Do(FileStat{d}).Expects(OfSize(PageOffset(4)));
  a.Do(FilePwrite{d, buffer, {1}, {Pages(4)}}).Fails(ENOSPC);
  a.Do(FilePwrite{d, buffer, {Pages(2)}, {Pages(7)}}).Fails(ENOSPC);
  a.Do(FileStat{d}).Expects(OfSize(PageOffset(4)));
  a.Do(FilePwrite{d, buffer, {Pages(4)}, {0}}).Gives(PageOffset(4));
  a.Do(FilePwrite{d, buffer, {Pages(1)}, {Pages(3) + 8}}).Gives(PageOffset(1) - 8);
}

SHMSPEC_CASE("capacity.pages.run_out_with_enospc_for_fallocate", "TMPFS.FULL_SIGBUS"_req,
             "TMPFS.FAILURE_COSTS_NOTHING"_req) {
  const Actor a = Small(plan, 8);
  const Descriptor d = NewObject(a, "/n0", Pages(1));
  const Mapping m = MapShared(a, d, 1);
  a.Store(m, 7);
  for (const std::uint64_t pages : {9u, 20u, 1000u}) {
    a.Do(FileAllocate{d, {0}, {Pages(pages)}, {}}).Fails(ENOSPC);
    a.Do(FileStat{d}).Expects(OfSize(PageOffset(1)));
    a.Do(FileStatfs{d}).Expects(Free(7));
  }
  a.Do(FileAllocate{d, {Pages(1)}, {Pages(8)}, kKeepSize}).Fails(ENOSPC);
  a.Do(FileStatfs{d}).Expects(Free(7));
  a.Load(m).Gives(7);
  a.Do(FileAllocate{d, {0}, {Pages(8)}, {}}).Gives(0);
  a.Do(FileStat{d}).Expects(OfSize(PageOffset(8)));
  a.Do(FileStatfs{d}).Expects(Free(0));
  a.Do(FileAllocate{d, {0}, {Pages(8)}, {}}).Gives(0);
  a.Do(FileAllocate{d, {0}, {Pages(8) + 1}, {}}).Fails(ENOSPC);
  const Mapping all = MapShared(a, d, 8);
  for (std::int64_t page = 0; page < 8; ++page) a.Store(all + PageOffset(page), 1).Succeeds();
}

SHMSPEC_CASE("capacity.pages.of_all_files_count_together", "TMPFS.FULL_SIGBUS"_req,
             "TMPFS.STATFS"_req) {
  const Actor a = Small(plan, 4);
  const Actor c = plan.Forked("c");
  const Descriptor d = NewObject(a, "/n0", Pages(4));
  const Mapping m = MapShared(a, d, 4);
  a.Store(m, 1);
  a.Store(m + PageOffset(3), 1);
  a.Fork(c);
  const Mapping n = MapShared(c, NewObject(c, "/n1", Pages(4)), 4);
  c.Store(n, 1);
  c.Store(n + PageOffset(1), 1);
  c.Store(n + PageOffset(2), 1).Faults(SIGBUS, FaultCode::kBeyondObject);
  a.Store(m + PageOffset(1), 1).Faults(SIGBUS, FaultCode::kBeyondObject);
  a.Do(FileTruncate{d, {Pages(3)}}).Gives(0);
  c.Store(n + PageOffset(2), 1).Succeeds();
  a.Store(m + PageOffset(1), 1).Faults(SIGBUS, FaultCode::kBeyondObject);
}

SHMSPEC_CASE("capacity.pages.follow_every_change", "TMPFS.STATFS"_req) {
  const Actor a = Small(plan, 16);
  const Descriptor d = NewObject(a, "/n0");
  constexpr std::int64_t kMagic = 0x01021994;
  a.Do(FileStatfs{d})
      .Expects(Record<FileSystemRecord>()
                   .With("type", kMagic)
                   .With("block_size", PageOffset(1))
                   .With("blocks", 16)
                   .With("blocks_free", 16));
  a.Do(FileTruncate{d, {Pages(12)}}).Gives(0);
  a.Do(FileStatfs{d}).Expects(Free(16));
  const Mapping m = MapShared(a, d, 12);
  a.Store(m + PageOffset(1) - 4, 1);  // the end of one and the start of another
  a.Do(FileStatfs{d}).Expects(Free(14));
  a.Do(FileAllocate{d, {Pages(4)}, {Pages(3)}, {}}).Gives(0);
  a.Do(FileStatfs{d}).Expects(Free(11));
  a.Do(FileAllocate{d, {Pages(4) + 1}, {Pages(2)}, kPunch}).Gives(0);
  a.Do(FileStatfs{d}).Expects(Free(12));
  a.Do(FileTruncate{d, {Pages(4) + 1}}).Gives(0);
  a.Do(FileStatfs{d}).Expects(Free(13));
  a.Do(FileTruncate{d, {0}}).Gives(0);
  a.Do(FileStatfs{d}).Expects(Free(16));
}

SHMSPEC_CASE("capacity.pages.come_back_with_the_last_reference", "TMPFS.FREE_ON_LAST_REF"_req) {
  const Actor a = Small(plan, 8);
  const Descriptor watch = NewObject(a, "/watch");
  for (int order = 0; order < 3; ++order) {
    const Descriptor d = NewObject(a, "/n0", Pages(3));
    const Mapping m = MapShared(a, d, 3);
    for (std::int64_t page = 0; page < 3; ++page) a.Store(m + PageOffset(page), 1);
    for (int step = 0; step < 3; ++step) {
      a.Do(FileStatfs{watch}).Expects(Free(5));
      switch ((order + step) % 3) {
        case 0:
          a.Do(PosixUnlink{"/n0"}).Gives(0);
          break;
        case 1:
          a.Do(DescriptorClose{d}).Gives(0);
          break;
        default:
          a.Do(MapUnmap{m, {Pages(3)}}).Gives(0);
      }
    }
    a.Do(FileStatfs{watch}).Expects(Free(8));
  }
}

SHMSPEC_CASE("capacity.pages.come_back_with_the_last_process", "TMPFS.FREE_ON_LAST_REF"_req) {
  const Actor a = Small(plan, 8);
  const Actor c = plan.Forked("c");
  const Actor k = plan.Forked("k");
  const Actor e = plan.Forked("e");
  const Descriptor watch = NewObject(a, "/watch");
  const Descriptor d = NewObject(a, "/n0", Pages(2));
  const Mapping m = MapShared(a, d, 2);
  a.Do(MemoryFill{m, {Pages(2)}, 1}).Gives(0);
  for (const Actor& one : {c, k, e}) a.Fork(one);
  a.Do(PosixUnlink{"/n0"}).Gives(0);
  a.Do(DescriptorClose{d}).Gives(0);
  a.Do(MapUnmap{m, {Pages(2)}}).Gives(0);
  a.Do(FileStatfs{watch}).Expects(Free(6));
  c.Exit().Expects(Exited());
  a.Do(FileStatfs{watch}).Expects(Free(6));
  a.Kill(k);
  a.Do(FileStatfs{watch}).Expects(Free(6));
  e.Do(ProcessExec{}).Gives(0);
  a.Do(FileStatfs{watch}).Expects(Free(8));
}

SHMSPEC_CASE("capacity.pages.stay_with_a_name", "TMPFS.FREE_ON_LAST_REF"_req) {
  const Actor a = Small(plan, 8);
  const Descriptor watch = NewObject(a, "/watch");
  const Descriptor d = NewObject(a, "/n0", Pages(2));
  const Mapping m = MapShared(a, d, 2);
  a.Do(MemoryFill{m, {Pages(2)}, 1}).Gives(0);
  a.Do(PosixLink{"/n0", "/n1"}).Gives(0);
  a.Do(DescriptorClose{d}).Gives(0);
  a.Do(MapUnmap{m, {Pages(2)}}).Gives(0);
  a.Do(FileStatfs{watch}).Expects(Free(6));
  a.Do(PosixUnlink{"/n0"}).Gives(0);
  a.Do(FileStatfs{watch}).Expects(Free(6));
  a.Do(PosixUnlink{"/n1"}).Gives(0);
  a.Do(FileStatfs{watch}).Expects(Free(8));
  NewObject(a, "/n0", Pages(4));
  a.Open({"/n0", kReadWrite | kTruncate});
  a.Do(FileStatfs{watch}).Expects(Free(8));
}

SHMSPEC_CASE("capacity.pages.of_an_object_that_is_truncated_come_back",
             "TMPFS.FREE_ON_LAST_REF"_req, "POSIX.OPEN.TRUNC"_req) {
  const Actor a = Small(plan, 8);
  const Descriptor d = NewObject(a, "/n0", Pages(8));
  const Mapping m = MapShared(a, d, 8);
  for (int i = 0; i < 2; ++i) {
    a.Do(MemoryFill{m, {Pages(8)}, 1}).Gives(0);
    a.Do(FileStatfs{d}).Expects(Free(0));
    const Descriptor cut = a.Open({"/n0", kReadWrite | kTruncate});
    a.Do(FileStatfs{d}).Expects(Free(8));
    a.Do(FileTruncate{cut, {Pages(8)}}).Gives(0);
  }
}

SHMSPEC_CASE("capacity.pages.count_once", "TMPFS.PAGES_COUNT_ONCE"_req) {
  const Actor a = Small(plan, 8);
  const Actor c = plan.Forked("c");
  const Descriptor d = NewObject(a, "/n0", Pages(2));
  const Mapping m = MapShared(a, d, 2);
  const Mapping n = MapShared(a, d, 2);
  a.Store(m, 1);
  a.Store(n, 2);
  a.Do(FileStatfs{d}).Expects(Free(7));
  a.Fork(c);
  c.Store(m, 3);
  c.Load(n).Gives(3);
  const Descriptor e = c.Open({"/n0", kReadWrite});
  c.Load(MapShared(c, e, 1)).Gives(3);
  a.Do(PosixLink{"/n0", "/n1"}).Gives(0);
  a.Load(MapShared(a, a.Open({"/n1", kReadWrite}), 1)).Gives(3);
  a.Do(FileStatfs{d}).Expects(Free(7));
  c.Do(MapUnmap{m, {Pages(2)}}).Gives(0);
  a.Do(FileStatfs{d}).Expects(Free(7));
  const Mapping p = MapPrivately(a, d, 2);
  const Mapping q = MapPrivately(c, d, 2);
  a.Store(p, 4);
  c.Store(q, 5);
  a.Do(FileStatfs{d}).Expects(Free(7));
  a.Store(p + PageOffset(1), 4);
  a.Do(FileStatfs{d}).Expects(Free(6));
  c.Store(q + PageOffset(1), 5);
  a.Do(MapUnmap{p, {Pages(2)}}).Gives(0);
  a.Do(FileStatfs{d}).Expects(Free(6));
}

SHMSPEC_CASE("capacity.pages.are_not_taken_by_read", "TMPFS.READ_TAKES_NO_SPACE"_req) {
  const Actor a = Small(plan, 4);
  const Descriptor d = NewObject(a, "/n0", Pages(8));
  const Mapping buffer = Room(a, 8);
  a.Do(FilePread{d, buffer, {Pages(8)}, {0}}).Gives(PageOffset(8));
  a.Do(FileRead{d, buffer, {Pages(8)}}).Gives(PageOffset(8));
  a.Do(FileStatfs{d}).Expects(Free(4));
  a.Load(MapShared(a, d, 8, 1) + PageOffset(7)).Gives(0);
  a.Do(FileStatfs{d}).Expects(Free(3));
  a.Do(FileStat{d})
      .Expects(Record<FileRecord>().With("blocks", static_cast<std::int64_t>(Units().page / 512)));
}

SHMSPEC_CASE("capacity.inodes.run_out", "TMPFS.INODE_LIMIT"_req) {
  const Actor a = Small(plan, 16, 4);
  const Descriptor d = NewObject(a, "/n0");
  NewObject(a, "/n1");
  a.Do(FileStatfs{d}).Expects(Record<FileSystemRecord>().With("inodes", 4).With("inodes_free", 1));
  const Descriptor last = NewObject(a, "/n2");
  for (int i = 0; i < 2; ++i) {
    a.Do(PosixOpen{"/n3", kNewObject}).Fails(ENOSPC);
    a.Do(PosixOpen{"/n3", kMakeObject | kReadWrite}).Fails(ENOSPC);
    a.Do(PosixOpen{"/n3"}).Fails(ENOENT);
  }
  a.Open({"/n0", kMakeObject | kReadWrite});
  a.Do(PosixUnlink{"/n2"}).Gives(0);
  a.Do(PosixOpen{"/n3", kNewObject}).Fails(ENOSPC);  // a descriptor holds the one that went
  a.Do(DescriptorClose{last}).Gives(0);
  a.Do(FileStatfs{d}).Expects(FreeInodes(1));
  NewObject(a, "/n3");
  a.Do(PosixOpen{"/n4", kNewObject}).Fails(ENOSPC);
}

SHMSPEC_CASE("capacity.inodes.count_every_name", "TMPFS.INODE_OF_LINKS"_req,
             "TMPFS.INODE_LIMIT"_req) {
  const Actor a = Small(plan, 16, 5);
  const Descriptor d = NewObject(a, "/n0");
  a.Do(PosixLink{"/n0", "/n1"}).Gives(0);
  a.Do(FileStatfs{d}).Expects(FreeInodes(2));
  a.Do(PosixPlantLink{"/n2", "n0"}).Gives(0);
  a.Do(PosixLink{"/n1", "/n3"}).Gives(0);
  a.Do(FileStatfs{d}).Expects(FreeInodes(0));
  a.Do(PosixLink{"/n0", "/n4"}).Fails(ENOSPC);
  a.Do(PosixOpen{"/n4", kNewObject}).Fails(ENOSPC);
  a.Do(PosixUnlink{"/n0"}).Gives(0);
  a.Do(FileStatfs{d}).Expects(FreeInodes(1));
  a.Do(PosixUnlink{"/n2"}).Gives(0);
  a.Do(PosixUnlink{"/n1"}).Gives(0);
  a.Do(FileStatfs{d}).Expects(FreeInodes(3));
  a.Do(PosixUnlink{"/n3"}).Gives(0);
  a.Do(FileStatfs{d}).Expects(FreeInodes(3));
}

SHMSPEC_CASE("capacity.failures.cost_nothing", "TMPFS.FAILURE_COSTS_NOTHING"_req) {
  const Actor a = Small(plan, 4, 4);
  const Descriptor d = NewObject(a, "/n0", Pages(8));
  const Mapping buffer = Room(a, 8);
  const Pattern as_before =
      Record<FileSystemRecord>().With("blocks_free", 4).With("inodes_free", 2);
  for (int i = 0; i < 3; ++i) {
    a.Do(PosixOpen{"/n0", kNewObject}).Fails(EEXIST);
    a.Do(PosixOpen{"/n1"}).Fails(ENOENT);
    a.Do(PosixOpen{"/" + std::string(256, 'x'), kNewObject}).Fails(ENAMETOOLONG);
    a.Do(PosixLink{"/n0", "/n0"}).Fails(EEXIST);
    a.Do(PosixUnlink{"/n1"}).Fails(ENOENT);
    a.Do(FileAllocate{d, {0}, {Pages(5)}, {}}).Fails(ENOSPC);
    a.Do(FilePwrite{a.Open({"/n0"}), buffer, {8}, {0}}).Fails(EBADF);
    a.Do(FileStatfs{d}).Expects(as_before);
  }
}

SHMSPEC_CASE("capacity.failures.without_a_descriptor_cost_nothing",
             "TMPFS.FAILURE_COSTS_NOTHING"_req, "POSIX.OPEN.EMFILE"_req) {
  const Actor a = plan.Spawn("a", {.namespaces = kNamespaceMount, .nofile = 5});
  a.Do(SystemMountShm{.size = {Pages(4)}, .inodes = 4}).Gives(0);
  const Descriptor d = NewObject(a, "/n0");
  a.Open({"/n0"});
  for (int i = 0; i < 3; ++i) a.Do(PosixOpen{"/n1", kNewObject}).Fails(EMFILE);
  a.Do(FileStatfs{d}).Expects(FreeInodes(2));
}

SHMSPEC_CASE("capacity.times.show_what_was_stored", "TMPFS.TIMES"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = NewObject(a, "/n0", Pages(2));
  const Descriptor e = NewObject(a, "/n1", Pages(1));
  const Mapping m = MapShared(a, d, 2);
  const Mapping buffer = Room(a);
  a.Do(SystemNextSecond{}).Gives(0);
  a.Store(m + 8, 1);
  a.Do(MapSync{m, {Pages(2)}, kSyncSync}).Gives(0);
  a.Do(FileStat{d}).Succeeds();  // the oracle knows the time
  a.Do(FilePwrite{e, buffer, {8}, {0}}).Gives(8);
  a.Do(FileStat{e}).Succeeds();
  a.Do(FileTruncate{e, {Pages(2)}}).Gives(0);
  a.Do(FileStat{e}).Succeeds();
  a.Do(PosixUnlink{"/n0"}).Gives(0);
  a.Do(PosixUnlink{"/n1"}).Gives(0);
}

}  // namespace
}  // namespace shmspec
