// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "suites/environments.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

#include "harness/actor/needs.h"
#include "harness/runner/selection.h"

namespace shmspec {
namespace {

/// The two sides of the first `separator`, without the spaces around it; false without one.
bool Split(const std::string& text, const std::string& separator, std::string& before,
           std::string& after) {
  const std::size_t at = text.find(separator);
  if (at == std::string::npos) return false;
  before = text.substr(0, at);
  after = text.substr(at + separator.size());
  return !before.empty() && !after.empty();
}

}  // namespace

Result<void> Environments::Add(const std::string& line) {
  std::string kind;
  std::string rest;
  std::string head;
  std::string tail;
  if (!Split(line, " ", kind, rest)) return Error{"expected a word and what follows it: " + line};
  if (kind == "nowhere") {
    if (!Split(rest, " = ", head, tail)) return Error{"expected nowhere CASE = WHY: " + line};
    nowhere_.push_back(head);
    return {};
  }
  if (kind == "repeat") {
    if (!Split(rest, " = ", head, tail)) return Error{"expected repeat CASES = REASON: " + line};
    repeats_.push_back({"", head, tail});
    return {};
  }
  if (!Split(rest, ": ", head, tail)) return Error{"expected a name before a colon: " + line};
  if (kind == "lack") {
    Lack lack{.word = head};
    if (!Split(tail, " = ", lack.cases, lack.reason)) {
      return Error{"expected lack WORD: CASES = REASON: " + line};
    }
    lacks_.push_back(lack);
    return {};
  }
  if (kind != "environment") return Error{"expected lack, repeat, environment or nowhere: " + line};
  Environment environment{.name = head};
  std::istringstream words(tail);
  for (std::string word; words >> word;) {
    const bool known = FromName<Ability>(word).has_value() ||
                       std::any_of(lacks_.begin(), lacks_.end(),
                                   [&](const Lack& lack) { return lack.word == word; });
    if (!known) return Error{"neither an ability nor introduced by a lack: " + word};
    environment.lacks.insert(word);
  }
  environments_.push_back(environment);
  return {};
}

Result<Environments> Environments::Parse(std::string_view text) {
  Environments environments;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.front() == '#') continue;
    if (const auto added = environments.Add(line); !added.ok()) return added.error();
  }
  return environments;
}

Result<Environments> Environments::Read(const std::string& path) {
  std::ifstream file(path);
  if (!file) return Error{"cannot read " + path};
  return Parse(std::string(std::istreambuf_iterator<char>(file), {}));
}

bool Environments::IsListed(const std::vector<Lack>& list, std::string_view id,
                            std::string_view reason) {
  return std::any_of(list.begin(), list.end(), [&](const Lack& lack) {
    return MatchesGlob(lack.cases, id) && MatchesGlob(lack.reason, reason);
  });
}

bool Environments::MaySkip(std::string_view id, std::string_view reason) const {
  return IsListed(lacks_, id, reason);
}

bool Environments::MayRepeat(std::string_view id, std::string_view reason) const {
  return IsListed(repeats_, id, reason);
}

std::set<std::string> Environments::NeedsOf(std::string_view id, Abilities abilities) const {
  std::set<std::string> needs;
  for (const auto& [name, ability] : NamesOf<Ability>::kNames) {
    if (Has(abilities, ability)) needs.emplace(name);
  }
  for (const Lack& lack : lacks_) {
    if (MatchesGlob(lack.cases, id)) needs.insert(lack.word);
  }
  return needs;
}

std::vector<std::string> Environments::Findings(const std::vector<Case>& cases) const {
  std::vector<std::string> findings;
  std::set<std::string> used;
  for (const Case& test_case : cases) {
    const Plan plan = PlanOf(test_case);
    const std::set<std::string> needs =
        NeedsOf(test_case.id, NeedsOfSteps(plan) | NeedsOfRequirements(plan));
    const bool runs = std::any_of(
        environments_.begin(), environments_.end(), [&](const Environment& environment) {
          return std::none_of(needs.begin(), needs.end(), [&](const std::string& word) {
            return environment.lacks.contains(word);
          });
        });
    const auto listed =
        std::find_if(nowhere_.begin(), nowhere_.end(),
                     [&](const std::string& glob) { return MatchesGlob(glob, test_case.id); });
    if (!runs && listed == nowhere_.end()) {
      findings.push_back(std::string(test_case.id) + " runs in no environment of the list");
    }
    if (listed == nowhere_.end()) continue;
    if (!runs) used.insert(*listed);
  }
  for (const std::string& glob : nowhere_) {
    if (!used.contains(glob)) findings.push_back("nowhere " + glob + " is about no such case");
  }
  for (const Lack& lack : lacks_) {
    const bool about = std::any_of(cases.begin(), cases.end(), [&](const Case& test_case) {
      return MatchesGlob(lack.cases, test_case.id);
    });
    if (!about) findings.push_back("lack " + lack.word + ": " + lack.cases + " is about no case");
  }
  return findings;
}

}  // namespace shmspec
