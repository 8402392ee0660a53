// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Message queues and semaphore sets, as far as they share names and tools with segments.

#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>

#include "harness/target/perform/families.h"

namespace shmspec::perform {
namespace {

Outcome NoSegment() {
  return Trouble{false, "a segment is got and removed by sysv.get and remove"};
}

}  // namespace

Outcome Do(const IpcGet& op, Context& context) {
  const auto key = static_cast<key_t>(context.Resolve(op.key));
  const auto flags = static_cast<int>(op.flags.bits);
  switch (op.kind) {
    case IpcKind::kQueue:
      return Returned(::msgget(key, flags));
    case IpcKind::kSemaphores:
      return Returned(::semget(key, 1, flags));
    case IpcKind::kSegment:
      break;
  }
  return NoSegment();
}

Outcome Do(const IpcRemove& op, Context& context) {
  const auto id = static_cast<int>(context.Resolve(op.object));
  switch (op.kind) {
    case IpcKind::kQueue:
      return Returned(::msgctl(id, IPC_RMID, nullptr));
    case IpcKind::kSemaphores:
      return Returned(::semctl(id, 0, IPC_RMID));
    case IpcKind::kSegment:
      break;
  }
  return NoSegment();
}

}  // namespace shmspec::perform
