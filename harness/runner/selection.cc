// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/selection.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <random>

#include "harness/vocabulary/value/nearest.h"

namespace shmspec {
namespace {

bool CaseMatches(std::string_view filter, const Case& test_case) {
  if (MatchesName(filter, test_case.id)) return true;
  return std::any_of(test_case.requirements.begin(), test_case.requirements.end(),
                     [&](Requirement r) { return MatchesName(filter, r.id()); });
}

std::vector<std::string> AllNames(const std::vector<Case>& cases) {
  std::vector<std::string> names = RequirementIds();
  for (const Case& test_case : cases) names.emplace_back(test_case.id);
  // The beginning of a name up to a dot is a name as well.
  for (std::size_t i = 0, count = names.size(); i < count; ++i) {
    for (std::size_t dot = names[i].find('.'); dot != std::string::npos;
         dot = names[i].find('.', dot + 1)) {
      names.push_back(names[i].substr(0, dot));
    }
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

/// A filter may name a requirement that no case tests; it selects nothing.
Result<void> CheckFilter(std::string_view filter, const std::vector<Case>& cases) {
  if (filter.empty()) return Error{"an empty filter: expected a case, a requirement or a glob"};
  if (HasWildcards(filter)) return {};
  for (const std::string& name : AllNames(cases)) {
    if (MatchesName(filter, name)) return {};
  }
  return Error{
      fmt::format("no case or requirement \"{}\"{}", filter, DidYouMean(filter, AllNames(cases)))};
}

bool IsBinding(const Case& test_case, Level level) {
  return std::any_of(test_case.requirements.begin(), test_case.requirements.end(),
                     [&](Requirement r) { return r.text().level <= level; });
}

}  // namespace

Result<Shard> ParseShard(std::string_view text) {
  Shard shard;
  const char* end = text.data() + text.size();
  const auto index = std::from_chars(text.data(), end, shard.index);
  if (index.ec == std::errc() && index.ptr != end && *index.ptr == '/') {
    const auto count = std::from_chars(index.ptr + 1, end, shard.count);
    if (count.ec == std::errc() && count.ptr == end && shard.index >= 1 &&
        shard.index <= shard.count) {
      return shard;
    }
  }
  return Error{
      fmt::format("--shard: expected i/n with 1 <= i <= n, such as 2/4, found \"{}\"", text)};
}

std::size_t PlaceInAll(const Shard& shard, std::size_t place) {
  return place * shard.count + shard.index - 1;
}

std::size_t SizeOf(const Shard& shard, std::size_t all) {
  return (all + shard.count - shard.index) / shard.count;
}

Result<Selection> Select(const std::vector<Case>& cases, const SelectionOptions& options) {
  bool any_positive = false;
  for (const std::string& filter : options.filters) {
    const bool takes_away = filter.starts_with("-");
    any_positive = any_positive || !takes_away;
    if (auto checked = CheckFilter(filter.substr(takes_away ? 1 : 0), cases); !checked.ok()) {
      return checked.error();
    }
  }
  Selection selection;
  for (const Case& test_case : cases) {
    bool selected = !any_positive;
    for (const std::string& filter : options.filters) {
      const bool takes_away = filter.starts_with("-");
      if (CaseMatches(std::string_view(filter).substr(takes_away ? 1 : 0), test_case)) {
        selected = !takes_away;
      }
    }
    if (!selected || !IsBinding(test_case, options.level)) continue;
    if (!options.waiting && IsSlow(test_case)) continue;
    if (!any_positive && options.applies && !options.applies(test_case)) continue;
    selection.cases.push_back(&test_case);
  }
  if (options.shuffle) {
    std::mt19937_64 engine(*options.shuffle);
    // Not std::shuffle: its result differs between standard libraries, and a seed must not.
    for (std::size_t i = selection.cases.size(); i > 1; --i) {
      std::swap(selection.cases[i - 1], selection.cases[engine() % i]);
    }
  }
  selection.of_all_shards = selection.cases.size();
  std::vector<const Case*> mine;
  for (std::size_t i = 0; i < SizeOf(options.shard, selection.of_all_shards); ++i) {
    mine.push_back(selection.cases[PlaceInAll(options.shard, i)]);
  }
  selection.cases = std::move(mine);
  selection.excluded = cases.size() - selection.cases.size();
  return selection;
}

}  // namespace shmspec
