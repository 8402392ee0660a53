// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/host/thread_state.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>

#include "harness/vocabulary/value/unique_handle.h"

namespace shmspec {
namespace {

/// What follows `name` and blanks in a line of its own; empty when there is no such line.
std::string_view FieldOf(std::string_view status, std::string_view name) {
  for (std::size_t at = status.find(name); at != status.npos; at = status.find(name, at + 1)) {
    if (at != 0 && status[at - 1] != '\n') continue;
    const std::size_t begin = status.find_first_not_of(" \t", at + name.size());
    return begin == status.npos ? std::string_view() : status.substr(begin);
  }
  return {};
}

}  // namespace

std::optional<ThreadState> ParseThreadState(std::string_view status) {
  const std::string_view letter = FieldOf(status, "State:");
  if (letter.empty()) {
    errno = EINVAL;
    return std::nullopt;
  }
  ThreadState state{.asleep = letter.front() == 'S'};
  const std::string_view waits = FieldOf(status, "voluntary_ctxt_switches:");
  std::from_chars(waits.data(), waits.data() + waits.size(), state.waits);
  return state;
}

std::optional<ThreadState> ReadThreadState(pid_t process, pid_t thread) {
  // Without memory from the heap: another thread that waits for the heap would be seen asleep.
  std::array<char, 64> path{};
  fmt::format_to_n(path.data(), path.size() - 1, "/proc/{}/task/{}/status", process, thread);
  const UniqueFd file(::open(path.data(), O_RDONLY | O_CLOEXEC));
  if (!file) return std::nullopt;
  std::array<char, 8192> text;
  std::size_t size = 0;
  ssize_t got = 0;
  while (size < text.size() &&
         (got = ::read(file.get(), text.data() + size, text.size() - size)) > 0) {
    size += static_cast<std::size_t>(got);
  }
  if (got < 0) return std::nullopt;
  return ParseThreadState({text.data(), size});
}

bool SleepWatch::Sees(const ThreadState& state, std::uint64_t now_ns) {
  if (!state.asleep || state != sleep_) {
    sleep_ = state;
    since_ns_ = now_ns;
    return false;
  }
  return now_ns - since_ns_ >= kLasting_ns;
}

}  // namespace shmspec
