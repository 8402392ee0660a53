// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What the system still has when a segment was removed and everybody who used it is gone.

#include "suites/wrapper/library.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

constexpr Requirement kNothingLeft = "LIB.END.NOTHING_LEFT"_req;
constexpr std::uint32_t kLastCall = 12;

void Remove(const Actor& actor, std::string name = "n0") {
  actor.Do(SegmentRemove{std::move(name)}).Succeeds();
}

/// The model says when that is none.
void NothingIsLeft(const Actor& actor) { actor.Do(SegmentResidue{}); }

/// An actor that uses a segment.
struct Use {
  const Actor& actor;
  LibraryObject object;
  Attach attach;

  void Close() const {
    actor.Do(SegmentDetach{attach}).Succeeds();
    actor.Do(SegmentClose{object}).Succeeds();
  }
};

Use Creator(const Actor& actor) {
  const LibraryObject object = Create(actor);
  const Attach attach = AttachedBy(actor, object);
  actor.Store(attach, 42).Succeeds();
  return {actor, object, attach};
}

Use Opener(const Actor& actor) {
  const LibraryObject object = OpenedBy(actor);
  const Attach attach = AttachedBy(actor, object);
  actor.Load(attach).Gives(42);
  return {actor, object, attach};
}

/// a makes a segment and b opens it; `end` has both end their use and the segment removed.
template <class End>
void Ends(PlanBuilder& plan, End end) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Actor c = plan.Spawn("c");
  const Use creator = Creator(a);
  end(creator, Opener(b), c);
  NothingIsLeft(c);
}

SHMSPEC_CASE("wrapper.leave.nothing_after_closing_and_removing", kNothingLeft) {
  Ends(plan, [](const Use& creator, const Use& opener, const Actor& c) {
    opener.Close();
    creator.Close();
    Remove(c);
  });
}

SHMSPEC_CASE("wrapper.leave.nothing_after_removing_and_closing", kNothingLeft) {
  Ends(plan, [](const Use& creator, const Use& opener, const Actor&) {
    Remove(creator.actor);
    creator.Close();
    opener.Close();
  });
}

SHMSPEC_CASE("wrapper.leave.nothing_after_the_last_close", kNothingLeft) {
  // What stays until it is removed is no residue.
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Actor c = plan.Spawn("c");
  const Use creator = Creator(a);
  const Use opener = Opener(b);
  creator.Close();
  opener.Close();
  NothingIsLeft(c);
  Clear(c);
}

SHMSPEC_CASE("wrapper.leave.nothing_after_the_exit_of_users", kNothingLeft) {
  Ends(plan, [](const Use& creator, const Use& opener, const Actor&) {
    Remove(creator.actor);
    opener.actor.Exit(ExitHow::kNormal);
    creator.actor.Exit(ExitHow::kNormal);
  });
}

SHMSPEC_CASE("wrapper.leave.nothing_after_the_quick_exit_of_users", kNothingLeft) {
  Ends(plan, [](const Use& creator, const Use& opener, const Actor&) {
    Remove(creator.actor);
    opener.actor.Exit(ExitHow::kQuick);
    creator.actor.Exit(ExitHow::kQuick);
  });
}

SHMSPEC_CASE("wrapper.leave.nothing_after_users_are_killed", kNothingLeft) {
  Ends(plan, [](const Use& creator, const Use& opener, const Actor& c) {
    Remove(creator.actor);
    c.Kill(opener.actor);
    c.Kill(creator.actor);
  });
}

SHMSPEC_CASE("wrapper.leave.nothing_of_an_opener_that_was_killed_before_the_removal",
             kNothingLeft) {
  Ends(plan, [](const Use& creator, const Use& opener, const Actor& c) {
    c.Kill(opener.actor);
    creator.Close();
    Remove(creator.actor);
  });
}

/// The creator ends before its segment is removed, which its end may have done.
template <class End>
void CreatorEnds(PlanBuilder& plan, End end) {
  Ends(plan, [&](const Use& creator, const Use& opener, const Actor& c) {
    end(creator.actor, c);
    opener.actor.Do(SegmentRemove{"n0"});
    opener.Close();
  });
}

