// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The set of worlds that explain what has been seen so far.

#ifndef SHMSPEC_HARNESS_ORACLE_WORLDS_H_
#define SHMSPEC_HARNESS_ORACLE_WORLDS_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "harness/model/language/phases.h"
#include "harness/model/language/scene.h"

namespace shmspec::oracle {

/// A call that has been made and has not returned. `outcome` is its later outcome, known from the
/// trace; null when its actor ended first.
struct Flight {
  model::Call call;
  const Outcome* outcome = nullptr;
};

struct World {
  model::State state;
  std::vector<model::Progress> progress;  // of each call in flight
  friend bool operator==(const World&, const World&) = default;
};

class Distinct;

class Worlds {
 public:
  /// `apart`: calls that cannot meet are followed apart from each other.
  Worlds(const model::Setting& setting, model::State initial, std::size_t limit, bool apart)
      : setting_(setting), limit_(limit), apart_(apart) {
    worlds_.push_back(World{std::move(initial), {}});
  }

  bool empty() const { return worlds_.empty(); }
  std::size_t size() const { return worlds_.size(); }
  const std::vector<World>& all() const { return worlds_; }
  /// How many worlds have been looked at.
  std::size_t visited() const { return visited_; }
  model::Notes& notes() { return notes_; }
  const std::vector<Flight>& flights() const { return flights_; }

  /// A call that no other overlaps: kept are the worlds that allow its outcome. False when none
  /// does; then the worlds are as they were.
  bool Perform(const model::Call& call, const Outcome& outcome);

  /// A call is made.
  void Call(const Flight& flight);

  enum class Survival : std::uint8_t {
    kKept,
    kNone,
    kTooMany,
    kUnexplained,  // as kKept; in none of the worlds has anything ended the actor
  };
  /// The call of that step has returned: kept are the worlds in which it has taken effect. When
  /// none is left the worlds are as they were.
  Survival Return(std::uint32_t step);
  /// The actor of the call has ended: the worlds in which the call took effect are kept, and those
  /// in which it did not.
  Survival End(std::uint32_t step);

  /// Whether a call in flight can go on, or has only to return, in every world that they can lead
  /// to: then it is not the plan that keeps all of them waiting.
  bool IsAnyDue() const;

  /// Every world that the calls in flight can lead to from here.
  std::vector<World> Reachable() const;

 private:
  Survival Settle(std::uint32_t step, bool must_be_done);
  /// Calls visit(world) for those in `seen` and every world that the calls in those slots can lead
  /// to from there, which are added; visit returns whether to go on from that world. False when
  /// there were too many.
  bool Explore(Distinct& seen, const std::vector<std::size_t>& slots, model::Notes& notes,
               std::size_t& visited, const std::function<bool(World&)>& visit) const;
  std::vector<std::size_t> AllSlots() const;
  /// The slots of the calls in flight that the call in that one meets, directly or through others,
  /// and its own. The rest may as well take effect later.
  std::vector<std::size_t> SlotsThatMeet(std::size_t slot) const;
  std::size_t SlotOf(std::uint32_t step) const;
  void RemoveSlot(std::size_t slot, std::vector<World>& worlds);
  void UpdateOverlap();
  void Merge(std::vector<World>& worlds) const;

  const model::Setting& setting_;
  std::size_t limit_;
  bool apart_;
  std::vector<World> worlds_;
  std::vector<Flight> flights_;
  model::Notes notes_;
  model::Clauses clauses_;
  std::size_t visited_ = 0;
};

}  // namespace shmspec::oracle

#endif  // SHMSPEC_HARNESS_ORACLE_WORLDS_H_
