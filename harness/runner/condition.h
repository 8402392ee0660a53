// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// A condition over facts of the system, as the `when` of a waiver:
//
//   kernel.release >= "5.10" and kernel.release < "6.2" and not (machine == "x86_64")
//
// The names are those of facts (`shmspec doctor --format json`). == and != compare the whole value,
// in which the text may have * and ?. The others compare the first version number in the fact with
// the one in the text, number by number, so that "6.10" comes after "6.2".

#ifndef SHMSPEC_HARNESS_RUNNER_CONDITION_H_
#define SHMSPEC_HARNESS_RUNNER_CONDITION_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/sandbox/environment.h"
#include "harness/vocabulary/value/result.h"

namespace shmspec {

class Condition {
 public:
  /// Reads a condition over these facts. The error begins with the column in `text`.
  static Result<Condition> Parse(std::string_view text, const std::vector<Fact>& facts);

  /// Nothing when a fact that decides is unknown here.
  std::optional<bool> Holds(const std::vector<Fact>& facts) const { return Holds(root_, facts); }

 private:
  friend class ConditionParser;
  enum class Kind { kEqual, kUnequal, kLess, kAtMost, kMore, kAtLeast, kNot, kAnd, kOr };
  struct Node {
    Kind kind = Kind::kEqual;
    std::string fact;
    std::string text;
    std::vector<Node> parts;  // of not, and, or
  };

  static std::optional<bool> Holds(const Node& node, const std::vector<Fact>& facts);
  static std::optional<bool> Compare(const Node& node, const std::vector<Fact>& facts);

  Node root_;
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RUNNER_CONDITION_H_
