// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Opening segments, opening or creating them, and the rights that it takes.

#include "suites/wrapper/library.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

LibraryObject EitherBy(const Actor& actor, std::uint64_t bytes = Pages(1)) {
  LibraryObject object;
  actor.ObjectAs(object, SegmentOpenOrCreate{"n0", {bytes}, {}, 0});
  return object;
}

SHMSPEC_CASE("wrapper.open.fails_where_nothing_is", "LIB.OPEN.MISSING"_req) {
  const Actor a = plan.Spawn("a");
  TriesToOpen(a, {"n0"});
  Create(a, "n1");
  TriesToOpen(a, {"n0", true});
  TriesToOpen(a, {"n11"});
  Clear(a, "n1");
}

SHMSPEC_CASE("wrapper.open.makes_nothing", "LIB.OPEN.DOES_NOT_CREATE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  TriesToOpen(a, {"n0"});
  TriesToOpen(b, {"n0"});
  Create(b);
  Clear(b);
}

SHMSPEC_CASE("wrapper.open.shows_what_others_store", "LIB.OPEN.SAME_BYTES"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Attach p = AttachedBy(a, Create(a, "n0", Pages(2)));
  const Attach q = AttachedBy(b, OpenedBy(b));
  a.Store(p, 1).Succeeds();
  b.Load(q).Gives(1);
  b.Store(q + PageOffset(2) - 8, 2).Succeeds();
  a.Load(p + PageOffset(2) - 8).Gives(2);
  a.Store(p + PageOffset(1), 3).Succeeds();
  b.Load(q + PageOffset(1)).Gives(3);
  Clear(a);
}

SHMSPEC_CASE("wrapper.open.asks_the_system_for_the_size", "LIB.OPEN.SIZE_FROM_SYSTEM"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  int number = 0;
  for (const std::uint64_t bytes : {Pages(3), Pages(1) + 100, std::uint64_t{24}}) {
    const std::string name = "n" + std::to_string(number++);
    Create(a, name, bytes);
    b.Do(SegmentSize{OpenedBy(b, name)});
    Clear(a, name);
  }
}

SHMSPEC_CASE("wrapper.open.does_not_believe_the_contents", "LIB.OPEN.SIZE_NOT_FROM_CONTENTS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Attach p = AttachedBy(a, Create(a, "n0", Pages(2)));
  for (std::int64_t at = 0; at < 64; at += 8) a.Store(p + at, ~std::uint64_t{0}).Succeeds();
  const LibraryObject g = OpenedBy(b);
  b.Do(SegmentSize{g});
  const Attach q = AttachedBy(b, g);
  b.Load(q).Gives(-1);
  b.Load(q + PageOffset(2) - 8);
  Clear(a);
}

SHMSPEC_CASE("wrapper.open.refuses_writing_without_the_right", "LIB.OPEN.WRITE_DENIED"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  WithoutUmask(a);
  const Attach p = AttachedBy(a, CreateWithMode(a, 0644));
  a.Store(p, 42).Succeeds();
  TriesToOpen(b, {"n0", false});
  a.Load(p).Gives(42);
  Clear(a);
}

SHMSPEC_CASE("wrapper.open.refuses_users_without_rights", "LIB.OPEN.DENIED"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  WithoutUmask(a);
  CreateWithMode(a, 0600);
  TriesToOpen(b, {"n0", true});
  TriesToOpen(b, {"n0", false});
  Clear(a);
}

SHMSPEC_CASE("wrapper.open.changes_nothing_when_refused", "LIB.OPEN.DENIED_DESTROYS_NOTHING"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  const Actor c = plan.Spawn("c", User(kAlice));
  WithoutUmask(a);
  const Attach p = AttachedBy(a, CreateWithMode(a, 0600));
  a.Store(p, 42).Succeeds();
  TriesToOpen(b, {"n0", true});
  TriesToOpen(b, {"n0", false});
  b.Exit(ExitHow::kNormal);
  c.Load(AttachedBy(c, OpenedBy(c))).Gives(42);
  Clear(a);
}

SHMSPEC_CASE("wrapper.open.can_be_done_twice", "LIB.OPEN.TWICE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Attach p = AttachedBy(a, Create(a));
  const LibraryObject first = OpenedBy(b);
  const LibraryObject second = OpenedBy(b);
  const Attach q = AttachedBy(b, first);
  const Attach r = AttachedBy(b, second);
  b.Store(q, 42).Succeeds();
  b.Load(r).Gives(42);
  b.Do(SegmentDetach{q}).Succeeds();
  b.Do(SegmentClose{first}).Succeeds();
  b.Load(r).Gives(42);
  b.Store(r, 43).Succeeds();
  a.Load(p).Gives(43);
  Clear(a);
}

SHMSPEC_CASE("wrapper.open_or_create.creates", "LIB.OPEN_OR_CREATE.CREATES"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Attach p = AttachedBy(a, EitherBy(a));
  a.Store(p, 42).Succeeds();
  b.Load(AttachedBy(b, OpenedBy(b))).Gives(42);
  Clear(a);
}

SHMSPEC_CASE("wrapper.open_or_create.opens", "LIB.OPEN_OR_CREATE.OPENS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Attach p = AttachedBy(a, Create(a));
  a.Store(p, 42).Succeeds();
  const Attach q = AttachedBy(b, EitherBy(b));
  b.Load(q).Gives(42);
  b.Store(q, 43).Succeeds();
  a.Load(p).Gives(43);
  Clear(a);
}

SHMSPEC_CASE("wrapper.open_or_create.keeps_the_size", "LIB.OPEN_OR_CREATE.KEEPS_SIZE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const LibraryObject g = Create(a, "n0", Pages(2));
  const Attach p = AttachedBy(a, g);
  a.Store(p + PageOffset(1), 42).Succeeds();
  EitherBy(b, Pages(1));
  EitherBy(b, Pages(3));
  a.Do(SegmentSize{g});
  a.Load(p + PageOffset(1)).Gives(42);
  Clear(a);
}

}  // namespace
}  // namespace shmspec
