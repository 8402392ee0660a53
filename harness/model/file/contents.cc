// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// read(2), write(2), pread(2) and pwrite(2): bytes between a file and memory of the caller.

#include <algorithm>
#include <cerrno>

#include "harness/model/file/descriptor.h"
#include "harness/model/language/operations.h"
#include "harness/model/language/stride.h"
#include "harness/model/memory/access.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

constexpr Requirement kCoherent = "POSIX.SIZE.RDWR_IO"_req;
constexpr std::uint64_t kMost = 0x7ffff000;   // bytes that Linux moves in one call
constexpr std::uint64_t kLarge = 1ull << 26;  // bytes of which memory may be short
constexpr std::uint64_t kChunk = 4096;        // copied at a time

/// One call, whichever it is.
struct Transfer {
  std::int64_t descriptor = -1;
  std::uint64_t at = 0;                 // in memory
  std::uint64_t size = 0;               // bytes asked for
  std::optional<std::uint64_t> offset;  // in the file; otherwise that of the open file
  bool writes = false;
};

template <class Op>
Transfer TransferOf(const Op& op, const Scene& scene, bool writes) {
  Transfer transfer{scene.NumberOf<&Op::descriptor>(), scene.AddressOf<&Op::at>(), op.size.bytes,
                    std::nullopt, writes};
  if constexpr (requires { op.offset; }) transfer.offset = op.offset.bytes;
  return transfer;
}

/// Where in the file it begins.
std::uint64_t StartOf(const Transfer& transfer, const OpenFile& file, const Node& node) {
  if (transfer.writes && file.appends) return node.size;
  return transfer.offset.value_or(file.offset);
}

/// Whether a part of the buffer is a mapping of the file itself, which the call changes meanwhile.
bool IsBufferOfFile(const Transfer& transfer, const Scene& scene, const Node& node) {
  const auto& mappings = scene.space().mappings();
  return std::any_of(mappings.begin(), mappings.end(), [&](const Mapping& mapping) {
    return mapping.node() != nullptr && mapping.node()->node == node.serial &&
           mapping.start < transfer.at + transfer.size && transfer.at < mapping.end;
  });
}

/// Whether nobody else can change the buffer during the call: it is private memory, and no other
/// task of the process acts.
bool IsOwnBuffer(const Transfer& transfer, const Scene& scene) {
  const State& state = scene.state();
  for (std::size_t i = 0; i < state.tasks.size(); ++i) {
    const Task& task = state.tasks[i];
    const bool other = i != scene.call().actor && task.process == scene.process_index();
    if (other && task.life == Life::kAlive) return false;
  }
  for (std::uint64_t at = transfer.at; at < transfer.at + transfer.size;) {
    const Mapping* mapping = scene.space().Find(at);
    if (mapping == nullptr || mapping->IsAttach() || mapping->node() != nullptr) return false;
    at = mapping->end;
  }
  return true;
}

/// Adds what depends on the memory of the caller, of which `wanted` bytes are read or written.
void DescribeBuffer(const Transfer& transfer, const Scene& scene, std::uint64_t wanted,
                    Clauses& clauses) {
  constexpr Requirement kFault = "MMAP.SYSCALL_BEYOND_EOF_EFAULT"_req;
  const Reach whole = Follow(scene, transfer.at, transfer.size, !transfer.writes);
  const bool outside = whole.end == Reach::End::kOutside || transfer.at > scene.task_size();
  clauses.Refuse(outside, EFAULT, wanted > 0 ? Force::kMust : Force::kMay, kFault,
                 "the buffer is no memory of a process");
  if (outside || wanted == 0) {
    clauses.Bind(0, wanted, wanted, kCoherent, "as many bytes as there are");
    return;
  }
  const Reach reach = Follow(scene, transfer.at, wanted, !transfer.writes);
  const Requirement fault = reach.end == Reach::End::kFull ? "TMPFS.FULL_EFAULT"_req : kFault;
  if (reach.end == Reach::End::kWhole) {
    clauses.Bind(0, wanted, wanted, kCoherent, "as many bytes as there are");
    return;
  }
  const bool nothing = reach.bytes == 0 && reach.certain;
  clauses.Refuse(true, EFAULT, nothing ? Force::kMust : Force::kMay, fault,
                 "the buffer cannot be read or written");
  const std::uint64_t most = reach.certain ? std::max<std::uint64_t>(reach.bytes, 1) : wanted;
  clauses.Bind(0, 1, most, kFault, "as many bytes as the buffer has");
}

