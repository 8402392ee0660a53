// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The second time and the tenth, many segments at once, and what lies between two uses.

#include "suites/wrapper/library.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

std::string Name(const std::string& beginning, int number) {
  return beginning + std::to_string(number);
}

SHMSPEC_CASE("wrapper.again.is_as_good_as_the_first_time", "LIB.REMOVE.CREATE_AGAIN"_req) {
  const Actor a = plan.Spawn("a");
  for (int time = 0; time < 10; ++time) {
    const LibraryObject g = Create(a);
    const Attach p = AttachedBy(a, g);
    a.Load(p + 64);
    a.Store(p + 64, 42).Succeeds();
    a.Load(p + 64).Gives(42);
    a.Do(SegmentDetach{p}).Succeeds();
    a.Do(SegmentClose{g}).Succeeds();
    Clear(a);
  }
}

SHMSPEC_CASE("wrapper.again.opening_works_as_well", "LIB.OPEN.SAME_BYTES"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Attach p = AttachedBy(a, Create(a));
  for (int time = 1; time <= 6; ++time) {
    a.Store(p, static_cast<std::uint64_t>(time)).Succeeds();
    const LibraryObject h = OpenedBy(b);
    const Attach q = AttachedBy(b, h);
    b.Load(q).Gives(time);
    b.Do(SegmentDetach{q}).Succeeds();
    b.Do(SegmentClose{h}).Succeeds();
  }
  a.Load(p).Gives(6);
  Clear(a);
}

SHMSPEC_CASE("wrapper.again.attaching_shows_the_same_bytes", "LIB.ATTACH.TWICE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const LibraryObject g = Create(a, "n0", Pages(2));
  const Attach p = AttachedBy(a, g);
  AttachedBy(b, OpenedBy(b));  // some libraries remove what nobody is attached to
  a.Store(p + PageOffset(1), 42).Succeeds();
  a.Do(SegmentDetach{p}).Succeeds();
  const Attach q = AttachedBy(a, g);
  a.Load(q + PageOffset(1)).Gives(42);
  a.Store(q, 43).Succeeds();
  a.Do(SegmentDetach{q}).Succeeds();
  a.Load(AttachedBy(a, g)).Gives(43);
  Clear(a);
}

SHMSPEC_CASE("wrapper.many.segments_do_not_touch_each_other", "LIB.CREATE.NAMES_DISTINCT"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  constexpr int kMany = 16;
  std::vector<Attach> attaches;
  for (int i = 0; i < kMany; ++i) {
    attaches.push_back(
        AttachedBy(a, Create(a, Name("n", i), Pages(static_cast<std::uint64_t>(1 + i % 3)))));
    a.Store(attaches.back(), static_cast<std::uint64_t>(100 + i)).Succeeds();
  }
  for (int i = 0; i < kMany; ++i) a.Load(attaches[static_cast<std::size_t>(i)]).Gives(100 + i);
  for (int i = kMany - 1; i >= 0; i -= 5) {
    b.Load(AttachedBy(b, OpenedBy(b, Name("n", i)))).Gives(100 + i);
  }
  for (int i = 0; i < kMany; ++i) Clear(a, Name("n", i));
}

SHMSPEC_CASE("wrapper.many.names_differ_in_little", "LIB.CREATE.NAMES_DISTINCT"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const char* const names[] = {"n0", "n00", "N0", "n-0", "n_0", "n.0", "0n", "n"};
  std::uint64_t number = 1;
  for (const char* name : names) a.Store(AttachedBy(a, Create(a, name)), number++).Succeeds();
  std::int64_t expected = 1;
  for (const char* name : names) b.Load(AttachedBy(b, OpenedBy(b, name))).Gives(expected++);
  for (const char* name : names) Clear(a, name);
}

SHMSPEC_CASE("wrapper.many.processes_share_one_segment", "LIB.OPEN.SAME_BYTES"_req) {
  const Actor a = plan.Spawn("a");
  const Attach p = AttachedBy(a, Create(a));
  for (const char* name : {"b", "c", "d"}) {
    const Actor other = plan.Spawn(name);
    const Attach q = AttachedBy(other, OpenedBy(other));
    other.Load(q);
    a.Store(p, 7).Succeeds();
    other.Load(q).Gives(7);
    other.Store(q + 8, 8).Succeeds();
    a.Load(p + 8).Gives(8);
    a.Store(p + 8, 0).Succeeds();
  }
  Clear(a);
}

SHMSPEC_CASE("wrapper.many.removals_are_of_one_name_each", "LIB.REMOVE.NAME_GONE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  for (int i = 0; i < 4; ++i) {
    a.Store(AttachedBy(a, Create(a, Name("n", i))), static_cast<std::uint64_t>(i)).Succeeds();
  }
  a.Do(SegmentRemove{"n1"}).Gives(0);
  TriesToOpen(b, {"n1"});
  for (const int i : {0, 2, 3}) b.Load(AttachedBy(b, OpenedBy(b, Name("n", i)))).Gives(i);
  for (const int i : {0, 2, 3}) Clear(a, Name("n", i));
}

