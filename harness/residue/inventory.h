// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Finds what a case leaves behind. Residue is reported, never silently cleaned.
//
//   const Inventory before = TakeInventory();
//   ...
//   Inventory after = TakeInventory();
//   for (const std::string& line : Residue(before, after)) ...

#ifndef SHMSPEC_HARNESS_RESIDUE_INVENTORY_H_
#define SHMSPEC_HARNESS_RESIDUE_INVENTORY_H_

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "harness/residue/kind.h"

namespace shmspec {

/// The objects in the caller's namespaces and the processes below the caller.
class Inventory {
 public:
  using Entries = std::vector<residue::Entry>;  // in order

  const Entries& Of(const residue::Kind& kind) const;

 private:
  friend Inventory TakeInventory();
  friend void KeepMade(Inventory& inventory, const residue::Made& made);
  friend std::size_t CountLasting(const Inventory& before, const Inventory& after);
  friend std::vector<std::string> Residue(const Inventory& before, const Inventory& after);
  friend std::vector<std::string> RemoveResidue(const Inventory& before, Inventory& after);

  std::array<Entries, residue::kKinds.size()> entries_;  // of the kind with the same index
};

Inventory TakeInventory();

/// Forgets what others may have made, in namespaces that others use.
void KeepMade(Inventory& inventory, const residue::Made& made);

/// One line for each thing in `after` that was not in `before`.
std::vector<std::string> Residue(const Inventory& before, const Inventory& after);

/// How many things in `after` were not in `before` and outlive the processes that made them.
std::size_t CountLasting(const Inventory& before, const Inventory& after);

/// Removes the residue, except processes, for runs that share the host's namespaces, where it must
/// not stay; call KeepMade first. It is reported all the same, and marked in `after`. One line,
/// with the command that removes it, for each thing that could not be removed, such as those of a
/// user who is gone.
std::vector<std::string> RemoveResidue(const Inventory& before, Inventory& after);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RESIDUE_INVENTORY_H_
