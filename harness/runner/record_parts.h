// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// For record.cc alone: the parts of a record about expectations and other work of the run.

#ifndef SHMSPEC_HARNESS_RUNNER_RECORD_PARTS_H_
#define SHMSPEC_HARNESS_RUNNER_RECORD_PARTS_H_

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "harness/runner/record.h"

namespace shmspec {

nlohmann::ordered_json JudgementRecord(const Judged& judged);
nlohmann::ordered_json FlakinessRecord(const Flakiness& flakiness);
nlohmann::ordered_json ExpectationsRecord(const Expectations& expectations,
                                          const RunResult& result);
nlohmann::ordered_json ControlsRecord(const RecordedControls& controls);
nlohmann::ordered_json MeasurementsRecord(const std::vector<Measurement>& measurements);
nlohmann::ordered_json FuzzingRecord(const std::vector<FuzzRun>& runs);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RUNNER_RECORD_PARTS_H_
