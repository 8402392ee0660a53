// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/same_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>
#include <vector>

namespace shmspec {
namespace {

using record::Fact;
using record::Record;

/// Something that is the same for all shards, and its value in a record as text.
struct Property {
  std::string_view name;
  std::string (*of)(const Record& record);
};

constexpr std::array kOfSuite{
    Property{"the version of the suite", [](const Record& r) { return r.suite.version; }},
    Property{"the commit of the suite", [](const Record& r) { return r.suite.source_id; }},
    Property{"the catalogue", [](const Record& r) { return r.suite.catalogue_sha256; }},
    Property{"the compiler of the suite", [](const Record& r) { return r.suite.compiler; }},
    Property{"the linkage of the suite", [](const Record& r) { return r.suite.linkage; }}};

std::string LibraryOf(const Record& record) {
  const auto& library = record.subject.library;
  if (!library) return "";
  return fmt::format("{} {} {}", library->name, library->version, library->build_id);
}

constexpr std::array kOfSystem{
    Property{"the kind of system", [](const Record& r) { return r.subject.kind; }},
    Property{"the system", [](const Record& r) { return r.subject.name; }},
    Property{"the version of the system", [](const Record& r) { return r.subject.version; }},
    Property{"the build id of the system", [](const Record& r) { return r.subject.build_id; }},
    Property{"the machine", [](const Record& r) { return r.subject.machine; }},
    Property{"the C library", [](const Record& r) { return r.subject.libc; }},
    Property{"the library", &LibraryOf},
    Property{"the container", [](const Record& r) { return r.subject.container; }},
    Property{"the isolation", [](const Record& r) { return r.run.isolation; }}};

std::string YesOrNo(bool value) { return value ? "given" : "not given"; }

/// Of one file of waivers others hold on another system.
std::string WaiversThatHold(const Record& record) {
  std::vector<std::string_view> ids;
  for (const record::Waiver& waiver : record.waivers) {
    if (waiver.holds()) ids.push_back(waiver.id);
  }
  return fmt::format("{}", fmt::join(ids, " "));
}

constexpr std::array kOfOptions{
    Property{"--target", [](const Record& r) { return r.subject.target; }},
    Property{"--seed", [](const Record& r) { return r.run.seed; }},
    Property{"the number of shards",
             [](const Record& r) { return fmt::to_string(r.run.shard_count); }},
    Property{"the scheme of shards", [](const Record& r) { return r.run.shard_scheme; }},
    Property{"the filter", [](const Record& r) { return r.selection; }},
    Property{"--level",
             [](const Record& r) {
               return std::string(r.selected_level ? NameOf(*r.selected_level) : "");
             }},
    Property{"--quick", [](const Record& r) { return YesOrNo(r.quick); }},
    Property{"--shuffle", [](const Record& r) { return YesOrNo(r.shuffled); }},
    Property{"--profile", [](const Record& r) { return r.run.profile; }},
    Property{"--jobs", [](const Record& r) { return fmt::to_string(r.run.jobs); }},
    Property{"--repeat", [](const Record& r) { return fmt::to_string(r.run.repeat); }},
    Property{"--retries", [](const Record& r) { return fmt::to_string(r.run.retries); }},
    Property{"--timeout", [](const Record& r) { return fmt::format("{}ms", r.run.timeout_ms); }},
    Property{"the number of rounds at most",
             [](const Record& r) { return fmt::to_string(r.run.max_rounds); }},
    Property{"the SHA-256 of --waivers", [](const Record& r) { return r.waivers_sha256; }},
    Property{"the waivers that hold", &WaiversThatHold},
    Property{"the SHA-256 of --baseline",
             [](const Record& r) { return r.baseline ? r.baseline->sha256 : ""; }},
    Property{"the number of cases of all shards",
             [](const Record& r) { return fmt::to_string(r.run.shard_cases); }},
    Property{"the number of cases of the suite",
             [](const Record& r) { return fmt::to_string(r.planned + r.excluded); }}};

/// Stable facts that follow from the size of the memory. That differs by some pages between
/// machines of one kind, and no case depends on these.
constexpr std::array<std::string_view, 2> kOfMemory{"dev_shm.bytes", "rlimit.nproc"};

bool IsCommon(const Fact& fact) {
  return fact.stable && std::find(kOfMemory.begin(), kOfMemory.end(), fact.name) == kOfMemory.end();
}

const Fact* FindFact(const Record& record, std::string_view name) {
  const auto at = std::find_if(record.facts.begin(), record.facts.end(),
                               [name](const Fact& fact) { return fact.name == name; });
  return at == record.facts.end() ? nullptr : &*at;
}

std::string Refusal(const Record& a, const Record& b, std::string_view name, std::string_view of_a,
                    std::string_view of_b, std::string_view remedy) {
  const auto shown = [](std::string_view value) { return value.empty() ? "nothing" : value; };
  return fmt::format(
      "{} and {}: are no shards of one run: {} is {} in the first and {} in the second; {}", a.file,
      b.file, name, shown(of_a), shown(of_b), remedy);
}

template <std::size_t N>
std::string Differing(const std::array<Property, N>& properties, const Record& a, const Record& b,
                      std::string_view remedy) {
  for (const auto& [name, of] : properties) {
    const std::string of_a = of(a);
    const std::string of_b = of(b);
    if (of_a != of_b) return Refusal(a, b, name, of_a, of_b, remedy);
  }
  return "";
}

std::string DifferingFact(const Record& a, const Record& b, std::string_view remedy) {
  const auto value = [](const Fact* fact) {
    return fact == nullptr ? std::string_view("not recorded") : std::string_view(fact->value);
  };
  for (const Record* record : {&a, &b}) {
    for (const Fact& fact : record->facts) {
      const Fact* of_a = FindFact(a, fact.name);
      const Fact* of_b = FindFact(b, fact.name);
      if (!IsCommon(fact) || value(of_a) == value(of_b)) continue;
      return Refusal(a, b, fact.name, value(of_a), value(of_b), remedy);
    }
  }
  return "";
}

}  // namespace

std::string WhyNotOneRun(const record::Record& a, const record::Record& b) {
  constexpr std::string_view kOneSystem =
      "run all shards on systems of one kind, with the same rights";
  std::string why = Differing(kOfSuite, a, b, "run all shards with the same shmspec");
  if (why.empty()) why = Differing(kOfOptions, a, b, "give all shards the same options");
  if (why.empty()) why = Differing(kOfSystem, a, b, kOneSystem);
  if (why.empty()) why = DifferingFact(a, b, kOneSystem);
  return why;
}

}  // namespace shmspec
