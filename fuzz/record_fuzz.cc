// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Reading any bytes as the record of a run gives a record free of contradictions or one line; a
// record that was read is written to text that reads back as the same record.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "fuzz/error_line.h"
#include "harness/vocabulary/record/print_record.h"
#include "reports/record/record.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace shmspec;  // NOLINT: this file is one function
  const auto record = reports::ReadRecord({reinterpret_cast<const char*>(data), size}, kInputName);
  if (!record.ok()) {
    CheckNamesFile(record.error().message);
    return 0;
  }
  const std::string text = record::PrintRecord(*record);
  const auto again = reports::ReadRecord(text, "printed");
  SHMSPEC_CHECK(again.ok() && record::PrintRecord(*again) == text,
                "a printed record reads back as itself");
  return 0;
}
