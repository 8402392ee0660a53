// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The C program of every operation, with every kind of buffer, is compiled and run here and finds
// no mistake in a correct system. An operation without C is listed with its reason.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include <map>
#include <string>
#include <utility>

#include "harness/vocabulary/operation/operation.h"
#include "reports/c/compiled_program.h"
#include "reports/c/text.h"

namespace shmspec::reports {
namespace {

using Names = std::map<std::string_view, std::string>;

/// What steps may use: a segment, attached by `a`.
constexpr const char* kSegment =
    "actor a\nactor b\n"
    "a: s0 = sysv.get flags=create|0600 -> ok\n"
    "a: a0 = sysv.attach segment=s0 -> ok\n";

std::string Own(uid_t id) { return std::to_string(id); }

int FirstCpu() {
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof(set), &set) != 0) return 0;
  std::size_t cpu = 0;
  while (cpu + 1 < CPU_SETSIZE && !CPU_ISSET(cpu, &set)) ++cpu;
  return static_cast<int>(cpu);
}

/// Steps with each operation and what Linux answers. BUFFER stands for the kind of buffer, and what
/// is due depends on it: VALID|NULL|WILD|READ_ONLY are alternatives in that order, `/` between
/// them.
Names Steps() {
  const std::string kReads = "segment{nattch=1 size=4096}/EFAULT/EFAULT/EFAULT";
  return {
      {"sysv.get", "a: s1 = sysv.get key=k0 size=1 flags=create|exclusive|0640 -> ok\n"},
      {"sysv.attach", "b: a1 = sysv.attach segment=s0 flags=read_only -> ok\n"},
      {"sysv.detach", "a: sysv.detach at=a0 -> 0\n"},
      {"sysv.stat", "a: sysv.stat segment=s0 buffer=BUFFER -> " + kReads + "\n"},
      {"sysv.stat_index", "a: sysv.stat_index index=s0 buffer=BUFFER -> " + kReads + "\n"},
      {"sysv.stat_any", "a: sysv.stat_any index=s0 buffer=BUFFER -> " + kReads + "\n"},
      {"sysv.set",
       "a: sysv.set segment=s0 uid=4242 gid=4243 mode=0640 buffer=BUFFER -> 0/EFAULT/EFAULT/0\n"
       "a: sysv.stat segment=s0 -> segment{mode=0640 uid=4242 gid=4243}/segment{mode=0600}/"
       "segment{mode=0600}/segment{mode=0640 uid=4242 gid=4243}\n"},
      {"sysv.remove", "a: sysv.remove segment=s0 buffer=BUFFER -> 0\n"},
      {"sysv.lock", "a: sysv.lock segment=s0 -> 0\n"},
      {"sysv.unlock", "a: sysv.unlock segment=s0 -> 0\n"},
      {"sysv.info",
       "a: sysv.info segment=s0 buffer=BUFFER -> limits{shmmin=1}/EFAULT/EFAULT/EFAULT\n"},
      {"sysv.shm_info",
       "a: sysv.shm_info segment=s0 buffer=BUFFER -> usage{used_ids=1..}/EFAULT/EFAULT/EFAULT\n"},
      {"sysv.control", "a: sysv.control segment=s0 command=99 -> EINVAL\n"},
      {"sysv.key_of_path", "a: k0 = sysv.key_of_path path=\"/\" project=7 -> ok\n"},
      {"ipc.get",
       "a: o0 = ipc.get kind=queue flags=create|0600 -> ok\n"
       "a: o1 = ipc.get kind=semaphores flags=create|0600 -> ok\n"
       "a: ipc.remove kind=queue object=o0 -> 0\n"
       "a: ipc.remove kind=semaphores object=o1 -> 0\n"},
      {"ipc.remove", "a: ipc.remove kind=queue object=-1 -> EINVAL\n"},
      {"memory.load", "a: memory.load at=a0 width=2 order=acquire -> 0\n"},
      {"memory.store",
       "a: memory.store at=a0+4 width=4 value=70000 -> 0\na: memory.load at=a0+4 width=4 -> "
       "70000\n"},
      {"memory.exchange",
       "a: memory.exchange at=a0 width=1 value=9 -> 0\na: memory.exchange at=a0 width=1 -> 9\n"},
      {"memory.compare_exchange",
       "a: memory.compare_exchange at=a0 expected=0 value=5 -> 0\n"
       "a: memory.compare_exchange at=a0 expected=4 value=6 -> 5\n"},
      {"memory.fetch_add",
       "a: memory.fetch_add at=a0 value=3 -> 0\na: memory.fetch_add at=a0 -> 3\n"},
      {"memory.fill",
       "a: memory.fill at=a0 size=2 value=7 -> 0\na: memory.load at=a0+1 width=1 -> "
       "138\n"},
      {"memory.checksum", "a: memory.checksum at=a0 size=1 -> -5808590958014384161\n"},
      {"process.fork",
       "actor a\nactor c start=fork\na: process.fork child=c -> 0\nc: process.set_umask mask=0 -> "
       "any\n"},
      {"process.exit", "b: process.exit code=3 -> gone{how=exited code=3}\n"},
      {"process.kill",
       "a: process.kill actor=b signal=SIGTERM -> 0\n"
       "b: memory.load at=a0 -> gone{how=killed code=15}\n"},
      {"process.set_identity",
       "a: process.set_identity euid=" + Own(::geteuid()) + " fsgid=" + Own(::getegid()) +
           " -> 0\n"
           "a: process.set_identity ruid=u1 euid=u1 suid=u1 groups=u2 -> 0|EPERM\n"},
      {"process.set_limit", "a: process.set_limit limit=nofile value=64 -> 0\n"},
      {"system.next_second", "a: system.next_second -> ok\n"},
      {"process.set_umask",
       "a: process.set_umask mask=077 -> ok\na: process.set_umask mask=022 -> 63\n"},
      {"process.pin", "a: process.pin cpu=" + std::to_string(FirstCpu()) + " -> 0\n"},
      {"process.unshare", "a: process.unshare namespaces=ipc -> 0|EPERM\n"},
      {"map.reserve",
       "a: m0 = map.reserve size=8192 -> ok\na: memory.load at=m0 -> "
       "fault{signal=SIGSEGV code=ACCERR}\n"},
      {"map.private", "a: m0 = map.private size=4096 -> ok\na: memory.load at=m0 -> 0\n"},
      {"map.unmap",
       "a: map.unmap at=a0 size=4096 -> 0\n"
       "a: sysv.stat segment=s0 -> segment{nattch=0}\n"},
      {"map.protect",
       "a: map.protect at=a0 size=4096 protection=read -> 0\n"
       "a: memory.store at=a0 -> fault{signal=SIGSEGV code=ACCERR}\n"},
      {"map.remap", "a: m0 = map.remap at=a0 size=4096 new_size=4096 -> ok\n"},
      {"map.advise", "a: map.advise at=a0 size=4096 advice=dontneed -> 0\n"},
      {"map.seal", "a: map.seal at=a0 size=4096 -> 0|ENOSYS\n"},
      {"map.reopen", "a: map.reopen at=a0 size=4096 -> 0|EPERM|EACCES|ENOENT\n"},
      {"memfd.create",
       "a: d0 = memfd.create name=\"n\" flags=allow_sealing|cloexec pointer=BUFFER -> "
       "ok/EFAULT/EFAULT/ok\n"},
      {"memfd.add_seals",
       "a: d0 = memfd.create flags=allow_sealing -> ok\na: memfd.add_seals descriptor=d0 "
       "seals=grow|shrink -> 0\na: file.truncate descriptor=d0 size=1 -> EPERM\n"},
      {"memfd.get_seals", "a: d0 = memfd.create -> ok\na: memfd.get_seals descriptor=d0 -> 1\n"},
      {"memfd.reopen",
       "a: d0 = memfd.create -> ok\na: d1 = memfd.reopen descriptor=d0 flags=read_write -> ok\n"
       "a: file.truncate descriptor=d1 size=9 -> 0\n"},
      {"file.truncate",
       "a: d0 = memfd.create -> ok\na: file.truncate descriptor=d0 size=9 -> 0\n"
       "a: file.truncate descriptor=d0 size=18446744073709551615 -> EINVAL\n"},
      {"file.stat",
       "a: d0 = memfd.create -> ok\na: file.truncate descriptor=d0 size=9 -> 0\n"
       "a: file.stat descriptor=d0 -> file{size=9 blocks=0 links=0}\n"},
      {"file.chmod",
       "a: d0 = memfd.create -> ok\na: file.chmod descriptor=d0 mode=0640 -> 0\n"
       "a: file.stat descriptor=d0 -> file{mode=0100640}\n"},
      {"file.set_acl",
       "a: d0 = memfd.create -> ok\na: file.set_acl descriptor=d0 user=4242 user_bits=4 group=2 "
       "mask=6 -> 0\na: file.get_acl descriptor=d0 -> acl{owner=6 user=4242 user_bits=4 group=2 "
       "mask=6 other=0}\n"},
      {"file.get_acl", "a: d0 = memfd.create -> ok\na: file.get_acl descriptor=d0 -> ENODATA\n"},
      {"file.chown",
       "a: d0 = memfd.create -> ok\na: file.chown descriptor=d0 uid=4294967295 gid=4294967295 -> "
       "0\n"},
      {"file.write",
       "a: d0 = memfd.create -> ok\na: file.write descriptor=d0 at=a0 size=9 -> 9\n"
       "a: file.stat descriptor=d0 -> file{size=9}\n"},
      {"file.read",
       "a: d0 = memfd.create -> ok\na: file.truncate descriptor=d0 size=9 -> 0\n"
       "a: file.read descriptor=d0 at=a0 size=20 -> 9\na: file.read descriptor=d0 at=null -> 0\n"},
      {"file.pwrite",
       "a: d0 = memfd.create -> ok\na: memory.store at=a0 value=7 -> 0\n"
       "a: file.pwrite descriptor=d0 at=a0 size=8 offset=5 -> 8\n"
       "a: file.pread descriptor=d0 at=a0+8 size=8 offset=5 -> 8\na: memory.load at=a0+8 -> 7\n"},
      {"file.pread", "a: file.pread descriptor=-1 at=a0 size=8 offset=5 -> EBADF\n"},
      {"file.seek",
       "a: d0 = memfd.create -> ok\na: file.seek descriptor=d0 offset=7 -> 7\n"
       "a: file.seek descriptor=d0 offset=0 whence=data -> ENXIO\n"},
      {"file.allocate",
       "a: d0 = memfd.create -> ok\na: file.allocate descriptor=d0 size=9 -> 0\n"
       "a: file.allocate descriptor=d0 size=9 mode=punch_hole -> EOPNOTSUPP\n"},
      {"file.sync",
       "a: d0 = memfd.create -> ok\na: file.sync descriptor=d0 -> 0\n"
       "a: file.sync descriptor=d0 data_only=true -> 0\n"},
      {"file.statfs",
       "a: d0 = memfd.create -> ok\na: file.statfs descriptor=d0 -> "
       "file_system{block_size=4096..65536}\n"},
      {"posix.open",
       "a: d0 = posix.open name=\"/n0\" flags=create|exclusive|read_write mode=0600 -> ok\n"
       "a: posix.open name=\"/n0\" flags=create|exclusive -> EEXIST\n"
       "a: file.stat descriptor=d0 -> file{size=0 links=1}\n"},
      {"posix.unlink", "a: posix.unlink name=\"/n0\" -> ENOENT\n"},
      {"posix.link",
       "a: d0 = posix.open name=\"/n0\" flags=create|read_write -> ok\n"
       "a: posix.link name=\"/n0\" to=\"//n1\" -> 0\n"
       "a: file.stat descriptor=d0 -> file{links=2}\n"},
      {"posix.plant_link",
       "a: posix.plant_link name=\"/n0\" target=\"n1\" -> 0\n"
       "a: posix.open name=\"/n0\" -> ELOOP\n"},
      {"system.mount_shm",
       "a: d0 = posix.open name=\"/n0\" flags=create -> ok\n"
       "a: system.mount_shm size=65536 inodes=1 -> 0\n"
       "a: posix.open name=\"/n0\" -> ENOENT\na: posix.open name=\"/n0\" flags=create -> ENOSPC\n"},
      {"system.remount_shm",
       "a: posix.unlink name=\"/n0\" -> ENOENT\na: system.mount_shm size=65536 -> 0\n"
       "a: system.remount_shm flags=read_only -> 0\na: posix.open flags=create -> EROFS\n"},
      {"system.unmount_shm",
       "a: d0 = posix.open name=\"/n0\" flags=create -> ok\na: system.mount_shm -> 0\n"
       "a: system.unmount_shm -> 0\na: posix.unlink name=\"/n0\" -> 0\n"},
      {"system.set_default_acl",
       "a: posix.unlink name=\"/n0\" -> ENOENT\na: system.mount_shm -> 0\n"
       "a: system.set_default_acl user=4242 user_bits=6 mask=6 -> 0\n"
       "a: d0 = posix.open name=\"/n0\" flags=create|read_write mode=0640 -> ok\n"
       "a: file.get_acl descriptor=d0 -> acl{user=4242 user_bits=6 mask=4 other=0}\n"},
      {"system.hide_shm",
       "a: system.hide_shm -> 0\na: posix.open name=\"/n0\" flags=create -> ENOENT|ENOSYS\n"},
      {"descriptor.dup",
       "a: d0 = memfd.create -> ok\na: d1 = descriptor.dup descriptor=d0 -> !d0\n"},
      {"descriptor.close",
       "a: d0 = memfd.create -> ok\na: descriptor.close descriptor=d0 -> 0\n"
       "a: descriptor.close descriptor=d0 -> EBADF\n"},
      {"descriptor.set_close_on_exec",
       "a: d0 = memfd.create -> ok\na: descriptor.set_close_on_exec descriptor=d0 on=true -> 0\n"
       "a: descriptor.get_close_on_exec descriptor=d0 -> 1\n"},
      {"descriptor.get_close_on_exec",
       "a: d0 = memfd.create -> ok\na: descriptor.get_close_on_exec descriptor=d0 -> 0\n"},
      {"descriptor.send",
       "a: d0 = memfd.create -> ok\na: file.truncate descriptor=d0 size=9 -> 0\n"
       "a: descriptor.send descriptor=d0 -> 1\na: d1 = descriptor.receive -> !d0\n"
       "a: file.stat descriptor=d1 -> file{size=9}\na: descriptor.send descriptor=-1 -> EBADF\n"},
      {"descriptor.receive", "a: descriptor.receive close_on_exec=true -> EAGAIN\n"},
      {"descriptor.discard",
       "a: d0 = memfd.create -> ok\na: descriptor.send descriptor=d0 -> 1\n"
       "a: descriptor.discard -> 1\na: descriptor.discard -> EAGAIN\n"},
      {"descriptor.get_from",
       "actor a\nactor b\nb: d0 = memfd.create -> ok\n"
       "a: d1 = descriptor.get_from actor=b descriptor=d0 -> ok|EPERM\n"
       "a: descriptor.get_from actor=b descriptor=-1 -> EBADF|EPERM\n"},
      {"descriptor.open_socket",
       "a: d0 = descriptor.open_socket -> ok\na: memfd.get_seals descriptor=d0 -> EINVAL\n"},
      {"memfd.shows_name",
       "a: d0 = memfd.create name=\"n\" -> ok\na: memfd.shows_name descriptor=d0 name=\"n\" -> 1\n"
       "a: memfd.shows_name descriptor=d0 name=\"o\" -> 0\n"},
      {"memfd.link", "a: d0 = memfd.create -> ok\na: memfd.link descriptor=d0 -> EXDEV|ENOENT\n"},
      {"memfd.get_noexec", "a: memfd.get_noexec -> ok|ENOENT\n"},
      {"memory.pin", "a: memory.pin at=a0 size=8 -> 8\na: memory.unpin -> 0\n"},
      {"memory.unpin", "a: memory.unpin -> 0\n"},
      {"map.map",
       "a: d0 = memfd.create -> ok\na: file.truncate descriptor=d0 size=9 -> 0\n"
       "a: m0 = map.map descriptor=d0 size=8192 -> ok\na: memory.store at=m0 value=7 -> 0\n"
       "a: memory.load at=m0+4096 -> fault{signal=SIGBUS code=ADRERR}\n"
       "a: map.map size=4096 flags=shared|private|sync -> EBADF|EOPNOTSUPP\n"},
      {"map.sync", "a: map.sync at=a0 size=4096 flags=async|sync -> EINVAL\n"},
      {"map.lock", "a: map.lock at=a0 size=1 -> 0|EPERM|ENOMEM\n"},
      {"map.unlock", "a: map.unlock at=a0 size=1 -> 0\n"},
      {"map.lock_all", "a: map.lock_all flags=on_fault -> EINVAL\n"},
      {"map.unlock_all", "a: map.unlock_all -> 0\n"},
      {"system.sysctl_read", "a: system.sysctl_read name=shmmni -> ok\n"},
      {"system.sysctl_write",
       "a: system.sysctl_write name=shmmni value=77 -> 0\n"
       "a: system.sysctl_read name=shmmni -> 77\n"},
  };
}

