// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// shmat(2) and shmdt(2).

#include "harness/model/sysv/attach.h"

#include <algorithm>
#include <cerrno>

#include "harness/model/language/operations.h"
#include "harness/model/rights/permission.h"
#include "harness/model/segment/lifetime.h"
#include "harness/model/segment/lookup.h"
#include "harness/model/space/fresh_address.h"
#include "harness/model/space/mapping.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

/// Below the default of vm.max_map_count, with room for what the process maps itself.
constexpr std::size_t kManyMappings = 60000;

/// The first address that the caller's System V calls cannot name.
std::uint64_t TopOf(const Scene& scene) {
  constexpr std::uint64_t kNarrowTop = 1ull << 32;
  return scene.IsNarrow() ? std::min(kNarrowTop, scene.task_size()) : scene.task_size();
}

/// The address a call asks for, after rounding.
std::uint64_t RoundedAddress(const SysvAttach& op, const Scene& scene) {
  const std::uint64_t address = scene.AddressOf<&SysvAttach::at>();
  return op.flags.Has(kRound) ? address - address % scene.system().shmlba : address;
}

/// An address that is unavailable: the system's own error, and every other one that the profile
/// allows.
void RefuseAddress(bool applies, int error, Force force, const Scene& scene,
                   Requirements requirements, const char* why, Clauses& clauses) {
  clauses.Refuse(applies, error, force, requirements, why);
  for (const int other : scene.profile().sysv.address_errors) {
    const bool extra = applies && other != error && scene.profile().sysv.address_errors.size() > 1;
    clauses.Refuse(extra, other, Force::kMay, requirements, why);
  }
}

void DescribeFixedPlace(const SysvAttach& op, const Scene& scene, std::uint64_t length, bool huge,
                        Clauses& clauses) {
  const std::uint64_t start = RoundedAddress(op, scene);
  const std::uint64_t end = start + length;
  const bool remap = op.flags.Has(kRemap);
  const bool wraps = end < start;
  const SystemFacts& system = scene.system();
  RefuseAddress(!scene.IsPageAligned(start), EINVAL, Force::kMust, scene,
                "SYSV.SHMAT.MISALIGNED"_req, "the address is not aligned", clauses);
  // Where caches are found by virtual addresses. Others take any page.
  RefuseAddress(scene.IsPageAligned(start) && start % system.shmlba != 0, EINVAL, Force::kMay,
                scene, "SYSV.SHMAT.MISALIGNED"_req, "the address is no multiple of SHMLBA",
                clauses);
  const std::uint64_t huge_page = scene.system().huge_page_size;
  RefuseAddress(huge && huge_page != 0 && start % huge_page != 0, EINVAL, Force::kMust, scene,
                "HUGE.ALIGNMENT"_req, "the address is not aligned to huge pages", clauses);
  RefuseAddress(start == 0 && remap, EINVAL, Force::kMust, scene,
                "SYSV.SHMAT.REMAP_RND_TO_NULL_EINVAL"_req, "nothing can be replaced at null",
                clauses);
  RefuseAddress(wraps && !remap, EINVAL, Force::kMust, scene, "SYSV.SHMAT.OUT_OF_RANGE"_req,
                "the range wraps around", clauses);
  RefuseAddress(wraps || end > TopOf(scene), ENOMEM, Force::kMust, scene,
                "SYSV.SHMAT.OUT_OF_RANGE"_req, "the range ends above the user range", clauses);
  // As POSIX has it. Where caches are found by virtual addresses, the processor's part of Linux
  // looks at the address first.
  RefuseAddress(end > TopOf(scene) && system.shmlba > system.page_size, EINVAL, Force::kMay, scene,
                "SYSV.SHMAT.OUT_OF_RANGE"_req, "the range ends above the user range", clauses);
  if (!remap && start != 0 && !wraps) {
    const bool occupied = scene.space().Overlaps(start, end);
    RefuseAddress(occupied, EINVAL, Force::kMust, scene, "SYSV.SHMAT.OCCUPIED_EINVAL"_req,
                  "something is mapped in the range", clauses);
    const bool within = start < scene.task_size();
    const bool unknown = !occupied && within && !scene.space().IsKnownFree(start, end);
    RefuseAddress(unknown, EINVAL, Force::kMay, scene, "SYSV.SHMAT.OCCUPIED_EINVAL"_req,
                  "the process may have mapped something in the range", clauses);
  }
  if (remap) DescribeSeals(scene, start, end, clauses);
  RefuseAddress(start < system.first_address, EINVAL, Force::kMay, scene,
                "SYSV.SHMAT.RND_TO_ZERO_PAGE"_req, "no process has this address", clauses);
  if (start < system.mmap_min_addr) {
    const Says may = GloballyCapable(scene, kCapSysRawio);
    RefuseAddress(may != Says::kYes, EPERM, ForceUnless(may), scene,
                  {"SYSV.SHMAT.MMAP_MIN_ADDR"_req, "SYSV.SHMAT.RND_TO_ZERO_PAGE"_req},
                  "the address is below mmap_min_addr", clauses);
  }
  clauses.ReturnsValue(
      static_cast<std::int64_t>(start),
      {op.flags.Has(kRound) ? "SYSV.SHMAT.RND_ROUNDS_DOWN"_req : "SYSV.SHMAT.EXACT_ADDRESS"_req},
      "the segment is attached where the call asked for it");
  if (remap) clauses.Effect("SYSV.SHMAT.REMAP_REPLACES"_req);
}

