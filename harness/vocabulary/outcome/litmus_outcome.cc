// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/outcome/litmus_outcome.h"

#include <fmt/format.h>

#include <algorithm>

namespace shmspec {
namespace {

/// Calls visit(position in Ending::values, value of the row) for every value that a row has.
template <class Row, class Visit>
void ForEachValue(Row& row, Visit&& visit) {
  std::size_t position = 0;
  ForEachField<EndingRow>([&](const auto& field) {
    if (position < Ending::kNames) visit(position++, row.*field.member);
  });
}

/// `paced 0 of 2048, back to back 1 of 2048`: how often each technique showed the ending.
std::string TriedText(const LitmusEffort& effort) {
  std::string text;
  for (const auto& [name, technique] : NamesOf<Technique>::kNames) {
    const Tried& tried = effort.Of(technique);
    if (tried.rounds == 0) continue;
    std::string words(name);
    std::replace(words.begin(), words.end(), '_', ' ');
    text += fmt::format("{}{} {} of {}", text.empty() ? "" : ", ", words, tried.hits, tried.rounds);
  }
  return text;
}

std::string NotShown(const MemoryHistogram& operation, const Histogram& histogram,
                     const LitmusEffort& effort) {
  const std::string tried = TriedText(effort);
  return fmt::format(
      "this experiment needs a processor that shows {} where that is allowed, and could not be "
      "calibrated here: {} of {} rounds ended so{}, too few for a test without such a round to say "
      "anything",
      PrintEnding(operation.of), histogram.hits, histogram.rounds,
      tried.empty() ? "" : " (" + tried + ")");
}

}  // namespace

void EndingCounts::Add(const Ending& ending, std::uint64_t count) {
  if (last_ >= counts_.size() || counts_[last_].first != ending) {
    const auto found = std::find_if(counts_.begin(), counts_.end(),
                                    [&](const auto& entry) { return entry.first == ending; });
    last_ = static_cast<std::size_t>(found - counts_.begin());
    if (found == counts_.end()) counts_.emplace_back(ending, 0);
  }
  counts_[last_].second += count;
}

std::vector<std::pair<Ending, std::uint64_t>> EndingCounts::Sorted() const {
  auto sorted = counts_;
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

Outcome Conclude(const MemoryHistogram& operation, const EndingCounts& counts,
                 const LitmusEffort& effort) {
  Histogram histogram;
  for (const auto& [ending, count] : counts.Sorted()) {
    histogram.rows.push_back(RowOf(ending, count));
    histogram.rounds += static_cast<std::int64_t>(count);
    if (operation.of.Includes(ending)) histogram.hits += static_cast<std::int64_t>(count);
  }
  if (histogram.rows.empty()) return Trouble{false, "no litmus test has run at this address"};
  const Tried& last = effort.Of(effort.technique);
  const bool one = last.rounds == 0 || last.rounds == static_cast<std::uint64_t>(histogram.rounds);
  histogram.technique = effort.technique;
  histogram.technique_rounds = one ? histogram.rounds : static_cast<std::int64_t>(last.rounds);
  histogram.technique_hits = one ? histogram.hits : static_cast<std::int64_t>(last.hits);
  if (static_cast<std::uint64_t>(histogram.technique_hits) < operation.at_least) {
    return Trouble{true, NotShown(operation, histogram, effort)};
  }
  return histogram;
}

EndingRow RowOf(const Ending& ending, std::uint64_t count) {
  EndingRow row;
  ForEachValue(row,
               [&](std::size_t position, std::int64_t& value) { value = ending.values[position]; });
  row.count = static_cast<std::int64_t>(count);
  return row;
}

Ending EndingOf(const EndingRow& row) {
  Ending ending;
  ForEachValue(row, [&](std::size_t position, const std::int64_t& value) {
    ending.values[position] = value;
  });
  return ending;
}

std::uint64_t KeyOfEnding(const Ending& ending) {
  std::uint64_t hash = 14695981039346656037ull;  // FNV-1a
  for (const std::int64_t value : ending.values) {
    hash = (hash ^ static_cast<std::uint64_t>(value)) * 1099511628211ull;
    hash ^= hash >> 29;
  }
  return hash;
}

}  // namespace shmspec
