// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/command/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

namespace shmspec {
namespace {

Error Refusal(const std::string& path, int error) {
  return Error{fmt::format("{}: cannot be written: {}", path, std::strerror(error))};
}

/// Through procfs an open file can be given a name.
std::string NameOf(const UniqueFd& fd) { return fmt::format("/proc/self/fd/{}", fd.get()); }

/// A file in the folder of `path` that vanishes with this process, however it ends; nothing where
/// the file system or a missing procfs does not allow that.
UniqueFd OpenUnnamed(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "."
                             : slash == 0               ? "/"
                                                        : path.substr(0, slash);
  UniqueFd fd(::open(folder.c_str(), O_WRONLY | O_TMPFILE | O_CLOEXEC, 0666));
  if (!fd || ::faccessat(AT_FDCWD, NameOf(fd).c_str(), F_OK, 0) != 0) return UniqueFd();
  return fd;
}

}  // namespace

Result<OutputFile> OutputFile::Claim(std::string path, Existing existing) {
  struct stat status {};
  const bool exists = ::lstat(path.c_str(), &status) == 0;
  if (exists && existing == Existing::kReplace && !S_ISREG(status.st_mode)) {
    return Error{path + ": is no regular file and is not replaced; name another file"};
  }
  if (exists && existing == Existing::kLeave) {
    return Error{path + ": exists already and is left alone; name another file or remove it"};
  }
  if (path.empty() || path.ends_with('/')) {
    return Error{fmt::format("--output \"{}\": expected the name of a new file", path)};
  }
  if (existing == Existing::kLeave) {
    if (UniqueFd unnamed = OpenUnnamed(path)) {
      return OutputFile(std::move(path), "", std::move(unnamed), existing);
    }
  }
  std::string draft = fmt::format("{}.{}.partial", path, ::getpid());
  UniqueFd fd(::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!fd) return Refusal(path, errno);
  return OutputFile(std::move(path), std::move(draft), std::move(fd), existing);
}

OutputFile::~OutputFile() {
  if (fd_ && !draft_.empty()) ::unlink(draft_.c_str());
}

Result<void> OutputFile::Commit(const std::string& contents) {
  std::string_view rest = contents;
  while (!rest.empty()) {
    const ssize_t written = ::write(fd_.get(), rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Refusal(path_, errno);
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  if (existing_ == Existing::kReplace) {
    if (::rename(draft_.c_str(), path_.c_str()) != 0) return Refusal(path_, errno);
  } else {
    // Unlike rename(2), link(2) never takes the place of a file that appeared meanwhile.
    const int linked = draft_.empty() ? ::linkat(AT_FDCWD, NameOf(fd_).c_str(), AT_FDCWD,
                                                 path_.c_str(), AT_SYMLINK_FOLLOW)
                                      : ::link(draft_.c_str(), path_.c_str());
    if (linked != 0) return Refusal(path_, errno);
    if (!draft_.empty()) ::unlink(draft_.c_str());
  }
  fd_.reset();
  return {};
}

}  // namespace shmspec
