// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/litmus/branch.h"

#include <sched.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <ctime>

#include "harness/host/address.h"
#include "harness/host/ticks.h"
#include "harness/target/litmus/batch.h"
#include "harness/target/litmus/cells.h"
#include "harness/target/litmus/head.h"
#include "harness/target/litmus/lead.h"

namespace shmspec {
namespace litmus {
namespace {

constexpr std::int64_t kFarTicks = 1'000'000'000;  // further ahead the clocks do not agree

SHMSPEC_UNINSTRUMENTED std::uint32_t ProcessorsOf(const Head& head, std::uint32_t branches) {
  std::uint32_t processors = 0;
  for (std::uint32_t i = 0; i < branches; ++i) {
    bool fresh = true;
    for (std::uint32_t j = 0; j < i; ++j) {
      fresh = fresh && Read(head.processors[i]) != Read(head.processors[j]);
    }
    processors += fresh ? 1 : 0;
  }
  return processors;
}

/// A digest of what the branches of a test must agree on besides its layout; never 0.
std::uint64_t TermsOf(const LitmusJob& job) {
  constexpr std::uint64_t kPrime = 1099511628211u;  // of the 64-bit FNV-1a hash
  std::uint64_t hash = 14695981039346656037u;
  const auto add = [&](std::uint64_t value) { hash = (hash ^ value) * kPrime; };
  add(static_cast<std::uint64_t>(job.tuning));
  add(job.at_least);
  add(job.techniques.to_ulong());
  for (const std::int64_t value : job.until.values) add(static_cast<std::uint64_t>(value));
  return hash | 1;
}

/// One branch among the others; `number` is its place in the order of arrival.
class Party {
 public:
  Party(Head& head, const LitmusJob& job) : head_(head), job_(job) {}

  LitmusRan Run() {
    if (Read(head_.finished) != 0) return LitmusRan::kUncounted;
    number_ = Add(head_.came, 1);
    prepared_.number = number_;
    if (number_ >= job_.branches || job_.branches > kBranches || !AgreeWithTheOthers()) {
      return LitmusRan::kUnlike;
    }
    Write(head_.processors[number_], static_cast<std::uint64_t>(::sched_getcpu()) + 1);
    ClearCells(job_, job_.layout.rounds);
    Introduce();
    if (!Meet()) return LitmusRan::kAlone;
    const std::uint32_t processors = ProcessorsOf(head_, job_.branches);
    prepared_.takes_turns = processors < job_.branches;
    if (prepared_.takes_turns && (processors < 2 || !CanTakeTurns())) {
      return LitmusRan::kOneProcessor;
    }
    const LitmusRan ran = number_ == 0 ? Lead() : Follow();
    if (ran == LitmusRan::kAll) Add(head_.finished, 1);
    return ran;
  }

  std::uint64_t rounds() const { return rounds_; }

 private:
  /// Of the next wait.
  std::int64_t Deadline_ns() const { return Now_ns() + job_.patience_ms * 1'000'000; }

  bool AgreeWithTheOthers() {
    return Agree(head_.rounds, job_.layout.rounds) && Agree(head_.stride, job_.layout.stride) &&
           Agree(head_.shift, job_.layout.shift + 1) && Agree(head_.branches, job_.branches) &&
           Agree(head_.terms, TermsOf(job_));
  }

  void Introduce() {
    __atomic_fetch_or(&head_.named, NamedBy(*job_.program), __ATOMIC_SEQ_CST);
    ToldProgram& told = head_.told[number_];
    std::copy(job_.program->accesses.begin(), job_.program->accesses.end(), told.accesses.begin());
    Write(told.count, job_.program->accesses.size());
    if (job_.program->accesses.size() != 1) return;
    const AccessKind kind = job_.program->accesses.front().kind;
    if (kind == AccessKind::kLoad) Add(head_.loads, 1);
    if (kind == AccessKind::kStore) Add(head_.stores, 1);
  }

  /// Waits until all branches are there.
  bool Meet() {
    Add(head_.arrived, 1);
    return Await([&] { return Read(head_.arrived) >= job_.branches; }, Deadline_ns());
  }

