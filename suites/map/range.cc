// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Where files in memory are mapped: windows, ends, addresses, flags, locks and msync.

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_CASE("map.end.accesses_behind_the_last_page_raise_sigbus", "MMAP.SIGBUS_BEYOND_EOF"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(1) + 1);
  const Mapping shared = MapShared(a, d, 4);
  const Mapping own = MapPrivately(a, d, 4);
  for (const Mapping& m : {shared, own}) {
    a.Load(m + PageOffset(1)).Gives(0);
    a.Store(m + PageOffset(2) - 8, 1).Succeeds();
    a.Load(m + PageOffset(2)).Faults(SIGBUS, FaultCode::kBeyondObject);
    a.Store(m + PageOffset(3) + 16, 1).Faults(SIGBUS, FaultCode::kBeyondObject);
  }
  const Mapping empty = MapShared(a, a.Memfd(0), 1);
  a.Load(empty).Faults(SIGBUS, FaultCode::kBeyondObject);
  a.Store(empty + 100, 1).Faults(SIGBUS, FaultCode::kBeyondObject);
}

SHMSPEC_CASE("map.end.private_copies_go_with_their_pages", "MMAP.SIGBUS_BEYOND_EOF"_req,
             "POSIX.SIZE.SHRINK_SIGBUS"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(2));
  const Mapping own = MapPrivately(a, d, 2);
  a.Store(own, 1).Succeeds();
  a.Store(own + PageOffset(1), 2).Succeeds();
  a.Do(FileTruncate{d, {Pages(1)}}).Gives(0);
  a.Load(own).Gives(1);
  a.Load(own + PageOffset(1)).Faults(SIGBUS, FaultCode::kBeyondObject);
  a.Do(FileTruncate{d, {Pages(2)}}).Gives(0);
  a.Load(own).Gives(1);
  a.Load(own + PageOffset(1)).Gives(0);
}

SHMSPEC_CASE("map.end.calls_are_told_efault", "MMAP.SYSCALL_BEYOND_EOF_EFAULT"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(1));
  const Mapping m = MapShared(a, d, 2);
  const Descriptor other = a.Memfd(0, Pages(2));
  a.Do(FilePread{other, m + PageOffset(1), {8}, {0}}).Fails(EFAULT);
  a.Do(FilePwrite{other, m + PageOffset(1), {8}, {0}}).Fails(EFAULT);
  a.Do(FileRead{other, m + PageOffset(1) + 64, {8}}).Fails(EFAULT);
  a.Do(FileSeek{other, {0}, Whence::kCurrent}).Gives(0);
  a.Do(FilePread{other, m + PageOffset(1) - 8, {16}, {0}})
      .Expects(Between(Value{1}, Value{8}) | Fails(EFAULT));
  a.Do(FilePread{other, m + PageOffset(1) - 8, {8}, {0}}).Gives(8);
}

SHMSPEC_CASE("map.window.begins_at_its_offset", "MMAP.OFFSET"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(4));
  const Mapping whole = MapShared(a, d, 4);
  for (const std::int64_t page : {0, 1, 2, 3}) {
    a.Store(whole + PageOffset(page), static_cast<std::uint64_t>(page) + 10).Succeeds();
  }
  a.Load(MapShared(a, d, 2, 1, 2)).Gives(12);
  a.Load(MapShared(a, d, 2, 1, 2) + PageOffset(1)).Gives(13);
  const Mapping own =
      a.Map({.descriptor = d, .size = {Pages(1)}, .offset = {Pages(3)}, .flags = kMapPrivate});
  a.Load(own).Gives(13);
  const Mapping behind = MapShared(a, d, 1, 1, 4);
  a.Load(behind).Faults(SIGBUS, FaultCode::kBeyondObject);
}

SHMSPEC_CASE("map.window.begins_at_a_page", "MMAP.OFFSET"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(2));
  for (const std::uint64_t offset : {std::uint64_t{1}, Pages(1) - 1, Pages(1) + 512}) {
    a.Do(MapMap{.descriptor = d, .size = {Pages(1)}, .offset = {offset}}).Fails(EINVAL);
  }
}

SHMSPEC_CASE("map.window.has_at_least_a_byte", "MMAP.LEN_ZERO"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(1));
  a.Do(MapMap{.descriptor = d, .size = {0}}).Fails(EINVAL);
  a.Do(MapMap{.size = {0}, .flags = kMapShared | kMapAnonymous}).Fails(EINVAL);
  const Mapping m = MapShared(a, d, 1);
  a.Do(MapUnmap{m, {0}}).Fails(EINVAL);
  a.Load(m).Gives(0);
  a.Store(a.Map({.descriptor = d, .size = {1}}) + PageOffset(1) - 8, 1).Succeeds();
}

