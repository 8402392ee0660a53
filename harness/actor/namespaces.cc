// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "harness/actor/identity.h"
#include "harness/host/pipe.h"
#include "harness/host/process_limit.h"
#include "harness/host/text_file.h"
#include "harness/vocabulary/value/names.h"
#include "harness/vocabulary/value/unique_handle.h"

namespace shmspec {
namespace {

Error Cannot(const ActorSpec& spec, std::string_view what) {
  return Error{
      fmt::format("actor {} needs namespaces of its own, and this run may not {}: {}", spec.name,
                  what, ErrnoName(errno)),
      errno == EPERM || errno == EACCES || errno == EINVAL || errno == ENOSPC || errno == ENOSYS};
}

void AwaitExit(pid_t child) {
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
}

/// Maps every id to itself, which only a process outside the new namespace may do.
bool MapAllIds(pid_t process) {
  constexpr std::string_view kAll = "0 0 4294967295\n";
  const std::string folder = fmt::format("/proc/{}/", process);
  return WriteTextFile((folder + "uid_map").c_str(), kAll) &&
         WriteTextFile((folder + "gid_map").c_str(), kAll);
}

/// Maps the one id of this process to the one it shall have. An ordinary user may map no other.
bool MapOwnIds(const ActorSpec& spec, uid_t uid, gid_t gid) {
  WriteTextFile("/proc/self/setgroups", "deny");
  return WriteTextFile("/proc/self/uid_map",
                       fmt::format("{} {} 1", spec.uid.value_or(0).number, uid)) &&
         WriteTextFile("/proc/self/gid_map",
                       fmt::format("{} {} 1", spec.gid.value_or(0).number, gid));
}

/// A user namespace, and with it the others, so that it owns them.
Result<void> EnterUserNamespace(const ActorSpec& spec, int flags) {
  const uid_t uid = ::geteuid();
  const gid_t gid = ::getegid();
  Result<Pipe> pipe = MakePipe();
  if (!pipe.ok()) return pipe.error();
  const pid_t self = ::getpid();
  const pid_t outside = ::fork();
  if (outside < 0) return Cannot(spec, "fork");
  if (outside == 0) {
    pipe->writing.reset();
    const bool told = ReceiveWord(pipe->reading.get()).has_value();
    ::_exit(told && MapAllIds(self) ? 0 : 1);
  }
  const bool entered = ::unshare(flags) == 0;
  const int error = errno;
  if (entered && !SendWord(pipe->writing.get(), 'g')) return Cannot(spec, "write to a pipe");
  pipe->writing.reset();
  AwaitExit(outside);
  errno = error;
  if (!entered) return Cannot(spec, "unshare them");
  // Unmapped ids show as the overflow id; a map can be written only once.
  if (auto map = ReadTextFile("/proc/self/uid_map"); map.ok() && !map->empty()) {
    if (::setresgid(gid, gid, gid) != 0 || ::setresuid(uid, uid, uid) != 0) {
      return Cannot(spec, "keep its ids in a user namespace");
    }
    return {};
  }
  return MapOwnIds(spec, uid, gid) ? Result<void>() : Cannot(spec, "map its ids");
}

}  // namespace

Result<void> EnterNamespaces(const ActorSpec& spec, const std::function<void(pid_t)>& on_inner) {
  const int flags = CloneFlags(spec.namespaces);
  if (flags == 0) return {};
  if ((flags & CLONE_NEWUSER) != 0) {
    if (auto entered = EnterUserNamespace(spec, flags); !entered.ok()) return entered;
  } else if (::unshare(flags) != 0) {
    return Cannot(spec, "unshare them");
  }
  if ((flags & CLONE_NEWNS) != 0 &&
      ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    return Cannot(spec, "make its mounts private");
  }
  if ((flags & CLONE_NEWPID) == 0) return {};
  const pid_t inner = ::fork();
  if (inner < 0) return Cannot(spec, "fork");
  if (inner == 0) return {};
  on_inner(inner);
  ::_exit(0);
}

}  // namespace shmspec
