// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The parts of judging an outcome by clauses, for clauses.cc and explain.cc.

#ifndef SHMSPEC_HARNESS_MODEL_LANGUAGE_JUDGEMENT_H_
#define SHMSPEC_HARNESS_MODEL_LANGUAGE_JUDGEMENT_H_

#include <algorithm>
#include <array>
#include <optional>

#include "harness/model/language/clauses.h"

namespace shmspec::model {

/// Whether the outcome is the failure that the refusal speaks of.
bool IsMeant(const Refusal& refusal, const Outcome& outcome);

bool Holds(const Bound& bound, const Scene& scene, Number seen);

/// The requirement that breaks what the system picked, if any.
std::optional<Requirement> BrokenByFresh(const Clauses& clauses, const Scene& scene,
                                         const Outcome& outcome);

/// The fields of an outcome as numbers, in order of declaration; 0 for strings and lists, and
/// behind the last.
inline constexpr std::size_t kMostFields = [] {
  std::size_t most = 0;
  ForEachAlternative<Outcome>([&]<class R>() { most = std::max(most, kFieldCount<R>); });
  return most;
}();
std::array<Number, kMostFields> NumbersOf(const Outcome& outcome);

/// The first thing wrong with the rows of a table.
struct RowTrouble {
  enum class Kind : std::uint8_t { kExtra, kTwice, kMissing, kName, kField, kSum };
  Kind kind = Kind::kExtra;
  const Row* row = nullptr;
  const Bound* bound = nullptr;
  Number key = 0;
  Number seen = 0;
};
bool RowsHold(const Clauses& clauses, const Scene& scene, const Outcome& outcome,
              RowTrouble& trouble);

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_LANGUAGE_JUDGEMENT_H_
