// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Names, sizes, first bytes and modes of new segments.

#include "suites/wrapper/library.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

constexpr std::uint64_t kHuge = std::uint64_t{1} << 63;

SHMSPEC_CASE("wrapper.create.makes_a_segment_that_others_find", "LIB.CREATE.NEW"_req,
             "LIB.CREATE.OWNER_KEEPS_ACCESS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const LibraryObject g = Create(a);
  const Attach p = AttachedBy(a, g);
  a.Store(p, 42).Succeeds();
  const Attach q = AttachedBy(b, OpenedBy(b));
  b.Load(q).Gives(42);
  Clear(a);
}

SHMSPEC_CASE("wrapper.create.refuses_a_name_that_exists", "LIB.CREATE.EXCLUSIVE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Attach p = AttachedBy(a, Create(a, "n0", Pages(2)));
  a.Store(p + PageOffset(1), 42).Succeeds();
  TriesToCreate(b, "n0", Pages(2));
  TriesToCreate(b, "n0", Pages(1));
  TriesToCreate(a, "n0", Pages(3));
  a.Load(p + PageOffset(1)).Gives(42);
  const LibraryObject g = OpenedBy(plan.Spawn("c"));
  Clear(a);
  static_cast<void>(g);
}

SHMSPEC_CASE("wrapper.create.keeps_the_size_of_what_exists", "LIB.CREATE.EXCLUSIVE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const LibraryObject g = Create(a, "n0", Pages(2));
  TriesToCreate(b, "n0", Pages(1));
  a.Do(SegmentSize{g});
  const Actor c = plan.Spawn("c");
  c.Do(SegmentSize{OpenedBy(c)});
  Clear(a);
}

SHMSPEC_CASE("wrapper.create.tells_names_apart", "LIB.CREATE.NAMES_DISTINCT"_req) {
  const Actor a = plan.Spawn("a");
  const Attach p = AttachedBy(a, Create(a, "n0"));
  const Attach q = AttachedBy(a, Create(a, "n1"));
  const Attach r = AttachedBy(a, Create(a, "m0"));
  a.Store(p, 1).Succeeds();
  a.Store(q, 2).Succeeds();
  a.Store(r, 3).Succeeds();
  a.Load(p).Gives(1);
  const Actor b = plan.Spawn("b");
  b.Load(AttachedBy(b, OpenedBy(b, "n1"))).Gives(2);
  b.Load(AttachedBy(b, OpenedBy(b, "n0"))).Gives(1);
  for (const char* name : {"n0", "n1", "m0"}) Clear(a, name);
}

SHMSPEC_CASE("wrapper.create.fills_with_zeros", "LIB.CREATE.ZERO_FILLED"_req) {
  const Actor a = plan.Spawn("a");
  const Attach p = AttachedBy(a, Create(a, "n0", Pages(3)));
  a.Load(p);
  a.Load(p + PageOffset(1));
  a.Load(p + PageOffset(2) + 2048);
  a.Load(p + PageOffset(3) - 8);
  Clear(a);
}

SHMSPEC_CASE("wrapper.create.fills_with_zeros_where_others_were", "LIB.CREATE.ZERO_FILLED"_req) {
  const Actor a = plan.Spawn("a");
  const LibraryObject g = Create(a);
  const Attach p = AttachedBy(a, g);
  a.Store(p, 42).Succeeds();
  a.Store(p + PageOffset(1) - 8, 43).Succeeds();
  a.Do(SegmentDetach{p}).Succeeds();
  a.Do(SegmentClose{g}).Succeeds();
  Clear(a);
  const Attach q = AttachedBy(a, Create(a));
  a.Load(q);
  a.Load(q + PageOffset(1) - 8);
  Clear(a);
}

