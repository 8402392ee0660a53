// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/vocabulary/value/place.h"
#include "harness/vocabulary/value/sha256.h"
#include "reports/plain_text.h"
#include "reports/record.h"
#include "reports/record_node.h"

namespace shmspec::reports {
namespace {

using Json = nlohmann::ordered_json;

/// The format that this program writes, and the others that it reads.
constexpr std::string_view kFormat = "shmspec-result/2";
constexpr std::string_view kOldFormat = "shmspec-result/1";

void Read(const Node& node, Suite& suite) {
  suite.version = node.Text("version");
  suite.source_id = node.Text("source_id");
  suite.catalogue_sha256 = node.Text("catalogue_sha256");
  suite.compiler = node.At("build").Text("compiler");
  suite.linkage = node.At("build").Text("linkage");
}

void Read(const Node& node, RunFacts& run) {
  run.id = node.Text("id");
  run.argv = node.Texts("argv");
  run.seed = node.Text("seed");
  run.started = node.Text("started");
  run.duration_s = node.Amount("duration_s");
  run.complete = node.Truth("complete");
  if (!run.complete) run.stop_reason = node.Text("stop_reason");
  run.shard_index = node.At("shard").Count("index");
  run.shard_count = node.At("shard").Count("count");
  run.profile = node.Text("profile");
  run.isolation = node.Text("isolation");
  run.jobs = node.Count("jobs");
  run.repeat = node.Count("repeat");
  run.retries = node.CountIfAny("retries");
  run.timeout_ms = node.Count("timeout_ms");
  run.max_rounds = node.Count("max_rounds");
}

void Read(const Node& node, Subject& subject) {
  subject.kind = node.Text("kind");
  subject.name = node.Text("name");
  subject.version = node.Text("version");
  subject.target = node.Text("target");
  subject.build_id = node.TextIfAny("build_id");
  subject.machine = node.TextIfAny("machine");
  subject.libc = node.TextIfAny("libc");
  subject.container = node.TextIfAny("container");
  if (!node.Has("library")) return;
  const Node library = node.At("library");
  subject.library =
      Library{library.Text("name"), library.Text("version"), library.Text("build_id")};
}

void ReadEnvironment(const Node& node, Record& record) {
  record.fingerprint = node.Text("fingerprint");
  node.At("facts").ForEachMember([&](const std::string& name, const Node& fact) {
    record.facts.push_back({name, fact.Text("value"), fact.Text("source"), fact.Truth("stable")});
  });
  node.At("fidelity").ForEachItem([&](const Node& limit) {
    record.limits.push_back({limit.Text("code"), limit.Text("effect")});
  });
}

template <class Named>
std::map<Named, std::uint64_t> CountsOf(const Node& node) {
  std::map<Named, std::uint64_t> counts;
  node.ForEachMember([&](const std::string& name, const Node& count) {
    const auto value = FromName<Named>(name);
    if (!value)
      throw Unreadable{fmt::format("{}: there is no \"{}\"", node.path(), Printable(name))};
    counts[*value] = count.Count();
  });
  return counts;
}

std::string ReadConformance(const Node& node) {
  std::string word = node.Text();
  if (word != "yes" && word != "no" && word != "undetermined") {
    node.Refuse("yes, no or undetermined");
  }
  return word;
}

void ReadSummary(const Node& node, Record& record) {
  record.conformant = ReadConformance(node.At("conformant"));
  record.counts = CountsOf<Status>(node.At("counts"));
  record.requirement_counts = CountsOf<Status>(node.At("requirements"));
  record.rounds = node.At("effort").Count("rounds");
  record.steps = node.At("effort").Count("steps");
  if (record.format == kOldFormat) return;
  if (node.Has("apart_from_waivers")) {
    record.apart_from_waivers = ReadConformance(node.At("apart_from_waivers"));
  }
  record.left_behind = node.TextsIfAny("left_behind");
  const Node totals = node.At("totals");
  record.totals = {totals.Count("passed"), totals.Count("failed"), totals.Count("skipped")};
  record.judgement_counts = CountsOf<Judgement>(node.At("judgements"));
  record.flaky = node.Count("flaky");
  record.attempts = node.At("effort").Count("attempts");
}

RequirementEntry ReadRequirement(const std::string& id, const Node& node) {
  RequirementEntry entry;
  entry.id = id;
  entry.status = node.Word<Status>("status");
  entry.level = node.Word<Level>("level");
  entry.origin = node.Text("origin");
  entry.area = node.Text("area");
  entry.statement = node.Text("statement");
  entry.source = node.Text("source");
  entry.needs = node.Texts("needs");
  entry.divergence = node.Texts("divergence");
  entry.cases = node.Count("cases");
  entry.touched = node.Truth("touched");
  return entry;
}

Attempt ReadAttempt(const Node& node) {
  Attempt attempt;
  attempt.status = node.Word<Status>("status");
  attempt.started_s = node.Has("started_s") ? node.Amount("started_s") : 0;
  attempt.duration_s = node.Amount("duration_s");
  attempt.retry = node.Has("retry") && node.Truth("retry");
  attempt.rounds = node.Count("rounds");
  attempt.steps = node.Count("steps");
  attempt.worlds = node.CountIfAny("worlds");
  attempt.seed = node.TextIfAny("seed");
  attempt.cause = node.TextIfAny("cause");
  attempt.reason = node.TextIfAny("reason");
  attempt.excerpt = node.TextIfAny("excerpt");
  attempt.trace = node.TextIfAny("trace");
  attempt.residue = node.TextsIfAny("residue");
  if (!node.Has("objections")) return attempt;
  node.At("objections").ForEachItem([&](const Node& item) {
    Objection& objection = attempt.objections.emplace_back();
    objection.by = item.Text("by");
    objection.step = item.Has("step") ? item.Count("step") : 0;
    objection.operation = item.TextIfAny("operation");
    objection.seen = item.Text("seen");
    item.At("allowed").ForEachItem([&](const Node& one) {
      objection.allowed.push_back({one.Text("outcome"), one.TextIfAny("why")});
    });
    if (!item.Has("differences")) return;
    item.At("differences").ForEachItem([&](const Node& one) {
      objection.differences.push_back(
          {one.TextIfAny("field"), one.Text("seen"), one.Text("allowed")});
    });
  });
  return attempt;
}

void ReadJudgement(const Node& node, Test& test) {
  test.judgement = node.Word<Judgement>("verdict");
  test.waiver = node.TextIfAny("waiver");
  if (node.Has("baseline")) test.baseline = node.Word<Status>("baseline");
  test.why = node.TextIfAny("why");
}

Flakiness ReadFlakiness(const Node& node) {
  Flakiness flakiness;
  flakiness.flaky = node.Truth("flaky");
  flakiness.attempts = node.Count("attempts");
  flakiness.passed = node.Count("passed");
  flakiness.flips = node.Count("flips");
  flakiness.flip_rate = node.Amount("flip_rate");
  return flakiness;
}

Test ReadTest(const Node& node) {
  Test test;
  test.id = node.Text("id");
  node.At("requirements").ForEachItem([&](const Node& one) {
    test.requirements.emplace_back(one.Text("id"), one.Word<Status>("status"));
  });
  test.status = node.Word<Status>("status");
  ReadJudgement(node.At("judgement"), test);
  if (node.Has("flakiness")) test.flakiness = ReadFlakiness(node.At("flakiness"));
  test.cause = node.TextIfAny("cause");
  test.reason = node.TextIfAny("reason");
  test.file = node.At("location").Text("file");
  test.line = node.At("location").Count("line");
  node.At("attempts").ForEachItem([&](const Node& attempt) {
    test.attempts.push_back(ReadAttempt(attempt));
  });
  test.observed = node.TextsIfAny("observed");
  if (node.Has("histograms")) {
    node.At("histograms").ForEachItem([&](const Node& one) {
      test.histograms.push_back(ReadHistogram(one));
    });
  }
  if (!node.Has("repro")) return test;
  test.command = node.At("repro").Text("command");
  test.replay = node.At("repro").TextIfAny("replay");
  test.plan = node.At("repro").Text("plan");
  return test;
}

/// The format, one that this program reads.
std::string ReadFormat(const Node& document) {
  if (!document.Has("format")) throw Unreadable{"is no record of shmspec: it names no format"};
  const std::string format = document.Text("format");
  if (format == kFormat || format == kOldFormat) return format;
  const bool ours = format.starts_with("shmspec-result/");
  throw Unreadable{fmt::format("is of format \"{}\" and this program reads {} and {}{}",
                               Printable(format), kOldFormat, kFormat,
                               ours ? "; use the shmspec that made it, or a newer one" : "")};
}

/// Computes what format 1 leaves out: it has no waivers and no baselines.
void CompleteOldRecord(Record& record) {
  for (const Test& test : record.tests) {
    ++record.judgement_counts[test.judgement];
    record.attempts += test.attempts.size();
  }
  record.totals = TotalsOf(record);
}

Record ReadDocument(const Node& document) {
  Record record;
  record.format = ReadFormat(document);
  Read(document.At("suite"), record.suite);
  Read(document.At("run"), record.run);
  ReadEnvironment(document.At("environment"), record);
  Read(document.At("subject"), record.subject);
  record.selection = document.At("selection").Text("expression");
  record.planned = document.At("selection").Count("planned");
  record.excluded = document.At("selection").Count("excluded");
  ReadSummary(document.At("summary"), record);
  document.At("areas").ForEachMember([&](const std::string& id, const Node& area) {
    record.areas.push_back({id, area.Text("title"), area.Text("chapter")});
  });
  document.At("requirements").ForEachMember([&](const std::string& id, const Node& entry) {
    record.requirements.push_back(ReadRequirement(id, entry));
  });
  std::sort(record.requirements.begin(), record.requirements.end(),
            [](const auto& a, const auto& b) { return a.id < b.id; });
  document.At("tests").ForEachItem(
      [&](const Node& test) { record.tests.push_back(ReadTest(test)); });
  if (record.format == kOldFormat) {
    CompleteOldRecord(record);
    return record;
  }
  ReadExpectations(document.At("expectations"), record);
  if (document.Has("controls")) record.controls = ReadControls(document.At("controls"));
  if (document.Has("measurements")) {
    document.At("measurements").ForEachItem([&](const Node& one) {
      record.measurements.push_back(ReadMeasurement(one));
    });
  }
  if (document.Has("fuzzing")) {
    document.At("fuzzing").ForEachItem(
        [&](const Node& one) { record.fuzzing.push_back(ReadFuzzRun(one)); });
  }
  return record;
}

}  // namespace

Result<Record> ReadRecord(std::string_view text, const std::string& file) {
  try {
    const std::string valid = ValidUtf8(text);
    Record record;
    try {
      record = ReadDocument(Node(Json::parse(valid), ""));
    } catch (const Json::parse_error& error) {
      // Parse errors count bytes from 1 and point behind what they have read.
      const std::size_t byte = error.byte == 0 ? 0 : error.byte - 1;
      return Error{fmt::format(
          "{}: {}", PlaceOf(valid, byte, file),
          byte >= valid.size() ? "the record ends here, in the middle" : "this is not JSON")};
    } catch (const Json::out_of_range&) {
      return Error{fmt::format("{}: has a number that is too large for any field", file)};
    }
    record.file = file;
    record.sha256 = Sha256(text);
    if (const std::string found = ContradictionIn(record); !found.empty()) {
      return Error{fmt::format("{}: contradicts itself: {}", file, Printable(found))};
    }
    return record;
  } catch (const Unreadable& unreadable) {
    return Error{fmt::format("{}: {}", file, unreadable.message)};
  }
}

}  // namespace shmspec::reports
