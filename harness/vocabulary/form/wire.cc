// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/form/wire.h"

#include "harness/vocabulary/form/wire_codec.h"

namespace shmspec {

void AppendWire(std::string& bytes, const Operation& operation) { wire::Append(bytes, operation); }
void AppendWire(std::string& bytes, const Outcome& outcome) { wire::Append(bytes, outcome); }
void AppendWire(std::string& bytes, const ActorSpec& spec) { wire::Append(bytes, spec); }
void AppendWire(std::string& bytes, const ActorFacts& facts) { wire::Append(bytes, facts); }

bool ReadWire(std::string_view& bytes, Operation& operation) {
  return wire::Read(bytes, operation);
}
bool ReadWire(std::string_view& bytes, Outcome& outcome) { return wire::Read(bytes, outcome); }
bool ReadWire(std::string_view& bytes, ActorSpec& spec) { return wire::Read(bytes, spec); }
bool ReadWire(std::string_view& bytes, ActorFacts& facts) { return wire::Read(bytes, facts); }

}  // namespace shmspec
