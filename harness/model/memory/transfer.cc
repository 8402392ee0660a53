// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Bytes that the kernel moves from one range to another.

#include <algorithm>
#include <array>
#include <cerrno>

#include "harness/model/language/operations.h"
#include "harness/model/memory/access.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

constexpr std::uint64_t kChunk = 4096;  // read and written at a time

struct Ends {
  Reach from;
  Reach to;
  bool Whole() const { return from.end == Reach::End::kWhole && to.end == Reach::End::kWhole; }
};

Ends EndsOf(const MemoryTransfer& op, const Scene& scene) {
  return {Follow(scene, scene.AddressOf<&MemoryTransfer::from>(), op.size.bytes, false),
          Follow(scene, scene.AddressOf<&MemoryTransfer::to>(), op.size.bytes, true)};
}

void MoveChunk(const Scene& scene, State& state, std::uint64_t done, std::uint64_t size) {
  std::array<std::uint8_t, kChunk> bytes{};
  const std::uint64_t from = scene.AddressOf<&MemoryTransfer::from>() + done;
  const bool known = AreKnown(scene, from, size) && scene.call().Alone();
  ForEachShownPart(
      scene, state, scene.space(), from, size,
      [&](std::uint64_t object, std::uint64_t offset, std::uint64_t at, std::uint64_t part) {
        ObjectOf(state, object).Read(offset, std::span(bytes).subspan(at, part));
      });
  CopyPrivatePages(scene, state, scene.AddressOf<&MemoryTransfer::to>() + done, size);
  ForEachMappedPart(
      scene.space(), scene.AddressOf<&MemoryTransfer::to>() + done, size,
      [&](std::uint64_t object, std::uint64_t offset, std::uint64_t at, std::uint64_t part) {
        MemoryObject& memory = OwnObject(state, object);
        memory.Write(offset, std::span(bytes).subspan(at, part));
        if (!known) memory.MakeUnknown(offset, part, scene.call().step);
      });
}

}  // namespace

void Describe(const MemoryTransfer& op, const Scene& scene, Clauses& clauses) {
  const Ends ends = EndsOf(op, scene);
  const Requirement buffers = "SYSV.DATA.SYSCALL_BUFFERS"_req;
  clauses.Returns<Value>(buffers, "the bytes arrive");
  if (op.size.bytes == 0) return clauses.ReturnsValue(0, {}, "there is nothing to send");
  const std::uint64_t reached = std::min(ends.from.bytes, ends.to.bytes);
  const bool nothing = reached == 0 && !ends.Whole();
  const bool certain = ends.from.certain && ends.to.certain;
  clauses.Refuse(!ends.Whole(), EFAULT, nothing && certain ? Force::kMust : Force::kMay, buffers,
                 "a buffer cannot be read or written");
  const std::uint64_t least = ends.Whole() ? op.size.bytes : 0;
  clauses.Bind(0, least, op.size.bytes, buffers, "as many bytes as both buffers hold");
}

void Apply(const MemoryTransfer& op, const Scene& scene, State& state, const Outcome& outcome) {
  const auto* value = std::get_if<Value>(&outcome);
  const bool whole = value != nullptr && static_cast<std::uint64_t>(value->number) == op.size.bytes;
  if (!whole) {
    // When the end of a chunk is missing, it is unknown how much of the chunk was written before.
    const Ends ends = EndsOf(op, scene);
    const std::uint64_t reached = std::min(ends.from.bytes, ends.to.bytes);
    // A chunk is read before it is known that it cannot be written.
    const std::uint64_t read = std::min(ends.from.bytes, (reached / kChunk + 1) * kChunk);
    TouchRange(scene, state, scene.AddressOf<&MemoryTransfer::from>(), read);
    CopyPrivatePages(scene, state, scene.AddressOf<&MemoryTransfer::to>(), reached);
    ForEachMappedPart(
        scene.space(), scene.AddressOf<&MemoryTransfer::to>(), reached,
        [&](std::uint64_t object, std::uint64_t offset, std::uint64_t, std::uint64_t part) {
          OwnObject(state, object).MakeUnknown(offset, part, scene.call().step);
        });
    return;
  }
  TouchRange(scene, state, scene.AddressOf<&MemoryTransfer::from>(), op.size.bytes);
  for (std::uint64_t done = 0; done < op.size.bytes; done += kChunk) {
    MoveChunk(scene, state, done, std::min(kChunk, op.size.bytes - done));
  }
}

}  // namespace shmspec::model
