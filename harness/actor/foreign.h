// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The part of an actor whose calls are made by another program, its adapter. The program is started
// at the first of these calls, so that it has the ids, limits and namespaces that the actor has by
// then.

#ifndef SHMSPEC_HARNESS_ACTOR_FOREIGN_H_
#define SHMSPEC_HARNESS_ACTOR_FOREIGN_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "harness/actor/adapter.h"
#include "harness/residue/inventory.h"
#include "harness/target/handle_table.h"
#include "harness/vocabulary/operation/operation.h"
#include "harness/vocabulary/outcome/outcome.h"

namespace shmspec {

/// One step as its adapter is asked for it.
struct ForeignStep {
  std::uint32_t index = 0;  // in the plan
  std::optional<Handle> assigns;
};

class Foreign {
 public:
  /// `timeout_ms` holds for every answer. The pid of the program is kept in `pid`, where the actors
  /// that kill this one find it. `run` makes the names of different runs differ. `alone` tells that
  /// nobody else makes segments and names here.
  Foreign(AdapterProgram program, std::int64_t timeout_ms, const HandleTable& handles,
          std::atomic<std::int32_t>& pid, std::string run, bool alone);
  Foreign(const Foreign&) = delete;
  Foreign& operator=(const Foreign&) = delete;
  ~Foreign();

  /// Starts the program now. Its pid, which the system shows as that of the actor.
  Result<std::int32_t> Start();

  /// Whether the adapter performs it. What changes a process is not for one whose program runs.
  bool Takes(const Operation& operation) const;

  /// A program that dies of a signal takes its actor with it: then this does not return.
  Outcome Perform(const Operation& operation, const ForeignStep& step);

  /// Has the program end as the step says, and waits until it and what it started has ended.
  std::optional<Error> Exit(const ProcessExit& how);

 private:
  /// The program; starts it if it does not run.
  Result<Adapter*> Running();
  bool HasWhatItNames(const Operation& operation) const;
  Outcome Ask(const Operation& operation, const ForeignStep& step, std::int64_t timeout_ms);
  Outcome Understand(const Adapter::Heard& heard, const Operation& operation,
                     const ForeignStep& step);
  Outcome CountResidue() const;
  Outcome CreateKilled(const SegmentCreateKilled& op, const ForeignStep& step);
  std::string LineOf(const Operation& operation, const ForeignStep& step) const;
  /// The program is gone, with what it had and what it has started.
  void Lose(std::int64_t patience_ms = 100);

  const AdapterProgram program_;
  const std::int64_t timeout_ms_;
  const HandleTable& handles_;
  std::atomic<std::int32_t>& pid_;
  const std::string run_;
  const std::optional<Inventory> before_;  // if nobody else changes it
  std::unique_ptr<Adapter> adapter_;
  std::set<Handle> known_;  // to the program that runs
  std::uint32_t opened_ = 0;
  std::uint32_t attached_ = 0;
};

/// Whether an adapter that offers these families starts with its actor, because the system shows
/// process ids of what it does.
constexpr bool StartsAtOnce(std::uint32_t offers) {
  return (offers >> static_cast<unsigned>(Family::kSysv) & 1) != 0;
}

/// The part of an actor of this program that is performed by an adapter, or nothing. In the program
/// of 32-bit actors there is none.
std::unique_ptr<Foreign> MakeForeign(AdapterProgram program, std::int64_t timeout_ms,
                                     const HandleTable& handles, std::atomic<std::int32_t>& pid,
                                     std::string run, bool alone);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_ACTOR_FOREIGN_H_
