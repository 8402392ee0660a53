// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Sizes, holes and reserved pages of files in memory, and what is read and written.

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

constexpr std::uint64_t kPunch = kKeepSize | kPunchHole;

Pattern Sized(std::int64_t size) { return Record<FileRecord>().With("size", size); }
Pattern Holding(std::int64_t pages) {
  return Record<FileRecord>().With("blocks", pages * static_cast<std::int64_t>(Units().page / 512));
}

SHMSPEC_CASE("memfd.size.is_what_was_asked_for", "POSIX.SIZE.FTRUNCATE_SETS"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0);
  for (const std::int64_t size :
       {std::int64_t{1}, PageOffset(1) - 1, PageOffset(1), PageOffset(1) + 1, PageOffset(16),
        std::int64_t{100}, std::int64_t{0}}) {
    a.Do(FileTruncate{d, {static_cast<std::uint64_t>(size)}}).Gives(0);
    a.Do(FileStat{d}).Expects(Sized(size));
  }
}

SHMSPEC_CASE("memfd.size.errors_change_nothing", "POSIX.SIZE.FTRUNCATE_ERRORS"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, 100);
  a.Do(FileTruncate{d, {~0ull}}).Fails(EINVAL);
  a.Do(FileTruncate{d, {1ull << 63}}).Fails(EINVAL);
  a.Do(FileTruncate{Reopen(a, d), {0}}).FailsWithOneOf({EINVAL, EBADF});
  a.Do(FileStat{d}).Expects(Sized(100));
}

SHMSPEC_CASE("memfd.size.costs_nothing_until_it_is_used", "POSIX.SIZE.FTRUNCATE_SETS"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0);
  const std::uint64_t large = 1ull << 30;
  a.Do(FileTruncate{d, {large}}).Gives(0);
  a.Do(FileStat{d}).Expects(Holding(0));
  const Mapping m = Room(a);
  a.Do(FilePwrite{d, m, {8}, {large - 8}}).Gives(8);
  a.Do(FileStat{d}).Expects(Holding(1));
  a.Do(FilePread{d, m, {8}, {0}}).Gives(8);
  a.Do(FileStat{d}).Expects(Holding(1));
  a.Do(FileTruncate{d, {0}}).Gives(0);
  a.Do(FileStat{d}).Expects(Holding(0));
}

SHMSPEC_CASE("memfd.size.may_exceed_what_there_is", "TMPFS.SPARSE"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0);
  const std::int64_t large = std::int64_t{1} << 50;
  a.Do(FileTruncate{d, {static_cast<std::uint64_t>(large)}}).Gives(0);
  a.Do(FileStat{d}).Expects(Sized(large));
  a.Do(FileStat{d}).Expects(Holding(0));
  a.Do(FileSeek{d, {0}, Whence::kEnd}).Gives(large);
  a.Do(FileTruncate{d, {Pages(1)}}).Gives(0);
  a.Do(FileStat{d}).Expects(Sized(PageOffset(1)));
}

SHMSPEC_CASE("memfd.size.growing_gives_zeros", "POSIX.SIZE.GROW_ZERO"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(2));
  const Mapping m = MapShared(a, d, 3);
  a.Do(MemoryFill{m, {Pages(2)}, 7}).Gives(0);
  a.Do(FileTruncate{d, {Pages(1)}}).Gives(0);
  a.Do(FileTruncate{d, {Pages(3)}}).Gives(0);
  a.Do(MemoryChecksum{m, {Pages(1)}}).Gives(ChecksumOfFill(Pages(1), 7));
  a.Do(MemoryChecksum{m + PageOffset(1), {Pages(2)}}).Gives(ChecksumOfZeros(Pages(2)));
}

