// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Shared and private mappings of files in memory: who sees what.

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

/// What is stored once the old value may or may not be there any more.
constexpr std::uint64_t kDontCare = 1;

SHMSPEC_CASE("map.shared.stores_are_seen_by_every_mapping", "MMAP.SHARED_WRITES_VISIBLE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Descriptor d = a.Memfd(0, Pages(4));
  const Mapping whole = MapShared(a, d, 4);
  const Mapping second = MapShared(a, d, 1, 1 | 2, 1);
  a.Fork(c);
  const Mapping later = MapShared(c, d, 2, 1, 1);
  a.Store(whole + PageOffset(1), 41).Succeeds();
  c.Store(second + 8, 42).Succeeds();
  for (const Mapping& one : {second, whole + PageOffset(1)}) {
    a.Load(one).Gives(41);
    a.Load(one + 8).Gives(42);
    c.Load(one).Gives(41);
    c.Load(one + 8).Gives(42);
  }
  c.Load(later).Gives(41);
  c.Load(later + 8).Gives(42);
  c.Load(later + PageOffset(1)).Gives(0);
}

SHMSPEC_CASE("map.shared.needs_no_msync", "MMAP.MSYNC_NOT_NEEDED"_req,
             "MMAP.SHARED_WRITES_VISIBLE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Descriptor d = a.Memfd(0, Pages(1));
  const Mapping m = MapShared(a, d, 1);
  a.Fork(c);
  for (const std::uint64_t value : {1u, 2u, 3u}) {
    a.Store(m, value).Succeeds();
    c.Load(m).Gives(static_cast<std::int64_t>(value));
    c.Store(m + 8, value).Succeeds();
    a.Load(m + 8).Gives(static_cast<std::int64_t>(value));
  }
}

SHMSPEC_CASE("map.private.stores_are_seen_by_nobody_else", "MMAP.PRIVATE_ISOLATED"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(2));
  const Mapping shared = MapShared(a, d, 2);
  a.Store(shared, 10).Succeeds();
  const Mapping one = MapPrivately(a, d, 2);
  const Mapping other = MapPrivately(a, d, 2);
  a.Load(one).Gives(10);
  a.Store(one, 11).Succeeds();
  a.Store(one + PageOffset(1), 12).Succeeds();
  a.Load(one).Gives(11);
  a.Load(shared).Gives(10);
  a.Load(other).Gives(10);
  a.Load(shared + PageOffset(1)).Gives(0);
  a.Load(other + PageOffset(1)).Gives(0);
  const Mapping buffer = Room(a);
  a.Do(FilePread{d, buffer, {8}, {0}}).Gives(8);
  a.Load(buffer).Gives(10);
}

SHMSPEC_CASE("map.private.written_pages_stay_what_they_are",
             "MMAP.PRIVATE_SEES_LATER_UNSPECIFIED"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(2));
  const Mapping shared = MapShared(a, d, 2);
  a.Store(shared + 8, 5).Succeeds();
  const Mapping own = MapPrivately(a, d, 2);
  a.Store(own, 1).Succeeds();
  a.Store(shared, 20).Succeeds();
  a.Store(shared + 8, 21).Succeeds();
  a.Store(shared + PageOffset(1), 22).Succeeds();
  a.Load(own).Gives(1);
  a.Load(own + 8).Gives(5);
  a.Load(own + PageOffset(1)).Expects(Exactly(std::int64_t{0}) | Exactly(22));
}

SHMSPEC_CASE("map.private.dontneed_shows_the_object_again", "MMAP.PRIVATE_DONTNEED"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(3));
  const Mapping shared = MapShared(a, d, 3);
  const Mapping own = MapPrivately(a, d, 3);
  for (const std::int64_t page : {0, 1, 2}) {
    a.Store(shared + PageOffset(page), 5).Succeeds();
    a.Store(own + PageOffset(page), 6).Succeeds();
  }
  a.Do(MapAdvise{own + PageOffset(1), {Pages(1)}, Advice::kDontNeed}).Gives(0);
  a.Load(own).Gives(6);
  a.Load(own + PageOffset(1)).Gives(5);
  a.Load(own + PageOffset(2)).Gives(6);
  a.Store(own + PageOffset(1), 7).Succeeds();
  a.Load(shared + PageOffset(1)).Gives(5);
}

SHMSPEC_CASE("map.shared.dontneed_loses_nothing", "MMAP.SHARED_WRITES_VISIBLE"_req) {
  const Actor a = plan.Spawn("a");
  const Mapping m = MapShared(a, a.Memfd(0, Pages(1)), 1);
  a.Store(m, 42).Succeeds();
  a.Do(MapAdvise{m, {Pages(1)}, Advice::kDontNeed}).Gives(0);
  a.Load(m).Gives(42);
}

