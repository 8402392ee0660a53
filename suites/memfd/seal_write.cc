// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The seals of writing and of execution.

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

constexpr std::uint64_t kContents = kSealShrink | kSealGrow | kSealWrite | kSealFutureWrite;

SHMSPEC_CASE("memfd.seals.write_freezes_the_bytes", "SEAL.WRITE_BLOCKS_WRITES"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(2));
  const Mapping m = Room(a);
  a.Store(m, 42);
  a.Do(FilePwrite{d, m, {8}, {0}}).Gives(8);
  a.Do(MemfdAddSeals{d, kSealWrite}).Gives(0);
  a.Store(m, 1);
  a.Do(FileWrite{d, m, {8}}).Fails(EPERM);
  a.Do(FilePwrite{d, m, {1}, {7}}).Fails(EPERM);
  a.Do(FilePwrite{d, m, {1}, {Pages(2)}}).Fails(EPERM);
  a.Do(FileAllocate{d, {0}, {Pages(1)}, kKeepSize | kPunchHole}).Fails(EPERM);
  a.Do(MapMap{.descriptor = d}).Fails(EPERM);
  a.Do(FilePread{d, m + 8, {8}, {0}}).Gives(8);
  a.Load(m + 8).Gives(42);
}

SHMSPEC_CASE("memfd.seals.write_lets_the_size_change", "SEAL.WRITE_BLOCKS_WRITES"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(2));
  a.Do(MemfdAddSeals{d, kSealWrite}).Gives(0);
  a.Do(FileTruncate{d, {Pages(3)}}).Gives(0);
  a.Do(FileTruncate{d, {Pages(1)}}).Gives(0);
  a.Do(FileAllocate{d, {0}, {Pages(2)}, 0}).Gives(0);
  a.Do(FileStat{d}).Expects(Record<FileRecord>().With("size", PageOffset(2)));
}

SHMSPEC_CASE("memfd.seals.write_lets_private_copies_be_written", "SEAL.WRITE_BLOCKS_WRITES"_req,
             "MMAP.PRIVATE_ISOLATED"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(1));
  const Mapping before = MapPrivately(a, d, 1);
  a.Do(MemfdAddSeals{d, kSealWrite}).Gives(0);
  const Mapping after = MapPrivately(a, d, 1);
  a.Store(before, 1).Succeeds();
  a.Store(after, 2).Succeeds();
  a.Load(before).Gives(1);
  a.Load(after).Gives(2);
  const Mapping m = Room(a);
  a.Do(FilePread{d, m, {8}, {0}}).Gives(8);
  a.Load(m).Gives(0);
}

SHMSPEC_CASE("memfd.seals.write_is_refused_while_a_mapping_writes",
             "SEAL.WRITE_EBUSY_WHILE_MAPPED"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(2));
  const Mapping m = MapShared(a, d, 2);
  a.Do(MemfdAddSeals{d, kSealWrite}).Fails(EBUSY);
  a.Do(MapProtect{m, {Pages(2)}, 1}).Gives(0);
  a.Do(MemfdAddSeals{d, kSealWrite | kSealShrink}).Fails(EBUSY);
  a.Do(MapProtect{m, {Pages(2)}, 0}).Gives(0);
  a.Do(MemfdAddSeals{d, kSealWrite}).Fails(EBUSY);
  a.Do(MapUnmap{m, {Pages(1)}}).Gives(0);
  a.Do(MemfdAddSeals{d, kSealWrite}).Fails(EBUSY);
  a.Do(MemfdGetSeals{d}).Gives(0);
  a.Do(MapUnmap{m + PageOffset(1), {Pages(1)}}).Gives(0);
  a.Do(MemfdAddSeals{d, kSealWrite}).Gives(0);
  a.Do(MemfdGetSeals{d}).Gives(kSealWrite);
}

SHMSPEC_CASE("memfd.seals.write_is_refused_while_a_mapping_could_be_made_to_write",
             "SEAL.WRITE_EBUSY_WHILE_MAPPED"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(1));
  const Mapping m = MapShared(a, d, 1, 1);
  a.Do(MemfdAddSeals{d, kSealWrite}).Fails(EBUSY);
  a.Do(MapUnmap{m, {Pages(1)}}).Gives(0);
  const Mapping none = MapShared(a, d, 1, 0);
  a.Do(MemfdAddSeals{d, kSealWrite}).Fails(EBUSY);
  a.Do(MapUnmap{none, {Pages(1)}}).Gives(0);
  a.Do(MemfdAddSeals{d, kSealWrite}).Gives(0);
}

