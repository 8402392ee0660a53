// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Named semaphores: what several processes have by one name.

#include "suites/sync/named.h"

#include <cerrno>
#include <string>

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_CASE("sync.named.is_one_semaphore_in_all_processes", "SYNC.NAMED.SHARED"_req,
             "SYNC.NAMED.CREATE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Actor c = plan.Spawn("c");
  const Mapping p = Open(a, New(0));
  const Mapping q = Open(b, {});
  const Mapping r = Open(c, {});
  Post(a, p);
  Post(b, q);
  Has(c, r, 2);
  Take(c, r);
  Take(a, p);
  Has(b, q, 0);
  a.Do(SyncSemWait{p, Patience::kTry}).Fails(EAGAIN);
  Unlink(a);
}

SHMSPEC_CASE("sync.named.post_lets_a_waiter_of_another_process_go_on", "SYNC.NAMED.SHARED"_req,
             "SYNC.SEM.POST_WAKES"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Mapping p = Open(a, New(0));
  const Mapping q = Open(b, {});
  for (const Patience how : {Patience::kWait, Patience::kTimed}) {
    b.Begin(SyncSemWait{q, how, 60'000}).Gives(0);
    a.AwaitBlocked(b);
    Post(a, p);
    b.Join();
  }
  Has(b, q, 0);
  Unlink(b);
}

SHMSPEC_CASE("sync.named.begins_with_the_value_it_was_made_with", "SYNC.NAMED.CREATE"_req,
             "SYNC.NAMED.VALUE"_req) {
  const Actor a = plan.Spawn("a");
  for (const std::uint32_t value : {0u, 1u, 2u, 0xffffu, 0x10000u, kMostValue - 1, kMostValue}) {
    const Mapping p = Open(a, New(value));
    Has(a, p, value);
    a.Do(SyncSemClose{p}).Gives(0);
    Unlink(a);
  }
}

SHMSPEC_CASE("sync.named.that_is_there_keeps_its_value", "SYNC.NAMED.CREATE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Mapping p = Open(a, New(3));
  const Mapping q = Open(b, {.flags = kMakeObject, .value = 9});
  Has(b, q, 3);
  Has(a, p, 3);
  Unlink(a);
}

SHMSPEC_CASE("sync.named.is_made_once_by_those_who_insist", "SYNC.NAMED.EXCLUSIVE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  Open(a, New(1));
  a.Do(New(1)).Fails(EEXIST);
  b.Do(New(7)).Fails(EEXIST);
  Has(b, Open(b, {}), 1);
  Unlink(a);
  Open(b, New(1));
  Unlink(b);
}

SHMSPEC_RACE("sync.named.is_made_by_one_of_those_who_insist_at_once", kNamedRounds,
             "SYNC.NAMED.EXCLUSIVE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  plan.Race([&] {
    a.Do(New(1));
    b.Do(New(2));
  });
  Open(a, {});
  Unlink(a);
}

SHMSPEC_RACE("sync.named.is_one_for_all_who_make_it_at_once", kNamedRounds, "SYNC.NAMED.CREATE"_req,
             "SYNC.NAMED.SHARED"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  Mapping p;
  Mapping q;
  plan.Race([&] {
    a.MapAs(p, SyncSemOpen{.flags = kMakeObject, .value = 5}).Succeeds();
    b.MapAs(q, SyncSemOpen{.flags = kMakeObject, .value = 5}).Succeeds();
  });
  Post(a, p);
  Has(b, q, 6);
  Unlink(a);
}

SHMSPEC_CASE("sync.named.that_is_not_there_is_not_opened", "SYNC.NAMED.MISSING"_req) {
  const Actor a = plan.Spawn("a");
  a.Do(SyncSemOpen{}).Fails(ENOENT);
  a.Do(SyncSemOpen{.flags = kOnlyNewObject}).Fails(ENOENT);
  Open(a, New(1));
  Unlink(a);
  a.Do(SyncSemOpen{}).Fails(ENOENT);
}

SHMSPEC_CASE("sync.named.has_no_value_above_the_largest", "SYNC.NAMED.VALUE"_req) {
  const Actor a = plan.Spawn("a");
  for (const std::uint32_t value : {kMostValue + 1, ~0u}) {
    a.Do(New(value)).Fails(EINVAL);
    a.Do(SyncSemOpen{.flags = kMakeObject, .value = value}).Fails(EINVAL);
  }
  a.Do(SyncSemOpen{}).Fails(ENOENT);
  const Mapping p = Open(a, New(kMostValue));
  a.Do(SyncSemPost{p}).Fails(EOVERFLOW);
  Has(a, p, kMostValue);
  Unlink(a);
}

