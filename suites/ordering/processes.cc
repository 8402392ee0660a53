// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The classic litmus tests across two processes.

#include "suites/ordering/litmus.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_CASE("ordering.store_buffering.is_allowed_and_judged", "ORDER.TSO.SB_ALLOWED"_req) {
  Look(plan, TwoProcesses(plan), {"x=1; r0=y", "y=1; r1=x"}, "r0=0 r1=0");
}

SHMSPEC_CASE("ordering.store_buffering.is_over_at_a_fence", "ORDER.TSO.SB_FENCED_FORBIDDEN"_req) {
  const Sides sides = TwoProcesses(plan);
  Shows(plan, sides, {"x=1; r0=y", "y=1; r1=x"}, "r0=0 r1=0");
  Never(plan, sides, {"x=1; fence; r0=y", "y=1; fence; r1=x"}, "r0=0 r1=0");
}

SHMSPEC_CASE("ordering.store_buffering.is_over_at_an_exchange",
             "ORDER.TSO.SB_FENCED_FORBIDDEN"_req) {
  const Sides sides = TwoProcesses(plan);
  Shows(plan, sides, {"x=1; r0=y", "y=1; r1=x"}, "r0=0 r1=0");
  Never(plan, sides, {"r2=exchange(x,1); r0=y", "r3=exchange(y,1); r1=x"}, "r0=0 r1=0");
}

SHMSPEC_CASE("ordering.message_passing.shows_the_data_with_its_flag",
             "ORDER.TSO.MP_FORBIDDEN"_req) {
  const Sides sides = TwoProcesses(plan);
  Shows(plan, sides, {"y=1; x=1", "r0=y; r1=x"}, "r0=1 r1=0");
  Never(plan, sides, {"x=1; y=1", "r0=y; r1=x"}, "r0=1 r1=0");
}

SHMSPEC_CASE("ordering.load_buffering.shows_no_store_before_its_time",
             "ORDER.TSO.LB_FORBIDDEN"_req) {
  const Sides sides = TwoProcesses(plan);
  Shows(plan, sides, {"y=1; r0=x", "x=1; r1=y"}, "r0=1 r1=1");
  Never(plan, sides, {"r0=x; y=1", "r1=y; x=1"}, "r0=1 r1=1");
}

SHMSPEC_CASE("ordering.coherence.lets_no_reader_go_back", "ORDER.TSO.COHERENCE"_req) {
  const Sides sides = TwoProcesses(plan);
  Shows(plan, sides, {"x=1", "r1=x; r0=x"}, "r0=1 r1=0");
  Never(plan, sides, {"x=1", "r0=x; r1=x"}, "r0=1 r1=0");
}

SHMSPEC_CASE("ordering.final_value.is_no_store_that_was_seen_overtaken",
             "ORDER.TSO.2PLUS2W_S_FORBIDDEN"_req) {
  const Sides sides = TwoProcesses(plan);
  Shows(plan, sides, {"y=1; x=2", "r0=y; x=1"}, "r0=1 x=2");
  Never(plan, sides, {"x=2; y=1", "r0=y; x=1"}, "r0=1 x=2");
}

SHMSPEC_CASE("ordering.final_value.has_an_order_of_all_stores_that_explains_it",
             "ORDER.TSO.2PLUS2W_S_FORBIDDEN"_req) {
  const Sides sides = TwoProcesses(plan);
  Shows(plan, sides, {"y=2; x=1", "x=2; y=1"}, "x=1 y=1");
  Never(plan, sides, {"x=1; y=2", "y=1; x=2"}, "x=1 y=1");
}

SHMSPEC_CASE("ordering.final_value.may_be_a_store_that_a_load_overtook",
             "ORDER.TSO.2PLUS2W_S_FORBIDDEN"_req) {
  Look(plan, TwoProcesses(plan), {"x=1; y=1", "y=2; r0=x"}, "r0=0 y=2");
}

SHMSPEC_CASE("ordering.own_stores.are_seen_by_their_branch_at_once",
             "ORDER.TSO.FORWARDING_ALLOWED"_req, "ORDER.TSO.COHERENCE"_req) {
  const Sides sides = TwoProcesses(plan);
  Shows(plan, sides, {"r0=x; x=1; r1=y", "r2=y; y=1; r3=x"}, "r0=0");
  Never(plan, sides, {"x=1; r0=x; r1=y", "y=1; r2=y; r3=x"}, "r0=0");
}

}  // namespace
}  // namespace shmspec
