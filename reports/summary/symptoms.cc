// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "reports/summary/symptoms.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <map>
#include <optional>
#include <span>

#include "reports/record/plan_in_record.h"
#include "reports/text/plain_text.h"

namespace shmspec::reports {
namespace {

using Group = std::vector<const Sighting*>;  // the shortest plan first

/// The number of fields, and of allowed outcomes, that are named.
constexpr std::size_t kNamed = 3;
/// A number farther away is another value, and its distance means nothing.
constexpr std::int64_t kNear = 1'000'000;

/// Octal modes, hexadecimal keys and large values do not count as numbers here.
std::optional<std::int64_t> NumberIn(const std::string& text) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  return number;
}

/// By how much a number is too high; nothing when it is no number or no near one.
std::optional<std::int64_t> Excess(const Difference& difference) {
  const auto seen = NumberIn(difference.seen);
  const auto allowed = NumberIn(difference.allowed);
  if (!seen || !allowed) return std::nullopt;
  if (*seen > kNear || *seen < -kNear || *allowed > kNear || *allowed < -kNear) {
    return std::nullopt;
  }
  return *seen - *allowed;
}

/// What cases of one group have in common.
std::string KeyOf(const Sighting& sighting) {
  std::string key = fmt::format("{}\n", sighting.status == Status::kFail ? 0 : 1);
  if (sighting.operation.empty()) return fmt::format("{}cause {}", key, NameOf(sighting.cause));
  key += sighting.operation;
  for (const Difference& one : sighting.differences) {
    key += "\n" + one.field;
    if (one.field.empty()) {
      key += one.seen;
      if (one.seen == "success") key += "\n" + one.allowed;
    } else if (const auto excess = Excess(one)) {
      key += *excess > 0 ? " high" : " low";
    }
  }
  return key;
}

/// `success`, `success or EINVAL`, `EACCES or others`: the allowed outcomes, the most frequent
/// first.
std::string AllowedIn(const Group& group, std::size_t index) {
  std::map<std::string, std::size_t> counts;
  for (const Sighting* one : group) ++counts[one->differences[index].allowed];
  std::vector<std::pair<std::string, std::size_t>> ranked(counts.begin(), counts.end());
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text;
  for (std::size_t i = 0; i < ranked.size() && i < kNamed; ++i) {
    text += (text.empty() ? "" : " or ") + ranked[i].first;
  }
  return ranked.size() > kNamed ? text + " or others" : text;
}

std::string DifferenceText(const Group& group, std::size_t index) {
  const Difference& first = group.front()->differences[index];
  if (first.field.empty()) {
    const std::string allowed = AllowedIn(group, index);
    return allowed.empty() ? first.seen : fmt::format("{} instead of {}", first.seen, allowed);
  }
  const auto all = [&](auto&& holds) {
    return std::all_of(group.begin(), group.end(),
                       [&](const Sighting* one) { return holds(one->differences[index]); });
  };
  if (const auto excess = Excess(first)) {
    const char* direction = *excess > 0 ? "high" : "low";
    return all([&](const Difference& one) { return Excess(one) == excess; })
               ? fmt::format("{} {} too {}", first.field, std::abs(*excess), direction)
               : fmt::format("{} too {}", first.field, direction);
  }
  const bool same = all([&](const Difference& one) { return one == first; });
  return fmt::format("{} {}{} instead of {}", first.field, same ? "" : "wrong, such as ",
                     BeginningOf(OneLine(first.seen), 60), BeginningOf(OneLine(first.allowed), 60));
}

std::string WhatOf(const Group& group) {
  const std::size_t count = group.front()->differences.size();
  if (count == 0) return "not as allowed";  // in records that do not say more
  std::string text;
  for (std::size_t i = 0; i < count && i < kNamed; ++i) {
    text += (text.empty() ? "" : ", ") + DifferenceText(group, i);
  }
  if (count > kNamed) {
    text += fmt::format(" and {}", Counted(count - kNamed, "other field", "other fields"));
  }
  return text;
}

Symptom SymptomOf(const Group& group) {
  const Sighting& first = *group.front();
  Symptom symptom{first.status, first.operation, "", {}, first.steps};
  if (first.operation.empty()) {
    symptom.where = first.status == Status::kFail ? "no step alone" : "undecided";
    if (first.cause != Cause::kNone) symptom.what = NameOf(first.cause);
  } else {
    symptom.what = WhatOf(group);
  }
  for (const Sighting* one : group) symptom.tests.push_back(one->test);
  return symptom;
}

}  // namespace

std::string Symptom::Line() const {
  std::string line = where;
  if (!what.empty()) line += ": " + what;
  line += ", " + Counted(tests.size(), "case", "cases");
  return line + (tests.size() == 1 ? ": " : ", shortest: ") + tests.front();
}

std::vector<Symptom> SymptomsOf(const std::vector<Sighting>& sightings) {
  std::map<std::string, Group> groups;
  for (const Sighting& one : sightings) groups[KeyOf(one)].push_back(&one);
  std::vector<Symptom> symptoms;
  for (auto& [key, group] : groups) {
    std::sort(group.begin(), group.end(), [](const Sighting* a, const Sighting* b) {
      return std::tie(a->steps, a->test) < std::tie(b->steps, b->test);
    });
    symptoms.push_back(SymptomOf(group));
  }
  const auto rank = [](const Symptom& one) {
    return std::tuple(one.status != Status::kFail, -static_cast<std::int64_t>(one.tests.size()),
                      one.steps);
  };
  std::stable_sort(symptoms.begin(), symptoms.end(),
                   [&](const Symptom& a, const Symptom& b) { return rank(a) < rank(b); });
  return symptoms;
}

std::vector<std::string> ShortestOfEachFirst(const std::vector<Symptom>& symptoms) {
  std::vector<std::string> tests;
  for (std::size_t i = 0;; ++i) {
    const std::size_t before = tests.size();
    for (const Symptom& one : symptoms) {
      if (i < one.tests.size()) tests.push_back(one.tests[i]);
    }
    if (tests.size() == before) return tests;
  }
}

const Objection* DecidingObjection(std::span<const Objection> objections) {
  const Objection* deciding = nullptr;
  for (const Objection& one : objections) {
    if (one.step != 0 && (deciding == nullptr || one.step <= deciding->step)) deciding = &one;
  }
  return deciding;
}

std::vector<Sighting> SightingsIn(const Record& record) {
  std::vector<Sighting> sightings;
  for (const Test& test : record.tests) {
    if (!IsTrouble(test.status) || test.judgement != Judgement::kUnexpected) continue;
    Sighting& sighting = sightings.emplace_back();
    sighting.test = test.id;
    sighting.status = test.status;
    sighting.cause = test.cause;
    const Result<Plan> plan = PlanIn(test.plan);
    if (plan.ok()) sighting.steps = plan->steps.size();
    const Attempt* attempt = test.deciding();
    if (attempt == nullptr) continue;
    const Objection* objection = DecidingObjection(attempt->objections);
    if (objection == nullptr) continue;
    sighting.operation = objection->operation;
    sighting.differences = objection->differences;
    if (sighting.operation.empty() && plan.ok() && objection->step <= plan->steps.size()) {
      sighting.operation = OperationName(plan->steps[objection->step - 1].operation);
    }
  }
  return sightings;
}

}  // namespace shmspec::reports
