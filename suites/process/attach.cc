// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What fork, exec, exit, kill and threads do to attaches.

#include <cerrno>
#include <csignal>
#include <string>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_CASE("process.fork.inherits_every_attach", "SYSV.LIFE.FORK_INHERITS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor child = plan.Forked("child");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  const Attach q = a.At(s);
  const Attach readable = a.At(s, {}, kReadOnly);
  a.Store(p, 42);
  a.Fork(child);
  a.Stat(s).Expects(Record().With("nattch", 6));
  child.Load(p).Gives(42);
  child.Store(q + 8, 43).Succeeds();
  child.Load(readable + 8).Gives(43);
  child.Store(readable, 44).Faults(SIGSEGV, FaultCode::kAccess);
  child.Detach(q).Gives(0);
  a.Stat(s).Expects(Record().With("nattch", 5));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("process.fork.stamps_the_segment_in_the_parents_name",
             "SYSV.LIFE.FORK_UPDATES_STAMPS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Actor child = plan.Forked("child");
  const Segment s = a.Get({.flags = kCreate | 0600});
  a.At(s);
  b.At(s);
  a.Stat(s).Expects(Record().With("lpid", b));
  a.Fork(child);
  b.Stat(s).Expects(Record().With("lpid", a).With("nattch", 3).With("atime", 1, kMost));
  a.Remove(s).Gives(0);
}

