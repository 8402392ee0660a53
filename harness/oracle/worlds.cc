// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/oracle/worlds.h"

#include <algorithm>
#include <cerrno>
#include <deque>
#include <numeric>
#include <utility>

#include "harness/model/footprint/footprint.h"
#include "harness/model/language/transition.h"
#include "harness/model/memory/trial.h"
#include "harness/model/process/process.h"
#include "harness/model/segment/identifier.h"
#include "harness/model/space/fresh_address.h"
#include "harness/model/sysv/info.h"
#include "harness/vocabulary/value/check.h"

namespace shmspec::oracle {
namespace {

/// Leaves unseen values open: identifiers are negative, addresses are where nothing is mapped.
class Unseen : public model::SegmentChooser,
               public model::AddressChooser,
               public model::KeyChooser,
               public model::EndingChooser {
 public:
  std::int64_t SegmentId(const model::Scene& scene, std::int64_t) override {
    return -2 - std::int64_t{scene.call().step};
  }
  std::uint64_t PickAddress(const model::Scene& scene, std::uint64_t size, std::int64_t) override {
    const auto& mappings = scene.space().mappings();
    const std::uint64_t end = mappings.empty() ? 1ull << 32 : mappings.back().end;
    const std::uint64_t start = model::RoundUp(end, scene.page());
    return start + size < scene.task_size() ? start : scene.system().mmap_min_addr;
  }
  Outcome Key(const SysvKeyOfPath&) override { return Failure{{ENOENT}}; }
  Outcome Count(const model::Scene&) override { return Histogram{}; }
};

std::uint64_t DigestOf(const World& world) {
  std::uint64_t digest = model::Digest(world.state);
  for (const model::Progress& progress : world.progress) {
    digest = (digest ^ (progress.phase * 2u + (progress.done ? 1u : 0u))) * model::kHashPrime;
  }
  return digest;
}

}  // namespace

/// Worlds, each once, at places that stay.
class Distinct {
 public:
  /// `repeats`: whether a world can be added twice at all.
  explicit Distinct(bool repeats) : repeats_(repeats) {}

  /// Where the world is; null when it was there already.
  World* Add(World&& world) {
    if (!repeats_) return &worlds_.emplace_back(std::move(world));
    if (4 * worlds_.size() >= 3 * table_.size()) Grow();
    const std::uint64_t digest = DigestOf(world);
    std::size_t at = digest % table_.size();
    for (; table_[at].world != nullptr; at = (at + 1) % table_.size()) {
      if (table_[at].digest == digest && *table_[at].world == world) return nullptr;
    }
    World* added = &worlds_.emplace_back(std::move(world));
    table_[at] = {digest, added};
    return added;
  }
  std::deque<World>& all() { return worlds_; }

 private:
  struct Entry {
    std::uint64_t digest = 0;
    World* world = nullptr;
  };

  void Grow() {
    std::vector<Entry> old = std::exchange(table_, std::vector<Entry>(4 * table_.size() + 16));
    for (const Entry& entry : old) {
      if (entry.world == nullptr) continue;
      std::size_t at = entry.digest % table_.size();
      while (table_[at].world != nullptr) at = (at + 1) % table_.size();
      table_[at] = entry;
    }
  }