SHMSPEC_CASE("memfd.size.shrinking_takes_pages_from_every_mapping", "POSIX.SIZE.SHRINK_SIGBUS"_req,
             "POSIX.SIZE.REGROW_NO_REMAP"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Descriptor d = a.Memfd(0, Pages(3));
  const Mapping m = MapShared(a, d, 3);
  a.Store(m, 1);
  a.Store(m + PageOffset(2), 3);
  a.Fork(c);
  a.Do(FileTruncate{d, {Pages(1) + 1}}).Gives(0);
  for (const Actor& one : {a, c}) {
    one.Load(m).Gives(1);
    one.Load(m + PageOffset(1)).Gives(0);
    one.Load(m + PageOffset(2)).Faults(SIGBUS, FaultCode::kBeyondObject);
    one.Store(m + PageOffset(2) + 100, 1).Faults(SIGBUS, FaultCode::kBeyondObject);
  }
  c.Do(FileTruncate{d, {Pages(3)}}).Gives(0);
  for (const Actor& one : {a, c}) one.Load(m + PageOffset(2)).Gives(0);
  a.Store(m + PageOffset(2), 5).Succeeds();
  c.Load(m + PageOffset(2)).Gives(5);
}

SHMSPEC_CASE("memfd.size.the_rest_of_the_last_page_is_zero", "POSIX.SIZE.TAIL_BYTES_ZERO"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(1));
  const Mapping m = MapShared(a, d, 1);
  a.Do(MemoryFill{m, {Pages(1)}, 7}).Gives(0);
  a.Do(FileTruncate{d, {100}}).Gives(0);
  a.Do(MemoryChecksum{m, {100}}).Gives(ChecksumOfFill(100, 7));
  a.Do(MemoryChecksum{m + 100, {Pages(1) - 100}}).Gives(ChecksumOfZeros(Pages(1) - 100));
  a.Do(FileTruncate{d, {Pages(1)}}).Gives(0);
  a.Do(MemoryChecksum{m + 100, {Pages(1) - 100}}).Gives(ChecksumOfZeros(Pages(1) - 100));
}

SHMSPEC_CASE("memfd.size.what_lies_behind_the_end_is_kept_or_zeroed",
             "POSIX.SIZE.TAIL_WRITES_STAY"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, 10);
  const Mapping m = MapShared(a, d, 1);
  a.Store(m + 20, 9, Width::k1).Succeeds();
  a.Load(m + 20, Width::k1).Gives(9);
  const Mapping buffer = Room(a);
  a.Do(FilePread{d, buffer, {100}, {0}}).Gives(10);
  a.Do(FileTruncate{d, {100}}).Gives(0);
  a.Load(m + 20, Width::k1).Expects(Exactly(9) | Exactly(0));
  a.Load(m + 21, Width::k1).Expects(Exactly(std::int64_t{0}));
}

SHMSPEC_CASE("memfd.size.what_is_written_is_what_is_mapped", "POSIX.SIZE.RDWR_IO"_req,
             "MMAP.SHARED_WRITES_VISIBLE"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(2));
  const Mapping m = MapShared(a, d, 2);
  const Mapping buffer = Room(a, 2);
  a.Do(MemoryFill{buffer, {100}, 3}).Gives(0);
  a.Do(FilePwrite{d, buffer, {100}, {Pages(1) - 50}}).Gives(100);
  a.Do(MemoryChecksum{m + PageOffset(1) - 50, {100}}).Gives(ChecksumOfFill(100, 3));
  a.Store(m + 64, 42);
  a.Do(FilePread{d, buffer, {8}, {64}}).Gives(8);
  a.Load(buffer).Gives(42);
  a.Do(FilePread{d, buffer, {Pages(2)}, {Pages(1)}}).Gives(PageOffset(1));
  a.Do(FilePread{d, buffer, {8}, {Pages(2)}}).Gives(0);
  a.Do(FilePread{d, buffer, {8}, {Pages(5)}}).Gives(0);
  a.Do(FilePread{d, buffer, {8}, {~0ull}}).Fails(EINVAL);
  a.Do(FilePwrite{d, buffer, {8}, {~0ull}}).Fails(EINVAL);
}