SHMSPEC_CASE("wrapper.leave.nothing_of_a_creator_that_ended_before_the_removal", kNothingLeft) {
  CreatorEnds(plan, [](const Actor& a, const Actor&) { a.Exit(ExitHow::kNormal); });
}

SHMSPEC_CASE("wrapper.leave.nothing_of_a_creator_that_left_quickly_before_the_removal",
             kNothingLeft) {
  CreatorEnds(plan, [](const Actor& a, const Actor&) { a.Exit(ExitHow::kQuick); });
}

SHMSPEC_CASE("wrapper.leave.nothing_of_a_creator_that_was_killed_before_the_removal",
             kNothingLeft) {
  CreatorEnds(plan, [](const Actor& a, const Actor& c) { c.Kill(a); });
}

SHMSPEC_CASE("wrapper.leave.nothing_after_many_generations", kNothingLeft) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Spawn("c");
  for (int i = 0; i < 10; ++i) {
    Creator(a).Close();
    Remove(a);
  }
  NothingIsLeft(c);
}

SHMSPEC_CASE("wrapper.leave.nothing_of_a_creation_that_finds_the_name_taken", kNothingLeft) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Use creator = Creator(a);
  TriesToCreate(b, "n0", Pages(1));
  b.Exit(ExitHow::kNormal);
  creator.Close();
  Remove(a);
  NothingIsLeft(a);
}

SHMSPEC_CASE("wrapper.leave.nothing_of_a_creation_that_is_too_large", kNothingLeft) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  TriesToCreate(a, "n0", std::uint64_t{1} << 63).Expects(Refused());
  a.Exit(ExitHow::kNormal);
  NothingIsLeft(b);
}

SHMSPEC_CASE("wrapper.leave.nothing_of_an_open_that_finds_nothing", kNothingLeft) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  TriesToOpen(a, {"n0"});
  a.Exit(ExitHow::kNormal);
  NothingIsLeft(b);
}

SHMSPEC_CASE("wrapper.leave.nothing_of_an_open_that_is_denied", kNothingLeft) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  const Use creator = Creator(a);
  TriesToOpen(b, {"n0"});
  b.Exit(ExitHow::kNormal);
  creator.Close();
  Remove(a);
  NothingIsLeft(a);
}

LibraryObject MadeAnyhow(const Actor& actor, const std::string& name) {
  LibraryObject object;
  actor.ObjectAs(object, SegmentOpenOrCreate{name, {Pages(1)}, {}, 0});
  return object;
}

/// A creator is killed before some of its system calls; the name is made again and removed.
void CreatorsAreKilled(PlanBuilder& plan, std::uint32_t from, std::uint32_t to) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  for (std::uint32_t call = from; call <= to; ++call) {
    const std::string name = "n" + std::to_string(call);
    a.Do(SegmentCreateKilled{name, {Pages(1)}, call});
    b.Do(SegmentRemove{name});
    const LibraryObject object = MadeAnyhow(b, name);
    b.Do(SegmentClose{object});
    b.Do(SegmentRemove{name});
  }
  b.Exit(ExitHow::kNormal);
  NothingIsLeft(a);
}

SHMSPEC_CASE("wrapper.leave.nothing_of_a_creator_that_was_killed_at_its_first_calls",
             kNothingLeft) {
  CreatorsAreKilled(plan, 1, kLastCall / 3);
}

SHMSPEC_CASE("wrapper.leave.nothing_of_a_creator_that_was_killed_at_later_calls", kNothingLeft) {
  CreatorsAreKilled(plan, kLastCall / 3 + 1, kLastCall / 3 * 2);
}

SHMSPEC_CASE("wrapper.leave.nothing_of_a_creator_that_was_killed_at_its_last_calls", kNothingLeft) {
  CreatorsAreKilled(plan, kLastCall / 3 * 2 + 1, kLastCall);
}

}  // namespace
}  // namespace shmspec
