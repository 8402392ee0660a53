// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/perform/file_of_all_ones.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "harness/host/pipe.h"
#include "harness/vocabulary/value/names.h"
#include "harness/vocabulary/value/unique_handle.h"

namespace shmspec::perform {
namespace {

// Where the child mounts; nobody else sees it.
constexpr const char* kFolder = "/tmp";
constexpr const char* kFile = "/tmp/file";
constexpr int kMostMounts = 1024;
constexpr int kMostFiles = 0x20000;

/// What the child found out.
struct Found {
  const char* failed = nullptr;  // a literal, at the same address in both processes
  int error = 0;
  std::int64_t key = 0;
};

bool FindDevice(Found& found) {
  struct stat status {};
  for (int mounts = 0; mounts < kMostMounts; ++mounts) {
    if (::mount("shmspec", kFolder, "tmpfs", 0, "size=1m") != 0) {
      found = {"mount", errno, 0};
      return false;
    }
    if (::stat(kFolder, &status) == 0 && (minor(status.st_dev) & 0xff) == 0xff) return true;
  }
  found = {"finding a device whose minor number ends in 0xff", 0, 0};
  return false;
}

bool FindInode(Found& found) {
  struct stat status {};
  for (int files = 0; files < kMostFiles; ++files) {
    // A file without a name is made faster.
    const bool named = (status.st_ino & 0xffff) == 0xfffe;
    const UniqueFd file(named ? ::open(kFile, O_CREAT | O_RDWR | O_CLOEXEC, 0600)
                              : ::open(kFolder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    if (!file || ::fstat(file.get(), &status) != 0) {
      found = {"open", errno, 0};
      return false;
    }
    if (!named) continue;
    if ((status.st_ino & 0xffff) == 0xffff) return true;
    ::unlink(kFile);
  }
  found = {"finding an inode that ends in 0xffff", 0, 0};
  return false;
}

Found Search(const std::function<CallResult(const char*)>& key_of_path) {
  Found found;
  if (::unshare(CLONE_NEWNS) != 0) return {"unshare", errno, 0};
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    return {"mount", errno, 0};
  }
  if (!FindDevice(found) || !FindInode(found)) return found;
  errno = 0;
  found.key = key_of_path(kFile).value;
  found.error = errno;
  return found;
}

}  // namespace

Outcome KeyOfFileOfAllOnes(const std::function<CallResult(const char*)>& key_of_path) {
  Result<Pipe> pipe = MakePipe();
  if (!pipe.ok()) return Trouble{pipe.error().lacking, pipe.error().message};
  const pid_t child = ::fork();
  if (child < 0) return Trouble{true, fmt::format("no child: fork: {}", ErrnoName(errno))};
  if (child == 0) {
    const Found found = Search(key_of_path);
    ::_exit(::write(pipe->writing.get(), &found, sizeof(found)) == sizeof(found) ? 0 : 1);
  }
  pipe->writing.reset();
  Found found;
  const bool told = ::read(pipe->reading.get(), &found, sizeof(found)) == sizeof(found);
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  if (!told) return Trouble{true, "the child that makes a file with the key -1 ended early"};
  if (found.failed != nullptr) {
    return Trouble{true, fmt::format("no file has the key -1: {}{}{}", found.failed,
                                     found.error != 0 ? ": " : "",
                                     found.error != 0 ? ErrnoName(found.error) : "")};
  }
  if (found.key == -1 && found.error != 0) return Failure{ErrorCode{found.error}};
  return Value{found.key};
}

}  // namespace shmspec::perform
