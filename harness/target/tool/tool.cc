// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/tool/tool.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>

#include "harness/host/own_process.h"
#include "harness/host/pipe.h"
#include "harness/host/readable.h"
#include "harness/vocabulary/value/names.h"
#include "harness/vocabulary/value/unique_handle.h"

namespace shmspec {
namespace {

/// The file actions of posix_spawn(3), freed at the end of the scope.
class SpawnActions {
 public:
  SpawnActions() { ::posix_spawn_file_actions_init(&actions_); }
  ~SpawnActions() { ::posix_spawn_file_actions_destroy(&actions_); }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;
  posix_spawn_file_actions_t* get() { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

/// Where systems keep their tools; nothing that a user put before them on PATH.
constexpr std::string_view kFolders = "/usr/bin:/bin:/usr/sbin:/sbin";

std::optional<std::string> FindIn(std::string_view folders, const std::string& name) {
  while (!folders.empty()) {
    const std::size_t end = std::min(folders.find(':'), folders.size());
    // A relative folder differs from caller to caller.
    const std::string path = fmt::format("{}/{}", folders.substr(0, end), name);
    if (path.front() == '/' && IsThere(path)) return path;
    folders.remove_prefix(std::min(end + 1, folders.size()));
  }
  return std::nullopt;
}

std::optional<std::string> PathOf(const std::string& name) {
  if (auto path = FindIn(kFolders, name)) return path;
  const char* others = std::getenv("PATH");
  return others == nullptr ? std::nullopt : FindIn(others, name);
}

std::vector<std::string> CleanEnvironment() {
  std::vector<std::string> environment{"LC_ALL=C", fmt::format("PATH={}", kFolders)};
  // The time zone in which tools print times and in which they are read here.
  if (const char* zone = std::getenv("TZ")) environment.push_back(fmt::format("TZ={}", zone));
  return environment;
}

std::vector<char*> Pointers(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::int32_t ExitStatusOf(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// A pipe whose writing end a child takes for one of its own files.
struct Stream {
  UniqueFd reading;
  UniqueFd writing;
  std::string text;

  bool Open() {
    Result<Pipe> pipe = MakePipe();
    if (!pipe.ok()) return false;
    reading = std::move(pipe->reading);
    writing = std::move(pipe->writing);
    return true;
  }
  /// Reads what has arrived; closes the pipe at its end.
  void Receive() {
    std::array<char, 4096> buffer;
    const ssize_t got = ::read(reading.get(), buffer.data(), buffer.size());
    if (got > 0) {
      text.append(buffer.data(), static_cast<std::size_t>(got));
    } else if (got == 0 || errno != EINTR) {
      reading.reset();
    }
  }
};

/// Reads both until their ends; neither has to wait for the other.
void ReceiveAll(Stream& out, Stream& error) {
  while (out.reading || error.reading) {
    // poll(2) skips a file of number -1.
    std::array<pollfd, 2> waiting{pollfd{out.reading.get(), POLLIN, 0},
                                  pollfd{error.reading.get(), POLLIN, 0}};
    if (AwaitReadable(waiting, -1) < 0 && errno != EINTR) return;
    if (waiting[0].revents != 0) out.Receive();
    if (waiting[1].revents != 0) error.Receive();
  }
}

}  // namespace

bool IsInstalled(const std::string& tool) { return PathOf(tool).has_value(); }

Result<ToolResult> RunTool(const std::vector<std::string>& words, int file) {
  const std::optional<std::string> path = PathOf(words[0]);
  if (!path) return Error{fmt::format("{} is not installed", words[0]), true};
  Stream out;
  Stream error;
  if (!out.Open() || !error.Open()) {
    return Error{fmt::format("no pipe for {}: {}", words[0], ErrnoName(errno))};
  }
  SpawnActions actions;
  ::posix_spawn_file_actions_adddup2(actions.get(), out.writing.get(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(actions.get(), error.writing.get(), STDERR_FILENO);
  // Onto itself: so exec(2) leaves it open.
  if (file >= 0) ::posix_spawn_file_actions_adddup2(actions.get(), file, file);
  std::vector<std::string> arguments = words;
  std::vector<std::string> environment = CleanEnvironment();
  pid_t tool = -1;
  const int refused = ::posix_spawn(&tool, path->c_str(), actions.get(), nullptr,
                                    Pointers(arguments).data(), Pointers(environment).data());
  if (refused != 0) {
    return Error{fmt::format("cannot run {}: {}", *path, ErrnoName(refused)), true};
  }
  out.writing.reset();
  error.writing.reset();
  ReceiveAll(out, error);
  int status = 0;
  while (::waitpid(tool, &status, 0) < 0) {
    if (errno != EINTR) return Error{fmt::format("lost {}: {}", words[0], ErrnoName(errno))};
  }
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT) {
    return Error{fmt::format("this system does not offer command line tools that work (tools): {} "
                             "gave up: {}",
                             words[0], error.text.substr(0, error.text.find('\n'))),
                 true};
  }
  ToolResult result{ExitStatusOf(status), std::move(out.text)};
  if (result.status != 0) result.output += error.text;
  return result;
}

}  // namespace shmspec
