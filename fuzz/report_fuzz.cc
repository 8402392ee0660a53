// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Every form of report of any record that can be read is whole: the parsers of those that a form is
// for can read it, and find each case in it. Inputs are records; mutations change members of a
// record, by the lists that declare them, so that most of the results are records again.

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/form_laws.h"
#include "fuzz/record_mutation.h"
#include "harness/vocabulary/record/print_record.h"
#include "reports/form/report.h"

// There only where libFuzzer is.
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most)
    __attribute__((weak));

namespace shmspec::reports {
namespace {

constexpr std::size_t kCounted = 4096;

// Which elements a report has, and how long it is, in each form: that guides libFuzzer.
[[gnu::used, gnu::section("__libfuzzer_extra_counters")]] std::uint8_t counters[kCounted];

void Count(std::string_view form, std::string_view report) {
  const auto count = [&](std::string_view what) {
    ++counters[std::hash<std::string_view>()(what) * 31 % kCounted];
  };
  const auto lines = static_cast<std::size_t>(std::count(report.begin(), report.end(), '\n'));
  count(std::string(form) + std::to_string(std::bit_width(lines)));
  for (std::size_t at = report.find('<'); at != report.npos; at = report.find('<', at + 1)) {
    count(report.substr(at, report.find_first_of(" >", at) - at));
  }
}

void CheckForms(const Record& record) {
  const std::span<const Record> one(&record, 1);
  for (const Form& form : AllForms()) {
    const std::string report = form.render(one);
    CheckUtf8(report);
    CheckForm(form.name, report, record);
    Count(form.name, report);
  }
  // As of several records, the same ones.
  const std::vector<Record> twice{record, record};
  for (const Form& form : AllForms()) CheckUtf8(form.render(twice));
}

}  // namespace
}  // namespace shmspec::reports

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t most, unsigned seed) {
  using namespace shmspec;  // NOLINT
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto record = reports::ReadRecord(text, "input");
  if (record.ok() && seed % 16 != 0) {
    reports::Mutate(*record, seed);
    const std::string changed = record::PrintRecord(*record);
    if (changed.size() <= most) {
      std::memcpy(data, changed.data(), changed.size());
      return changed.size();
    }
  }
  return LLVMFuzzerMutate != nullptr ? LLVMFuzzerMutate(data, size, most) : size;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace shmspec;  // NOLINT
  const auto record = reports::ReadRecord({reinterpret_cast<const char*>(data), size}, "input");
  if (!record.ok()) return -1;  // it does not join the corpus
  reports::CheckForms(*record);
  return 0;
}
