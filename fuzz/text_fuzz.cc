// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Reading any bytes as a plan file gives a plan or one line with the position and the mistake; a
// plan that was read prints to text that reads back as the same plan.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fuzz/error_line.h"
#include "harness/vocabulary/form/text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace shmspec;  // NOLINT: this file is one function
  const Result<Plan> plan = ParsePlan({reinterpret_cast<const char*>(data), size}, kInputName);
  if (!plan.ok()) {
    CheckNamesPlace(plan.error().message);
    return 0;
  }
  const Result<Plan> again = ParsePlan(PrintPlan(*plan), "printed");
  SHMSPEC_CHECK(again.ok() && *again == *plan, "a printed plan reads back as itself");
  return 0;
}