/// The size of the largest range that the caller's calls can name and in which the plan has mapped
/// nothing.
std::uint64_t LargestGap(const Scene& scene) {
  const std::uint64_t top = TopOf(scene);
  std::uint64_t largest = 0;
  std::uint64_t from = scene.system().mmap_min_addr;
  for (const Mapping& mapping : scene.space().mappings()) {
    const std::uint64_t to = std::min(mapping.start, top);
    if (to > from) largest = std::max(largest, to - from);
    from = std::max(from, mapping.end);
  }
  return top > from ? std::max(largest, top - from) : largest;
}

/// Somewhere free, if there is room.
void DescribeAnyPlace(const SysvAttach& op, const Scene& scene, std::uint64_t length,
                      Clauses& clauses) {
  clauses.Refuse(op.flags.Has(kRemap), EINVAL, Force::kMust, "SYSV.SHMAT.REMAP_NULL_EINVAL"_req,
                 "nothing can be replaced at null");
  const std::uint64_t gap = LargestGap(scene);
  clauses.Refuse(length > gap, ENOMEM, Force::kMust, "COMPAT.ATTACH_TOO_BIG"_req,
                 "no free range is as large as the segment");
  // A system may use only the upper two thirds, where the process has mappings of its own.
  clauses.Refuse(length > gap / 8 * 5 && length <= gap, ENOMEM, Force::kMay,
                 "COMPAT.ATTACH_TOO_BIG"_req, "what the process has mapped may leave no room");
  clauses.Returns<Value>("SYSV.SHMAT.NULL_KERNEL_CHOOSES"_req, "a free, aligned range is picked");
  clauses.Picks(FreshAddress(length), "SYSV.SHMAT.NULL_KERNEL_CHOOSES"_req);
}

}  // namespace

const Segment* DescribeAttachSource(const SysvAttach& op, const Scene& scene, Clauses& clauses) {
  const Segment* segment = DescribeLookup(scene, scene.NumberOf<&SysvAttach::segment>(),
                                          scene.profile().sysv.attach_after_remove_by_id, clauses);
  if (segment == nullptr) {
    clauses.Returns<Value>("SYSV.SHMAT.INVALID_ID"_req, "a segment the model does not know");
    return nullptr;
  }
  std::uint32_t bits = op.flags.Has(kReadOnly) ? kRead : kRead | kWrite;
  const bool execute = op.flags.Has(kExecute);
  if (execute && Certainly(scene.profile().sysv.execute_bit_checked)) bits |= kExecuteBit;
  DescribeAccess(scene, *segment, bits,
                 {execute ? "SYSV.SHMAT.EXEC_NEEDS_X"_req : "PERM.SYSV.CLASS_SELECTION"_req,
                  "SYSV.SHMAT.NO_WRITE_ONLY"_req, "PERM.SYSV.ATTACH_REVALIDATED"_req,
                  "PERM.SYSV.ROOT_WITHOUT_CAPS"_req},
                 clauses);
  const bool silent = execute && scene.profile().sysv.execute_bit_checked == Says::kSilent;
  clauses.Refuse(silent, EACCES, Force::kMay, "SYSV.SHMAT.EXEC_NEEDS_X"_req,
                 "execute permission may be asked for");
  if (segment->dest) clauses.Effect("SYSV.RMID.ATTACH_BY_ID_AFTER"_req);
  return segment;
}

