// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Systems that are wrong about where ranges begin and end, and about what goes on after them.

#include <algorithm>
#include <vector>

#include "harness/target/faulty/fault_table.h"

namespace shmspec {
namespace {

constexpr std::uint64_t kPage = 4096;

/// A call takes only the pages that lie whole within the range, if there are any.
template <class Op>
void RoundDown(const model::State&, model::Call&, Operation& operation) {
  auto* call = std::get_if<Op>(&operation);
  if (call != nullptr && call->size.bytes > kPage) call->size.bytes -= call->size.bytes % kPage;
}

/// A range of less than a page is taken for an empty one.
template <class Op>
void TakeNothing(const model::State&, model::Call&, Operation& operation) {
  auto* call = std::get_if<Op>(&operation);
  if (call != nullptr && call->size.bytes < kPage) call->size.bytes = 0;
}

/// A call that finds a hole has changed nothing.
template <class Op>
void ChangeNothing(const Aftermath& a) {
  const auto* failure = std::get_if<Failure>(&a.outcome);
  if (IsOneOf<Op>(a.call) && failure != nullptr && failure->error.number == ENOMEM) {
    a.after = a.before;
  }
}

void DoNotUndo(const Aftermath& a) {
  const auto* advise = As<MapAdvise>(a.call);
  if (advise == nullptr || !a.Succeeded()) return;
  const bool undoes = advise->advice == Advice::kDoFork || advise->advice == Advice::kKeepOnFork;
  if (undoes) a.after = a.before;
}

void UndoEverywhere(const Aftermath& a) {
  const auto* advise = As<MapAdvise>(a.call);
  if (advise == nullptr || !a.Succeeded() || advise->advice != Advice::kWipeOnFork) return;
  model::AddressSpace& space = a.after.processes[ProcessOf(a.after, a.call)].space.Own();
  for (std::size_t i = 0; i < space.mappings().size(); ++i) {
    space.at(i).wiped_by_fork = space.at(i).wiped_by_fork || !space.at(i).IsShared();
  }
}

// --- locks

void InheritLocks(const Aftermath& a) {
  const auto* fork = As<ProcessFork>(a.call);
  if (fork == nullptr || !a.Succeeded()) return;
  const auto& parents = a.before.processes[ProcessOf(a.before, a.call)].space->mappings();
  model::AddressSpace& space = a.after.processes[fork->child.index].space.Own();
  for (std::size_t i = 0; i < space.mappings().size(); ++i) {
    space.at(i).locked = std::any_of(parents.begin(), parents.end(), [&](const auto& mapping) {
      return mapping.locked && mapping.start == space.at(i).start;
    });
  }
}

std::uint64_t LockedBytes(const model::AddressSpace& space) {
  std::uint64_t bytes = 0;
  for (const model::Mapping& mapping : space.mappings())
    bytes += mapping.locked ? mapping.size() : 0;
  return bytes;
}

/// Pages that are locked already are charged again.
void ChargeAgain(const Aftermath& a) {
  const auto* lock = As<MapLock>(a.call);
  if (lock == nullptr || !a.Succeeded()) return;
  const model::Process& process = a.before.processes[ProcessOf(a.before, a.call)];
  const bool capable = (CredentialsOf(a.before, a.call).caps & kCapIpcLock) != 0;
  const std::uint64_t bytes = model::RoundUp(lock->size.bytes, kPage);
  if (!capable && LockedBytes(*process.space) + bytes > process.memlock) a.Fail(ENOMEM);
}

/// What is unmapped stays charged: the limit falls by it.
void KeepCharge(const Aftermath& a) {
  if (!IsOneOf<MapUnmap, ProcessExec>(a.call) || !a.Succeeded()) return;
  const std::uint8_t process = ProcessOf(a.before, a.call);
  const std::uint64_t before = LockedBytes(*a.before.processes[process].space);
  const std::uint64_t after = LockedBytes(*a.after.processes[process].space);
  std::uint64_t& limit = a.after.processes[process].memlock;
  limit -= std::min(limit, before - std::min(before, after));
}

// --- offsets

constexpr std::uint64_t kLow = 0xffffffff;

template <class Op>
void CutOffset(const model::State&, model::Call&, Operation& operation) {
  auto* call = std::get_if<Op>(&operation);
  if (call != nullptr && call->offset.bytes < model::MemoryObject::kEnd) call->offset.bytes &= kLow;
}

void CutSize(const model::State&, model::Call&, Operation& operation) {
  auto* truncate = std::get_if<FileTruncate>(&operation);
  if (truncate != nullptr && truncate->size.bytes < model::MemoryObject::kEnd) {
    truncate->size.bytes &= kLow;
  }
}

/// The open file that a call which succeeded named, for changing, or null.
template <class... Ops>
model::OpenFile* FileAfter(const Aftermath& a) {
  if (!IsOneOf<Ops...>(a.call) || !a.Succeeded()) return nullptr;
  const model::OpenFile* file = FileNamed(a.after, a.call);
  return file == nullptr ? nullptr : &OwnFile(a.after, file->serial);
}

void TruncateMoves(const Aftermath& a) {
  model::OpenFile* file = FileAfter<FileTruncate>(a);
  if (file != nullptr) {
    file->offset = std::min(file->offset, As<FileTruncate>(a.call)->size.bytes);
  }
}

void PositionedMoves(const Aftermath& a) {
  model::OpenFile* file = FileAfter<FilePread, FilePwrite>(a);
  if (file == nullptr) return;
  const auto* read = As<FilePread>(a.call);
  const std::uint64_t from = read ? read->offset.bytes : As<FilePwrite>(a.call)->offset.bytes;
  file->offset = from + static_cast<std::uint64_t>(std::get<Value>(a.outcome).number);
}

void AllocateMoves(const Aftermath& a) {
  model::OpenFile* file = FileAfter<FileAllocate>(a);
  const auto* allocate = As<FileAllocate>(a.call);
  if (file != nullptr) file->offset = allocate->offset.bytes + allocate->size.bytes;
}

/// O_APPEND counts only when the file is opened.
void AppendOnce(const Aftermath& a) {
  const auto* reopen = As<MemfdReopen>(a.call);
  if (reopen == nullptr || !a.Succeeded() || !reopen->flags.Has(kAppend)) return;
  model::OpenFile& file = OwnFile(a.after, a.call.step + 1);
  file.appends = false;
  file.offset = NodeOf(a.after, file.node).size;
}

void EmptyWriteGrows(const Aftermath& a) {
  const auto* write = As<FilePwrite>(a.call);
  if (write == nullptr || !a.Succeeded() || write->size.bytes != 0) return;
  const model::Node* node = NodeNamed(a.after, a.call);
  if (write->offset.bytes < model::MemoryObject::kEnd) {
    GrowNode(a.after, node->serial, write->offset.bytes, kPage, a.call.step);
  }
}

/// A hole is punched in private copies as well.
void PunchCopies(const Aftermath& a) {
  const auto* allocate = As<FileAllocate>(a.call);
  if (allocate == nullptr || !a.Succeeded() || !allocate->mode.Has(kPunchHole)) return;
  const std::uint32_t node = NodeNamed(a.before, a.call)->serial;
  for (const model::Process& process : a.before.processes) {
    for (const model::Mapping& mapping : process.space->mappings()) {
      if (!mapping.IsPrivateNode() || mapping.node()->node != node) continue;
      OwnObject(a.after, mapping.object).Zero(allocate->offset.bytes, allocate->size.bytes);
    }
  }
}

// --- descriptors of parents and children

void CloseEverywhere(const Aftermath& a) {
  if (!IsOneOf<DescriptorClose>(a.call) || !a.Succeeded()) return;
  const std::uint32_t file = FileNamed(a.before, a.call)->serial;
  for (std::size_t i = 0; i < a.after.processes.size(); ++i) {
    const auto process = static_cast<std::uint8_t>(i);
    const model::OpenFile* other = FindFile(a.after, process, a.call.references[0]);
    if (other != nullptr && other->serial == file) {
      CloseDescriptor(a.after, process, a.call.references[0]);
    }
  }
}

void MarkEverywhere(const Aftermath& a) {
  const auto* set = As<DescriptorSetCloseOnExec>(a.call);
  if (set == nullptr || !a.Succeeded()) return;
  for (model::Process& process : a.after.processes) {
    model::DescriptorTable& table = process.descriptors.Own();
    for (std::size_t i = 0; i < table.open().size(); ++i) {
      if (table.open()[i].number == a.call.references[0]) table.at(i).closed_on_exec = set->on;
    }
  }
}

/// A copy that mremap makes can be made writable.
void LiftCopies(const Aftermath& a) {
  const auto* value = std::get_if<Value>(&a.outcome);
  if (!IsOneOf<MapRemap>(a.call) || value == nullptr) return;
  model::AddressSpace& space = a.after.processes[ProcessOf(a.after, a.call)].space.Own();
  for (std::size_t i = 0; i < space.mappings().size(); ++i) {
    const bool made = space.at(i).start == static_cast<std::uint64_t>(value->number);
    if (made && space.at(i).node() != nullptr) space.at(i).max_protection = 7;
  }
}

constexpr SeededFault kFaults[] = {
    {"mprotect_takes_whole_pages_only", "MMAP.RANGE_WHOLE_PAGES"_req,
     "mprotect leaves out a page of which the range has a part", Rewritten<RoundDown<MapProtect>>},
    {"munmap_takes_whole_pages_only", "MMAP.RANGE_WHOLE_PAGES"_req,
     "munmap leaves out a page of which the range has a part", Rewritten<RoundDown<MapUnmap>>},
    {"advice_of_a_byte_is_no_advice", "MMAP.RANGE_WHOLE_PAGES"_req,
     "madvise of less than a page does nothing", Rewritten<TakeNothing<MapAdvise>>},
    {"locks_of_a_byte_are_none", "MMAP.RANGE_WHOLE_PAGES"_req, "mlock of less than a page is empty",
     Rewritten<TakeNothing<MapLock>>},
    {"mprotect_with_a_hole_does_nothing", "MMAP.RANGE_HOLES"_req,
     "mprotect of a range with a hole changes nothing", Afterwards<ChangeNothing<MapProtect>>},
    {"advice_with_a_hole_does_nothing", "MMAP.RANGE_HOLES"_req,
     "madvise of a range with a hole changes nothing", Afterwards<ChangeNothing<MapAdvise>>},
    {"munlock_with_a_hole_does_nothing", "MMAP.RANGE_HOLES"_req,
     "munlock of a range with a hole unlocks nothing", Afterwards<ChangeNothing<MapUnlock>>},
    {"advice_about_forks_is_final", "MMAP.ADVICE_FORK_UNDONE"_req,
     "MADV_DOFORK and MADV_KEEPONFORK have no effect", Afterwards<DoNotUndo>},
    {"wipeonfork_wipes_everything", "MMAP.ADVICE_FORK_UNDONE"_req,
     "MADV_WIPEONFORK holds for all private memory", Afterwards<UndoEverywhere>},
    {"children_inherit_locks", "MMAP.LOCK_NOT_INHERITED"_req, "a child has its parent's locks",
     Afterwards<InheritLocks>},
    {"unmapped_memory_stays_charged", "MMAP.LOCK_NOT_INHERITED"_req,
     "munmap and exec of locked memory leave it charged", Afterwards<KeepCharge>},
    {"locks_are_charged_again", "MMAP.LOCK_NO_NESTING"_req,
     "mlock of locked memory is charged once more", Afterwards<ChargeAgain>},
    {"mmap_cuts_offsets", "MMAP.LARGE_OFFSETS"_req, "mmap takes 32 bits of the offset",
     Rewritten<CutOffset<MapMap>>},
    {"pwrite_cuts_offsets", "MMAP.LARGE_OFFSETS"_req, "pwrite takes 32 bits of the offset",
     Rewritten<CutOffset<FilePwrite>>},
    {"pread_cuts_offsets", "MMAP.LARGE_OFFSETS"_req, "pread takes 32 bits of the offset",
     Rewritten<CutOffset<FilePread>>},
    {"punching_cuts_offsets", "MMAP.LARGE_OFFSETS"_req, "fallocate takes 32 bits of the offset",
     Rewritten<CutOffset<FileAllocate>>},
    {"seeking_cuts_offsets", "MMAP.LARGE_OFFSETS"_req, "lseek takes 32 bits of the offset",
     Rewritten<CutOffset<FileSeek>>},
    {"truncation_cuts_sizes", "MMAP.LARGE_OFFSETS"_req, "ftruncate takes 32 bits of the size",
     Rewritten<CutSize>},
    {"truncation_moves_the_offset", "FD.OFFSET_UNMOVED"_req,
     "ftruncate moves an offset that lies behind the new end", Afterwards<TruncateMoves>},
    {"positioned_calls_move_the_offset", "FD.OFFSET_UNMOVED"_req,
     "pread and pwrite move the offset", Afterwards<PositionedMoves>},
    {"allocation_moves_the_offset", "FD.OFFSET_UNMOVED"_req, "fallocate moves the offset",
     Afterwards<AllocateMoves>},
    {"appending_begins_at_the_end_once", "FD.APPEND"_req,
     "O_APPEND sets the offset to the end when the file is opened", Afterwards<AppendOnce>},
    {"empty_write_grows_the_file", "POSIX.SIZE.RDWR_IO"_req,
     "pwrite of no bytes behind the end grows the file", Afterwards<EmptyWriteGrows>},
    {"holes_reach_private_copies", "TMPFS.PUNCH_HOLE"_req,
     "a hole is punched in the private copies of the pages as well", Afterwards<PunchCopies>},
    {"close_closes_in_children", "FD.TABLE_COPIED"_req,
     "close also closes the descriptor of parents and children", Afterwards<CloseEverywhere>},
    {"close_on_exec_reaches_children", "FD.TABLE_COPIED"_req,
     "FD_CLOEXEC is set in parents and children as well", Afterwards<MarkEverywhere>},
    {"moved_maps_can_be_made_to_write", "MMAP.MPROTECT_UPGRADE_EACCES"_req,
     "mprotect permits everything on what mremap has made", Afterwards<LiftCopies>},
};

const internal::FaultRegistration registration(kFaults);

}  // namespace
}  // namespace shmspec
