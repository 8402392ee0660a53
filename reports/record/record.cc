// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "reports/record/record.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <set>
#include <utility>

namespace shmspec::reports {
namespace {

std::string Shown(const std::map<Status, std::uint64_t>& counts) {
  std::string text;
  for (const auto& [status, count] : counts) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, NameOf(status));
  }
  return text.empty() ? "none" : text;
}

std::string CountsDiffer(const Record& record) {
  if (!record.run.complete && record.run.stop_reason.empty()) {
    return "the run is incomplete and has no stop_reason";
  }
  std::map<Status, std::uint64_t> cases;
  for (const Test& test : record.tests) ++cases[test.status];
  if (cases != record.counts) {
    return fmt::format("the summary counts {} but the cases are {}", Shown(record.counts),
                       Shown(cases));
  }
  std::map<Status, std::uint64_t> requirements;
  for (const RequirementEntry& entry : record.requirements) ++requirements[entry.status];
  if (requirements != record.requirement_counts) {
    return fmt::format("the summary counts requirements {} but they are {}",
                       Shown(record.requirement_counts), Shown(requirements));
  }
  if (record.planned != record.tests.size()) {
    return fmt::format("{} cases were planned and {} are recorded", record.planned,
                       record.tests.size());
  }
  return "";
}

std::string JudgementsContradict(const Record& record) {
  std::map<Judgement, std::uint64_t> judgements;
  std::uint64_t flaky = 0;
  for (const Test& test : record.tests) {
    ++judgements[test.judgement];
    if (test.flakiness && test.flakiness->flaky) ++flaky;
    const bool excused = test.judgement == Judgement::kWaived || test.baseline.has_value();
    if (test.judgement == Judgement::kExpected && IsTrouble(test.status) && !excused) {
      return fmt::format("case {} is {} and was expected to be, by nothing that the record has",
                         test.id, NameOf(test.status));
    }
    const auto waiver = std::find_if(record.waivers.begin(), record.waivers.end(),
                                     [&](const Waiver& entry) { return entry.id == test.waiver; });
    const bool by_waiver =
        test.judgement == Judgement::kWaived || test.judgement == Judgement::kStale;
    if ((by_waiver || !test.waiver.empty()) && waiver == record.waivers.end()) {
      return fmt::format("case {} is {} by waiver \"{}\", which the record does not have", test.id,
                         NameOf(test.judgement), test.waiver);
    }
  }
  if (judgements != record.judgement_counts) return "the summary counts other judgements";
  if (TotalsOf(record) != record.totals) return "the totals in the summary are others";
  if (flaky != record.flaky) {
    return fmt::format("the summary counts {} flaky cases and there are {}", record.flaky, flaky);
  }
  return "";
}

std::string TestContradicts(const Record& record) {
  std::set<std::string_view> seen;
  for (const Test& test : record.tests) {
    if (!seen.insert(test.id).second) return fmt::format("case {} is there twice", test.id);
    if (test.status != Status::kUntested && test.deciding() == nullptr) {
      return fmt::format("case {} is {} and no attempt at it was", test.id, NameOf(test.status));
    }
    const bool failed =
        std::any_of(test.attempts.begin(), test.attempts.end(),
                    [](const Attempt& attempt) { return attempt.status == Status::kFail; });
    if (failed && test.status != Status::kFail) {
      return fmt::format("case {} is {} and an attempt at it failed", test.id, NameOf(test.status));
    }
    for (const auto& [id, status] : test.requirements) {
      const RequirementEntry* entry = record.FindEntry(id);
      if (entry == nullptr) {
        return fmt::format("case {} is about requirement {}, which the record does not have",
                           test.id, id);
      }
      if ((status == Status::kFail) && entry->status != Status::kFail) {
        return fmt::format("requirement {} is {} and case {} found it violated", id,
                           NameOf(entry->status), test.id);
      }
    }
  }
  return "";
}

/// Whether every round ended in one way, and each way is there once and was seen.
bool AddsUp(const LitmusHistogram& histogram) {
  std::set<std::string_view> seen;
  std::uint64_t left = histogram.rounds;  // a sum might wrap
  for (const SeenEnding& one : histogram.endings) {
    if (!seen.insert(one.ending).second || one.rounds == 0 || one.rounds > left) return false;
    left -= one.rounds;
  }
  return left == 0;
}

std::string HistogramContradicts(const Record& record) {
  for (const Test& test : record.tests) {
    for (const LitmusHistogram& histogram : test.histograms) {
      for (const LitmusBranch& branch : histogram.branches) {
        if (std::has_single_bit(branch.width) && branch.width <= 8) continue;
        return fmt::format("an access of {} bytes in the litmus test {}", branch.width,
                           histogram.test);
      }
      if (AddsUp(histogram)) continue;
      return fmt::format(
          "the endings of the litmus test {} in case {} do not add up to its {} rounds",
          histogram.test, test.id, histogram.rounds);
    }
  }
  return "";
}

