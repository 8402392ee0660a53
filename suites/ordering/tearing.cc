// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Whether loads see stores whole.

#include "suites/ordering/litmus.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

constexpr std::string_view kStore = "x=0x0101010102020202";
constexpr std::string_view kHalfSeen = "r0=0x0101010100000000";
constexpr std::uint64_t kLine = 64;  // bytes

SHMSPEC_CASE("ordering.aligned_access.is_never_torn", "ORDER.TEAR.ALIGNED_NEVER"_req,
             "ORDER.TEAR.SPLIT_MAY_TEAR"_req) {
  const Sides sides = TwoProcesses(plan);
  // The mutant has every eighth cell on two cache lines.
  Shows(plan, sides, {kStore, "r0=x"}, kHalfSeen, {.shift = 60});
  Never(plan, sides, {kStore, "r0=x"}, kHalfSeen);
}

SHMSPEC_CASE("ordering.misaligned_access.is_never_torn_within_a_quadword",
             "ORDER.TEAR.QUADWORD_NEVER"_req) {
  constexpr std::string_view kNarrowStore = "x=0x01010202";
  constexpr std::string_view kNarrowHalf = "r0=0x01010000";
  const Sides sides = TwoProcesses(plan, kLine);
  Shows(plan, sides, {kNarrowStore, "r0=x"}, kNarrowHalf,
        {.width = Width::k4, .stride = kLine, .shift = kLine - 2});
  Never(plan, sides, {kNarrowStore, "r0=x"}, kNarrowHalf,
        {.width = Width::k4, .stride = kLine, .shift = 2});
}

// Across the middle of the line, where processors that move half lines would tear it.
SHMSPEC_CASE("ordering.misaligned_access.is_never_torn_within_a_line",
             "ORDER.TEAR.LINE_NEVER"_req) {
  const Sides sides = TwoProcesses(plan, kLine);
  Shows(plan, sides, {kStore, "r0=x"}, kHalfSeen, {.stride = kLine, .shift = kLine - 4});
  Never(plan, sides, {kStore, "r0=x"}, kHalfSeen, {.stride = kLine, .shift = kLine / 2 - 4});
}

}  // namespace
}  // namespace shmspec
