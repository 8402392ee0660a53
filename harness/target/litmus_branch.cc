// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/litmus_branch.h"

#include <sched.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <ctime>

#include "harness/target/address.h"
#include "harness/target/ticks.h"
#include "harness/target/uninstrumented.h"

namespace shmspec {
namespace {

constexpr std::uint32_t kBranches = 8;
constexpr std::uint64_t kBatchRounds = 1024;
constexpr std::uint32_t kSpinsBetweenLooks = 64;  // at the clock
// Whoever waits keeps its processor for about as long as it is given it at a time: the others are
// running meanwhile if anybody is, and that is what branches wait for.
constexpr std::int64_t kSpinBeforeYield_ns = 1'000'000;
constexpr std::int64_t kPrompt_ns = 20'000;        // a branch that answers so soon is running
constexpr std::uint64_t kStartTicks = 2000;        // from opening a batch to its first round
constexpr std::int64_t kFarTicks = 1'000'000'000;  // further ahead the clocks do not agree

/// What the branches share, at the beginning of the memory of the test. All zero at first. The
/// first word is the first that anybody touches, so that a fault is at the address of the test.
struct Head {
  std::uint64_t finished;     // branches
  std::uint64_t came;         // branches
  std::uint64_t arrived;      // of them, ready to run
  std::uint64_t offered;      // a number for every time that the first branch asks who is running
  std::uint64_t opened;       // batches that may run
  std::uint64_t start_ticks;  // when the first round of the last one begins
  std::uint64_t rounds;
  std::uint64_t branches;
  std::uint64_t named;                  // bit i: position i of endings
  std::uint64_t processors[kBranches];  // of each branch, plus one
  std::uint64_t answers[kBranches];     // the last offer that each of them saw
};
static_assert(sizeof(Head) <= LitmusLayout::kHeadBytes);

/// How far apart rounds begin, and how much later every second branch is; 0: as fast as they can.
struct Pace {
  std::uint64_t period_ticks;
  std::int64_t delay_ticks;
};
constexpr std::array kPaces{Pace{100, 0},  Pace{250, 100}, Pace{150, 0}, Pace{250, -100},
                            Pace{200, 50}, Pace{0, 0},     Pace{250, 0}, Pace{400, -50}};

/// One access, ready to be performed: where the cell of round 0 is, and where its result goes.
struct Step {
  AccessKind kind;
  std::uint64_t cells;
  std::uint64_t results;
  std::uint64_t value;
};

struct Prepared {
  std::array<Step, Program::kLimit> steps;
  std::size_t count = 0;
};

SHMSPEC_UNINSTRUMENTED std::uint64_t Read(const std::uint64_t& word) {
  return __atomic_load_n(&word, __ATOMIC_SEQ_CST);
}
SHMSPEC_UNINSTRUMENTED void Write(std::uint64_t& word, std::uint64_t value) {
  __atomic_store_n(&word, value, __ATOMIC_SEQ_CST);
}
SHMSPEC_UNINSTRUMENTED std::uint64_t Add(std::uint64_t& word, std::uint64_t value) {
  return __atomic_fetch_add(&word, value, __ATOMIC_SEQ_CST);
}
/// The first to say it is right, the others have to agree.
SHMSPEC_UNINSTRUMENTED bool Agree(std::uint64_t& word, std::uint64_t value) {
  std::uint64_t said = 0;
  return __atomic_compare_exchange_n(&word, &said, value, false, __ATOMIC_SEQ_CST,
                                     __ATOMIC_SEQ_CST) ||
         said == value;
}

std::int64_t Now_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

/// Spins until `holds` says so. False when the deadline has passed.
template <class Holds>
SHMSPEC_UNINSTRUMENTED bool Await(Holds&& holds, std::int64_t deadline_ns) {
  std::int64_t yielded_ns = Now_ns();
  for (std::uint32_t spins = 1; !holds(); ++spins) {
    RelaxProcessor();
    if (spins % kSpinsBetweenLooks != 0) continue;
    const std::int64_t now_ns = Now_ns();
    if (now_ns > deadline_ns) return false;
    if (now_ns - yielded_ns < kSpinBeforeYield_ns) continue;
    ::sched_yield();
    yielded_ns = Now_ns();
  }
  return true;
}

template <class T>
SHMSPEC_UNINSTRUMENTED void Perform(const Step& step, std::uint64_t round) {
  const std::uint64_t offset = round * LitmusLayout::kCellBytes;
  const auto cell = PointerTo<T>(step.cells + offset);
  const auto result = PointerTo<std::uint64_t>(step.results + offset);
  switch (step.kind) {
    case AccessKind::kLoad:
      *result = __atomic_load_n(cell, __ATOMIC_RELAXED);
      break;
    case AccessKind::kStore:
      __atomic_store_n(cell, static_cast<T>(step.value), __ATOMIC_RELAXED);
      break;
    case AccessKind::kExchange:
      *result = __atomic_exchange_n(cell, static_cast<T>(step.value), __ATOMIC_SEQ_CST);
      break;
    case AccessKind::kFence:
      __atomic_thread_fence(__ATOMIC_SEQ_CST);
      break;
  }
  // The compiler keeps the order of the program; the processor is what is tested.
  asm volatile("" ::: "memory");
}

/// The rounds from `first` to before `last`, the first of them at `start_ticks`.
template <class T>
SHMSPEC_UNINSTRUMENTED void RunBatch(const Prepared& prepared, std::uint64_t first,
                                     std::uint64_t last, std::uint64_t start_ticks,
                                     std::uint64_t period_ticks) {
  for (std::uint64_t round = first; round < last; ++round) {
    if (period_ticks != 0) {
      while (static_cast<std::int64_t>(start_ticks - Ticks()) > 0) {
      }
      start_ticks += period_ticks;
    }
    for (std::size_t i = 0; i < prepared.count; ++i) Perform<T>(prepared.steps[i], round);
  }
}

using Batch = void (*)(const Prepared&, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t);

Batch BatchOf(Width width) {
  switch (width) {
    case Width::k1:
      return &RunBatch<std::uint8_t>;
    case Width::k2:
      return &RunBatch<std::uint16_t>;
    case Width::k4:
      return &RunBatch<std::uint32_t>;
    case Width::k8:
      break;
  }
  return &RunBatch<std::uint64_t>;
}

Prepared Prepare(const LitmusJob& job) {
  const LitmusLayout layout{job.rounds};
  Prepared prepared;
  for (const Access& access : job.program->accesses) {
    const std::uint64_t base = access.also ? job.also : job.at;
    prepared.steps[prepared.count++] = {access.kind, base + layout.At(access.variable),
                                        job.at + layout.At(access.to), access.value};
  }
  return prepared;
}

/// Bits of the positions of endings that a program names.
std::uint64_t NamedBy(const Program& program) {
  std::uint64_t named = 0;
  for (const Access& access : program.accesses) {
    if (access.kind == AccessKind::kFence) continue;
    named |= 1ull << (kRegisters + static_cast<std::size_t>(access.variable));
    if (access.Loads()) named |= 1ull << static_cast<std::size_t>(access.to);
  }
  return named;
}

std::uint64_t ColumnOf(const LitmusLayout& layout, std::size_t position) {
  return position < kRegisters ? layout.At(static_cast<Register>(position))
                               : layout.At(static_cast<Variable>(position - kRegisters));
}

/// Cells are 0 at first, and their pages are there.
SHMSPEC_UNINSTRUMENTED void Clear(const LitmusJob& job) {
  const LitmusLayout layout{job.rounds};
  const std::uint64_t named = NamedBy(*job.program);
  for (std::size_t position = 0; position < Ending::kNames; ++position) {
    if ((named >> position & 1) == 0) continue;
    std::memset(PointerTo(job.at + ColumnOf(layout, position)), 0,
                static_cast<std::size_t>(job.rounds * LitmusLayout::kCellBytes));
  }
  for (const Access& access : job.program->accesses) {
    if (!access.also) continue;
    const auto column = PointerTo<volatile std::uint8_t>(job.also + layout.At(access.variable));
    for (std::uint64_t i = 0; i < job.rounds * LitmusLayout::kCellBytes; i += 4096) {
      static_cast<void>(column[i]);
    }
  }
}

SHMSPEC_UNINSTRUMENTED bool ShareAProcessor(const Head& head, std::uint32_t branches) {
  for (std::uint32_t i = 0; i < branches; ++i) {
    for (std::uint32_t j = 0; j < i; ++j) {
      if (Read(head.processors[i]) == Read(head.processors[j])) return true;
    }
  }
  return false;
}

/// One branch among the others; `number` is its place in the order of arrival.
class Party {
 public:
  Party(Head& head, const LitmusJob& job) : head_(head), job_(job) {}

