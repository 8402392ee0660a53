// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/stage/perturbation.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <variant>

namespace shmspec {
namespace {

constexpr std::size_t kMostPrinted = 8;
/// About as many races of a plan are varied, so that one with many takes hardly longer.
constexpr std::size_t kVariedRaces = 8;

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::uint32_t Below(std::size_t bound) { return static_cast<std::uint32_t>(engine_() % bound); }
  /// For one of that number of races, whether it is varied.
  bool Varies(std::size_t races) { return Below(std::max(races, kVariedRaces)) < kVariedRaces; }
  /// Any order of magnitude is as likely as another: how long a call takes is not known.
  std::uint16_t Spin_ns() {
    const std::uint32_t power = 1u << (6 + Below(8));
    return static_cast<std::uint16_t>(power + Below(power));
  }

 private:
  std::mt19937_64 engine_;
};

bool IsRace(const Step& step) { return step.timing == Timing::kRace; }

std::size_t CountRaces(const Plan& plan) {
  std::size_t races = 0;
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const Step& step = plan.steps[i];
    if (!IsRace(step)) continue;
    const bool goes_on = i > 0 && IsRace(plan.steps[i - 1]) && plan.steps[i - 1].race == step.race;
    races += goes_on ? 0 : 1;
  }
  return races;
}

/// Whether a step is about the processor that it runs on, or paces itself with others.
bool MindsPace(const Plan& plan) {
  const bool pinned = std::any_of(plan.actors.begin(), plan.actors.end(),
                                  [](const ActorSpec& actor) { return actor.cpu.has_value(); });
  return pinned || std::any_of(plan.steps.begin(), plan.steps.end(), [](const Step& step) {
           return std::holds_alternative<MemoryBranch>(step.operation) ||
                  std::holds_alternative<ProcessPin>(step.operation);
         });
}

/// In most races one branch begins later.
void Lag(const Plan& plan, std::size_t races, Random& random, std::vector<Pause>& pauses) {
  for (std::size_t begin = 0; begin < plan.steps.size();) {
    std::size_t end = begin;
    const auto goes_on = [&](const Step& step) {
      return IsRace(step) && step.race == plan.steps[begin].race;
    };
    while (end < plan.steps.size() && goes_on(plan.steps[end])) ++end;
    if (end == begin) {
      ++begin;
      continue;
    }
    // Where each branch begins.
    std::vector<std::size_t> firsts;
    for (std::size_t i = begin; i < end; ++i) {
      if (std::none_of(firsts.begin(), firsts.end(), [&](std::size_t first) {
            return plan.steps[first].actor == plan.steps[i].actor;
          })) {
        firsts.push_back(i);
      }
    }
    if (random.Varies(races) && random.Below(4) != 0) {
      pauses[firsts[random.Below(firsts.size())]].spin_ns = random.Spin_ns();
    }
    begin = end;
  }
}

std::optional<Stop> DrawStop(const Plan& plan, Random& random) {
  std::vector<std::uint32_t> racing;
  for (std::uint32_t i = 0; i < plan.steps.size(); ++i) {
    if (IsRace(plan.steps[i])) racing.push_back(i);
  }
  const std::uint32_t step = racing[random.Below(racing.size())];
  std::vector<std::uint8_t> others;
  for (const std::uint32_t other : racing) {
    const Step& one = plan.steps[other];
    const ActorSpec& actor = plan.actors[one.actor.index];
    // Only children of the one who stops them, which it knows by their numbers.
    if (one.race != plan.steps[step].race || one.actor == plan.steps[step].actor) continue;
    if (actor.start != Start::kSpawn || actor.namespaces.bits != 0) continue;
    others.push_back(one.actor.index);
  }
  if (others.empty()) return std::nullopt;
  return Stop{others[random.Below(others.size())], step,
              static_cast<std::uint16_t>(1 + random.Below(64))};
}

}  // namespace

Perturbation DrawPerturbation(const Plan& plan, std::uint64_t seed) {
  Perturbation perturbation;
  const std::size_t races = CountRaces(plan);
  if (races == 0 || MindsPace(plan)) return perturbation;
  Random random(seed);
  // Weighed by what they cost.
  const std::uint32_t kind = random.Below(32);
  if (kind < 16) return perturbation;
  if (kind == 31) {
    perturbation.stop = DrawStop(plan, random);
    return perturbation;
  }
  perturbation.together = kind == 30 && races <= kVariedRaces;
  perturbation.pauses.resize(plan.steps.size());
  if (kind < 24) {
    Lag(plan, races, random, perturbation.pauses);
    return perturbation;
  }
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    Pause& pause = perturbation.pauses[i];
    if (!IsRace(plan.steps[i]) || !random.Varies(races) || random.Below(3) != 0) continue;
    if (kind < 28) {
      pause.spin_ns = random.Spin_ns();
    } else {
      pause.yields = true;
    }
  }
  return perturbation;
}

std::string PrintPerturbation(const Perturbation& perturbation, const Plan& plan) {
  std::vector<std::string> parts;
  if (perturbation.together) parts.emplace_back("all actors on one processor");
  const auto name = [&](std::uint8_t actor) { return plan.actors[actor].name; };
  std::size_t left_out = 0;
  for (std::size_t i = 0; i < perturbation.pauses.size(); ++i) {
    const Pause& pause = perturbation.pauses[i];
    if (pause.spin_ns == 0 && !pause.yields) continue;
    if (parts.size() >= kMostPrinted) {
      ++left_out;
      continue;
    }
    const std::string actor = name(plan.steps[i].actor.index);
    parts.push_back(pause.yields
                        ? fmt::format("{} yields before step {}", actor, i)
                        : fmt::format("{} waits {} ns before step {}", actor, pause.spin_ns, i));
  }
  if (left_out > 0) parts.push_back(fmt::format("and {} more", left_out));
  if (const auto& stop = perturbation.stop) {
    parts.push_back(fmt::format("{} stops for {} us when {} begins step {}", name(stop->actor),
                                stop->for_us, name(plan.steps[stop->step].actor.index),
                                stop->step));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::vector<std::uint8_t> PlacesOf(const Plan& plan) {
  std::vector<std::uint8_t> order;
  const auto add = [&](std::uint8_t actor) {
    if (std::find(order.begin(), order.end(), actor) == order.end()) order.push_back(actor);
  };
  for (const Step& step : plan.steps) {
    if (IsRace(step)) add(step.actor.index);
  }
  for (std::size_t i = 0; i < plan.actors.size(); ++i) add(static_cast<std::uint8_t>(i));
  std::vector<std::uint8_t> places(plan.actors.size());
  for (std::size_t i = 0; i < order.size(); ++i) places[order[i]] = static_cast<std::uint8_t>(i);
  return places;
}

}  // namespace shmspec
