// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Calls on files and names one phase at a time. A call that changes a file keeps others from
// changing it, but not from looking at it: they see the size before the bytes are gone, and a name
// before or after the number of names.

#include <algorithm>
#include <string>

#include "harness/model/file/descriptor.h"
#include "harness/model/file/directory.h"
#include "harness/model/language/judgement.h"
#include "harness/model/language/stride.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

constexpr std::uint64_t kMostPieces = 4;

/// What a call in phases has to remember of the node that it changes.
std::uint32_t HeldBy(const Progress& progress) {
  return static_cast<std::uint32_t>(progress.kept[0]);
}

void Occupy(Next& next, std::uint32_t node) {
  HoldNode(next.state, node);
  OwnNode(next.state, node).busy = true;
  next.progress.kept[0] = node;
}

void Leave(Stride& stride, Next& next) {
  const std::uint32_t node = HeldBy(next.progress);
  OwnNode(next.state, node).busy = false;
  DropNode(next.state, node);
  stride.End(next);
}

/// The node that a descriptor of the caller stands for, if anything is known of it.
const Node* KnownNode(const Stride& stride, std::int64_t number) {
  const OpenFile* file = FindFile(stride.state(), stride.process(), number);
  if (file == nullptr) return nullptr;
  const Node& node = NodeOf(stride.state(), file->node);
  return node.unknown ? nullptr : &node;
}

/// The file has its new size, and the bytes behind it are still there for those who see them.
void Shorten(const Stride& stride, State& state, std::uint32_t serial, std::uint64_t size) {
  Node& node = OwnNode(state, serial);
  node.changed_s = stride.call().when.low;
  node.size = size;
  MemoryObject& object = OwnObject(state, node.object);
  object.vouched = std::min(object.vouched, RoundUp(size, stride.scene().page()));
}

}  // namespace

void Advance(const FileTruncate& op, Stride& stride) {
  if (stride.progress().phase == 0) {
    const Node* node = KnownNode(stride, stride.scene().NumberOf<&FileTruncate::descriptor>());
    if (node != nullptr && node->busy) return;
    if (stride.call().Alone() || node == nullptr || op.size.bytes >= node->size) {
      return stride.Whole();
    }
    const std::uint32_t serial = node->serial;
    Next* next = stride.Resume();
    if (next == nullptr) return;
    Occupy(*next, serial);
    ForgetIdBits(next->state, serial);
    return Shorten(stride, next->state, serial, op.size.bytes);
  }
  Next& next = stride.Add();
  CutNode(next.state, HeldBy(next.progress), op.size.bytes, stride.scene().page());
  Leave(stride, next);
}

// Each field is read by itself. To read one when it is as it was seen costs no other order.
void Advance(const FileStat&, Stride& stride) {
  const auto* record =
      stride.seen() != nullptr ? std::get_if<FileRecord>(&*stride.seen()) : nullptr;
  if (stride.call().Alone() || record == nullptr) return stride.Whole();
  stride.DescribeWhole();
  if (stride.clauses().MustFail()) return;
  const auto numbers = NumbersOf(*stride.seen());
  const std::uint64_t before = stride.progress().kept[0];
  std::uint64_t read = before;
  bool all = true;
  for (const Bound& bound : stride.clauses().bounds()) {
    const std::uint64_t bit = std::uint64_t{1} << bound.field;
    // The page of a store that is under way is there before what is stored in it.
    const bool more =
        bound.field == FieldIndex<FileRecord>("blocks") && numbers[bound.field] > bound.high;
    if (more || Holds(bound, stride.scene(), numbers[bound.field])) read |= bit;
    all = all && (read & bit) != 0;
  }
  const bool begins = stride.progress().phase == 0;
  if (!all && read == before) return;
  Next& next = begins ? stride.Begin(std::nullopt) : stride.Add();
  next.progress.kept[0] = read;
  next.progress.phase = 1;
  if (!all) return;
  stride.Note(*stride.seen());
  stride.End(next);
}

