// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Systems that map files in memory and shared anonymous memory in the wrong way.

#include <algorithm>
#include <vector>

#include "harness/target/faulty/fault_table.h"

namespace shmspec {
namespace {

constexpr std::uint64_t kPage = 4096;

/// Whether another mapping shares the node.
bool IsSecond(const Aftermath& a, const model::Mapping& mapping) {
  const auto& mappings = a.before.processes[ProcessOf(a.before, a.call)].space->mappings();
  return std::any_of(mappings.begin(), mappings.end(), [&](const model::Mapping& other) {
    return other.node() != nullptr && other.node()->node == mapping.node()->node;
  });
}

void SecondHasACopy(const Aftermath& a) {
  const model::Mapping* mapping = Mapped(a);
  if (mapping == nullptr || mapping->node() == nullptr || !mapping->node()->shared) return;
  if (IsSecond(a, *mapping)) GiveOwnCopy(a, ProcessOf(a.after, a.call), IndexOfMapped(a));
}

void SharePrivate(const Aftermath& a) {
  model::Mapping* mapping = Mapped(a);
  if (mapping == nullptr || !mapping->IsPrivateNode()) return;
  const std::uint64_t own = mapping->object;
  mapping->object = NodeOf(a.after, mapping->node()->node).object;
  std::get<model::NodeBacking>(mapping->backing).shared = true;
  HoldObject(a.after, mapping->object);
  DropObject(a.after, own);
}

/// What is stored in an object is stored in the private copies of its pages as well.
void StoreInCopies(const Aftermath& a) {
  const auto* store = As<MemoryStore>(a.call);
  if (store == nullptr || !a.Succeeded()) return;
  const auto address = static_cast<std::uint64_t>(a.call.references[0]);
  const model::Mapping* mapping =
      a.before.processes[ProcessOf(a.before, a.call)].space->Find(address);
  if (mapping == nullptr || mapping->node() == nullptr || !mapping->node()->shared) return;
  const std::uint64_t offset = mapping->offset + (address - mapping->start);
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(store->width));
  ObjectOf(a.after, mapping->object).Read(offset, bytes);
  const std::uint32_t node = mapping->node()->node;
  for (const model::Process& process : a.before.processes) {
    for (const model::Mapping& other : process.space->mappings()) {
      if (!other.IsPrivateNode() || other.node()->node != node) continue;
      if (!ObjectOf(a.after, other.object).IsTouched(offset, 1)) continue;
      OwnObject(a.after, other.object).Write(offset, bytes);
    }
  }
}

void ZeroPrivatePages(const Aftermath& a) {
  const auto* advise = As<MapAdvise>(a.call);
  if (advise == nullptr || !a.Succeeded() || advise->advice != Advice::kDontNeed) return;
  const auto address = static_cast<std::uint64_t>(a.call.references[0]);
  const model::Mapping* mapping =
      a.before.processes[ProcessOf(a.before, a.call)].space->Find(address);
  if (mapping == nullptr || !mapping->IsPrivateNode()) return;
  const std::uint64_t size = std::min(advise->size.bytes, mapping->end - address);
  const std::vector<std::uint8_t> zeros(size);
  OwnObject(a.after, mapping->object).Write(mapping->offset + (address - mapping->start), zeros);
}

model::Cause CauseOf(const Aftermath& a) {
  const std::uint8_t process = ProcessOf(a.before, a.call);
  return {model::FindProfile("linux"), model::OnlyProcess(process), a.call.when, 0};
}

void CloseUnmaps(const Aftermath& a) {
  if (!IsOneOf<DescriptorClose>(a.call) || !a.Succeeded()) return;
  const std::uint8_t process = ProcessOf(a.before, a.call);
  const std::uint32_t node = NodeNamed(a.before, a.call)->serial;
  const std::vector<model::Mapping> mappings = a.after.processes[process].space->mappings();
  for (const model::Mapping& mapping : mappings) {
    if (mapping.node() == nullptr || mapping.node()->node != node) continue;
    UnmapRange(a.after, CauseOf(a), process, mapping.start, mapping.end);
  }
}

void CloseLiftsLimits(const Aftermath& a) {
  if (!IsOneOf<DescriptorClose>(a.call) || !a.Succeeded()) return;
  const std::uint32_t node = NodeNamed(a.before, a.call)->serial;
  model::AddressSpace& space = a.after.processes[ProcessOf(a.after, a.call)].space.Own();
  for (std::size_t i = 0; i < space.mappings().size(); ++i) {
    const model::NodeBacking* backing = space.at(i).node();
    if (backing != nullptr && backing->node == node) space.at(i).max_protection = 7;
  }
}

bool IsOfNode(const Aftermath& a) {
  const model::Mapping* mapping = a.before.processes[ProcessOf(a.before, a.call)].space->Find(
      static_cast<std::uint64_t>(a.call.references[0]));
  return mapping != nullptr && mapping->node() != nullptr;
}

void ProtectNothing(const Aftermath& a) {
  if (IsOneOf<MapProtect>(a.call) && a.Succeeded() && IsOfNode(a)) a.after = a.before;
}

void ChangeCode(const Aftermath& a) {
  auto* fault = std::get_if<Fault>(&a.outcome);
  if (fault == nullptr || fault->code != FaultCode::kBeyondObject || !IsOfNode(a)) return;
  fault->code = FaultCode::kOther;
}

void CallFaultAnError(const Aftermath& a) {
  const auto* failure = std::get_if<Failure>(&a.outcome);
  const bool moves = IsOneOf<FileRead, FileWrite, FilePread, FilePwrite>(a.call);
  if (moves && failure != nullptr && failure->error.number == EFAULT) a.outcome = Failure{{EIO}};
}

/// mmap(2) understands other arguments.
template <void (*change)(MapMap&)>
void Misread(const model::State&, model::Call&, Operation& operation) {
  if (auto* map = std::get_if<MapMap>(&operation)) change(*map);
}

void RoundOffset(MapMap& map) { map.offset.bytes &= ~(kPage - 1); }
void ForgetFarOffset(MapMap& map) {
  if (map.offset.bytes > kPage && map.offset.bytes % kPage == 0) map.offset.bytes = kPage;
}
void MapAPage(MapMap& map) {
  if (map.size.bytes == 0) map.size.bytes = 1;
}
void PreferPrivate(MapMap& map) {
  if ((map.flags.bits & kMapType) == 0) map.flags.bits |= kMapPrivate;
}
void ValidateNothing(MapMap& map) {
  if ((map.flags.bits & kMapType) == kMapSharedValidate) map.flags.bits &= ~kMapPrivate;
}
void ReplaceAnyway(MapMap& map) {
  if (!map.flags.Has(kMapFixedNoreplace)) return;
  map.flags.bits = (map.flags.bits & ~kMapFixedNoreplace) | kMapFixed;
}

void TakeAddressForAWish(const model::State&, model::Call& call, Operation& operation) {
  auto* map = std::get_if<MapMap>(&operation);
  if (map == nullptr || !map->flags.Has(kMapFixed)) return;
  map->flags.bits &= ~kMapFixed;
  call.references[1] = 0;
}

void LoseRange(const Aftermath& a) {
  const auto* map = As<MapMap>(a.call);
  if (map == nullptr || a.Succeeded() || !map->flags.Has(kMapFixed)) return;
  const auto start = static_cast<std::uint64_t>(a.call.references[1]);
  UnmapRange(a.after, CauseOf(a), ProcessOf(a.before, a.call), start, start + map->size.bytes);
}

void UnmapWhole(const Aftermath& a) {
  if (!IsOneOf<MapUnmap>(a.call) || !a.Succeeded() || !IsOfNode(a)) return;
  const std::uint8_t process = ProcessOf(a.before, a.call);
  const model::Mapping whole =
      *a.before.processes[process].space->Find(static_cast<std::uint64_t>(a.call.references[0]));
  UnmapRange(a.after, CauseOf(a), process, whole.start, whole.end);
}

void SyncAnyhow(const model::State&, model::Call&, Operation& operation) {
  auto* sync = std::get_if<MapSync>(&operation);
  if (sync != nullptr && sync->flags.Has(kSyncAsync | kSyncSync)) sync->flags.bits &= ~kSyncAsync;
}

/// A child does not share what its parent has mapped shared.
template <bool kAnonymous>
void ForkCopiesShared(const Aftermath& a) {
  const auto* fork = As<ProcessFork>(a.call);
  if (fork == nullptr || !a.Succeeded()) return;
  const std::uint8_t child = fork->child.index;
  for (std::size_t i = 0; i < a.after.processes[child].space->mappings().size(); ++i) {
    const model::NodeBacking* node = a.after.processes[child].space->mappings()[i].node();
    if (node == nullptr || !node->shared) continue;
    if (NodeOf(a.after, node->node).anonymous == kAnonymous) GiveOwnCopy(a, child, i);
  }
}

void ForkSharesPrivate(const Aftermath& a) {
  const auto* fork = As<ProcessFork>(a.call);
  if (fork == nullptr || !a.Succeeded()) return;
  model::AddressSpace& space = a.after.processes[fork->child.index].space.Own();
  for (std::size_t i = 0; i < space.mappings().size(); ++i) {
    model::Mapping& mapping = space.at(i);
    if (!mapping.IsPrivateNode()) continue;
    const model::Mapping* parents =
        a.after.processes[ProcessOf(a.after, a.call)].space->Find(mapping.start);
    HoldObject(a.after, parents->object);
    DropObject(a.after, mapping.object);
    mapping.object = parents->object;
  }
}

void LockAnything(model::State& state, const model::Call& call) {
  if (IsOneOf<MapLock, MapMap>(call)) OwnCredentials(state, call).caps |= kCapIpcLock;
}

void MapAnything(model::State& state, const model::Call& call) {
  if (IsOneOf<MapMap>(call)) state.processes[ProcessOf(state, call)].as = ~std::uint64_t{0};
}

void AcceptAdvice(const Aftermath& a) {
  const auto* advise = As<MapAdvise>(a.call);
  const auto* failure = std::get_if<Failure>(&a.outcome);
  if (advise == nullptr || failure == nullptr || !IsOfNode(a)) return;
  const bool odd = advise->advice == Advice::kFree || advise->advice == Advice::kWipeOnFork;
  if (odd && failure->error.number == EINVAL) a.outcome = Value{0};
}

void GrowAnonymous(const Aftermath& a) {
  const auto* value = std::get_if<Value>(&a.outcome);
  if (!IsOneOf<MapRemap>(a.call) || value == nullptr) return;
  const model::Mapping* found = a.after.processes[ProcessOf(a.after, a.call)].space->Find(
      static_cast<std::uint64_t>(value->number));
  if (found == nullptr || found->node() == nullptr) return;
  const model::Mapping mapping = *found;
  if (!NodeOf(a.after, mapping.node()->node).anonymous) return;
  GrowNode(a.after, mapping.node()->node, mapping.offset + mapping.size(), kPage, a.call.step);
}

constexpr SeededFault kFaults[] = {
    {"second_mapping_has_a_copy", "MMAP.SHARED_WRITES_VISIBLE"_req,
     "a second shared mapping has memory of its own", Afterwards<SecondHasACopy>},
    {"private_mappings_are_shared", "MMAP.PRIVATE_ISOLATED"_req, "MAP_PRIVATE maps shared",
     Afterwards<SharePrivate>},
    {"private_copies_follow_the_object", "MMAP.PRIVATE_SEES_LATER_UNSPECIFIED"_req,
     "what is stored in an object also goes to private copies", Afterwards<StoreInCopies>},
    {"dontneed_zeroes_private_pages", "MMAP.PRIVATE_DONTNEED"_req,
     "MADV_DONTNEED makes private pages zero", Afterwards<ZeroPrivatePages>},
    {"close_unmaps", "MMAP.CLOSE_KEEPS"_req, "close unmaps the file", Afterwards<CloseUnmaps>},
    {"close_lifts_the_limits_of_mappings", "MMAP.MPROTECT_UPGRADE_EACCES"_req,
     "once the descriptor is closed, mprotect permits everything", Afterwards<CloseLiftsLimits>},
    {"mprotect_does_nothing_to_files", "MMAP.MPROTECT_ENFORCED"_req,
     "mprotect of a file has no effect", Afterwards<ProtectNothing>},
    {"sigbus_has_another_code", "MMAP.SIGBUS_BEYOND_EOF"_req,
     "SIGBUS behind the end does not have the code BUS_ADRERR", Afterwards<ChangeCode>},
    {"bad_buffer_is_an_io_error", "MMAP.SYSCALL_BEYOND_EOF_EFAULT"_req,
     "calls with a buffer behind the end of an object fail with EIO", Afterwards<CallFaultAnError>},
    {"mmap_rounds_the_offset", "MMAP.OFFSET"_req, "mmap rounds offsets down to pages",
     Rewritten<Misread<RoundOffset>>},
    {"mmap_forgets_far_offsets", "MMAP.OFFSET"_req, "offsets behind the second page are ignored",
     Rewritten<Misread<ForgetFarOffset>>},
    {"mmap_of_nothing_maps_a_page", "MMAP.LEN_ZERO"_req, "mmap of no bytes maps a page",
     Rewritten<Misread<MapAPage>>},
    {"mmap_is_private_by_default", "MMAP.BAD_FLAGS"_req,
     "a mapping that is neither shared nor private is private", Rewritten<Misread<PreferPrivate>>},
    {"mmap_validates_nothing", "MMAP.SHARED_VALIDATE"_req, "MAP_SHARED_VALIDATE is MAP_SHARED",
     Rewritten<Misread<ValidateNothing>>},
    {"fixed_address_is_a_wish", "MMAP.FIXED_REPLACES"_req, "MAP_FIXED picks a free address",
     Rewritten<TakeAddressForAWish>},
    {"noreplace_replaces", "MMAP.FIXED_NOREPLACE"_req, "MAP_FIXED_NOREPLACE replaces mappings",
     Rewritten<Misread<ReplaceAnyway>>},
    {"failed_fixed_unmaps", "MMAP.FAILED_FIXED_KEEPS"_req,
     "MAP_FIXED unmaps the range before it fails", Afterwards<LoseRange>},
    {"munmap_of_a_part_unmaps_all", "MMAP.MUNMAP_PARTIAL"_req,
     "munmap takes the whole mapping away", Afterwards<UnmapWhole>},
    {"msync_takes_any_flags", "MMAP.MSYNC"_req, "msync with MS_SYNC and MS_ASYNC succeeds",
     Rewritten<SyncAnyhow>},
    {"fork_copies_shared_files", "MMAP.MSYNC_NOT_NEEDED"_req,
     "a child sees nothing of what others store in a shared file",
     Afterwards<ForkCopiesShared<false>>},
    {"fork_shares_private_files", "MMAP.FORK_RETAINS"_req,
     "a child shares the private pages of its parent", Afterwards<ForkSharesPrivate>},
    {"locks_have_no_limit", "MMAP.MLOCK"_req, "RLIMIT_MEMLOCK is ignored", Disguise<LockAnything>},
    {"files_are_mapped_without_limit", "MMAP.RLIMIT_AS"_req, "mmap of a file ignores RLIMIT_AS",
     Disguise<MapAnything>},
    {"odd_advice_is_taken", "MMAP.MADV_REMOVE_NEEDS_SHARED_WRITE"_req,
     "MADV_FREE and MADV_WIPEONFORK of files succeed", Afterwards<AcceptAdvice>},
    {"fork_copies_anonymous_memory", "ANON.SHARED_WITH_CHILD"_req,
     "shared anonymous memory is not shared with children", Afterwards<ForkCopiesShared<true>>},
    {"anonymous_memory_grows", "ANON.GROW_SIGBUS"_req,
     "mremap of shared anonymous memory gives more of it", Afterwards<GrowAnonymous>},
};

const internal::FaultRegistration registration(kFaults);

}  // namespace
}  // namespace shmspec
