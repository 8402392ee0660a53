// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Reading any bytes as the record of a run gives a record free of contradictions or one line; a
// record that was read is written to text that says what the first one said, and reads back as the
// same record.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "fuzz/error_line.h"
#include "harness/vocabulary/record/print_record.h"
#include "reports/record/record.h"
#include "reports/text/plain_text.h"

namespace shmspec {
namespace {

using Json = nlohmann::json;

/// Whether what both documents have is the same.
bool Agrees(const Json& written, const Json& read) {
  if (written.is_object() && read.is_object()) {
    return std::all_of(written.items().begin(), written.items().end(), [&](const auto& member) {
      const auto at = read.find(member.key());
      return at == read.end() || Agrees(member.value(), *at);
    });
  }
  if (written.is_array() && read.is_array()) {
    return std::equal(written.begin(), written.end(), read.begin(), read.end(), Agrees);
  }
  return written == read;
}

void CheckRecord(const record::Record& record, const std::string& valid) {
  const std::string text = record::PrintRecord(record);
  Json written = Json::parse(text);
  written.erase("format");  // that of this program
  SHMSPEC_CHECK(Agrees(written, Json::parse(valid)), "a record says what its text says");
  const auto again = reports::ReadRecord(text, "printed");
  SHMSPEC_CHECK(again.ok() && record::PrintRecord(*again) == text,
                "a printed record reads back as itself");
}

}  // namespace
}  // namespace shmspec

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace shmspec;  // NOLINT
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto record = reports::ReadRecord(text, kInputName);
  if (record.ok()) {
    CheckRecord(*record, reports::ValidUtf8(text));
  } else {
    CheckNamesFile(record.error().message);
  }
  return 0;
}
