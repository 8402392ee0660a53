// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Children of the caller, which end with the process of their case.

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <memory>

#include "harness/residue/kind.h"

namespace shmspec::residue {
namespace {

std::vector<Entry> List() {
  std::vector<Entry> entries;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> list(
      std::fopen(fmt::format("/proc/self/task/{}/children", ::getpid()).c_str(), "re"),
      &std::fclose);
  for (int pid = 0; list && std::fscanf(list.get(), "%d", &pid) == 1;) {
    entries.push_back({.id = pid});
  }
  return entries;
}

std::string Describe(const Entry& entry) { return fmt::format("process {}", entry.id); }

/// Ends the child and reaps it.
Removal Remove(const Entry& entry) {
  if (::kill(entry.id, SIGKILL) != 0) {
    return errno == ESRCH ? Removal::kGone : Removal::kRefused;
  }
  int ended = -1;
  while ((ended = ::waitpid(entry.id, nullptr, 0)) < 0 && errno == EINTR) {
  }
  return ended == entry.id ? Removal::kDone : Removal::kRefused;
}

std::string Command(const Entry& entry) { return fmt::format("kill -KILL {}", entry.id); }

}  // namespace

const Kind kProcesses{List, nullptr, Describe, Remove, Command};

}  // namespace shmspec::residue
