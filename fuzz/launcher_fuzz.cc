// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Reading any bytes as a file of launchers gives launchers or one line with the position and the
// mistake; launchers that were read, written as TOML, read back as the same.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fuzz/error_line.h"
#include "fuzz/toml_text.h"
#include "harness/launcher/read_launchers.h"
#include "harness/vocabulary/value/duration.h"

namespace shmspec {
namespace {

toml::table TableOf(const Launcher& launcher) {
  toml::table table;
  table.insert("about", launcher.about);
  AddList(table, "command", launcher.command);
  AddList(table, "arguments", launcher.arguments);
  AddList(table, "stop", launcher.stop);
  AddText(table, "architecture", launcher.architecture);
  AddText(table, "kernel", launcher.kernel);
  AddText(table, "lacks", launcher.lacks);
  table.insert("linkage", std::string(NameOf(launcher.linkage)));
  table.insert("prepare", std::string(NameOf(launcher.prepare)));
  table.insert("record", std::string(NameOf(launcher.record)));
  table.insert("deadline", PrintDuration(launcher.deadline_ms));
  if (launcher.case_timeout_ms != 0) {
    table.insert("case_timeout", PrintDuration(launcher.case_timeout_ms));
  }
  table.insert("as_root", launcher.as_root);
  table.insert("only_printed", launcher.only_printed);
  toml::table needs;
  for (const Launcher::Tool& tool : launcher.needs) needs.insert(tool.name, tool.package);
  table.insert("needs", std::move(needs));
  return table;
}

std::string Written(const Launchers& launchers) {
  toml::table entries;
  for (const Launcher& one : launchers) entries.insert(one.name, TableOf(one));
  return TomlText(toml::table{{"format", "shmspec-launchers/1"}, {"launcher", std::move(entries)}});
}

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
  const Result<Launchers> launchers =
      ReadLaunchers({reinterpret_cast<const char*>(data), size}, kInputName);
  if (!launchers.ok()) {
    CheckNamesPlace(launchers.error().message);
    return 0;
  }
  const Result<Launchers> again = ReadLaunchers(Written(*launchers), "written");
  SHMSPEC_CHECK(again.ok() && Sorted(*again) == Sorted(*launchers),
                "launchers that were read and written read back as the same");
  SHMSPEC_CHECK(With(*launchers, *launchers) == *launchers,
                "launchers in place of themselves are the same");
  return 0;
}
