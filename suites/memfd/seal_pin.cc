// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Seals of writing against what writes without a mapping, and against mappings that come at the
// same time; files that know no seals.

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_CASE("memfd.seals.write_is_refused_while_pages_are_held", "SEAL.WRITE_PINNED_EBUSY"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(2));
  const Mapping m = MapShared(a, d, 2);
  a.Store(m + PageOffset(1), 42).Succeeds();
  a.Do(MemoryPin{m + PageOffset(1), {Pages(1)}}).Gives(PageOffset(1));
  a.Do(MapUnmap{m, {Pages(2)}}).Gives(0);
  a.Do(MemfdAddSeals{d, kSealWrite}).Fails(EBUSY);
  a.Do(MemfdAddSeals{d, kSealWrite | kSealGrow}).Fails(EBUSY);
  a.Do(MemfdGetSeals{d}).Gives(0);
  a.Do(MemfdAddSeals{d, kSealGrow | kSealShrink}).Gives(0);
  a.Do(FilePwrite{d, Room(a), {8}, {0}}).Gives(8);
  a.Do(MemoryUnpin{}).Gives(0);
  a.Do(MemfdAddSeals{d, kSealWrite}).Gives(0);
  a.Do(MemfdGetSeals{d}).Gives(kSealGrow | kSealShrink | kSealWrite);
}

SHMSPEC_CASE("memfd.seals.write_is_refused_while_another_process_holds_pages",
             "SEAL.WRITE_PINNED_EBUSY"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(1));
  const Descriptor other = a.Memfd(kAllowSealing, Pages(1));
  a.Fork(c);
  const Mapping m = MapShared(c, d, 1);
  c.Store(m, 42).Succeeds();
  c.Do(MemoryPin{m, {Pages(1)}}).Gives(PageOffset(1));
  c.Do(MapUnmap{m, {Pages(1)}}).Gives(0);
  a.Do(MemfdAddSeals{other, kSealWrite}).Gives(0);
  a.Do(MemfdAddSeals{d, kSealWrite}).Fails(EBUSY);
  c.Exit().Expects(Exited());
  a.Do(MemfdAddSeals{d, kSealWrite}).Gives(0);
}

SHMSPEC_CASE("memfd.seals.are_unknown_to_files_that_are_no_memory", "SEAL.UNSUPPORTED_FILES"_req) {
  const Actor a = plan.Spawn("a");
  Descriptor d;
  a.DescriptorAs(d, DescriptorOpenSocket{}).Succeeds();
  a.Do(MemfdGetSeals{d}).Fails(EINVAL);
  for (const std::uint64_t seals : {std::uint64_t{0}, kSealGrow, kSealWrite, kSealSeal}) {
    a.Do(MemfdAddSeals{d, seals}).Fails(EINVAL);
  }
  Descriptor twin;
  a.DescriptorAs(twin, DescriptorDup{d}).Succeeds();
  a.Do(MemfdGetSeals{twin}).Fails(EINVAL);
}

SHMSPEC_RACE("memfd.race.a_seal_and_a_mapping_that_writes_exclude_each_other", 30,
             "SEAL.WRITE_RACE_MMAP"_req, "SEAL.WRITE_EBUSY_WHILE_MAPPED"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(1));
  a.Fork(c);
  Mapping m;
  plan.Race([&] {
    a.Do(MemfdAddSeals{d, kSealWrite}).Expects(Exactly(0) | Fails(EBUSY));
    c.MapAs(m, MapMap{.descriptor = d, .size = {Pages(1)}}).Expects(Success() | Fails(EPERM));
  });
  // Either it is sealed, or it is mapped: the oracle knows which.
  a.Do(MemfdGetSeals{d}).Expects(Exactly(std::int64_t{0}) | Exactly(std::int64_t{kSealWrite}));
  c.Do(MapMap{.descriptor = d, .size = {Pages(1)}}).Expects(Success() | Fails(EPERM));
  a.Do(MemfdAddSeals{d, kSealWrite}).Expects(Exactly(0) | Fails(EBUSY));
}

SHMSPEC_RACE("memfd.race.a_seal_and_a_write_have_an_order", 30, "SEAL.WRITE_RACE_MMAP"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(1));
  const Mapping m = Room(a);
  a.Store(m, 42).Succeeds();
  a.Fork(c);
  plan.Race([&] {
    a.Do(MemfdAddSeals{d, kSealWrite}).Gives(0);
    c.Do(FilePwrite{d, m, {8}, {0}}).Expects(Exactly(8) | Fails(EPERM));
  });
  a.Do(FilePwrite{d, m, {8}, {0}}).Fails(EPERM);
}

}  // namespace
}  // namespace shmspec
