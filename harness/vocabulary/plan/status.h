// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The result of a case, and how it compares with what was expected.

#ifndef SHMSPEC_HARNESS_VOCABULARY_PLAN_STATUS_H_
#define SHMSPEC_HARNESS_VOCABULARY_PLAN_STATUS_H_

#include <cstdint>

#include "harness/vocabulary/value/names.h"

namespace shmspec {

/// What happened, in the words of IEEE 1003.3, and OBSERVED for what a specification leaves open.
enum class Status : std::uint8_t {
  kPass,
  kFail,
  kUnresolved,   // the experiment failed and proves nothing about the system
  kUnsupported,  // this system or run does not offer what the case needs
  kUntested,     // not reached, because the run ended before
  kObserved,
};
template <>
struct NamesOf<Status> {
  static constexpr std::array kNames{Named<Status>{"PASS", Status::kPass},
                                     Named<Status>{"FAIL", Status::kFail},
                                     Named<Status>{"UNRESOLVED", Status::kUnresolved},
                                     Named<Status>{"UNSUPPORTED", Status::kUnsupported},
                                     Named<Status>{"UNTESTED", Status::kUntested},
                                     Named<Status>{"OBSERVED", Status::kObserved}};
};

/// Whether the result violates the specification, or is undecided although it should not be.
constexpr bool IsTrouble(Status status) {
  return status == Status::kFail || status == Status::kUnresolved;
}
/// Whether the result decides that all is as the specification says.
constexpr bool IsAsSpecified(Status status) {
  return status == Status::kPass || status == Status::kObserved;
}

/// Why a case did not pass; kNone when it did.
enum class Cause : std::uint8_t {
  kNone,
  kAssertion,     // an outcome was not the one the case states
  kRefuted,       // the specification does not explain the trace
  kDisagreement,  // the case and the specification contradict each other
  kTimeout,
  kHang,               // a call was still there after ten times the time, although nobody may block
  kDeath,              // an actor died in a call
  kCrash,              // the case's own process ended by itself
  kGaveUp,             // the oracle reached its bounds
  kLeak,               // segments, processes or mounts were left behind
  kSetup,              // actors or sandbox could not be set up
  kMissingCapability,  // the system does not offer it
  kInterrupted,
};
template <>
struct NamesOf<Cause> {
  static constexpr std::array kNames{Named<Cause>{"none", Cause::kNone},
                                     Named<Cause>{"assertion", Cause::kAssertion},
                                     Named<Cause>{"not-linearizable", Cause::kRefuted},
                                     Named<Cause>{"disagreement", Cause::kDisagreement},
                                     Named<Cause>{"timeout", Cause::kTimeout},
                                     Named<Cause>{"hang", Cause::kHang},
                                     Named<Cause>{"death", Cause::kDeath},
                                     Named<Cause>{"crash", Cause::kCrash},
                                     Named<Cause>{"gave-up", Cause::kGaveUp},
                                     Named<Cause>{"leak", Cause::kLeak},
                                     Named<Cause>{"setup", Cause::kSetup},
                                     Named<Cause>{"missing-capability", Cause::kMissingCapability},
                                     Named<Cause>{"interrupted", Cause::kInterrupted}};
};

/// The status compared with what was expected. It never changes the status.
enum class Judgement : std::uint8_t {
  kExpected,
  kUnexpected,
  kWaived,  // not as specified, and a waiver says why that is accepted for now
  kStale,   // as specified, and a strict waiver says that it is not
};
template <>
struct NamesOf<Judgement> {
  static constexpr std::array kNames{Named<Judgement>{"expected", Judgement::kExpected},
                                     Named<Judgement>{"unexpected", Judgement::kUnexpected},
                                     Named<Judgement>{"waived", Judgement::kWaived},
                                     Named<Judgement>{"waiver-stale", Judgement::kStale}};
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_PLAN_STATUS_H_
