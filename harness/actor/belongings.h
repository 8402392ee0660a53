// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What a plan has mapped and opened in an actor's process, so that the process can serve another
// plan.

#ifndef SHMSPEC_HARNESS_ACTOR_BELONGINGS_H_
#define SHMSPEC_HARNESS_ACTOR_BELONGINGS_H_

#include <cstdint>
#include <vector>

#include "harness/target/target.h"

namespace shmspec {

class Belongings {
 public:
  /// Notes what a step has mapped or opened, or that it has changed what was mapped before.
  void Note(const Operation& operation, const Outcome& outcome, const Context& context);

  /// Unmaps and closes all of it. False when a part of a segment is left: then the process cannot
  /// serve another plan.
  [[nodiscard]] bool GiveBack(Context& context);

 private:
  struct Range {
    std::int64_t at = 0;
    std::uint64_t size = 0;  // bytes
  };

  std::vector<std::int64_t> attaches_;
  std::vector<Range> ranges_;
  std::vector<std::int64_t> descriptors_;
  bool rearranged_ = false;  // parts of attaches may be anywhere
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_ACTOR_BELONGINGS_H_
