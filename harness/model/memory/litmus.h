// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// How a litmus test may end. One machine for all orders of memory: every access of a branch shows
// to the others at one moment, and a reordering says which accesses may show before earlier ones of
// their own branch. A load that overtakes a store to its own place takes that store's value, as
// from a store buffer.

#ifndef SHMSPEC_HARNESS_MODEL_MEMORY_LITMUS_H_
#define SHMSPEC_HARNESS_MODEL_MEMORY_LITMUS_H_

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "harness/model/profile/profile.h"
#include "harness/vocabulary/litmus/litmus.h"

namespace shmspec::model {

/// Which accesses may show before an earlier one of their branch to another place.
struct Reordering {
  bool loads_before_stores = false;
  bool stores_before_stores = false;
  bool loads_before_loads = false;
  bool stores_before_loads = false;
  /// Only in systems that are broken:
  bool past_fences = false;
  bool loads_of_one_place = false;

  friend bool operator==(const Reordering&, const Reordering&) = default;
};

Reordering ReorderingOf(MemoryOrder order);

/// An access to a numbered place: two names of the same memory are one place.
struct PlacedAccess {
  AccessKind kind = AccessKind::kFence;
  std::uint8_t place = 0;
  Register to = Register::kR0;
  std::uint64_t value = 0;
  friend bool operator==(const PlacedAccess&, const PlacedAccess&) = default;
};

/// A test with its places: 0, 1 and 2 are the variables of endings.
struct LitmusTest {
  static constexpr std::size_t kPlaces = 4 * kVariables;
  static constexpr std::size_t kBranches = 4;

  std::vector<std::vector<PlacedAccess>> branches;
  std::array<bool, kVariables> tells{};

  friend bool operator==(const LitmusTest&, const LitmusTest&) = default;
};

/// Every ending of the test, sorted; nullopt when there are too many states to look at.
std::optional<std::vector<Ending>> EndingsOf(const LitmusTest& test, const Reordering& reordering);

/// One of them, reached by steps that below(n) chooses: each time a number below n.
Ending OneEndingOf(const LitmusTest& test, const Reordering& reordering,
                   const std::function<std::size_t(std::size_t)>& below);

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_MEMORY_LITMUS_H_
