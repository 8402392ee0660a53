// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Which cases a run consists of.

#ifndef SHMSPEC_HARNESS_RUNNER_SELECTION_H_
#define SHMSPEC_HARNESS_RUNNER_SELECTION_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/runner/case.h"
#include "harness/runner/filter.h"
#include "harness/vocabulary/value/result.h"

namespace shmspec {

/// One part of several into which a selection is cut, counted from 1: `2/4`.
struct Shard {
  std::uint32_t index = 1;
  std::uint32_t count = 1;
};
/// Reads `2/4`; the error says what was expected.
Result<Shard> ParseShard(std::string_view text);

/// The place in the selection of the case at `place` in that shard, both counted from 0. Shards
/// take turns, so that each has cases of every topic.
std::size_t PlaceInAll(const Shard& shard, std::size_t place);

/// The number of cases that shard has of `all`.
std::size_t SizeOf(const Shard& shard, std::size_t all);

struct SelectionOptions {
  /// Each is a case (`sysv.remove.a_sentence`), the beginning of one (`sysv.remove`), a requirement
  /// (`SYSV.RMID.NAME`), the beginning of one, or any of these with `*` and `?`. A leading `-`
  /// takes cases away. None selects every case.
  std::vector<std::string> filters;
  /// Cases that test a requirement at least this binding.
  Level level = Level::kMay;
  /// Leaves out cases for which this is false, unless a filter names cases; null: none.
  std::function<bool(const Case&)> applies;
  /// Also select cases that wait for the clock, up to a second.
  bool waiting = true;
  Shard shard;
  /// Shuffles with this seed; absent: in order of name.
  std::optional<std::uint64_t> shuffle;
};

struct Selection {
  std::vector<const Case*> cases;
  std::size_t of_all_shards = 0;  // the number of cases before they were cut into shards
  std::size_t excluded = 0;
};

/// Applies the options to `cases`. Fails when a filter without wildcards names nothing, with the
/// nearest names; an empty selection is no failure here.
Result<Selection> Select(const std::vector<Case>& cases, const SelectionOptions& options);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RUNNER_SELECTION_H_
