// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/catalogue/requirement.h"

#include <algorithm>
#include <iterator>

#include "harness/vocabulary/value/check.h"

namespace shmspec {
namespace {

#include "shmspec/catalogue.inc"

constexpr std::size_t kCount = std::size(kCatalogue);
static_assert(kCount <= RequirementSet::kLimit, "RequirementSet::kLimit has to grow");

}  // namespace

/// Where each requirement is in the catalogue, found by hash: the next free slot from the one that
/// the hash asks for.
struct RequirementTable {
  static constexpr std::size_t kSlots = 4096;  // a power of two, and mostly empty
  static constexpr std::uint16_t kFree = 0xffff;

  struct Slot {
    std::uint32_t hash = 0;
    std::uint16_t index = kFree;
  };

  constexpr RequirementTable() {
    for (std::uint16_t i = 0; i < kCount; ++i) {
      const std::uint32_t hash = Requirement::HashOf(kCatalogue[i].id);
      std::size_t at = hash % kSlots;
      while (slots[at].index != kFree) {
        if (slots[at].hash == hash) throw "two identifiers have one hash: rename the newer one";
        at = (at + 1) % kSlots;
      }
      slots[at] = {hash, i};
    }
  }

  static std::uint16_t Find(std::uint32_t hash);

  std::array<Slot, kSlots> slots{};
};

namespace {

constexpr RequirementTable kTable;

template <std::size_t... kIndex>
constexpr std::array<Requirement, kCount> Listed(std::index_sequence<kIndex...> /*all*/) {
  return {Requirement::Named(kCatalogue[kIndex].id)...};
}
constexpr std::array kRequirements = Listed(std::make_index_sequence<kCount>());

}  // namespace

std::uint16_t RequirementTable::Find(std::uint32_t hash) {
  for (std::size_t at = hash % kSlots; kTable.slots[at].index != kFree; at = (at + 1) % kSlots) {
    if (kTable.slots[at].hash == hash) return kTable.slots[at].index;
  }
  return kFree;
}

std::uint16_t Requirement::index() const {
  const std::uint16_t index = RequirementTable::Find(hash_);
  SHMSPEC_CHECK(index != RequirementTable::kFree,
                "suites/requirements.yaml has no requirement of this id");
  return index;
}

const RequirementText& Requirement::text() const { return kCatalogue[index()]; }

std::optional<Requirement> FindRequirement(std::string_view id) {
  // The hash alone is not enough: callers may ask for any text.
  const Requirement found = Requirement::Named(id);
  const auto all = AllRequirements();
  const auto at = std::lower_bound(
      all.begin(), all.end(), id,
      [](const Requirement& one, std::string_view wanted) { return one.id() < wanted; });
  if (at == all.end() || at->id() != id) return std::nullopt;
  return found;
}

std::span<const Requirement> AllRequirements() { return kRequirements; }

std::size_t RequirementCount() { return kCount; }

std::vector<std::string> RequirementIds() {
  std::vector<std::string> ids;
  for (const RequirementText& text : kCatalogue) ids.emplace_back(text.id);
  return ids;
}

std::vector<Requirement> RequirementSet::List() const {
  std::vector<Requirement> list;
  for (std::size_t i = 0; i < kCount; ++i) {
    if (members_.test(i)) list.push_back(kRequirements[i]);
  }
  return list;
}

std::string_view CatalogueSha256() { return kCatalogueSha256; }

}  // namespace shmspec
