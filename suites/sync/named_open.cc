// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Named semaphores: where a process has them, who may open them, and what ends leave.

#include <cerrno>

#include "suites/sync/named.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_CASE("sync.named.has_one_address_in_a_process", "SYNC.NAMED.SAME_ADDRESS"_req) {
  const Actor a = plan.Spawn("a");
  const Mapping p = Open(a, New(1));
  const Mapping q = Open(a, {});
  const Mapping r = Open(a, {.flags = kMakeObject, .value = 8});
  Post(a, q);
  Has(a, r, 2);
  Close(a, q);
  Has(a, Open(a, {}), 2);
  Has(a, p, 2);
  Unlink(a);
}

SHMSPEC_CASE("sync.named.is_closed_as_often_as_it_was_opened", "SYNC.NAMED.CLOSE"_req) {
  const Actor a = plan.Spawn("a");
  const Mapping p = Open(a, New(1));
  Open(a, {});
  Open(a, {});
  Close(a, p);
  Post(a, p);
  Close(a, p);
  Has(a, p, 2);
  Close(a, p);
  Has(a, Open(a, {}), 2);
  Unlink(a);
}

SHMSPEC_CASE("sync.named.stays_when_nobody_has_it_open", "SYNC.NAMED.CLOSE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Mapping p = Open(a, New(0));
  Post(a, p);
  Close(a, p);
  const Mapping q = Open(b, {});
  Has(b, q, 1);
  Take(b, q);
  Close(b, q);
  Has(a, Open(a, {}), 0);
  Unlink(a);
}

SHMSPEC_CASE("sync.named.that_one_closes_another_one_has", "SYNC.NAMED.CLOSE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Mapping p = Open(a, New(0));
  const Mapping q = Open(b, {});
  b.Begin(SyncSemWait{q}).Gives(0);
  a.AwaitBlocked(b);
  Post(a, p);
  Close(a, p);
  b.Join();
  Has(b, q, 0);
  Unlink(b);
}

SHMSPEC_CASE("sync.named.is_not_closed_where_it_is_not", "SYNC.NAMED.CLOSE_INVALID"_req) {
  const Actor a = plan.Spawn("a");
  const Mapping room = Room(a);
  a.Do(SyncSemClose{room}).Fails(EINVAL);
  const Mapping p = Open(a, New(1));
  a.Do(SyncSemClose{p + 8}).Fails(EINVAL);
  Close(a, p);
  a.Do(SyncSemClose{p}).Fails(EINVAL);
  Unlink(a);
}

// --- rights

SHMSPEC_CASE("sync.named.is_opened_by_those_who_may_read_and_write_it",
             "SYNC.NAMED.PERMISSION"_req) {
  const Actor owner = plan.Spawn("owner", User(kAlice));
  const Actor other = plan.Spawn("other", User(kBob));
  owner.Do(ProcessSetUmask{{0}}).Succeeds();
  struct Row {
    std::uint32_t mode;
    bool owner;
    bool other;
  };
  for (const Row& row : {Row{0600, true, false}, Row{0606, true, true}, Row{0604, true, false},
                         Row{0602, true, false}, Row{0660, true, false}, Row{0666, true, true},
                         Row{0400, false, false}, Row{0200, false, false}, Row{0006, false, true},
                         Row{0, false, false}}) {
    const Mapping p = Open(owner, New(1, row.mode));
    // It is opened again by the rights that it has, not by those of who made it.
    Close(owner, p);
    if (row.owner) {
      Close(owner, Open(owner, {}));
    } else {
      owner.Do(SyncSemOpen{}).Fails(EACCES);
    }
    if (row.other) {
      Close(other, Open(other, {}));
    } else {
      other.Do(SyncSemOpen{}).Fails(EACCES);
      other.Do(SyncSemOpen{.flags = kMakeObject}).Fails(EACCES);
    }
    Unlink(owner);
  }
}

SHMSPEC_CASE("sync.named.is_opened_by_its_group", "SYNC.NAMED.PERMISSION"_req) {
  const Actor owner = plan.Spawn("owner", User(kAlice));
  ActorSpec spec = User(kBob);
  spec.gid = kAlice;
  const Actor member = plan.Spawn("member", spec);
  owner.Do(ProcessSetUmask{{0}}).Succeeds();
  Open(owner, New(1, 0660));
  Has(member, Open(member, {}), 1);
  Unlink(owner);
  Open(owner, New(1, 0646));
  member.Do(SyncSemOpen{}).Fails(EACCES);
  Unlink(owner);
}

SHMSPEC_CASE("sync.named.has_the_mode_that_the_umask_leaves", "SYNC.NAMED.MODE"_req) {
  const Actor owner = plan.Spawn("owner", User(kAlice));
  const Actor other = plan.Spawn("other", User(kBob));
  for (const std::uint32_t mask : {0u, 0007u, 0002u, 0004u, 0070u}) {
    owner.Do(ProcessSetUmask{{mask}}).Succeeds();
    Open(owner, New(3, 0666));
    if ((mask & 0006) == 0) {
      Has(other, Open(other, {}), 3);
    } else {
      other.Do(SyncSemOpen{}).Fails(EACCES);
    }
    Unlink(owner);
  }
}

