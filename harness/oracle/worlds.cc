// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/oracle/worlds.h"

#include <algorithm>
#include <cerrno>
#include <unordered_map>

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

/// Worlds, each once.
class Distinct {
 public:
  /// True when the world was not there.
  bool Add(const World& world) {
    auto& bucket = buckets_[DigestOf(world)];
    if (std::find(bucket.begin(), bucket.end(), world) != bucket.end()) return false;
    bucket.push_back(world);
    return true;
  }

 private:
  std::unordered_map<std::uint64_t, std::vector<World>> buckets_;
};

}  // namespace

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
  std::vector<World> kept;
  const bool complete = Explore(notes_, visited_, [&](const World& world) {
    const model::Progress& progress = world.progress[slot];
    const bool untouched =
        !must_be_done && !progress.done && (progress.phase == 0 || progress.sleeps);
    if (progress.done || untouched) kept.push_back(world);
    return !progress.done;
  });
  if (!complete) return Survival::kTooMany;
  if (kept.empty()) return Survival::kNone;
  RemoveSlot(slot, kept);
  Merge(kept);
  worlds_ = std::move(kept);
  return Survival::kKept;
}

bool Worlds::Explore(model::Notes& notes, std::size_t& visited,
                     const std::function<bool(const World&)>& visit) const {
  Unseen chooser;
  Distinct seen;
  std::vector<World> open;
  for (const World& world : worlds_) {
    if (seen.Add(world)) open.push_back(world);
  }
  std::size_t looked_at = 0;
  std::vector<model::Next> ways;
  while (!open.empty()) {
    const World world = std::move(open.back());
    open.pop_back();
    ++visited;
    if (++looked_at > limit_) return false;
    if (!visit(world)) continue;
    for (std::size_t i = 0; i < flights_.size(); ++i) {
      if (world.progress[i].done) continue;
      ways.clear();
      model::Advance(setting_, world.state, flights_[i].call, world.progress[i],
                     flights_[i].outcome, chooser, notes, ways);
      for (model::Next& next : ways) {
        World further{std::move(next.state), world.progress};
        further.progress[i] = next.progress;
        if (seen.Add(further)) open.push_back(std::move(further));
      }
    }
  }
  return true;
}

std::vector<World> Worlds::Reachable() const {
  std::vector<World> reachable;
  model::Notes unused;
  std::size_t visited = 0;
  Explore(unused, visited, [&](const World& world) {
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
  Distinct seen;
  std::erase_if(worlds, [&](const World& world) { return !seen.Add(world); });
}

}  // namespace shmspec::oracle