  bool repeats_;
  std::deque<World> worlds_;
  std::vector<Entry> table_;
};

bool Worlds::Perform(const model::Call& call, const Outcome& outcome) {
  const auto allows = [&](const World& world) {
    const model::Scene scene(setting_, world.state, call);
    model::Describe(scene, clauses_);
    return model::Allows(clauses_, scene, outcome);
  };
  const auto apply = [&](World& world) {
    notes_.Add(clauses_, call, outcome);
    model::Apply(model::Scene(setting_, world.state, call), world.state, outcome);
  };
  visited_ += worlds_.size();
  if (worlds_.size() == 1) {
    if (!allows(worlds_.front())) return false;
    apply(worlds_.front());
    return true;
  }
  std::vector<World> kept;
  for (const World& world : worlds_) {
    if (!allows(world)) continue;
    kept.push_back(world);
    apply(kept.back());
  }
  if (kept.empty()) return false;
  Merge(kept);
  worlds_ = std::move(kept);
  return true;
}

void Worlds::Call(const Flight& flight) {
  flights_.push_back(flight);
  for (World& world : worlds_) world.progress.emplace_back();
  UpdateOverlap();
}

Worlds::Survival Worlds::Return(std::uint32_t step) { return Settle(step, true); }

Worlds::Survival Worlds::End(std::uint32_t step) {
  const model::Call call = flights_[SlotOf(step)].call;
  const Survival survival = Settle(step, false);
  if (survival != Survival::kKept) return survival;
  bool explained = false;
  // Nothing else is known to have ended the process: it died in the call.
  for (World& world : worlds_) {
    if (world.state.tasks[call.actor].life != model::Life::kAlive) {
      explained = true;
      continue;
    }
    const std::uint8_t process = world.state.tasks[call.actor].process;
    model::FinishEnd(model::Scene(setting_, world.state, call), world.state, process);
  }
  Merge(worlds_);
  return explained ? survival : Survival::kUnexplained;
}

Worlds::Survival Worlds::Settle(std::uint32_t step, bool must_be_done) {
  const std::size_t slot = SlotOf(step);
  const std::vector<std::size_t> slots =
      apart_ && must_be_done && flights_.size() > 1 ? SlotsThatMeet(slot) : AllSlots();
  Distinct seen(worlds_.size() > 1 || slots.size() > 1);
  for (World& world : worlds_) seen.Add(std::move(world));
  const std::size_t before = seen.all().size();
  std::vector<World*> kept;
  const bool complete = Explore(seen, slots, notes_, visited_, [&](World& world) {
    const model::Progress& progress = world.progress[slot];
    const bool untouched =
        !must_be_done && !progress.done && (progress.phase == 0 || progress.sleeps);
    if (progress.done || untouched) kept.push_back(&world);
    return !progress.done;
  });
  worlds_.clear();
  if (!complete || kept.empty()) {
    for (std::size_t i = 0; i < before; ++i) worlds_.push_back(std::move(seen.all()[i]));
    return complete ? Survival::kNone : Survival::kTooMany;
  }
  for (World* world : kept) worlds_.push_back(std::move(*world));
  RemoveSlot(slot, worlds_);
  Merge(worlds_);
  return Survival::kKept;
}

std::vector<std::size_t> Worlds::AllSlots() const {
  std::vector<std::size_t> slots(flights_.size());
  std::iota(slots.begin(), slots.end(), 0);
  return slots;
}

std::vector<std::size_t> Worlds::SlotsThatMeet(std::size_t slot) const {
  std::vector<model::Footprint> footprints(flights_.size());
  for (std::size_t i = 0; i < flights_.size(); ++i) {
    for (const World& world : worlds_) {
      model::AddFootprint(model::Scene(setting_, world.state, flights_[i].call), footprints[i]);
    }
  }
  std::vector<bool> met(flights_.size());
  met[slot] = true;
  std::vector<std::size_t> slots{slot};
  for (std::size_t done = 0; done < slots.size(); ++done) {
    for (std::size_t i = 0; i < flights_.size(); ++i) {
      if (met[i] || !footprints[slots[done]].Meets(footprints[i])) continue;
      met[i] = true;
      slots.push_back(i);
    }
  }
  return slots;
}

bool Worlds::Explore(Distinct& seen, const std::vector<std::size_t>& slots, model::Notes& notes,
                     std::size_t& visited, const std::function<bool(World&)>& visit) const {
  Unseen chooser;
  std::vector<World*> open;
  for (World& world : seen.all()) open.push_back(&world);
  std::size_t looked_at = 0;
  std::vector<model::Next> ways;
  std::vector<World> further;
  while (!open.empty()) {
    World& world = *open.back();
    open.pop_back();
    ++visited;
    if (++looked_at > limit_) return false;
    if (!visit(world)) continue;
    further.clear();
    for (const std::size_t i : slots) {
      if (world.progress[i].done) continue;
      ways.clear();
      model::Advance(setting_, world.state, flights_[i].call, world.progress[i],
                     flights_[i].outcome, chooser, notes, ways);
      // A call that can be over here and changes nothing at any moment need not wait for a later
      // one, unless another call is to end its actor.
      const bool only_looks =
          flights_[i].outcome != nullptr && ways.size() == 1 && ways.front().progress.done &&
          model::ChangesNothing(*flights_[i].call.operation, *flights_[i].outcome) &&
          ways.front().state == world.state;
      if (only_looks) further.clear();
      for (model::Next& next : ways) {
        further.push_back({std::move(next.state), world.progress});
        further.back().progress[i] = next.progress;
      }
      if (only_looks) break;
    }
    for (World& next : further) {
      World* added = seen.Add(std::move(next));
      if (added != nullptr) open.push_back(added);
    }
  }
  return true;
}

std::vector<World> Worlds::Reachable() const {
  std::vector<World> reachable;
  model::Notes unused;
  std::size_t visited = 0;
  Distinct seen(true);
  for (const World& world : worlds_) seen.Add(World(world));
  Explore(seen, AllSlots(), unused, visited, [&](const World& world) {
    reachable.push_back(world);
    return true;
  });
  return reachable;
}

bool Worlds::IsAnyDue() const {
  if (flights_.empty()) return false;
  Unseen chooser;
  model::Notes unused;
  std::vector<model::Next> ways;
  const std::vector<World> reachable = Reachable();
  return !reachable.empty() &&
         std::all_of(reachable.begin(), reachable.end(), [&](const World& world) {
           ways.clear();
           for (std::size_t i = 0; i < flights_.size(); ++i) {
             if (world.progress[i].done) return true;
             if (world.progress[i].phase == 0) {
               model::Clauses clauses;
               model::Describe(model::Scene(setting_, world.state, flights_[i].call), clauses);
               if (clauses.may_block()) continue;
             }
             model::Advance(setting_, world.state, flights_[i].call, world.progress[i], nullptr,
                            chooser, unused, ways);
           }
           return !ways.empty();
         });
}

std::size_t Worlds::SlotOf(std::uint32_t step) const {
  for (std::size_t i = 0; i < flights_.size(); ++i) {
    if (flights_[i].call.step == step) return i;
  }
  SHMSPEC_CHECK(false, "a call returned that was never made");
}

void Worlds::RemoveSlot(std::size_t slot, std::vector<World>& worlds) {
  const std::uint32_t actor = 1u << flights_[slot].call.actor;
  flights_.erase(flights_.begin() + static_cast<std::ptrdiff_t>(slot));
  for (World& world : worlds) {
    world.progress.erase(world.progress.begin() + static_cast<std::ptrdiff_t>(slot));
    std::erase_if(world.state.tombstones, [actor](model::Tombstone& tombstone) {
      tombstone.calls &= ~actor;
      return tombstone.calls == 0;
    });
  }
  UpdateOverlap();
}

void Worlds::UpdateOverlap() {
  std::uint32_t everyone = 0;
  for (const Flight& flight : flights_) everyone |= 1u << flight.call.actor;
  for (Flight& flight : flights_) {
    flight.call.in_flight = everyone & ~(1u << flight.call.actor);
    flight.call.overlapped = flight.call.overlapped || flight.call.in_flight != 0;
  }
}

void Worlds::Merge(std::vector<World>& worlds) const {
  if (worlds.size() < 2) return;
  Distinct seen(true);
  for (World& world : worlds) seen.Add(std::move(world));
  worlds.clear();
  for (World& world : seen.all()) worlds.push_back(std::move(world));
}

}  // namespace shmspec::oracle
