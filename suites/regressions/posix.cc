// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Defects of POSIX objects: names, and what happens to what a name stood for.

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_REGRESSION(
    "regressions.open.that_fails_takes_no_descriptor", "Zephyr issue 117419",
    "Zephyr to August 2026: each failed shm_open kept a descriptor, until there were "
    "none",
    "FD.LOWEST_NUMBER"_req, "POSIX.OPEN.ENOENT"_req, "POSIX.OPEN.EXCL"_req) {
  const Actor a = plan.Spawn("a");
  NewObject(a, "/n0");
  const Descriptor first = a.Open({"/n0"});
  a.Do(DescriptorClose{first}).Gives(0);
  for (int i = 0; i < 4; ++i) {
    a.Do(PosixOpen{"/missing"}).Fails(ENOENT);
    a.Do(PosixOpen{"/n0", kNewObject}).Fails(EEXIST);
  }
  Descriptor again;
  a.DescriptorAs(again, PosixOpen{"/n0"}).Expects(ValueOf(first));
  a.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_REGRESSION("regressions.open.takes_names_of_255_bytes", "rustix, src/shm/syscalls.rs",
                   "rustix: the slash was counted, and the longest name was refused",
                   "POSIX.NAME.NAME_MAX"_req) {
  const Actor a = plan.Spawn("a");
  const std::string longest = "/" + std::string(kLongestFileName, 'x');
  NewObject(a, longest, Pages(1));
  a.Do(FileStat{a.Open({longest})}).Expects(OfSize(PageOffset(1)));
  a.Do(PosixUnlink{longest}).Gives(0);
  a.Do(PosixOpen{longest + "x", kNewObject}).FailsWithOneOf({ENAMETOOLONG, EINVAL});
}

SHMSPEC_REGRESSION(
    "regressions.open.shows_others_an_object_before_it_has_its_size",
    "MPICH issue 7435, Stockfish issue 6852",
    "MPICH and Stockfish: a process that was faster mapped an object of no bytes and "
    "was ended by SIGBUS",
    "POSIX.OPEN.CREATE_SIZE_ZERO"_req, "POSIX.SIZE.FTRUNCATE_SETS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Descriptor d = NewObject(a, "/n0");
  const Descriptor e = b.Open({"/n0", kReadWrite});
  const Mapping m = MapShared(b, e, 1);
  b.Do(FileStat{e}).Expects(OfSize(0));
  b.Load(m).Faults(SIGBUS, FaultCode::kBeyondObject);
  a.Do(FileTruncate{d, {Pages(1)}}).Gives(0);
  b.Do(FileStat{e}).Expects(OfSize(PageOffset(1)));
  b.Load(m).Gives(0);
  a.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_REGRESSION(
    "regressions.open.works_for_every_user", "gVisor issues 5687 and 6943",
    "gVisor to 2021: /dev/shm belonged to root with the mode 0755, and Envoy did not "
    "start",
    "POSIX.OPEN.OWNERSHIP"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  a.Do(FileStat{NewObject(a, "/n0")}).Expects(Record<FileRecord>().With("uid", kAlice));
  b.Do(FileStat{NewObject(b, "/n1")}).Expects(Record<FileRecord>().With("uid", kBob));
  b.Do(PosixOpen{"/n0"}).Fails(EACCES);
  b.Do(PosixUnlink{"/n0"}).FailsWithOneOf({EACCES, EPERM});
  a.Do(PosixUnlink{"/n0"}).Gives(0);
  b.Do(PosixUnlink{"/n1"}).Gives(0);
}

SHMSPEC_REGRESSION("regressions.unlink.makes_room_for_another_object", "Firebird issue 8150",
                   "Firebird: a process that held the removed object and one that made it anew "
                   "believed to share",
                   "POSIX.UNLINK.REUSE_IS_NEW_OBJECT"_req,
                   "POSIX.UNLINK.CONTENTS_UNTIL_LAST_REF"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Descriptor d = NewObject(a, "/n0", Pages(1));
  const Mapping m = MapShared(a, d, 1);
  a.Store(m, 42).Succeeds();
  a.Do(PosixUnlink{"/n0"}).Gives(0);
  const Mapping n = MapShared(b, NewObject(b, "/n0", Pages(1)), 1);
  b.Load(n).Gives(0);
  b.Store(n, 43).Succeeds();
  a.Load(m).Gives(42);
  a.Do(FileStat{d}).Expects(Record<FileRecord>().With("links", 0));
  b.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_REGRESSION("regressions.unlink.is_left_to_those_who_call_it", "CPython issue 82300",
                   "CPython to 3.12: an object was removed when the first of several processes "
                   "ended",
                   "POSIX.UNLINK.PERSISTS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  a.Fork(c);
  c.Store(MapShared(c, NewObject(c, "/n0", Pages(1)), 1), 42).Succeeds();
  c.Exit().Expects(Exited());
  a.Load(MapShared(a, a.Open({"/n0", kReadWrite}), 1)).Gives(42);
  a.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_REGRESSION("regressions.unlink.of_no_object_says_so", "cpp-ipc pull request 161",
                   "cpp-ipc: names without a slash were not removed on FreeBSD, and the next run "
                   "found the old object",
                   "POSIX.UNLINK.ENOENT"_req, "POSIX.UNLINK.NAME_GONE"_req) {
  const Actor a = plan.Spawn("a");
  a.Do(PosixUnlink{"/n0"}).Fails(ENOENT);
  NewObject(a, "/n0");
  a.Do(PosixUnlink{"/n0"}).Gives(0);
  a.Do(PosixUnlink{"/n0"}).Fails(ENOENT);
  a.Do(PosixOpen{"/n0"}).Fails(ENOENT);
}

SHMSPEC_REGRESSION("regressions.room.that_is_missing_raises_sigbus_at_the_first_touch",
                   "moby issues 2606 and 16168, PyTorch issue 5040",
                   "PyTorch, NCCL, Chromium and Oracle in containers: 64 MiB in /dev/shm, and "
                   "programs ended by SIGBUS far from the cause",
                   "TMPFS.FULL_SIGBUS"_req, "TMPFS.SPARSE"_req) {
  const Actor a = plan.Spawn("a", Mounted());
  a.Do(SystemMountShm{.size = {Pages(4)}}).Gives(0);
  const Descriptor d = NewObject(a, "/n0", Pages(8));
  const Mapping m = MapShared(a, d, 8);
  for (const std::int64_t page : {0, 1, 2, 3}) a.Store(m + PageOffset(page), 1).Succeeds();
  a.Store(m + PageOffset(4), 1).Faults(SIGBUS, FaultCode::kBeyondObject);
  a.Do(FileAllocate{d, {0}, {Pages(8)}}).Fails(ENOSPC);
  a.Do(FileTruncate{d, {Pages(2)}}).Gives(0);
  a.Do(FileAllocate{d, {0}, {Pages(4)}}).Gives(0);
}

SHMSPEC_REGRESSION("regressions.room.without_execution_refuses_maps_of_code",
                   "CRI-O issue 6034, moby issue 6758",
                   "Chromium and emulators in containers: code could not be mapped, and the error "
                   "named no cause",
                   "TMPFS.NOEXEC"_req) {
  const Actor a = plan.Spawn("a", Mounted());
  a.Do(SystemMountShm{.flags = kMountNoexec}).Gives(0);
  const Descriptor d = NewObject(a, "/n0", Pages(1), 0700);
  a.Do(MapMap{.descriptor = d, .size = {Pages(1)}, .protection = 1 | 4}).Fails(EPERM);
  const Mapping m = MapShared(a, d, 1);
  a.Do(MapProtect{m, {Pages(1)}, Protection(1 | 4)}).Fails(EACCES);
  a.Store(m, 42).Succeeds();
}

SHMSPEC_REGRESSION(
    "regressions.namespace.of_ipc_does_not_hide_objects",
    "systemd pull request 18615, moby issue 12046",
    "systemd and Docker: a private IPC namespace was taken to hide POSIX objects, or "
    "a shared one to share them",
    "NS.IPC.DOES_NOT_ISOLATE_POSIX"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Actor b = plan.Spawn("b", Alone());
  const Mapping m = MapShared(a, NewObject(a, "/n0", Pages(1)), 1);
  a.Store(m, 42).Succeeds();
  b.Load(MapShared(b, b.Open({"/n0", kReadWrite}), 1)).Gives(42);
  a.Do(PosixUnlink{"/n0"}).Gives(0);
}

}  // namespace
}  // namespace shmspec
