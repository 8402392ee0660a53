// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "reports/diff.h"

#include <fmt/format.h>

#include <map>
#include <optional>

#include "reports/plain_text.h"

namespace shmspec::reports {
namespace {

/// What two maps have under each key, where that differs.
template <class Value, class Visit>
std::size_t ForEachDifference(const std::map<std::string, Value>& before,
                              const std::map<std::string, Value>& after, Visit&& visit) {
  std::map<std::string, std::pair<std::optional<Value>, std::optional<Value>>> both;
  for (const auto& [key, value] : before) both[key].first = value;
  for (const auto& [key, value] : after) both[key].second = value;
  std::size_t differing = 0;
  for (const auto& [key, values] : both) {
    if (values.first == values.second) continue;
    ++differing;
    visit(key, values.first, values.second);
  }
  return differing;
}

std::map<std::string, std::string> CircumstancesOf(const Record& record) {
  std::map<std::string, std::string> circumstances{
      {"target", record.subject.target},
      {"subject", record.subject.name},
      {"version", record.subject.version},
      {"profile", record.run.profile},
      {"isolation", record.run.isolation},
      {"suite", record.suite.version},
      {"built from", record.suite.source_id},
      {"selection", record.selection},
      {"catalogue", record.suite.catalogue_sha256.substr(0, 12)}};
  for (const Fact& fact : record.facts) {
    if (fact.stable) circumstances[fact.name] = fact.value;
  }
  return circumstances;
}

std::string Shown(const std::optional<std::string>& value) {
  if (!value) return "not recorded";
  return value->empty() ? "nothing" : OneLine(*value);
}

std::string Shown(const std::optional<Status>& status) {
  return status ? std::string(NameOf(*status)) : "not there";
}

std::map<std::string, Status> RequirementsOf(const Record& record) {
  std::map<std::string, Status> statuses;
  for (const RequirementEntry& entry : record.requirements) statuses[entry.id] = entry.status;
  return statuses;
}

std::map<std::string, Status> CasesOf(const Record& record) {
  std::map<std::string, Status> statuses;
  for (const Test& test : record.tests) statuses[test.id] = test.status;
  return statuses;
}

/// Why a case came to what it came to, when the record says.
std::string ReasonIn(const Record& record, const std::string& id) {
  for (const Test& test : record.tests) {
    if (test.id == id && !test.reason.empty()) return "    " + OneLine(test.reason) + "\n";
  }
  return "";
}

}  // namespace

Difference DifferenceOf(const Record& before, const Record& after) {
  std::string circumstances;
  ForEachDifference(CircumstancesOf(before), CircumstancesOf(after),
                    [&](const std::string& name, const auto& a, const auto& b) {
                      circumstances += fmt::format("  {}: {} before, {} after\n", OneLine(name),
                                                   Shown(a), Shown(b));
                    });
  std::string requirements;
  const std::size_t changed = ForEachDifference(
      RequirementsOf(before), RequirementsOf(after),
      [&](const std::string& id, const auto& a, const auto& b) {
        const RequirementEntry* entry = b ? after.FindEntry(id) : before.FindEntry(id);
        requirements +=
            fmt::format("  {}: {} before, {} after ({})\n    {}\n", OneLine(id), Shown(a), Shown(b),
                        NameOf(entry->level), OneLine(entry->statement));
      });
  std::string cases;
  const std::size_t moved = ForEachDifference(
      CasesOf(before), CasesOf(after), [&](const std::string& id, const auto& a, const auto& b) {
        cases += fmt::format("  {}: {} before, {} after\n{}", OneLine(id), Shown(a), Shown(b),
                             ReasonIn(b ? after : before, id));
      });
  Difference difference;
  difference.results = changed + moved > 0;
  if (!circumstances.empty()) difference.text += "Circumstances\n" + circumstances;
  if (changed > 0) difference.text += "Requirements\n" + requirements;
  if (moved > 0) difference.text += "Cases\n" + cases;
  difference.text += difference.results
                         ? fmt::format("{} requirements and {} cases differ\n", changed, moved)
                         : "every requirement and every case came to the same\n";
  return difference;
}

}  // namespace shmspec::reports
