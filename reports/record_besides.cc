// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "reports/record_node.h"

namespace shmspec::reports {
namespace {

WaiverEntry ReadWaiver(const Node& node) {
  WaiverEntry waiver;
  waiver.id = node.Text("id");
  waiver.tests = node.Texts("tests");
  waiver.expect = node.TextsIfAny("expect");
  waiver.do_not_run = node.Has("action");
  waiver.cause = node.TextsIfAny("cause");
  waiver.when = node.TextIfAny("when");
  waiver.reason = node.Text("reason");
  waiver.url = node.Text("url");
  waiver.owner = node.Text("owner");
  waiver.kind = node.TextIfAny("class");
  waiver.granted = node.Text("granted");
  waiver.expires = node.Text("expires");
  waiver.strict = node.Truth("strict");
  if (node.Has("at_most")) waiver.at_most = node.Amount("at_most");
  waiver.state = node.Text("state");
  waiver.cases = node.Texts("cases");
  return waiver;
}

BaselineEntry ReadBaseline(const Node& node) {
  BaselineEntry baseline;
  baseline.file = node.Text("file");
  baseline.sha256 = node.Text("sha256");
  baseline.source_id = node.Text("source_id");
  baseline.catalogue_sha256 = node.Text("catalogue_sha256");
  baseline.fingerprint = node.Text("fingerprint");
  baseline.cases = node.Count("cases");
  baseline.gone = node.Texts("gone");
  return baseline;
}

Spread ReadSpread(const Node& node) {
  return {node.Amount("median"), node.Amount("least"), node.Amount("most")};
}

}  // namespace

void ReadExpectations(const Node& node, Record& record) {
  if (node.Has("waivers")) {
    const Node waivers = node.At("waivers");
    record.waivers_file = waivers.Text("file");
    waivers.At("entries").ForEachItem(
        [&](const Node& one) { record.waivers.push_back(ReadWaiver(one)); });
  }
  if (node.Has("baseline")) record.baseline = ReadBaseline(node.At("baseline"));
}

Controls ReadControls(const Node& node) {
  Controls controls;
  controls.by = node.Text("by");
  controls.seed = node.Text("seed");
  node.At("faults").ForEachItem([&](const Node& fault) {
    controls.faults.push_back({fault.Text("id"), fault.Text("requirement"),
                               fault.Text("description"), fault.Texts("caught_by")});
  });
  return controls;
}

Measurement ReadMeasurement(const Node& node) {
  Measurement measurement;
  measurement.name = node.Text("name");
  measurement.unit = node.Text("unit");
  measurement.n = node.Count("n");
  measurement.mean = ReadSpread(node);
  if (node.Has("p50")) {
    measurement.operations = node.Count("operations");
    measurement.p50 = ReadSpread(node.At("p50"));
    measurement.p99 = ReadSpread(node.At("p99"));
  }
  return measurement;
}

FuzzRun ReadFuzzRun(const Node& node) {
  const auto count_if_any = [](const Node& owner, const char* key) {
    return owner.Has(key) ? std::optional(owner.Count(key)) : std::nullopt;
  };
  FuzzRun run;
  run.target = node.Text("target");
  run.executions = node.Count("executions");
  run.duration_s = count_if_any(node, "duration_s");
  run.findings = node.Count("findings");
  node.At("points").ForEachItem([&](const Node& point) {
    run.points.push_back({point.Count("executions"), point.Count("coverage"),
                          point.Count("features"), point.Count("corpus"),
                          point.Count("executions_per_s"), count_if_any(point, "time_s")});
  });
  if (run.points.empty()) node.At("points").Refuse("at least one point");
  return run;
}

LitmusHistogram ReadHistogram(const Node& node) {
  LitmusHistogram histogram;
  histogram.test = node.Text("test");
  histogram.rounds = node.Count("rounds");
  node.At("endings").ForEachItem([&](const Node& one) {
    histogram.endings.push_back({one.Text("ending"), one.Count("rounds")});
  });
  if (node.Has("branches")) {
    node.At("branches").ForEachItem([&](const Node& one) {
      histogram.branches.push_back({one.Count("width"), one.Count("offset")});
      const std::uint64_t width = histogram.branches.back().width;
      if (width != 1 && width != 2 && width != 4 && width != 8) {
        one.At("width").Refuse("1, 2, 4 or 8");
      }
    });
  }
  if (node.Has("primes")) histogram.same_primes = node.Text("primes") == "same";
  if (node.Has("technique")) histogram.technique = node.Text("technique");
  if (node.Has("sought")) {
    const Node sought = node.At("sought");
    histogram.sought = {sought.Text("ending"), sought.Count("hits"), sought.Count("rounds")};
    if (histogram.sought->rounds == 0) sought.At("rounds").Refuse("at least one round");
  }
  return histogram;
}

}  // namespace shmspec::reports