  LitmusRan Run() {
    if (Read(head_.finished) != 0) return LitmusRan::kUncounted;
    number_ = Add(head_.came, 1);
    if (number_ >= job_.branches || job_.branches > kBranches ||
        !Agree(head_.rounds, job_.rounds) || !Agree(head_.branches, job_.branches)) {
      return LitmusRan::kUnlike;
    }
    Write(head_.processors[number_], static_cast<std::uint64_t>(::sched_getcpu()) + 1);
    Clear(job_);
    __atomic_fetch_or(&head_.named, NamedBy(*job_.program), __ATOMIC_SEQ_CST);
    if (!Meet()) return LitmusRan::kAlone;
    if (ShareAProcessor(head_, job_.branches)) return LitmusRan::kOneProcessor;
    if (!RunBatches()) return LitmusRan::kAlone;
    Add(head_.finished, 1);
    return LitmusRan::kAll;
  }

 private:
  /// Of what is waited for from now on.
  std::int64_t Deadline_ns() const { return Now_ns() + job_.patience_ms * 1'000'000; }

  /// Waits until all branches are there.
  bool Meet() {
    Add(head_.arrived, 1);
    return Await([&] { return Read(head_.arrived) >= job_.branches; }, Deadline_ns());
  }

  /// Waits until all branches are running, each on its processor at this very moment. The first of
  /// them asks, until all have answered at once.
  bool Open(std::uint64_t batch) {
    if (number_ != 0) return Answer(batch);
    const std::int64_t deadline_ns = Deadline_ns();
    while (true) {
      const std::int64_t asked_ns = Now_ns();
      const std::uint64_t offer = Add(head_.offered, 1) + 1;
      if (!Await([&] { return HaveAnswered(offer); }, deadline_ns)) return false;
      if (Now_ns() - asked_ns < kPrompt_ns) break;
    }
    Write(head_.start_ticks, Ticks() + kStartTicks);
    Write(head_.opened, batch + 1);
    return true;
  }

