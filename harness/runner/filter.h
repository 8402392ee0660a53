// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Names of cases and requirements, and the filters that mean them.

#ifndef SHMSPEC_HARNESS_RUNNER_FILTER_H_
#define SHMSPEC_HARNESS_RUNNER_FILTER_H_

#include <string_view>

namespace shmspec {

/// Whether a filter has `*` or `?`.
bool HasWildcards(std::string_view filter);

/// Whether a filter without `-` means this name: it is the name, its beginning up to a dot, or a
/// glob that matches it.
bool MatchesName(std::string_view filter, std::string_view name);

/// Whether `text` matches a pattern of `*` (any characters) and `?` (any one).
bool MatchesGlob(std::string_view pattern, std::string_view text);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RUNNER_FILTER_H_
