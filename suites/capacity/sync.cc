// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// fsync(2) of files that are nowhere but in memory.

#include <cerrno>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

void Syncs(const Actor& actor, const Descriptor& d) {
  for (const bool data_only : {false, true}) actor.Do(FileSync{d, data_only}).Gives(0);
}

SHMSPEC_CASE("capacity.sync.of_memory_changes_nothing", "TMPFS.FSYNC"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(3));
  const Mapping m = MapShared(a, d, 3);
  a.Store(m + PageOffset(1), 42).Succeeds();
  for (const Descriptor& any : {d, Reopen(a, d), Reopen(a, d, kWriteOnly)}) Syncs(a, any);
  a.Do(FileStat{d})
      .Expects(Record<FileRecord>()
                   .With("size", PageOffset(3))
                   .With("blocks", static_cast<std::int64_t>(Units().page / 512)));
  a.Load(m + PageOffset(1)).Gives(42);
  a.Load(m + PageOffset(2)).Gives(0);
  a.Do(MemfdAddSeals{d, kSealGrow | kSealShrink | kSealFutureWrite}).Gives(0);
  Syncs(a, d);
  Syncs(a, a.Memfd(0, 0));
}

SHMSPEC_CASE("capacity.sync.of_an_object_keeps_it", "TMPFS.FSYNC"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Descriptor d = NewObject(a, "/n0", Pages(2));
  a.Store(MapShared(a, d, 1), 42).Succeeds();
  Syncs(a, d);
  b.Load(MapShared(b, b.Open({"/n0", kReadWrite}), 1)).Gives(42);
  a.Do(PosixUnlink{"/n0"}).Gives(0);
  Syncs(a, d);
}

SHMSPEC_CASE("capacity.sync.needs_a_file", "TMPFS.FSYNC"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor closed = a.Memfd(0, Pages(1));
  Descriptor socket;
  a.DescriptorAs(socket, DescriptorOpenSocket{}).Succeeds();
  a.Do(DescriptorClose{closed}).Gives(0);
  for (const bool data_only : {false, true}) {
    a.Do(FileSync{DescriptorNumber(-1), data_only}).Fails(EBADF);
    a.Do(FileSync{closed, data_only}).Fails(EBADF);
    a.Do(FileSync{socket, data_only}).Fails(EINVAL);
  }
}

}  // namespace
}  // namespace shmspec
