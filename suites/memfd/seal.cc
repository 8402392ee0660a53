// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Seals: which can be added, and what those of the size forbid.

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_CASE("memfd.seals.are_none_at_first_where_they_are_allowed", "SEAL.INITIAL"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(kAllowSealing);
  a.Do(MemfdGetSeals{d}).Gives(0);
  a.Do(MemfdAddSeals{d, 0}).Gives(0);
  a.Do(MemfdGetSeals{d}).Gives(0);
}

SHMSPEC_CASE("memfd.seals.cannot_be_added_where_they_are_not_allowed", "SEAL.INITIAL"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(1));
  a.Do(MemfdGetSeals{d}).Gives(kSealSeal);
  for (const std::uint64_t seal : {kSealSeal, kSealShrink, kSealGrow, kSealWrite}) {
    a.Do(MemfdAddSeals{d, seal}).Fails(EPERM);
  }
  a.Do(MemfdGetSeals{d}).Gives(kSealSeal);
  a.Do(FileTruncate{d, {0}}).Gives(0);
}

SHMSPEC_CASE("memfd.seals.are_added_and_never_taken_away", "SEAL.MONOTONE"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(1));
  std::uint64_t all = 0;
  for (const std::uint64_t seal : {kSealGrow, kSealShrink, kSealFutureWrite, kSealWrite}) {
    all |= seal;
    a.Do(MemfdAddSeals{d, seal}).Gives(0);
    a.Do(MemfdGetSeals{d}).Gives(static_cast<std::int64_t>(all));
  }
  a.Do(MemfdAddSeals{d, 0}).Gives(0);
  a.Do(MemfdAddSeals{d, kSealGrow}).Gives(0);
  a.Do(MemfdGetSeals{d}).Gives(static_cast<std::int64_t>(all));
  a.Do(MemfdAddSeals{d, kSealSeal}).Gives(0);
  a.Do(MemfdGetSeals{d}).Gives(static_cast<std::int64_t>(all | kSealSeal));
}

SHMSPEC_CASE("memfd.seals.unknown_ones_are_refused_with_all_others", "SEAL.BAD_BITS"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(1));
  for (const std::uint64_t bits : {0x40u, 0x80u, 0x100u, 0x10000u, 0x80000000u}) {
    a.Do(MemfdAddSeals{d, bits}).Fails(EINVAL);
    a.Do(MemfdAddSeals{d, bits | kSealGrow}).Fails(EINVAL);
  }
  a.Do(MemfdGetSeals{d}).Gives(0);
  a.Do(FileTruncate{d, {Pages(2)}}).Gives(0);
}

SHMSPEC_CASE("memfd.seals.end_with_the_seal_of_sealing", "SEAL.SEAL_SEAL"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(1));
  a.Do(MemfdAddSeals{d, kSealSeal | kSealShrink}).Gives(0);
  for (const std::uint64_t seal : {kSealGrow, kSealShrink, kSealSeal, std::uint64_t{0}}) {
    a.Do(MemfdAddSeals{d, seal}).Fails(EPERM);
  }
  a.Do(MemfdGetSeals{d}).Gives(kSealSeal | kSealShrink);
  a.Do(FileTruncate{d, {0}}).Fails(EPERM);
  a.Do(FileTruncate{d, {Pages(2)}}).Gives(0);
}

SHMSPEC_CASE("memfd.seals.need_a_descriptor_that_can_write", "SEAL.NEEDS_WRITABLE_FD"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(1));
  const Descriptor reading = Reopen(a, d);
  a.Do(MemfdAddSeals{reading, kSealGrow}).Fails(EPERM);
  a.Do(MemfdGetSeals{reading}).Gives(0);
  a.Do(MemfdAddSeals{Reopen(a, d, kWriteOnly), kSealGrow}).Gives(0);
  a.Do(MemfdGetSeals{reading}).Gives(kSealGrow);
}

SHMSPEC_CASE("memfd.seals.belong_to_the_file", "SEAL.PER_INODE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(1));
  const Descriptor other = a.Memfd(kAllowSealing, Pages(1));
  const Descriptor again = Reopen(a, d, kReadWrite);
  Descriptor twin;
  a.DescriptorAs(twin, DescriptorDup{d}).Succeeds();
  a.Fork(c);
  c.Do(MemfdAddSeals{twin, kSealShrink}).Gives(0);
  a.Do(MemfdAddSeals{again, kSealGrow}).Gives(0);
  for (const Descriptor& one : {d, again, twin}) {
    a.Do(MemfdGetSeals{one}).Gives(kSealShrink | kSealGrow);
    c.Do(MemfdGetSeals{one}).Gives(kSealShrink | kSealGrow);
  }
  a.Do(FileTruncate{twin, {0}}).Fails(EPERM);
  c.Do(FileTruncate{again, {Pages(2)}}).Fails(EPERM);
  a.Do(MemfdGetSeals{other}).Gives(0);
  a.Do(FileTruncate{other, {0}}).Gives(0);
}

