// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/litmus/batch.h"

#include <sched.h>

#include <limits>

#include "harness/host/address.h"
#include "harness/host/ticks.h"

namespace shmspec::litmus {
namespace {

constexpr std::uint64_t kBatchRounds = 1024;
constexpr std::uint64_t kAlternatingRounds = 8192;  // a load takes a nanosecond or two
constexpr std::uint64_t kStoresBetweenLooks = 64;   // at the loads of the others

/// Where the cells are that alternating rounds share, in bytes from the first of the variable. 60
/// bytes further they are across a line, across another one, and across a page.
constexpr std::array<std::uint64_t, 3> kSharedCells{0, 64, 4032};

/// Branches that take turns on a processor give way after a random number of accesses up to this:
/// often enough for each order of a few to come up.
constexpr std::uint64_t kMostAccessesInATurn = 256;
/// How many rounds a branch may be ahead of another one then. One that is done early would leave
/// the others nothing to see.
constexpr std::uint64_t kMostAhead = 512;

template <class T>
SHMSPEC_UNINSTRUMENTED void Perform(const Step& step, std::uint64_t cell_bytes,
                                    std::uint64_t result_bytes, std::uint64_t value) {
  const auto cell = PointerTo<T>(step.cells + cell_bytes);
  const auto result = PointerTo<std::uint64_t>(step.results + result_bytes);
  switch (step.kind) {
    case AccessKind::kLoad:
      *result = __atomic_load_n(cell, __ATOMIC_RELAXED);
      break;
    case AccessKind::kStore:
      __atomic_store_n(cell, static_cast<T>(value), __ATOMIC_RELAXED);
      break;
    case AccessKind::kExchange:
      *result = __atomic_exchange_n(cell, static_cast<T>(value), __ATOMIC_SEQ_CST);
      break;
    case AccessKind::kFence:
      __atomic_thread_fence(__ATOMIC_SEQ_CST);
      break;
  }
  // The compiler keeps the order of the program; the processor is what is tested.
  asm volatile("" ::: "memory");
}

/// Each round on its own cells.
template <class T>
SHMSPEC_UNINSTRUMENTED void RunApart(const Prepared& prepared, const Batch& batch,
                                     std::uint64_t start_ticks) {
  const std::uint64_t lines = batch.lines;
  for (std::uint64_t round = batch.first; round < batch.last; ++round) {
    const std::uint64_t index =
        lines == 0 ? round : round % lines * LitmusLayout::kCellBytes + round / lines;
    const std::uint64_t cell_bytes = index * prepared.layout.stride;
    if (batch.period_ticks != 0) {
      while (static_cast<std::int64_t>(start_ticks - Ticks()) > 0) {
      }
      start_ticks += batch.period_ticks;
    }
    for (std::size_t i = 0; i < prepared.count; ++i) {
      const Step& step = prepared.steps[i];
      Perform<T>(step, cell_bytes, index * LitmusLayout::kCellBytes, step.value);
    }
  }
}

/// All rounds on one cell. Loaders load once in each; storers go on until the loaders are done, and
/// leave their value, as after every other round.
template <class T>
SHMSPEC_UNINSTRUMENTED bool RunTogether(const Prepared& prepared, const Batch& batch, Head& head,
                                        std::int64_t deadline_ns) {
  const Step step = prepared.steps[0];
  const std::uint64_t cell_bytes =
      CellOf(prepared.layout, Technique::kAlternating, batch.first) * prepared.layout.stride;
  if (step.kind == AccessKind::kLoad) {
    for (std::uint64_t round = batch.first; round < batch.last; ++round) {
      Perform<T>(step, cell_bytes, round * LitmusLayout::kCellBytes, 0);
    }
    Add(head.loaded, 1);
    return true;
  }
  bool in_time = true;
  for (std::uint64_t looks = 1; Read(head.loaded) < batch.loaded && in_time; ++looks) {
    for (std::uint64_t i = 0; i < kStoresBetweenLooks; ++i) {
      Perform<T>(step, cell_bytes, 0, step.value);
      Perform<T>(step, cell_bytes, 0, 0);
    }
    if (looks % kStoresBetweenLooks == 0) in_time = Now_ns() <= deadline_ns;
  }
  Perform<T>(step, cell_bytes, 0, step.value);
  return in_time;
}

/// Lets the others run until none is far behind. False when they took longer than the deadline.
SHMSPEC_UNINSTRUMENTED bool GiveWay(Head& head, std::uint64_t number, std::uint64_t round,
                                    std::int64_t deadline_ns) {
  Write(head.reached[number], round);
  const std::uint64_t branches = Read(head.branches);
  const auto is_ahead = [&] {
    for (std::uint64_t i = 0; i < branches; ++i) {
      if (Read(head.reached[i]) + kMostAhead < round) return true;
    }
    return false;
  };
  do {
    ::sched_yield();
    if (!is_ahead()) return true;
  } while (Now_ns() <= deadline_ns);
  return false;
}

/// All rounds on the first cell of each variable; the stores of a round have its number, from 1.
template <class T, bool kTakesTurns>
SHMSPEC_UNINSTRUMENTED bool RunPerpetually(const Prepared& prepared, const Batch& batch,
                                           std::uint64_t start_ticks, Head& head,
                                           std::int64_t deadline_ns) {
  while (batch.period_ticks != 0 && static_cast<std::int64_t>(start_ticks - Ticks()) > 0) {
  }
  std::uint64_t random = batch.start_ticks + prepared.number;
  std::uint64_t left = 1;
  for (std::uint64_t round = batch.first; round < batch.last; ++round) {
    for (std::size_t i = 0; i < prepared.count; ++i) {
      if (kTakesTurns && --left == 0) {
        if (!GiveWay(head, prepared.number, round, deadline_ns)) return false;
        random = random * 6364136223846793005u + 1442695040888963407u;  // Knuth's MMIX
        left = 1 + (random >> 33) % kMostAccessesInATurn;
      }
      Perform<T>(prepared.steps[i], 0, round * LitmusLayout::kCellBytes, round + 1);
    }
  }
  if (kTakesTurns) Write(head.reached[prepared.number], batch.last);
  return true;
}

template <class T>
bool RunOf(const Prepared& prepared, const Batch& batch, std::uint64_t start_ticks, Head& head,
           std::int64_t deadline_ns) {
  if (static_cast<Technique>(batch.technique) == Technique::kPerpetual) {
    return prepared.takes_turns
               ? RunPerpetually<T, true>(prepared, batch, start_ticks, head, deadline_ns)
               : RunPerpetually<T, false>(prepared, batch, start_ticks, head, deadline_ns);
  }
  if (static_cast<Technique>(batch.technique) == Technique::kAlternating) {
    return RunTogether<T>(prepared, batch, head, deadline_ns);
  }
  RunApart<T>(prepared, batch, start_ticks);
  return true;
}

}  // namespace

Prepared Prepare(const LitmusJob& job) {
  Prepared prepared;
  prepared.layout = job.layout;
  for (const Access& access : job.program->accesses) {
    const std::uint64_t base = access.also ? job.also : job.at;
    prepared.steps[prepared.count++] = {access.kind, base + job.layout.At(access.variable),
                                        job.at + job.layout.At(access.to), access.value};
  }
  return prepared;
}

std::uint64_t BatchRoundsOf(Technique technique) {
  if (technique == Technique::kPerpetual) return std::numeric_limits<std::uint64_t>::max();
  return technique == Technique::kAlternating ? kAlternatingRounds : kBatchRounds;
}

std::uint64_t CellOf(const LitmusLayout& layout, Technique technique, std::uint64_t round) {
  if (technique == Technique::kPerpetual) return 0;
  if (technique != Technique::kAlternating) return round;
  const auto shared = static_cast<std::size_t>(round / kAlternatingRounds % kSharedCells.size());
  const std::uint64_t bytes = kSharedCells[shared];
  return bytes / layout.stride % layout.rounds;
}

bool RunBatch(const Prepared& prepared, Width width, const Batch& batch, std::uint64_t start_ticks,
              Head& head, std::int64_t deadline_ns) {
  switch (width) {
    case Width::k1:
      return RunOf<std::uint8_t>(prepared, batch, start_ticks, head, deadline_ns);
    case Width::k2:
      return RunOf<std::uint16_t>(prepared, batch, start_ticks, head, deadline_ns);
    case Width::k4:
      return RunOf<std::uint32_t>(prepared, batch, start_ticks, head, deadline_ns);
    case Width::k8:
      break;
  }
  return RunOf<std::uint64_t>(prepared, batch, start_ticks, head, deadline_ns);
}

}  // namespace shmspec::litmus