void DescribeSealed(const Transfer& transfer, const Node& node, std::uint64_t start,
                    Clauses& clauses) {
  if (!transfer.writes || transfer.size == 0) return;
  const bool sealed = (node.seals & kSealWrite) != 0;
  clauses.Refuse(sealed, EPERM, Force::kMust,
                 {"SEAL.WRITE_BLOCKS_WRITES"_req, "SEAL.CONSUMER_SAFETY"_req},
                 "the file is sealed against writing");
  clauses.Refuse(!sealed && (node.seals & kSealFutureWrite) != 0, EPERM, Force::kMust,
                 "SEAL.FUTURE_WRITE"_req, "the file is sealed against writing");
  const bool grows = start + transfer.size > node.size;
  clauses.Refuse((node.seals & kSealGrow) != 0 && grows, EPERM,
                 start >= node.size ? Force::kMust : Force::kMay, "SEAL.GROW"_req,
                 "the file is sealed against growing");
}

/// Adds what depends on the room in the file system, if it is not enough. Then it is all there is
/// to say.
bool DescribeRoom(const Transfer& transfer, const Scene& scene, const Node& node,
                  std::uint64_t start, std::uint64_t wanted, Clauses& clauses) {
  constexpr Requirement kFull = "TMPFS.FULL_SIGBUS"_req;
  const Fitting fitting = FitPages(scene.state(), node, start, wanted, scene.page());
  if (fitting.sure >= wanted) return false;
  clauses.Refuse(fitting.sure == 0, ENOSPC, fitting.most == 0 ? Force::kMust : Force::kMay, kFull,
                 "the file system has no room for the page");
  const bool whole = Follow(scene, transfer.at, wanted, false).end == Reach::End::kWhole;
  clauses.Refuse(!whole, EFAULT, Force::kMay, "MMAP.SYSCALL_BEYOND_EOF_EFAULT"_req,
                 "the buffer cannot be read");
  const std::uint64_t least = whole ? std::max<std::uint64_t>(fitting.sure, 1) : 1;
  clauses.Bind(0, least, std::max<std::uint64_t>(fitting.most, 1), kFull,
               "as many bytes as there is room for");
  return true;
}

void DescribeTransfer(const Transfer& transfer, const Scene& scene, Clauses& clauses) {
  const OpenFile* file = DescribeFile(scene, transfer.descriptor, clauses);
  clauses.Returns<Value>({kCoherent, "MMAP.SHARED_WRITES_VISIBLE"_req}, "bytes are moved");
  const bool negative = transfer.offset && *transfer.offset >= MemoryObject::kEnd;
  clauses.Refuse(negative, EINVAL, Force::kMust, kCoherent, "the offset is negative");
  const bool too_many = transfer.size >= MemoryObject::kEnd;
  clauses.Refuse(too_many, EINVAL, Force::kMust, {}, "the size is negative");
  clauses.Refuse(too_many, EFAULT, Force::kMay, {}, "no buffer is so large");
  if (file == nullptr) return;
  clauses.Refuse(transfer.writes ? !file->writes : !file->reads, EBADF, Force::kMust,
                 "FD.ACCESS_MODE"_req, "the descriptor was not opened for that");
  const Node& node = NodeOf(scene.state(), file->node);
  if (node.unknown) {
    clauses.AnyFailure("nothing is known of the file");
    return clauses.Observe("a file of which nothing is known");
  }
  const std::uint64_t start = StartOf(transfer, *file, node);
  DescribeSealed(transfer, node, start, clauses);
  const std::uint64_t room = MemoryObject::kEnd - 1 - std::min(start, MemoryObject::kEnd - 1);
  clauses.Refuse(transfer.writes && transfer.size > room, EFBIG, Force::kMay, kCoherent,
                 "no file is so large");
  clauses.RefuseHere(transfer.writes && transfer.size >= kLarge, ENOSPC, Force::kMay, {},
                     "memory may be short");
  std::uint64_t wanted = std::min({transfer.size, kMost, room});
  if (!transfer.writes) {
    wanted = start < node.size ? std::min(wanted, node.size - start) : 0;
  }
  // What writes is alone with the file, and with its buffer if that is its own.
  const bool alone = scene.call().Alone() ||
                     (transfer.writes && transfer.size > 0 && IsOwnBuffer(transfer, scene));
  if (!alone) {
    // It takes time, and may see some of what others do meanwhile.
    clauses.Refuse(true, EFAULT, Force::kMay, {}, "the buffer may be taken away meanwhile");
    const bool fits = !transfer.writes ||
                      FitPages(scene.state(), node, start, wanted, scene.page()).sure >= wanted;
    clauses.Refuse(!fits, ENOSPC, Force::kMay, "TMPFS.FULL_SIGBUS"_req,
                   "the file system has no room for all of it");
    clauses.Bind(0, 0, transfer.size, {}, "at most as many bytes as were asked for");
    return clauses.Observe("bytes moved while others act");
  }
  if (transfer.writes && wanted > 0 && IsBufferOfFile(transfer, scene, node)) {
    clauses.Refuse(true, EFAULT, Force::kMay, kCoherent, "the buffer may lie behind the end");
    clauses.Bind(0, 1, wanted, kCoherent, "at most as many bytes as were asked for");
    return;
  }
  clauses.Refuse(transfer.writes && wanted > 0 && transfer.at == 0, EFAULT, Force::kMay, {},
                 "Linux does not bring in the page at address 0 before it copies from there");
  const bool cut = transfer.writes && (node.seals & kSealGrow) != 0 && start < node.size &&
                   start + wanted > node.size;
  if (cut) {
    const bool whole = Follow(scene, transfer.at, wanted, false).end == Reach::End::kWhole;
    clauses.Refuse(!whole, EFAULT, Force::kMay, "MMAP.SYSCALL_BEYOND_EOF_EFAULT"_req,
                   "the buffer cannot be read");
    clauses.Bind(0, 1, node.size - start, "SEAL.GROW"_req, "at most the bytes up to the end");
    return;
  }
  if (transfer.writes && DescribeRoom(transfer, scene, node, start, wanted, clauses)) return;
  DescribeBuffer(transfer, scene, wanted, clauses);
}