SHMSPEC_CASE("memfd.seals.stay_over_exec_and_close", "SEAL.PER_INODE"_req, "SEAL.MONOTONE"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(1));
  const Descriptor again = Reopen(a, d, kReadWrite);
  a.Do(MemfdAddSeals{d, kSealShrink}).Gives(0);
  a.Do(DescriptorClose{d}).Gives(0);
  a.Do(ProcessExec{}).Gives(0);
  a.Do(MemfdGetSeals{again}).Gives(kSealShrink);
  a.Do(FileTruncate{again, {0}}).Fails(EPERM);
}

SHMSPEC_CASE("memfd.seals.shrink_keeps_the_size_from_falling", "SEAL.SHRINK"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(2) + 100);
  a.Do(MemfdAddSeals{d, kSealShrink}).Gives(0);
  for (const std::uint64_t size : {std::uint64_t{0}, Pages(1), Pages(2), Pages(2) + 99}) {
    a.Do(FileTruncate{d, {size}}).Fails(EPERM);
  }
  a.Do(MemfdReopen{d, kReadWrite | kTruncate}).Fails(EPERM);
  a.Do(MemfdReopen{d, kTruncate}).Fails(EPERM);
  a.Do(FileStat{d}).Expects(Record<FileRecord>().With("size", PageOffset(2) + 100));
  a.Do(FileTruncate{d, {Pages(2) + 100}}).Gives(0);
  a.Do(FileTruncate{d, {Pages(3)}}).Gives(0);
  a.Do(FileTruncate{d, {Pages(3) - 1}}).Fails(EPERM);
  a.Do(FileStat{d}).Expects(Record<FileRecord>().With("size", PageOffset(3)));
}

SHMSPEC_CASE("memfd.seals.shrink_lets_everything_else_be_done", "SEAL.SHRINK"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(1));
  const Mapping m = Room(a);
  a.Do(MemfdAddSeals{d, kSealShrink}).Gives(0);
  a.Do(FilePwrite{d, m, {8}, {Pages(1)}}).Gives(8);
  a.Do(FileAllocate{d, {0}, {Pages(1)}, kKeepSize | kPunchHole}).Gives(0);
  a.Do(FileAllocate{d, {0}, {Pages(3)}, 0}).Gives(0);
  a.Store(MapShared(a, d, 3) + PageOffset(2), 1).Succeeds();
}

SHMSPEC_CASE("memfd.seals.grow_keeps_the_size_from_rising", "SEAL.GROW"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(2));
  const Mapping m = Room(a, 2);
  a.Do(MemfdAddSeals{d, kSealGrow}).Gives(0);
  a.Do(FileTruncate{d, {Pages(2) + 1}}).Fails(EPERM);
  a.Do(FilePwrite{d, m, {1}, {Pages(2)}}).Fails(EPERM);
  a.Do(FilePwrite{d, m, {1}, {Pages(3)}}).Fails(EPERM);
  a.Do(FileAllocate{d, {Pages(1)}, {Pages(1) + 1}, 0}).Fails(EPERM);
  a.Do(FileStat{d}).Expects(Record<FileRecord>().With("size", PageOffset(2)));
  a.Do(FilePwrite{d, m, {Pages(2)}, {0}}).Gives(PageOffset(2));
  a.Do(FileAllocate{d, {0}, {Pages(2)}, 0}).Gives(0);
  a.Do(FileTruncate{d, {Pages(2)}}).Gives(0);
  a.Do(FileTruncate{d, {Pages(1)}}).Gives(0);
  a.Do(FileTruncate{d, {Pages(2)}}).Fails(EPERM);
}

SHMSPEC_CASE("memfd.seals.grow_cuts_a_write_at_the_end", "SEAL.GROW"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(2));
  const Mapping m = Room(a, 3);
  a.Do(MemfdAddSeals{d, kSealGrow}).Gives(0);
  a.Do(FilePwrite{d, m, {Pages(2)}, {Pages(1)}})
      .Expects(Between(Value{1}, Value{PageOffset(1)}) | Fails(EPERM));
  a.Do(FileStat{d}).Expects(Record<FileRecord>().With("size", PageOffset(2)));
}

SHMSPEC_CASE("memfd.seals.grow_refuses_room_behind_the_end", "SEAL.GROW_KEEP_SIZE"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(1));
  a.Do(MemfdAddSeals{d, kSealGrow}).Gives(0);
  a.Do(FileAllocate{d, {Pages(1)}, {Pages(1)}, kKeepSize}).Fails(EPERM);
  a.Do(FileAllocate{d, {0}, {Pages(1) + 1}, kKeepSize}).Fails(EPERM);
  a.Do(FileAllocate{d, {0}, {Pages(1)}, kKeepSize}).Gives(0);
  a.Do(FileStat{d})
      .Expects(Record<FileRecord>().With("blocks", static_cast<std::int64_t>(Units().page / 512)));
}

}  // namespace
}  // namespace shmspec
