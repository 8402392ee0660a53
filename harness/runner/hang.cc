// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/hang.h"

#include <fmt/format.h>

#include <utility>

namespace shmspec {

CaseResult AfterRepetition(CaseResult first, const CaseResult& again, std::int64_t timeout_ms) {
  const std::int64_t long_ms = timeout_ms * kHangFactor;
  if (again.hung != first.hung) {
    first.reason += fmt::format("; repeated alone with {} ms it came further: {}", long_ms,
                                again.reason.empty() ? NameOf(again.status) : again.reason);
    return first;
  }
  CaseResult hung = again;
  hung.status = Status::kFail;
  hung.cause = Cause::kHang;
  hung.reason = fmt::format("hung in {}: {}, and alone {} ms", first.hung, first.reason, long_ms);
  for (RequirementResult& one : hung.requirements) one.status = Status::kFail;
  return hung;
}

CaseResult BesideHang(CaseResult first, const std::string& other_case) {
  first.reason +=
      fmt::format("; {} hung in {} as well, which was repeated alone", first.hung, other_case);
  return first;
}

}  // namespace shmspec
