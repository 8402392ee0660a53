// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The failures on one screen: unexpected cases, grouped by the call and by the mistake in its
// outcome. They come from differences (difference.h), not from sentences.
//
//   sysv.stat: nattch 1 too high, 141 cases, shortest: sysv.stat.counts_attaches

#ifndef SHMSPEC_REPORTS_SUMMARY_SYMPTOMS_H_
#define SHMSPEC_REPORTS_SUMMARY_SYMPTOMS_H_

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "harness/vocabulary/form/difference.h"
#include "harness/vocabulary/plan/status.h"
#include "reports/record/record.h"

namespace shmspec::reports {

/// A case that is not as expected.
struct Sighting {
  std::string test;
  Status status = Status::kFail;
  Cause cause = Cause::kNone;
  std::size_t steps = 0;                // of its plan
  std::string operation;                // at the offending step; empty when there is none
  std::vector<Difference> differences;  // there
};

/// A symptom that some of them share.
struct Symptom {
  Status status = Status::kFail;
  std::string where;               // the operation, or why nothing could be decided
  std::string what;                // `nattch 1 too high`; may be empty
  std::vector<std::string> tests;  // the one with the shortest plan first
  std::size_t steps = 0;           // of that one

  /// `sysv.stat: nattch 1 too high, 141 cases, shortest: CASE`.
  std::string Line() const;
};

/// Failures before what could not be decided, and of these the most frequent first.
std::vector<Symptom> SymptomsOf(const std::vector<Sighting>& sightings);

/// Their cases: the shortest of each symptom, then the next one of each, and so on.
std::vector<std::string> ShortestOfEachFirst(const std::vector<Symptom>& symptoms);

/// The objection that explains the failure best: at the first step that anyone objects to, that of
/// the specification. Nullptr when none is about a step.
const Objection* DecidingObjection(std::span<const Objection> objections);

/// The cases of a record that are unexpectedly wrong or undecided.
std::vector<Sighting> SightingsIn(const Record& record);

}  // namespace shmspec::reports

#endif  // SHMSPEC_REPORTS_SUMMARY_SYMPTOMS_H_
