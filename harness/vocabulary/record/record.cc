// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/record/record.h"

#include <fmt/format.h>

#include <algorithm>

namespace shmspec::record {

Standing StandingOf(Status status, Judgement judgement) {
  if (judgement == Judgement::kUnexpected || judgement == Judgement::kStale) {
    return Standing::kFailed;
  }
  const bool passed = IsAsSpecified(status) && judgement == Judgement::kExpected;
  return passed ? Standing::kPassed : Standing::kSkipped;
}

Standing Test::standing() const { return StandingOf(status, judgement); }

bool Test::is_known() const { return IsTrouble(status) && standing() == Standing::kSkipped; }

std::string Test::Judged() const {
  return waiver.empty() || why.empty() ? waiver + why : fmt::format("{}: {}", waiver, why);
}

double Test::duration_s() const {
  double total = 0;
  for (const Attempt& attempt : attempts) total += attempt.duration_s;
  return total;
}

const Attempt* Test::deciding() const {
  const auto at = std::find_if(attempts.begin(), attempts.end(),
                               [this](const Attempt& attempt) { return attempt.status == status; });
  return at == attempts.end() ? nullptr : &*at;
}

void Totals::Add(Standing standing) {
  switch (standing) {
    case Standing::kPassed:
      ++passed;
      return;
    case Standing::kFailed:
      ++failed;
      return;
    case Standing::kSkipped:
      ++skipped;
  }
}

Totals& Totals::operator+=(const Totals& others) {
  passed += others.passed;
  failed += others.failed;
  skipped += others.skipped;
  return *this;
}

const RequirementEntry* Record::FindEntry(std::string_view id) const {
  const auto at = std::lower_bound(
      requirements.begin(), requirements.end(), id,
      [](const RequirementEntry& entry, std::string_view wanted) { return entry.id < wanted; });
  return at == requirements.end() || at->id != id ? nullptr : &*at;
}

std::uint64_t Record::CountOf(Status status) const {
  const auto at = counts.find(status);
  return at == counts.end() ? 0 : at->second;
}

std::uint64_t Record::Decided() const {
  std::uint64_t decided = 0;
  for (const Status status : {Status::kPass, Status::kFail, Status::kObserved}) {
    const auto at = requirement_counts.find(status);
    if (at != requirement_counts.end()) decided += at->second;
  }
  return decided;
}

}  // namespace shmspec::record