void DescribeAttachPlace(const SysvAttach& op, const Scene& scene, const Segment& segment,
                         Clauses& clauses) {
  const std::uint64_t length = segment.length;
  DescribeRoomInLimit(scene, length, Force::kMust, clauses);
  DescribeLockOfNew(scene, length, clauses);
  clauses.Refuse(length + scene.system().mmap_min_addr > TopOf(scene), ENOMEM, Force::kMust,
                 {"SYSV.SHMAT.OUT_OF_RANGE"_req, "COMPAT.ATTACH_TOO_BIG"_req},
                 "the segment is larger than the address space");
  clauses.Refuse(scene.space().mappings().size() > kManyMappings, ENOMEM, Force::kMay,
                 "SYSV.SHMAT.MAP_COUNT"_req, "vm.max_map_count may be reached");
  if (op.flags.Has(kRemap) && !Certainly(scene.profile().sysv.remap_flag)) {
    clauses.AnyFailure();
    clauses.Observe("SHM_REMAP");
  }
  if (scene.AddressOf<&SysvAttach::at>() != 0) {
    DescribeFixedPlace(op, scene, length, segment.huge, clauses);
  } else {
    DescribeAnyPlace(op, scene, length, clauses);
  }
  clauses.Effect({"SYSV.SHMAT.SUCCESS_UPDATES"_req, "SYSV.MULTI.SAME_PHYSICAL_MEMORY"_req,
                  "SYSV.SHMGET.PAGE_ROUNDING"_req});
}

void MapSegment(const SysvAttach& op, const Scene& scene, State& state, SegmentName name,
                std::uint64_t address) {
  const Segment segment = *FindSegment(state, name);
  const std::uint64_t length = segment.length;
  const std::uint8_t process = scene.process_index();
  const Cause cause = CauseOf(scene);
  if (op.flags.Has(kRemap)) UnmapRange(state, cause, process, address, address + length);
  Mapping mapping;
  mapping.start = address;
  mapping.end = address + length;
  mapping.object = segment.object;
  mapping.protection = kProtectRead;
  if (op.flags.Has(kReadOnly)) {
    mapping.max_protection = kProtectRead | kProtectExecute;
  } else {
    mapping.protection |= kProtectWrite;
  }
  if (op.flags.Has(kExecute)) mapping.protection |= kProtectExecute;
  mapping.backing = AttachBacking{name, scene.call().step + 1, length};
  state.processes[process].space.Own().Insert(mapping);
  OpenMapping(state, cause, mapping, Says::kYes);
  LockNew(scene, state, address);
}

void Describe(const SysvAttach& op, const Scene& scene, Clauses& clauses) {
  const Segment* segment = DescribeAttachSource(op, scene, clauses);
  if (segment != nullptr) {
    DescribeAttachPlace(op, scene, *segment, clauses);
    return;
  }
  // Without a segment the address may be refused first.
  const std::uint64_t address = scene.AddressOf<&SysvAttach::at>();
  clauses.Refuse(address != 0 && !scene.IsPageAligned(RoundedAddress(op, scene)), EINVAL,
                 Force::kMust, "SYSV.SHMAT.MISALIGNED"_req, "the address is not aligned");
}

bool IsRefusedEarly(const SysvAttach& op, const Scene& scene) {
  const std::uint64_t start = RoundedAddress(op, scene);
  return !scene.IsPageAligned(start) || (start == 0 && op.flags.Has(kRemap));
}

/// A failed call that got as far as mapping the segment counted as an attach before.
void ApplyFailure(const SysvAttach& op, const Scene& scene, State& state, const Segment& segment) {
  if (!scene.ipc().rmid_forced || segment.nattch != 0) return;
  Clauses clauses;
  clauses.Reset();
  DescribeAttachSource(op, scene, clauses);
  const Says counts = scene.profile().sysv.failing_attach_counts;
  if (IsRefusedEarly(op, scene) || clauses.MustFail() || counts == Says::kNo) return;
  const SegmentName name{scene.ipc_index(), segment.serial};
  if (counts == Says::kSilent || !clauses.refusals().empty()) {
    DoubtSegment(state, name);
    return;
  }
  HoldSegment(state, name);
  ReleaseSegment(state, CauseOf(scene), name);
}

