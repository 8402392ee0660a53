// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Whether loads see stores whole.

#include "suites/ordering/litmus.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

constexpr std::string_view kStore = "x=0x0101010102020202";
constexpr std::string_view kHalfSeen = "r0=0x0101010100000000";

SHMSPEC_CASE("ordering.aligned_access.is_never_torn", "ORDER.TEAR.ALIGNED_NEVER"_req,
             "ORDER.TEAR.SPLIT_MAY_TEAR"_req) {
  const Sides sides = TwoProcesses(plan);
  Never(plan, sides, kStore, "r0=x", kHalfSeen);
  // The mutant has every eighth cell on two cache lines.
  Sides split = sides;
  split.at_a.offset += 60;
  split.at_b.offset += 60;
  Shows(plan, split, kStore, "r0=x", kHalfSeen);
}

}  // namespace
}  // namespace shmspec
