// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Names in /dev/shm, which POSIX shared memory objects and semaphores have.

#include "harness/residue/shared_names.h"

#include <dirent.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <string_view>

#include "harness/residue/kind.h"

namespace shmspec::residue {
namespace {

constexpr const char* kFolder = "/dev/shm";

std::vector<Entry> List() {
  std::vector<Entry> entries;
  const std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir(kFolder), &::closedir);
  while (const dirent* one = open ? ::readdir(open.get()) : nullptr) {
    const std::string_view name = one->d_name;
    if (name != "." && name != "..") entries.push_back({.name = one->d_name});
  }
  return entries;
}

/// Nothing says who made a name.
bool IsMade(const Entry&, const Made&) { return false; }

std::string Describe(const Entry& entry) { return fmt::format("{}/{}", kFolder, entry.name); }

Removal Remove(const Entry& entry) {
  if (std::remove(Describe(entry).c_str()) == 0) return Removal::kDone;
  return errno == ENOENT ? Removal::kGone : Removal::kRefused;
}

std::string Command(const Entry& entry) { return fmt::format("rm '{}'", Describe(entry)); }

}  // namespace

const Kind kSharedNames{List, IsMade, Describe, Remove, Command};

}  // namespace shmspec::residue

namespace shmspec {

void RemoveEverySharedName() {
  for (const residue::Entry& entry : residue::List()) residue::Remove(entry);
}

}  // namespace shmspec
