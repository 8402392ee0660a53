// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/value/nearest.h"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <utility>

namespace shmspec {
namespace {

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

/// From `a` to `b` or to a beginning of `b` that ends before a dot: the name of a group is a name.
std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({replace, row[j] + 1, row[j - 1] + 1}));
    }
  }
  std::size_t nearest = row.back();
  for (std::size_t j = 1; j < b.size(); ++j) {
    if (b[j] == '.') nearest = std::min(nearest, row[j]);
  }
  return nearest;
}

}  // namespace

std::vector<std::string> NearestNames(std::string_view name,
                                      const std::vector<std::string>& candidates,
                                      std::size_t limit) {
  const std::string wanted = Lower(name);
  const std::size_t farthest = std::max<std::size_t>(2, wanted.size() / 3);
  std::vector<std::pair<std::size_t, std::string>> ranked;
  for (const std::string& candidate : candidates) {
    const std::string other = Lower(candidate);
    if (wanted.size() > other.size() + farthest) continue;  // too long in any case
    std::size_t distance = EditDistance(wanted, other);
    if (wanted.size() >= 3 && other.find(wanted) != std::string::npos) {
      distance = std::min<std::size_t>(distance, 1);
    }
    if (distance <= farthest) ranked.emplace_back(distance, candidate);
  }
  std::sort(ranked.begin(), ranked.end());
  if (ranked.size() > limit) ranked.resize(limit);
  std::vector<std::string> names;
  for (auto& [distance, candidate] : ranked) names.push_back(std::move(candidate));
  return names;
}

std::string DidYouMean(std::string_view name, const std::vector<std::string>& candidates) {
  const std::vector<std::string> names = NearestNames(name, candidates);
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    text += i == 0 ? "; did you mean " : i + 1 == names.size() ? " or " : ", ";
    text += names[i];
  }
  return names.empty() ? text : text + "?";
}

}  // namespace shmspec
