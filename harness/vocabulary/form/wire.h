// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The wire form: how plans, outcomes and facts cross from one process to another. Compact, private
// to one build of the program, derived from the declarations. Integers are little-endian base 128.
//
//   std::string bytes;
//   AppendWire(bytes, plan);
//   std::string_view rest = bytes;
//   Plan copy;
//   bool whole = ReadWire(rest, copy) && rest.empty();

#ifndef SHMSPEC_HARNESS_VOCABULARY_FORM_WIRE_H_
#define SHMSPEC_HARNESS_VOCABULARY_FORM_WIRE_H_

#include <string>
#include <string_view>

#include "harness/vocabulary/operation/operation.h"
#include "harness/vocabulary/outcome/outcome.h"
#include "harness/vocabulary/plan/actor_facts.h"
#include "harness/vocabulary/plan/actor_spec.h"

namespace shmspec {

struct Plan;
struct Trace;

void AppendWire(std::string& bytes, const Operation& operation);
void AppendWire(std::string& bytes, const Outcome& outcome);
void AppendWire(std::string& bytes, const ActorSpec& spec);
void AppendWire(std::string& bytes, const ActorFacts& facts);
void AppendWire(std::string& bytes, const Plan& plan);
void AppendWire(std::string& bytes, const Trace& trace);

/// Each takes one value off the front of `bytes`; false when the bytes are malformed, and then the
/// value is unspecified. Never reads past the end.
bool ReadWire(std::string_view& bytes, Operation& operation);
bool ReadWire(std::string_view& bytes, Outcome& outcome);
bool ReadWire(std::string_view& bytes, ActorSpec& spec);
bool ReadWire(std::string_view& bytes, ActorFacts& facts);
bool ReadWire(std::string_view& bytes, Plan& plan);
bool ReadWire(std::string_view& bytes, Trace& trace);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_FORM_WIRE_H_
