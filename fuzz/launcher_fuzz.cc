// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Reading any bytes as a file of launchers gives launchers or one line with the position and the
// mistake; the same document written by toml++ gives the same launchers.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fuzz/error_line.h"
#include "fuzz/written_again.h"
#include "harness/launcher/read_launchers.h"

namespace shmspec {
namespace {

/// Ordered by name, since toml++ writes tables in that order.
Launchers Sorted(Launchers launchers) {
  std::sort(launchers.begin(), launchers.end(),
            [](const Launcher& a, const Launcher& b) { return a.name < b.name; });
  return launchers;
}

}  // namespace
}  // namespace shmspec

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace shmspec;  // NOLINT
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<Launchers> launchers = ReadLaunchers(text, kInputName);
  if (!launchers.ok()) {
    CheckNamesPlace(launchers.error().message);
    return 0;
  }
  const Result<Launchers> again = ReadLaunchers(WrittenAgain(text), "written again");
  SHMSPEC_CHECK(again.ok() && Sorted(*again) == Sorted(*launchers),
                "the same document gives the same launchers");
  SHMSPEC_CHECK(With(*launchers, *launchers) == *launchers,
                "launchers in place of themselves are the same");
  return 0;
}
