// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/host/shared_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <string>

#include "harness/vocabulary/value/names.h"

namespace shmspec {
namespace {

Error Failed(std::string_view what) {
  return Error{
      fmt::format("cannot {} memory for the harness's own processes: {}", what, ErrnoName(errno)),
      true};
}

/// Removes a name that still stands for the open file, and no other's.
void RemoveIfSame(const std::string& name, int fd) {
  struct stat ours {};
  struct stat there {};
  if (::fstat(fd, &ours) != 0 || ::lstat(name.c_str(), &there) != 0) return;
  if (ours.st_dev != there.st_dev || ours.st_ino != there.st_ino) return;
  if (ours.st_uid == there.st_uid) ::unlink(name.c_str());
}

/// A file that never has a name, or has a secret one for a moment. mkostemp(3) neither follows a
/// link nor opens what is there.
UniqueFd MakeFileIn(const std::string& folder) {
  UniqueFd file(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600));
  if (file) return file;
  std::string path = folder + "/shmspec-control-XXXXXX";
  file.reset(::mkostemp(path.data(), O_CLOEXEC));
  if (file) RemoveIfSame(path, file.get());
  return file;
}

Result<UniqueMapping> Map(int fd, std::size_t bytes, int flags) {
  void* address = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, flags, fd, 0);
  if (address == MAP_FAILED) return Failed("map");
  return UniqueMapping({address, bytes});
}

}  // namespace

Result<UniqueFd> MakeSharedFile() {
  UniqueFd file(::memfd_create("shmspec-control", MFD_CLOEXEC));
  if (file) return file;
  const char* chosen = std::getenv("TMPDIR");
  for (const char* folder : {chosen == nullptr ? "" : chosen, "/dev/shm", "/tmp"}) {
    if (*folder == '\0') continue;
    file = MakeFileIn(folder);
    if (file) return file;
  }
  return Failed("make a file for");
}

Result<void> GrowSharedFile(int fd, std::size_t bytes) {
  // Where the size is unknown, setting it does no harm: it only ever grows.
  const off_t size = ::lseek(fd, 0, SEEK_END);
  if (size >= 0 && static_cast<std::size_t>(size) >= bytes) return {};
  if (::ftruncate(fd, static_cast<off_t>(bytes)) == 0) return {};
  if (::pwrite(fd, "", 1, static_cast<off_t>(bytes) - 1) == 1) return {};
  return Failed("grow");
}

Result<UniqueMapping> MapSharedFile(int fd, std::size_t bytes) {
  return Map(fd, bytes, MAP_SHARED);
}

Result<UniqueMapping> MapSharedByFork(std::size_t bytes) {
  return Map(-1, bytes, MAP_SHARED | MAP_ANONYMOUS);
}

}  // namespace shmspec
