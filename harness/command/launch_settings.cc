// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/command/launch_settings.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "harness/command/input_file.h"
#include "harness/command/option_list.h"
#include "harness/launcher/read_launchers.h"
#include "harness/sandbox/build_id.h"
#include "harness/vocabulary/value/nearest.h"

namespace shmspec {

void DeclareLaunchers(OptionList& options, LaunchSettings& to) {
  options.Text("--launchers", to.launchers,
               "A file of launchers of your own (TOML), before those that come with the program");
}

void DeclareLaunchSettings(OptionList& options, LaunchSettings& to) {
  DeclareLaunchers(options, to);
  options.Text("--programs", to.programs,
               "A folder with the programs of other architectures: static-ARCH/shmspec in it");
  options.Duration("--deadline", to.deadline_ms,
                   "How long a launcher may take for all cases, such as 10m; its own when not "
                   "given");
}

Result<Launchers> ReadLaunchers(const LaunchSettings& settings) {
  if (!settings.launchers) return ShippedLaunchers();
  Result<Launchers> own = ReadInputWith<Launchers>(&shmspec::ReadLaunchers, *settings.launchers);
  if (!own.ok()) return own.error();
  return With(ShippedLaunchers(), std::move(own).value());
}

Result<Launchers> LaunchersNamed(const Launchers& launchers, const std::string& word) {
  Launchers named;
  if (word == "all") {
    std::copy_if(launchers.begin(), launchers.end(), std::back_inserter(named),
                 [](const Launcher& one) { return !one.only_printed; });
    return named;
  }
  std::string_view rest = word;
  while (true) {
    const std::size_t end = std::min(rest.find(','), rest.size());
    const std::string name(rest.substr(0, end));
    const Launcher* launcher = FindLauncher(launchers, name);
    if (launcher == nullptr) {
      return Error{fmt::format("--on {}: no launcher \"{}\"{}; shmspec launchers shows all", word,
                               name, DidYouMean(name, NamesIn(launchers)))};
    }
    if (FindLauncher(named, name) != nullptr) {
      return Error{fmt::format("--on {}: \"{}\" is there twice", word, name)};
    }
    named.push_back(*launcher);
    if (end == rest.size()) return named;
    rest.remove_prefix(end + 1);
  }
}

ProgramPlaces PlacesOf(const LaunchSettings& settings) {
  std::error_code error;
  const std::filesystem::path own = std::filesystem::read_symlink("/proc/self/exe", error);
  return {.own = error ? "shmspec" : own.string(),
          .own_linkage = IsStaticallyLinked() ? Linkage::kStatic : Linkage::kDynamic,
          .folder = settings.programs};
}

std::string Hindrance(const Launcher& launcher, const LaunchSettings& settings) {
  for (const Launcher::Tool& tool : launcher.needs) {
    if (!FindTool(tool.name).empty()) continue;
    return fmt::format("{} is not installed: apt-get install {}", tool.name, tool.package);
  }
  if (launcher.as_root && ::geteuid() != 0) return "it needs root: run shmspec as root";
  if (!launcher.kernel.empty()) {
    if (const auto kernel = FindKernel(PlacesOf(settings), launcher.kernel); !kernel.ok()) {
      return kernel.error().message;
    }
  }
  const auto program = ProgramFor(launcher, settings);
  return program.ok() ? "" : program.error().message;
}

Result<std::string> ProgramFor(const Launcher& launcher, const LaunchSettings& settings) {
  const std::string architecture =
      launcher.architecture.empty() ? std::string(OwnArchitecture()) : launcher.architecture;
  const ProgramPlaces places = PlacesOf(settings);
  Result<std::string> program = FindProgram(places, architecture, launcher.linkage);
  const bool alone = launcher.prepare != Provision::kNothing;
  if (alone && program.ok() && *program == places.own && places.own_linkage == Linkage::kDynamic) {
    return Error{"it needs the static program: make that with cmake --build --preset static"};
  }
  return program;
}

}  // namespace shmspec
