// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// For the tests of this folder: restricted environments to run the program in. Each is for
// ChildOptions::preparation: it changes the calling process and its descendants, nothing else, and
// returns the reason when it is unavailable here.
//
//   RunProgram({"run"}, {.preparation = AllOf({RefuseCalls({SYS_unshare}, EPERM), OneCpu})});

#ifndef SHMSPEC_HARNESS_COMMAND_PROGRAM_ENVIRONMENTS_H_
#define SHMSPEC_HARNESS_COMMAND_PROGRAM_ENVIRONMENTS_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace shmspec {

using Preparation = std::function<std::optional<std::string>()>;

/// One after the other.
Preparation AllOf(std::vector<Preparation> preparations);

/// A seccomp filter that answers these system calls with an error, or kills the caller.
Preparation RefuseCalls(std::vector<long> calls, int error);
Preparation KillOnCalls(std::vector<long> calls);
/// A filter that refuses only shmctl(SHM_LOCK) with EPERM.
std::optional<std::string> RefuseShmLock();
/// What Docker's default profile does: no namespaces by unshare and clone, no setns, no mount.
std::optional<std::string> LikeDocker();

/// Root with the capabilities of a container, as Docker gives them; they hold from the next exec
/// on.
std::optional<std::string> ContainerCapabilities();

/// The user nobody, without any other group.
std::optional<std::string> OrdinaryUser();
/// A user as whom no other test runs at the same time: processes are counted by user.
std::optional<std::string> UserOfNoOtherTest();
/// The first of the CPUs that the caller may use.
std::optional<std::string> OneCpu();
/// A limit of the process, soft and hard.
Preparation Limit(int resource, std::uint64_t value);

/// A mount namespace of its own with a tmpfs somewhere, or nothing at /proc.
Preparation MountTmpfs(std::string at, std::string options);
std::optional<std::string> NoProc();
/// Process 1 of a pid namespace of its own below the /proc of the one around it, as `unshare -p -f`
/// makes it. The process that calls ends as the other one does.
std::optional<std::string> ProcOfTheParent();
/// Nothing at /proc, /sys, /dev and /dev/shm, and no way to mount something there.
std::optional<std::string> NothingMounted();
/// A /tmp that nobody may write to.
std::optional<std::string> ReadOnlyTmp();
/// An IPC namespace of its own, with its sysctls changed: `kernel.shmmni` is `/proc/sys/...`.
Preparation IpcSetting(std::string file, std::string value);
/// Root of a user namespace with one user, in which no further ones may be made.
std::optional<std::string> NoUserNamespaces();
/// A user of a user namespace in which no id has a name.
std::optional<std::string> NoIdMappings();

/// Without these file descriptors: standard streams as daemons and some init systems leave them.
Preparation Closed(std::vector<int> streams);

/// A cgroup with a limit on its processes; it goes with the object, which has to
/// outlive them.
class FewProcesses {
 public:
  explicit FewProcesses(int most);
  FewProcesses(const FewProcesses&) = delete;
  FewProcesses& operator=(const FewProcesses&) = delete;
  ~FewProcesses();

  /// What makes the caller one of few processes.
  Preparation Inside() const;

 private:
  std::string folder_;  // empty when there can be none
};

/// The calls of System V shared memory.
std::vector<long> SystemVCalls();

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_COMMAND_PROGRAM_ENVIRONMENTS_H_
