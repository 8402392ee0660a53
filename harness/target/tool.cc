// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/tool.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>

#include <cerrno>

#include "harness/target/text_file.h"
#include "harness/vocabulary/names.h"
#include "harness/vocabulary/unique_handle.h"

extern char** environ;

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

std::vector<std::string> EnvironmentInC() {
  std::vector<std::string> environment{"LC_ALL=C"};
  for (char** entry = environ; entry && *entry; ++entry) {
    const std::string_view text = *entry;
    if (!text.starts_with("LC_ALL=")) environment.emplace_back(text);
  }
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

}  // namespace

Result<ToolResult> RunTool(const std::vector<std::string>& words) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    return Error{fmt::format("no pipe for {}: {}", words[0], ErrnoName(errno))};
  }
  const UniqueFd reading(ends[0]);
  UniqueFd writing(ends[1]);
  SpawnActions actions;
  ::posix_spawn_file_actions_adddup2(actions.get(), writing.get(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(actions.get(), writing.get(), STDERR_FILENO);
  std::vector<std::string> arguments = words;
  std::vector<std::string> environment = EnvironmentInC();
  pid_t tool = -1;
  const int error = ::posix_spawnp(&tool, words[0].c_str(), actions.get(), nullptr,
                                   Pointers(arguments).data(), Pointers(environment).data());
  if (error != 0) {
    return Error{error == ENOENT ? fmt::format("{} is not installed", words[0])
                                 : fmt::format("cannot run {}: {}", words[0], ErrnoName(error)),
                 true};
  }
  writing.reset();
  ToolResult result;
  result.output = ReadToEnd(reading.get()).value_or("");
  int status = 0;
  while (::waitpid(tool, &status, 0) < 0) {
    if (errno != EINTR) return Error{fmt::format("lost {}: {}", words[0], ErrnoName(errno))};
  }
  result.status = ExitStatusOf(status);
  return result;
}

}  // namespace shmspec
