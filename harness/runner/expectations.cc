// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/expectations.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/runner/run.h"

namespace shmspec {
namespace {

template <class Range, class Value>
bool Holds(const Range& range, const Value& value) {
  return std::find(range.begin(), range.end(), value) != range.end();
}

/// `FAIL, flaky`.
std::string Shown(Status status, bool flaky) {
  return fmt::format("{}{}", NameOf(status), flaky ? ", flaky" : "");
}

/// Why the waiver does not cover the result of the case; empty when it does.
std::string Uncovered(const Waiver& waiver, const CaseRun& run) {
  std::vector<std::string_view> statuses;
  for (const Status status : waiver.expect) statuses.push_back(NameOf(status));
  for (const CaseResult& attempt : run.attempts) {
    if (!IsTrouble(attempt.status)) continue;
    if (!Holds(waiver.expect, attempt.status)) {
      return fmt::format("it expects {}", fmt::join(statuses, " or "));
    }
    const bool crash_unnamed = waiver.cause.empty() && attempt.cause == Cause::kCrash;
    if (crash_unnamed || (!waiver.cause.empty() && !Holds(waiver.cause, attempt.cause))) {
      return fmt::format("it does not name the cause {}", NameOf(attempt.cause));
    }
  }
  const Flakiness flakiness = run.flakiness();
  if (!waiver.at_most) {
    return flakiness.flaky ? "it passed at times; a waiver with a rate can cover that" : "";
  }
  const double share =
      static_cast<double>(flakiness.troubled()) / static_cast<double>(flakiness.attempts);
  if (share <= *waiver.at_most) return "";
  return fmt::format("{} of {} attempts are more than the share {} that it allows",
                     flakiness.troubled(), flakiness.attempts, *waiver.at_most);
}

Judged JudgeByWaiver(const CaseRun& run, const Waiver& waiver) {
  Judged judged;
  judged.waiver = waiver.id;
  const Status status = run.status();
  if (waiver.action == WaiverAction::kDoNotRun) {
    judged.judgement = Judgement::kWaived;
    judged.why = "not to be run: " + waiver.reason;
  } else if (IsTrouble(status)) {
    const std::string uncovered = Uncovered(waiver, run);
    judged.judgement = uncovered.empty() ? Judgement::kWaived : Judgement::kUnexpected;
    judged.why = uncovered.empty()
                     ? waiver.reason
                     : fmt::format("waiver {} does not cover it: {}", waiver.id, uncovered);
  } else if (IsAsSpecified(status) && waiver.strict && !waiver.at_most) {
    judged.judgement = Judgement::kStale;
    judged.why =
        fmt::format("passes, and waiver {} expects otherwise; remove the waiver", waiver.id);
  }
  return judged;
}

Judged JudgeByBaseline(const CaseRun& run, const BaselineCase& before) {
  Judged judged;
  judged.before = before;
  const Status status = run.status();
  const bool flaky = run.flakiness().flaky;
  // A case that was flaky before may pass or fail again.
  const bool same = (before.status == status && before.flaky == flaky) ||
                    (IsAsSpecified(status) && (IsAsSpecified(before.status) || before.flaky)) ||
                    (before.flaky && before.status == status);
  if (status == Status::kUntested) return judged;  // the run was stopped before
  judged.judgement = same ? Judgement::kExpected : Judgement::kUnexpected;
  if (!same || IsTrouble(status)) {
    judged.why = fmt::format("{} in the baseline{}", Shown(before.status, before.flaky),
                             same ? " as well" : "");
  }
  return judged;
}

}  // namespace

Judged Expectations::Judge(const CaseRun& run) const {
  if (const Waiver* waiver = WaiverOf(*run.test_case)) return JudgeByWaiver(run, *waiver);
  if (baseline) {
    if (const BaselineCase* before = baseline->Find(run.test_case->id)) {
      return JudgeByBaseline(run, *before);
    }
  }
  Judged judged;
  if (IsTrouble(run.status())) judged.judgement = Judgement::kUnexpected;
  if (baseline) judged.why = "not in the baseline";
  return judged;
}

}  // namespace shmspec
