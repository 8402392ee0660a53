// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The JSON form of declared values, for programs that read plans, outcomes and traces:
//
//   {"operation": "sysv.get", "key": "k0", "size": 4096, "flags": "create|0600"}
//
// Numbers and truth values are JSON's own; everything else is the text form, so that there is one
// notation to learn. Derived from the declarations.

#ifndef SHMSPEC_HARNESS_VOCABULARY_FORM_JSON_H_
#define SHMSPEC_HARNESS_VOCABULARY_FORM_JSON_H_

#include <nlohmann/json_fwd.hpp>
#include <span>

#include "harness/vocabulary/plan/trace.h"

namespace shmspec {

nlohmann::ordered_json ToJson(const Operation& operation, std::span<const ActorSpec> actors);
nlohmann::ordered_json ToJson(const Outcome& outcome, std::span<const ActorSpec> actors);
nlohmann::ordered_json ToJson(const Plan& plan);
/// The plan with the outcome of each step.
nlohmann::ordered_json ToJson(const Trace& trace);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_FORM_JSON_H_
