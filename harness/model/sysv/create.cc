// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// shmget(2): finding a segment by its key and creating one.

#include "harness/model/sysv/create.h"

#include <algorithm>
#include <cerrno>
#include <limits>

#include "harness/model/language/operations.h"
#include "harness/model/rights/permission.h"
#include "harness/model/segment/identifier.h"
#include "harness/model/segment/lifetime.h"
#include "harness/model/segment/lookup.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

/// Above this size a machine may be short of memory, and later of address space.
constexpr std::uint64_t kLargeBytes = 1ull << 28;
constexpr int kHugeShift = 26;  // where the wanted page size is in the flags, as its logarithm
constexpr std::uint64_t kHugeMask = 0x3f;
// Logarithms of the smallest and the largest huge pages of any architecture.
constexpr std::uint64_t kLeastHugeSize = 14;
constexpr std::uint64_t kGreatestHugeSize = 40;

/// The size of the huge pages that the flags ask for, in bytes.
std::uint64_t PageOf(const Scene& scene, std::uint64_t flags) {
  const std::uint64_t logarithm = flags >> kHugeShift & kHugeMask;
  return logarithm == 0 ? scene.system().huge_page_size : std::uint64_t{1} << logarithm;
}

/// A segment that may be gone and, if it is not, may still have the key.
const Segment* DoubtfulByKey(const IpcNamespace& ipc, std::int32_t key) {
  const auto found = std::find_if(ipc.segments.begin(), ipc.segments.end(), [&](const Segment& s) {
    return key != 0 && s.key == key && !s.key_known;
  });
  return found != ipc.segments.end() ? &*found : nullptr;
}

bool IsNew(const SysvGet& op, const Scene& scene, const Segment* found) {
  const auto key = scene.KeyOf<&SysvGet::key>();
  return key == 0 || (found == nullptr && op.flags.Has(kCreate));
}

void DescribeExisting(const SysvGet& op, const Scene& scene, const Segment& found,
                      Clauses& clauses) {
  clauses.Refuse(op.flags.Has(kCreate | kExclusive), EEXIST, Force::kMust,
                 {"SYSV.SHMGET.EXCL_EXISTS"_req, "SYSV.SHMGET.EXCL_RACE_ONE_WINNER"_req},
                 "the key has a segment and the call wants to create it exclusively");
  clauses.Refuse(op.size.bytes > found.size, EINVAL, Force::kMust,
                 "SYSV.SHMGET.SIZE_TOO_BIG_EXISTING"_req, "the segment of the key is smaller");
  const auto requested = static_cast<std::uint32_t>(op.flags.bits);
  const std::uint32_t bits = (requested >> 6 | requested >> 3 | requested) & 7;
  const Says may = MayAccess(scene, found, bits);
  RefuseWithout(scene, kCapIpcOwner, may, EACCES,
                {"PERM.SYSV.SHMGET_REQUESTED_BITS"_req, "PERM.SYSV.CLASS_SELECTION"_req},
                "the caller's class lacks a permission bit it asks for", clauses);
  const Requirement finds =
      op.flags.Has(kCreate) ? "SYSV.SHMGET.CREAT_EXISTING_OPENS"_req : "SYSV.SHMGET.KEY_LOOKUP"_req;
  if (op.size.bytes == 0) clauses.Effect("SYSV.SHMGET.SIZE_ZERO_EXISTING"_req);
  if (bits == 0) clauses.Effect("PERM.SYSV.SHMGET_ZERO_BITS_ALWAYS"_req);
  if (found.id < 0) {
    clauses.Returns<Value>(finds, "the key has a segment, whose identifier nobody has seen yet");
    clauses.Picks(FreshSegmentId(), {});
  } else {
    clauses.ReturnsValue(found.id, {finds, "SYSV.SHMGET.CREAT_RACE_SAME_ID"_req},
                         "the identifier of the key's segment");
  }
}

void DescribeNew(const SysvGet& op, const Scene& scene, Clauses& clauses) {
  DescribeLimits(scene, op.size.bytes, op.flags.bits, clauses);
  const bool is_private = scene.KeyOf<&SysvGet::key>() == 0;
  clauses.Returns<Value>(
      is_private ? "SYSV.SHMGET.PRIVATE_ALWAYS_NEW"_req : "SYSV.SHMGET.CREATE_RETURNS_NONNEG"_req,
      "a new segment, with an identifier that names no other");
  const IpcNamespace& ipc = scene.ipc();
  clauses.Picks(FreshSegmentId(ipc.next_id_known ? ipc.next_id : -1),
                {"SYSV.SHMGET.CREATE_RETURNS_NONNEG"_req, "SEED.SHMID_UNIQUE"_req,
                 "SYSV.ID.STALE_NOT_REBOUND_SOON"_req});
  clauses.Effect({"SYSV.SHMGET.INITIAL_FIELDS"_req, "SYSV.SHMGET.CTIME_NOW"_req,
                  "SYSV.SHMGET.ZERO_FILL"_req, "SYSV.STAT.CPID"_req});
}

}  // namespace