SHMSPEC_CASE("map.private.children_have_copies", "MMAP.FORK_RETAINS"_req,
             "MMAP.PRIVATE_ISOLATED"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Descriptor d = a.Memfd(0, Pages(2));
  const Mapping shared = MapShared(a, d, 2);
  const Mapping own = MapPrivately(a, d, 2);
  a.Store(own, 1).Succeeds();
  a.Store(shared, 2).Succeeds();
  a.Fork(c);
  c.Load(own).Gives(1);
  c.Load(shared).Gives(2);
  // The child has written nothing, and must not see what its parent stores from now on.
  a.Store(own, 3).Succeeds();
  a.Store(own + PageOffset(1), 4).Succeeds();
  c.Load(own).Gives(1);
  c.Load(own + PageOffset(1)).Gives(0);
  c.Store(own, 5).Succeeds();
  a.Load(own).Gives(3);
  a.Store(shared, 6).Succeeds();
  c.Load(shared).Gives(6);
  c.Store(shared + 8, 7).Succeeds();
  a.Load(shared + 8).Gives(7);
}

SHMSPEC_CASE("map.rights.shared_writing_needs_a_descriptor_that_writes",
             "MMAP.RDONLY_MAP_WRITE_EACCES"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(1));
  const Descriptor reading = Reopen(a, d);
  const Descriptor writing = Reopen(a, d, kWriteOnly);
  a.Do(MapMap{.descriptor = reading, .size = {Pages(1)}}).Fails(EACCES);
  a.Do(MapMap{.descriptor = reading, .size = {Pages(1)}, .protection = 2}).Fails(EACCES);
  a.Load(MapShared(a, reading, 1, 1)).Gives(0);
  a.Store(MapPrivately(a, reading, 1), 42).Succeeds();
  for (const std::uint64_t flags : {kMapShared, kMapPrivate}) {
    for (const std::uint64_t protection : {0u, 1u, 2u, 3u}) {
      a.Do(MapMap{
               .descriptor = writing, .size = {Pages(1)}, .protection = protection, .flags = flags})
          .Fails(EACCES);
    }
  }
}

SHMSPEC_CASE("map.rights.cannot_be_raised_above_those_of_the_descriptor",
             "MMAP.MPROTECT_UPGRADE_EACCES"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Descriptor d = a.Memfd(0, Pages(2));
  const Descriptor reading = Reopen(a, d);
  const Mapping low = MapShared(a, reading, 2, 1);
  const Mapping none = MapShared(a, reading, 1, 0);
  a.Do(MapProtect{low, {Pages(1)}, 1 | 2}).Fails(EACCES);
  a.Do(MapProtect{none, {Pages(1)}, 2}).Fails(EACCES);
  a.Do(DescriptorClose{reading}).Gives(0);
  a.Do(MapProtect{low, {Pages(2)}, 1 | 2}).Fails(EACCES);
  a.Fork(c);
  c.Do(MapProtect{low + PageOffset(1), {Pages(1)}, 1 | 2}).Fails(EACCES);
  c.Store(low, 1).Faults(SIGSEGV, FaultCode::kAccess);
  a.Do(MapProtect{none, {Pages(1)}, 1}).Gives(0);
  a.Load(none).Gives(0);
}

SHMSPEC_CASE("map.rights.can_be_raised_to_those_of_the_descriptor",
             "MMAP.MPROTECT_UPGRADE_EACCES"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(1));
  const Mapping m = MapShared(a, d, 1, 1);
  a.Do(DescriptorClose{d}).Gives(0);
  a.Store(m, 1).Faults(SIGSEGV, FaultCode::kAccess);
  a.Do(MapProtect{m, {Pages(1)}, 1 | 2}).Gives(0);
  a.Store(m, 42).Succeeds();
  a.Load(m).Gives(42);
}

SHMSPEC_CASE("map.rights.are_those_of_one_mapping", "MMAP.MPROTECT_ENFORCED"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Descriptor d = a.Memfd(0, Pages(2));
  const Mapping m = MapShared(a, d, 2);
  const Mapping other = MapShared(a, d, 2);
  a.Fork(c);
  a.Do(MapProtect{m, {Pages(1)}, 1}).Gives(0);
  a.Store(m + 16, 1).Faults(SIGSEGV, FaultCode::kAccess);
  a.Load(m).Gives(0);
  a.Store(m + PageOffset(1), 2).Succeeds();
  a.Do(MapProtect{m, {Pages(1)}, 0}).Gives(0);
  a.Load(m).Faults(SIGSEGV, FaultCode::kAccess);
  a.Store(other, 3).Succeeds();
  c.Load(m).Gives(3);
  c.Store(m, 4).Succeeds();
  a.Load(other).Gives(4);
}

