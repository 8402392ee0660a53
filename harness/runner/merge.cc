// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/merge.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "harness/runner/record.h"
#include "harness/runner/same_run.h"
#include "harness/runner/selection.h"
#include "harness/runner/summary.h"
#include "harness/vocabulary/value/instant.h"
#include "harness/vocabulary/value/sha256.h"

namespace shmspec {
namespace {

using record::Record;
using Records = std::vector<Record>;

Shard ShardOf(const Record& record) {
  return {static_cast<std::uint32_t>(record.run.shard_index),
          static_cast<std::uint32_t>(record.run.shard_count)};
}

constexpr auto kMostShards = std::numeric_limits<decltype(Shard::count)>::max();
constexpr std::size_t kNamed = 5;  // the number of shards that are named of a longer list

/// `shard 2 of 3`.
std::string Called(const Record& record) {
  return fmt::format("shard {} of {}", record.run.shard_index, record.run.shard_count);
}

Result<void> CheckIsShard(const Record& record) {
  const record::RunFacts& run = record.run;
  const auto refuse = [&](std::string_view why) {
    return Error{fmt::format("{}: is no shard of a run: {}", record.file, why)};
  };
  if (!run.merged_from.empty()) return refuse("it was merged from shards already");
  if (run.shard_count == 1) return refuse("it is of a whole one; run --shard i/n makes shards");
  if (run.shard_index > run.shard_count || run.shard_count > kMostShards) {
    return refuse("it calls itself " + Called(record));
  }
  if (run.shard_cases == 0) {
    return refuse("it does not say how many cases all have; run them with this shmspec");
  }
  if (run.shard_cases > record.planned + record.excluded) {
    return refuse(fmt::format("all shards have {} cases and the suite has {}", run.shard_cases,
                              record.planned + record.excluded));
  }
  if (!ParseInstant(run.started)) return refuse("it does not say when it began");
  return {};
}

/// Expects shards of one run, in their order.
Result<void> CheckAllThere(const Records& shards) {
  for (std::size_t i = 1; i < shards.size(); ++i) {
    if (shards[i - 1].run.shard_index != shards[i].run.shard_index) continue;
    return Error{fmt::format("{} and {}: both are {}; name each shard once", shards[i - 1].file,
                             shards[i].file, Called(shards[i]))};
  }
  // A shard without a case leaves no record.
  const record::RunFacts& run = shards.front().run;
  const std::uint64_t needed = std::min(run.shard_count, run.shard_cases);
  if (shards.size() == needed) return {};
  std::vector<std::uint64_t> missing;
  auto next = shards.begin();
  for (std::uint64_t index = 1; index <= needed && missing.size() < kNamed; ++index) {
    if (next != shards.end() && next->run.shard_index == index) {
      ++next;
    } else {
      missing.push_back(index);
    }
  }
  std::vector<std::string> there;
  for (const Record& shard : shards) {
    there.push_back(fmt::format("{} is shard {}", shard.file, shard.run.shard_index));
    if (there.size() == kNamed) break;
  }
  return Error{fmt::format("{}{} of {}; missing: shard {}{}; name the record of every shard",
                           fmt::join(there, ", "), shards.size() > kNamed ? " and so on" : "",
                           run.shard_count, fmt::join(missing, ", "),
                           needed - shards.size() > kNamed ? " and more" : "")};
}

/// Whether each has the cases that it must have, and no other has them.
Result<void> CheckCases(const Records& shards) {
  std::map<std::string_view, const Record*> seen;
  for (const Record& shard : shards) {
    const std::size_t expected = SizeOf(ShardOf(shard), shard.run.shard_cases);
    if (shard.tests.size() != expected) {
      return Error{fmt::format("{}: has {} cases; {} has {} of the {}", shard.file,
                               shard.tests.size(), Called(shard), expected, shard.run.shard_cases)};
    }
    for (const record::Test& test : shard.tests) {
      const auto [at, fresh] = seen.emplace(test.id, &shard);
      if (fresh) continue;
      return Error{
          fmt::format("{} and {}: both have case {}; shards of one run have none in common",
                      at->second->file, shard.file, test.id)};
    }
  }
  return {};
}

/// What a run was given besides its cases, and nothing is judged by: it may be given to one shard,
/// since to do the same work once for each is of no use, or to several.
template <class T>
Result<void> MergeGiven(const Records& shards, T Record::*given, std::string_view name,
                        Record& to) {
  const Record* giver = nullptr;
  for (const Record& shard : shards) {
    if (shard.*given == T{}) continue;
    if (giver != nullptr && giver->*given != shard.*given) {
      return Error{
          fmt::format("{} and {}: are no shards of one run: {} differ; give them to one shard",
                      giver->file, shard.file, name)};
    }
    giver = &shard;
  }
  if (giver != nullptr) to.*given = giver->*given;
  return {};
}

std::int64_t StartOf(const Record& record) { return *ParseInstant(record.run.started); }

/// The command of a run without shards.
std::vector<std::string> WithoutShard(const std::vector<std::string>& argv) {
  std::vector<std::string> rest;
  for (auto word = argv.begin(); word != argv.end(); ++word) {
    if (*word == "--shard" && word + 1 != argv.end()) {
      ++word;
    } else if (!word->starts_with("--shard=")) {
      rest.push_back(*word);
    }
  }
  return rest;
}

/// An id that is the same for the same shards.
std::string IdOf(const Records& shards) {
  std::string ids;
  for (const Record& shard : shards) {
    if (shard.run.id == kNoUuid) return std::string(kNoUuid);
    ids += shard.run.id + "\n";
  }
  const std::string hash = Sha256(ids);
  // Version 8 of RFC 9562: what is in it is up to its maker.
  return fmt::format("{}-{}-8{}-8{}-{}", hash.substr(0, 8), hash.substr(8, 4), hash.substr(12, 3),
                     hash.substr(15, 3), hash.substr(18, 12));
}

record::RunFacts MergedRun(const Records& shards) {
  const Record& earliest =
      *std::min_element(shards.begin(), shards.end(),
                        [](const Record& a, const Record& b) { return StartOf(a) < StartOf(b); });
  record::RunFacts run = shards.front().run;
  run.id = IdOf(shards);
  run.argv = WithoutShard(run.argv);
  run.started = earliest.run.started;
  run.stop_reason.clear();
  run.shard_index = run.shard_count = 1;
  run.shard_cases = 0;
  for (const Record& shard : shards) {
    const auto later_s = static_cast<double>(StartOf(shard) - StartOf(earliest));
    run.duration_s = std::max(run.duration_s, later_s + shard.run.duration_s);
    run.merged_from.push_back(shard.run.id);
    if (shard.run.complete) continue;
    run.complete = false;
    run.stop_reason += fmt::format("{}{}: {}", run.stop_reason.empty() ? "" : "; ", Called(shard),
                                   shard.run.stop_reason);
  }
  return run;
}

/// The facts of all shards; where the values of one differ, each of them.
std::vector<Fact> MergedFacts(const Records& shards) {
  std::vector<Fact> facts;
  std::map<std::string_view, std::vector<std::string>> values;
  for (const Record& shard : shards) {
    for (const Fact& fact : shard.facts) {
      std::vector<std::string>& known = values[fact.name];
      if (known.empty()) facts.push_back(fact);
      if (std::find(known.begin(), known.end(), fact.value) == known.end()) {
        known.push_back(fact.value);
      }
    }
  }
  for (Fact& fact : facts) fact.value = fmt::format("{}", fmt::join(values[fact.name], "; "));
  return facts;
}

/// Adds what a shard alone knows besides its tests.
void AddShard(const Record& shard, Record& to) {
  for (const record::Restriction& one : shard.restrictions) {
    const bool known = std::any_of(
        to.restrictions.begin(), to.restrictions.end(),
        [&](const auto& other) { return one.code == other.code && one.effect == other.effect; });
    if (!known) to.restrictions.push_back(one);
  }
  to.left_behind.insert(to.left_behind.end(), shard.left_behind.begin(), shard.left_behind.end());
  for (record::RequirementEntry& entry : to.requirements) {
    const record::RequirementEntry* of_shard = shard.FindEntry(entry.id);
    entry.touched = entry.touched || (of_shard != nullptr && of_shard->touched);
  }
}

/// The tests of all shards in the order of a run without shards; attempts count the time from its
/// start.
std::vector<record::Test> MergedTests(Records& shards, std::int64_t start_s) {
  std::vector<record::Test> tests(shards.front().run.shard_cases);
  for (Record& shard : shards) {
    const auto later_s = static_cast<double>(StartOf(shard) - start_s);
    for (std::size_t i = 0; i < shard.tests.size(); ++i) {
      record::Test& test = tests[PlaceInAll(ShardOf(shard), i)];
      test = std::move(shard.tests[i]);
      for (record::Attempt& attempt : test.attempts) attempt.started_s += later_s;
    }
  }
  return tests;
}

}  // namespace

Result<record::Record> MergeShards(std::vector<record::Record> shards) {
  for (const record::Record& shard : shards) {
    if (auto checked = CheckIsShard(shard); !checked.ok()) return checked.error();
  }
  std::sort(shards.begin(), shards.end(), [](const record::Record& a, const record::Record& b) {
    return std::pair(a.run.shard_index, a.file) < std::pair(b.run.shard_index, b.file);
  });
  for (const record::Record& shard : shards) {
    if (const std::string why = WhyNotOneRun(shards.front(), shard); !why.empty()) {
      return Error{why};
    }
  }
  for (const auto check : {CheckAllThere, CheckCases}) {
    if (auto checked = check(shards); !checked.ok()) return checked.error();
  }
  record::Record merged = shards.front();
  merged.file.clear();
  merged.sha256.clear();
  for (const auto& given :
       {MergeGiven(shards, &record::Record::controls, "the negative controls", merged),
        MergeGiven(shards, &record::Record::measurements, "the measurements", merged),
        MergeGiven(shards, &record::Record::fuzzing, "the logs of fuzzers", merged)}) {
    if (!given.ok()) return given.error();
  }
  merged.run = MergedRun(shards);
  merged.facts = MergedFacts(shards);
  merged.fingerprint = FingerprintOf(merged.facts);
  merged.excluded = merged.planned + merged.excluded - shards.front().run.shard_cases;
  for (std::size_t i = 1; i < shards.size(); ++i) AddShard(shards[i], merged);
  merged.tests = MergedTests(shards, StartOf(merged));
  Summarise(merged);
  return merged;
}

}  // namespace shmspec
