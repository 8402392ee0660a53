// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Who may use an object, in which memory it lies, and by how many addresses it is used.

#include <cerrno>

#include "suites/sync/meeting.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

constexpr SyncKind kWithAttribute[] = {SyncKind::kMutex, SyncKind::kRwlock, SyncKind::kCond,
                                       SyncKind::kBarrier};

SHMSPEC_CASE("sync.shared.attributes_say_private_at_first", "SYNC.PSHARED.DEFAULT_PRIVATE"_req) {
  const Actor a = plan.Spawn("a");
  for (const SyncKind kind : kWithAttribute) a.Do(SyncGetShared{kind}).Gives(0);
}

SHMSPEC_CASE("sync.shared.attributes_say_what_was_set", "SYNC.PSHARED.SETTABLE"_req) {
  const Actor a = plan.Spawn("a");
  for (const SyncKind kind : kWithAttribute) {
    a.Do(SyncSetShared{kind, 1}).Gives(1);
    a.Do(SyncSetShared{kind, 0}).Gives(0);
  }
}

SHMSPEC_CASE("sync.shared.attributes_refuse_other_values", "SYNC.PSHARED.INVALID"_req) {
  const Actor a = plan.Spawn("a");
  for (const SyncKind kind : kWithAttribute) {
    for (const std::int32_t value : {2, 99, -1}) a.Do(SyncSetShared{kind, value}).Fails(EINVAL);
  }
}

/// The objects work between a and b, which have the same memory at these addresses.
void Work(const Actor& a, Address p, const Actor& b, Address q) {
  const auto second = [](Address at) { return at.offset += kSecond, at; };
  const auto third = [](Address at) { return at.offset += kThird, at; };
  a.Do(SyncMutexInit{p, {}, {}, true}).Gives(0);
  b.Do(SyncMutexLock{q}).Gives(0);
  a.Do(Try(p)).Fails(EBUSY);
  a.Begin(SyncMutexLock{p}).Gives(0);
  b.AwaitBlocked(a);
  b.Do(SyncMutexUnlock{q}).Gives(0);
  a.Join();
  b.Do(SyncSemInit{second(q), 0}).Gives(0);
  b.Begin(SyncSemWait{second(q)}).Gives(0);
  a.AwaitBlocked(b);
  a.Do(SyncSemPost{second(p)}).Gives(0);
  b.Join();
  a.Do(SyncBarrierInit{third(p), 2}).Gives(0);
  b.Begin(SyncBarrierWait{third(q)});
  a.AwaitBlocked(b);
  a.Do(SyncBarrierWait{third(p)});
  b.Join();
  a.Do(SyncCondInit{third(p)}).Gives(0);
  a.Begin(SyncCondWait{.at = third(p), .mutex = p}).Gives(0);
  b.AwaitBlocked(a);
  b.Do(SyncCondSignal{third(q)}).Gives(0);
  a.Join();
  a.Do(SyncRwlockInit{second(p)}).Gives(0);
  a.Do(SyncRwlockLock{.at = second(p), .write = true}).Gives(0);
  b.Begin(SyncRwlockLock{second(q)}).Gives(0);
  a.AwaitBlocked(b);
  a.Do(SyncRwlockUnlock{second(p)}).Gives(0);
  b.Join();
  // The mutex is a's.
  a.Exit();
  b.Do(SyncMutexLock{q}).Fails(EOWNERDEAD);
}

constexpr Requirement kAllCarriers = "SYNC.PSHARED.ALL_CARRIERS"_req;

SHMSPEC_CASE("sync.shared.objects_work_in_a_segment", kAllCarriers) {
  const Meeting all(plan);
  Work(all.a, all.a.at, all.b, all.b.at);
}

SHMSPEC_CASE("sync.shared.objects_work_in_an_object_in_memory", kAllCarriers) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Mapping m = MapShared(a, NewObject(a, "/n0", Pages(1)), 1);
  b.Reserve(Pages(7));
  const Mapping n = MapShared(b, b.Open({"/n0", kReadWrite}), 1);
  a.Do(PosixUnlink{"/n0"}).Gives(0);
  Work(a, m, b, n);
}

SHMSPEC_CASE("sync.shared.objects_work_in_a_memfd", kAllCarriers) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Forked("b");
  const Descriptor d = a.Memfd(0, Pages(2));
  a.Fork(b);
  const Mapping m = MapShared(a, d, 2);
  b.Reserve(Pages(7));
  const Mapping n = MapShared(b, d, 1, 1 | 2, 1);
  Work(a, m + PageOffset(1), b, n);
}

SHMSPEC_CASE("sync.shared.objects_work_in_anonymous_memory", kAllCarriers) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Forked("b");
  const Mapping m = a.Map({.size = {Pages(1)}, .flags = kMapShared | kMapAnonymous});
  a.Fork(b);
  Work(a, m, b, m);
}

SHMSPEC_CASE("sync.shared.objects_work_through_two_attaches_of_one_process",
             "SYNC.PSHARED.ANY_MAPPING"_req) {
  const Meeting all(plan);
  const Attach alias = all.a.At(all.segment);
  all.a.Do(SyncMutexInit{all.a.at, MutexType::kErrorCheck}).Gives(0);
  all.a.Do(SyncMutexLock{alias}).Gives(0);
  all.a.Do(Try(all.a.at)).Fails(EBUSY);
  all.a.Do(SyncMutexUnlock{all.a.at}).Gives(0);
  all.b.Do(SyncMutexLock{all.b.at}).Gives(0);
  all.a.Do(Try(alias)).Fails(EBUSY);
}

}  // namespace
}  // namespace shmspec