namespace {

/// Further needs of segments of huge pages.
void DescribeHugePages(const Scene& scene, std::uint64_t size, std::uint64_t flags,
                       Clauses& clauses) {
  const SystemFacts& system = scene.system();
  const std::uint64_t logarithm = flags >> kHugeShift & kHugeMask;
  const bool usual = logarithm == 0 || std::uint64_t{1} << logarithm == system.huge_page_size;
  const bool impossible =
      logarithm != 0 && (logarithm < kLeastHugeSize || logarithm > kGreatestHugeSize);
  clauses.Refuse(system.huge_page_size == 0 || impossible, EINVAL, Force::kMust,
                 "HUGE.BAD_SIZE"_req, "there are no pages of this size");
  if (system.huge_page_size == 0 || impossible) return;
  clauses.RefuseHere(!usual, EINVAL, Force::kMay, "HUGE.BAD_SIZE"_req,
                     "there may be no pages of this size");
  const Credentials& mine = scene.credentials();
  const Says may = GloballyCapable(scene, kCapIpcLock);
  const bool member =
      mine.file_gid == system.huge_group ||
      std::find(mine.groups.begin(), mine.groups.end(), system.huge_group) != mine.groups.end();
  clauses.RefuseHereUnless(member ? Says::kYes : may, EPERM, "HUGE.PRIVILEGE"_req,
                           "huge pages need CAP_IPC_LOCK or the group");
  std::uint64_t taken = 0;
  for (const auto& ipc : scene.state().namespaces) {
    for (const Segment& segment : ipc->segments) {
      if (segment.huge) taken += segment.length / system.huge_page_size;
    }
  }
  const std::uint64_t wanted = RoundUp(size, system.huge_page_size) / system.huge_page_size;
  const bool reserves = (flags & kNoReserve) == 0;
  const bool short_of = usual && reserves && taken + wanted > system.huge_pages_free;
  clauses.Refuse(short_of, ENOMEM, Force::kMust, "HUGE.NO_PAGES"_req,
                 "too few huge pages are free");
  clauses.RefuseHere(!short_of, ENOMEM, Force::kMay, "HUGE.NO_PAGES"_req,
                     "others may have taken huge pages");
}

}  // namespace

void DescribeLimits(const Scene& scene, std::uint64_t size, std::uint64_t flags, Clauses& clauses) {
  const IpcNamespace& ipc = scene.ipc();
  clauses.Refuse(size == 0, EINVAL, Force::kMust, "SYSV.SHMGET.SIZE_ZERO_NEW"_req,
                 "a segment has at least one byte");
  clauses.Refuse(size > ipc.shmmax, EINVAL, Force::kMust,
                 {"SYSV.SHMGET.SIZE_MAX"_req, "LIMIT.SHMMAX_EXACT"_req}, "shmmax is smaller");
  const std::uint64_t page = scene.page();
  const std::uint64_t pages = size / page + (size % page != 0 ? 1 : 0);
  const bool too_many_pages = pages > ipc.shmall || ipc.pages > ipc.shmall - pages;
  // Segments that may be gone may have returned their memory.
  const bool all_there = std::all_of(ipc.segments.begin(), ipc.segments.end(),
                                     [](const Segment& segment) { return segment.dest_known; });
  const Force full = all_there ? Force::kMust : Force::kMay;
  clauses.Refuse(too_many_pages, ENOSPC, full, "LIMIT.SHMALL_PAGES"_req,
                 "shmall allows fewer pages");
  clauses.RefuseHere(ipc.crowded && !too_many_pages, ENOSPC, Force::kMay, "LIMIT.SHMALL_PAGES"_req,
                     "others may have used shmall or shmmni up");
  clauses.Refuse(ipc.segments.size() >= ipc.shmmni, ENOSPC, full,
                 {"LIMIT.SHMMNI_ENOSPC"_req, "LIMIT.SHMMNI_COUNTS_PENDING"_req},
                 "shmmni segments exist");
  const bool reserved = (flags & kNoReserve) == 0 || scene.system().overcommit == 2;
  clauses.RefuseHere((reserved && size >= kLargeBytes) || size >= scene.task_size(), ENOMEM,
                     Force::kMay, "SYSV.SHMGET.NORESERVE"_req, "the machine may be too small");
  constexpr std::uint64_t kLargestObject = std::numeric_limits<std::int64_t>::max();
  clauses.Refuse(size > kLargestObject, EINVAL, Force::kMust, "SYSV.SHMGET.SIZE_MAX"_req,
                 "no memory object is that large");
  clauses.Refuse(size > kLargestObject / 2, ENOSPC, Force::kMay, "LIMIT.SHMALL_PAGES"_req,
                 "no memory object is that large");
  clauses.Refuse(size > kLargestObject / 2, EINVAL, Force::kMay, "SYSV.SHMGET.SIZE_MAX"_req,
                 "no memory object is that large");
  if ((flags & kHugetlb) != 0) DescribeHugePages(scene, size, flags, clauses);
}

