// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Pages that come and go by other ways than stores: reserved, populated, advised away.

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

Pattern Free(std::int64_t pages) { return Record<FileSystemRecord>().With("blocks_free", pages); }

/// An actor whose /dev/shm has room for that number of pages.
Actor Small(PlanBuilder& plan, std::uint64_t pages) {
  const Actor a = plan.Spawn("a", Mounted());
  a.Do(SystemMountShm{.size = {Pages(pages)}}).Gives(0);
  return a;
}

SHMSPEC_CASE("capacity.populate.takes_what_there_is", "TMPFS.POPULATE_BEST_EFFORT"_req) {
  const Actor a = Small(plan, 3);
  const Descriptor d = NewObject(a, "/n0", Pages(8));
  const Mapping m =
      a.Map({.descriptor = d, .size = {Pages(8)}, .flags = kMapShared | kMapPopulate});
  a.Do(FileStatfs{d}).Expects(Free(0));
  for (std::int64_t page = 0; page < 3; ++page) a.Load(m + PageOffset(page)).Gives(0);
  for (std::int64_t page = 3; page < 8; ++page) {
    a.Load(m + PageOffset(page)).Faults(SIGBUS, FaultCode::kBeyondObject);
  }
  a.Store(m, 1).Succeeds();
}

SHMSPEC_CASE("capacity.populate.takes_pages_for_good", "TMPFS.POPULATE_BEST_EFFORT"_req,
             "TMPFS.FREE_ON_LAST_REF"_req) {
  const Actor a = Small(plan, 8);
  const Descriptor d = NewObject(a, "/n0", Pages(4));
  const Mapping m =
      a.Map({.descriptor = d, .size = {Pages(4)}, .flags = kMapShared | kMapPopulate});
  a.Do(FileStatfs{d}).Expects(Free(4));
  a.Do(MapUnmap{m, {Pages(4)}}).Gives(0);
  a.Do(FileStatfs{d}).Expects(Free(4));
  a.Do(FileTruncate{d, {Pages(1)}}).Gives(0);
  a.Do(FileStatfs{d}).Expects(Free(7));
}

SHMSPEC_CASE("capacity.reserve.behind_the_end_is_given_back", "TMPFS.RESERVED_BEHIND_END"_req) {
  const Actor a = Small(plan, 8);
  const Descriptor watch = NewObject(a, "/watch");
  const Descriptor d = NewObject(a, "/n0", Pages(1));
  a.Do(FileAllocate{d, {0}, {Pages(5)}, kKeepSize}).Gives(0);
  a.Do(FileStat{d}).Expects(OfSize(PageOffset(1)));
  a.Do(FileStatfs{watch}).Expects(Free(3));
  a.Do(FileTruncate{d, {Pages(1)}}).Gives(0);
  a.Do(FileStatfs{watch}).Expects(Free(7));
  a.Do(FileAllocate{d, {Pages(2)}, {Pages(2)}, kKeepSize}).Gives(0);
  a.Do(FileStatfs{watch}).Expects(Free(5));
  a.Do(PosixUnlink{"/n0"}).Gives(0);
  a.Do(FileStatfs{watch}).Expects(Free(5));
  a.Do(DescriptorClose{d}).Gives(0);
  a.Do(FileStatfs{watch}).Expects(Free(8));
}

SHMSPEC_CASE("capacity.reserve.is_used_by_stores", "TMPFS.RESERVED_BEHIND_END"_req,
             "TMPFS.FULL_SIGBUS"_req) {
  const Actor a = Small(plan, 4);
  const Descriptor d = NewObject(a, "/n0", Pages(4));
  const Descriptor e = NewObject(a, "/n1", Pages(4));
  a.Do(FileAllocate{d, {Pages(1)}, {Pages(3)}, {}}).Gives(0);
  const Mapping m = MapShared(a, d, 4);
  const Mapping n = MapShared(a, e, 4);
  a.Store(n, 1).Succeeds();
  a.Store(n + PageOffset(1), 1).Faults(SIGBUS, FaultCode::kBeyondObject);
  a.Store(m, 1).Faults(SIGBUS, FaultCode::kBeyondObject);
  for (std::int64_t page = 1; page < 4; ++page) a.Store(m + PageOffset(page), 2).Succeeds();
  a.Do(FileTruncate{e, {0}}).Gives(0);
  a.Store(m, 1).Succeeds();
}

SHMSPEC_CASE("capacity.advice.removes_pages_or_leaves_them", "TMPFS.MADV_REMOVE_FREES"_req) {
  const Actor a = Small(plan, 8);
  const Actor c = plan.Forked("c");
  const Descriptor d = NewObject(a, "/n0", Pages(3));
  const Mapping m = MapShared(a, d, 3);
  for (std::int64_t page = 0; page < 3; ++page) a.Store(m + PageOffset(page), 7);
  a.Fork(c);
  a.Do(MapAdvise{m, {Pages(3)}, Advice::kDontNeed}).Gives(0);
  a.Do(FileStatfs{d}).Expects(Free(5));
  for (std::int64_t page = 0; page < 3; ++page) a.Load(m + PageOffset(page)).Gives(7);
  a.Do(MapAdvise{m + PageOffset(1), {Pages(1)}, Advice::kRemove}).Gives(0);
  a.Do(FileStatfs{d}).Expects(Free(6));
  c.Load(m).Gives(7);
  c.Load(m + PageOffset(1)).Gives(0);
  c.Load(m + PageOffset(2)).Gives(7);
  a.Do(FileStat{d}).Expects(OfSize(PageOffset(3)));
  a.Do(FileStatfs{d}).Expects(Free(5));  // the load brought it back
}

SHMSPEC_CASE("capacity.full.calls_cannot_store_there", "TMPFS.FULL_EFAULT"_req) {
  const Actor a = Small(plan, 2);
  const Descriptor d = NewObject(a, "/n0", Pages(4));
  const Mapping m = MapShared(a, d, 4);
  a.Store(m, 5);
  a.Store(m + PageOffset(1), 6);
  for (int i = 0; i < 2; ++i) {
    a.Do(FilePread{d, m + PageOffset(2), {8}, {0}}).Fails(EFAULT);
    a.Do(FilePread{d, m + PageOffset(3), {8}, {0}}).Fails(EFAULT);
  }
  a.Load(m + PageOffset(1)).Gives(6);
  a.Load(m).Gives(5);
  a.Do(FileStatfs{d}).Expects(Free(0));
  a.Do(FileStat{d}).Expects(OfSize(PageOffset(4)));
}

}  // namespace
}  // namespace shmspec
