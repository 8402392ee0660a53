// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What may keep a case from running, and where cases are known to run: the file `environments`, for
// the tests of the suites.

#ifndef SHMSPEC_SUITES_ENVIRONMENTS_H_
#define SHMSPEC_SUITES_ENVIRONMENTS_H_

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/runner/case.h"
#include "harness/vocabulary/plan/ability.h"
#include "harness/vocabulary/value/result.h"

namespace shmspec {

class Environments {
 public:
  static Result<Environments> Parse(std::string_view text);
  static Result<Environments> Read(const std::string& path);

  /// Whether the list says that a case may be skipped for that reason.
  bool MaySkip(std::string_view id, std::string_view reason) const;
  /// Whether it says that an experiment may fail for that reason.
  bool MayRepeat(std::string_view id, std::string_view reason) const;

  /// The words that a case needs, of those that an environment can lack.
  std::set<std::string> NeedsOf(std::string_view id, Abilities abilities) const;
  /// What is wrong with the list as far as these cases go, a line each: a case that runs nowhere
  /// without being listed so, a `nowhere` or a `lack` that is about no case.
  std::vector<std::string> Findings(const std::vector<Case>& cases) const;

 private:
  struct Lack {
    std::string word;  // none for a repetition
    std::string cases;
    std::string reason;
  };
  struct Environment {
    std::string name;
    std::set<std::string> lacks;
  };

  Result<void> Add(const std::string& line);
  static bool IsListed(const std::vector<Lack>& list, std::string_view id, std::string_view reason);

  std::vector<Lack> lacks_;
  std::vector<Lack> repeats_;
  std::vector<Environment> environments_;
  std::vector<std::string> nowhere_;
};

}  // namespace shmspec

#endif  // SHMSPEC_SUITES_ENVIRONMENTS_H_