void Apply(const SysvAttach& op, const Scene& scene, State& state, const Outcome& outcome) {
  const auto* value = std::get_if<Value>(&outcome);
  const Segment* segment = FindById(scene.ipc(), scene.NumberOf<&SysvAttach::segment>());
  if (segment == nullptr) return;
  if (value == nullptr) {
    if (std::holds_alternative<Failure>(outcome)) ApplyFailure(op, scene, state, *segment);
    return;
  }
  // The segment counts as in use before its mapping replaces others of the same segment.
  const SegmentName name{scene.ipc_index(), segment->serial};
  HoldSegment(state, name);
  MapSegment(op, scene, state, name, static_cast<std::uint64_t>(value->number));
  ReleaseSegment(state, CauseOf(scene), name);
}

std::optional<std::size_t> NextToDetach(const AddressSpace& space, std::uint64_t address,
                                        const Detachment& detachment) {
  const auto& mappings = space.mappings();
  for (std::size_t i = space.FirstAfter(address); i < mappings.size(); ++i) {
    const Mapping& mapping = mappings[i];
    if (detachment.attach != 0 && mapping.end - address > detachment.size) break;
    // Sealed parts stay, although the call reports success.
    if (mapping.sealed && detachment.attach != 0) continue;
    if (!mapping.IsAttach() || mapping.start < address) continue;
    if (mapping.start - address != mapping.offset) continue;
    if (detachment.attach == 0 || mapping.attach()->number == detachment.attach) return i;
  }
  return std::nullopt;
}

bool DetachOne(State& state, const Cause& cause, std::uint8_t process, std::uint64_t address,
               std::uint64_t page, Detachment& detachment) {
  const AddressSpace& space = *state.processes[process].space;
  if (detachment.attach == 0) {
    const auto first = NextToDetach(space, address, detachment);
    if (!first) return false;
    const Mapping mapping = space.mappings()[*first];
    detachment.attach = mapping.attach()->number;
    detachment.size = RoundUp(mapping.attach()->size, page);
    // The first part goes as a whole, also when it has grown beyond the segment.
    if (!mapping.sealed) {
      CloseAt(state, cause, process, *first, Says::kYes, Says::kYes);
      return true;
    }
  }
  const auto next = NextToDetach(space, address, detachment);
  if (!next) return false;
  CloseAt(state, cause, process, *next, Says::kYes, Says::kYes);
  return true;
}

void Describe(const SysvDetach&, const Scene& scene, Clauses& clauses) {
  const std::uint64_t address = scene.AddressOf<&SysvDetach::at>();
  const bool found =
      scene.IsPageAligned(address) && NextToDetach(scene.space(), address, {}).has_value();
  clauses.Refuse(!found, EINVAL, Force::kMust,
                 {"SYSV.SHMDT.NOT_START_ADDRESS"_req, "SYSV.SHMDT.TWICE"_req,
                  "SYSV.VMA.SHMDT_FRAGMENT_ADDRESS_EINVAL"_req, "SYSV.SHMDT.RACE_SAME_ADDRESS"_req},
                 "no attach starts at the address");
  clauses.ReturnsValue(0, {"SYSV.SHMDT.BASIC"_req, "SYSV.MULTI.DETACH_ONE"_req},
                       "the attach at the address is unmapped");
  clauses.Effect({"SYSV.SHMDT.UPDATES"_req, "SYSV.SHMDT.CONTENTS_KEPT"_req,
                  "SYSV.SHMDT.OTHER_PROCESSES_UNAFFECTED"_req});
}

void Apply(const SysvDetach&, const Scene& scene, State& state, const Outcome& outcome) {
  if (!Succeeded(outcome)) return;
  const Cause cause = CauseOf(scene);
  const std::uint8_t process = scene.process_index();
  Detachment detachment;
  while (DetachOne(state, cause, process, scene.AddressOf<&SysvDetach::at>(), scene.page(),
                   detachment)) {
  }
}

}  // namespace shmspec::model
