// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "reports/summary/litmus_endings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "harness/vocabulary/form/text_value.h"
#include "reports/text/plain_text.h"

namespace shmspec::reports {
namespace {

struct Branch {
  Program program;
  std::uint64_t mask;  // of the bits that an access touches
};
using Branches = std::vector<Branch>;

constexpr std::size_t kMostBranches = 4;
constexpr std::size_t kMostStates = 20'000;  // tests of the suite have a few hundred

template <class T>
std::optional<T> Parsed(std::string_view text, bool (*parse)(text::Cursor&, T&)) {
  const std::string quoted = text::Quote(text);
  text::Cursor cursor(quoted);
  T value;
  if (!parse(cursor, value) || !cursor.AtEnd()) return std::nullopt;
  return value;
}

/// The bits of a cell that an access touches: the low ones, where bytes are in little-endian order,
/// as on every system that the suite runs on so far.
std::uint64_t MaskOf(std::uint64_t width) {
  return width >= 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << 8 * width) - 1;
}

/// The branches of a test; none when the text is not a test or is malformed.
Branches BranchesOf(const LitmusHistogram& histogram) {
  constexpr std::string_view kBetween = " || ";
  if (histogram.primes == Primes::kOther) return {};
  const std::string_view test = histogram.test;
  const std::vector<LitmusBranch>& said = histogram.branches;
  Branches branches;
  for (std::size_t at = 0; at != test.npos;) {
    const std::size_t end = test.find(kBetween, at);
    const auto program = Parsed<Program>(test.substr(at, end - at), text::ParseProgram);
    if (!program || program->accesses.empty() || branches.size() == kMostBranches) return {};
    const std::size_t i = branches.size();
    if (!said.empty() && (i >= said.size() || said[i].offset != said[0].offset)) return {};
    branches.push_back({*program, MaskOf(said.empty() ? 8 : said[i].width)});
    at = end == test.npos ? end : end + kBetween.size();
  }
  return said.empty() || said.size() == branches.size() ? branches : Branches{};
}

/// The accesses of each branch that are done, a bit each, and their results.
struct Moment {
  std::vector<std::uint32_t> done;
  Ending values;
  friend auto operator<=>(const Moment&, const Moment&) = default;
};

Ending StartOf(const Branches& branches) {
  Ending start;
  for (const Branch& branch : branches) {
    for (const Access& access : branch.program.accesses) {
      if (access.kind != AccessKind::kFence) start.Of(access.variable) = 0;
    }
  }
  return start;
}

void Perform(const Access& access, std::uint64_t mask, Ending& values) {
  const auto cell = static_cast<std::uint64_t>(values.Of(access.variable));
  if (access.Loads()) values.Of(access.to) = static_cast<std::int64_t>(cell & mask);
  if (access.Stores()) {
    values.Of(access.variable) = static_cast<std::int64_t>((cell & ~mask) | (access.value & mask));
  }
}

/// What can come next after a moment.
void AddNext(const Branches& branches, const Moment& now, bool in_order,
             std::vector<Moment>& next) {
  for (std::size_t branch = 0; branch < branches.size(); ++branch) {
    const std::vector<Access>& accesses = branches[branch].program.accesses;
    for (std::size_t i = 0; i < accesses.size(); ++i) {
      const std::uint32_t bit = 1u << i;
      if ((now.done[branch] & bit) != 0) continue;
      Moment& moment = next.emplace_back(now);
      moment.done[branch] |= bit;
      Perform(accesses[i], branches[branch].mask, moment.values);
      if (in_order) break;
    }
  }
}

/// Every ending of the accesses, one at a time; nothing when there are too many.
std::optional<std::set<Ending>> EndingsOf(const Branches& branches, bool in_order) {
  std::set<Ending> endings;
  std::set<Moment> known;
  std::vector<Moment> open{{std::vector<std::uint32_t>(branches.size()), StartOf(branches)}};
  while (!open.empty()) {
    const Moment now = std::move(open.back());
    open.pop_back();
    if (!known.insert(now).second) continue;
    if (known.size() > kMostStates) return std::nullopt;
    const std::size_t before = open.size();
    AddNext(branches, now, in_order, open);
    if (open.size() == before) endings.insert(now.values);
  }
  return endings;
}

}  // namespace

LitmusEndings::LitmusEndings(const LitmusHistogram& test) {
  const Branches branches = BranchesOf(test);
  if (branches.empty()) return;
  const auto any = EndingsOf(branches, false);
  auto ordered = EndingsOf(branches, true);
  if (!any || !ordered) return;
  known_ = true;
  ordered_ = std::move(*ordered);
  std::set_difference(any->begin(), any->end(), ordered_.begin(), ordered_.end(),
                      std::back_inserter(weak_));
}

std::optional<Explanation> LitmusEndings::Explain(std::string_view ending) const {
  const auto parsed = Parsed<Ending>(ending, text::ParseEnding);
  if (!known_ || !parsed) return std::nullopt;
  const auto includes = [&](const Ending& whole) { return parsed->Includes(whole); };
  if (std::any_of(ordered_.begin(), ordered_.end(), includes)) return Explanation::kOrder;
  const bool weak = std::any_of(weak_.begin(), weak_.end(), includes);
  return weak ? Explanation::kDisorder : Explanation::kNothing;
}

ExplainedHistogram Explain(const LitmusHistogram& histogram) {
  const LitmusEndings endings(histogram);
  ExplainedHistogram explained{.known = endings.known()};
  std::set<std::string_view> seen;
  for (const SeenEnding& one : histogram.endings) {
    seen.insert(one.ending);
    explained.seen.push_back({one.ending, one.rounds, endings.Explain(one.ending)});
    explained.known = explained.known && explained.seen.back().explanation.has_value();
  }
  for (const Ending& weak : endings.weak()) {
    const std::string text = PrintEnding(weak);
    if (!seen.contains(text)) explained.weak_unseen.push_back({text, 0, Explanation::kDisorder});
  }
  return explained;
}

std::string RunText(const LitmusHistogram& histogram) {
  std::string text(histogram.technique ? NameOf(*histogram.technique) : "");
  std::replace(text.begin(), text.end(), '_', ' ');
  if (!histogram.sought) return text;
  const auto& [ending, hits, rounds] = *histogram.sought;
  return fmt::format("{}, which showed {} in {} of {} rounds ({})", text, ending, hits, rounds,
                     PercentText(static_cast<double>(hits) / static_cast<double>(rounds)));
}

std::string SeenText(const ExplainedEnding& seen, std::uint64_t rounds) {
  return fmt::format("{}: {} ({})", seen.ending, seen.rounds,
                     PercentText(static_cast<double>(seen.rounds) / static_cast<double>(rounds)));
}

}  // namespace shmspec::reports
