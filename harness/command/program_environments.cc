// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/command/program_environments.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>

#include "harness/vocabulary/value/unique_handle.h"

namespace shmspec {
namespace {

constexpr uid_t kNobody = 65534;

using Reason = std::optional<std::string>;
using Program = std::vector<sock_filter>;

Reason Because(const std::string& what) { return what + ": " + std::strerror(errno); }

sock_filter Answer(std::uint32_t action) { return {BPF_RET | BPF_K, 0, 0, action}; }
sock_filter LoadWord(std::size_t offset) {
  return {BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<std::uint32_t>(offset)};
}
/// Goes on when the word loaded is `value`, otherwise skips `others` instructions.
sock_filter IfEqual(std::uint64_t value, std::uint8_t others) {
  return {BPF_JMP | BPF_JEQ | BPF_K, 0, others, static_cast<std::uint32_t>(value)};
}

Reason Install(const Program& code) {
  const sock_fprog program{static_cast<unsigned short>(code.size()),
                           const_cast<sock_filter*>(code.data())};
  // Privilege allows a filter without PR_SET_NO_NEW_PRIVS, which would be a restriction of its own.
  if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0) return {};
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0) return {};
  return Because("no seccomp filter");
}

Preparation Filter(std::vector<long> calls, std::uint32_t action) {
  return [calls = std::move(calls), action] {
    Program code;
#ifdef __x86_64__
    // Calls have other numbers at the entry for 32-bit programs, which is left alone.
    code = {LoadWord(offsetof(seccomp_data, arch)), IfEqual(AUDIT_ARCH_X86_64, 1),
            sock_filter{BPF_JMP | BPF_JA, 0, 0, 1}, Answer(SECCOMP_RET_ALLOW)};
#endif
    code.push_back(LoadWord(offsetof(seccomp_data, nr)));
    for (const long call : calls) {
      code.push_back(IfEqual(static_cast<std::uint64_t>(call), 1));
      code.push_back(Answer(action));
    }
    code.push_back(Answer(SECCOMP_RET_ALLOW));
    return Install(code);
  };
}

bool Write(const std::string& file, const std::string& text) {
  const UniqueFd fd(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
  return fd && ::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

Reason OwnMounts() {
  if (::unshare(CLONE_NEWNS) != 0) return Because("no mount namespace");
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    return Because("no private mounts");
  }
  return {};
}

}  // namespace

Preparation AllOf(std::vector<Preparation> preparations) {
  return [preparations = std::move(preparations)]() -> Reason {
    for (const Preparation& preparation : preparations) {
      if (auto reason = preparation()) return reason;
    }
    return {};
  };
}

Preparation RefuseCalls(std::vector<long> calls, int error) {
  return Filter(std::move(calls), SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(error));
}

Preparation KillOnCalls(std::vector<long> calls) {
  return Filter(std::move(calls), SECCOMP_RET_KILL_PROCESS);
}

Reason RefuseShmLock() {
  return Install({LoadWord(offsetof(seccomp_data, nr)), IfEqual(SYS_shmctl, 3),
                  LoadWord(offsetof(seccomp_data, args[1])), IfEqual(SHM_LOCK, 1),
                  Answer(SECCOMP_RET_ERRNO | EPERM), Answer(SECCOMP_RET_ALLOW)});
}

Reason LikeDocker() {
  constexpr std::uint32_t kNamespaces = CLONE_NEWUSER | CLONE_NEWIPC | CLONE_NEWNS | CLONE_NEWPID;
  const sock_filter any_namespace{BPF_JMP | BPF_JSET | BPF_K, 0, 1, kNamespaces};
  const sock_filter refuse = Answer(SECCOMP_RET_ERRNO | EPERM);
  return Install({LoadWord(offsetof(seccomp_data, nr)), IfEqual(SYS_unshare, 1), refuse,
                  IfEqual(SYS_setns, 1), refuse, IfEqual(SYS_mount, 1), refuse,
                  IfEqual(SYS_clone3, 1), Answer(SECCOMP_RET_ERRNO | ENOSYS), IfEqual(SYS_clone, 3),
                  LoadWord(offsetof(seccomp_data, args[0])), any_namespace, refuse,
                  Answer(SECCOMP_RET_ALLOW)});
}

Reason ContainerCapabilities() {
  constexpr std::array kKept{CAP_CHOWN,       CAP_DAC_OVERRIDE,     CAP_FOWNER, CAP_FSETID,
                             CAP_KILL,        CAP_SETGID,           CAP_SETUID, CAP_SETPCAP,
                             CAP_NET_RAW,     CAP_NET_BIND_SERVICE, CAP_MKNOD,  CAP_SYS_CHROOT,
                             CAP_AUDIT_WRITE, CAP_SETFCAP};
  if (::geteuid() != 0) return "nobody but root has capabilities to lose";
  for (int number = 0; number <= CAP_LAST_CAP; ++number) {
    if (std::find(kKept.begin(), kKept.end(), number) != kKept.end()) continue;
    if (::prctl(PR_CAPBSET_DROP, number, 0, 0, 0) != 0 && errno != EINVAL) {
      return Because("a capability stays");
    }
  }
  return {};
}