/// Bytes of the file go to memory, or the other way round; `alone`: nobody changed any meanwhile.
void Copy(const Transfer& transfer, const Scene& scene, State& state, const Node& node,
          std::uint64_t start, std::uint64_t size, bool alone) {
  const std::uint64_t object = node.object;
  const bool same = IsBufferOfFile(transfer, scene, node);
  const std::uint32_t step = scene.call().step;
  const AddressSpace& space = scene.space();
  if (!transfer.writes) CopyPrivatePages(scene, state, transfer.at, size);
  std::vector<std::uint8_t> bytes(kChunk);
  for (std::uint64_t done = 0; done < size; done += kChunk) {
    const std::uint64_t count = std::min(kChunk, size - done);
    const std::span<std::uint8_t> chunk = std::span(bytes).first(count);
    const std::uint64_t at = transfer.at + done;
    bool known = alone && !same;
    if (transfer.writes) {
      known = known && AreKnown(scene, at, count);
      ForEachShownPart(
          scene, state, space, at, count,
          [&](std::uint64_t from, std::uint64_t offset, std::uint64_t to, std::uint64_t part) {
            ObjectOf(state, from).Read(offset, chunk.subspan(to, part));
          });
      MemoryObject& file = OwnObject(state, object);
      file.Write(start + done, chunk);
      if (!known) file.MakeUnknown(start + done, count, step);
      continue;
    }
    known = known && ObjectOf(state, object).IsKnown(start + done, count);
    ObjectOf(state, object).Read(start + done, chunk);
    ForEachMappedPart(
        space, at, count,
        [&](std::uint64_t to, std::uint64_t offset, std::uint64_t from, std::uint64_t part) {
          MemoryObject& memory = OwnObject(state, to);
          memory.Write(offset, chunk.subspan(from, part));
          if (!known) memory.MakeUnknown(offset, part, step);
        });
  }
}

/// After a fault in the buffer of a read it is unknown how much of it was written.
void ForgetBuffer(const Transfer& transfer, const Scene& scene, State& state, std::uint64_t done) {
  const Reach reach = Follow(scene, transfer.at, transfer.size, true);
  if (reach.bytes <= done) return;
  const std::uint64_t left = reach.bytes - done;
  CopyPrivatePages(scene, state, transfer.at + done, left);
  ForEachMappedPart(scene.space(), transfer.at + done, left,
                    [&](std::uint64_t object, std::uint64_t offset, auto, std::uint64_t part) {
                      OwnObject(state, object).MakeUnknown(offset, part, scene.call().step);
                    });
}

