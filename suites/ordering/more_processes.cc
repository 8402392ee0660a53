// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The classic litmus tests of three and four processes: whether a store shows to all others at
// once.

#include "suites/ordering/litmus.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

// WRC
SHMSPEC_CASE("ordering.causality.goes_on_through_a_third_process", "ORDER.TSO.TRANSITIVE"_req) {
  const Sides sides = ThreeProcesses(plan);
  Shows(plan, sides, {"x=1", "r0=x; y=1", "r2=x; r1=y"}, "r0=1 r1=1 r2=0");
  Never(plan, sides, {"x=1", "r0=x; y=1", "r1=y; r2=x"}, "r0=1 r1=1 r2=0");
}

// ISA2
SHMSPEC_CASE("ordering.causality.carries_what_was_stored_before", "ORDER.TSO.TRANSITIVE"_req) {
  const Sides sides = ThreeProcesses(plan);
  Shows(plan, sides, {"x=1; y=1", "r0=y; z=1", "r2=x; r1=z"}, "r0=1 r1=1 r2=0");
  Never(plan, sides, {"x=1; y=1", "r0=y; z=1", "r1=z; r2=x"}, "r0=1 r1=1 r2=0");
}

// IRIW
SHMSPEC_CASE("ordering.two_writers.are_seen_in_one_order_by_all", "ORDER.TSO.TRANSITIVE"_req) {
  const Sides sides = FourProcesses(plan);
  Shows(plan, sides, {"x=1", "y=1", "r1=y; r0=x", "r3=x; r2=y"}, "r0=1 r1=0 r2=1 r3=0");
  Never(plan, sides, {"x=1", "y=1", "r0=x; r1=y", "r2=y; r3=x"}, "r0=1 r1=0 r2=1 r3=0");
}

// RWC
SHMSPEC_CASE("ordering.causality.ends_at_a_load_that_overtakes_a_store", "ORDER.TSO.TRANSITIVE"_req,
             "ORDER.TSO.SB_FENCED_FORBIDDEN"_req) {
  const Sides sides = ThreeProcesses(plan);
  Shows(plan, sides, {"x=1", "r1=y; r0=x", "y=1; fence; r2=x"}, "r0=1 r1=0 r2=0");
  Never(plan, sides, {"x=1", "r0=x; r1=y", "y=1; fence; r2=x"}, "r0=1 r1=0 r2=0");
}

}  // namespace
}  // namespace shmspec
