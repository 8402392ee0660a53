// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/command/command_line.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <map>
#include <string>

#include "harness/target/target.h"
#include "harness/vocabulary/value/duration.h"

namespace shmspec {

const CLI::Validator& Seed() {
  // CLI11 reads -1 as 18446744073709551615 and accepts numbers that are too large.
  static const CLI::Validator seed(
      [](std::string& text) -> std::string {
        std::uint64_t number = 0;
        const char* end = text.data() + text.size();
        const auto read = std::from_chars(text.data(), end, number);
        if (read.ec == std::errc() && read.ptr == end) return "";
        return fmt::format("expected a number from 0 to {}, found \"{}\"", UINT64_MAX, text);
      },
      "");
  return seed;
}

const CLI::Validator& Duration() {
  static const CLI::Validator duration(
      [](std::string& text) -> std::string {
        const Result<std::int64_t> duration_ms = ParseDuration(text);
        if (!duration_ms.ok()) return duration_ms.error().message;
        text = std::to_string(*duration_ms);
        return "";
      },
      "");
  return duration;
}

void AddFormat(CLI::App& app, Format& format) {
  const std::map<std::string, Format> formats{{"human", Format::kHuman}, {"json", Format::kJson}};
  app.add_option_function<std::string>(
         "--format", [&format, formats](const std::string& name) { format = formats.at(name); },
         "What is printed: human (default) or json")
      ->check(CLI::IsMember({"human", "json"}));
}

void AddPerform(CLI::App& app, PerformOptions& options) {
  std::string targets;
  for (const KernelTarget& target : KernelTargets()) {
    targets += fmt::format("{} ({}{}), ", target.name, target.about,
                           target.name == options.target ? "; default" : "");
  }
  app.add_option("--target", options.target, targets + "simulated or faulty:ID (see controls)");
  app.add_option("--profile", options.profile,
                 "The specification to judge by: linux (default) or posix");
  app.add_option("--seed", options.seed, "Settles every random choice; printed with each run")
      ->check(Seed());
  app.add_option("--timeout", options.timeout_ms,
                 fmt::format("How long one case may take, such as 30s, 500ms or 2m; {} when not "
                             "given",
                             PrintDuration(options.timeout_ms)))
      ->transform(Duration())
      ->type_name("DURATION");
}

void AddOutput(CLI::App& app, OutputOptions& options, const std::string& description) {
  app.add_option("--output,-o", options.file, description);
  app.add_flag("--force", options.force, "Replace that file if it is there already");
}

void AddWaiversOption(CLI::App& app, ExpectationFiles& files) {
  app.add_option("--waivers", files.waivers,
                 "A file of waivers: what is put up with, by whom, why and until when");
}

}  // namespace shmspec
