// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Message queues and semaphore sets.

#include "harness/residue/ipc_objects.h"

#include <fmt/format.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>

#include "harness/residue/kind.h"
#include "harness/residue/sysvipc.h"

namespace shmspec {
namespace {

using residue::Entry;
using residue::Made;
using residue::Removal;

int RemoveQueueById(int id) { return ::msgctl(id, IPC_RMID, nullptr); }
int RemoveSetById(int id) { return ::semctl(id, 0, IPC_RMID); }

/// Calls visit(id, record) for the message queues that the caller may read.
template <class Visit>
void WalkQueues(Visit&& visit) {
  struct msginfo usage {};
  const int highest = ::msgctl(0, MSG_INFO, reinterpret_cast<struct msqid_ds*>(&usage));
  for (int index = 0; index <= highest; ++index) {
    struct msqid_ds record {};
    const int id = ::msgctl(index, MSG_STAT, &record);
    if (id >= 0) visit(id, record);
  }
}

/// Calls visit(id, record) for the semaphore sets that the caller may read.
template <class Visit>
void WalkSets(Visit&& visit) {
  struct seminfo usage {};
  const int highest = ::semctl(0, 0, SEM_INFO, &usage);
  for (int index = 0; index <= highest; ++index) {
    struct semid_ds record {};
    const int id = ::semctl(index, 0, SEM_STAT, &record);
    if (id >= 0) visit(id, record);
  }
}

/// Whether the call says that there are none, which costs less than to look; few
/// cases make any.
bool NoQueues() {
  struct msginfo usage {};
  return ::msgctl(0, MSG_INFO, reinterpret_cast<struct msqid_ds*>(&usage)) >= 0 &&
         usage.msgpool == 0;
}
bool NoSets() {
  struct seminfo usage {};
  return ::semctl(0, 0, SEM_INFO, &usage) >= 0 && usage.semusz == 0;
}

std::vector<Entry> ListQueues() {
  std::vector<Entry> entries;
  if (NoQueues()) return entries;
  const bool listed = residue::ForEachRow("msg", [&](const char* row) {
    Entry entry;
    // key msqid perms cbytes qnum lspid lrpid uid ...
    if (std::sscanf(row, "%" SCNd64 " %d %*s %*s %*s %*s %*s %" SCNu32, &entry.key, &entry.id,
                    &entry.owner) == 3) {
      entries.push_back(entry);
    }
  });
  if (listed) return entries;
  WalkQueues([&](int id, const struct msqid_ds& record) {
    entries.push_back({.id = id, .key = record.msg_perm.__key, .owner = record.msg_perm.uid});
  });
  return entries;
}

std::vector<Entry> ListSets() {
  std::vector<Entry> entries;
  if (NoSets()) return entries;
  const bool listed = residue::ForEachRow("sem", [&](const char* row) {
    Entry entry;
    // key semid perms nsems uid ...
    if (std::sscanf(row, "%" SCNd64 " %d %*s %*s %" SCNu32, &entry.key, &entry.id, &entry.owner) ==
        3) {
      entries.push_back(entry);
    }
  });
  if (listed) return entries;
  WalkSets([&](int id, const struct semid_ds& record) {
    entries.push_back({.id = id, .key = record.sem_perm.__key, .owner = record.sem_perm.uid});
  });
  return entries;
}

bool IsOneOf(const std::vector<std::int64_t>& ids, const Entry& entry) {
  return std::find(ids.begin(), ids.end(), entry.id) != ids.end();
}

bool IsMadeQueue(const Entry& entry, const Made& made) { return IsOneOf(made.queues, entry); }
bool IsMadeSet(const Entry& entry, const Made& made) { return IsOneOf(made.semaphore_sets, entry); }

std::string DescribeQueue(const Entry& entry) {
  return fmt::format("message queue {} (key {:#x})", entry.id, entry.key);
}
std::string DescribeSet(const Entry& entry) {
  return fmt::format("semaphore set {} (key {:#x})", entry.id, entry.key);
}

Removal RemoveQueue(const Entry& entry) { return residue::RemoveObject(entry, RemoveQueueById); }
Removal RemoveSet(const Entry& entry) { return residue::RemoveObject(entry, RemoveSetById); }

std::string QueueCommand(const Entry& entry) { return fmt::format("ipcrm -q {}", entry.id); }
std::string SetCommand(const Entry& entry) { return fmt::format("ipcrm -s {}", entry.id); }

}  // namespace

const residue::Kind residue::kQueues{ListQueues, IsMadeQueue, DescribeQueue, RemoveQueue,
                                     QueueCommand};
const residue::Kind residue::kSemaphoreSets{ListSets, IsMadeSet, DescribeSet, RemoveSet,
                                            SetCommand};

void RemoveEveryIpcObject() {
  WalkQueues([](int id, const struct msqid_ds&) { RemoveQueueById(id); });
  WalkSets([](int id, const struct semid_ds&) { RemoveSetById(id); });
}

}  // namespace shmspec