/// Operations that have no form in C, and why.
Names WithoutC() {
  const std::string kListing = "gives a listing, which the program does not parse";
  const std::string kTool = "runs a command line tool";
  const std::string kWaits = "is of plans whose actors wait for each other";
  const std::string kLibrary = "is a call of a library that has no form of its own";
  return {
      {"memory.transfer", "moves a range through a pipe, a page at a time"},
      {"memory.branch", "rounds of a litmus test are paced by the harness"},
      {"memory.histogram", "counts endings of a litmus test"},
      {"process.thread", "actors are processes there"},
      {"process.exec", "the program would have to go on where it was"},
      {"process.drop_capability", "capset(2) has no function in the C library"},
      {"process.enter_namespace", "takes the processes of namespaces that others made"},
      {"process.clone", "a child that is no actor"},
      {"process.await_blocked", "actors there do not show when they are in a call"},
      {"map.layout", kListing},
      {"map.show", kListing},
      {"process.resident", kListing},
      {"process.set_realtime", kWaits},
      {"process.priority", kListing},
      {"memfd.set_noexec", "is for pid namespaces, of which the program makes none"},
      {"sysv.keeps_key", "needs files that the harness makes"},
      {"sysv.key_minus_one", "needs files that the harness makes"},
      {"system.hold_segments", kListing},
      {"system.segments", kListing},
      {"system.ipcs", kTool},
      {"system.ipcs_one", kTool},
      {"system.lsipc", kTool},
      {"system.ipcrm", kTool},
      {"system.ipcrm_key", kTool},
      {"system.ipcrm_several", kTool},
      {"system.ipcrm_object", kTool},
      {"system.ipcrm_object_key", kTool},
      {"system.ipcrm_all", kTool},
      {"system.ipcmk", kTool},
      {"system.ipcmk_object", kTool},
      {"system.setfacl", kTool},
      {"system.getfacl", kTool},
      {"segment.create", kLibrary},
      {"segment.open", kLibrary},
      {"segment.open_or_create", kLibrary},
      {"segment.create_killed", kLibrary},
      {"segment.size", kLibrary},
      {"segment.resize", kLibrary},
      {"segment.attach", kLibrary},
      {"segment.detach", kLibrary},
      {"segment.close", kLibrary},
      {"segment.remove", kLibrary},
      {"segment.clear", kLibrary},
      {"segment.residue", kLibrary},
      {"sync.mutex_init", kWaits},
      {"sync.mutex_lock", kWaits},
      {"sync.mutex_unlock", kWaits},
      {"sync.mutex_consistent", kWaits},
      {"sync.mutex_ceiling", kWaits},
      {"sync.mutex_set_ceiling", kWaits},
      {"sync.destroy", kWaits},
      {"sync.rwlock_init", kWaits},
      {"sync.rwlock_lock", kWaits},
      {"sync.rwlock_unlock", kWaits},
      {"sync.cond_init", kWaits},
      {"sync.cond_wait", kWaits},
      {"sync.cond_signal", kWaits},
      {"sync.barrier_init", kWaits},
      {"sync.barrier_wait", kWaits},
      {"sync.sem_init", kWaits},
      {"sync.sem_wait", kWaits},
      {"sync.sem_post", kWaits},
      {"sync.sem_value", kWaits},
      {"sync.futex_wait", kWaits},
      {"sync.futex_wake", kWaits},
      {"sync.sem_open", kWaits},
      {"sync.sem_close", kWaits},
      {"sync.sem_unlink", kWaits},
      {"sync.futex_requeue", kWaits},
      {"sync.futex_wait_bitset", kWaits},
      {"sync.futex_wake_bitset", kWaits},
      {"sync.futex_lock_pi", kWaits},
      {"sync.futex_unlock_pi", kWaits},
      {"sync.get_shared", kWaits},
      {"sync.set_shared", kWaits},
  };
}

