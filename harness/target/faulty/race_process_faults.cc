// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Systems on which processes, mappings, descriptors and locks lose races.

#include <array>
#include <optional>

#include "harness/target/faulty/recollection.h"

namespace shmspec {
namespace {

constexpr std::uint64_t kPage = 4096;

// --- processes ----------------------------------------------------------------------------------

std::uint8_t ChildOf(const Aftermath& a) {
  const auto* fork = As<ProcessFork>(a.call);
  if (fork == nullptr || !a.Succeeded()) return model::kNobody;
  return a.after.tasks[fork->child.index].process;
}

void CopyForChild(const model::State&, const Aftermath& a) {
  const std::uint8_t child = ChildOf(a);
  if (child == model::kNobody) return;
  for (std::size_t i = 0; i < a.after.processes[child].space->mappings().size(); ++i) {
    if (a.after.processes[child].space->mappings()[i].IsAttach()) GiveOwnCopy(a, child, i);
  }
}

void ForgetRemovedInChild(const model::State& then, const Aftermath& a) {
  const std::uint8_t child = ChildOf(a);
  if (child == model::kNobody) return;
  for (const model::Segment& segment : NamespaceOf(a.before, a.call).segments) {
    const model::SegmentName name{a.before.tasks[a.call.actor].ipc, segment.serial};
    const model::Segment* old = FindSegment(then, name);
    if (segment.dest && old != nullptr && !old->dest) UnmapAttaches(a.after, a.call, child, &name);
  }
}

void DetachWhoLeaves(const Aftermath& a) {
  if (!IsOneOf<ProcessUnshare>(a.call) || !a.call.overlapped || !a.Succeeded()) return;
  UnmapAttaches(a.after, a.call, ProcessOf(a.after, a.call));
}

void EmptyWithTheKilled(const model::State&, const Aftermath& a) {
  if (!IsOneOf<ProcessKill>(a.call) || !a.Succeeded()) return;
  std::vector<std::uint32_t> nodes;
  for (const model::Node& node : *a.after.nodes) nodes.push_back(node.serial);
  for (const std::uint32_t node : nodes) CutNode(a.after, node, 0, kPage);
}

/// An exit does not see that the segment has been removed meanwhile.
void LeakBesideEnd(const model::State& then, const Aftermath& a) {
  if (!IsOneOf<ProcessExit, ProcessExec>(a.call)) return;
  const std::uint8_t ipc = a.before.tasks[a.call.actor].ipc;
  for (const model::Segment& segment : a.before.namespaces[ipc]->segments) {
    const model::Segment* old = FindSegment(then, {ipc, segment.serial});
    const bool gone = FindSegment(a.after, {ipc, segment.serial}) == nullptr;
    if (old == nullptr || old->dest || !segment.dest || !gone) continue;
    AddObject(a.after, segment.object, kPage, kPage);
    model::IpcNamespace& left = a.after.namespaces[ipc].Own();
    const auto place =
        std::find_if(left.segments.begin(), left.segments.end(),
                     [&](const model::Segment& one) { return one.serial > segment.serial; });
    left.segments.insert(place, segment)->nattch = 0;
    left.pages += segment.pages;
  }
}

// --- mappings -----------------------------------------------------------------------------------

/// Additions read before they wait.
void LoseAddition(const model::State& then, const Aftermath& a) {
  const auto* add = As<MemoryFetchAdd>(a.call);
  if (add == nullptr || !a.Succeeded()) return;
  const auto& space = *a.before.processes[ProcessOf(a.before, a.call)].space;
  const auto address = static_cast<std::uint64_t>(a.call.references[0]);
  const model::Mapping* mapping = space.Find(address);
  if (mapping == nullptr || !mapping->IsAttach()) return;
  const std::uint64_t offset = mapping->offset + (address - mapping->start);
  std::array<std::uint8_t, 8> old{}, now{};
  ObjectOf(then, mapping->object).Read(offset, old);
  ObjectOf(a.before, mapping->object).Read(offset, now);
  // The other addition was of one: without it this one leaves what was there.
  if (old != now) OwnObject(a.after, mapping->object).Write(offset, now);
}

void DropSharedBytes(const model::State&, const Aftermath& a) {
  const auto* advise = As<MapAdvise>(a.call);
  if (advise == nullptr || !a.Succeeded() || advise->advice != Advice::kDontNeed) return;
  const auto& space = *a.before.processes[ProcessOf(a.before, a.call)].space;
  const model::Mapping* mapping = space.Find(static_cast<std::uint64_t>(a.call.references[0]));
  if (mapping == nullptr || mapping->node() == nullptr || !mapping->node()->shared) return;
  OwnObject(a.after, mapping->object).Zero(mapping->offset, kPage);
}

void ShowWhatWasUnmapped(const Aftermath& a) {
  const auto* fault = std::get_if<Fault>(&a.outcome);
  const bool unmapped = fault != nullptr && fault->code == FaultCode::kUnmapped;
  if (IsOneOf<MemoryLoad>(a.call) && a.call.overlapped && unmapped) a.outcome = Value{0x5a};
}

void MapFirstPage(const model::State&, const Aftermath& a) {
  model::Mapping* mapping = Mapped(a);
  if (mapping != nullptr && mapping->node() != nullptr && mapping->node()->shared) {
    mapping->offset = 0;
  }
}

/// What is protected can be stored to until the caller makes its next call.
class LateProtection : public Tampering {
  void Begin() override { late_.reset(); }
  void Before(model::State& state, model::Call& call) override {
    if (!late_ || late_->actor != call.actor) return;
    state.processes[state.tasks[call.actor].process].space = late_->space;
    late_.reset();
  }
  void After(const model::State& before, const model::Call& call, model::State& after,
             Outcome& outcome) override {
    if (!IsOneOf<MapProtect>(call) || !call.overlapped || !Succeeded(outcome)) return;
    const std::uint8_t process = ProcessOf(after, call);
    if (before.processes[process].space->mappings().size() !=
        after.processes[process].space->mappings().size()) {
      return;
    }
    late_ = Late{call.actor, after.processes[process].space};
    after.processes[process].space = before.processes[process].space;
  }
  struct Late {
    std::uint8_t actor;
    model::CopyOnWrite<model::AddressSpace> space;
  };
  std::optional<Late> late_;
};

// --- descriptors --------------------------------------------------------------------------------

void LeaveMessage(const model::State&, const Aftermath& a) {
  if (!IsOneOf<DescriptorReceive>(a.call) || !a.Succeeded()) return;
  const std::uint32_t file = a.before.in_flight.front();
  ++OwnFile(a.after, file).references;
  a.after.in_flight.insert(a.after.in_flight.begin(), file);
}

void EmptyInFlight(const model::State&, const Aftermath& a) {
  const model::OpenFile* file = FileNamed(a.before, a.call);
  if (!IsOneOf<DescriptorClose>(a.call) || file == nullptr) return;
  for (const std::uint32_t sent : a.after.in_flight) {
    if (sent == file->serial) return CutNode(a.after, file->node, 0, kPage);
  }
}

void FailCopy(const model::State& then, const Aftermath& a) {
  if (!IsOneOf<DescriptorDup>(a.call) || !a.FailedWith(EBADF)) return;
  if (FileNamed(then, a.call) != nullptr) a.outcome = Failure{{EFAULT}};
}

void CloseForBoth(const model::State& then, const Aftermath& a) {
  if (!IsOneOf<DescriptorClose>(a.call) || !a.FailedWith(EBADF)) return;
  if (FileNamed(then, a.call) != nullptr) a.outcome = Value{0};
}

void MakeOneFile(const model::State& then, const Aftermath& a) {
  if (MadeNode(a) == nullptr) return;
  const std::uint32_t serial = a.call.step + 1;
  for (const model::Node& node : *a.before.nodes) {
    if (FindNode(then, node.serial) != nullptr || node.anonymous) continue;
    const std::uint32_t other = node.serial;
    HoldNode(a.after, other);
    OwnFile(a.after, serial).node = other;
    return DropNode(a.after, serial);
  }
}

// --- locks --------------------------------------------------------------------------------------

/// A post that reads the value before it waits for its turn.
void LosePost(const model::State& then, const Aftermath& a) {
  if (!IsOneOf<SyncSemPost>(a.call) || !a.Succeeded()) return;
  for (const model::SyncObject& now : *a.before.syncs) {
    const model::SyncObject* old = FindSync(then, now.place, SyncKind::kSemaphore);
    if (now.kind != SyncKind::kSemaphore || old == nullptr || old->count == now.count) continue;
    OwnSync(a.after, now.place, SyncKind::kSemaphore).count = old->count + 1;
  }
}

template <class Op, SyncKind kind>
void TakeWhatWasFree(const model::State& then, const Aftermath& a) {
  if (!IsOneOf<Op>(a.call) || !a.FailedWith(EBUSY)) return;
  for (const model::SyncObject& now : *a.before.syncs) {
    const model::SyncObject* old = FindSync(then, now.place, kind);
    const bool free = old != nullptr && old->hold == model::Hold::kFree;
    if (now.kind == kind && free && now.hold == model::Hold::kHeld) a.outcome = Value{0};
  }
}

constexpr SeededFault kFaults[] = {
    {"fork_beside_calls_copies", "RACE.PROCESS.FORK_BYTES"_req,
     "a child that is made beside other calls gets a copy of the memory", Since<CopyForChild>},
    {"fork_beside_removal_loses_the_attach", "RACE.PROCESS.FORK_REMOVAL"_req,
     "a child has not attached what is removed during fork", Since<ForgetRemovedInChild>},
    {"leaving_a_namespace_detaches", "RACE.NS.LEAVING"_req,
     "who leaves its IPC namespace beside calls of others is detached",
     Afterwards<DetachWhoLeaves>},
    {"kill_beside_calls_empties_objects", "RACE.PROCESS.KILL_OBJECT"_req,
     "objects are empty after the end of a process in the middle of a call",
     Since<EmptyWithTheKilled>},
    {"end_misses_the_removal", "RACE.PROCESS.ENDS"_req,
     "the end of the last user does not see that the segment is removed meanwhile",
     Since<LeakBesideEnd>},
    {"racing_additions_lose_one", "RACE.MAP.ADDITIONS"_req,
     "of two atomic additions at the same time one is lost", Since<LoseAddition>},
    {"advice_beside_calls_drops_bytes", "RACE.MAP.OTHERS_KEEP"_req,
     "MADV_DONTNEED beside other calls takes shared bytes away", Since<DropSharedBytes>},
    {"unmap_under_way_shows_foreign_bytes", "RACE.MAP.UNMAP_ACCESS"_req,
     "a load from what is unmapped meanwhile gives bytes of something else",
     Afterwards<ShowWhatWasUnmapped>},
    {"racing_maps_begin_at_the_first_page", "RACE.MAP.NO_OVERLAP"_req,
     "mappings made at the same time show the same page", Since<MapFirstPage>},
    {"protection_comes_late", "RACE.MAP.PROTECT_ACCESS"_req,
     "other threads can store after mprotect has forbidden it",
     [] { return std::unique_ptr<Tampering>(std::make_unique<LateProtection>()); }},
    {"racing_receipts_get_one_message", "RACE.FD.RECEIVED_ONCE"_req,
     "a message that two receive at the same time stays", Since<LeaveMessage>},
    {"close_beside_receipt_empties_what_was_sent", "RACE.FD.IN_FLIGHT"_req,
     "a file in flight is empty once its sender has closed it", Since<EmptyInFlight>},
    {"copy_beside_close_gives_efault", "RACE.FD.COPY_CLOSE"_req,
     "dup of a descriptor that is closed meanwhile fails with EFAULT", Since<FailCopy>},
    {"racing_closes_both_succeed", "RACE.FD.CLOSE_ONCE"_req,
     "two threads that close one descriptor are both told that they did", Since<CloseForBoth>},
    {"racing_threads_make_one_file", "RACE.FD.TWO_NUMBERS"_req,
     "two threads that make a file at the same time get the same one", Since<MakeOneFile>},
    {"racing_posts_lose_one", "SYNC.SEM.CONSERVATION"_req,
     "of two posts at the same time one is lost", Since<LosePost>},
    {"racing_triers_get_the_mutex", "SYNC.MUTEX.EXCLUSION"_req,
     "a lock that only tries gets a mutex that was free when it began",
     Since<TakeWhatWasFree<SyncMutexLock, SyncKind::kMutex>>},
    {"racing_triers_get_the_rwlock", "SYNC.RWLOCK.EXCLUSION"_req,
     "a lock that only tries gets a rwlock that was free when it began",
     Since<TakeWhatWasFree<SyncRwlockLock, SyncKind::kRwlock>>},
};

const internal::FaultRegistration registration(kFaults);

}  // namespace
}  // namespace shmspec
