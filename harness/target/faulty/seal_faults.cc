// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Systems that do not keep to the seals of files.

#include <algorithm>
#include <vector>

#include "harness/target/faulty/fault_table.h"

namespace shmspec {
namespace {

constexpr std::uint64_t kPage = 4096;

void SealFreely(const Aftermath& a) {
  model::Node* node = MadeNode(a);
  if (node != nullptr && node->seals == kSealSeal) node->seals = 0;
}

/// The file whose seals a call has changed, or null.
model::Node* Sealed(const Aftermath& a) {
  const bool sealed = IsOneOf<MemfdAddSeals>(a.call) && a.Succeeded();
  return sealed ? OwnNodeNamed(a.after, a.call) : nullptr;
}

void ReplaceSeals(const Aftermath& a) {
  if (model::Node* node = Sealed(a)) node->seals = As<MemfdAddSeals>(a.call)->seals.bits;
}

void ForgetAtFork(const Aftermath& a) {
  if (!IsOneOf<ProcessFork>(a.call) || !a.Succeeded()) return;
  for (model::Node& node : a.after.nodes.Own()) node.seals = 0;
}

void ForgetAtExec(const Aftermath& a) {
  if (!IsOneOf<ProcessExec>(a.call) || !a.Succeeded()) return;
  for (model::Node& node : a.after.nodes.Own()) node.seals = 0;
}

void ShowOwnSeals(const Aftermath& a) {
  if (!IsOneOf<MemfdGetSeals>(a.call) || !a.Succeeded()) return;
  const model::OpenFile* file = FileNamed(a.before, a.call);
  if (file->serial != file->node) a.outcome = Value{0};
}

void MaskSeals(const model::State&, model::Call&, Operation& operation) {
  if (auto* add = std::get_if<MemfdAddSeals>(&operation)) add->seals.bits &= kEverySeal;
}

void AddKnownSeals(const Aftermath& a) {
  const auto* add = As<MemfdAddSeals>(a.call);
  model::Node* node = add != nullptr ? OwnNodeNamed(a.after, a.call) : nullptr;
  if (node == nullptr || a.Succeeded() || (add->seals.bits & ~kEverySeal) == 0) return;
  node->seals |= add->seals.bits & kEverySeal;
}

/// The calls do not see some of the seals.
template <std::uint64_t kSeals, class... Ops>
void Ignore(model::State& state, const model::Call& call) {
  if (!IsOneOf<Ops...>(call)) return;
  if (model::Node* node = OwnNodeNamed(state, call)) node->seals &= ~kSeals;
}

void IgnoreSealOfSealing(model::State& state, const model::Call& call) {
  const auto* add = As<MemfdAddSeals>(call);
  model::Node* node = add != nullptr ? OwnNodeNamed(state, call) : nullptr;
  if (node != nullptr && (add->seals.bits & ~node->seals) == 0) node->seals &= ~kSealSeal;
}

void ShrinkWithinPage(model::State& state, const model::Call& call) {
  const auto* truncate = As<FileTruncate>(call);
  model::Node* node = truncate != nullptr ? OwnNodeNamed(state, call) : nullptr;
  if (node == nullptr) return;
  const std::uint64_t pages = model::RoundUp(node->size, kPage);
  if (model::RoundUp(truncate->size.bytes, kPage) == pages) node->seals &= ~kSealShrink;
}

void ShrinkToNothing(model::State& state, const model::Call& call) {
  const auto* truncate = As<FileTruncate>(call);
  model::Node* node = truncate != nullptr ? OwnNodeNamed(state, call) : nullptr;
  if (node != nullptr && truncate->size.bytes == 0) node->seals &= ~kSealShrink;
}

void ReserveBehindEnd(model::State& state, const model::Call& call) {
  const auto* allocate = As<FileAllocate>(call);
  if (allocate == nullptr || !allocate->mode.Has(kKeepSize)) return;
  if (model::Node* node = OwnNodeNamed(state, call)) node->seals &= ~kSealGrow;
}

/// A seal that is refused because of mappings is added where `counts` is true of none of them.
template <bool (*counts)(const Aftermath&, std::uint8_t process, const model::Mapping&)>
void CountFewer(const Aftermath& a) {
  const auto* add = As<MemfdAddSeals>(a.call);
  const auto* failure = std::get_if<Failure>(&a.outcome);
  if (add == nullptr || failure == nullptr || failure->error.number != EBUSY) return;
  const std::uint32_t serial = NodeNamed(a.before, a.call)->serial;
  for (std::size_t i = 0; i < a.before.processes.size(); ++i) {
    for (const model::Mapping& mapping : a.before.processes[i].space->mappings()) {
      const model::NodeBacking* node = mapping.node();
      if (node == nullptr || node->node != serial || !node->shared) continue;
      if (counts(a, static_cast<std::uint8_t>(i), mapping)) return;
    }
  }
  OwnNodeNamed(a.after, a.call)->seals |= add->seals.bits;
  a.outcome = Value{0};
}

bool WritesNow(const Aftermath&, std::uint8_t, const model::Mapping& mapping) {
  return (mapping.protection & model::kProtectWrite) != 0;
}

bool IsOwn(const Aftermath& a, std::uint8_t process, const model::Mapping&) {
  return process == ProcessOf(a.before, a.call);
}

/// A mapping that cannot be made to write can.
template <std::uint64_t kSeals>
void LetUpgrade(const Aftermath& a) {
  model::Mapping* mapping = Mapped(a);
  if (mapping == nullptr || mapping->node() == nullptr || !mapping->node()->by_writer) return;
  if ((NodeOf(a.after, mapping->node()->node).seals & kSeals) != 0) mapping->max_protection = 7;
}

void LowerOlderMappings(const Aftermath& a) {
  const auto* add = As<MemfdAddSeals>(a.call);
  if (Sealed(a) == nullptr || !add->seals.Has(kSealFutureWrite)) return;
  model::AddressSpace& space = a.after.processes[ProcessOf(a.after, a.call)].space.Own();
  for (std::size_t i = 0; i < space.mappings().size(); ++i) {
    if (space.at(i).node() != nullptr) space.at(i).protection &= ~model::kProtectWrite;
  }
}

void SealExecOnly(const Aftermath& a) {
  const auto* add = As<MemfdAddSeals>(a.call);
  model::Node* node = Sealed(a);
  if (node != nullptr && add->seals.Has(kSealExec)) {
    node->seals = NodeNamed(a.before, a.call)->seals | add->seals.bits;
  }
}

constexpr SeededFault kFaults[] = {
    {"every_memfd_takes_seals", "SEAL.INITIAL"_req, "a memfd takes seals without MFD_ALLOW_SEALING",
     Afterwards<SealFreely>},
    {"new_seals_replace_old_ones", "SEAL.MONOTONE"_req, "F_ADD_SEALS sets the seals",
     Afterwards<ReplaceSeals>},
    {"fork_breaks_seals", "SEAL.PER_INODE"_req, "fork takes the seals away",
     Afterwards<ForgetAtFork>},
    {"exec_breaks_seals", "SEAL.PER_INODE"_req, "exec takes the seals away",
     Afterwards<ForgetAtExec>},
    {"reopened_file_shows_no_seals", "SEAL.PER_INODE"_req,
     "a file that was opened again shows no seals", Afterwards<ShowOwnSeals>},
    {"unknown_seals_are_ignored", "SEAL.BAD_BITS"_req, "unknown seals are left out",
     Rewritten<MaskSeals>},
    {"refused_seals_are_added_in_part", "SEAL.BAD_BITS"_req,
     "F_ADD_SEALS with unknown seals fails after it has added the others",
     Afterwards<AddKnownSeals>},
    {"old_seals_can_be_added_again", "SEAL.SEAL_SEAL"_req,
     "F_SEAL_SEAL does not refuse seals that are there", Disguise<IgnoreSealOfSealing>},
    {"sealed_file_shrinks_within_a_page", "SEAL.SHRINK"_req,
     "F_SEAL_SHRINK keeps the number of pages only", Disguise<ShrinkWithinPage>},
    {"sealed_file_is_truncated_by_open", "SEAL.SHRINK"_req,
     "O_TRUNC does not look for F_SEAL_SHRINK", Disguise<Ignore<kSealShrink, MemfdReopen>>},
    {"sealed_file_can_be_emptied", "SEAL.CONSUMER_SAFETY"_req,
     "F_SEAL_SHRINK does not refuse the size 0", Disguise<ShrinkToNothing>},
    {"sealed_file_grows_by_writing", "SEAL.GROW"_req, "pwrite does not look for F_SEAL_GROW",
     Disguise<Ignore<kSealGrow, FilePwrite>>},
    {"sealed_file_gets_room_behind_its_end", "SEAL.GROW_KEEP_SIZE"_req,
     "FALLOC_FL_KEEP_SIZE does not look for F_SEAL_GROW", Disguise<ReserveBehindEnd>},
    {"sealed_file_can_be_punched", "SEAL.WRITE_BLOCKS_WRITES"_req,
     "holes can be punched in spite of F_SEAL_WRITE", Disguise<Ignore<kSealWrite, FileAllocate>>},
    {"sealed_file_can_be_written_at_an_offset", "SEAL.WRITE_BLOCKS_WRITES"_req,
     "pwrite does not look for F_SEAL_WRITE", Disguise<Ignore<kSealWrite, FilePwrite>>},
    {"sealed_file_can_be_mapped_to_write", "SEAL.WRITE_BLOCKS_WRITES"_req,
     "mmap does not look for F_SEAL_WRITE", Disguise<Ignore<kSealWrite, MapMap>>},
    {"only_mappings_that_write_now_are_busy", "SEAL.WRITE_EBUSY_WHILE_MAPPED"_req,
     "F_SEAL_WRITE does not look for mappings that could be made to write",
     Afterwards<CountFewer<WritesNow>>},
    {"only_own_mappings_are_busy", "SEAL.WRITE_EBUSY_WHILE_MAPPED"_req,
     "F_SEAL_WRITE does not look for mappings of other processes", Afterwards<CountFewer<IsOwn>>},
    {"sealed_map_can_be_made_to_write", "SEAL.WRITE_READONLY_SHARED_MAP"_req,
     "mprotect lets a shared mapping of a sealed file write", Afterwards<LetUpgrade<kSealWrite>>},
    {"future_write_seals_older_mappings", "SEAL.FUTURE_WRITE"_req,
     "F_SEAL_FUTURE_WRITE takes the mappings there are the right to write",
     Afterwards<LowerOlderMappings>},
    {"future_write_is_ignored", "SEAL.FUTURE_WRITE"_req,
     "F_SEAL_FUTURE_WRITE does not refuse new mappings that write",
     Disguise<Ignore<kSealFutureWrite, MapMap>>},
    {"newer_map_can_be_made_to_write", "SEAL.FUTURE_WRITE_NO_UPGRADE"_req,
     "mprotect lets a mapping write that is newer than F_SEAL_FUTURE_WRITE",
     Afterwards<LetUpgrade<kSealFutureWrite>>},
    {"seal_of_execution_stands_alone", "MEMFD.SEAL_EXEC"_req,
     "F_SEAL_EXEC of an executable file seals nothing else", Afterwards<SealExecOnly>},
    {"seal_of_execution_is_ignored", "MEMFD.SEAL_EXEC"_req, "fchmod does not look for F_SEAL_EXEC",
     Disguise<Ignore<kSealExec, FileChmod>>},
};

const internal::FaultRegistration registration(kFaults);

}  // namespace
}  // namespace shmspec