void Replace(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != text.npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

/// The plan with that buffer, and the part of `a/b/c/d` that is due with it.
std::string With(const std::string& steps, Buffer buffer) {
  std::string plan;
  std::size_t begin = 0;
  while (begin < steps.size()) {
    const std::size_t end = steps.find('\n', begin) + 1;
    std::string line = steps.substr(begin, end - begin);
    begin = end;
    const std::size_t arrow = line.find("-> ");
    if (arrow != line.npos && line.find('/', arrow) != line.npos) {
      std::size_t from = arrow + 3;
      for (int i = 0; i < static_cast<int>(buffer); ++i) from = line.find('/', from) + 1;
      const std::size_t to = line.find_first_of("/\n", from);
      line = line.substr(0, arrow + 3) + line.substr(from, to - from) + "\n";
    }
    plan += line;
  }
  Replace(plan, "BUFFER", std::string(NameOf(buffer)));
  return plan.starts_with("actor") ? plan : kSegment + plan;
}

template <class Op>
void ExpectCompiled(const std::string& steps) {
  for (const auto& buffer : NamesOf<Buffer>::kNames) {
    SCOPED_TRACE(fmt::format("{} with buffer {}", Op::kName, buffer.name));
    const Ran ran = Performed(With(steps, buffer.value));
    EXPECT_EQ(ran.exit_code, 0) << ran.output;
    if constexpr (!requires(Op op) { op.buffer; }) return;  // the first says all
  }
}

template <class Op>
void ExpectForm() {
  static const Names steps = Steps();
  static const Names without = WithoutC();
  const auto written = steps.find(Op::kName);
  ASSERT_NE(written != steps.end(), without.contains(Op::kName))
      << Op::kName << " needs steps to be tried with, or a reason why it has no form in C";
  if (written == steps.end()) {
    EXPECT_FALSE(CStatements(Step{.operation = Op{}}).ok()) << Op::kName << " has a form in C";
    return;
  }
  ASSERT_NE(written->second.find(Op::kName), std::string::npos) << Op::kName;
  const bool needs_root = std::is_same_v<Op, SystemSysctlWrite>;
  if (!needs_root || ::geteuid() == 0) ExpectCompiled<Op>(written->second);
}

template <std::size_t... kIndexes>
void ExpectFormOfEach(std::index_sequence<kIndexes...>) {
  (ExpectForm<std::variant_alternative_t<kIndexes, OperationVariant>>(), ...);
}

TEST(CProgram, HoldsForEveryOperationAndKindOfBuffer) {
  ExpectFormOfEach(std::make_index_sequence<std::variant_size_v<OperationVariant>>());
}

}  // namespace
}  // namespace shmspec::reports
