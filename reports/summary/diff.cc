// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "reports/summary/diff.h"

#include <fmt/format.h>

#include <map>
#include <optional>

#include "reports/text/plain_text.h"

namespace shmspec::reports {
namespace {

/// Calls visit(key, before, after) for each key at which two maps differ.
template <class Value, class Visit>
void ForEachDifference(const std::map<std::string, Value>& before,
                       const std::map<std::string, Value>& after, Visit&& visit) {
  std::map<std::string, std::pair<std::optional<Value>, std::optional<Value>>> both;
  for (const auto& [key, value] : before) both[key].first = value;
  for (const auto& [key, value] : after) both[key].second = value;
  for (const auto& [key, values] : both) {
    if (values.first != values.second) visit(key, values.first, values.second);
  }
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
  if (const auto& library = record.subject.library) {
    circumstances["library"] = library->name + " " + library->version;
    circumstances["library build id"] = library->build_id;
  }
  for (const Fact& fact : record.facts) {
    if (fact.stable) circumstances[fact.name] = fact.value;
  }
  return circumstances;
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

std::map<std::string, const Test*> TestsOf(const Record& record) {
  std::map<std::string, const Test*> tests;
  for (const Test& test : record.tests) tests[test.id] = &test;
  return tests;
}

std::string InWords(const std::vector<ChangedStatus>& changes) {
  std::string text;
  for (const ChangedStatus& one : changes) {
    text += fmt::format("  {}: {} before, {} after\n", OneLine(one.id), Shown(one.before),
                        Shown(one.after));
    if (!one.about.empty()) text += fmt::format("    {}\n", OneLine(one.about));
  }
  return text;
}

}  // namespace

std::string Shown(const std::optional<std::string>& value) {
  if (!value) return "not recorded";
  return value->empty() ? "nothing" : OneLine(*value);
}

std::string Shown(const std::optional<Status>& status) {
  return status ? std::string(NameOf(*status)) : "not there";
}

Difference DifferenceOf(const Record& before, const Record& after) {
  Difference difference;
  ForEachDifference(CircumstancesOf(before), CircumstancesOf(after),
                    [&](const std::string& name, const auto& a, const auto& b) {
                      difference.circumstances.push_back({name, a, b});
                    });
  ForEachDifference(
      RequirementsOf(before), RequirementsOf(after),
      [&](const std::string& id, const auto& a, const auto& b) {
        const RequirementEntry* entry = (b ? after : before).FindEntry(id);
        difference.requirements.push_back(
            {id, a, b, fmt::format("({}) {}", NameOf(entry->level), entry->statement)});
      });
  const auto tests_before = TestsOf(before);
  const auto tests_after = TestsOf(after);
  ForEachDifference(
      CasesOf(before), CasesOf(after), [&](const std::string& id, const auto& a, const auto& b) {
        difference.cases.push_back({id, a, b, (b ? tests_after : tests_before).at(id)->reason});
      });
  return difference;
}

std::string InWords(const Difference& difference) {
  std::string text;
  if (!difference.circumstances.empty()) text += "Circumstances\n";
  for (const ChangedCircumstance& one : difference.circumstances) {
    text += fmt::format("  {}: {} before, {} after\n", OneLine(one.name), Shown(one.before),
                        Shown(one.after));
  }
  if (!difference.requirements.empty()) text += "Requirements\n" + InWords(difference.requirements);
  if (!difference.cases.empty()) text += "Cases\n" + InWords(difference.cases);
  if (!difference.results()) return text + "every requirement and every case has the same result\n";
  return text + fmt::format("differ: {} and {}\n",
                            Counted(difference.requirements.size(), "requirement", "requirements"),
                            Counted(difference.cases.size(), "case", "cases"));
}

}  // namespace shmspec::reports