SHMSPEC_CASE("map.flags.name_a_kind_and_a_descriptor", "MMAP.BAD_FLAGS"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(1));
  a.Do(MapMap{.descriptor = d, .flags = 0}).Fails(EINVAL);
  a.Do(MapMap{.flags = kMapAnonymous}).Fails(EINVAL);
  a.Do(MapMap{.descriptor = DescriptorNumber(-1), .flags = kMapShared}).Fails(EBADF);
  a.Do(MapMap{.descriptor = DescriptorNumber(-1), .flags = kMapPrivate}).Fails(EBADF);
  a.Do(DescriptorClose{d}).Gives(0);
  a.Do(MapMap{.descriptor = d}).Fails(EBADF);
}

SHMSPEC_CASE("map.flags.are_validated_when_asked", "MMAP.SHARED_VALIDATE"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(1));
  const auto map = [&](std::uint64_t flags) {
    return a.Do(MapMap{.descriptor = d, .size = {Pages(1)}, .flags = flags});
  };
  map(kMapSharedValidate).Succeeds();
  map(kMapSharedValidate | kMapSync).Fails(EOPNOTSUPP);
  map(kMapShared | kMapSync).Succeeds();
  map(kMapSharedValidate | kMapAnonymous).Fails(EINVAL);
  const Mapping m = a.Map({.descriptor = d, .size = {Pages(1)}, .flags = kMapSharedValidate});
  a.Store(m, 42).Succeeds();
  a.Load(MapShared(a, d, 1, 1)).Gives(42);
}

SHMSPEC_CASE("map.flags.populate_and_locked_bring_pages_in", "MMAP.MLOCK"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(2));
  a.Map({.descriptor = d, .size = {Pages(1)}, .flags = kMapShared | kMapPopulate});
  a.Do(FileStat{d})
      .Expects(Record<FileRecord>().With("blocks", static_cast<std::int64_t>(Units().page / 512)));
  const Mapping m = a.Map({.descriptor = d, .size = {Pages(2)}, .flags = kMapShared | kMapLocked});
  a.Do(FileStat{d})
      .Expects(
          Record<FileRecord>().With("blocks", static_cast<std::int64_t>(2 * (Units().page / 512))));
  a.Do(MapAdvise{m, {Pages(1)}, Advice::kDontNeed}).Fails(EINVAL);
}

SHMSPEC_CASE("map.fixed.replaces_what_is_in_the_range", "MMAP.FIXED_REPLACES"_req) {
  const Actor a = plan.Spawn("a");
  const Mapping m = MapShared(a, a.Memfd(0, Pages(3)), 3);
  const Descriptor other = a.Memfd(0, Pages(1));
  for (const std::int64_t page : {0, 1, 2}) a.Store(m + PageOffset(page), 1).Succeeds();
  const Mapping n = MapShared(a, other, 1);
  a.Store(n, 2).Succeeds();
  a.Do(MapMap{.descriptor = other,
              .size = {Pages(1)},
              .flags = kMapShared | kMapFixed,
              .at = m + PageOffset(1)})
      .Expects(ValueOf(m + PageOffset(1)));
  a.Load(m).Gives(1);
  a.Load(m + PageOffset(1)).Gives(2);
  a.Load(m + PageOffset(2)).Gives(1);
  a.Store(m + PageOffset(1), 3).Succeeds();
  a.Load(n).Gives(3);
}

SHMSPEC_CASE("map.fixed.a_failure_leaves_the_range_as_it_was", "MMAP.FAILED_FIXED_KEEPS"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor reading = Reopen(a, a.Memfd(0, Pages(1)));
  const Mapping m = MapShared(a, a.Memfd(0, Pages(1)), 1);
  a.Store(m, 42).Succeeds();
  const auto map = [&](DescriptorRef file) {
    return a.Do(
        MapMap{.descriptor = file, .size = {Pages(1)}, .flags = kMapShared | kMapFixed, .at = m});
  };
  map(reading).Fails(EACCES);
  a.Load(m).Gives(42);
  map(DescriptorNumber(-1)).Fails(EBADF);
  a.Load(m).Gives(42);
  a.Store(m, 43).Succeeds();
  a.Load(m).Gives(43);
}

