// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Kills an adapter at a moment of its work that can be named: before one of its system calls.

#ifndef SHMSPEC_HARNESS_ACTOR_ADAPTER_KILL_H_
#define SHMSPEC_HARNESS_ACTOR_ADAPTER_KILL_H_

#include <cstdint>
#include <string_view>

#include "harness/actor/adapter.h"
#include "harness/vocabulary/value/result.h"

namespace shmspec {

/// Sends the line and kills the program before its system call number `call`, counted from 1 and
/// from the moment at which it has read the line, in whichever thread. By ptrace(2); where that is
/// refused, after `call` times 20 microseconds. True when it had answered before.
Result<bool> KillAtCall(Adapter& adapter, std::string_view line, std::uint32_t call,
                        std::int64_t timeout_ms);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_ACTOR_ADAPTER_KILL_H_
