// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Litmus tests in one process that has attached its segment twice: two addresses, one memory.

#include "suites/ordering/litmus.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_CASE("ordering.two_attaches.allow_store_buffering", "ORDER.TSO.SB_ALLOWED"_req,
             "ORDER.TSO.PROCESS_EQUALS_THREAD"_req) {
  Look(plan, TwoAttaches(plan), {"x=1; r0=y", "y=1; r1=x"}, "r0=0 r1=0");
}

SHMSPEC_CASE("ordering.two_attaches.end_store_buffering_at_a_fence",
             "ORDER.TSO.SB_FENCED_FORBIDDEN"_req, "ORDER.TSO.PROCESS_EQUALS_THREAD"_req) {
  const Sides sides = TwoAttaches(plan);
  Shows(plan, sides, {"x=1; r0=y'", "y=1; r1=x'"}, "r0=0 r1=0");
  Never(plan, sides, {"x=1; fence; r0=y'", "y=1; fence; r1=x'"}, "r0=0 r1=0");
}

SHMSPEC_CASE("ordering.two_attaches.pass_messages_in_order", "ORDER.TSO.MP_FORBIDDEN"_req,
             "ORDER.TSO.PROCESS_EQUALS_THREAD"_req) {
  const Sides sides = TwoAttaches(plan);
  Shows(plan, sides, {"y'=1; x=1", "r0=y; r1=x'"}, "r0=1 r1=0");
  Never(plan, sides, {"x=1; y'=1", "r0=y; r1=x'"}, "r0=1 r1=0");
}

SHMSPEC_CASE("ordering.two_attaches.let_no_reader_go_back", "ORDER.TSO.COHERENCE"_req,
             "ORDER.TSO.PROCESS_EQUALS_THREAD"_req) {
  const Sides sides = TwoAttaches(plan);
  Shows(plan, sides, {"x=1", "r1=x'; r0=x"}, "r0=1 r1=0");
  Never(plan, sides, {"x=1", "r0=x; r1=x'"}, "r0=1 r1=0");
}

SHMSPEC_CASE("ordering.two_attaches.show_a_store_at_the_other_at_once", "ORDER.TSO.COHERENCE"_req,
             "ORDER.TSO.PROCESS_EQUALS_THREAD"_req) {
  const Sides sides = TwoAttaches(plan);
  Shows(plan, sides, {"r0=x'; x=1", "r1=y; y'=1"}, "r0=0");
  Never(plan, sides, {"x=1; r0=x'", "y'=1; r1=y"}, "r0=0");
}

}  // namespace
}  // namespace shmspec
