// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// A damaged wire form is refused, never followed past its end; what is accepted survives another
// trip.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "harness/vocabulary/form/wire.h"
#include "harness/vocabulary/plan/trace.h"
#include "harness/vocabulary/value/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace shmspec;  // NOLINT: this file is one function
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  Trace trace;
  if (!ReadWire(rest, trace)) return 0;
  std::string bytes;
  AppendWire(bytes, trace);
  std::string_view second = bytes;
  Trace again;
  SHMSPEC_CHECK(ReadWire(second, again) && second.empty() && again == trace,
                "an accepted trace survives another trip");
  return 0;
}