SHMSPEC_CASE("sync.named.keeps_its_mode_when_opened_with_another_one", "SYNC.NAMED.CREATE"_req,
             "SYNC.NAMED.PERMISSION"_req) {
  const Actor owner = plan.Spawn("owner", User(kAlice));
  const Actor other = plan.Spawn("other", User(kBob));
  owner.Do(ProcessSetUmask{{0}}).Succeeds();
  Open(owner, New(3, 0600));
  Open(owner, {.flags = kMakeObject, .mode = {0666}});
  other.Do(SyncSemOpen{}).Fails(EACCES);
  Unlink(owner);
}

SHMSPEC_CASE("sync.named.is_removed_by_its_owner_alone", "SYNC.NAMED.UNLINK_OTHERS"_req) {
  const Actor owner = plan.Spawn("owner", User(kAlice));
  const Actor other = plan.Spawn("other", User(kBob));
  owner.Do(ProcessSetUmask{{0}}).Succeeds();
  Open(owner, New(3, 0666));
  other.Do(SyncSemUnlink{}).Fails(EACCES);
  Has(other, Open(other, {}), 3);
  Unlink(owner);
  other.Do(SyncSemUnlink{}).Fails(ENOENT);
}

// --- fork, exec and ends

SHMSPEC_CASE("sync.named.is_open_in_a_child_at_the_same_address", "SYNC.NAMED.FORK"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Mapping p = Open(a, New(0));
  a.Fork(c);
  Post(c, p);
  Take(a, p);
  const Mapping q = Open(c, {});
  Post(c, q);
  Has(a, p, 1);
  Close(c, p);
  Close(c, p);
  Has(a, p, 1);
  Unlink(a);
}

SHMSPEC_CASE("sync.named.closed_by_a_child_stays_with_its_parent", "SYNC.NAMED.FORK"_req,
             "SYNC.NAMED.CLOSE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Mapping p = Open(a, New(1));
  Open(a, {});
  a.Fork(c);
  Close(c, p);
  Close(c, p);
  c.Do(SyncSemClose{p}).Fails(EINVAL);
  Has(a, p, 1);
  Close(a, p);
  Has(a, p, 1);
  Unlink(a);
}

SHMSPEC_CASE("sync.named.is_closed_by_the_end_of_its_process", "SYNC.NAMED.ENDS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Actor c = plan.Spawn("c");
  const Mapping p = Open(a, New(5));
  for (const Actor* one : {&b, &c}) Take(*one, Open(*one, {}));
  a.Kill(b);
  c.Exit();
  Has(a, p, 3);
  Post(a, p);
  Has(a, Open(a, {}), 4);
  Unlink(a);
}

SHMSPEC_CASE("sync.named.is_closed_by_exec", "SYNC.NAMED.ENDS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Mapping p = Open(a, New(5));
  Take(b, Open(b, {}));
  b.Do(ProcessExec{}).Gives(0);
  const Mapping q = Open(b, {});
  Has(b, q, 4);
  Post(b, q);
  Has(a, p, 5);
  Close(b, q);
  b.Do(SyncSemClose{q}).Fails(EINVAL);
  Unlink(b);
}

SHMSPEC_CASE("sync.named.lets_a_child_wait_for_its_parent", "SYNC.NAMED.FORK"_req,
             "SYNC.NAMED.SHARED"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Mapping p = Open(a, New(0));
  Unlink(a);
  a.Fork(c);
  c.Begin(SyncSemWait{p}).Gives(0);
  a.AwaitBlocked(c);
  Post(a, p);
  c.Join();
  Has(a, p, 0);
}

SHMSPEC_RACE("sync.named.keeps_the_sum_whatever_the_order", kNamedRounds,
             "SYNC.SEM.CONSERVATION"_req, "SYNC.NAMED.SHARED"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Actor c = plan.Spawn("c");
  const Mapping p = Open(a, New(1));
  const Mapping q = Open(b, {});
  const Mapping r = Open(c, {});
  plan.Race([&] {
    for (int i = 0; i < 3; ++i) Post(a, p);
    for (int i = 0; i < 2; ++i) Take(b, q);
    for (int i = 0; i < 2; ++i) c.Do(SyncSemWait{r, Patience::kTry});
  });
  a.Do(SyncSemValue{p});
  Unlink(a);
}

SHMSPEC_RACE("sync.named.is_opened_or_not_while_it_is_removed", kNamedRounds,
             "SYNC.NAMED.UNLINK"_req, "SYNC.NAMED.MISSING"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  Open(a, New(1));
  plan.Race([&] {
    a.Do(SyncSemUnlink{}).Gives(0);
    b.Do(SyncSemOpen{});
  });
  b.Do(SyncSemOpen{}).Fails(ENOENT);
}

}  // namespace
}  // namespace shmspec
