// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/litmus/batch.h"

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

template <class T>
SHMSPEC_UNINSTRUMENTED void Perform(const Step& step, std::uint64_t cell_bytes,
                                    std::uint64_t result_bytes) {
  const auto cell = PointerTo<T>(step.cells + cell_bytes);
  const auto result = PointerTo<std::uint64_t>(step.results + result_bytes);
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
      Perform<T>(prepared.steps[i], cell_bytes, index * LitmusLayout::kCellBytes);
    }
  }
}

/// All rounds on one cell. Loaders load once in each; storers go on until the loaders are done, and
/// leave their value, as after every other round.
template <class T>
SHMSPEC_UNINSTRUMENTED bool RunTogether(const Prepared& prepared, const Batch& batch, Head& head,
                                        std::int64_t deadline_ns) {
  const Step step = prepared.steps[0];
  Step zero = step;
  zero.value = 0;
  const std::uint64_t cell_bytes =
      CellOf(prepared.layout, Technique::kAlternating, batch.first) * prepared.layout.stride;
  if (step.kind == AccessKind::kLoad) {
    for (std::uint64_t round = batch.first; round < batch.last; ++round) {
      Perform<T>(step, cell_bytes, round * LitmusLayout::kCellBytes);
    }
    Add(head.loaded, 1);
    return true;
  }
  bool in_time = true;
  for (std::uint64_t looks = 1; Read(head.loaded) < batch.loaded && in_time; ++looks) {
    for (std::uint64_t i = 0; i < kStoresBetweenLooks; ++i) {
      Perform<T>(step, cell_bytes, 0);
      Perform<T>(zero, cell_bytes, 0);
    }
    if (looks % kStoresBetweenLooks == 0) in_time = Now_ns() <= deadline_ns;
  }
  Perform<T>(step, cell_bytes, 0);
  return in_time;
}

template <class T>
bool RunOf(const Prepared& prepared, const Batch& batch, std::uint64_t start_ticks, Head& head,
           std::int64_t deadline_ns) {
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
  return technique == Technique::kAlternating ? kAlternatingRounds : kBatchRounds;
}

std::uint64_t CellOf(const LitmusLayout& layout, Technique technique, std::uint64_t round) {
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