SHMSPEC_CASE("map.anonymous.is_shared_with_children", "ANON.SHARED_WITH_CHILD"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Actor e = plan.Forked("e");
  const Mapping m = a.Map({.size = {Pages(2)}, .flags = kMapShared | kMapAnonymous});
  const Mapping other = a.Map({.size = {Pages(2)}, .flags = kMapShared | kMapAnonymous});
  a.Do(MemoryChecksum{m, {Pages(2)}}).Gives(ChecksumOfZeros(Pages(2)));
  a.Fork(c);
  c.Fork(e);
  a.Store(m, 1).Succeeds();
  c.Load(m).Gives(1);
  e.Store(m + PageOffset(1), 2).Succeeds();
  a.Load(m + PageOffset(1)).Gives(2);
  c.Store(m + 8, 3).Succeeds();
  e.Load(m + 8).Gives(3);
  a.Load(other).Gives(0);
  c.Exit().Expects(Exited());
  e.Load(m).Gives(1);
}

SHMSPEC_CASE("map.anonymous.cannot_be_reached_from_elsewhere", "ANON.NOT_REACHABLE_OTHERWISE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Mapping m = a.Map({.size = {Pages(2)}, .flags = kMapShared | kMapAnonymous});
  a.Do(MapShow{m + PageOffset(1)}).Succeeds();  // the oracle looks for the name
  a.Store(m, 42).Succeeds();
  a.Fork(c);
  c.Do(MapUnmap{m, {Pages(2)}}).Gives(0);
  c.Load(m).Faults(SIGSEGV, FaultCode::kUnmapped);
  const Mapping other = c.Map({.size = {Pages(2)}, .flags = kMapShared | kMapAnonymous});
  c.Load(other).Gives(0);
  c.Store(other, 43).Succeeds();
  a.Load(m).Gives(42);
  a.Do(ProcessExec{}).Gives(0);
  const Mapping again = a.Map({.size = {Pages(2)}, .flags = kMapShared | kMapAnonymous});
  a.Do(MemoryChecksum{again, {Pages(2)}}).Gives(ChecksumOfZeros(Pages(2)));
}

SHMSPEC_CASE("map.anonymous.growing_gives_no_memory", "ANON.GROW_SIGBUS"_req) {
  const Actor a = plan.Spawn("a");
  const Mapping m = a.Map({.size = {Pages(1)}, .flags = kMapShared | kMapAnonymous});
  a.Store(m, 42).Succeeds();
  Mapping grown;
  a.MapAs(grown, MapRemap{m, {Pages(1)}, {Pages(2)}, {}}).Succeeds();
  a.Load(grown).Gives(42);
  a.Load(grown + PageOffset(1)).Faults(SIGBUS, FaultCode::kBeyondObject);
}

SHMSPEC_CASE("map.anonymous.private_memory_is_wiped_or_given_up_when_asked",
             "MMAP.MADV_REMOVE_NEEDS_SHARED_WRITE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Mapping own = Room(a, 2);
  a.Store(own, 1).Succeeds();
  a.Store(own + PageOffset(1), 2).Succeeds();
  a.Do(MapAdvise{own, {Pages(1)}, Advice::kWipeOnFork}).Gives(0);
  a.Do(MapAdvise{own + PageOffset(1), {Pages(1)}, Advice::kFree}).Gives(0);
  a.Store(own + PageOffset(1), kDontCare).Succeeds();
  a.Fork(c);
  a.Load(own).Gives(1);
  c.Load(own).Gives(0);
  c.Load(own + PageOffset(1)).Gives(kDontCare);
}

SHMSPEC_CASE("map.advise.removal_needs_a_shared_mapping_that_writes",
             "MMAP.MADV_REMOVE_NEEDS_SHARED_WRITE"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(2));
  const Mapping shared = MapShared(a, d, 2);
  const Mapping own = MapPrivately(a, d, 2);
  const Mapping reading = MapShared(a, Reopen(a, d), 2, 1);
  a.Store(shared, 1).Succeeds();
  a.Store(shared + PageOffset(1), 2).Succeeds();
  a.Do(MapAdvise{own, {Pages(1)}, Advice::kRemove}).Fails(EACCES);
  a.Do(MapAdvise{reading, {Pages(1)}, Advice::kRemove}).Fails(EACCES);
  a.Do(MapAdvise{shared, {Pages(1)}, Advice::kFree}).Fails(EINVAL);
  a.Do(MapAdvise{shared, {Pages(1)}, Advice::kWipeOnFork}).Fails(EINVAL);
  a.Do(MapAdvise{own, {Pages(1)}, Advice::kFree}).Fails(EINVAL);
  a.Load(reading).Gives(1);
  a.Do(MapAdvise{shared, {Pages(1)}, Advice::kRemove}).Gives(0);
  a.Load(reading).Gives(0);
  a.Load(shared + PageOffset(1)).Gives(2);
}

}  // namespace
}  // namespace shmspec
