// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Systems that lose races for the sizes, bytes and seals of files.

#include <algorithm>
#include <array>
#include <csignal>
#include <span>

#include "harness/target/faulty/recollection.h"

namespace shmspec {
namespace {

constexpr std::uint64_t kPage = 4096;

/// The node of the call's descriptor, before the call and when it began; null unless both are.
struct Versions {
  const model::Node* now = nullptr;
  const model::Node* then = nullptr;
  explicit operator bool() const { return now != nullptr && then != nullptr; }
};

Versions VersionsOf(const model::State& then, const Aftermath& a) {
  const model::Node* now = NodeNamed(a.before, a.call);
  return {now, now != nullptr ? FindNode(then, now->serial) : nullptr};
}

void SizeAsItWas(const model::State& then, const Aftermath& a) {
  if (!IsOneOf<FileTruncate>(a.call) || !a.Succeeded()) return;
  const Versions node = VersionsOf(then, a);
  if (!node || node.now->size == node.then->size) return;
  CutNode(a.after, node.now->serial, std::min(node.then->size, node.now->size), kPage);
  GrowNode(a.after, node.now->serial, node.then->size, kPage, a.call.step);
}

void KeepWhatIsCutOff(const Aftermath& a) {
  const auto* truncate = As<FileTruncate>(a.call);
  if (truncate == nullptr || !a.call.overlapped || !a.Succeeded()) return;
  const model::Node* node = NodeNamed(a.before, a.call);
  if (truncate->size.bytes >= node->size) return;
  model::MemoryObject& object = OwnObject(a.after, node->object);
  const std::uint64_t limit = object.limit;
  const std::int32_t references = object.references;
  object = ObjectOf(a.before, node->object);
  object.references = references;
  object.limit = object.vouched = limit;
}

void ShowForeignBytes(const Aftermath& a) {
  const auto* fault = std::get_if<Fault>(&a.outcome);
  const bool cut = fault != nullptr && fault->signal.number == SIGBUS;
  if (IsOneOf<MemoryLoad>(a.call) && a.call.overlapped && cut) a.outcome = Value{0x5a};
}

void PunchHalf(const Aftermath& a) {
  const auto* allocate = As<FileAllocate>(a.call);
  if (allocate == nullptr || !a.call.overlapped || !a.Succeeded()) return;
  if (!allocate->mode.Has(kPunchHole)) return;
  const model::Node* node = NodeNamed(a.before, a.call);
  std::array<std::uint8_t, 4> half{};
  ObjectOf(a.before, node->object).Read(allocate->offset.bytes + 12, half);
  OwnObject(a.after, node->object).Write(allocate->offset.bytes + 12, half);
}

void FaultOnHoles(const model::State& then, const Aftermath& a) {
  if (!IsOneOf<MemoryStore>(a.call) || !a.Succeeded()) return;
  for (const model::Node& node : *a.before.nodes) {
    const model::Node* old = FindNode(then, node.serial);
    if (old == nullptr) continue;
    const std::uint64_t pages = ObjectOf(a.before, node.object).PagesTouched(kPage);
    if (pages < ObjectOf(then, node.object).PagesTouched(kPage)) {
      a.outcome = Fault{{SIGBUS}, FaultCode::kBeyondObject, 0};
    }
  }
}

/// What is written takes the rest of its page with it, as it was.
void WritePageBack(const model::State& then, const Aftermath& a) {
  const auto* write = As<FilePwrite>(a.call);
  const auto* count = std::get_if<Value>(&a.outcome);
  if (write == nullptr || count == nullptr) return;
  const Versions node = VersionsOf(then, a);
  if (!node) return;
  std::array<std::uint8_t, kPage> old{};
  const std::uint64_t start = write->offset.bytes / kPage * kPage;
  ObjectOf(then, node.now->object).Read(start, old);
  model::MemoryObject& object = OwnObject(a.after, node.now->object);
  const auto from = static_cast<std::size_t>(write->offset.bytes - start);
  const std::size_t to =
      std::min<std::size_t>(kPage, from + static_cast<std::size_t>(count->number));
  object.Write(start, std::span(old).first(from));
  object.Write(start + to, std::span(old).subspan(to));
}

void AppendAtTheOldEnd(const model::State& then, const Aftermath& a) {
  const model::OpenFile* file = FileNamed(a.before, a.call);
  const auto* count = std::get_if<Value>(&a.outcome);
  if (!IsOneOf<FileWrite>(a.call) || count == nullptr || !file->appends) return;
  const Versions node = VersionsOf(then, a);
  if (!node || node.then->size >= node.now->size) return;
  std::array<std::uint8_t, kPage> bytes{};
  const auto size = std::min<std::size_t>(kPage, static_cast<std::size_t>(count->number));
  const std::span<std::uint8_t> written = std::span(bytes).first(size);
  ObjectOf(a.after, node.now->object).Read(node.now->size, written);
  CutNode(a.after, node.now->serial, node.now->size, kPage);
  OwnObject(a.after, node.now->object).Write(node.then->size, written);
}

void MoveOffsetOnce(const model::State& then, const Aftermath& a) {
  const auto* count = std::get_if<Value>(&a.outcome);
  if (!IsOneOf<FileRead>(a.call) || count == nullptr) return;
  const model::OpenFile* now = FileNamed(a.before, a.call);
  const model::OpenFile* old = FileNamed(then, a.call);
  if (old == nullptr || old->offset == now->offset) return;
  OwnFile(a.after, now->serial).offset = old->offset + static_cast<std::uint64_t>(count->number);
}

void AddSizes(const model::State& then, const Aftermath& a) {
  auto* record = std::get_if<FileRecord>(&a.outcome);
  const Versions node = VersionsOf(then, a);
  if (record == nullptr || !node || node.now->size == node.then->size) return;
  record->size = static_cast<std::int64_t>(node.now->size + node.then->size);
}

/// A buffer that is taken away meanwhile.
template <class Op>
void FailAsInputOutput(const model::State&, const Aftermath& a) {
  if (IsOneOf<Op>(a.call) && a.FailedWith(EFAULT)) a.outcome = Failure{{EIO}};
}

// --- seals --------------------------------------------------------------------------------------

template <class... Ops>
void ShowOldSeals(const model::State& then, model::State& now, const model::Call& call) {
  if (!IsOneOf<Ops...>(call)) return;
  const model::Node* node = NodeNamed(now, call);
  const model::Node* old = node != nullptr ? FindNode(then, node->serial) : nullptr;
  if (old != nullptr) OwnNode(now, node->serial).seals = old->seals;
}

void LoseSeals(const model::State& then, const Aftermath& a) {
  const auto* add = As<MemfdAddSeals>(a.call);
  if (add == nullptr || !a.Succeeded()) return;
  const Versions node = VersionsOf(then, a);
  if (node) OwnNode(a.after, node.now->serial).seals = node.then->seals | add->seals.bits;
}

bool HasWriters(const model::State& state, std::uint32_t node) {
  for (const model::Process& process : state.processes) {
    for (const model::Mapping& mapping : process.space->mappings()) {
      const model::NodeBacking* backing = mapping.node();
      const bool of_node = backing != nullptr && backing->node == node && backing->shared;
      if (of_node && (mapping.max_protection & model::kProtectWrite) != 0) return true;
    }
  }
  return false;
}

void OverlookNewWriters(const model::State& then, const Aftermath& a) {
  const auto* add = As<MemfdAddSeals>(a.call);
  if (add == nullptr || !a.FailedWith(EBUSY)) return;
  const Versions node = VersionsOf(then, a);
  if (!node || HasWriters(then, node.now->serial)) return;
  OwnNode(a.after, node.now->serial).seals |= add->seals.bits;
  a.outcome = Value{0};
}

constexpr SeededFault kFaults[] = {
    {"racing_sizes_are_lost", "RACE.FILE.SIZES_ORDERED"_req,
     "of two sizes set at the same time the later one undoes both", Since<SizeAsItWas>},
    {"cut_under_way_keeps_the_bytes", "RACE.FILE.STORE_CUT"_req,
     "what is cut off beside other calls is there again when the file grows",
     Afterwards<KeepWhatIsCutOff>},
    {"cut_under_way_shows_foreign_bytes", "RACE.TRUNCATE_ACCESS"_req,
     "a load from a page that is cut off meanwhile gives bytes of something else",
     Afterwards<ShowForeignBytes>},
    {"hole_under_way_takes_half_a_store", "RACE.FILE.PUNCH_STORE"_req,
     "a hole that is made beside a store leaves a half of it", Afterwards<PunchHalf>},
    {"hole_under_way_faults", "RACE.FILE.PUNCH_PROGRESS"_req,
     "a store raises SIGBUS where a hole is made meanwhile", Since<FaultOnHoles>},
    {"racing_writes_lose_one", "RACE.FILE.WRITES_KEPT"_req,
     "a write takes the rest of its page back to what it was", Since<WritePageBack>},
    {"racing_appends_overwrite", "RACE.FILE.APPENDS"_req,
     "two writes with O_APPEND at the same time begin at one place", Since<AppendAtTheOldEnd>},
    {"racing_reads_move_the_offset_once", "RACE.FILE.SHARED_OFFSET"_req,
     "two reads through one open file at the same time give the same part", Since<MoveOffsetOnce>},
    {"stat_under_way_adds_sizes", "RACE.FILE.STAT_FIELDS"_req,
     "fstat beside a change of the size shows the sum of both", Since<AddSizes>},
    {"buffer_cut_off_gives_eio", "RACE.BUFFER.CUT_OFF"_req,
     "a read whose buffer is taken away meanwhile fails with EIO",
     Since<FailAsInputOutput<FilePread>>},
    {"buffer_unmapped_gives_eio", "RACE.BUFFER.UNMAPPED"_req,
     "a write whose buffer is taken away meanwhile fails with EIO",
     Since<FailAsInputOutput<FilePwrite>>},
    {"write_checks_seals_early", "RACE.SEAL.FROZEN"_req,
     "a write that waits does not see the seal that is added meanwhile",
     Early<ShowOldSeals<FileWrite, FilePwrite>>},
    {"truncate_checks_seals_early", "RACE.SEAL.CUT"_req,
     "ftruncate does not see the seal that is added meanwhile", Early<ShowOldSeals<FileTruncate>>},
    {"map_checks_seals_early", "SEAL.WRITE_RACE_MMAP"_req,
     "mmap does not see the seal that is added meanwhile", Early<ShowOldSeals<MapMap>>},
    {"seals_check_seals_early", "RACE.SEAL.CLOSED"_req,
     "seals are added although F_SEAL_SEAL is meanwhile", Early<ShowOldSeals<MemfdAddSeals>>},
    {"racing_seals_lose_one", "RACE.SEAL.ALL_KEPT"_req,
     "of two seals added at the same time one is lost", Since<LoseSeals>},
    {"seal_counts_mappings_early", "SEAL.WRITE_RACE_MMAP"_req,
     "F_SEAL_WRITE does not see the mapping that is made meanwhile", Since<OverlookNewWriters>},
};

const internal::FaultRegistration registration(kFaults);

}  // namespace
}  // namespace shmspec
