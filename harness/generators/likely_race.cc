// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Parallel plans: what comes before a race, its branches, and what looks at the end of it.

#include <algorithm>
#include <array>
#include <vector>

#include "harness/generators/likely_plan.h"

namespace shmspec {
namespace {

constexpr std::uint64_t kPage = 4096;

}  // namespace

std::uint8_t LikelyPlan::Named(HandleKind kind) const {
  if (!race_) return Used(kind);
  const std::size_t at = IndexOf(kind);
  return static_cast<std::uint8_t>(race_->before[at] + used_[at] - race_->own[at]);
}

std::uint8_t LikelyPlan::Nth(HandleKind kind, std::uint64_t number) const {
  const std::size_t at = IndexOf(kind);
  const bool own = race_ && number >= race_->before[at];
  return static_cast<std::uint8_t>(own ? race_->own[at] + number - race_->before[at] : number);
}

bool LikelyPlan::Lives(std::uint8_t actor) const {
  return race_ ? race_->alive[actor] : alive_[actor];
}

bool LikelyPlan::RacesThreads() const {
  return race_ && std::any_of(race_->actors.begin(), race_->actors.end(), [&](std::uint8_t other) {
           return other != actor_ && processes_[other] == processes_[actor_];
         });
}

/// What several actors can use, or use in common.
Operation LikelyPlan::DrawCommon() {
  const bool segments = weights_.calls > 0 && (weights_.files == 0 || Below(2) == 0);
  if (segments) {
    if (Below(3) != 0) return SysvAttach{AnySegment(), {}, {}};
    SysvGet get{{}, {AnySize()}, kCreate | 0666};
    if (Below(2) == 1) get.key = AnyKey();
    return get;
  }
  switch (Below(5)) {
    case 0:
    case 1:
      return PosixOpen{"/n0", kMakeObject | kReadWrite, {0666}};
    case 2:
      return FileTruncate{AnyDescriptor(), {AnySize()}};
    default:
      return MapMap{AnyDescriptor(), {kPage * (1 + Below(2))}, {0}, 3, kMapShared, {}};
  }
}

Operation LikelyPlan::DrawLook() {
  switch (Below(6)) {
    case 0:
      return SystemSegments{};
    case 1:
      return SysvStat{AnySegment(), Buffer::kValid};
    case 2:
      return FileStat{AnyDescriptor()};
    case 3: {
      const Room room = AnyStart();
      return MemoryChecksum{room.at, {room.Within(2 * kPage)}};
    }
    default:
      return MemoryLoad{AnyRoom().at, Width::k8, Order::kSeqCst};
  }
}

void LikelyPlan::AddPreparation(Choices& choices) {
  choices_ = &choices;
  actor_ = AnyActor();
  Add(actor_, Below(3) == 2 ? Draw(actor_) : DrawCommon());
}

void LikelyPlan::AddLook(Choices& choices) {
  choices_ = &choices;
  actor_ = AnyActor();
  Add(actor_, Below(4) == 3 ? Draw(actor_) : DrawLook());
}

void LikelyPlan::BeginRace(std::span<const ParallelShape::Branch> branches) {
  actor_ = 0;
  for (const ParallelShape::Branch& branch : branches) {
    if (alive_[branch.actor]) continue;
    Birth(0, branch.actor);
    const ActorRef child{branch.actor};
    Add(0, branch.actor == kForked ? Operation(ProcessFork{child}) : ProcessThread{child});
  }
  race_ = Race{used_, used_, alive_, {}, 0};
  for (const ParallelShape::Branch& branch : branches) race_->actors.push_back(branch.actor);
}

void LikelyPlan::BeginBranch(std::uint8_t actor) {
  race_->own = used_;
  race_->actor = actor;
}

void LikelyPlan::EndRace() { race_.reset(); }

ParallelShape DrawShape(Choices& choices, LikelyWeights weights) {
  using Cast = std::vector<std::uint8_t>;
  // a and b, b and e are of different users; a has a child c and a thread d.
  static const std::array<Cast, 12> kCasts{Cast{0, 1}, {0, 1},    {1, 4},       {0, 4},
                                           {0, 1, 4},  {1, 4, 0}, {0, 3},       {0, 2},
                                           {0, 3, 1},  {0, 2, 1}, {0, 2, 3, 1}, {0, 1, 4, 2}};
  constexpr std::size_t kSpawned = 6;
  const Cast& cast = kCasts[choices.Below(weights.processes > 0 ? kCasts.size() : kSpawned)];
  ParallelShape shape;
  shape.prefix = 3 + choices.Below(6);
  const std::size_t most = cast.size() == 2 ? 4 : cast.size() == 3 ? 3 : 2;
  for (const std::uint8_t actor : cast) {
    shape.branches.push_back({actor, 1 + choices.Below(most)});
  }
  shape.suffix = 2 + choices.Below(4);
  return shape;
}

Plan ParallelPlan(const ParallelShape& shape, LikelyWeights weights,
                  const std::function<Choices&()>& next) {
  LikelyPlan plan(weights);
  for (std::size_t i = 0; i < shape.prefix; ++i) plan.AddPreparation(next());
  plan.BeginRace(shape.branches);
  for (const ParallelShape::Branch& branch : shape.branches) {
    plan.BeginBranch(branch.actor);
    for (std::size_t i = 0; i < branch.steps; ++i) plan.AddStep(next());
  }
  plan.EndRace();
  for (std::size_t i = 0; i < shape.suffix; ++i) plan.AddLook(next());
  return plan.plan();
}

Plan LikelyRace(Choices& choices, LikelyWeights weights) {
  const ParallelShape shape = DrawShape(choices, weights);
  return ParallelPlan(shape, weights, [&]() -> Choices& { return choices; });
}

Plan LikelyRace(std::uint64_t seed, LikelyWeights weights) {
  SeededChoices choices(seed);
  return LikelyRace(choices, weights);
}

}  // namespace shmspec
