// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/residue/segments.h"

#include <fmt/format.h>
#include <sys/ipc.h>
#include <sys/shm.h>

#include <algorithm>
#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <limits>

#include "harness/residue/kind.h"
#include "harness/residue/sysvipc.h"

namespace shmspec {
namespace {

using residue::Entry;
using residue::Made;
using residue::Removal;

/// Whether the segment's maker is one of the processes. The number of a process that never started
/// is 0, and so is that of a maker whom this pid namespace does not show.
bool IsOneOf(const std::vector<std::int64_t>& processes, std::int64_t process) {
  return process != 0 && std::find(processes.begin(), processes.end(), process) != processes.end();
}

int RemoveById(int id) { return ::shmctl(id, IPC_RMID, nullptr); }

/// Which indices a walk looks at.
enum class Indices {
  kAll,
  kInUse,  // ends after as many segments as there were: where nobody else makes some meanwhile
};

/// Calls visit(id, record) for the segments that `stat`, SHM_STAT or SHM_STAT_ANY, shows. The
/// newest first: indices go up for a long time before they are used again.
template <class Visit>
void WalkSegments(int stat, Indices indices, Visit&& visit) {
  struct shm_info usage {};
  const int highest = ::shmctl(0, SHM_INFO, reinterpret_cast<struct shmid_ds*>(&usage));
  int left = indices == Indices::kInUse ? usage.used_ids : std::numeric_limits<int>::max();
  for (int index = highest; index >= 0 && left > 0; --index) {
    struct shmid_ds record {};
    const int id = ::shmctl(index, stat, &record);
    if (id < 0 && errno != EACCES) continue;
    --left;
    if (id >= 0) visit(id, record);
  }
}

std::vector<Entry> List() {
  std::vector<Entry> entries;
  const bool listed = residue::ForEachRow("shm", [&](const char* row) {
    Entry entry;
    // key shmid perms size cpid lpid nattch uid ...
    if (std::sscanf(row, "%" SCNd64 " %d %*s %" SCNd64 " %" SCNd64 " %*s %*s %" SCNu32, &entry.key,
                    &entry.id, &entry.size, &entry.maker, &entry.owner) == 5) {
      entries.push_back(entry);
    }
  });
  if (listed) return entries;
  // Without procfs the calls list the segments that the caller may read.
  WalkSegments(SHM_STAT, Indices::kAll, [&](int id, const struct shmid_ds& record) {
    entries.push_back({.id = id,
                       .key = record.shm_perm.__key,
                       .size = static_cast<std::int64_t>(record.shm_segsz),
                       .maker = record.shm_cpid,
                       .owner = record.shm_perm.uid});
  });
  return entries;
}

bool IsMade(const Entry& entry, const Made& made) { return IsOneOf(made.by, entry.maker); }

std::string Describe(const Entry& entry) {
  return fmt::format("segment {} (key {:#x}, {} bytes)", entry.id, entry.key, entry.size);
}

Removal Remove(const Entry& entry) { return residue::RemoveObject(entry, RemoveById); }

std::string Command(const Entry& entry) { return fmt::format("ipcrm -m {}", entry.id); }

}  // namespace

const residue::Kind residue::kSegments{List, IsMade, Describe, Remove, Command};

void RemoveSegment(int id) { RemoveById(id); }

void RemoveSegmentMadeBy(const std::vector<std::int64_t>& makers, int id) {
  struct shmid_ds record {};
  if (::shmctl(id, IPC_STAT, &record) == 0 && IsOneOf(makers, record.shm_cpid)) RemoveById(id);
}

void RemoveSegmentsMadeBy(const std::vector<std::int64_t>& makers) {
  WalkSegments(SHM_STAT_ANY, Indices::kAll, [&](int id, const struct shmid_ds& record) {
    if (IsOneOf(makers, record.shm_cpid)) RemoveById(id);
  });
}

void RemoveEverySegment() {
  WalkSegments(SHM_STAT, Indices::kInUse, [](int id, const struct shmid_ds&) { RemoveById(id); });
}

}  // namespace shmspec
