// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/litmus/lead.h"

#include <algorithm>
#include <array>

#include "harness/target/litmus/batch.h"
#include "harness/target/litmus/cells.h"

namespace shmspec::litmus {
namespace {

constexpr std::int64_t kPrompt_ns = 20'000;  // a branch that answers this quickly is running
// Where no branch ever answers that quickly, as on an emulated processor, longer and longer times
// count as quick.
constexpr std::int64_t kPromptShare = 64;    // of the time that was asked in vain
constexpr std::uint64_t kStartTicks = 2000;  // from opening a batch to its first round

/// How far apart rounds begin, and how much later every second branch is; 0: as fast as they can.
struct Pace {
  std::uint64_t period_ticks;
  std::int64_t delay_ticks;
};
constexpr std::array kPaces{Pace{100, 0},  Pace{250, 100}, Pace{150, 0}, Pace{250, -100},
                            Pace{200, 50}, Pace{0, 0},     Pace{250, 0}, Pace{400, -50}};

bool CanAlternate(const Head& head) {
  const std::uint64_t loads = Read(head.loads);
  const std::uint64_t stores = Read(head.stores);
  return loads > 0 && stores > 0 && loads + stores == Read(head.branches);
}

/// Whether each round can have a number of its own that a cell holds as a whole.
bool CanNumber(const LitmusJob& job) {
  const auto width = static_cast<std::uint64_t>(job.width);
  const bool wide = width == 8 || job.layout.rounds >> (8 * width) == 0;
  return wide && (job.at + job.layout.shift) % width == 0 &&
         (job.also + job.layout.shift) % width == 0;
}

}  // namespace

bool EndingTable::Add(const Ending& ending) {
  for (std::size_t i = 0; i < used; ++i) {
    if (entries[i].values != ending.values) continue;
    ++entries[i].count;
    return true;
  }
  if (used == kLimit) return false;
  entries[static_cast<std::size_t>(used++)] = {ending.values, 1};
  return true;
}

TechniqueSet UsableFor(const LitmusJob& job, const Head& head, bool takes_turns) {
  TechniqueSet usable;
  const auto add = [&](Technique one, bool can) { usable[static_cast<std::size_t>(one)] = can; };
  for (const auto& [name, technique] : NamesOf<Technique>::kNames) add(technique, !takes_turns);
  add(Technique::kAlternating, !takes_turns && CanAlternate(head));
  add(Technique::kPerpetual, CanNumber(job) && PerpetualTestOf(head).has_value());
  return usable & job.techniques;
}

Leader::Leader(Head& head, const LitmusJob& job, bool takes_turns)
    : head_(head),
      job_(job),
      takes_turns_(takes_turns),
      search_(job.layout.rounds, job.at_least, UsableFor(job, head, takes_turns)),
      kept_(head.kept),
      until_ns_(Now_ns() + job.search_ms * 1'000'000) {
  head.sought = job.until.values;
  if (!IsTechnique(kept_.technique) ||
      !UsableFor(job, head, takes_turns)[static_cast<std::size_t>(kept_.technique)]) {
    kept_ = {};
  }
}

LitmusTurn Leader::Wanted() const {
  const std::uint64_t rounds = job_.layout.rounds;
  if (job_.tuning == Tuning::kNone) return {Technique::kPaced, rounds};
  // Perpetual rounds are found, a part of those that are run.
  const bool perpetual = kept_.technique == Technique::kPerpetual;
  return {kept_.technique, perpetual ? kept_.rounds : std::max(kept_.rounds, rounds)};
}

bool Leader::has_enough() const {
  if (full_ || job_.tuning == Tuning::kSearch) return true;
  return search_.effort().Of(Wanted().technique).rounds >= Wanted().rounds;
}

std::optional<LitmusTurn> Leader::NextTurn() const {
  if (full_) return std::nullopt;
  const std::uint64_t rounds = job_.layout.rounds;
  if (job_.tuning == Tuning::kSearch) {
    return Now_ns() < until_ns_ ? search_.Next() : std::nullopt;
  }
  if (has_enough()) return std::nullopt;
  const LitmusTurn wanted = Wanted();
  if (wanted.technique == Technique::kPerpetual) {
    if (Now_ns() >= until_ns_) return std::nullopt;
    return LitmusTurn{wanted.technique, rounds};
  }
  const std::uint64_t done = search_.effort().Of(wanted.technique).rounds;
  return LitmusTurn{wanted.technique, std::min(rounds, wanted.rounds - done)};
}

SHMSPEC_UNINSTRUMENTED void Leader::Count() {
  EndingTable table = head_.table;
  Tried found;
  ForEachEnding(job_.at, head_, turn_, [&](const Ending& ending) {
    full_ = full_ || !table.Add(ending);
    ++found.rounds;
    if (job_.until.Includes(ending)) ++found.hits;
  });
  if (full_) {
    head_.turn = turn_;
  } else {
    head_.table = table;
  }
  search_.Add(turn_, found);
  turn_ = {};
  taken_ = 0;
}

SHMSPEC_UNINSTRUMENTED void Leader::Close() {
  head_.effort = search_.effort();
  if (job_.tuning == Tuning::kSearch) {
    const Technique last = search_.effort().technique;
    head_.kept =
        search_.shown() ? LitmusTurn{last, search_.effort().Of(last).rounds} : LitmusTurn{};
  }
  Write(head_.closed, 1);
}

bool Leader::HaveAnswered(std::uint64_t offer) const {
  for (std::uint64_t i = 1; i < job_.branches; ++i) {
    if (Read(head_.answers[i]) != offer) return false;
  }
  return true;
}

bool Leader::AllAreRunning(std::int64_t deadline_ns) {
  if (takes_turns_) return true;  // as much as they can
  const std::int64_t began_ns = Now_ns();
  while (true) {
    const std::int64_t asked_ns = Now_ns();
    const std::uint64_t offer = Add(head_.offered, 1) + 1;
    if (!Await([&] { return HaveAnswered(offer); }, deadline_ns)) return false;
    const std::int64_t prompt_ns = std::max(kPrompt_ns, (asked_ns - began_ns) / kPromptShare);
    if (Now_ns() - asked_ns < prompt_ns) return true;
  }
}

Batch Leader::NextBatch() const {
  Pace pace = kPaces[opened_ % kPaces.size()];
  if (turn_.technique == Technique::kBackToBack) pace = {0, 0};
  const bool scattered =
      turn_.technique == Technique::kScattered && turn_.rounds % LitmusLayout::kCellBytes == 0;
  return {.technique = static_cast<std::uint64_t>(turn_.technique),
          .first = taken_,
          .last = taken_ + std::min(BatchRoundsOf(turn_.technique), turn_.rounds - taken_),
          .lines = scattered ? turn_.rounds / LitmusLayout::kCellBytes : 0,
          .start_ticks = Ticks() + kStartTicks,
          .period_ticks = pace.period_ticks,
          .delay_ticks = pace.delay_ticks,
          .loaded = loaded_};
}

SHMSPEC_UNINSTRUMENTED Leader::Opened Leader::Open(std::int64_t deadline_ns) {
  if (taken_ == turn_.rounds) {
    const std::uint64_t all = opened_ * job_.branches;
    const auto ended = [&] { return Read(head_.ended) >= all; };
    if (!Await(ended, deadline_ns, PatienceOf(takes_turns_))) return Opened::kNobody;
    if (taken_ != 0) Count();
    const auto next = NextTurn();
    if (!next) {
      Close();
      return Opened::kClosed;
    }
    if (opened_ != 0) ClearAllCells(job_, head_, job_.layout.rounds);
    turn_ = *next;
  }
  if (!AllAreRunning(deadline_ns)) return Opened::kNobody;
  if (turn_.technique == Technique::kAlternating) loaded_ += Read(head_.loads);
  for (std::uint64_t& reached : head_.reached) Write(reached, 0);
  head_.batch = NextBatch();
  taken_ = head_.batch.last;
  Write(head_.opened, ++opened_);
  return Opened::kBatch;
}

}  // namespace shmspec::litmus
