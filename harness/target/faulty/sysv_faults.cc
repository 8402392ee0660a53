// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Creation, keys and identifiers.

#include <algorithm>

#include "harness/target/faulty/fault_table.h"

namespace shmspec {
namespace {

constexpr std::int64_t kIndices = 1 << 15;
constexpr std::uint64_t kPermissionBits = 0777;

void DropExclusive(const model::State&, model::Call&, Operation& operation) {
  if (auto* get = std::get_if<SysvGet>(&operation)) get->flags.bits &= ~kExclusive;
}

void RefuseExclusiveAlone(const Aftermath& a) {
  const auto* get = As<SysvGet>(a.call);
  if (get == nullptr || !a.Succeeded() || ByKey(a.before, a.call) == nullptr) return;
  if (get->flags.Has(kExclusive) && !get->flags.Has(kCreate)) a.Fail(EEXIST);
}

void RefuseExisting(const Aftermath& a) {
  const auto* get = As<SysvGet>(a.call);
  if (get == nullptr || !a.Succeeded() || ByKey(a.before, a.call) == nullptr) return;
  if (get->flags.Has(kCreate)) a.Fail(EEXIST);
}

void ReusePrivate(const Aftermath& a) {
  const model::Segment* created = Created(a);
  if (created == nullptr || created->key != 0 || !IsOneOf<SysvGet>(a.call)) return;
  for (const model::Segment& segment : NamespaceOf(a.before, a.call).segments) {
    if (segment.key != 0 || segment.dest) continue;
    a.outcome = Value{segment.id};
    a.after = a.before;
    return;
  }
}

void CreateMissing(const model::State& state, model::Call& call, Operation& operation) {
  auto* get = std::get_if<SysvGet>(&operation);
  if (get == nullptr || call.references[0] == 0 || ByKey(state, call) != nullptr) return;
  if (get->flags.Has(kCreate)) return;
  get->flags.bits |= kCreate;
  if (get->size.bytes == 0) get->size.bytes = kDefaultSize;
}

void ForgetSizeOfLookup(const model::State& state, model::Call& call, Operation& operation) {
  auto* get = std::get_if<SysvGet>(&operation);
  if (get != nullptr && ByKey(state, call) != nullptr) get->size.bytes = 0;
}

void GrowNothing(const model::State&, model::Call&, Operation& operation) {
  auto* get = std::get_if<SysvGet>(&operation);
  if (get != nullptr && get->size.bytes == 0) get->size.bytes = 1;
}

void RefuseLookupOfNoBytes(const Aftermath& a) {
  const auto* get = As<SysvGet>(a.call);
  if (get == nullptr || get->size.bytes != 0 || !a.Succeeded()) return;
  if (ByKey(a.before, a.call) != nullptr) a.Fail(EINVAL);
}

void RefuseNegativeKeys(const Aftermath& a) {
  const bool negative = static_cast<std::int32_t>(a.call.references[0]) < 0;
  if (IsOneOf<SysvGet>(a.call) && negative && a.Succeeded()) a.Fail(EINVAL);
}

void KeepKeyOfRemoved(const Aftermath& a) {
  if (!IsOneOf<SysvRemove>(a.call) || !a.Succeeded()) return;
  model::Segment* segment = OwnById(a.after, a.call);
  if (segment != nullptr) segment->key = segment->created_key;
}

void ShowKeyOfRemoved(const Aftermath& a) {
  const model::Segment* segment = RecordedSegment(a);
  if (segment != nullptr && segment->dest) RecordOf(a)->key = segment->created_key;
}

void RefuseKeyOfRemoved(const Aftermath& a) {
  const model::Segment* created = Created(a);
  if (created == nullptr || created->key == 0) return;
  const auto& old = NamespaceOf(a.before, a.call).segments;
  const bool taken = std::any_of(old.begin(), old.end(), [&](const model::Segment& segment) {
    return segment.dest && segment.created_key == created->key;
  });
  if (taken) a.Fail(EEXIST);
}

/// The new segment gets another identifier, if its index is free.
void Renumber(const Aftermath& a, std::int64_t id) {
  model::Segment* created = Created(a);
  const model::IpcNamespace& ipc = NamespaceOf(a.before, a.call);
  if (created == nullptr || ipc.next_id != -1) return;
  const bool free = std::none_of(
      ipc.segments.begin(), ipc.segments.end(),
      [&](const model::Segment& segment) { return segment.id % kIndices == id % kIndices; });
  if (!free) return;
  created->id = id;
  a.outcome = Value{id};
}

void ReuseIdentifier(const Aftermath& a) {
  const auto& stale = NamespaceOf(a.before, a.call).stale;
  if (!stale.empty()) Renumber(a, stale.back());
}

void NumberFromZero(const Aftermath& a) {
  const auto& segments = NamespaceOf(a.before, a.call).segments;
  std::int64_t id = 0;
  const auto taken = [&id](const model::Segment& segment) { return segment.id % kIndices == id; };
  while (std::any_of(segments.begin(), segments.end(), taken)) ++id;
  Renumber(a, id);
}

void NumberFromNegative(const Aftermath& a) {
  const auto& created = Created(a);
  if (created == nullptr) return;
  created->id += std::int64_t{1} << 31;
  a.outcome = Value{created->id};
}

void ForgetNextId(model::State& state, const model::Call& call) {
  if (IsOneOf<SysvGet>(call)) OwnNamespace(state, call).next_id = -1;
}

void FindByIndexOnly(const model::State& state, model::Call& call, Operation&) {
  if (!IsOneOf<SysvAttach, SysvStat, SysvSet, SysvRemove>(call)) return;
  if (call.references[0] < 0 || ById(state, call) != nullptr) return;
  for (const model::Segment& segment : NamespaceOf(state, call).segments) {
    if (segment.id % kIndices == call.references[0] % kIndices) call.references[0] = segment.id;
  }
}

void TellStaleAsRemoved(const Aftermath& a) {
  if (!IsOneOf<SysvAttach, SysvStat, SysvSet, SysvRemove, SysvLock>(a.call)) return;
  const auto* failure = std::get_if<Failure>(&a.outcome);
  if (failure == nullptr || failure->error.number != EINVAL || a.call.references[0] < 0) return;
  if (ById(a.before, a.call) == nullptr) a.outcome = Failure{{EIDRM}};
}

void ReuseLiveIdentifier(const Aftermath& a) {
  const model::Segment* created = Created(a);
  const auto& segments = NamespaceOf(a.before, a.call).segments;
  if (created == nullptr || created->key == 0 || segments.empty()) return;
  a.outcome = Value{segments.front().id};
  a.after = a.before;
}

void FindByUpperHalf(const model::State& state, model::Call& call, Operation& operation) {
  const auto* get = std::get_if<SysvGet>(&operation);
  if (get == nullptr || get->flags.Has(kCreate) || call.references[0] == 0) return;
  for (const model::Segment& segment : NamespaceOf(state, call).segments) {
    if (segment.key == 0 || segment.key >> 16 != call.references[0] >> 16) continue;
    call.references[0] = segment.key;
    return;
  }
}

void ReserveAnyway(const Aftermath& a) {
  constexpr std::uint64_t kMemory = std::uint64_t{1} << 32;
  const auto* get = As<SysvGet>(a.call);
  if (get == nullptr || Created(a) == nullptr || !get->flags.Has(kNoReserve)) return;
  if (get->size.bytes > kMemory) a.Fail(ENOMEM);
}

void CallTooLargeShortOfMemory(const Aftermath& a) {
  const auto* get = As<SysvGet>(a.call);
  if (get == nullptr || a.Succeeded()) return;
  if (get->size.bytes > NamespaceOf(a.before, a.call).shmmax) a.outcome = Failure{{ENOMEM}};
}

void ApplyUmask(const Aftermath& a) {
  const std::int32_t umask = a.before.processes[ProcessOf(a.before, a.call)].umask;
  model::Segment* created = Created(a);
  if (created != nullptr && umask >= 0) created->mode &= ~static_cast<std::uint32_t>(umask);
}

void RefuseUnknownFlags(const Aftermath& a) {
  constexpr std::uint64_t kKnown = kPermissionBits | kCreate | kExclusive | kHugetlb | kNoReserve;
  const auto* get = As<SysvGet>(a.call);
  if (get != nullptr && (get->flags.bits & ~kKnown) != 0) a.Fail(EINVAL);
}

void LeaveCtime(const Aftermath& a) {
  if (model::Segment* created = Created(a)) created->ctime = {};
}

void StampAtime(const Aftermath& a) {
  if (model::Segment* created = Created(a)) created->atime = created->ctime;
}

void RecordRoundedSize(const Aftermath& a) {
  SegmentRecord* record = RecordOf(a);
  if (record != nullptr) record->size = (record->size + 4095) / 4096 * 4096;
}

// --- huge pages

void GiveHugePagesToAnyone(model::State& state, const model::Call& call) {
  const auto* get = As<SysvGet>(call);
  if (get != nullptr && get->flags.Has(kHugetlb)) OwnCredentials(state, call).caps |= kCapIpcLock;
}

void IgnoreWantedPageSize(const model::State&, model::Call&, Operation& operation) {
  constexpr std::uint64_t kSizeBits = std::uint64_t{0x3f} << 26;  // SHM_HUGE_MASK
  auto* get = std::get_if<SysvGet>(&operation);
  if (get != nullptr && get->flags.Has(kHugetlb)) get->flags.bits &= ~kSizeBits;
}

void CallShortOfPagesFull(const Aftermath& a) {
  const auto* get = As<SysvGet>(a.call);
  const auto* failure = std::get_if<Failure>(&a.outcome);
  if (get == nullptr || failure == nullptr || !get->flags.Has(kHugetlb)) return;
  if (failure->error.number == ENOMEM) a.Fail(ENOSPC);
}

constexpr SeededFault kFaults[] = {
    {"exclusive_is_ignored", "SYSV.SHMGET.EXCL_EXISTS"_req,
     "shmget with IPC_CREAT and IPC_EXCL opens a segment that exists", Rewritten<DropExclusive>},
    {"exclusive_alone_is_obeyed", "SYSV.SHMGET.EXCL_ALONE_IGNORED"_req,
     "shmget with IPC_EXCL but not IPC_CREAT fails if the key has a segment",
     Afterwards<RefuseExclusiveAlone>},
    {"create_refuses_existing", "SYSV.SHMGET.CREAT_EXISTING_OPENS"_req,
     "shmget with IPC_CREAT fails if the key has a segment", Afterwards<RefuseExisting>},
    {"private_key_is_shared", "SYSV.SHMGET.PRIVATE_ALWAYS_NEW"_req,
     "shmget of IPC_PRIVATE gives a private segment that exists", Afterwards<ReusePrivate>},
    {"missing_key_is_created", "SYSV.SHMGET.NOENT"_req,
     "shmget creates a segment although IPC_CREAT is not given", Rewritten<CreateMissing>},
    {"larger_size_is_accepted", "SYSV.SHMGET.SIZE_TOO_BIG_EXISTING"_req,
     "shmget finds a segment that is smaller than asked for", Rewritten<ForgetSizeOfLookup>},
    {"size_zero_creates", "SYSV.SHMGET.SIZE_ZERO_NEW"_req,
     "shmget of no bytes creates a segment of one", Rewritten<GrowNothing>},
    {"size_zero_finds_nothing", "SYSV.SHMGET.SIZE_ZERO_EXISTING"_req,
     "shmget refuses to look a key up with size 0", Afterwards<RefuseLookupOfNoBytes>},
    {"negative_key_is_refused", "SYSV.SHMGET.KEY_SIGNED"_req,
     "shmget takes keys with the highest bit set for invalid", Afterwards<RefuseNegativeKeys>},
    {"removed_segment_is_found_by_key", "SYSV.RMID.KEY_BECOMES_PRIVATE"_req,
     "shmget finds a segment that waits for its last detach", Afterwards<KeepKeyOfRemoved>},
    {"removed_segment_shows_its_key", "SYSV.RMID.KEY_BECOMES_PRIVATE"_req,
     "IPC_STAT of a removed segment shows the old key", Afterwards<ShowKeyOfRemoved>},
    {"removed_segment_blocks_its_key", "SYSV.RMID.KEY_REUSABLE"_req,
     "the key of a removed segment cannot be used before its last detach",
     Afterwards<RefuseKeyOfRemoved>},
    {"identifier_is_reused_at_once", "SYSV.ID.STALE_NOT_REBOUND_SOON"_req,
     "a new segment gets the identifier of the one destroyed last", Afterwards<ReuseIdentifier>},
    {"identifier_is_the_lowest_free_index", "SYSV.ID.CYCLIC_ALLOCATION"_req,
     "identifiers are small numbers that are handed out again and again",
     Afterwards<NumberFromZero>},
    {"identifier_is_unsigned", "SYSV.SHMGET.CREATE_RETURNS_NONNEG"_req,
     "identifiers do not fit into an int", Afterwards<NumberFromNegative>},
    {"identifier_names_two_segments", "SEED.SHMID_UNIQUE"_req,
     "creation with a key gives the identifier of the oldest segment",
     Afterwards<ReuseLiveIdentifier>},
    {"keys_match_in_their_upper_half", "SYSV.SHMGET.KEY_LOOKUP"_req,
     "shmget compares sixteen bits of a key", Rewritten<FindByUpperHalf>},
    {"noreserve_is_ignored", "SYSV.SHMGET.NORESERVE"_req,
     "SHM_NORESERVE does not allow more than there is memory", Afterwards<ReserveAnyway>},
    {"too_large_gives_enomem", "SYSV.SHMGET.SIZE_MAX"_req, "a size above shmmax gives ENOMEM",
     Afterwards<CallTooLargeShortOfMemory>},
    {"next_id_is_ignored", "SYSV.ID.NEXT_ID"_req, "shm_next_id has no effect",
     Disguise<ForgetNextId>},
    {"identifier_is_looked_up_by_index", "SYSV.ID.RANDOM_IDS_SAFE"_req,
     "an identifier names whatever segment has its index", Rewritten<FindByIndexOnly>},
    {"stale_identifier_gives_eidrm", "SYSV.ID.STALE_EINVAL"_req,
     "calls on a segment that is long gone fail with EIDRM", Afterwards<TellStaleAsRemoved>},
    {"huge_pages_for_anyone", "HUGE.PRIVILEGE"_req, "SHM_HUGETLB needs no privilege",
     Disguise<GiveHugePagesToAnyone>},
    {"huge_page_size_is_ignored", "HUGE.BAD_SIZE"_req,
     "SHM_HUGETLB with a size of pages that there is not gives the usual ones",
     Rewritten<IgnoreWantedPageSize>},
    {"too_few_huge_pages_gives_enospc", "HUGE.NO_PAGES"_req,
     "shmget fails with ENOSPC if there are not enough huge pages",
     Afterwards<CallShortOfPagesFull>},
    {"umask_applies", "SYSV.SHMGET.UMASK_IGNORED"_req,
     "shmget takes the bits of the umask from the mode", Afterwards<ApplyUmask>},
    {"unknown_flags_are_refused", "SYSV.SHMGET.UNKNOWN_FLAGS_IGNORED"_req,
     "shmget fails if a flag has no meaning", Afterwards<RefuseUnknownFlags>},
    {"creation_leaves_ctime", "SYSV.SHMGET.CTIME_NOW"_req, "shm_ctime of a new segment is 0",
     Afterwards<LeaveCtime>},
    {"creation_stamps_atime", "SYSV.SHMGET.INITIAL_FIELDS"_req,
     "shm_atime of a new segment is the time of its creation", Afterwards<StampAtime>},
    {"size_is_recorded_in_pages", "SYSV.SHMGET.SEGSZ_EXACT"_req,
     "shm_segsz is rounded up to whole pages", Afterwards<RecordRoundedSize>},
};

const internal::FaultRegistration registration(kFaults);

}  // namespace
}  // namespace shmspec
