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
  measurement.median = node.Amount("median");
  measurement.least = node.Amount("least");
  measurement.most = node.Amount("most");
  return measurement;
}

LitmusHistogram ReadHistogram(const Node& node) {
  LitmusHistogram histogram;
  histogram.test = node.Text("test");
  histogram.rounds = node.Count("rounds");
  node.At("endings").ForEachItem([&](const Node& one) {
    histogram.endings.push_back({one.Text("ending"), one.Count("rounds")});
  });
  return histogram;
}

}  // namespace shmspec::reports
