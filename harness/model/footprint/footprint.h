// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What a call can look at or change at most, in the states that it may meet:
//
//   Footprint footprint;
//   for (const State& state : states) AddFootprint(Scene(setting, state, call), footprint);
//   if (!footprint.Meets(other)) ...  // the order of the two calls makes no difference
//
// Only what several processes can meet in counts, and the process of the caller.

#ifndef SHMSPEC_HARNESS_MODEL_FOOTPRINT_FOOTPRINT_H_
#define SHMSPEC_HARNESS_MODEL_FOOTPRINT_FOOTPRINT_H_

#include <cstdint>
#include <vector>

#include "harness/model/language/scene.h"

namespace shmspec::model {

class Footprint {
 public:
  enum class Kind : std::uint8_t {
    kProcess,  // index
    kSegment,  // index of the namespace, id
    kObject,   // serial of a memory object
    kNode,     // serial
    kFile,     // serial of an open file
    kName,     // index of the file system, hash of the name
  };

  bool everything() const { return everything_; }
  void AddEverything() { everything_ = true; }
  void Add(Kind kind, std::uint64_t which, std::uint64_t within = 0);
  bool Meets(const Footprint& other) const;

 private:
  bool everything_ = false;
  std::vector<std::uint64_t> parts_;  // hashes: two that are equal by chance cost time only
};

/// Adds what the call can touch in that state.
void AddFootprint(const Scene& scene, Footprint& footprint);

/// Whether a call with this outcome is known to change nothing, whenever it takes effect. That a
/// call would change nothing in one state says less: munmap of what is not mapped may meet what
/// another thread maps there later.
bool ChangesNothing(const Operation& operation, const Outcome& outcome);

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_FOOTPRINT_FOOTPRINT_H_