void CreateSegment(const Scene& scene, State& state, const NewSegment& wanted) {
  const Credentials credentials = scene.credentials();
  const bool huge = (wanted.flags & kHugetlb) != 0 && scene.system().huge_page_size != 0;
  const std::uint64_t page = huge ? PageOf(scene, wanted.flags) : scene.page();
  const std::uint8_t index = scene.ipc_index();
  Segment segment;
  segment.serial = scene.call().step + 1;
  segment.id = wanted.id;
  segment.key = segment.created_key = wanted.key;
  segment.key_known = segment.created_key_known = wanted.key_known;
  segment.object = std::uint64_t{segment.serial} << 8;
  segment.size = wanted.size;
  segment.pages = RoundUp(wanted.size, scene.page()) / scene.page();
  segment.length = RoundUp(wanted.size, page);
  segment.mode = static_cast<std::uint32_t>(wanted.flags) & 0777;
  segment.uid = segment.cuid = credentials.uid;
  segment.gid = segment.cgid = credentials.gid;
  segment.cpid = wanted.by_tool ? kForeignProcess : OnlyProcess(scene.process_index());
  segment.ctime = scene.call().when;
  segment.creator = wanted.by_tool ? kNobody : scene.call().actor;
  segment.huge = (wanted.flags & kHugetlb) != 0;
  const std::uint64_t rounded = RoundUp(wanted.size, page);
  const bool rounds = Certainly(scene.profile().sysv.rounds_to_pages);
  AddObject(state, segment.object, rounds ? rounded : wanted.size, rounded);
  IpcNamespace& ipc = state.namespaces[index].Own();
  ipc.pages += segment.pages;
  ipc.next_id_used = ipc.next_id_used || ipc.next_id != -1 || !ipc.next_id_known;
  ipc.next_id = -1;
  ipc.next_id_known = true;
  const auto place = std::upper_bound(
      ipc.segments.begin(), ipc.segments.end(), segment.serial,
      [](std::uint32_t serial, const Segment& other) { return serial < other.serial; });
  ipc.segments.insert(place, segment);
  if (wanted.by_tool && ipc.rmid_forced) {
    ReapSegment(state, CauseOf(scene), {index, segment.serial});
  }
}

void Describe(const SysvGet& op, const Scene& scene, Clauses& clauses) {
  const auto key = scene.KeyOf<&SysvGet::key>();
  const Segment* found = FindByKey(scene.ipc(), key);
  const bool named_by_number = !op.key.handle && key != 0;
  if (found != nullptr) {
    DescribeExisting(op, scene, *found, clauses);
    return;
  }
  const Segment* doubtful = DoubtfulByKey(scene.ipc(), key);
  if (doubtful != nullptr) {
    clauses.AnyFailure();
    clauses.Observe("a key whose segment may be gone");
  }
  if (IsNew(op, scene, found)) {
    DescribeNew(op, scene, clauses);
    // What refuses a new one need not refuse the old.
    if (doubtful != nullptr && op.size.bytes == 0) clauses.LetSucceed();
  } else {
    clauses.Refuse(true, ENOENT, doubtful != nullptr ? Force::kMay : Force::kMust,
                   {"SYSV.SHMGET.NOENT"_req, "SYSV.SHMGET.EXCL_ALONE_IGNORED"_req},
                   "the key has no segment");
    clauses.ReturnsValue(doubtful != nullptr ? doubtful->id : 0, "SYSV.SHMGET.KEY_LOOKUP"_req,
                         "a segment the key may still have");
  }
  if (scene.ipc().crowded && named_by_number) {
    clauses.Reset();
    clauses.AnyFailure();
    clauses.Returns<Value>("SYSV.SHMGET.KEY_LOOKUP"_req, "others may use the same key");
    clauses.Observe("a key that others may use");
  }
}

void Apply(const SysvGet& op, const Scene& scene, State& state, const Outcome& outcome) {
  const auto key = scene.KeyOf<&SysvGet::key>();
  const Segment* found = FindByKey(scene.ipc(), key);
  const bool is_new = IsNew(op, scene, found);
  const auto* value = std::get_if<Value>(&outcome);
  if (value == nullptr) {
    // A failing create leaves shm_next_id undefined; looking keys up leaves it alone.
    const IpcNamespace& ipc = scene.ipc();
    if (is_new && ipc.next_id != -1)
      state.namespaces[scene.ipc_index()].Own().next_id_known = false;
    return;
  }
  if (const Segment* doubtful = DoubtfulByKey(scene.ipc(), key); doubtful != nullptr) {
    // The answer shows whether it still has the key.
    const bool has_it = doubtful->id == value->number;
    Segment& segment = OwnSegment(state, {scene.ipc_index(), doubtful->serial});
    segment.key_known = true;
    if (!has_it) segment.key = 0;
    if (has_it) return;
  }
  if (is_new) {
    CreateSegment(scene, state, {value->number, key, true, op.size.bytes, op.flags.bits, false});
  } else if (found != nullptr && found->id < 0) {
    OwnSegment(state, {scene.ipc_index(), found->serial}).id = value->number;
  }
}

}  // namespace shmspec::model
