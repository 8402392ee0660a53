// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Attaches, the objects that they are made by, and sizes that change.

#include "suites/wrapper/library.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_CASE("wrapper.attach.can_be_done_twice", "LIB.ATTACH.TWICE"_req) {
  const Actor a = plan.Spawn("a");
  const LibraryObject g = Create(a, "n0", Pages(2));
  const Attach p = AttachedBy(a, g);
  const Attach q = AttachedBy(a, g);
  a.Store(p, 1).Succeeds();
  a.Load(q).Gives(1);
  a.Store(q + PageOffset(1), 2).Succeeds();
  a.Load(p + PageOffset(1)).Gives(2);
  Clear(a);
}

SHMSPEC_CASE("wrapper.attach.reaches_the_first_and_the_last_byte", "LIB.ATTACH.WHOLE_SIZE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  int number = 0;
  for (const std::uint64_t bytes : {std::uint64_t{1}, Pages(1), Pages(2) + 9, Pages(4) - 1}) {
    const std::string name = "n" + std::to_string(number++);
    const auto last = static_cast<std::int64_t>(bytes) - 1;
    const Attach p = AttachedBy(a, Create(a, name, bytes));
    a.Store(p, 7, Width::k1).Succeeds();
    a.Store(p + last, 8, Width::k1).Succeeds();
    const Attach q = AttachedBy(b, OpenedBy(b, name));
    b.Load(q + last, Width::k1).Gives(8);
    b.Load(q, Width::k1).Gives(last == 0 ? 8 : 7);
    Clear(a, name);
  }
}

SHMSPEC_CASE("wrapper.attach.for_reading_shows_later_stores", "LIB.ATTACH.READ_ONLY_READS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Attach p = AttachedBy(a, Create(a));
  a.Store(p, 1).Succeeds();
  const Attach q = AttachedBy(b, OpenedBy(b, "n0", true), true);
  b.Load(q).Gives(1);
  a.Store(p, 2).Succeeds();
  b.Load(q).Gives(2);
  Clear(a);
}

SHMSPEC_CASE("wrapper.attach.for_reading_refuses_stores",
             "LIB.ATTACH.READ_ONLY_REFUSES_STORES"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Attach p = AttachedBy(a, Create(a));
  a.Store(p, 42).Succeeds();
  const Attach q = AttachedBy(b, OpenedBy(b, "n0", true), true);
  b.Store(q, 43);
  b.Load(q);
  a.Load(p);
  Clear(a);
}

SHMSPEC_CASE("wrapper.attach.that_fails_changes_nothing",
             "LIB.ATTACH.FAILED_DESTROYS_NOTHING"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  LibraryObject g;
  constexpr std::uint64_t kBeyondEveryProcess = std::uint64_t{1} << 58;
  a.ObjectAs(g, SegmentCreate{"n0", {kBeyondEveryProcess}, {}});
  Attach p;
  a.AttachObjectAs(p, SegmentAttach{g, false}).Expects(Refused());
  TriesToOpen(b, {"n0"});
  a.Do(SegmentRemove{"n0"});
}

SHMSPEC_CASE("wrapper.attach.of_others_stays_when_one_is_detached", "LIB.DETACH.OTHERS_STAY"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const LibraryObject g = Create(a);
  const Attach p = AttachedBy(a, g);
  const Attach q = AttachedBy(a, g);
  const Attach r = AttachedBy(b, OpenedBy(b));
  a.Store(p, 42).Succeeds();
  a.Do(SegmentDetach{p}).Succeeds();
  a.Load(q).Gives(42);
  b.Load(r).Gives(42);
  a.Store(q, 43).Succeeds();
  b.Load(r).Gives(43);
  Clear(a);
}

SHMSPEC_CASE("wrapper.attach.of_another_process_stays_after_a_detach",
             "LIB.DETACH.OTHERS_STAY"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Attach p = AttachedBy(a, Create(a));
  const LibraryObject h = OpenedBy(b);
  const Attach q = AttachedBy(b, h);
  b.Store(q, 42).Succeeds();
  b.Do(SegmentDetach{q}).Succeeds();
  b.Do(SegmentClose{h}).Succeeds();
  a.Load(p).Gives(42);
  a.Store(p, 43).Succeeds();
  Clear(a);
}

SHMSPEC_CASE("wrapper.close.keeps_the_segment", "LIB.CLOSE.KEEPS_SEGMENT"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const LibraryObject g = Create(a);
  const Attach p = AttachedBy(a, g);
  a.Store(p, 42).Succeeds();
  a.Do(SegmentDetach{p}).Succeeds();
  a.Do(SegmentClose{g}).Succeeds();
  TriesToOpen(b, {"n0"});
  TriesToCreate(b, "n0", Pages(1));
  Clear(a);
}

SHMSPEC_CASE("wrapper.close.of_an_attacher_keeps_the_segment", "LIB.CLOSE.KEEPS_SEGMENT"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Actor c = plan.Spawn("c");
  const Attach p = AttachedBy(a, Create(a));
  a.Store(p, 42).Succeeds();
  const LibraryObject h = OpenedBy(b);
  b.Do(SegmentClose{h}).Succeeds();
  c.Load(AttachedBy(c, OpenedBy(c))).Gives(42);
  Clear(a);
}

SHMSPEC_CASE("wrapper.resize.changes_the_size_for_all", "LIB.RESIZE.CHANGES_SIZE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const LibraryObject g = Create(a, "n0", Pages(2));
  a.Do(SegmentResize{g, {Pages(4)}}).Succeeds();
  a.Do(SegmentSize{g});
  b.Do(SegmentSize{OpenedBy(b)});
  a.Do(SegmentResize{g, {Pages(1)}}).Succeeds();
  a.Do(SegmentSize{g});
  const Actor c = plan.Spawn("c");
  c.Do(SegmentSize{OpenedBy(c)});
  Clear(a);
}

SHMSPEC_CASE("wrapper.resize.keeps_the_bytes", "LIB.RESIZE.KEEPS_BYTES"_req) {
  const Actor a = plan.Spawn("a");
  const LibraryObject g = Create(a, "n0", Pages(1));
  const Attach p = AttachedBy(a, g);
  a.Store(p, 42).Succeeds();
  a.Store(p + PageOffset(1) - 8, 43).Succeeds();
  a.Do(SegmentResize{g, {Pages(3)}}).Succeeds();
  const Actor b = plan.Spawn("b");
  const Attach q = AttachedBy(b, OpenedBy(b));
  b.Load(q).Gives(42);
  b.Load(q + PageOffset(1) - 8).Gives(43);
  b.Load(q + PageOffset(1)).Gives(0);
  b.Load(q + PageOffset(3) - 8).Gives(0);
  Clear(a);
}

}  // namespace
}  // namespace shmspec
