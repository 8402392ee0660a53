// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Plans and traces cross between the processes of the harness only, never to an actor: the program
// of 32-bit actors is built without them.

#include "harness/vocabulary/form/wire.h"
#include "harness/vocabulary/form/wire_codec.h"
#include "harness/vocabulary/plan/trace.h"

namespace shmspec {

void AppendWire(std::string& bytes, const Plan& plan) { wire::Append(bytes, plan); }
void AppendWire(std::string& bytes, const Trace& trace) { wire::Append(bytes, trace); }

bool ReadWire(std::string_view& bytes, Plan& plan) { return wire::Read(bytes, plan); }
bool ReadWire(std::string_view& bytes, Trace& trace) { return wire::Read(bytes, trace); }

}  // namespace shmspec