SHMSPEC_CASE("wrapper.create.gives_the_size_that_was_asked_for", "LIB.CREATE.SIZE_AS_ASKED"_req) {
  const Actor a = plan.Spawn("a");
  int number = 0;
  for (const std::uint64_t bytes :
       {std::uint64_t{1}, Pages(1) - 1, Pages(1), Pages(1) + 1, Pages(5) + 17}) {
    const std::string name = "n" + std::to_string(number++);
    a.Do(SegmentSize{Create(a, name, bytes)});
    Clear(a, name);
  }
}

SHMSPEC_CASE("wrapper.create.lets_nobody_else_read", "LIB.CREATE.PRIVATE_BY_DEFAULT"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  WithoutUmask(a);
  const LibraryObject g = Create(a);
  TriesToOpen(b, {"n0", true});
  Clear(a);
  static_cast<void>(g);
}

SHMSPEC_CASE("wrapper.create.lets_nobody_else_write", "LIB.CREATE.NOT_WRITABLE_BY_DEFAULT"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  WithoutUmask(a);
  Create(a);
  TriesToOpen(b, {"n0", false});
  Clear(a);
}

SHMSPEC_CASE("wrapper.create.grants_the_mode_that_was_given", "LIB.CREATE.MODE_GIVEN"_req,
             "LIB.OPEN.READ_ONLY"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  WithoutUmask(a);
  const Attach p = AttachedBy(a, CreateWithMode(a, 0644));
  a.Store(p, 42).Succeeds();
  b.Load(AttachedBy(b, OpenedBy(b, "n0", true), true)).Gives(42);
  Clear(a);
}

SHMSPEC_CASE("wrapper.create.grants_writing_that_was_given", "LIB.CREATE.MODE_GIVEN"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  WithoutUmask(a);
  const Attach p = AttachedBy(a, CreateWithMode(a, 0666));
  b.Store(AttachedBy(b, OpenedBy(b)), 42).Succeeds();
  a.Load(p).Gives(42);
  Clear(a);
}

SHMSPEC_CASE("wrapper.create.lets_its_owner_open_again", "LIB.CREATE.OWNER_KEEPS_ACCESS"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kAlice));
  Create(a);
  b.Store(AttachedBy(b, OpenedBy(b)), 42).Succeeds();
  Clear(a);
}

SHMSPEC_CASE("wrapper.create.never_cuts_long_names", "LIB.CREATE.LONG_NAME"_req) {
  const Actor a = plan.Spawn("a");
  for (const std::size_t length : {100u, 240u, 255u, 256u, 300u, 1000u}) {
    const std::string name(length - 1, 'x');
    TriesToCreate(a, name + "0", Pages(1));
    TriesToOpen(a, {name + "1"});
    Clear(a, name + "0");
  }
}

SHMSPEC_CASE("wrapper.create.leaves_nothing_of_size_0", "LIB.CREATE.EMPTY_SIZE"_req) {
  const Actor a = plan.Spawn("a");
  TriesToCreate(a, "n0", 0);
  a.Do(SegmentRemove{"n0"});
  const Attach p = AttachedBy(a, Create(a));
  a.Store(p, 42).Succeeds();
  Clear(a);
}

SHMSPEC_CASE("wrapper.create.refuses_sizes_that_nothing_has", "LIB.CREATE.HUGE_SIZE"_req) {
  const Actor a = plan.Spawn("a");
  for (const std::uint64_t bytes : {kHuge, ~std::uint64_t{0}, kHuge + Pages(1)}) {
    TriesToCreate(a, "n0", bytes).Expects(Refused());
    Clear(a);
  }
}

SHMSPEC_CASE("wrapper.create.leaves_nothing_when_it_fails",
             "LIB.CREATE.FAILED_LEAVES_NOTHING"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  TriesToCreate(a, "n0", ~std::uint64_t{0}).Expects(Refused());
  TriesToOpen(b, {"n0"});
  const Attach p = AttachedBy(b, Create(b));
  b.Store(p, 42).Succeeds();
  Clear(b);
}

}  // namespace
}  // namespace shmspec
