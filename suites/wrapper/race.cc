// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The same name in several processes at the same time.

#include "suites/wrapper/library.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_RACE("wrapper.race.of_creators_has_one_winner", 4, "LIB.CREATE.ONE_WINNER"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  Create(a, "m0");
  Create(b, "m1");
  plan.Race([&] {
    TriesToCreate(a, "n0", Pages(1));
    TriesToCreate(b, "n0", Pages(1));
  });
  for (const char* name : {"n0", "m0", "m1"}) Clear(a, name);
}

SHMSPEC_RACE("wrapper.race.of_open_or_create_makes_one_segment", 4,
             "LIB.OPEN_OR_CREATE.ONE_SEGMENT"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  LibraryObject g;
  LibraryObject h;
  Create(a, "m0");
  Create(b, "m1");
  plan.Race([&] {
    a.ObjectAs(g, SegmentOpenOrCreate{"n0", {Pages(1)}, {}, 0});
    b.ObjectAs(h, SegmentOpenOrCreate{"n0", {Pages(1)}, {}, 0});
  });
  const Attach p = AttachedBy(a, g);
  const Attach q = AttachedBy(b, h);
  a.Store(p, 42).Succeeds();
  b.Load(q).Gives(42);
  for (const char* name : {"n0", "m0", "m1"}) Clear(a, name);
}

SHMSPEC_RACE("wrapper.race.of_create_and_open_ends", 4, "LIB.OPEN.ENDS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  Create(a, "m0");
  Create(b, "m1");
  plan.Race([&] {
    TriesToCreate(a, "n0", Pages(1));
    TriesToOpen(b, {"n0", false, 2000});
  });
  const Actor c = plan.Spawn("c");
  AttachedBy(c, OpenedBy(c));
  for (const char* name : {"n0", "m0", "m1"}) Clear(c, name);
}

}  // namespace
}  // namespace shmspec
