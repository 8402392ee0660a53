// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Pages that a pipe holds, and those that a process has in its page tables.

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>

#include "harness/host/address.h"
#include "harness/host/own_process.h"
#include "harness/target/perform/families.h"

namespace shmspec::perform {

Outcome Do(const MemoryPin& op, Context& context) {
  if (!context.pinned.reading) {
    Result<Pipe> pipe = MakePipe();
    if (!pipe.ok()) return Trouble{true, pipe.error().message};
    for (UniqueFd* end : {&pipe->reading, &pipe->writing}) *end = UniqueFd(Raised(end->release()));
    context.pinned = std::move(*pipe);
  }
  const iovec part{PointerTo(context.AddressOf(op.at)), static_cast<std::size_t>(op.size.bytes)};
  constexpr unsigned kNonblock = 2;  // SPLICE_F_NONBLOCK
  const long moved = ::syscall(SYS_vmsplice, context.pinned.writing.get(), &part, 1ul, kNonblock);
  if (moved < 0 && (errno == ENOSYS || errno == EPERM)) {
    return Trouble{true, "this system has no vmsplice"};
  }
  return Returned(moved);
}

Outcome Do(const MemoryUnpin&, Context& context) {
  context.pinned = {};
  return Value{0};
}

}  // namespace shmspec::perform