// A pid namespace ends with its first process: a later fork finds no id there.
SHMSPEC_CASE("process.fork.that_fails_stamps_as_an_attach_and_a_detach",
             "SYSV.LIFE.FAILED_FORK_STAMPS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Actor first = plan.Forked("first");
  const Actor unborn = plan.Forked("unborn");
  const Segment s = a.Get({.flags = kCreate | 0600});
  a.Do(ProcessUnshare{kNamespacePid}).Gives(0);
  a.Fork(first);
  first.Exit();
  a.At(s);
  const Attach p = b.At(s);
  b.Detach(p).Gives(0);
  a.Stat(s).Expects(Record().With("lpid", b).With("nattch", 1));
  a.Do(ProcessFork{unborn});
  a.Stat(s).Expects(Record().With("lpid", a));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("process.fork.shares_memory_instead_of_copying_it",
             "SYSV.LIFE.FORK_SHARED_NOT_COPIED"_req) {
  const Actor a = plan.Spawn("a");
  const Actor child = plan.Forked("child");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Store(p, 1);
  a.Fork(child);
  for (std::uint64_t value = 2; value <= 6; value += 2) {
    a.Store(p, value);
    child.Load(p).Gives(static_cast<std::int64_t>(value));
    child.Store(p, value + 1).Succeeds();
    a.Load(p).Gives(static_cast<std::int64_t>(value + 1));
  }
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("process.exit.detaches_everything", "SYSV.LIFE.EXIT_DETACHES"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  int number = 0;
  for (const ExitHow how : {ExitHow::kQuick, ExitHow::kNormal, ExitHow::kAbort}) {
    const Actor b = plan.Spawn("b" + std::to_string(number++));
    for (int i = 0; i < 5; ++i) b.At(s);
    a.Stat(s).Expects(Record().With("nattch", 5));
    b.Exit(how, 3).Expects(
        how == ExitHow::kAbort ? Exactly(Outcome(Gone{GoneHow::kKilled, SIGABRT})) : Exited(3));
    a.Stat(s).Expects(Record().With("nattch", 0));
  }
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("process.exit.of_a_child_leaves_the_parents_attaches", "SYSV.LIFE.EXIT_DETACHES"_req) {
  const Actor a = plan.Spawn("a");
  const Actor child = plan.Forked("child");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.At(s);
  a.Fork(child);
  a.Stat(s).Expects(Record().With("nattch", 4));
  child.Store(p, 42).Succeeds();
  child.Exit().Expects(Exited());
  a.Stat(s).Expects(Record().With("nattch", 2));
  a.Load(p).Gives(42);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("process.exit.stamps_as_a_detach_does", "SYSV.LIFE.EXIT_STAMPS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.flags = kCreate | 0600});
  b.At(s);
  a.At(s);
  a.Stat(s).Expects(Record().With("lpid", a).With("dtime", 0));
  b.Exit().Expects(Exited());
  a.Stat(s).Expects(Record().With("lpid", b).With("dtime", 1, kMost).With("nattch", 1));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("process.times.move_with_forks_and_ends", "SYSV.LIFE.FORK_UPDATES_STAMPS"_req,
             "SYSV.LIFE.EXIT_STAMPS"_req, "SYSV.LIFE.EXEC_DETACHES"_req) {
  const Actor a = plan.Spawn("a");
  const Actor early = plan.Forked("early");
  const Actor late = plan.Forked("late");
  const Actor other = plan.Spawn("other");
  const Segment forked = a.Get({.flags = kCreate | 0600});
  const Segment replaced = a.Get({.flags = kCreate | 0600});
  for (const Segment& segment : {forked, replaced}) a.Detach(a.At(segment)).Gives(0);
  a.At(forked);
  other.At(replaced);
  a.Fork(early);
  a.Stat(forked).Expects(Record().With("nattch", 2).With("dtime", 1, kMost));
  a.Stat(replaced).Expects(Record().With("nattch", 1).With("dtime", 1, kMost));
  other.Do(SystemNextSecond{}).Gives(0);
  a.Fork(late);
  a.Stat(forked).Expects(Record().With("nattch", 3));
  early.Exit().Expects(Exited());
  a.Stat(forked).Expects(Record().With("nattch", 2));
  other.Do(ProcessExec{}).Gives(0);
  a.Stat(replaced).Expects(Record().With("nattch", 0));
  a.Remove(forked).Gives(0);
  a.Remove(replaced).Gives(0);
}

SHMSPEC_CASE("process.exit.of_the_creator_leaves_the_segment",
             "SYSV.LIFE.CREATOR_DEATH_KEEPS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = b.Get({.flags = kCreate | 0600});
  const Attach p = b.At(s);
  b.Store(p, 42);
  b.Exit().Expects(Exited());
  a.Stat(s).Expects(Record().With("cpid", b).With("nattch", 0));
  const Attach q = a.At(s);
  a.Load(q).Gives(42);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("process.exit.of_all_users_leaves_the_segment", "SYSV.DATA.KERNEL_PERSISTENCE"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kAlice));
  const Key k = plan.NewKey();
  const Segment s = a.Get({.key = k, .flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Store(p, 42);
  a.Exit().Expects(Exited());
  b.Do(SysvGet{k, {4096}, 0600}).Expects(ValueOf(s));
  const Attach q = b.At(s);
  b.Load(q).Gives(42);
  b.Remove(s).Gives(0);
}

SHMSPEC_CASE("process.kill.detaches_as_an_exit_does", "SYSV.LIFE.SIGKILL_DETACHES"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  int number = 0;
  for (const int signal : {SIGKILL, SIGTERM}) {
    const Actor b = plan.Spawn("b" + std::to_string(number++));
    const Attach q = b.At(s);
    b.At(s);
    b.Store(q, 42);
    a.Stat(s).Expects(Record().With("nattch", 3));
    a.Do(ProcessKill{b, {signal}}).Gives(0);
    a.Stat(s).Expects(Record().With("nattch", 1).With("lpid", b).With("dtime", 1, kMost));
    a.Load(p).Gives(42);
  }
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("process.kill.of_the_last_user_ends_a_removed_segment",
             "SYSV.LIFE.SIGKILL_DETACHES"_req, "SYSV.RMID.DEFERRED_UNTIL_LAST_DETACH"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.flags = kCreate | 0600});
  b.At(s);
  a.Remove(s).Gives(0);
  a.Stat(s).Expects(Record().With("nattch", 1));
  a.Kill(b);
  a.Stat(s).Fails(EINVAL);
}

SHMSPEC_CASE("process.exec.detaches_everything", "SYSV.LIFE.EXEC_DETACHES"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = b.At(s);
  b.At(s);
  b.Store(p, 42);
  a.Stat(s).Expects(Record().With("nattch", 2));
  b.Do(ProcessExec{}).Gives(0);
  a.Stat(s).Expects(Record().With("nattch", 0));
  b.Do(MapLayout{}).Succeeds();  // the oracle sees that nothing is mapped
  b.Detach(p).Fails(EINVAL);
  const Attach q = b.At(s);
  b.Load(q).Gives(42);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("process.exec.that_fails_keeps_the_attaches", "SYSV.LIFE.EXEC_FAIL_KEEPS"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Store(p, 42);
  a.Do(ProcessExec{Image::kMissing}).Fails(ENOENT);
  a.Load(p).Gives(42);
  a.Stat(s).Expects(Record().With("nattch", 1));
  a.Detach(p).Gives(0);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("process.thread.uses_the_attaches_of_its_process", "SEED.THREADS_SHARE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor t = plan.Threaded("t");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Store(p, 42);
  a.Thread(t);
  t.Load(p).Gives(42);
  t.Store(p + 8, 43).Succeeds();
  a.Load(p + 8).Gives(43);
  a.Stat(s).Expects(Record().With("nattch", 1));
  t.Detach(p).Gives(0);
  a.Stat(s).Expects(Record().With("nattch", 0));
  a.Detach(p).Fails(EINVAL);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("process.thread.leaves_its_attaches_behind", "SYSV.LIFE.THREAD_EXIT_NO_DETACH"_req,
             "SEED.THREAD_ATTACH_OUTLIVES_THREAD"_req) {
  const Actor a = plan.Spawn("a");
  const Actor t = plan.Threaded("t");
  const Segment s = a.Get({.flags = kCreate | 0600});
  a.Thread(t);
  const Attach p = t.At(s);
  t.Store(p, 42).Succeeds();
  t.Exit(ExitHow::kThread);
  a.Stat(s).Expects(Record().With("nattch", 1));
  a.Load(p).Gives(42);
  a.Detach(p).Gives(0);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("process.count.is_that_of_mappings_in_all_processes",
             "SYSV.STAT.NATTCH_SUM_INVARIANT"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Actor child = plan.Forked("child");
  const Segment s = a.Get({.size = {Pages(3)}, .flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.At(s);
  b.At(s);
  a.Do(MapUnmap{p + PageOffset(1), {Pages(1)}}).Gives(0);
  a.Stat(s).Expects(Record().With("nattch", 4));
  a.Fork(child);
  a.Stat(s).Expects(Record().With("nattch", 7));
  for (const Actor& actor : {a, b, child}) actor.Do(MapLayout{}).Succeeds();
  child.Detach(p).Gives(0);
  a.Stat(s).Expects(Record().With("nattch", 5));
  a.Kill(child);
  b.Do(ProcessExec{}).Gives(0);
  a.Stat(s).Expects(Record().With("nattch", 3));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("process.fork.keeps_the_protection_of_an_attach", "SYSV.LIFE.FORK_INHERITS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor child = plan.Forked("child");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s, {}, kReadOnly);
  a.Fork(child);
  child.Load(p).Gives(0);
  child.Store(p, 1).Faults(SIGSEGV, FaultCode::kAccess);
  a.Load(p).Gives(0);
  a.Remove(s).Gives(0);
}

}  // namespace
}  // namespace shmspec
