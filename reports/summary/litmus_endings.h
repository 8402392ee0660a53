// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Finds the endings of a litmus test that reveal the order of memory. The run has judged whether
// they are allowed; readers of a record want to know which were unusual.

#ifndef SHMSPEC_REPORTS_SUMMARY_LITMUS_ENDINGS_H_
#define SHMSPEC_REPORTS_SUMMARY_LITMUS_ENDINGS_H_

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/vocabulary/litmus/litmus.h"
#include "reports/record/record.h"

namespace shmspec::reports {

/// The explanation of an ending.
enum class Explanation {
  kOrder,     // the accesses one at a time, those of a branch in the order they are written
  kDisorder,  // the accesses one at a time, but only when those of a branch change places: weak
  kNothing,   // no order of the accesses, such as a load that sees half of a store
};

/// The explanations of the endings of one test, as far as they are known.
class LitmusEndings {
 public:
  /// Of a test like `x=1; r0=y || y=1; r1=x`. Where the record does not say, accesses are of 8
  /// bytes, and a variable with a prime is the same memory at another address, as in the cases.
  /// Explains nothing of a text that is not a test, of a test in which primes are other memory or
  /// cells of branches are at different places, or of a test with too many orders to try.
  explicit LitmusEndings(const LitmusHistogram& test);

  bool known() const { return known_; }
  /// Nothing when the test is not known or the text is no ending.
  std::optional<Explanation> Explain(std::string_view ending) const;
  /// The endings that would be weak.
  const std::vector<Ending>& weak() const { return weak_; }

 private:
  bool known_ = false;
  std::set<Ending> ordered_;
  std::vector<Ending> weak_;
};

/// One ending of a test, seen or not.
struct ExplainedEnding {
  std::string ending;
  std::uint64_t rounds = 0;
  std::optional<Explanation> explanation;
};

/// A histogram with the meaning of its endings.
struct ExplainedHistogram {
  bool known = false;
  std::vector<ExplainedEnding> seen;         // in the order of the histogram
  std::vector<ExplainedEnding> weak_unseen;  // endings that would be weak
};

ExplainedHistogram Explain(const LitmusHistogram& histogram);

/// `alternating, which showed r0=1 r1=0 in 43 of 8192 rounds (0.52 %)`: how a test was run. Empty
/// where the record does not say.
std::string RunText(const LitmusHistogram& histogram);

/// `r0=0 r1=0: 6612 (20 %)`.
std::string SeenText(const ExplainedEnding& seen, std::uint64_t rounds);

}  // namespace shmspec::reports

#endif  // SHMSPEC_REPORTS_SUMMARY_LITMUS_ENDINGS_H_