SHMSPEC_CASE("memfd.size.writing_behind_the_end_grows_the_file", "POSIX.SIZE.RDWR_IO"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, 10);
  const Mapping buffer = Room(a);
  a.Store(buffer, 42);
  a.Do(FilePwrite{d, buffer, {8}, {Pages(3) + 5}}).Gives(8);
  a.Do(FileStat{d}).Expects(Sized(PageOffset(3) + 13));
  a.Do(FileStat{d}).Expects(Holding(1));
  const Mapping m = MapShared(a, d, 4);
  a.Load(m + PageOffset(3) + 5).Gives(42);
  a.Do(MemoryChecksum{m, {Pages(3)}}).Gives(ChecksumOfZeros(Pages(3)));
  a.Do(FileWrite{d, buffer, {0}}).Gives(0);
}

SHMSPEC_CASE("memfd.size.the_offset_moves_with_what_is_moved", "POSIX.SIZE.RDWR_IO"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0);
  const Mapping buffer = Room(a);
  a.Do(FileWrite{d, buffer, {100}}).Gives(100);
  a.Do(FileWrite{d, buffer, {28}}).Gives(28);
  a.Do(FileSeek{d, {0}, Whence::kCurrent}).Gives(128);
  a.Do(FileRead{d, buffer, {8}}).Gives(0);
  a.Do(FileSeek{d, {static_cast<std::uint64_t>(-8)}, Whence::kEnd}).Gives(120);
  a.Do(FileRead{d, buffer, {100}}).Gives(8);
  a.Do(FileSeek{d, {Pages(9)}, Whence::kSet}).Gives(PageOffset(9));
  a.Do(FileRead{d, buffer, {8}}).Gives(0);
  a.Do(FileSeek{d, {static_cast<std::uint64_t>(-1)}, Whence::kSet}).Fails(EINVAL);
  a.Do(FileSeek{d, {0}, Whence::kCurrent}).Gives(PageOffset(9));
  a.Do(FileStat{d}).Expects(Sized(128));
}

SHMSPEC_CASE("memfd.hole.punching_zeroes_every_view", "TMPFS.PUNCH_HOLE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Descriptor d = a.Memfd(0, Pages(3));
  const Mapping m = MapShared(a, d, 3);
  a.Do(MemoryFill{m, {Pages(3)}, 7}).Gives(0);
  a.Fork(c);
  a.Do(FileAllocate{d, {Pages(1) - 10}, {Pages(1) + 20}, kPunch}).Gives(0);
  for (const Actor& one : {a, c}) {
    one.Do(MemoryChecksum{m, {Pages(1) - 10}}).Gives(ChecksumOfFill(Pages(1) - 10, 7));
    one.Do(MemoryChecksum{m + PageOffset(1) - 10, {Pages(1) + 20}})
        .Gives(ChecksumOfZeros(Pages(1) + 20));
  }
  a.Do(FileStat{d}).Expects(Sized(PageOffset(3)));
}

SHMSPEC_CASE("memfd.hole.punching_gives_whole_pages_back", "TMPFS.PUNCH_HOLE"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(3));
  a.Do(MemoryFill{MapShared(a, d, 3), {Pages(3)}, 7}).Gives(0);
  a.Do(FileStat{d}).Expects(Holding(3));
  a.Do(FileAllocate{d, {10}, {100}, kPunch}).Gives(0);
  a.Do(FileStat{d}).Expects(Holding(3));
  a.Do(FileAllocate{d, {Pages(1) - 1}, {Pages(1) + 2}, kPunch}).Gives(0);
  a.Do(FileStat{d}).Expects(Holding(2));
  a.Do(FileAllocate{d, {0}, {Pages(100)}, kPunch}).Gives(0);
  a.Do(FileStat{d}).Expects(Holding(0));
  a.Do(FileStat{d}).Expects(Sized(PageOffset(3)));
}

SHMSPEC_CASE("memfd.hole.punching_keeps_the_size", "TMPFS.PUNCH_HOLE"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(1));
  a.Do(FileAllocate{d, {0}, {Pages(1)}, kPunchHole}).Fails(EOPNOTSUPP);
  a.Do(FileAllocate{d, {Pages(5)}, {Pages(1)}, kPunch}).Gives(0);
  a.Do(FileStat{d}).Expects(Sized(PageOffset(1)));
}