/// What is written is brought in first; before a call fails, perhaps.
void ReadBuffer(const Transfer& transfer, const Scene& scene, State& state, bool succeeded) {
  const Reach reach = Follow(scene, transfer.at, std::min(transfer.size, kLarge), false);
  if (succeeded && reach.end == Reach::End::kWhole) {
    TouchRange(scene, state, transfer.at, reach.bytes);
  } else {
    MayTouchRange(scene, state, transfer.at, reach.bytes);
  }
}

/// A write that ends early may have made pages that it did not fill.
void ForgetPages(const Transfer& transfer, const Scene& scene, State& state, std::uint64_t object,
                 std::uint64_t from) {
  const std::uint64_t size = std::min(transfer.size, kLarge);
  if (from < MemoryObject::kEnd - kLarge) {
    OwnObject(state, object).MakeUnknown(from, size, scene.call().step);
  }
}

/// `alone`: nobody else has changed what is moved.
void ApplyTransfer(const Transfer& transfer, const Scene& scene, State& state,
                   const Outcome& outcome, bool alone) {
  const OpenFile* file = FindFile(scene.state(), scene.process_index(), transfer.descriptor);
  if (file == nullptr) return;
  if (NodeOf(scene.state(), file->node).unknown) {
    if (!transfer.writes) ForgetBuffer(transfer, scene, state, 0);
    return;
  }
  const auto* value = std::get_if<Value>(&outcome);
  const auto* failure = std::get_if<Failure>(&outcome);
  const bool faulted = failure != nullptr && failure->error.number == EFAULT;
  const std::uint32_t serial = file->node;
  const Node node = NodeOf(state, serial);
  const std::uint64_t start = StartOf(transfer, *file, node);
  if (transfer.writes) ReadBuffer(transfer, scene, state, value != nullptr);
  if (transfer.writes && IsBufferOfFile(transfer, scene, node)) {
    // What it grows by may be read, and so be there.
    OwnObject(state, node.object).MakeUnknown(0, MemoryObject::kEnd, scene.call().step);
  }
  if (value == nullptr) {
    if (faulted && !transfer.writes) ForgetBuffer(transfer, scene, state, 0);
    if (!faulted || !transfer.writes) return;
    ForgetPages(transfer, scene, state, node.object, start);
    // A write behind the end that fails may have moved the end to where it begins.
    if (start > node.size) ForgetNode(state, serial, scene.call().step);
    return;
  }
  const auto size = static_cast<std::uint64_t>(value->number);
  const std::uint64_t available = start < node.size ? node.size - start : 0;
  if (transfer.writes) ForgetIdBits(state, serial);
  if (transfer.writes && size > 0) OwnNode(state, serial).changed_s = scene.call().when.low;
  if (transfer.writes && size > 0) {
    GrowNode(state, serial, start + size, scene.page(), scene.call().step, start);
  }
  Copy(transfer, scene, state, node, start, size, alone);
  const bool cut_short = !transfer.writes && size < std::min(transfer.size, available);
  if (cut_short) ForgetBuffer(transfer, scene, state, size);
  // Where there was no room, no page was made.
  const bool whole =
      Follow(scene, transfer.at, std::min(transfer.size, kLarge), false).end == Reach::End::kWhole;
  if (transfer.writes && size < transfer.size && !(HasPageLimit(scene.state(), node) && whole)) {
    ForgetPages(transfer, scene, state, node.object, start + size);
  }
  if (!transfer.offset) OwnFile(state, file->serial).offset = start + size;
}

/// A write under way: nobody else changes the file, and who looks may see some of the bytes.
void BeginWrite(const Transfer& transfer, const Stride& stride, Next& next, const OpenFile& file) {
  const Node& node = NodeOf(stride.state(), file.node);
  const std::uint64_t start = StartOf(transfer, file, node);
  next.progress.kept[1] = node.serial;
  HoldNode(next.state, node.serial);
  OwnNode(next.state, node.serial).busy = true;
  const std::uint64_t room = MemoryObject::kEnd - 1 - std::min(start, MemoryObject::kEnd - 1);
  OwnObject(next.state, node.object)
      .BeginWrite(start, std::min(transfer.size, room), stride.call().step);
}