// A hole is made one page after the other, in any order.
void Advance(const FileAllocate& op, Stride& stride) {
  const std::uint64_t page = stride.scene().page();
  const std::uint64_t end = op.offset.bytes + op.size.bytes;
  if (stride.progress().phase == 0) {
    const Node* node = KnownNode(stride, stride.scene().NumberOf<&FileAllocate::descriptor>());
    if (node != nullptr && node->busy) return;
    const bool one = end <= op.offset.bytes / page * page + page;
    if (stride.call().Alone() || node == nullptr || !op.mode.Has(kPunchHole) || one) {
      return stride.Whole();
    }
    const std::uint32_t serial = node->serial;
    Next* next = stride.Resume();
    if (next == nullptr) return;
    ForgetIdBits(next->state, serial);
    return Occupy(*next, serial);
  }
  const std::uint64_t first = op.offset.bytes / page;
  const std::uint64_t pieces = (end - 1) / page - first + 1;
  const std::uint64_t made = stride.progress().kept[1];
  if (pieces > kMostPieces) {
    Next& next = stride.Add();
    MemoryObject& object = OwnObject(next.state, NodeOf(next.state, HeldBy(next.progress)).object);
    if (stride.progress().phase == 1) {
      object.BeginWrite(op.offset.bytes, op.size.bytes, stride.call().step);
      next.progress.phase = 2;
      return;
    }
    if (object.EndWrite(stride.call().step)) {
      PunchNode(next.state, HeldBy(next.progress), op.offset.bytes, op.size.bytes, page);
    }
    return Leave(stride, next);
  }
  for (std::uint64_t i = 0; i < pieces; ++i) {
    const std::uint64_t bit = std::uint64_t{1} << i;
    if ((made & bit) != 0) continue;
    Next& next = stride.Add();
    const std::uint64_t from = std::max(op.offset.bytes, (first + i) * page);
    const std::uint64_t to = std::min(end, (first + i + 1) * page);
    PunchNode(next.state, HeldBy(next.progress), from, to - from, page);
    next.progress.kept[1] = made | bit;
    if (next.progress.kept[1] + 1 == std::uint64_t{1} << pieces) Leave(stride, next);
  }
}

void Advance(const MemfdAddSeals&, Stride& stride) {
  const Node* node = KnownNode(stride, stride.scene().NumberOf<&MemfdAddSeals::descriptor>());
  if (node == nullptr || !node->busy) stride.Whole();
}

// O_TRUNC empties the file that the name led to, some time after it did.
void Advance(const PosixOpen& op, Stride& stride) {
  const Scene& scene = stride.scene();
  if (stride.progress().phase == 0) {
    const bool plain = op.flags.Has(kTruncate) && op.flags.Has(kReadWrite) &&
                       !op.flags.Has(kWriteOnly) && KindOf(op.name, scene) == NameKind::kPlain;
    const DirectoryEntry* entry =
        plain && ShmOf(scene) != nullptr ? FindEntry(scene, op.name) : nullptr;
    const bool there = entry != nullptr && entry->node != 0;
    if (stride.call().Alone() || !there || NodeOf(stride.state(), entry->node).unknown) {
      return stride.Whole();
    }
    const std::uint32_t serial = entry->node;
    Next* next = stride.Resume();
    if (next == nullptr) return;
    PosixOpen opened = op;
    opened.flags.bits &= ~kTruncate;
    Apply(opened, stride.In(*next), next->state, next->outcome ? *next->outcome : *stride.seen());
    HoldNode(next->state, serial);
    next->progress.kept[0] = serial;
    return;
  }
  const std::uint32_t serial = HeldBy(stride.progress());
  if (stride.progress().phase == 1) {
    if (NodeOf(stride.state(), serial).busy) return;
    Next& next = stride.Add();
    next.progress.phase = 2;
    OwnNode(next.state, serial).busy = true;
    ForgetIdBits(next.state, serial);
    return Shorten(stride, next.state, serial, 0);
  }
  Next& next = stride.Add();
  CutNode(next.state, serial, 0, scene.page());
  Leave(stride, next);
}