/// Linux of old asks the driver of the file, who refuses, when the range is empty already.
SHMSPEC_CASE("map.fixed.a_refusal_by_seals_leaves_the_range_as_it_was",
             "MMAP.FAILED_FIXED_KEEPS"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(1));
  a.Do(MemfdAddSeals{d, kSealWrite}).Gives(0);
  const Mapping m = MapShared(a, a.Memfd(0, Pages(1)), 1);
  a.Store(m, 42).Succeeds();
  a.Do(MapMap{.descriptor = d, .size = {Pages(1)}, .flags = kMapShared | kMapFixed, .at = m})
      .Fails(EPERM);
  a.Load(m).Gives(42);
}

SHMSPEC_CASE("map.fixed.can_be_told_not_to_replace", "MMAP.FIXED_NOREPLACE"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(3));
  const Mapping m = MapShared(a, d, 3);
  a.Store(m, 42).Succeeds();
  const auto map = [&](Address at, std::uint64_t pages) {
    return a.Do(MapMap{.descriptor = d,
                       .size = {Pages(pages)},
                       .flags = kMapShared | kMapFixedNoreplace,
                       .at = at});
  };
  map(m, 1).Fails(EEXIST);
  map(m + PageOffset(2), 1).Fails(EEXIST);
  a.Load(m).Gives(42);
  a.Do(MapUnmap{m + PageOffset(1), {Pages(1)}}).Gives(0);
  map(m + PageOffset(1), 2).Fails(EEXIST);
  map(m + PageOffset(1), 1).Expects(ValueOf(m + PageOffset(1)));
  a.Load(m + PageOffset(1)).Gives(42);
}

SHMSPEC_CASE("map.unmap.of_a_part_leaves_the_rest_and_the_object", "MMAP.MUNMAP_PARTIAL"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(3));
  const Mapping m = MapShared(a, d, 3);
  for (const std::int64_t page : {0, 1, 2}) {
    a.Store(m + PageOffset(page), static_cast<std::uint64_t>(page) + 1).Succeeds();
  }
  a.Do(MapUnmap{m + PageOffset(1), {Pages(1)}}).Gives(0);
  a.Load(m).Gives(1);
  a.Load(m + PageOffset(1)).Faults(SIGSEGV, FaultCode::kUnmapped);
  a.Load(m + PageOffset(2)).Gives(3);
  a.Do(MapUnmap{m + PageOffset(1), {Pages(1)}}).Gives(0);
  a.Load(MapShared(a, d, 1, 1, 1)).Gives(2);
  a.Do(MapUnmap{m, {Pages(3)}}).Gives(0);
}

SHMSPEC_CASE("map.remap.moves_and_copies_mappings_of_files", "MMAP.SHARED_WRITES_VISIBLE"_req,
             "MMAP.SIGBUS_BEYOND_EOF"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(2));
  const Mapping m = MapShared(a, d, 1);
  a.Store(m, 42).Succeeds();
  Mapping copy;
  a.MapAs(copy, MapRemap{m, {0}, {Pages(1)}, {}}).Succeeds();
  a.Store(copy + 8, 43).Succeeds();
  a.Load(m + 8).Gives(43);
  Mapping grown;
  a.MapAs(grown, MapRemap{m, {Pages(1)}, {Pages(3)}, {}}).Succeeds();
  a.Load(grown).Gives(42);
  a.Store(grown + PageOffset(1), 44).Succeeds();
  a.Load(grown + PageOffset(2)).Faults(SIGBUS, FaultCode::kBeyondObject);
  a.Load(MapShared(a, d, 1, 1, 1)).Gives(44);
}

SHMSPEC_CASE("map.sync.takes_its_flags_seriously", "MMAP.MSYNC"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(3));
  const Mapping m = MapShared(a, d, 3);
  a.Store(m, 42).Succeeds();
  for (const std::uint64_t flags :
       {kSyncSync, kSyncAsync, kSyncInvalidate, std::uint64_t{0}, kSyncSync | kSyncInvalidate}) {
    a.Do(MapSync{m, {Pages(3)}, flags}).Gives(0);
  }
  a.Do(MapSync{m, {Pages(1)}, kSyncSync | kSyncAsync}).Fails(EINVAL);
  a.Do(MapSync{m, {Pages(1)}, 8}).Fails(EINVAL);
  a.Do(MapSync{m, {Pages(1)}, kSyncSync | 0x80}).Fails(EINVAL);
  a.Do(MapSync{m + 1, {Pages(1)}, kSyncSync}).Fails(EINVAL);
  a.Do(MapSync{m, {0}, kSyncSync}).Gives(0);
  a.Do(MapUnmap{m + PageOffset(1), {Pages(1)}}).Gives(0);
  a.Do(MapSync{m, {Pages(3)}, kSyncSync}).Fails(ENOMEM);
  a.Load(m).Gives(42);
}