namespace {

Reason Become(uid_t user) {
  if (::geteuid() != 0) return {};
  if (::setgroups(0, nullptr) != 0 || ::setresgid(user, user, user) != 0 ||
      ::setresuid(user, user, user) != 0) {
    return Because("cannot become another user");
  }
  ::prctl(PR_SET_DUMPABLE, 1);  // else /proc/self stays the property of root until the next exec
  return {};
}

}  // namespace

Reason OrdinaryUser() { return Become(kNobody); }

Reason UserOfNoOtherTest() {
  constexpr uid_t kAlone = 64999;
  return Become(kAlone);
}

Reason OneCpu() {
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof(set), &set) != 0) return Because("no affinity");
  std::size_t first = 0;
  while (first < CPU_SETSIZE && !CPU_ISSET(first, &set)) ++first;
  CPU_ZERO(&set);
  CPU_SET(first, &set);
  if (::sched_setaffinity(0, sizeof(set), &set) != 0) return Because("no affinity");
  return {};
}

Preparation Limit(int resource, std::uint64_t value) {
  return [resource, value]() -> Reason {
    const rlimit limit{value, value};
    if (::setrlimit(static_cast<__rlimit_resource_t>(resource), &limit) == 0) return {};
    return Because("no such limit");
  };
}

Preparation MountTmpfs(std::string at, std::string options) {
  return [at = std::move(at), options = std::move(options)]() -> Reason {
    if (auto reason = OwnMounts()) return reason;
    if (::mount("none", at.c_str(), "tmpfs", 0, options.c_str()) == 0) return {};
    return Because("no tmpfs at " + at);
  };
}

Reason NoProc() {
  if (auto reason = OwnMounts()) return reason;
  while (::umount2("/proc", MNT_DETACH) == 0) {
  }
  if (errno == EINVAL) return {};
  return Because("/proc stays");
}

Reason ProcOfTheParent() {
  if (::unshare(CLONE_NEWPID) != 0) return Because("no pid namespace");
  const pid_t first = ::fork();
  if (first < 0) return Because("no process 1");
  if (first == 0) return {};
  int status = 0;
  ::waitpid(first, &status, 0);
  ::_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

Reason NothingMounted() {
  if (auto reason = OwnMounts()) return reason;
  for (const char* at : {"/dev/shm", "/dev", "/sys", "/proc"}) {
    // One may be mounted above the other; where nothing is, there is an empty folder, or none.
    while (::umount2(at, MNT_DETACH) == 0) {
    }
    if (errno != EINVAL && errno != ENOENT) return Because(at);
  }
  return RefuseCalls({SYS_mount, SYS_fsmount, SYS_move_mount}, EPERM)();
}

Reason ReadOnlyTmp() {
  if (auto reason = MountTmpfs("/tmp", "mode=0555")()) return reason;
  if (::mount(nullptr, "/tmp", nullptr, MS_REMOUNT | MS_RDONLY, nullptr) == 0) return {};
  return Because("/tmp stays writable");
}

Preparation IpcSetting(std::string file, std::string value) {
  return [file = std::move(file), value = std::move(value)]() -> Reason {
    if (::unshare(CLONE_NEWIPC) != 0) return Because("no IPC namespace");
    if (!Write(file, value)) return Because(file);
    return {};
  };
}

Reason NoUserNamespaces() {
  const std::string uid = std::to_string(::geteuid());
  const std::string gid = std::to_string(::getegid());
  if (::unshare(CLONE_NEWUSER) != 0) return Because("no user namespace");
  Write("/proc/self/setgroups", "deny");
  if (!Write("/proc/self/uid_map", "0 " + uid + " 1\n") ||
      !Write("/proc/self/gid_map", "0 " + gid + " 1\n") ||
      !Write("/proc/sys/user/max_user_namespaces", "0")) {
    return Because("user namespaces stay allowed");
  }
  return {};
}

Reason NoIdMappings() {
  if (::unshare(CLONE_NEWUSER) != 0) return Because("no user namespace");
  return {};
}

Preparation Closed(std::vector<int> streams) {
  return [streams = std::move(streams)]() -> Reason {
    for (const int fd : streams) ::close(fd);
    return {};
  };
}

FewProcesses::FewProcesses(int most) {
  // Where each controller has a tree of its own, and where all share one.
  for (const std::string tree : {"/sys/fs/cgroup/pids", "/sys/fs/cgroup"}) {
    const std::string folder = tree + "/shmspec-test-" + std::to_string(::getpid());
    if (::mkdir(folder.c_str(), 0755) != 0) continue;
    folder_ = folder;
    if (Write(folder + "/pids.max", std::to_string(most))) return;
    ::rmdir(folder.c_str());
    folder_.clear();
  }
}

FewProcesses::~FewProcesses() {
  if (!folder_.empty()) ::rmdir(folder_.c_str());
}

Preparation FewProcesses::Inside() const {
  return [folder = folder_]() -> Reason {
    if (folder.empty()) return "no cgroup that counts processes";
    if (!Write(folder + "/cgroup.procs", "0")) return Because(folder);
    return {};
  };
}

std::vector<long> SystemVCalls() { return {SYS_shmget, SYS_shmat, SYS_shmdt, SYS_shmctl}; }

}  // namespace shmspec