namespace {

/// The node that a name leads to, if it does lead to one.
std::uint32_t NamedNode(const std::string& name, const Scene& scene) {
  const bool plain = KindOf(name, scene) == NameKind::kPlain && ShmOf(scene) != nullptr;
  const DirectoryEntry* entry = plain ? FindEntry(scene, name) : nullptr;
  return entry != nullptr ? entry->node : 0;
}

}  // namespace

void Advance(const PosixUnlink& op, Stride& stride) {
  const Scene& scene = stride.scene();
  if (stride.progress().phase == 0) {
    const std::uint32_t serial = NamedNode(op.name, scene);
    if (serial != 0 && NodeOf(stride.state(), serial).busy) return;
    if (stride.call().Alone() || serial == 0) return stride.Whole();
    Next* next = stride.Resume();
    if (next == nullptr) return;
    Occupy(*next, serial);
    --OwnNode(next->state, serial).links;
    return;
  }
  Next& next = stride.Add();
  const std::uint32_t serial = HeldBy(next.progress);
  ++OwnNode(next.state, serial).links;
  if (NamedNode(op.name, scene) == serial) Apply(op, scene, next.state, Value{0});
  Leave(stride, next);
}

void Advance(const PosixLink& op, Stride& stride) {
  const Scene& scene = stride.scene();
  if (stride.progress().phase == 0) {
    const std::uint32_t serial = NamedNode(op.name, scene);
    if (serial != 0 && NodeOf(stride.state(), serial).busy) return;
    if (stride.call().Alone() || serial == 0) return stride.Whole();
    Next* next = stride.Resume();
    if (next == nullptr) return;
    Occupy(*next, serial);
    ++OwnNode(next->state, serial).links;
    return;
  }
  Next& next = stride.Add();
  const std::uint32_t serial = HeldBy(next.progress);
  --OwnNode(next.state, serial).links;
  if (FindEntry(scene, op.to) == nullptr) {
    AddEntry(next.state, scene.shm_mount()->file_system,
             {stride.call().step + 1, std::string(PlainName(op.to)), serial});
  }
  Leave(stride, next);
}

// The file is found first: its descriptor may be closed before there is another one.
void Advance(const DescriptorDup&, Stride& stride) {
  if (stride.progress().phase == 0) {
    const OpenFile* file = FindFile(stride.state(), stride.process(),
                                    stride.scene().NumberOf<&DescriptorDup::descriptor>());
    const bool succeeds = stride.seen() != nullptr && Succeeded(*stride.seen());
    if (stride.call().Alone() || !succeeds || file == nullptr) return stride.Whole();
    Next& next = stride.Begin(std::nullopt);
    next.progress.kept[0] = file->serial;
    ++OwnFile(next.state, file->serial).references;
    return;
  }
  stride.clauses().Reset();
  stride.clauses().Returns<Value>("FD.DUP_SHARES_OFFSET"_req,
                                  "another descriptor of the same open file");
  DescribeRoomForDescriptor(stride.scene(), stride.clauses());
  const std::optional<Outcome> outcome = stride.SettleAndNote();
  if (!outcome) return;
  Next& next = stride.Add();
  const std::uint32_t serial = HeldBy(next.progress);
  OpenDescriptor(next.state, stride.process(), {NewNumber(*outcome), serial, false});
  --OwnFile(next.state, serial).references;
  stride.End(next);
}

void Advance(const DescriptorSend&, Stride& stride) {
  if (stride.progress().phase == 0) {
    const OpenFile* file = FindFile(stride.state(), stride.process(),
                                    stride.scene().NumberOf<&DescriptorSend::descriptor>());
    if (stride.call().Alone() || file == nullptr) return stride.Whole();
    const std::uint32_t serial = file->serial;
    Next* next = stride.Resume();
    if (next == nullptr) return;
    next->progress.kept[0] = serial;
    ++OwnFile(next->state, serial).references;
    return;
  }
  Next& next = stride.Add();
  SendFile(next.state, HeldBy(next.progress));
  --OwnFile(next.state, HeldBy(next.progress)).references;
  stride.End(next);
}

}  // namespace shmspec::model