  bool HaveAnswered(std::uint64_t offer) const {
    for (std::uint64_t i = 1; i < job_.branches; ++i) {
      if (Read(head_.answers[i]) != offer) return false;
    }
    return true;
  }

  bool Answer(std::uint64_t batch) {
    std::uint64_t seen = 0;
    return Await(
        [&] {
          const std::uint64_t offer = Read(head_.offered);
          if (offer != seen) Write(head_.answers[number_], offer);
          seen = offer;
          return Read(head_.opened) > batch;
        },
        Deadline_ns());
  }

  bool RunBatches() {
    const Prepared prepared = Prepare(job_);
    const Batch run = BatchOf(job_.width);
    const bool steady = HasSteadyTicks();
    for (std::uint64_t batch = 0; batch * kBatchRounds < job_.rounds; ++batch) {
      if (!Open(batch)) return false;
      Pace pace = kPaces[batch % kPaces.size()];
      const std::uint64_t start = Read(head_.start_ticks);
      const auto ahead = static_cast<std::int64_t>(start - Ticks());
      if (!steady || ahead > kFarTicks || ahead < -kFarTicks) pace = {0, 0};
      const std::int64_t delay = number_ % 2 == 1 ? pace.delay_ticks : 0;
      run(prepared, batch * kBatchRounds, std::min((batch + 1) * kBatchRounds, job_.rounds),
          start + static_cast<std::uint64_t>(delay), pace.period_ticks);
    }
    return true;
  }

  Head& head_;
  const LitmusJob& job_;
  std::uint64_t number_ = 0;
};

SHMSPEC_UNINSTRUMENTED std::int64_t Cell(std::uint64_t address) {
  return static_cast<std::int64_t>(*PointerTo<const std::uint64_t>(address));
}

}  // namespace

LitmusRan RunLitmusBranch(const LitmusJob& job) {
  return Party(*PointerTo<Head>(job.at), job).Run();
}

bool CountLitmusTest(std::uint64_t at, EndingCounts& counts) {
  Head& head = *PointerTo<Head>(at);
  const std::uint64_t finished = Read(head.finished);
  if (finished == 0 || Read(head.branches) != finished) return false;
  const LitmusLayout layout{Read(head.rounds)};
  const std::uint64_t named = Read(head.named);
  Ending ending;
  for (std::uint64_t round = 0; round < layout.rounds; ++round) {
    for (std::size_t position = 0; position < Ending::kNames; ++position) {
      if ((named >> position & 1) == 0) continue;
      ending.values[position] =
          Cell(at + ColumnOf(layout, position) + round * LitmusLayout::kCellBytes);
    }
    counts.Add(ending);
  }
  std::memset(PointerTo(at), 0, sizeof(Head));
  return true;
}

}  // namespace shmspec
