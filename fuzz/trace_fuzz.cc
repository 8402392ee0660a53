// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Reading any bytes as a trace, as `shmspec judge` does, gives a trace or one line with the
// position and the mistake; a trace that was read prints to text that reads back as the same trace.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fuzz/error_line.h"
#include "harness/vocabulary/form/trace_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace shmspec;  // NOLINT: this file is one function
  const Result<Trace> trace = ParseTrace({reinterpret_cast<const char*>(data), size}, kInputName);
  if (!trace.ok()) {
    CheckNamesPlace(trace.error().message);
    return 0;
  }
  const Result<Trace> again = ParseTrace(PrintWholeTrace(*trace), "printed");
  SHMSPEC_CHECK(again.ok() && *again == *trace, "a printed trace reads back as itself");
  return 0;
}