void EndTransfer(Transfer transfer, Stride& stride, Next& next) {
  const Outcome& outcome = *stride.seen();
  // Where it begins is kept from its first phase on: the open file may have no lock for its offset.
  const bool kept = next.progress.kept[0] != 0;
  if (kept) transfer.offset = next.progress.kept[0] - 1;
  const auto serial = static_cast<std::uint32_t>(next.progress.kept[1]);
  bool alone = false;
  if (transfer.writes) {
    alone = OwnObject(next.state, NodeOf(next.state, serial).object).EndWrite(stride.call().step) &&
            IsOwnBuffer(transfer, stride.scene());
  }
  ApplyTransfer(transfer, stride.In(next), next.state, outcome, alone);
  const OpenFile* file = FindFile(next.state, stride.process(), transfer.descriptor);
  const auto* value = std::get_if<Value>(&outcome);
  if (kept && file != nullptr && value != nullptr) {
    OwnFile(next.state, file->serial).offset =
        *transfer.offset + static_cast<std::uint64_t>(value->number);
  }
  if (transfer.writes) {
    OwnNode(next.state, serial).busy = false;
    DropNode(next.state, serial);
  }
  stride.End(next);
}

void AdvanceTransfer(const Transfer& transfer, Stride& stride) {
  if (stride.progress().phase != 0) return EndTransfer(transfer, stride, stride.Add());
  const OpenFile* file = FindFile(stride.state(), stride.process(), transfer.descriptor);
  const bool known = file != nullptr && !NodeOf(stride.state(), file->node).unknown;
  if (known && transfer.writes && NodeOf(stride.state(), file->node).busy) return;
  const bool locks = known && (transfer.offset || file->locks_offset);
  const bool at_once = !known || transfer.size == 0 || (!transfer.writes && locks);
  if (stride.call().Alone() || stride.seen() == nullptr || at_once) return stride.Whole();
  Next* next = stride.Resume();
  if (next == nullptr) return;
  const bool appends = transfer.writes && file->appends;
  if (!transfer.offset && !appends) next->progress.kept[0] = file->offset + 1;
  if (transfer.writes) BeginWrite(transfer, stride, *next, *file);
}

}  // namespace

void Describe(const FileRead& op, const Scene& scene, Clauses& clauses) {
  DescribeTransfer(TransferOf(op, scene, false), scene, clauses);
}
void Describe(const FilePread& op, const Scene& scene, Clauses& clauses) {
  DescribeTransfer(TransferOf(op, scene, false), scene, clauses);
}
void Describe(const FileWrite& op, const Scene& scene, Clauses& clauses) {
  DescribeTransfer(TransferOf(op, scene, true), scene, clauses);
}
void Describe(const FilePwrite& op, const Scene& scene, Clauses& clauses) {
  DescribeTransfer(TransferOf(op, scene, true), scene, clauses);
}

void Apply(const FileRead& op, const Scene& scene, State& state, const Outcome& outcome) {
  ApplyTransfer(TransferOf(op, scene, false), scene, state, outcome, scene.call().Alone());
}
void Apply(const FilePread& op, const Scene& scene, State& state, const Outcome& outcome) {
  ApplyTransfer(TransferOf(op, scene, false), scene, state, outcome, scene.call().Alone());
}
void Apply(const FileWrite& op, const Scene& scene, State& state, const Outcome& outcome) {
  ApplyTransfer(TransferOf(op, scene, true), scene, state, outcome, scene.call().Alone());
}
void Apply(const FilePwrite& op, const Scene& scene, State& state, const Outcome& outcome) {
  ApplyTransfer(TransferOf(op, scene, true), scene, state, outcome, scene.call().Alone());
}

void Advance(const FileRead& op, Stride& stride) {
  AdvanceTransfer(TransferOf(op, stride.scene(), false), stride);
}
void Advance(const FilePread& op, Stride& stride) {
  AdvanceTransfer(TransferOf(op, stride.scene(), false), stride);
}
void Advance(const FileWrite& op, Stride& stride) {
  AdvanceTransfer(TransferOf(op, stride.scene(), true), stride);
}
void Advance(const FilePwrite& op, Stride& stride) {
  AdvanceTransfer(TransferOf(op, stride.scene(), true), stride);
}

}  // namespace shmspec::model
