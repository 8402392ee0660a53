// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/record_parts.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/runner/case.h"

namespace shmspec {
namespace {

using Json = nlohmann::ordered_json;

template <class Enum>
Json NamesIn(const std::vector<Enum>& values) {
  Json names = Json::array();
  for (const Enum value : values) names.push_back(NameOf(value));
  return names;
}

/// How a waiver was used in the run.
std::string_view StateOf(const Waiver& waiver, const std::vector<Judgement>& judgements) {
  const auto any = [&](Judgement wanted) {
    return std::find(judgements.begin(), judgements.end(), wanted) != judgements.end();
  };
  if (!waiver.holds) return "elsewhere";
  if (any(Judgement::kStale)) return "stale";
  return any(Judgement::kWaived) ? "used" : "unused";
}

Json WaiverRecord(const Waiver& waiver, const RunResult& result) {
  Json cases = Json::array();
  std::vector<Judgement> judgements;
  for (const CaseRun& run : result.cases) {
    if (run.judged.waiver != waiver.id) continue;
    cases.push_back(run.test_case->id);
    judgements.push_back(run.judged.judgement);
  }
  Json record{{"id", waiver.id}, {"tests", waiver.tests}};
  if (waiver.do_not_run) {
    record["action"] = "do-not-run";
  } else {
    record["expect"] = NamesIn(waiver.expect);
  }
  if (!waiver.cause.empty()) record["cause"] = NamesIn(waiver.cause);
  if (!waiver.when.empty()) record["when"] = waiver.when;
  record["reason"] = waiver.reason;
  record["url"] = waiver.url;
  record["owner"] = waiver.owner;
  if (waiver.kind != WaiverClass::kNotStated) record["class"] = NameOf(waiver.kind);
  record["granted"] = waiver.granted;
  record["expires"] = waiver.expires;
  record["strict"] = waiver.strict;
  if (waiver.at_most) record["at_most"] = *waiver.at_most;
  record["state"] = StateOf(waiver, judgements);
  record["cases"] = cases;
  return record;
}

Json BaselineRecord(const Baseline& baseline) {
  Json gone = Json::array();
  for (const auto& [id, entry] : baseline.cases) {
    if (FindCase(id) == nullptr) gone.push_back(id);
  }
  return {{"file", baseline.file},
          {"sha256", baseline.sha256},
          {"source_id", baseline.source_id},
          {"catalogue_sha256", baseline.catalogue_sha256},
          {"fingerprint", baseline.fingerprint},
          {"cases", baseline.cases.size()},
          {"gone", gone}};
}

Json SpreadRecord(const Spread& spread) {
  return {{"median", spread.median()}, {"least", spread.least()}, {"most", spread.most()}};
}

}  // namespace

Json JudgementRecord(const Judged& judged) {
  Json record{{"verdict", NameOf(judged.judgement)}};
  if (!judged.waiver.empty()) record["waiver"] = judged.waiver;
  if (judged.before) record["baseline"] = NameOf(judged.before->status);
  if (!judged.why.empty()) record["why"] = judged.why;
  return record;
}

Json FlakinessRecord(const Flakiness& flakiness) {
  return {{"flaky", flakiness.flaky()},
          {"attempts", flakiness.attempts},
          {"passed", flakiness.attempts - flakiness.troubled},
          {"flips", flakiness.flips},
          {"flip_rate", flakiness.flip_rate()}};
}

Json ExpectationsRecord(const Expectations& expectations, const RunResult& result) {
  Json record = Json::object();
  if (expectations.waivers) {
    Json entries = Json::array();
    for (const Waiver& waiver : expectations.waivers->entries) {
      entries.push_back(WaiverRecord(waiver, result));
    }
    record["waivers"] = {{"file", expectations.waivers->file},
                         {"sha256", expectations.waivers->sha256},
                         {"entries", entries}};
  }
  if (expectations.baseline) record["baseline"] = BaselineRecord(*expectations.baseline);
  return record;
}

Json ControlsRecord(const RecordedControls& controls) {
  Json faults = Json::array();
  for (const ControlResult& one : controls.results) {
    faults.push_back({{"id", one.fault->id},
                      {"requirement", one.fault->requirement.id()},
                      {"description", one.fault->description},
                      {"caught_by", one.caught_by}});
  }
  return {{"by", controls.by}, {"seed", std::to_string(controls.seed)}, {"faults", faults}};
}

Json MeasurementsRecord(const std::vector<Measurement>& measurements) {
  Json record = Json::array();
  for (const Measurement& one : measurements) {
    Json& entry =
        record.emplace_back(Json{{"name", one.name}, {"unit", one.unit}, {"n", one.values.size()}});
    entry.update(SpreadRecord(one.values));
    if (one.p50.empty()) continue;
    entry["operations"] = one.operations;
    entry["p50"] = SpreadRecord(one.p50);
    entry["p99"] = SpreadRecord(one.p99);
  }
  return record;
}

Json FuzzingRecord(const std::vector<FuzzRun>& runs) {
  Json record = Json::array();
  for (const FuzzRun& run : runs) {
    Json points = Json::array();
    for (const FuzzPoint& point : run.points) {
      points.push_back({{"executions", point.executions},
                        {"coverage", point.coverage},
                        {"features", point.features},
                        {"corpus", point.corpus},
                        {"executions_per_s", point.executions_per_s}});
      if (point.time_s) points.back()["time_s"] = *point.time_s;
    }
    Json& entry = record.emplace_back(
        Json{{"target", run.target}, {"executions", run.executions}, {"findings", run.findings}});
    if (run.duration_s) entry["duration_s"] = *run.duration_s;
    entry["points"] = std::move(points);
  }
  return record;
}

}  // namespace shmspec
