// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The program of 32-bit actors. It is not a warden and has no other part of shmspec.

#include "harness/actor/actor_main.h"
#include "harness/actor/foreign.h"
#include "harness/actor/strays.h"

namespace shmspec {

// Plans with 32-bit actors are not performed by adapters (needs.h).
Foreign::~Foreign() = default;
Result<std::int32_t> Foreign::Start() { return 0; }
bool Foreign::Takes(const Operation&) const { return false; }
Outcome Foreign::Perform(const Operation&, const ForeignStep&) { return {}; }
std::optional<Error> Foreign::Exit(const ProcessExit&) { return {}; }
Adapter::~Adapter() = default;
std::unique_ptr<Foreign> MakeForeign(AdapterProgram, std::int64_t, const HandleTable&,
                                     std::atomic<std::int32_t>&, std::string, bool) {
  return nullptr;
}
void AwaitChildrenOf(pid_t, std::int64_t) {}

}  // namespace shmspec

int main(int argc, char** argv) { return shmspec::RunActorImage(argc, argv); }
