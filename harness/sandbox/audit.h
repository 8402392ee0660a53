// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Finds what a case leaves behind. Residue is reported, never silently cleaned.

#ifndef SHMSPEC_HARNESS_SANDBOX_AUDIT_H_
#define SHMSPEC_HARNESS_SANDBOX_AUDIT_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace shmspec {

/// The objects in the caller's namespaces and the processes below the caller.
struct Inventory {
  struct Segment {
    std::int64_t key = 0;
    std::int64_t size = 0;  // bytes
    std::int64_t cpid = 0;
    std::uint32_t uid = 0;  // owner
    bool removed = false;   // by RemoveSegments
  };
  std::map<int, Segment> segments;  // by identifier
  std::set<std::string> objects;    // names in /dev/shm
  std::set<int> children;           // process ids
};

Inventory TakeInventory();

/// One line for each thing in `after` that was not in `before`.
std::vector<std::string> Residue(const Inventory& before, const Inventory& after);

/// Removes the segments among the residue, for runs that share the host's IPC namespace, where they
/// must not stay. Root without CAP_SYS_ADMIN removes them as their owner. They are reported all the
/// same, and marked in `after`. One line, with the command that removes it, for each that could not
/// be removed, such as those of a user who is gone.
std::vector<std::string> RemoveSegments(const Inventory& before, Inventory& after);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_SANDBOX_AUDIT_H_