bool IsInOrder(const Spread& spread) {
  return spread.least <= spread.median && spread.median <= spread.most;
}

/// Whether figures are in the order that their meaning demands.
std::string FigureContradicts(const Record& record) {
  for (const Measurement& one : record.measurements) {
    if (one.p50.has_value() != one.p99.has_value() || one.p50.has_value() != (one.operations > 0)) {
      return fmt::format("{} has only some of operations, p50 and p99", one.name);
    }
    const bool spread =
        IsInOrder(one.mean) && (!one.p50 || (IsInOrder(*one.p50) && IsInOrder(*one.p99)));
    if (!spread) return fmt::format("the median of {} is not between its least and most", one.name);
    if (one.p50 && one.p50->median > one.p99->median) {
      return fmt::format("p50 of {} is more than its p99", one.name);
    }
  }
  for (const FuzzRun& run : record.fuzzing) {
    std::uint64_t last = 0;
    std::uint64_t last_s = 0;
    for (const FuzzPoint& point : run.points) {
      const std::uint64_t time_s = point.time_s.value_or(last_s);
      if (point.executions < std::exchange(last, point.executions) ||
          time_s < std::exchange(last_s, time_s) || time_s > run.duration_s.value_or(time_s)) {
        return fmt::format("the points of fuzz target {} are not in order", run.target);
      }
    }
    if (last > run.executions) {
      return fmt::format("fuzz target {} has a point after its last execution", run.target);
    }
  }
  return "";
}

std::string RequirementContradicts(const Record& record) {
  std::set<std::pair<std::string_view, Status>> reported;
  for (const Test& test : record.tests) {
    for (const auto& [id, status] : test.requirements) reported.emplace(id, status);
  }
  for (const RequirementEntry& entry : record.requirements) {
    if (entry.status != Status::kUntested && !reported.contains({entry.id, entry.status})) {
      return fmt::format("requirement {} is {} and no case found that", entry.id,
                         NameOf(entry.status));
    }
    const auto area = std::find_if(record.areas.begin(), record.areas.end(),
                                   [&](const Area& one) { return one.id == entry.area; });
    if (area == record.areas.end()) {
      return fmt::format("requirement {} is of area {}, which the record does not have", entry.id,
                         entry.area);
    }
  }
  return "";
}

std::string VerdictContradicts(const Record& record) {
  const bool violated = std::any_of(
      record.requirements.begin(), record.requirements.end(), [](const RequirementEntry& entry) {
        return entry.level == Level::kMust && entry.status == Status::kFail;
      });
  if (violated != (record.conformant == "no")) {
    return fmt::format("the summary says conformant: {} and {} must requirement failed",
                       record.conformant, violated ? "a" : "no");
  }
  return "";
}

std::string SubjectLabel(const Subject& subject) {
  if (subject.kind == "simulated") return subject.target;
  const std::string wrapper = WrapperOf(subject);
  return fmt::format("{} {} through {}", subject.name, subject.version,
                     wrapper.empty() ? subject.target : wrapper);
}

std::string LabelOf(const Record& record) {
  const auto launcher = std::find_if(record.facts.begin(), record.facts.end(),
                                     [](const Fact& one) { return one.name == kLauncherFact; });
  if (launcher == record.facts.end()) return SubjectLabel(record.subject);
  // One that brought nothing back leaves it unknown what is there.
  if (record.facts.size() == 1) return launcher->value;
  return fmt::format("{}: {}", launcher->value, SubjectLabel(record.subject));
}

}  // namespace

std::string WrapperOf(const Subject& subject) {
  if (!subject.library) return "";
  const std::string library = subject.library->name + " " + subject.library->version;
  return library == subject.libc ? "" : library;
}

std::vector<std::string> LabelsOf(std::span<const Record> records) {
  std::vector<std::string> labels;
  std::multiset<std::string> seen;
  for (const Record& record : records) seen.insert(LabelOf(record));
  for (std::size_t i = 0; i < records.size(); ++i) {
    std::string label = LabelOf(records[i]);
    if (seen.count(label) > 1) label += fmt::format(" ({}: {})", i + 1, records[i].file);
    labels.push_back(std::move(label));
  }
  return labels;
}

Totals TotalsOf(const Record& record) {
  Totals totals;
  for (const Test& test : record.tests) totals.Add(test.standing());
  return totals;
}

std::string ContradictionIn(const Record& record) {
  for (const auto find : {CountsDiffer, TestContradicts, HistogramContradicts, FigureContradicts,
                          RequirementContradicts, VerdictContradicts, JudgementsContradict}) {
    if (std::string found = find(record); !found.empty()) return found;
  }
  return "";
}

}  // namespace shmspec::reports
