// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What the end of a process means to segments, and creators that are killed at their work.

#include <csignal>

#include "suites/wrapper/library.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

constexpr std::uint32_t kPatience_ms = 2000;

/// b opens what a made, ends in some way, and c finds it as it was.
template <class End>
void AttacherEnds(PlanBuilder& plan, End end) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Actor c = plan.Spawn("c");
  const Attach p = AttachedBy(a, Create(a));
  a.Store(p, 42).Succeeds();
  const Attach q = AttachedBy(b, OpenedBy(b));
  b.Load(q).Gives(42);
  end(a, b);
  a.Load(p).Gives(42);
  c.Load(AttachedBy(c, OpenedBy(c))).Gives(42);
  Clear(a);
}

SHMSPEC_CASE("wrapper.end.of_an_attacher_removes_nothing", "LIB.END.ATTACHER_REMOVES_NOTHING"_req) {
  AttacherEnds(plan, [](const Actor&, const Actor& b) { b.Exit(ExitHow::kNormal); });
}

SHMSPEC_CASE("wrapper.end.of_a_killed_attacher_removes_nothing",
             "LIB.END.ATTACHER_REMOVES_NOTHING"_req) {
  AttacherEnds(plan, [](const Actor& a, const Actor& b) { a.Kill(b); });
}

SHMSPEC_CASE("wrapper.end.of_an_attacher_by_quick_exit_removes_nothing",
             "LIB.END.ATTACHER_REMOVES_NOTHING"_req) {
  AttacherEnds(plan, [](const Actor&, const Actor& b) { b.Exit(ExitHow::kQuick); });
}

SHMSPEC_CASE("wrapper.end.of_the_creator_is_as_documented", "LIB.END.CREATOR_AS_DOCUMENTED"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Attach p = AttachedBy(a, Create(a));
  a.Store(p, 42).Succeeds();
  a.Exit(ExitHow::kNormal);
  TriesToOpen(b, {"n0"});
  Clear(b);
}

SHMSPEC_CASE("wrapper.end.of_the_creator_leaves_others_their_bytes",
             "LIB.END.CREATOR_AS_DOCUMENTED"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Attach p = AttachedBy(a, Create(a));
  a.Store(p, 42).Succeeds();
  const Attach q = AttachedBy(b, OpenedBy(b));
  a.Exit(ExitHow::kNormal);
  b.Load(q).Gives(42);
  b.Store(q, 43).Succeeds();
  b.Load(q).Gives(43);
  Clear(b);
}

SHMSPEC_CASE("wrapper.end.of_a_killed_creator_leaves_the_segment",
             "LIB.END.CREATOR_AS_DOCUMENTED"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Actor c = plan.Spawn("c");
  const Attach p = AttachedBy(a, Create(a));
  a.Store(p, 42).Succeeds();
  c.Kill(a);
  const LibraryObject g = TriesToOpen(b, {"n0"});
  Clear(b);
  static_cast<void>(g);
}

/// A creator is killed before some of its system calls; afterwards the name is as good as any.
void CreatorsAreKilled(PlanBuilder& plan, std::uint32_t from, std::uint32_t to) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  for (std::uint32_t call = from; call <= to; ++call) {
    const std::string name = "n" + std::to_string(call);
    a.Do(SegmentCreateKilled{name, {Pages(1)}, call});
    b.Do(SegmentRemove{name});
    const Attach p = AttachedBy(b, Create(b, name));
    b.Store(p, 42).Succeeds();
    Clear(b, name);
  }
}

SHMSPEC_CASE("wrapper.end.of_a_creator_at_its_first_calls_leaves_a_usable_name",
             "LIB.END.KILLED_CREATOR"_req) {
  CreatorsAreKilled(plan, 1, 5);
}

SHMSPEC_CASE("wrapper.end.of_a_creator_at_later_calls_leaves_a_usable_name",
             "LIB.END.KILLED_CREATOR"_req) {
  CreatorsAreKilled(plan, 6, 10);
}

SHMSPEC_CASE("wrapper.end.of_a_creator_at_its_last_calls_leaves_a_usable_name",
             "LIB.END.KILLED_CREATOR"_req) {
  CreatorsAreKilled(plan, 11, 15);
}

/// Others who open what a killed creator left get it or an error, and do not wait.
void OpenersGoOn(PlanBuilder& plan, std::uint32_t from, std::uint32_t to) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  for (std::uint32_t call = from; call <= to; ++call) {
    const std::string name = "n" + std::to_string(call);
    a.Do(SegmentCreateKilled{name, {Pages(1)}, call});
    TriesToOpen(b, {name, false, kPatience_ms});
    Clear(b, name);
  }
}

SHMSPEC_CASE("wrapper.end.of_a_creator_at_its_first_calls_holds_up_nobody", "LIB.OPEN.ENDS"_req) {
  OpenersGoOn(plan, 1, 3);
}

SHMSPEC_CASE("wrapper.end.of_a_creator_at_its_next_calls_holds_up_nobody", "LIB.OPEN.ENDS"_req) {
  OpenersGoOn(plan, 4, 6);
}

SHMSPEC_CASE("wrapper.end.of_a_creator_at_later_calls_holds_up_nobody", "LIB.OPEN.ENDS"_req) {
  OpenersGoOn(plan, 7, 9);
}

SHMSPEC_CASE("wrapper.end.of_a_creator_at_its_last_calls_holds_up_nobody", "LIB.OPEN.ENDS"_req) {
  OpenersGoOn(plan, 10, 12);
}

SHMSPEC_CASE("wrapper.end.of_a_process_does_not_hinder_the_next_of_its_pid",
             "LIB.END.PID_COMES_BACK"_req) {
  const Actor a = plan.Spawn("a", {.namespaces = kNamespacePid});
  const Actor b = plan.Spawn("b", {.namespaces = kNamespacePid});
  const Actor c = plan.Spawn("c");
  AttachedBy(a, Create(a, "n0"));
  c.Kill(a);
  const Attach p = AttachedBy(b, Create(b, "n1"));
  b.Store(p, 42).Succeeds();
  Clear(c, "n0");
  Clear(c, "n1");
}

}  // namespace
}  // namespace shmspec