SHMSPEC_CASE("map.sync.does_not_invalidate_locked_pages", "MMAP.MSYNC"_req, "MMAP.MLOCK"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Mapping m = MapShared(a, a.Memfd(0, Pages(2)), 2);
  a.Do(MapLock{m + PageOffset(1), {Pages(1)}}).Gives(0);
  a.Do(MapSync{m, {Pages(2)}, kSyncInvalidate}).Fails(EBUSY);
  a.Do(MapSync{m, {Pages(1)}, kSyncInvalidate}).Gives(0);
  a.Do(MapSync{m, {Pages(2)}, kSyncSync}).Gives(0);
  a.Do(MapUnlock{m, {Pages(2)}}).Gives(0);
  a.Do(MapSync{m, {Pages(2)}, kSyncInvalidate}).Gives(0);
}

SHMSPEC_CASE("map.lock.stays_below_its_limit", "MMAP.MLOCK"_req) {
  ActorSpec alice = User(kAlice);
  alice.memlock = Pages(4);
  const Actor a = plan.Spawn("a", alice);
  const Descriptor d = a.Memfd(0, Pages(8));
  const Mapping m = MapShared(a, d, 8);
  a.Do(ProcessSetLimit{Limit::kMemlock, Pages(2)}).Gives(0);
  a.Do(MapLock{m, {Pages(3)}}).Fails(ENOMEM);
  a.Do(MapLock{m, {Pages(2)}}).Gives(0);
  a.Do(MapLock{m, {Pages(2)}}).Gives(0);
  a.Do(MapLock{m + PageOffset(2), {1}}).Fails(ENOMEM);
  a.Do(MapMap{.descriptor = d, .size = {Pages(1)}, .flags = kMapShared | kMapLocked}).Fails(EAGAIN);
  a.Do(MapUnlock{m, {Pages(1)}}).Gives(0);
  a.Do(MapLock{m + PageOffset(2), {1}}).Gives(0);
  a.Do(ProcessSetLimit{Limit::kMemlock, 0}).Gives(0);
  a.Do(MapLock{m, {1}}).Fails(EPERM);
}

SHMSPEC_CASE("map.room.is_limited", "MMAP.RLIMIT_AS"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(1));
  a.Do(ProcessSetLimit{Limit::kAddressSpace, 1ull << 32}).Gives(0);
  a.Do(MapMap{.descriptor = d, .size = {1ull << 33}}).Fails(ENOMEM);
  a.Store(MapShared(a, d, 1), 1).Succeeds();
}

SHMSPEC_CASE("map.lock.shows_as_shared_memory_in_use", "PROC.STATUS.RSS_SHMEM"_req,
             "MMAP.MLOCK"_req) {
  constexpr std::uint64_t kBytes = std::uint64_t{32} << 20;
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Descriptor d = a.Memfd(0);
  a.Do(FileTruncate{d, {kBytes}}).Gives(0);
  const auto most = [](std::uint64_t bytes) {
    return Between(Value{0}, Value{static_cast<std::int64_t>(bytes)});
  };
  const auto least = [](std::uint64_t bytes) {
    return Between(Value{static_cast<std::int64_t>(bytes)}, Value{kMost});
  };
  a.Do(ProcessResident{}).Expects(most(kBytes / 2 - 1));
  const Mapping m = a.Map({.descriptor = d, .size = {kBytes}});
  a.Do(MapLock{m, {kBytes}}).Gives(0);
  a.Do(ProcessResident{}).Expects(least(kBytes / 2));
  a.Fork(c);
  c.Do(MapUnmap{m, {kBytes}}).Gives(0);
  c.Do(ProcessResident{}).Expects(most(kBytes / 2 - 1));
  a.Do(ProcessResident{}).Expects(least(kBytes / 2));
  a.Do(MapUnmap{m, {kBytes}}).Gives(0);
  a.Do(ProcessResident{}).Expects(most(kBytes / 2 - 1));
}

}  // namespace
}  // namespace shmspec
