// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/sandbox/audit.h"

#include <dirent.h>
#include <fmt/format.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <memory>

namespace shmspec {
namespace {

// Taken before and after every case, so by the cheapest means.
using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

File Open(const std::string& path) { return {std::fopen(path.c_str(), "re"), &std::fclose}; }

bool ReadSegmentTable(Inventory& inventory) {
  const File table = Open("/proc/sysvipc/shm");
  std::array<char, 512> line;
  if (!table || std::fgets(line.data(), line.size(), table.get()) == nullptr) return false;
  while (std::fgets(line.data(), line.size(), table.get()) != nullptr) {
    Inventory::Segment segment;
    int id = 0;
    // key shmid perms size cpid lpid nattch uid ...
    if (std::sscanf(line.data(), "%" SCNd64 " %d %*s %" SCNd64 " %" SCNd64 " %*s %*s %" SCNu32,
                    &segment.key, &id, &segment.size, &segment.cpid, &segment.uid) == 5) {
      inventory.segments[id] = segment;
    }
  }
  return true;
}

/// Without procfs the calls list the segments that the caller may read.
void AskForSegments(Inventory& inventory) {
  shm_info info{};
  const int highest = ::shmctl(0, SHM_INFO, reinterpret_cast<shmid_ds*>(&info));
  for (int index = 0; index <= highest; ++index) {
    shmid_ds record{};
    const int id = ::shmctl(index, SHM_STAT, &record);
    if (id < 0) continue;
    inventory.segments[id] = {record.shm_perm.__key, static_cast<std::int64_t>(record.shm_segsz),
                              record.shm_cpid, record.shm_perm.uid};
  }
}

std::set<std::string> NamesIn(const char* folder) {
  std::set<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir(folder), &::closedir);
  while (const dirent* entry = open ? ::readdir(open.get()) : nullptr) {
    if (entry->d_name[0] != '.') names.insert(entry->d_name);
  }
  return names;
}

std::set<int> Children() {
  std::set<int> children;
  const File list = Open(fmt::format("/proc/self/task/{}/children", ::getpid()));
  for (int pid = 0; list && std::fscanf(list.get(), "%d", &pid) == 1;) children.insert(pid);
  return children;
}

/// Removes a segment in the name of a user, in a process of its own.
bool RemoveAs(std::uint32_t uid, int id) {
  const pid_t child = ::fork();
  if (child == 0) {
    const bool removed = ::setresuid(uid, uid, uid) == 0 && ::shmctl(id, IPC_RMID, nullptr) == 0;
    ::_exit(removed ? 0 : 1);
  }
  int status = 1;
  while (child > 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

std::string NameOf(int id, const Inventory::Segment& segment) {
  return fmt::format("segment {} (key {:#x}, {} bytes)", id, segment.key, segment.size);
}

}  // namespace

Inventory TakeInventory() {
  Inventory inventory;
  if (!ReadSegmentTable(inventory)) AskForSegments(inventory);
  inventory.objects = NamesIn("/dev/shm");
  inventory.children = Children();
  return inventory;
}

std::vector<std::string> Residue(const Inventory& before, const Inventory& after) {
  std::vector<std::string> lines;
  for (const auto& [id, segment] : after.segments) {
    if (before.segments.contains(id)) continue;
    lines.push_back(NameOf(id, segment) +
                    (segment.removed ? " was left, and is removed" : " is left"));
  }
  for (const std::string& name : after.objects) {
    if (!before.objects.contains(name)) lines.push_back("/dev/shm/" + name + " is left");
  }
  for (const int pid : after.children) {
    if (!before.children.contains(pid)) lines.push_back(fmt::format("process {} is left", pid));
  }
  return lines;
}

std::vector<std::string> RemoveSegments(const Inventory& before, Inventory& after) {
  std::vector<std::string> lines;
  for (auto& [id, segment] : after.segments) {
    if (before.segments.contains(id)) continue;
    segment.removed = ::shmctl(id, IPC_RMID, nullptr) == 0;
    if (!segment.removed && (errno == EINVAL || errno == EIDRM)) continue;  // it went by itself
    segment.removed = segment.removed || RemoveAs(segment.uid, id);
    if (segment.removed) continue;
    lines.push_back(fmt::format("{}; remove with: ipcrm -m {}", NameOf(id, segment), id));
  }
  return lines;
}

}  // namespace shmspec
