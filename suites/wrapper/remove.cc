// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Removal, and names that are used again.

#include "suites/wrapper/library.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_CASE("wrapper.remove.takes_the_name_away", "LIB.REMOVE.NAME_GONE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  Create(a);
  a.Do(SegmentRemove{"n0"}).Gives(0);
  TriesToOpen(b, {"n0"});
  TriesToOpen(a, {"n0", true});
}

SHMSPEC_CASE("wrapper.remove.takes_the_name_away_from_those_attached", "LIB.REMOVE.NAME_GONE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  AttachedBy(a, Create(a));
  AttachedBy(b, OpenedBy(b));
  a.Do(SegmentRemove{"n0"}).Gives(0);
  TriesToOpen(b, {"n0"});
}

SHMSPEC_CASE("wrapper.remove.fails_where_nothing_is", "LIB.REMOVE.MISSING"_req) {
  const Actor a = plan.Spawn("a");
  a.Do(SegmentRemove{"n0"}).Expects(Refused());
  Create(a);
  a.Do(SegmentRemove{"n0"}).Gives(0);
  a.Do(SegmentRemove{"n0"}).Expects(Refused());
}

SHMSPEC_CASE("wrapper.remove.leaves_the_bytes_to_those_attached", "LIB.REMOVE.DATA_STAYS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Attach p = AttachedBy(a, Create(a, "n0", Pages(2)));
  const Attach q = AttachedBy(b, OpenedBy(b));
  a.Store(p, 1).Succeeds();
  a.Store(p + PageOffset(1), 2).Succeeds();
  a.Do(SegmentRemove{"n0"}).Gives(0);
  b.Load(q).Gives(1);
  b.Load(q + PageOffset(1)).Gives(2);
  b.Store(q, 3).Succeeds();
  a.Load(p).Gives(3);
}

SHMSPEC_CASE("wrapper.remove.leaves_the_bytes_after_its_caller_has_ended",
             "LIB.REMOVE.DATA_STAYS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Attach p = AttachedBy(a, Create(a));
  const Attach q = AttachedBy(b, OpenedBy(b));
  a.Store(p, 42).Succeeds();
  a.Do(SegmentRemove{"n0"}).Gives(0);
  a.Exit(ExitHow::kNormal);
  b.Load(q).Gives(42);
}

SHMSPEC_CASE("wrapper.remove.lets_the_name_be_used_again", "LIB.REMOVE.CREATE_AGAIN"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Actor c = plan.Spawn("c");
  const Attach p = AttachedBy(a, Create(a));
  a.Store(p, 42).Succeeds();
  a.Do(SegmentRemove{"n0"}).Gives(0);
  const Attach q = AttachedBy(b, Create(b));
  b.Load(q);
  b.Store(q, 43).Succeeds();
  a.Load(p).Gives(42);
  a.Store(p, 44).Succeeds();
  b.Load(q).Gives(43);
  c.Load(AttachedBy(c, OpenedBy(c))).Gives(43);
  Clear(b);
}

SHMSPEC_CASE("wrapper.remove.lets_the_name_be_used_with_another_size",
             "LIB.REMOVE.CREATE_AGAIN"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  Create(a, "n0", Pages(1));
  a.Do(SegmentRemove{"n0"}).Gives(0);
  const LibraryObject g = Create(b, "n0", Pages(3));
  b.Do(SegmentSize{g});
  const Attach p = AttachedBy(b, g);
  b.Store(p + PageOffset(3) - 8, 42).Succeeds();
  b.Load(p + PageOffset(3) - 8).Gives(42);
  Clear(b);
}

SHMSPEC_CASE("wrapper.remove.is_for_the_owner", "LIB.REMOVE.DENIED"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  const Actor c = plan.Spawn("c", User(kAlice));
  WithoutUmask(a);
  const Attach p = AttachedBy(a, CreateWithMode(a, 0666));
  a.Store(p, 42).Succeeds();
  b.Do(SegmentRemove{"n0"}).Expects(Refused());
  c.Load(AttachedBy(c, OpenedBy(c))).Gives(42);
  Clear(a);
}

SHMSPEC_CASE("wrapper.remove.is_for_the_owner_of_a_private_segment", "LIB.REMOVE.DENIED"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  const Actor c = plan.Spawn("c", User(kAlice));
  Create(a);
  b.Do(SegmentRemove{"n0"}).Expects(Refused());
  AttachedBy(c, OpenedBy(c));
  Clear(a);
}

SHMSPEC_CASE("wrapper.remove.works_in_any_process_of_the_owner", "LIB.REMOVE.BY_ANY_PROCESS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  Create(a);
  b.Do(SegmentRemove{"n0"}).Gives(0);
  TriesToOpen(a, {"n0"});
  Create(a);
  Clear(b);
}

}  // namespace
}  // namespace shmspec
