// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The order in which others see loads and stores, and whether they see them whole.

#include <algorithm>

#include "harness/target/faulty/fault_table.h"
#include "harness/target/simulated/litmus_sample.h"

namespace shmspec {
namespace {

/// The trial that a histogram counted, or null.
const model::Trial* Counted(const Aftermath& a) {
  if (!IsOneOf<MemoryHistogram>(a.call) || !a.Succeeded()) return nullptr;
  return FindTrial(a.before, ProcessOf(a.before, a.call),
                   static_cast<std::uint64_t>(a.call.references[0]));
}

/// The test runs on a system with that order, except for one thing.
template <bool model::Reordering::*kAmiss>
void Reorder(const Aftermath& a) {
  const model::Trial* trial = Counted(a);
  if (trial == nullptr) return;
  model::Reordering reordering = ReorderingOf(model::MemoryOrder::kTotalStore);
  reordering.*kAmiss = true;
  a.outcome = SampleLitmus(*As<MemoryHistogram>(a.call), trial, reordering);
}

/// Only where no step looks before the end.
void ReorderStoresAlone(const Aftermath& a) {
  const model::Trial* trial = Counted(a);
  if (trial == nullptr) return;
  const bool loads = std::any_of(trial->runs.begin(), trial->runs.end(), [](const auto& run) {
    return std::any_of(run.program.accesses.begin(), run.program.accesses.end(),
                       [](const Access& access) { return access.Loads(); });
  });
  if (!loads) Reorder<&model::Reordering::stores_before_stores>(a);
}

/// A store shows to one process before another, to which a load that came too early looks the same.
/// Two processes cannot notice.
void ShowToSomeFirst(const Aftermath& a) {
  const model::Trial* trial = Counted(a);
  if (trial == nullptr || trial->runs.size() < 3) return;
  Reorder<&model::Reordering::loads_before_loads>(a);
}

/// Loads that lie within such a place see the low half of a store.
template <model::Within kWithin>
void TearLoads(const Aftermath& a) {
  const model::Trial* trial = Counted(a);
  if (trial == nullptr || WithinOf(*trial) != kWithin) return;
  const auto low_bits = static_cast<unsigned>(trial->runs.front().width) * 4;
  const std::uint64_t low_half = (std::uint64_t{1} << low_bits) - 1;
  const auto& operation = *As<MemoryHistogram>(a.call);
  EndingCounts counts;
  for (const EndingRow& row : std::get<Histogram>(a.outcome).rows) {
    const auto value = static_cast<std::uint64_t>(row.r0);
    const bool wide = row.r0 > 0 && value > low_half;
    if (wide && row.count > 1) {
      EndingRow torn = row;
      torn.r0 = static_cast<std::int64_t>(value & low_half);
      counts.Add(EndingOf(torn));
    }
    counts.Add(EndingOf(row), static_cast<std::uint64_t>(row.count) - (wide && row.count > 1));
  }
  a.outcome = Conclude(operation, counts);
}

/// A second attach of a segment by the same process gets memory of its own.
void CopyAtSecondAttach(const Aftermath& a) {
  const model::Mapping* attached = Attached(a);
  if (attached == nullptr) return;
  const std::uint8_t process = ProcessOf(a.after, a.call);
  const auto& mappings = a.after.processes[process].space->mappings();
  const auto others = std::count_if(mappings.begin(), mappings.end(), [&](const auto& mapping) {
    return mapping.segment() == attached->segment();
  });
  if (others > 1) GiveOwnCopy(a, process, static_cast<std::size_t>(attached - mappings.data()));
}

constexpr SeededFault kFaults[] = {
    {"stores_leave_out_of_order", "ORDER.TSO.MP_FORBIDDEN"_req,
     "a later store is seen before an earlier one",
     Afterwards<Reorder<&model::Reordering::stores_before_stores>>},
    {"loads_come_out_of_order", "ORDER.TSO.MP_FORBIDDEN"_req,
     "a later load is performed before an earlier one",
     Afterwards<Reorder<&model::Reordering::loads_before_loads>>},
    {"stores_overtake_loads", "ORDER.TSO.LB_FORBIDDEN"_req,
     "a store is seen before an earlier load is performed",
     Afterwards<Reorder<&model::Reordering::stores_before_loads>>},
    {"fence_does_not_drain", "ORDER.TSO.SB_FENCED_FORBIDDEN"_req,
     "a fence does not wait for the stores before it",
     Afterwards<Reorder<&model::Reordering::past_fences>>},
    {"loads_of_one_place_go_back", "ORDER.TSO.COHERENCE"_req,
     "of two loads of one place the later sees the older value",
     Afterwards<Reorder<&model::Reordering::loads_of_one_place>>},
    {"writers_disagree_on_the_last_store", "ORDER.TSO.2PLUS2W_S_FORBIDDEN"_req,
     "memory ends with stores that no order of the writers explains",
     Afterwards<ReorderStoresAlone>},
    {"stores_show_to_some_processes_first", "ORDER.TSO.TRANSITIVE"_req,
     "of three processes one sees a store that another, which acts on it, does not see yet",
     Afterwards<ShowToSomeFirst>},
    {"wide_loads_are_torn", "ORDER.TEAR.ALIGNED_NEVER"_req,
     "an aligned load of eight bytes sees half of a store",
     Afterwards<TearLoads<model::Within::kItself>>},
    {"loads_within_a_quadword_are_torn", "ORDER.TEAR.QUADWORD_NEVER"_req,
     "a misaligned load within a quadword sees half of a store",
     Afterwards<TearLoads<model::Within::kQuadword>>},
    {"loads_within_a_line_are_torn", "ORDER.TEAR.LINE_NEVER"_req,
     "a misaligned load within a cache line sees half of a store",
     Afterwards<TearLoads<model::Within::kLine>>},
    {"second_attach_is_a_copy", "ORDER.TSO.PROCESS_EQUALS_THREAD"_req,
     "a process that attaches a segment twice has memory of its own at the second address",
     Afterwards<CopyAtSecondAttach>},
};

const internal::FaultRegistration registration(kFaults);

}  // namespace
}  // namespace shmspec
