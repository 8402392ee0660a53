// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/host/own_process.h"

#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <string_view>

#include "harness/vocabulary/value/unique_handle.h"

namespace shmspec {

bool ProcIsOwn() {
  std::array<char, 32> number;
  const ssize_t size = ::readlink("/proc/self", number.data(), number.size());
  if (size <= 0) return false;
  pid_t pid = 0;
  const char* end = number.data() + size;
  return std::from_chars(number.data(), end, pid).ptr == end && pid == ::getpid();
}

bool ParentIs(pid_t process) {
  const pid_t parent = ::getppid();
  return parent < 0 || parent == process;
}

bool IsThere(const std::string& path) {
#ifdef SYS_newfstatat
  // No library replaces this: that of fakeroot waits for a semaphore, which is another one in an
  // IPC namespace of one's own.
  alignas(struct stat) std::array<std::byte, sizeof(struct stat)> unused;
  return ::syscall(SYS_newfstatat, AT_FDCWD, path.c_str(), unused.data(), 0) == 0;
#else
  struct stat unused {};
  return ::stat(path.c_str(), &unused) == 0;
#endif
}

std::string OwnProgram() {
  char first = 0;
  if (::readlink("/proc/self/exe", &first, 1) == 1) return "/proc/self/exe";
  const unsigned long executed = ::getauxval(AT_EXECFN);
  if (executed == 0) return "";
  // The kernel gives the position of the words as a number.
  const std::string path(reinterpret_cast<const char*>(executed));  // NOLINT
  if (path.starts_with('/')) return path;
  std::array<char, 4096> folder;
  if (::getcwd(folder.data(), folder.size()) == nullptr) return "";
  return std::string(folder.data()) + "/" + path;
}

int KeepOverExec(int fd) { return ::fcntl(fd, F_SETFD, 0) == 0 ? fd : ::dup(fd); }

int Raised(int fd) {
  if (fd < 0 || fd >= kOwnFilesFrom) return fd;
  const int raised = ::fcntl(fd, F_DUPFD_CLOEXEC, kOwnFilesFrom);
  if (raised < 0) return fd;
  ::close(fd);
  return raised;
}

void CloseFilesBut(std::vector<int> kept) {
  std::erase(kept, -1);
  std::sort(kept.begin(), kept.end());
  const auto close_range = [](int from, int to) {
    if (from > to) return;
#ifdef SYS_close_range
    if (::syscall(SYS_close_range, from, to, 0) == 0) return;
#endif
    const long limit = ::sysconf(_SC_OPEN_MAX);
    for (int fd = from; fd <= to && fd < limit; ++fd) ::close(fd);
  };
  int from = STDERR_FILENO + 1;
  for (const int fd : kept) {
    close_range(from, fd - 1);
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    from = fd + 1;
  }
  close_range(from, 0x7fffffff);
  // The lowest number is given first.
  ::close(STDIN_FILENO);
  if (::open("/dev/null", O_RDONLY) == STDIN_FILENO) return;
  // Also without /dev every stream must be open: when a program is executed with ids that differ,
  // the C library opens missing streams and kills the program if /dev/full does not exist.
  int ends[2];
  if (::pipe(ends) == 0) ::close(ends[1]);
}

}  // namespace shmspec
