// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Defects of files in memory: sizes, room and seals.

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_REGRESSION("regressions.size.is_what_it_was_set_to", "stress-ng issue 634",
                   "Cygwin: a mapped object could not be cut, and fstat showed another size",
                   "POSIX.SIZE.FTRUNCATE_SETS"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(8));
  MapShared(a, d, 8);
  for (const std::uint64_t size : {Pages(3), Pages(2) + 1, Pages(5) - 1, std::uint64_t{0}}) {
    a.Do(FileTruncate{d, {size}}).Gives(0);
    a.Do(FileStat{d}).Expects(Record<FileRecord>().With("size", static_cast<std::int64_t>(size)));
  }
}

SHMSPEC_REGRESSION("regressions.size.grows_by_zeros", "NuttX issue 11635",
                   "NuttX: growing showed what others had stored in that memory",
                   "POSIX.SIZE.GROW_ZERO"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(4));
  const Mapping m = MapShared(a, d, 4);
  a.Do(MemoryFill{m, {Pages(4)}, 77}).Gives(0);
  a.Do(FileTruncate{d, {Pages(1) + 8}}).Gives(0);
  a.Do(FileTruncate{d, {Pages(4)}}).Gives(0);
  a.Load(m + PageOffset(1) + 8).Gives(0);
  a.Do(MemoryChecksum{m + PageOffset(2), {Pages(2)}}).Gives(ChecksumOfZeros(Pages(2)));
}

SHMSPEC_REGRESSION("regressions.size.can_be_cut_under_others_unless_sealed",
                   "Hyprland issue 7518, mpv issue 7065",
                   "Wayland compositors: a client that cut its buffer ended them",
                   "POSIX.SIZE.SHRINK_SIGBUS"_req, "SEAL.SHRINK"_req,
                   "POSIX.SIZE.REGROW_NO_REMAP"_req) {
  const Actor client = plan.Spawn("client");
  const Actor compositor = plan.Forked("compositor");
  const Descriptor d = client.Memfd(kAllowSealing, Pages(2));
  const Mapping m = MapShared(client, d, 2);
  client.Fork(compositor);
  client.Do(FileTruncate{d, {Pages(1)}}).Gives(0);
  compositor.Load(m + PageOffset(1)).Faults(SIGBUS, FaultCode::kBeyondObject);
  client.Do(FileTruncate{d, {Pages(2)}}).Gives(0);
  compositor.Load(m + PageOffset(1)).Gives(0);
  compositor.Do(MemfdAddSeals{d, kSealShrink}).Gives(0);
  client.Do(FileTruncate{d, {Pages(1)}}).Fails(EPERM);
  compositor.Load(m + PageOffset(1)).Gives(0);
}

SHMSPEC_REGRESSION("regressions.room.is_made_only_by_allocating",
                   "gVisor issue 7827 and commit 23c6100e9",
                   "gVisor to 2022: ftruncate was charged for pages that did not exist, and "
                   "fallocate made none",
                   "TMPFS.SPARSE"_req, "TMPFS.FALLOCATE"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(1ull << 20));
  a.Do(FileStat{d}).Expects(Record<FileRecord>().With("blocks", 0));
  a.Do(FileAllocate{d, {Pages(3)}, {Pages(2)}}).Gives(0);
  a.Do(FileStat{d})
      .Expects(Record<FileRecord>()
                   .With("blocks", PageOffset(2) / 512)
                   .With("size", PageOffset(1 << 20)));
  a.Do(FileAllocate{d, {Pages(3)}, {Pages(2)}, kPunchHole | kKeepSize}).Gives(0);
  a.Do(FileStat{d}).Expects(Record<FileRecord>().With("blocks", 0));
}

SHMSPEC_REGRESSION("regressions.room.of_holes_is_found_by_seek", "rr issue 3939",
                   "rr: a program that looked for holes in shared memory stopped the debugger",
                   "TMPFS.SEEK_HOLE"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(4));
  const Mapping m = MapShared(a, d, 4);
  a.Store(m + PageOffset(2), 1).Succeeds();
  a.Do(FileSeek{d, {0}, Whence::kData}).Gives(PageOffset(2));
  a.Do(FileSeek{d, {Pages(2)}, Whence::kHole}).Gives(PageOffset(3));
  a.Do(FileSeek{d, {0}, Whence::kHole}).Gives(0);
  a.Do(FileSeek{d, {Pages(3)}, Whence::kData}).Fails(ENXIO);
}

SHMSPEC_REGRESSION("regressions.seal.of_writing_allows_maps_for_reading",
                   "gVisor commit d9188f9aa; IREE issue 23776",
                   "Linux before 6.7 and 6.12, gVisor to March 2026: consumers of sealed buffers "
                   "could not map them shared",
                   "SEAL.WRITE_READONLY_SHARED_MAP"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(1));
  const Mapping buffer = Room(a);
  a.Store(buffer, 42);
  a.Do(FilePwrite{d, buffer, {8}, {0}}).Gives(8);
  a.Do(MemfdAddSeals{d, kSealWrite}).Gives(0);
  a.Load(MapPrivately(a, d, 1, 1)).Gives(42);
  a.Do(MapMap{.descriptor = d, .size = {Pages(1)}}).Fails(EPERM);
  // The oracle knows which systems may refuse it.
  a.Do(MapMap{.descriptor = d, .size = {Pages(1)}, .protection = 1});
}

SHMSPEC_REGRESSION("regressions.seal.tells_readers_from_writers_by_their_descriptors",
                   "Asterinas pull request 2408",
                   "Asterinas: without a mark on each mapping, seals could not be refused while "
                   "somebody can write",
                   "SEAL.WRITE_EBUSY_WHILE_MAPPED"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(1));
  const Mapping m = MapShared(a, d, 1, 1);
  a.Do(MemfdAddSeals{d, kSealWrite}).Fails(EBUSY);
  a.Do(MemfdGetSeals{d}).Gives(0);
  a.Do(MapUnmap{m, {Pages(1)}}).Gives(0);
  MapShared(a, Reopen(a, d), 1, 1);
  a.Do(MemfdAddSeals{d, kSealWrite}).Gives(0);
  a.Do(MemfdGetSeals{d}).Gives(kSealWrite);
}

SHMSPEC_REGRESSION(
    "regressions.create.of_files_that_are_refused_takes_no_descriptor", "Zephyr issue 117419",
    "Zephyr to August 2026: each failed open kept a descriptor, until there were none",
    "FD.LOWEST_NUMBER"_req, "MEMFD.BAD_FLAGS"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor first = a.Memfd(0);
  a.Do(DescriptorClose{first}).Gives(0);
  for (int i = 0; i < 4; ++i) a.Do(MemfdCreate{.flags = 0x100}).Fails(EINVAL);
  Descriptor again;
  a.DescriptorAs(again, MemfdCreate{}).Expects(ValueOf(first));
}

}  // namespace
}  // namespace shmspec
