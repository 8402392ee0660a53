// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "harness/actor/floor.h"
#include "harness/actor/i386_program.h"
#include "harness/command/console.h"
#include "harness/command/print_format.h"
#include "harness/command/subcommand.h"
#include "harness/host/own_process.h"
#include "harness/runner/abilities_inside.h"
#include "harness/sandbox/environment.h"
#include "harness/sandbox/system_v.h"
#include "harness/target/target.h"

namespace shmspec {
namespace {

/// A way into the kernel, and whether it exists here.
struct Entry {
  const KernelTarget* target;
  Result<void> there;
};

struct Examination {
  std::vector<Fact> facts;
  std::vector<Meaning> meanings;
  std::vector<FloorTest> floor;
  FoundAbilities abilities;
  Result<void> system_v;
  Isolation isolation = Isolation::kShared;
  std::vector<Entry> targets;
};

/// As many lines as fit on one screen; the rest is in --format json.
constexpr std::array kShown{
    std::pair{"system", "kernel.name kernel.release machine libc"},
    std::pair{"processors", "cpus page_size shmlba"},
    std::pair{"privileges", "euid capabilities.effective seccomp container"},
    std::pair{"users", "users.kind users.ids"},
    std::pair{"namespaces", "namespace.ipc namespace.user namespace.mnt namespace.pid"},
    std::pair{"limits", "rlimit.memlock rlimit.as rlimit.nofile rlimit.nproc"},
    std::pair{"System V", "kernel.shmmax kernel.shmall kernel.shmmni kernel.shm_rmid_forced"},
    std::pair{"memory", "vm.overcommit_memory vm.mmap_min_addr vm.nr_hugepages"},
    std::pair{"/dev/shm", "dev_shm.bytes dev_shm.mode dev_shm.mount"},
    std::pair{"tools", "tool.ipcs tool.ipcrm tool.ipcmk tool.lsipc tool.setfacl tool.getfacl"},
    std::pair{"files here", "working_directory.shared_mappings"},
    std::pair{"logind", "logind.RemoveIPC"}};

/// `kernel.release` is shown as `release`.
std::string_view ShortName(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

void PrintFacts(const std::vector<Fact>& facts) {
  for (const auto& [label, names] : kShown) {
    std::string line;
    std::string_view rest = names;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(' '), rest.size());
      const std::string_view name = rest.substr(0, end);
      line +=
          fmt::format("{}{} {}", line.empty() ? "" : ", ", ShortName(name), ValueOf(facts, name));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    fmt::print("  {:<12}{}", label, Wrap(line, 14).substr(14));
  }
}

void PrintFloor(const std::vector<FloorTest>& floor) {
  fmt::print("\n{}\n", Paint(Style::kStrong, "What shmspec cannot do without"));
  std::string sound;
  for (const FloorTest& test : floor) {
    if (test.result.ok()) {
      sound += (sound.empty() ? "" : ", ") + std::string(test.name);
    } else {
      fmt::print("  {} {}: {}\n", Paint(Style::kBad, "broken"), test.name,
                 test.result.error().message);
    }
  }
  fmt::print("{}", Wrap("sound: " + sound, 2));
}

/// What takes the place of an ability.
std::string InsteadOf(const AbilityEntry& entry) {
  if (!entry.instead.empty()) return std::string(entry.instead);
  return "what needs it is UNSUPPORTED";
}

void PrintAbilities(const FoundAbilities& abilities) {
  fmt::print("\n{}\n", Paint(Style::kStrong, "What shmspec can use here"));
  std::string there;
  for (const AbilityEntry& entry : AbilityTable()) {
    if (!Has(abilities.there, entry.ability)) continue;
    there += (there.empty() ? "" : ", ") + std::string(NameOf(entry.ability));
  }
  fmt::print("{}", Wrap("there: " + there, 2));
  for (const MissingAbility& one : abilities.missing) {
    const AbilityEntry& entry = AbilityTable()[static_cast<std::size_t>(one.ability)];
    fmt::print("{}", Wrap(fmt::format("{} not there ({}): {}; instead: {}", NameOf(one.ability),
                                      one.why, entry.what, InsteadOf(entry)),
                          2));
  }
}

/// Those that are missing are among the meanings.
void PrintTargets(const std::vector<Entry>& targets) {
  std::string line;
  for (const Entry& one : targets) {
    if (one.there.ok()) line += (line.empty() ? "" : ", ") + std::string(one.target->name);
  }
  fmt::print("  {:<12}{}", "targets", Wrap(line, 14).substr(14));
}

/// What is UNSUPPORTED without the target.
std::string EffectOfMissing(const KernelTarget& target) {
  const bool callers = target.abi != Abi::kNative;
  return fmt::format("--target {}{} UNSUPPORTED", target.name,
                     callers ? " and cases with such callers are" : " is");
}

void PrintHuman(const Examination& found) {
  fmt::print("{}\n", Paint(Style::kStrong, "What this system offers"));
  PrintFacts(found.facts);
  PrintTargets(found.targets);
  PrintFloor(found.floor);
  PrintAbilities(found.abilities);
  fmt::print("\n{}\n", Paint(Style::kStrong, "What that means for a run"));
  if (!found.system_v.ok()) fmt::print("{}", Wrap(found.system_v.error().message, 2));
  for (const Meaning& meaning : found.meanings) {
    fmt::print("{}",
               Wrap(fmt::format("{}: {}; {}", meaning.topic, meaning.finding, meaning.effect), 2));
  }
}

void PrintJson(const Examination& found) {
  nlohmann::ordered_json facts = nlohmann::ordered_json::object();
  for (const Fact& fact : found.facts) {
    facts[fact.name] = {{"value", fact.value}, {"source", fact.source}, {"stable", fact.stable}};
  }
  nlohmann::ordered_json meanings = nlohmann::ordered_json::array();
  for (const Meaning& meaning : found.meanings) {
    meanings.push_back(
        {{"topic", meaning.topic}, {"finding", meaning.finding}, {"effect", meaning.effect}});
  }
  nlohmann::ordered_json floor = nlohmann::ordered_json::object();
  for (const FloorTest& test : found.floor) {
    floor[std::string(test.name)] = test.result.ok() ? "sound" : test.result.error().message;
  }
  nlohmann::ordered_json targets = nlohmann::ordered_json::object();
  for (const Entry& one : found.targets) {
    targets[std::string(one.target->name)] = one.there.ok() ? "there" : one.there.error().message;
  }
  const nlohmann::ordered_json document{
      {"format", "shmspec-doctor/2"},
      {"system_v", found.system_v.ok() ? "there" : found.system_v.error().message},
      {"isolation", NameOf(found.isolation)},
      {"facts", facts},
      {"floor", floor},
      {"targets", targets},
      {"meanings", meanings}};
  fmt::print("{}\n",
             document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

struct DoctorOptions {
  Format format = Format::kHuman;
};

int Examine(const DoctorOptions& options) {
  Examination found;
  found.facts = ReadEnvironment();
  found.floor = TryFloor();
  found.system_v = ProbeSystemV();
  found.isolation = ProbeIsolation();
  if (auto tried = TryAbilitiesInside(found.isolation, OwnProgram()); tried.ok()) {
    found.abilities = std::move(*tried);
    for (Fact& fact : FactsOf(found.abilities)) found.facts.push_back(std::move(fact));
  }
  found.meanings = Assess(found.facts, found.isolation);
  for (const KernelTarget& target : KernelTargets()) {
    found.targets.push_back({&target, ProbeTarget(target)});
    if (found.targets.back().there.ok()) continue;
    found.meanings.push_back({std::string(target.about), found.targets.back().there.error().message,
                              EffectOfMissing(target)});
  }
  if (options.format == Format::kJson) {
    PrintJson(found);
  } else {
    PrintHuman(found);
  }
  bool sound = found.system_v.ok();
  for (const FloorTest& test : found.floor) sound = sound && test.result.ok();
  return sound ? kExitAsExpected : kExitIncomplete;
}

void Declare(OptionList& options, DoctorOptions& to) {
  options.Choice("--format", to.format, "What is printed: human (default) or json");
}

std::string Footer() {
  return "Exit codes: 0 a run can say something, 2 there is no shared memory, or something that\n"
         "shmspec itself stands on is broken, 4 mistake in options.\n";
}

const internal::SubcommandRegistration registration(
    {.name = "doctor",
     .about = "Say what this system offers and what that means for a run",
     .place = 130,
     .examples = "  shmspec doctor                           what does this system offer?\n",
     .footer = &Footer,
     .start = Performing(&Declare, &Examine)});

}  // namespace
}  // namespace shmspec
