// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/actor/strays.h"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <sstream>
#include <string>

#include "harness/host/clocks.h"
#include "harness/host/own_process.h"
#include "harness/host/readable.h"
#include "harness/host/text_file.h"

namespace shmspec {
namespace {

/// A signal ends the wait, and so does this time.
constexpr std::int64_t kLook_ms = 5;
constexpr int kMostSweeps = 1000;

std::uint64_t After(std::int64_t timeout_ms) {
  return MonotonicNs() + static_cast<std::uint64_t>(timeout_ms) * 1'000'000;
}

/// Whether the process is there and has not ended.
bool Lives(pid_t process) {
  const Result<std::string> stat = ReadTextFile(fmt::format("/proc/{}/stat", process).c_str());
  if (!stat.ok()) return false;
  const std::size_t name_ends = stat->rfind(')');
  return name_ends + 2 < stat->size() && (*stat)[name_ends + 2] != 'Z' &&
         (*stat)[name_ends + 2] != 'X';
}

}  // namespace

void AdoptOrphans() { ::prctl(PR_SET_CHILD_SUBREAPER, 1); }

std::vector<pid_t> LivingChildrenOf(pid_t process) {
  std::vector<pid_t> children;
  if (!ProcIsOwn()) return children;  // its numbers are those of other processes
  const Result<std::string> text =
      ReadTextFile(fmt::format("/proc/{0}/task/{0}/children", process).c_str());
  if (!text.ok()) return children;
  std::istringstream words(*text);
  for (pid_t child = 0; words >> child;) {
    if (Lives(child)) children.push_back(child);
  }
  return children;
}

bool AwaitChildren(std::int64_t timeout_ms) {
  const std::uint64_t until_ns = After(timeout_ms);
  for (;;) {
    const pid_t ended = ::waitpid(-1, nullptr, WNOHANG);
    if (ended > 0 || (ended < 0 && errno == EINTR)) continue;
    if (ended < 0) return true;
    if (MonotonicNs() >= until_ns) return false;
    AwaitReadable({}, kLook_ms);
  }
}

void AwaitChildrenOf(pid_t process, std::int64_t timeout_ms) {
  const std::uint64_t until_ns = After(timeout_ms);
  while (!LivingChildrenOf(process).empty() && MonotonicNs() < until_ns) {
    AwaitReadable({}, kLook_ms);
  }
}

void KillChildren() {
  for (int sweep = 0; sweep < kMostSweeps; ++sweep) {
    for (const pid_t child : LivingChildrenOf(::getpid())) ::kill(child, SIGKILL);
    if (AwaitChildren(kLook_ms)) return;
  }
}

StraysEnd::~StraysEnd() {
  if (!AwaitChildren(patience_ms_)) KillChildren();
  ::prctl(PR_SET_CHILD_SUBREAPER, 0);
}

}  // namespace shmspec