SHMSPEC_CASE("wrapper.large.segments_are_whole", "LIB.ATTACH.WHOLE_SIZE"_req,
             "LIB.CREATE.SIZE_AS_ASKED"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  constexpr std::uint64_t kBytes = (std::uint64_t{5} << 20) + 8;
  const LibraryObject g = Create(a, "n0", kBytes);
  a.Do(SegmentSize{g});
  const Attach p = AttachedBy(a, g);
  a.Store(p + static_cast<std::int64_t>(kBytes) - 8, 42).Succeeds();
  const LibraryObject h = OpenedBy(b);
  b.Do(SegmentSize{h});
  const Attach q = AttachedBy(b, h);
  b.Load(q + static_cast<std::int64_t>(kBytes) - 8).Gives(42);
  b.Load(q + (std::int64_t{3} << 20));
  Clear(a);
}

SHMSPEC_CASE("wrapper.widths.are_all_the_same_bytes", "LIB.OPEN.SAME_BYTES"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Attach p = AttachedBy(a, Create(a));
  const Attach q = AttachedBy(b, OpenedBy(b));
  a.Store(p + 1, 0x81, Width::k1).Succeeds();
  a.Store(p + 6, 0x8182, Width::k2).Succeeds();
  a.Store(p + 12, 0x81828384, Width::k4).Succeeds();
  a.Store(p + 24, 0x8182838485868788, Width::k8).Succeeds();
  b.Load(q + 1, Width::k1).Gives(0x81);
  b.Load(q + 6, Width::k2).Gives(0x8182);
  b.Load(q + 12, Width::k4).Gives(0x81828384);
  b.Load(q + 24, Width::k8).Gives(static_cast<std::int64_t>(0x8182838485868788));
  b.Load(q, Width::k1);
  b.Load(q + 2, Width::k1);
  b.Load(q + 32, Width::k8);
  Clear(a);
}

SHMSPEC_CASE("wrapper.owner.of_a_name_keeps_it", "LIB.CREATE.EXCLUSIVE"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  const Attach p = AttachedBy(a, Create(a));
  a.Store(p, 42).Succeeds();
  TriesToCreate(b, "n0", Pages(1));
  TriesToCreate(b, "n0", Pages(2));
  a.Load(p).Gives(42);
  const Actor c = plan.Spawn("c", User(kAlice));
  c.Load(AttachedBy(c, OpenedBy(c))).Gives(42);
  Clear(a);
}

SHMSPEC_CASE("wrapper.owner.is_the_effective_user_in_each_process", "LIB.OPEN.DENIED"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  WithoutUmask(a);
  WithoutUmask(b);
  const Attach p = AttachedBy(a, Create(a, "n0"));
  const Attach q = AttachedBy(b, Create(b, "n1"));
  a.Store(p, 1).Succeeds();
  b.Store(q, 2).Succeeds();
  TriesToOpen(a, {"n1", true});
  TriesToOpen(b, {"n0", true});
  a.Load(p).Gives(1);
  b.Load(q).Gives(2);
  Clear(a, "n0");
  Clear(b, "n1");
}

SHMSPEC_CASE("wrapper.resize.shows_zeros_where_it_was_cut", "LIB.RESIZE.KEEPS_BYTES"_req) {
  const Actor a = plan.Spawn("a");
  const LibraryObject g = Create(a, "n0", Pages(3));
  const Attach p = AttachedBy(a, g);
  a.Store(p, 42).Succeeds();
  a.Store(p + PageOffset(2), 43).Succeeds();
  a.Do(SegmentDetach{p}).Succeeds();
  a.Do(SegmentResize{g, {Pages(1)}}).Succeeds();
  a.Do(SegmentResize{g, {Pages(3)}}).Succeeds();
  const Attach q = AttachedBy(a, g);
  a.Load(q).Gives(42);
  a.Load(q + PageOffset(2)).Gives(0);
  Clear(a);
}

SHMSPEC_CASE("wrapper.end.of_several_attachers_removes_nothing",
             "LIB.END.ATTACHER_REMOVES_NOTHING"_req) {
  const Actor a = plan.Spawn("a");
  const Attach p = AttachedBy(a, Create(a));
  a.Store(p, 42).Succeeds();
  for (const char* name : {"b", "c", "d"}) {
    const Actor other = plan.Spawn(name);
    other.Load(AttachedBy(other, OpenedBy(other))).Gives(42);
    a.Kill(other);
  }
  const Actor e = plan.Spawn("e");
  e.Load(AttachedBy(e, OpenedBy(e))).Gives(42);
  Clear(a);
}

}  // namespace
}  // namespace shmspec
