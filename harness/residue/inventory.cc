// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/residue/inventory.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <tuple>

namespace shmspec {
namespace {

using residue::Entry;
using residue::Kind;
using residue::kKinds;

bool ComesBefore(const Entry& a, const Entry& b) {
  return std::tie(a.id, a.name) < std::tie(b.id, b.name);
}

bool Contains(const Inventory::Entries& entries, const Entry& entry) {
  return std::binary_search(entries.begin(), entries.end(), entry, ComesBefore);
}

}  // namespace

const Inventory::Entries& Inventory::Of(const Kind& kind) const {
  const auto* const place = std::find(kKinds.begin(), kKinds.end(), &kind);
  return entries_.at(static_cast<std::size_t>(place - kKinds.begin()));
}

Inventory TakeInventory() {
  Inventory inventory;
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    inventory.entries_[i] = kKinds[i]->list();
    std::sort(inventory.entries_[i].begin(), inventory.entries_[i].end(), ComesBefore);
  }
  return inventory;
}

void KeepMade(Inventory& inventory, const residue::Made& made) {
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    if (kKinds[i]->made == nullptr) continue;
    std::erase_if(inventory.entries_[i],
                  [&](const Entry& entry) { return !kKinds[i]->made(entry, made); });
  }
}

std::vector<std::string> Residue(const Inventory& before, const Inventory& after) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    for (const Entry& entry : after.entries_[i]) {
      if (Contains(before.entries_[i], entry)) continue;
      lines.push_back(kKinds[i]->describe(entry) +
                      (entry.removed ? " was left, and is removed" : " is left"));
    }
  }
  return lines;
}

std::size_t CountLasting(const Inventory& before, const Inventory& after) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    if (kKinds[i] == &residue::kProcesses) continue;
    for (const Entry& entry : after.entries_[i]) {
      if (!Contains(before.entries_[i], entry)) ++count;
    }
  }
  return count;
}

std::vector<std::string> RemoveResidue(const Inventory& before, Inventory& after) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    const Kind& kind = *kKinds[i];
    if (kind.made == nullptr) continue;
    for (Entry& entry : after.entries_[i]) {
      if (Contains(before.entries_[i], entry)) continue;
      const residue::Removal removal = kind.remove(entry);
      entry.removed = removal == residue::Removal::kDone;
      if (removal != residue::Removal::kRefused) continue;
      lines.push_back(
          fmt::format("{}; remove with: {}", kind.describe(entry), kind.command(entry)));
    }
  }
  return lines;
}

}  // namespace shmspec
