// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/value/nearest.h"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <utility>

namespace shmspec {
namespace {

char Lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = Lower(c);
  return lower;
}

/// Whether the text contains a word of small letters.
bool Contains(std::string_view text, std::string_view lower) {
  return std::search(text.begin(), text.end(), lower.begin(), lower.end(),
                     [](char a, char b) { return Lower(a) == b; }) != text.end();
}

/// The edit distance from `a`, of small letters, to `b` or to a beginning of `b` that ends before a
/// dot: the name of a group is a name. More than `most` is `most` + 1, hence only cells that are as
/// near to the diagonal are looked at. `b` is not shorter than `a` by more than `most`; `row` is
/// room for the work.
std::size_t EditDistance(std::string_view a, std::string_view b, std::size_t most,
                         std::vector<std::size_t>& row) {
  const std::size_t far = most + 1;
  const std::size_t reach = std::min(b.size(), a.size() + most);
  row.resize(reach + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    const std::size_t from = i > most ? i - most : 1;
    const std::size_t to = std::min(reach, i + most);
    std::size_t diagonal = std::exchange(row[from - 1], from == 1 ? i : far);
    std::size_t least = row[from - 1];
    for (std::size_t j = from; j <= to; ++j) {
      const std::size_t replace = diagonal + (a[i - 1] == Lower(b[j - 1]) ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({replace, row[j] + 1, row[j - 1] + 1}));
      least = std::min(least, row[j]);
    }
    if (least > most) return far;
  }
  std::size_t nearest = reach == b.size() ? row[reach] : far;
  for (std::size_t j = a.size() > most ? a.size() - most : 1; j <= reach && j < b.size(); ++j) {
    if (b[j] == '.') nearest = std::min(nearest, row[j]);
  }
  return std::min(nearest, far);
}

}  // namespace

std::vector<std::string> NearestNames(std::string_view name,
                                      const std::vector<std::string>& candidates,
                                      std::size_t limit) {
  const std::string wanted = Lower(name);
  const std::size_t farthest = std::max<std::size_t>(2, wanted.size() / 3);
  std::vector<std::pair<std::size_t, std::string>> ranked;
  std::vector<std::size_t> row;
  for (const std::string& candidate : candidates) {
    if (wanted.size() > candidate.size() + farthest) continue;  // too long in any case
    std::size_t distance = EditDistance(wanted, candidate, farthest, row);
    if (distance > 1 && wanted.size() >= 3 && Contains(candidate, wanted)) distance = 1;
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
