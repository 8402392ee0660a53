// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/host/file_identity.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>

namespace shmspec {
namespace {

std::optional<FileIdentity> Identity(int folder, const char* path, int flags) {
  struct statx found {};
  if (::syscall(SYS_statx, folder, path, flags, STATX_TYPE, &found) == 0) {
    return FileIdentity{found.stx_dev_major, found.stx_dev_minor, S_ISREG(found.stx_mode)};
  }
  if (errno != ENOSYS && errno != EPERM) return std::nullopt;
  struct stat status {};
  if (::fstatat(folder, path, &status, flags) != 0) return std::nullopt;
  return FileIdentity{major(status.st_dev), minor(status.st_dev), S_ISREG(status.st_mode)};
}

}  // namespace

std::optional<FileIdentity> IdentityOf(const char* path) { return Identity(AT_FDCWD, path, 0); }

std::optional<FileIdentity> IdentityOf(int file) { return Identity(file, "", AT_EMPTY_PATH); }

}  // namespace shmspec
