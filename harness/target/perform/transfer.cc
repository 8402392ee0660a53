// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Bytes that the kernel moves: buffers of system calls that lie wherever the plan says.

#include <unistd.h>

#include <algorithm>

#include "harness/host/address.h"
#include "harness/host/pipe.h"
#include "harness/target/perform/families.h"

namespace shmspec::perform {
namespace {

constexpr std::uint64_t kChunk = 4096;  // what a pipe takes without waiting for a reader

/// write(2) of one chunk and read(2) of what was written; how many bytes arrived, -1 with errno.
std::int64_t MoveChunk(int reading, int writing, std::uint64_t from, std::uint64_t to,
                       std::uint64_t size) {
  const ssize_t sent = ::write(writing, PointerTo(from), static_cast<std::size_t>(size));
  if (sent <= 0) return sent;
  return ::read(reading, PointerTo(to), static_cast<std::size_t>(sent));
}

}  // namespace

Outcome Do(const MemoryTransfer& op, Context& context) {
  const Result<Pipe> pipe = MakePipe();
  if (!pipe.ok()) return Trouble{false, pipe.error().message};
  const std::uint64_t from = context.AddressOf(op.from);
  const std::uint64_t to = context.AddressOf(op.to);
  std::uint64_t moved = 0;
  while (moved < op.size.bytes) {
    const std::uint64_t wanted = std::min(kChunk, op.size.bytes - moved);
    const std::int64_t got =
        MoveChunk(pipe->reading.get(), pipe->writing.get(), from + moved, to + moved, wanted);
    if (got < 0 && moved == 0) return Returned(-1);
    moved += static_cast<std::uint64_t>(std::max<std::int64_t>(got, 0));
    if (got != static_cast<std::int64_t>(wanted)) break;
  }
  return Value{static_cast<std::int64_t>(moved)};
}

}  // namespace shmspec::perform
