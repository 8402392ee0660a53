// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/command/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <random>
#include <string_view>
#include <utility>

#include "harness/command/console.h"
#include "harness/command/input_file.h"
#include "harness/command/option_list.h"

namespace shmspec {
namespace {

Error Refusal(const std::string& path, int error) {
  return Error{fmt::format("{}: cannot be written: {}", path, std::strerror(error))};
}

/// Through procfs an open file can be given a name.
std::string NameOf(const UniqueFd& fd) { return fmt::format("/proc/self/fd/{}", fd.get()); }

/// A file in the folder of `path` that vanishes with this process, however it ends; nothing where
/// the file system, a missing procfs or a refused linkat(2) does not allow that.
UniqueFd OpenUnnamed(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "."
                             : slash == 0               ? "/"
                                                        : path.substr(0, slash);
  UniqueFd fd(::open(folder.c_str(), O_WRONLY | O_TMPFILE | O_CLOEXEC, 0666));
  if (!fd || ::faccessat(AT_FDCWD, NameOf(fd).c_str(), F_OK, 0) != 0) return UniqueFd();
  // Whether it can be given a name: one that is taken tells, and changes nothing.
  const bool refused = ::linkat(AT_FDCWD, NameOf(fd).c_str(), AT_FDCWD, (folder + "/.").c_str(),
                                AT_SYMLINK_FOLLOW) == 0 ||
                       errno != EEXIST;
  return refused ? UniqueFd() : std::move(fd);
}

/// The number of names to try; even one that is taken is chance or malice.
constexpr int kAttempts = 100;

/// A name beside `path` that cannot be guessed.
std::string DraftOf(const std::string& path) {
  std::random_device random;
  return fmt::format("{}.{:08x}{:08x}.partial", path, random(), random());
}

/// Removes a name that still stands for the open file, and no other's.
void RemoveIfSame(const std::string& name, const UniqueFd& fd) {
  struct stat ours {};
  struct stat there {};
  if (::fstat(fd.get(), &ours) != 0 || ::lstat(name.c_str(), &there) != 0) return;
  if (ours.st_dev == there.st_dev && ours.st_ino == there.st_ino && ours.st_uid == there.st_uid) {
    ::unlink(name.c_str());
  }
}

}  // namespace

Result<void> MakeFolder(const std::string& folder) {
  if (::mkdir(folder.c_str(), 0777) == 0) return {};
  const int error = errno;
  struct stat status {};
  if (error == EEXIST && ::stat(folder.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) return {};
  return Error{std::strerror(error)};
}

Result<OutputFile> OutputFile::Claim(const OutputOptions& options) {
  const std::string& path = *options.file;
  if (path.empty() || path.ends_with('/')) {
    return Error{fmt::format("{} \"{}\": expected the name of a new file", options.option, path)};
  }
  if (path == "-") {
    const bool usual = options.option == OutputOptions().option;
    return Error{fmt::format(
        "{} -: {}; for a file of that name give ./-", options.option,
        usual ? "without --output it goes to standard output" : "expected the name of a new file")};
  }
  if (WasRead(path)) {
    return Error{path + ": is what this is made from and is left alone; name another file"};
  }
  struct stat status {};
  const bool exists = ::lstat(path.c_str(), &status) == 0;
  if (exists && !S_ISREG(status.st_mode)) {
    return Error{path + ": is no regular file and is left alone; name another file"};
  }
  if (exists && !options.force) {
    return Error{path + ": exists already and is left alone; name another file or give --force"};
  }
  std::string draft;
  UniqueFd fd = OpenUnnamed(path);
  const bool named = !fd;
  for (int attempt = 0; !fd && attempt < kAttempts; ++attempt) {
    draft = DraftOf(path);
    fd.reset(::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
    if (!fd && errno != EEXIST) break;
  }
  if (!fd) return Refusal(path, errno);
  return OutputFile(path, std::move(draft), named, std::move(fd), options.force);
}

OutputFile::~OutputFile() {
  if (fd_ && named_) RemoveIfSame(draft_, fd_);
}

Result<void> OutputFile::Commit(const std::string& contents) {
  std::string_view rest = contents;
  while (!rest.empty()) {
    const ssize_t written = ::write(fd_.get(), rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Refusal(path_, errno);
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  const auto give_name = [this](const std::string& name) {
    return named_
               ? ::link(draft_.c_str(), name.c_str())
               : ::linkat(AT_FDCWD, NameOf(fd_).c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW);
  };
  if (!replace_) {
    // Unlike rename(2) these never take the place of a file that appeared meanwhile.
    const bool given = give_name(path_) == 0 || (named_ && errno != EEXIST &&
                                                 ::renameat2(AT_FDCWD, draft_.c_str(), AT_FDCWD,
                                                             path_.c_str(), RENAME_NOREPLACE) == 0);
    if (!given) return Refusal(path_, errno);
    if (named_) RemoveIfSame(draft_, fd_);
  } else {
    for (int attempt = 0; !named_ && attempt < kAttempts; ++attempt) {
      draft_ = DraftOf(path_);
      named_ = give_name(draft_) == 0;
      if (!named_ && errno != EEXIST) break;
    }
    if (!named_) return Refusal(path_, errno);
    if (::rename(draft_.c_str(), path_.c_str()) != 0) return Refusal(path_, errno);
  }
  fd_.reset();
  return {};
}

void DeclareOutput(OptionList& options, OutputOptions& to, std::string about) {
  options.Text("--output,-o", to.file, std::move(about));
  options.Flag("--force", to.force, "Replace that file if it is there already");
}

int WriteOutput(const std::string& contents, const OutputOptions& options) {
  if (!options.file) {
    fmt::print("{}", contents);
    return kExitAsExpected;
  }
  Result<OutputFile> output = OutputFile::Claim(options);
  if (!output.ok()) return Complain(kExitUsage, output.error().message);
  if (auto written = output->Commit(contents); !written.ok()) {
    return Complain(kExitHarnessTrouble, written.error().message);
  }
  return kExitAsExpected;
}

}  // namespace shmspec
