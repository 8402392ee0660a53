// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/summary.h"

#include <map>
#include <string_view>

#include "harness/runner/abilities_inside.h"
#include "harness/runner/conformance.h"
#include "harness/vocabulary/value/sha256.h"

namespace shmspec {
namespace {

using Statuses = std::map<std::string_view, Status>;

/// The result of every requirement that a selected test cites or found violated.
template <class Meant>
Statuses StatusesIn(const record::Record& record, Meant&& meant) {
  Statuses statuses;
  for (const record::Test& test : record.tests) {
    if (!meant(test)) continue;
    for (const auto& [id, status] : test.requirements) {
      const auto [at, fresh] = statuses.emplace(id, status);
      if (!fresh) at->second = Fold(at->second, status);
    }
  }
  return statuses;
}

std::string ConformanceIn(const record::Record& record, const Statuses& statuses) {
  std::vector<RequirementFinding> findings;
  for (const record::RequirementEntry& entry : record.requirements) {
    const auto status = statuses.find(entry.id);
    if (status == statuses.end()) continue;
    findings.push_back({entry.level, AbilitiesAmong(entry.needs), status->second});
  }
  return ConformanceOf(findings, record.run.complete, AbilitiesIn(record.facts));
}

void CountTests(record::Record& record) {
  record.totals = {};
  record.counts.clear();
  record.judgement_counts.clear();
  record.cases = record.tests.size();
  record.flaky = record.attempts = record.rounds = record.steps = 0;
  for (const record::Test& test : record.tests) {
    record.totals.Add(test.standing());
    ++record.counts[test.status];
    ++record.judgement_counts[test.judgement];
    if (test.flakiness && test.flakiness->flaky) ++record.flaky;
    record.attempts += test.attempts.size();
    for (const record::Attempt& attempt : test.attempts) {
      record.rounds += attempt.rounds;
      record.steps += attempt.steps;
    }
  }
}

void JudgeRequirements(record::Record& record) {
  const Statuses statuses = StatusesIn(record, [](const record::Test&) { return true; });
  record.requirement_counts.clear();
  for (record::RequirementEntry& entry : record.requirements) {
    const auto status = statuses.find(entry.id);
    entry.status = status == statuses.end() ? Status::kUntested : status->second;
    ++record.requirement_counts[entry.status];
  }
  record.conformant = ConformanceIn(record, statuses);
  if (record.waivers_sha256.empty()) return;
  record.apart_from_waivers =
      ConformanceIn(record, StatusesIn(record, [](const record::Test& test) {
                      return test.judgement != Judgement::kWaived;
                    }));
}

/// Says how each waiver was used in the run.
void TellUseOfWaivers(record::Record& record) {
  using record::WaiverState;
  for (record::Waiver& waiver : record.waivers) {
    if (!waiver.holds()) continue;
    waiver.state = WaiverState::kUnused;
    waiver.cases.clear();
    for (const record::Test& test : record.tests) {
      if (test.waiver != waiver.id) continue;
      waiver.cases.push_back(test.id);
      if (test.judgement == Judgement::kStale) waiver.state = WaiverState::kStale;
      if (test.judgement == Judgement::kWaived && waiver.state == WaiverState::kUnused) {
        waiver.state = WaiverState::kUsed;
      }
    }
  }
}

}  // namespace

Status Fold(Status a, Status b) {
  // One case that passed outweighs one that could not run.
  for (const Status status : {Status::kFail, Status::kUnresolved, Status::kPass, Status::kObserved,
                              Status::kUnsupported}) {
    if (a == status || b == status) return status;
  }
  return Status::kUntested;
}

std::string FingerprintOf(const std::vector<Fact>& facts) {
  std::string stable;
  for (const Fact& fact : facts) {
    if (fact.stable) stable += fact.name + "=" + fact.value + "\n";
  }
  return Sha256(stable);
}

void Summarise(record::Record& record) {
  record.planned = record.tests.size();
  CountTests(record);
  JudgeRequirements(record);
  TellUseOfWaivers(record);
}

}  // namespace shmspec
