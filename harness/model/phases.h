// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Calls that are not atomic, one phase at a time. Only when other calls are in flight does anybody
// see the difference:
//
//   attach   counts before it has mapped, also when it will fail; then maps; then stops counting
//   twice fork     copies one mapping after another exit, kill, exec, detach, unmap     close one
//   mapping after another fill     stores one byte after another

#ifndef SHMSPEC_HARNESS_MODEL_PHASES_H_
#define SHMSPEC_HARNESS_MODEL_PHASES_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/model/clauses.h"
#include "harness/model/scene.h"
#include "harness/model/sysv_attach.h"

namespace shmspec::model {

/// How far a call in flight has got.
struct Progress {
  std::uint8_t phase = 0;  // 0: nothing of it has happened
  bool done = false;
  SegmentName held;               // by an attach
  std::uint8_t ending = kNobody;  // the process whose end it is
  std::uint32_t attach = 0;       // being detached
  std::uint64_t attach_size = 0;  // likewise
  friend bool operator==(const Progress&, const Progress&) = default;
};

/// A way for the call to go on.
struct Next {
  State state;
  Progress progress;
  std::optional<Outcome> outcome;  // once it is settled, when it was not known before
};

/// What following a run has shown.
struct Notes {
  RequirementSet touched;
  std::vector<std::pair<std::size_t, std::string>> observed;
  /// Steps that the place refused, and why.
  std::vector<std::pair<std::size_t, std::string>> refused_by_place;

  void Add(const Clauses& clauses, const Call& call, const Outcome& outcome);
};

/// Appends the ways in which the call may go on by one phase from `progress` in `state`. `outcome`
/// is what it will have returned in the end, or null when nobody has seen it: then the chooser
/// settles what is open. No way at all means that it cannot go on here.
void Advance(const Setting& setting, const State& state, const Call& call, const Progress& progress,
             const Outcome* outcome, Chooser& chooser, Notes& notes, std::vector<Next>& ways);

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_PHASES_H_
