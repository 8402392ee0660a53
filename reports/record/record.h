// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Records as values, read and found to be free of contradictions.

#ifndef SHMSPEC_REPORTS_RECORD_RECORD_H_
#define SHMSPEC_REPORTS_RECORD_RECORD_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/vocabulary/record/record.h"
#include "harness/vocabulary/value/result.h"

namespace shmspec::reports {

// The names of what is declared in harness/vocabulary/record/.
using record::AllowedOutcome;
using record::Area;
using record::Attempt;
using record::BaselineEntry;
using record::ControlEntry;
using record::Controls;
using record::Fact;
using record::Flakiness;
using record::FuzzPoint;
using record::FuzzRun;
using record::Library;
using record::LitmusBranch;
using record::LitmusHistogram;
using record::Measurement;
using record::Objection;
using record::Objector;
using record::Primes;
using record::Record;
using record::RequirementEntry;
using record::Restriction;
using record::RunFacts;
using record::SeenEnding;
using record::Spread;
using record::Standing;
using record::Subject;
using record::Suite;
using record::Test;
using record::Totals;
using record::Waiver;
using record::WaiverAction;
using record::WaiverClass;

/// The fact that names the launcher by which the record came; absent where it was made on the
/// system itself.
inline constexpr std::string_view kLauncherFact = "launcher";

/// The library that cases called, such as `Boost.Interprocess 1.81.0`; empty where that is the C
/// library which `libc` names already, and where there was none.
std::string WrapperOf(const Subject& subject);

/// The name of the subject: `Linux 6.18.0 through libc`, behind that of the launcher if one brought
/// the record, and with the file where others are called the same.
std::vector<std::string> LabelsOf(std::span<const Record> records);

/// The cases by their standing.
Totals TotalsOf(const Record& record);

/// Reads the text of a record. Bytes that are no UTF-8 are replaced. The error is one line that
/// begins with `file`: with line and column when the text is no JSON (or ends early), with the path
/// of the field when a field is missing or of another type, and in words when the record is of
/// another format or contradicts itself.
Result<Record> ReadRecord(std::string_view text, const std::string& file);

/// The first thing in which a record contradicts itself, empty when there is none.
std::string ContradictionIn(const Record& record);

/// The JSON schema of the format that this program writes.
std::string RecordSchema();

}  // namespace shmspec::reports

#endif  // SHMSPEC_REPORTS_RECORD_RECORD_H_
