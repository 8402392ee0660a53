// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/sandbox/isolation.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string>

#include "harness/host/file_identity.h"
#include "harness/vocabulary/value/names.h"
#include "harness/vocabulary/value/unique_handle.h"

namespace shmspec {
namespace {

bool WriteFile(const char* path, const std::string& text) {
  const UniqueFd fd(::open(path, O_WRONLY | O_CLOEXEC));
  return fd && ::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

/// Maps the caller's ids to 0 inside. With privilege outside, every id is mapped to itself, so that
/// actors can be different users.
Result<void> MapIds(uid_t uid, gid_t gid) {
  if (WriteFile("/proc/self/uid_map", "0 0 65536\n") &&
      WriteFile("/proc/self/gid_map", "0 0 65536\n")) {
    return {};
  }
  WriteFile("/proc/self/setgroups", "deny");  // older kernels have no such file and need none
  if (WriteFile("/proc/self/uid_map", fmt::format("0 {} 1\n", uid)) &&
      WriteFile("/proc/self/gid_map", fmt::format("0 {} 1\n", gid))) {
    return {};
  }
  return Error{fmt::format("ids cannot be mapped into a user namespace: {}", std::strerror(errno)),
               true};
}

Result<void> Unshare(int flags, const char* what) {
  if (::unshare(flags) == 0) return {};
  return Error{fmt::format("{} cannot be made: {}", what, std::strerror(errno)), true};
}

/// Gives the caller a /dev/shm that is a file system of its own.
Result<void> MountPrivately() {
  const auto refused = [](const char* what) {
    return Error{fmt::format("{}: {}", what, ErrnoName(errno)), true};
  };
  // gVisor of 2022 refuses this, and rightly: its unshare(2) makes no mount namespace.
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    return refused("mount with MS_PRIVATE");
  }
  const std::optional<FileIdentity> before = IdentityOf("/dev/shm");
  // Refused where there is no /dev/shm or a container forbids it; not needed for System V.
  if (::mount("shmspec", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, "size=64m,mode=1777") != 0) {
    return refused("mount of /dev/shm");
  }
  // Some systems only say that they have mounted it.
  const std::optional<FileIdentity> after = IdentityOf("/dev/shm");
  if (before && after && !before->IsOnDeviceOf(*after)) return {};
  return Error{"mount of /dev/shm has no effect", true};
}

bool CanEnter(Isolation isolation) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(EnterIsolation(isolation).ok() ? 0 : 1);
  int status = 0;
  while (child > 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

Isolation ProbeIsolation() {
  for (const Isolation isolation : {Isolation::kPrivate, Isolation::kUserNamespace}) {
    if (CanEnter(isolation)) return isolation;
  }
  return Isolation::kShared;
}

Result<Isolated> EnterIsolation(Isolation isolation) {
  if (isolation == Isolation::kShared) return Isolated{};
  const uid_t uid = ::geteuid();
  const gid_t gid = ::getegid();
  if (isolation == Isolation::kUserNamespace) {
    if (auto made = Unshare(CLONE_NEWUSER, "a user namespace"); !made.ok()) return made.error();
    if (auto mapped = MapIds(uid, gid); !mapped.ok()) return mapped.error();
  }
  if (auto made = Unshare(CLONE_NEWIPC | CLONE_NEWNS, "IPC and mount namespaces"); !made.ok()) {
    return made.error();
  }
  return Isolated{.private_shm = MountPrivately()};
}

}  // namespace shmspec