SHMSPEC_CASE("memfd.seals.write_is_not_refused_because_of_readers",
             "SEAL.WRITE_EBUSY_WHILE_MAPPED"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(1));
  const Mapping reading = MapShared(a, Reopen(a, d), 1, 1);
  const Mapping own = MapPrivately(a, d, 1);
  a.Store(own, 7).Succeeds();
  a.Do(MemfdAddSeals{d, kSealWrite}).Gives(0);
  a.Load(reading).Gives(0);
  a.Load(own).Gives(7);
  a.Do(MapProtect{reading, {Pages(1)}, 1 | 2}).Fails(EACCES);
}

SHMSPEC_CASE("memfd.seals.write_is_refused_while_another_process_maps_to_write",
             "SEAL.WRITE_EBUSY_WHILE_MAPPED"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(1));
  const Mapping m = MapShared(a, d, 1);
  a.Fork(c);
  a.Do(MapUnmap{m, {Pages(1)}}).Gives(0);
  a.Do(MemfdAddSeals{d, kSealWrite}).Fails(EBUSY);
  c.Store(m, 42).Succeeds();
  c.Exit().Expects(Exited());
  a.Do(MemfdAddSeals{d, kSealWrite}).Gives(0);
}

SHMSPEC_CASE("memfd.seals.write_is_refused_while_a_mapping_outlives_its_descriptor",
             "SEAL.WRITE_EBUSY_WHILE_MAPPED"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(1));
  const Descriptor again = Reopen(a, d, kReadWrite);
  const Mapping m = MapShared(a, again, 1);
  a.Do(DescriptorClose{again}).Gives(0);
  a.Do(MemfdAddSeals{d, kSealWrite}).Fails(EBUSY);
  a.Do(MapUnmap{m, {Pages(1)}}).Gives(0);
  a.Do(MemfdAddSeals{d, kSealWrite}).Gives(0);
}

SHMSPEC_CASE("memfd.seals.write_is_refused_while_a_copy_of_a_mapping_writes",
             "SEAL.WRITE_EBUSY_WHILE_MAPPED"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(1));
  const Mapping m = MapShared(a, d, 1);
  Mapping copy;
  a.MapAs(copy, MapRemap{m, {0}, {Pages(1)}, {}}).Succeeds();
  a.Do(MapUnmap{m, {Pages(1)}}).Gives(0);
  a.Do(MemfdAddSeals{d, kSealWrite}).Fails(EBUSY);
  a.Do(MapUnmap{copy, {Pages(1)}}).Gives(0);
  a.Do(MemfdAddSeals{d, kSealWrite}).Gives(0);
}

SHMSPEC_CASE("memfd.seals.write_leaves_maps_for_reading_as_they_are",
             "SEAL.WRITE_READONLY_SHARED_MAP"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(1));
  const Descriptor reading = Reopen(a, d);
  a.Do(MemfdAddSeals{d, kSealWrite}).Gives(0);
  const Mapping m = MapShared(a, reading, 1, 1);
  a.Load(m).Gives(0);
  a.Do(MapProtect{m, {Pages(1)}, 1 | 2}).Fails(EACCES);
  a.Store(m, 1).Faults(SIGSEGV, FaultCode::kAccess);
  // Whether a descriptor that can write maps it at all depends on the version of Linux.
  Mapping by_writer;
  a.MapAs(by_writer, MapMap{.descriptor = d, .size = {Pages(1)}, .protection = 1})
      .Expects(Success() | Fails(EPERM));
  a.Do(MapProtect{by_writer, {Pages(1)}, 1 | 2}).FailsWithOneOf({EACCES, EINVAL});
}

SHMSPEC_CASE("memfd.seals.future_write_leaves_older_mappings_alone", "SEAL.FUTURE_WRITE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(1));
  const Mapping m = MapShared(a, d, 1);
  a.Do(MemfdAddSeals{d, kSealFutureWrite}).Gives(0);
  a.Store(m, 1).Succeeds();
  a.Fork(c);
  c.Store(m + 8, 2).Succeeds();
  const Mapping reader = MapShared(a, Reopen(a, d), 1, 1);
  a.Load(reader).Gives(1);
  a.Load(reader + 8).Gives(2);
  const Mapping buffer = Room(a);
  a.Do(FileWrite{d, buffer, {8}}).Fails(EPERM);
  a.Do(FilePwrite{d, buffer, {8}, {0}}).Fails(EPERM);
  a.Do(FileAllocate{d, {0}, {Pages(1)}, kKeepSize | kPunchHole}).Fails(EPERM);
  a.Do(MapAdvise{m, {Pages(1)}, Advice::kRemove}).Fails(EPERM);
  a.Do(MapMap{.descriptor = d, .size = {Pages(1)}}).Fails(EPERM);
  c.Do(MapMap{.descriptor = d, .size = {Pages(1)}}).Fails(EPERM);
  a.Store(MapPrivately(a, d, 1), 3).Succeeds();
  c.Load(m).Gives(1);
}

