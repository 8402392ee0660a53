// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include <algorithm>

#include "harness/command/console.h"
#include "harness/command/launch_settings.h"
#include "harness/command/subcommand.h"

namespace shmspec {
namespace {

/// Whether it can be used here, and otherwise why not.
std::string StateOf(const Launcher& launcher, const LaunchSettings& settings) {
  if (launcher.only_printed) return "only printed, by --dry-run";
  return Hindrance(launcher, settings);
}

int List(const LaunchSettings& settings) {
  const Result<Launchers> launchers = ReadLaunchers(settings);
  if (!launchers.ok()) return Complain(kExitUsage, launchers.error().message);
  std::size_t width = 0;
  for (const Launcher& one : *launchers) width = std::max(width, one.name.size());
  for (const Launcher& one : *launchers) {
    fmt::print("{:<{}}  {}\n", one.name, width, one.about);
    const auto also = [&](const char* label, const std::string& text) {
      if (text.empty()) return;
      fmt::print("{}", Wrap(fmt::format("{}: {}", label, text), width + 4));
    };
    also("not offered there", one.lacks);
    also("not here", StateOf(one, settings));
  }
  return kExitAsExpected;
}

void Declare(OptionList& options, LaunchSettings& to) {
  DeclareLaunchers(options, to);
  options.Text("--programs", to.programs, "As for run: a folder with programs");
}

std::string Footer() {
  return "Examples, all launchers, and a run by one of them:\n"
         "  shmspec launchers\n"
         "  shmspec run --on bubblewrap -o bubblewrap.json\n";
}

const internal::SubcommandRegistration registration(
    {.name = "launchers",
     .about = "List the other systems that run and matrix can start: --on NAME",
     .place = 85,
     .examples = "  shmspec launchers                        which other systems can be started?\n",
     .footer = &Footer,
     .start = Performing(&Declare, &List)});

}  // namespace
}  // namespace shmspec