SHMSPEC_CASE("memfd.hole.reserving_makes_room", "TMPFS.FALLOCATE"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0);
  a.Do(FileAllocate{d, {Pages(1) - 1}, {2}, 0}).Gives(0);
  a.Do(FileStat{d}).Expects(Sized(PageOffset(1) + 1));
  a.Do(FileStat{d}).Expects(Holding(2));
  a.Do(FileAllocate{d, {Pages(4)}, {Pages(1)}, kKeepSize}).Gives(0);
  a.Do(FileStat{d}).Expects(Sized(PageOffset(1) + 1));
  a.Do(FileStat{d}).Expects(Holding(3));
  a.Do(FileTruncate{d, {Pages(1) + 1}}).Gives(0);
  a.Do(FileStat{d}).Expects(Holding(2));
  a.Do(MemoryChecksum{MapShared(a, d, 2), {Pages(2)}}).Gives(ChecksumOfZeros(Pages(2)));
}

SHMSPEC_CASE("memfd.hole.reserving_leaves_the_bytes_alone", "TMPFS.FALLOCATE"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(2));
  const Mapping m = MapShared(a, d, 2);
  a.Do(MemoryFill{m, {Pages(1)}, 7}).Gives(0);
  a.Do(FileAllocate{d, {0}, {Pages(2)}, 0}).Gives(0);
  a.Do(MemoryChecksum{m, {Pages(1)}}).Gives(ChecksumOfFill(Pages(1), 7));
  a.Do(FileStat{d}).Expects(Holding(2));
}

SHMSPEC_CASE("memfd.hole.other_modes_and_empty_ranges_are_refused", "TMPFS.FALLOCATE"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(2));
  for (const std::uint64_t mode : {8u, 16u, 32u}) {
    a.Do(FileAllocate{d, {0}, {Pages(1)}, mode}).Fails(EOPNOTSUPP);
  }
  for (const std::uint64_t mode : {std::uint64_t{0}, kKeepSize, kPunch}) {
    a.Do(FileAllocate{d, {0}, {0}, mode}).Fails(EINVAL);
    a.Do(FileAllocate{d, {~0ull}, {1}, mode}).Fails(EINVAL);
    a.Do(FileAllocate{d, {0}, {~0ull}, mode}).Fails(EINVAL);
    a.Do(FileAllocate{d, {1ull << 62}, {1ull << 62}, mode}).Fails(EFBIG);
  }
  a.Do(FileStat{d}).Expects(Sized(PageOffset(2)));
}

SHMSPEC_CASE("memfd.hole.is_found_by_seeking", "TMPFS.SEEK_HOLE"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(6));
  const Mapping buffer = Room(a);
  a.Do(FileSeek{d, {0}, Whence::kData}).Fails(ENXIO);
  a.Do(FileSeek{d, {5}, Whence::kHole}).Gives(5);
  a.Do(FilePwrite{d, buffer, {1}, {Pages(2) + 7}}).Gives(1);
  a.Do(FilePwrite{d, buffer, {1}, {Pages(5)}}).Gives(1);
  a.Do(FileSeek{d, {0}, Whence::kData}).Gives(PageOffset(2));
  a.Do(FileSeek{d, {Pages(2) + 100}, Whence::kData}).Gives(PageOffset(2) + 100);
  a.Do(FileSeek{d, {Pages(2)}, Whence::kHole}).Gives(PageOffset(3));
  a.Do(FileSeek{d, {Pages(3)}, Whence::kData}).Gives(PageOffset(5));
  a.Do(FileSeek{d, {Pages(5)}, Whence::kHole}).Gives(PageOffset(6));
  for (const Whence whence : {Whence::kData, Whence::kHole}) {
    a.Do(FileSeek{d, {Pages(6)}, whence}).Fails(ENXIO);
    a.Do(FileSeek{d, {Pages(60)}, whence}).Fails(ENXIO);
    a.Do(FileSeek{d, {~0ull}, whence}).FailsWithOneOf({ENXIO, EINVAL});
  }
  a.Do(FileAllocate{d, {Pages(2)}, {Pages(1)}, kPunch}).Gives(0);
  a.Do(FileSeek{d, {0}, Whence::kData}).Gives(PageOffset(5));
}

}  // namespace
}  // namespace shmspec