SHMSPEC_CASE("memfd.seals.future_write_can_be_followed_by_write", "SEAL.FUTURE_WRITE"_req,
             "SEAL.WRITE_EBUSY_WHILE_MAPPED"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(1));
  const Mapping m = MapShared(a, d, 1);
  a.Do(MemfdAddSeals{d, kSealFutureWrite}).Gives(0);
  a.Do(MemfdAddSeals{d, kSealWrite}).Fails(EBUSY);
  a.Do(MapUnmap{m, {Pages(1)}}).Gives(0);
  a.Do(MemfdAddSeals{d, kSealWrite}).Gives(0);
  a.Do(MemfdGetSeals{d}).Gives(kSealFutureWrite | kSealWrite);
}

SHMSPEC_CASE("memfd.seals.future_write_keeps_newer_maps_from_writing",
             "SEAL.FUTURE_WRITE_NO_UPGRADE"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(1));
  const Mapping older = MapShared(a, d, 1, 1);
  a.Do(MemfdAddSeals{d, kSealFutureWrite}).Gives(0);
  const Mapping newer = MapShared(a, d, 1, 1);
  a.Do(MapProtect{newer, {Pages(1)}, 1 | 2}).Fails(EACCES);
  a.Store(newer, 1).Faults(SIGSEGV, FaultCode::kAccess);
  a.Do(MapProtect{older, {Pages(1)}, 1 | 2}).Gives(0);
  a.Store(older, 42).Succeeds();
  a.Do(MapProtect{older, {Pages(1)}, 1}).Gives(0);
  a.Do(MapProtect{older, {Pages(1)}, 1 | 2}).Gives(0);
  a.Store(older, 43).Succeeds();
  a.Load(newer).Gives(43);
}

SHMSPEC_CASE("memfd.seals.shrink_and_write_keep_consumers_safe", "SEAL.CONSUMER_SAFETY"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(2));
  const Mapping source = Room(a, 2);
  a.Do(MemoryFill{source, {Pages(2)}, 5}).Gives(0);
  a.Do(FilePwrite{d, source, {Pages(2)}, {0}}).Gives(PageOffset(2));
  a.Do(MemfdAddSeals{d, kSealShrink | kSealWrite}).Gives(0);
  a.Fork(c);
  const Mapping m = MapShared(c, Reopen(c, d), 2, 1);
  c.Do(MemoryChecksum{m, {Pages(2)}}).Gives(ChecksumOfFill(Pages(2), 5));
  a.Do(FileTruncate{d, {0}}).Fails(EPERM);
  a.Do(FilePwrite{d, source + 1, {8}, {0}}).Fails(EPERM);
  a.Do(FileAllocate{d, {0}, {Pages(2)}, kKeepSize | kPunchHole}).Fails(EPERM);
  a.Do(MemfdReopen{d, kReadWrite | kTruncate}).Fails(EPERM);
  a.Do(MapMap{.descriptor = d, .size = {Pages(2)}}).Fails(EPERM);
  const Mapping own = MapPrivately(a, d, 2);
  a.Do(MemoryFill{own, {Pages(2)}, 9}).Gives(0);
  a.Do(FileTruncate{d, {Pages(3)}}).Gives(0);
  a.Exit().Expects(Exited());
  c.Do(MemoryChecksum{m, {Pages(2)}}).Gives(ChecksumOfFill(Pages(2), 5));
}

SHMSPEC_CASE("memfd.seals.exec_freezes_the_bits_of_execution", "MEMFD.SEAL_EXEC"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(1));
  a.Do(FileChmod{d, {0600}}).Gives(0);
  a.Do(MemfdAddSeals{d, kSealExec}).Gives(0);
  a.Do(MemfdGetSeals{d}).Gives(kSealExec);
  a.Do(FileChmod{d, {0700}}).Fails(EPERM);
  a.Do(FileChmod{d, {0644}}).Gives(0);
  a.Do(FileTruncate{d, {0}}).Gives(0);
}

SHMSPEC_CASE("memfd.seals.exec_freezes_an_executable_file", "MEMFD.SEAL_EXEC"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(1));
  a.Do(MemfdAddSeals{d, kSealExec}).Gives(0);
  a.Do(MemfdGetSeals{d}).Gives(static_cast<std::int64_t>(kSealExec | kContents));
  a.Do(FileChmod{d, {0677}}).Fails(EPERM);
  a.Do(FileChmod{d, {0755}}).Gives(0);
  a.Do(FileTruncate{d, {0}}).Fails(EPERM);
  a.Do(FileTruncate{d, {Pages(2)}}).Fails(EPERM);
  a.Do(MapMap{.descriptor = d, .size = {Pages(1)}}).Fails(EPERM);
}

}  // namespace
}  // namespace shmspec