  /// Asked of every branch, with one answer.
  bool CanTakeTurns() const {
    const bool kept = job_.tuning == Tuning::kKeep &&
                      head_.kept.technique == Technique::kPerpetual && head_.kept.rounds != 0;
    return (kept || job_.tuning == Tuning::kSearch) && UsableFor(job_, head_, true).any();
  }

  SHMSPEC_UNINSTRUMENTED LitmusRan Lead() {
    Leader leader(head_, job_, prepared_.takes_turns);
    while (true) {
      switch (leader.Open(Deadline_ns())) {
        case Leader::Opened::kNobody:
          return LitmusRan::kAlone;
        case Leader::Opened::kClosed:
          return leader.has_enough() ? LitmusRan::kAll : LitmusRan::kTooFew;
        case Leader::Opened::kBatch:
          if (!RunOne(head_.batch)) return LitmusRan::kAlone;
      }
    }
  }

  /// Answers the first branch, so that it knows that this one is running now, until there is a
  /// batch to run or no more follow.
  SHMSPEC_UNINSTRUMENTED LitmusRan Follow() {
    for (std::uint64_t batch = 0;; ++batch) {
      std::uint64_t seen = 0;
      const bool told = Await(
          [&] {
            const std::uint64_t offer = Read(head_.offered);
            if (offer != seen) Write(head_.answers[number_], offer);
            seen = offer;
            return Read(head_.opened) > batch || Read(head_.closed) != 0;
          },
          Deadline_ns(), PatienceOf(prepared_.takes_turns));
      if (!told) return LitmusRan::kAlone;
      if (Read(head_.opened) <= batch) return LitmusRan::kAll;
      if (!RunOne(head_.batch)) return LitmusRan::kAlone;
    }
  }

  bool RunOne(Batch batch) {
    const auto ahead = static_cast<std::int64_t>(batch.start_ticks - Ticks());
    if (!steady_ || ahead > kFarTicks || ahead < -kFarTicks) batch.period_ticks = 0;
    const std::int64_t delay = number_ % 2 == 1 ? batch.delay_ticks : 0;
    const bool ran =
        RunBatch(prepared_, job_.width, batch,
                 batch.start_ticks + static_cast<std::uint64_t>(delay), head_, Deadline_ns());
    rounds_ += batch.last - batch.first;
    Add(head_.ended, 1);
    return ran;
  }

  Head& head_;
  const LitmusJob& job_;
  Prepared prepared_ = Prepare(job_);
  const bool steady_ = HasSteadyTicks();
  std::uint64_t number_ = 0;
  std::uint64_t rounds_ = 0;
};

}  // namespace

std::int64_t Now_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

}  // namespace litmus

LitmusRan RunLitmusBranch(const LitmusJob& job, std::uint64_t& rounds) {
  litmus::Party party(*PointerTo<litmus::Head>(job.at), job);
  const LitmusRan ran = party.Run();
  rounds = party.rounds();
  return ran;
}

bool CountLitmusTest(std::uint64_t at, EndingCounts& counts, LitmusEffort& effort) {
  litmus::Head& head = *PointerTo<litmus::Head>(at);
  const std::uint64_t finished = litmus::Read(head.finished);
  if (finished == 0 || litmus::Read(head.branches) != finished) return false;
  // Others may have written there.
  if (!litmus::LayoutOf(head).IsSound() || !litmus::IsTechnique(head.turn.technique) ||
      !litmus::IsTechnique(head.effort.technique)) {
    return false;
  }
  const auto used =
      static_cast<std::size_t>(std::min<std::uint64_t>(head.table.used, head.table.kLimit));
  for (std::size_t i = 0; i < used; ++i) {
    Ending ending;
    ending.values = head.table.entries[i].values;
    counts.Add(ending, head.table.entries[i].count);
  }
  litmus::ForEachEnding(at, head, head.turn, [&](const Ending& ending) { counts.Add(ending); });
  effort = head.effort;
  std::memset(PointerTo(at), 0, offsetof(litmus::Head, kept));
  return true;
}

}  // namespace shmspec
