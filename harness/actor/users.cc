// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/actor/users.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>

#include "harness/host/capability.h"
#include "harness/host/text_file.h"
#include "harness/vocabulary/value/names.h"
#include "harness/vocabulary/value/unique_handle.h"

namespace shmspec {
namespace {

/// The range that begins with kUsualFirst; see there.
constexpr std::uint32_t kUsualLast = 61183;

std::optional<std::uint32_t> NumberOf(std::string_view text) {
  std::uint32_t number = 0;
  const auto end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return number;
}

/// Adds the third and the fourth field of each line, which are user and group in passwd(5), and
/// group and names in group(5).
void AddNamed(const char* path, std::set<std::uint32_t>& taken) {
  const auto text = ReadTextFile(path);
  if (!text.ok()) return;
  for (const std::string& line : Lines(*text)) {
    std::string_view rest = line;
    for (int field = 0; field < 4; ++field) {
      const std::size_t end = std::min(rest.find(':'), rest.size());
      const auto number = NumberOf(rest.substr(0, end));
      if (field >= 2 && number) taken.insert(*number);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
}

/// What stands after a word such as "Uid:" in a status file: real, effective, saved and file-system
/// id; empty where there is none.
std::vector<std::uint32_t> IdsIn(const std::string& status, std::string_view word) {
  std::vector<std::uint32_t> ids;
  for (const std::string& line : Lines(status)) {
    if (!line.starts_with(word)) continue;
    for (const std::string& one : Words(line)) {
      if (const auto id = NumberOf(one)) ids.push_back(*id);
    }
  }
  return ids;
}

/// Adds the owners of all processes.
void AddUsers(std::set<std::uint32_t>& taken) {
  const std::unique_ptr<DIR, int (*)(DIR*)> processes(::opendir("/proc"), &::closedir);
  while (const dirent* entry = processes ? ::readdir(processes.get()) : nullptr) {
    if (!NumberOf(entry->d_name)) continue;
    const auto status = ReadTextFile(fmt::format("/proc/{}/status", entry->d_name).c_str());
    if (!status.ok()) continue;
    for (const std::string_view word : {"Uid:", "Gid:", "Groups:"}) {
      const std::vector<std::uint32_t> ids = IdsIn(*status, word);
      taken.insert(ids.begin(), ids.end());
    }
  }
}

std::vector<IdRange> RangesOf(const char* path) {
  const auto map = ReadTextFile(path);
  // Without a readable map every id may exist.
  return map.ok() ? RangesOfMap(*map) : std::vector<IdRange>{{0, 0xfffffffe}};
}

/// The intersection.
std::vector<IdRange> Common(const std::vector<IdRange>& some, const std::vector<IdRange>& others) {
  std::vector<IdRange> common;
  for (const IdRange& a : some) {
    for (const IdRange& b : others) {
      const IdRange both{std::max(a.low, b.low), std::min(a.high, b.high)};
      if (both.low <= both.high) common.push_back(both);
    }
  }
  return common;
}

// How a child of the probe ends.
enum Tried : int { kRefused = 0, kAllowed = 1, kNotTried = 2, kNotBecome = 64 };

/// Becomes the user, tries, and ends with the result; kNotBecome and an errno when this run may not
/// become another user.
[[noreturn]] void TryAs(std::uint32_t user, const std::function<Tried()>& attempt) {
  errno = 0;
  const bool became = ::setgroups(0, nullptr) == 0 && ::setresgid(user, user, user) == 0 &&
                      ::setresuid(user, user, user) == 0;
  if (!became) ::_exit(kNotBecome + std::min(errno, 127));
  // Kept by a caller that keeps its rights (prctl(2), PR_SET_KEEPCAPS).
  WriteCapabilities({});
  ::_exit(attempt());
}

Result<Tried> ResultAs(std::uint32_t user, const std::function<Tried()>& attempt) {
  const pid_t child = ::fork();
  if (child < 0) return Error{fmt::format("fork: {}", ErrnoName(errno)), true};
  if (child == 0) TryAs(user, attempt);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return Error{fmt::format("wait: {}", ErrnoName(errno)), true};
  }
  if (!WIFEXITED(status)) return Error{"the process that became another user died", true};
  const int code = WEXITSTATUS(status);
  if (code < kNotBecome) return static_cast<Tried>(code);
  return Error{
      fmt::format("this run may not become another user: {}", ErrnoName(code - kNotBecome)), true};
}

Tried TriedOf(bool succeeded) {
  if (succeeded) return kAllowed;
  return errno == EPERM || errno == EACCES ? kRefused : kNotTried;
}

/// A file that only the caller may read, in a folder of its own, gone with this. Made without the C
/// library, which a tool that fakes users may replace by one that asks a process outside the
/// caller's namespaces.
class PrivateFile {
 public:
  PrivateFile() {
    const char* chosen = std::getenv("TMPDIR");
    const char* base = chosen != nullptr && *chosen == '/' ? chosen : "/tmp";
    const std::string folder =
        fmt::format("{}/shmspec-users-{}-{:x}", base, ::getpid(), std::random_device{}());
    // Others may reach the file. A folder that already exists is not ours.
    if (::syscall(SYS_mkdirat, AT_FDCWD, folder.c_str(), 0711) != 0) return;
    folder_ = folder;
    path_ = folder + "/file";
    file_.reset(::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  }
  ~PrivateFile() {
    if (file_) ::syscall(SYS_unlinkat, AT_FDCWD, path_.c_str(), 0);
    if (!folder_.empty()) ::syscall(SYS_unlinkat, AT_FDCWD, folder_.c_str(), AT_REMOVEDIR);
  }
  PrivateFile(const PrivateFile&) = delete;
  PrivateFile& operator=(const PrivateFile&) = delete;

  /// Null where none could be made.
  const char* path() const { return file_ ? path_.c_str() : nullptr; }

 private:
  std::string folder_;
  std::string path_;
  UniqueFd file_;
};

/// The ids of the caller in the kernel, also where the calls that ask for them are faked.
void ReadCaller(Users& users) {
  users.caller_uid = static_cast<std::uint32_t>(::syscall(SYS_geteuid));
  users.caller_gid = static_cast<std::uint32_t>(::syscall(SYS_getegid));
  const auto status = ReadTextFile("/proc/self/status");
  if (!status.ok()) return;
  const std::vector<std::uint32_t> uids = IdsIn(*status, "Uid:");
  const std::vector<std::uint32_t> gids = IdsIn(*status, "Gid:");
  if (uids.size() == 4) users.caller_uid = uids[1];
  if (gids.size() == 4) users.caller_gid = gids[1];
}

}  // namespace

std::vector<IdRange> RangesOfMap(std::string_view map) {
  std::vector<IdRange> ranges;
  for (const std::string& line : Lines(map)) {
    const std::vector<std::string> words = Words(line);
    if (words.size() != 3) continue;
    const auto first = NumberOf(words[0]);
    const auto count = NumberOf(words[2]);
    if (first && count && *count > 0) ranges.push_back({*first, *first + (*count - 1)});
  }
  return ranges;
}

std::uint32_t FindFree(const std::set<std::uint32_t>& taken, const std::vector<IdRange>& ranges,
                       std::uint32_t from) {
  const auto is_free = [&](std::uint64_t first) {
    const std::uint64_t last = first + Id::kUsers - 1;
    const auto used = taken.lower_bound(static_cast<std::uint32_t>(first));
    return (used == taken.end() || *used > last) &&
           std::any_of(ranges.begin(), ranges.end(), [&](const IdRange& range) {
             return range.low <= first && last <= range.high;
           });
  };
  for (std::uint32_t first = from; first + Id::kUsers - 1 <= kUsualLast; ++first) {
    if (is_free(first)) return first;
  }
  // Not 0, which is root's.
  for (std::uint32_t first = std::min(from, kUsualLast); first >= 1; --first) {
    if (is_free(first)) return first;
  }
  return Users::kUsualFirst;
}

Users ChooseUsers() {
  std::set<std::uint32_t> taken;
  AddNamed("/etc/passwd", taken);
  AddNamed("/etc/group", taken);
  AddUsers(taken);
  constexpr std::uint32_t kRows = (kUsualLast - Users::kUsualFirst + 1) / Id::kUsers;
  const auto row = static_cast<std::uint32_t>(::getpid()) % kRows;
  Users users;
  users.first =
      FindFree(taken, Common(RangesOf("/proc/self/uid_map"), RangesOf("/proc/self/gid_map")),
               Users::kUsualFirst + row * Id::kUsers);
  return users;
}

Result<void> ProbeUsers(Users& users) {
  const pid_t caller = ::getpid();
  const Result<Tried> signal = ResultAs(users.first, [caller] {
    // Where no signal may be sent at all, a refusal proves nothing.
    return ::kill(::getpid(), 0) == 0 ? TriedOf(::kill(caller, 0) == 0) : kNotTried;
  });
  if (!signal.ok()) return signal.error();
  if (*signal == kRefused) return {};
  const PrivateFile file;
  const char* path = file.path();
  const Result<Tried> reading = ResultAs(users.first, [path] {
    if (path == nullptr) return kNotTried;
    return TriedOf(static_cast<bool>(UniqueFd(::open(path, O_RDONLY | O_CLOEXEC))));
  });
  if (!reading.ok()) return reading.error();
  if (*reading == kRefused) return {};
  if (*signal != kAllowed && *reading != kAllowed) {
    return Error{"whether users are kept apart cannot be tried here", true};
  }
  users.make_believe = true;
  ReadCaller(users);
  return Error{
      "users are make-believe: a process that became another one may still signal this one "
      "or read its files",
      true};
}

}  // namespace shmspec
