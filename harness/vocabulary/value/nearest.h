// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// "Did you mean": the names closest to one that does not exist.

#ifndef SHMSPEC_HARNESS_VOCABULARY_VALUE_NEAREST_H_
#define SHMSPEC_HARNESS_VOCABULARY_VALUE_NEAREST_H_

#include <string>
#include <string_view>
#include <vector>

namespace shmspec {

/// At most `limit` of the candidates, nearest first, by edit distance without regard to case; a
/// candidate that contains the name counts as near. Empty when nothing resembles it.
std::vector<std::string> NearestNames(std::string_view name,
                                      const std::vector<std::string>& candidates,
                                      std::size_t limit = 3);

/// `; did you mean a, b or c?`, or `` when nothing resembles the name.
std::string DidYouMean(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_VALUE_NEAREST_H_
