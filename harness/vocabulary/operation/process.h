// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What processes do to themselves and to each other.

#ifndef SHMSPEC_HARNESS_VOCABULARY_OPERATION_PROCESS_H_
#define SHMSPEC_HARNESS_VOCABULARY_OPERATION_PROCESS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/vocabulary/operation/role.h"
#include "harness/vocabulary/value/field.h"
#include "harness/vocabulary/value/value.h"

namespace shmspec {

/// fork(2): the child is the actor `child`, declared with start=fork. The outcome is 0; the
/// child's pid is in the trace.
struct ProcessFork {
  static constexpr std::string_view kName = "process.fork";
  static constexpr bool kConcernsOthers = true;
  static constexpr bool kInPhases = true;
  static constexpr Role kRole = Role::kNeighbour;
  ActorRef child;
  static constexpr auto kFields = Fields(Field{"child", &ProcessFork::child});
  friend bool operator==(const ProcessFork&, const ProcessFork&) = default;
};

/// Starts a thread of this process: the actor `child`, declared with start=thread. The outcome is
/// 0.
struct ProcessThread {
  static constexpr std::string_view kName = "process.thread";
  static constexpr bool kConcernsOthers = true;
  static constexpr Role kRole = Role::kNeighbour;
  ActorRef child;
  static constexpr auto kFields = Fields(Field{"child", &ProcessThread::child});
  friend bool operator==(const ProcessThread&, const ProcessThread&) = default;
};

/// execve(2). With image=self the actor goes on in a fresh image of the same program;
/// image=missing fails.
struct ProcessExec {
  static constexpr std::string_view kName = "process.exec";
  static constexpr bool kConcernsOthers = true;
  static constexpr bool kInPhases = true;
  static constexpr Role kRole = Role::kNeighbour;
  Image image = Image::kSelf;
  static constexpr auto kFields = Fields(Field{"image", &ProcessExec::image});
  friend bool operator==(const ProcessExec&, const ProcessExec&) = default;
};

/// Ends this process, or with how=thread only this thread. The outcome is Gone, known once the
/// process is reaped.
struct ProcessExit {
  static constexpr std::string_view kName = "process.exit";
  static constexpr bool kConcernsOthers = true;
  static constexpr bool kInPhases = true;
  static constexpr Role kRole = Role::kNeighbour;
  ExitHow how = ExitHow::kQuick;
  std::int32_t code = 0;
  static constexpr auto kFields =
      Fields(Field{"how", &ProcessExit::how}, Field{"code", &ProcessExit::code});
  friend bool operator==(const ProcessExit&, const ProcessExit&) = default;
};

/// kill(2) of another actor's process; the step is complete when that process has been reaped. The
/// outcome is what kill(2) returned.
struct ProcessKill {
  static constexpr std::string_view kName = "process.kill";
  static constexpr bool kConcernsOthers = true;
  static constexpr bool kInPhases = true;
  static constexpr Role kRole = Role::kNeighbour;
  ActorRef actor;
  SignalCode signal{9};
  static constexpr auto kFields =
      Fields(Field{"actor", &ProcessKill::actor}, Field{"signal", &ProcessKill::signal});
  friend bool operator==(const ProcessKill&, const ProcessKill&) = default;
};

/// Waits until another actor is blocked: it has made the call of its step, and its thread sleeps in
/// it. The outcome is 0, or 1 when the actor has nothing left to do until the plan gives it another
/// turn; ESRCH when it is gone, EDEADLK for the caller itself. Such a wait is no call that blocks,
/// and neither are the other operations on actors: they are waited out.
///
///   b & system.next_second
///   a: process.await_blocked actor=b -> 0
struct ProcessAwaitBlocked {
  static constexpr std::string_view kName = "process.await_blocked";
  static constexpr bool kConcernsOthers = true;
  static constexpr Role kRole = Role::kPrepares;
  ActorRef actor;
  static constexpr auto kFields = Fields(Field{"actor", &ProcessAwaitBlocked::actor});
  friend bool operator==(const ProcessAwaitBlocked&, const ProcessAwaitBlocked&) = default;
};

/// setgroups(2), setresgid(2), setfsgid(2), setresuid(2) and setfsuid(2), in this order: fields
/// that are absent stay. The id of the file system becomes the effective one when another of its
/// kind is given and it is not. Capabilities follow as the system rules. The outcome is 0, or the
/// error of the first that was refused: EPERM of setfsgid and setfsuid, which report none.
struct ProcessSetIdentity {
  static constexpr std::string_view kName = "process.set_identity";
  static constexpr Role kRole = Role::kPrepares;
  std::optional<Id> ruid;
  std::optional<Id> euid;
  std::optional<Id> suid;
  std::optional<Id> fsuid;
  std::optional<Id> rgid;
  std::optional<Id> egid;
  std::optional<Id> sgid;
  std::optional<Id> fsgid;
  std::optional<std::vector<Id>> groups;
  static constexpr auto kFields =
      Fields(Field{"ruid", &ProcessSetIdentity::ruid}, Field{"euid", &ProcessSetIdentity::euid},
             Field{"suid", &ProcessSetIdentity::suid}, Field{"fsuid", &ProcessSetIdentity::fsuid},
             Field{"rgid", &ProcessSetIdentity::rgid}, Field{"egid", &ProcessSetIdentity::egid},
             Field{"sgid", &ProcessSetIdentity::sgid}, Field{"fsgid", &ProcessSetIdentity::fsgid},
             Field{"groups", &ProcessSetIdentity::groups});
  friend bool operator==(const ProcessSetIdentity&, const ProcessSetIdentity&) = default;
};

/// Removes capabilities from the effective and permitted sets.
struct ProcessDropCapability {
  static constexpr std::string_view kName = "process.drop_capability";
  static constexpr Role kRole = Role::kPrepares;
  Capabilities capabilities;
  static constexpr auto kFields =
      Fields(Field{"capabilities", &ProcessDropCapability::capabilities});
  friend bool operator==(const ProcessDropCapability&, const ProcessDropCapability&) = default;
};

/// unshare(2).
struct ProcessUnshare {
  static constexpr std::string_view kName = "process.unshare";
  static constexpr Role kRole = Role::kPrepares;
  Namespaces namespaces;
  static constexpr auto kFields = Fields(Field{"namespaces", &ProcessUnshare::namespaces});
  friend bool operator==(const ProcessUnshare&, const ProcessUnshare&) = default;
};

/// setns(2): moves into the namespaces of another actor's process.
struct ProcessEnterNamespace {
  static constexpr std::string_view kName = "process.enter_namespace";
  static constexpr bool kConcernsOthers = true;
  static constexpr Role kRole = Role::kPrepares;
  ActorRef actor;
  Namespaces namespaces{kNamespaceIpc};
  static constexpr auto kFields = Fields(Field{"actor", &ProcessEnterNamespace::actor},
                                         Field{"namespaces", &ProcessEnterNamespace::namespaces});
  friend bool operator==(const ProcessEnterNamespace&, const ProcessEnterNamespace&) = default;
};

/// clone(2) of a child that is no actor: it detaches `detach` unless that is null, and ends. The
/// outcome is that of its shmdt(2), or 0. With `shares=memory` the parent waits as after vfork(2).
/// With `unreaped` the child is a zombie afterwards, until this process ends.
struct ProcessClone {
  static constexpr std::string_view kName = "process.clone";
  static constexpr bool kConcernsOthers = true;
  static constexpr Role kRole = Role::kNeighbour;
  Sharing shares;
  Address detach;
  bool unreaped = false;
  static constexpr auto kFields =
      Fields(Field{"shares", &ProcessClone::shares}, Field{"detach", &ProcessClone::detach},
             Field{"unreaped", &ProcessClone::unreaped});
  friend bool operator==(const ProcessClone&, const ProcessClone&) = default;
};

/// setrlimit(2), soft and hard limit.
struct ProcessSetLimit {
  static constexpr std::string_view kName = "process.set_limit";
  static constexpr Role kRole = Role::kPrepares;
  Limit limit = Limit::kMemlock;
  std::uint64_t value = 0;
  static constexpr auto kFields =
      Fields(Field{"limit", &ProcessSetLimit::limit}, Field{"value", &ProcessSetLimit::value});
  friend bool operator==(const ProcessSetLimit&, const ProcessSetLimit&) = default;
};

/// umask(2); the outcome is the old mask.
struct ProcessSetUmask {
  static constexpr std::string_view kName = "process.set_umask";
  static constexpr Role kRole = Role::kPrepares;
  Mode mask{022};
  static constexpr auto kFields = Fields(Field{"mask", &ProcessSetUmask::mask});
  friend bool operator==(const ProcessSetUmask&, const ProcessSetUmask&) = default;
};

/// RssShmem of /proc/self/status: the shared memory in this process's page tables, in bytes.
struct ProcessResident {
  static constexpr std::string_view kName = "process.resident";
  static constexpr Role kRole = Role::kNeighbour;
  static constexpr auto kFields = Fields();
  friend bool operator==(const ProcessResident&, const ProcessResident&) = default;
};

/// Has this thread run by SCHED_FIFO at that priority, or with 0 as others do:
/// pthread_setschedparam(3).
struct ProcessSetRealtime {
  static constexpr std::string_view kName = "process.set_realtime";
  static constexpr Role kRole = Role::kPrepares;
  std::int32_t priority = 0;
  static constexpr auto kFields = Fields(Field{"priority", &ProcessSetRealtime::priority});
  friend bool operator==(const ProcessSetRealtime&, const ProcessSetRealtime&) = default;
};

/// The real-time priority that this thread runs at, with what it has been lent, or 0: the priority
/// in /proc/thread-self/stat.
struct ProcessPriority {
  static constexpr std::string_view kName = "process.priority";
  static constexpr Role kRole = Role::kNeighbour;
  static constexpr auto kFields = Fields();
  friend bool operator==(const ProcessPriority&, const ProcessPriority&) = default;
};

/// Confines this process to one CPU.
struct ProcessPin {
  static constexpr std::string_view kName = "process.pin";
  static constexpr Role kRole = Role::kPrepares;
  std::int32_t cpu = 0;
  static constexpr auto kFields = Fields(Field{"cpu", &ProcessPin::cpu});
  friend bool operator==(const ProcessPin&, const ProcessPin&) = default;
};

}  // namespace shmspec

/// Every operation of this header, for lists of all operations.
// clang-format off
#define SHMSPEC_PROCESS_OPERATIONS(X) \
  X(ProcessFork) X(ProcessThread) X(ProcessExec) X(ProcessExit) X(ProcessKill) \
  X(ProcessAwaitBlocked) X(ProcessSetIdentity) X(ProcessDropCapability) X(ProcessUnshare) \
  X(ProcessEnterNamespace) X(ProcessClone) X(ProcessSetLimit) X(ProcessSetUmask) X(ProcessPin) \
  X(ProcessResident) X(ProcessSetRealtime) X(ProcessPriority)
// clang-format on

#endif  // SHMSPEC_HARNESS_VOCABULARY_OPERATION_PROCESS_H_