SHMSPEC_CASE("sync.named.does_not_take_the_name_of_an_object", "POSIX.OPEN.SEMAPHORE_NAMES"_req) {
  const Actor a = plan.Spawn("a");
  const Mapping object = MapShared(a, NewObject(a, "/n0", Pages(1)), 1);
  a.Store(object, 7);
  const Mapping p = Open(a, New(2));
  a.Load(object).Gives(7);
  Has(a, p, 2);
  a.Do(PosixUnlink{"/n0"}).Gives(0);
  Has(a, Open(a, {}), 2);
  NewObject(a, "/n0");
  Unlink(a);
  a.Do(SyncSemOpen{}).Fails(ENOENT);
  a.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_CASE("sync.named.is_an_object_with_a_prefix", "POSIX.OPEN.SEMAPHORE_NAMES"_req) {
  const Actor a = plan.Spawn("a");
  Open(a, New(2));
  a.Do(PosixOpen{"/sem.n0", kNewObject}).Fails(EEXIST);
  a.Open({"/sem.n0", kReadWrite});
  a.Do(PosixUnlink{"/sem.n0"}).Gives(0);
  a.Do(SyncSemOpen{}).Fails(ENOENT);
}

// --- names

SHMSPEC_CASE("sync.named.has_a_name_of_one_part", "SYNC.NAMED.NAME"_req) {
  const Actor a = plan.Spawn("a");
  for (const std::string name : {"", "/", "//", "/a/b", "/a/", "a/b"}) {
    a.Do(SyncSemOpen{.name = name, .flags = kMakeObject}).Expects(Fails(EINVAL) | Fails(ENOENT));
    a.Do(SyncSemOpen{.name = name}).Expects(Fails(EINVAL) | Fails(ENOENT));
    a.Do(SyncSemUnlink{name}).Expects(Fails(EINVAL) | Fails(ENOENT));
  }
}

SHMSPEC_CASE("sync.named.has_a_name_of_251_bytes_at_most", "SYNC.NAMED.LENGTH"_req) {
  const Actor a = plan.Spawn("a");
  const auto named = [](std::size_t bytes) { return "/" + std::string(bytes, 'x'); };
  const Mapping p = Open(a, {.name = named(251), .flags = kNewSemaphore, .value = 1});
  Has(a, p, 1);
  a.Do(SyncSemOpen{.name = named(250)}).Fails(ENOENT);
  a.Do(SyncSemUnlink{named(251)}).Gives(0);
  for (const std::size_t bytes : {252u, 253u, 255u}) {
    a.Do(SyncSemOpen{.name = named(bytes), .flags = kMakeObject}).Fails(ENAMETOOLONG);
    a.Do(SyncSemUnlink{named(bytes)}).Fails(ENAMETOOLONG);
  }
  const Pattern too_long = Fails(ENAMETOOLONG) | Fails(EINVAL) | Fails(ENOENT);
  for (const std::size_t bytes : {256u, 257u, 4096u}) {
    a.Do(SyncSemOpen{.name = named(bytes), .flags = kMakeObject}).Expects(too_long);
    a.Do(SyncSemUnlink{named(bytes)}).Expects(too_long);
  }
}

SHMSPEC_CASE("sync.named.that_differs_is_another_semaphore", "SYNC.NAMED.SHARED"_req) {
  const Actor a = plan.Spawn("a");
  const std::string names[] = {"/n0", "/n", "/n00", "/N0", "/n0 ", "/n1"};
  std::uint32_t value = 0;
  for (const std::string& name : names) Open(a, {name, kNewSemaphore, {0600}, ++value});
  value = 0;
  for (const std::string& name : names) Has(a, Open(a, {.name = name}), ++value);
  for (const std::string& name : names) a.Do(SyncSemUnlink{name}).Gives(0);
}

SHMSPEC_CASE("sync.named.may_be_named_without_a_slash", "SYNC.NAMED.SHARED"_req) {
  const Actor a = plan.Spawn("a");
  Open(a, {.name = "n0", .flags = kNewSemaphore, .value = 4});
  Has(a, Open(a, {}), 4);
  a.Do(SyncSemUnlink{"n0"}).Gives(0);
}

// --- removing names

SHMSPEC_CASE("sync.named.that_is_removed_goes_on_where_it_is_open", "SYNC.NAMED.UNLINK"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Mapping p = Open(a, New(0));
  const Mapping q = Open(b, {});
  Unlink(b);
  Post(a, p);
  Take(b, q);
  b.Do(SyncSemOpen{}).Fails(ENOENT);
  Has(a, p, 0);
}

SHMSPEC_CASE("sync.named.made_again_is_another_one", "SYNC.NAMED.UNLINK"_req,
             "SYNC.NAMED.SAME_ADDRESS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Mapping old = Open(a, New(1));
  Unlink(a);
  const Mapping fresh = Open(a, New(7));
  const Mapping q = Open(b, {});
  Has(b, q, 7);
  Post(a, old);
  Has(a, old, 2);
  Has(a, fresh, 7);
  Take(b, q);
  Has(a, fresh, 6);
  Has(a, old, 2);
  Unlink(b);
}

SHMSPEC_CASE("sync.named.is_removed_while_another_process_waits", "SYNC.NAMED.UNLINK"_req,
             "SYNC.NAMED.SHARED"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Mapping p = Open(a, New(0));
  const Mapping q = Open(b, {});
  b.Begin(SyncSemWait{q}).Gives(0);
  a.AwaitBlocked(b);
  Unlink(a);
  const Mapping fresh = Open(a, New(0));
  Post(a, fresh);
  a.AwaitBlocked(b);
  Post(a, p);
  b.Join();
  Has(a, fresh, 1);
  Unlink(a);
}

SHMSPEC_CASE("sync.named.is_removed_once", "SYNC.NAMED.UNLINK_MISSING"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  a.Do(SyncSemUnlink{}).Fails(ENOENT);
  Open(a, New(0));
  Unlink(b);
  a.Do(SyncSemUnlink{}).Fails(ENOENT);
  b.Do(SyncSemUnlink{}).Fails(ENOENT);
}

}  // namespace
}  // namespace shmspec
