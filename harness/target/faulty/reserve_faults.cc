// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// File systems in memory that take or give back pages at the wrong time.

#include <algorithm>

#include "harness/target/faulty/fault_table.h"

namespace shmspec {
namespace {

constexpr std::uint64_t kPage = 4096;

/// The object that the mapping at the call's first reference shows, or 0.
std::uint64_t ObjectAt(const model::State& state, const model::Call& call) {
  const auto at = static_cast<std::uint64_t>(call.references[0]);
  const model::Mapping* mapping = state.processes[ProcessOf(state, call)].space->Find(at);
  return mapping != nullptr && mapping->node() != nullptr && mapping->IsShared() ? mapping->object
                                                                                 : 0;
}

void RefuseToPopulate(const Aftermath& a) {
  const auto* map = As<MapMap>(a.call);
  const model::Node* node = map != nullptr ? NodeNamed(a.before, a.call) : nullptr;
  if (node == nullptr || !a.Succeeded() || !map->flags.Has(kMapPopulate)) return;
  if (PagesLeft(a.before, *node, kPage).high * kPage < map->size.bytes) a.Fail(ENOMEM);
}

void PopulateNothing(const Aftermath& a) {
  const auto* map = As<MapMap>(a.call);
  const model::Node* node = map != nullptr ? NodeNamed(a.before, a.call) : nullptr;
  if (node == nullptr || !a.Succeeded() || !map->flags.Has(kMapPopulate)) return;
  if (!HasPageLimit(a.before, *node)) return;
  model::MemoryObject& object = OwnObject(a.after, node->object);
  const std::int32_t references = object.references;
  object = ObjectOf(a.before, node->object);
  object.references = references;
}

/// What was reserved behind the end stays reserved.
void KeepBehindEnd(const Aftermath& a) {
  const model::Node* old =
      IsOneOf<FileTruncate>(a.call) && a.Succeeded() ? NodeNamed(a.before, a.call) : nullptr;
  if (old == nullptr || old->huge) return;
  const model::MemoryObject& before = ObjectOf(a.before, old->object);
  const std::uint64_t first = model::RoundUp(old->size, kPage);
  for (std::uint64_t at = first; at < first + 16 * kPage; at += kPage) {
    if (before.HasPage(at, kPage)) OwnObject(a.after, old->object).Reserve(at, kPage);
  }
}

void RemoveWithoutFreeing(const Aftermath& a) {
  const auto* advise = As<MapAdvise>(a.call);
  if (advise == nullptr || !a.Succeeded() || advise->advice != Advice::kRemove) return;
  const auto at = static_cast<std::uint64_t>(a.call.references[0]);
  const std::uint64_t object = ObjectAt(a.before, a.call);
  if (object == 0) return;
  const model::Mapping& mapping = *a.before.processes[ProcessOf(a.before, a.call)].space->Find(at);
  OwnObject(a.after, object).Touch(mapping.offset + (at - mapping.start), advise->size.bytes);
}

void FreeShared(const Aftermath& a) {
  const auto* advise = As<MapAdvise>(a.call);
  if (advise == nullptr || !a.Succeeded() || advise->advice != Advice::kDontNeed) return;
  const auto at = static_cast<std::uint64_t>(a.call.references[0]);
  const std::uint64_t object = ObjectAt(a.before, a.call);
  if (object == 0) return;
  const model::Mapping& mapping = *a.before.processes[ProcessOf(a.before, a.call)].space->Find(at);
  OwnObject(a.after, object).Zero(mapping.offset + (at - mapping.start), advise->size.bytes);
}

void StoreByCalls(model::State& state, const model::Call& call) {
  if (!IsOneOf<FilePread, FileRead>(call)) return;
  for (auto& system : state.file_systems) {
    if (system->limited) system.Own().pages = 0;
  }
}

void RefuseOwnerOfDirectory(const Aftermath& a) {
  const model::Credentials& caller = CredentialsOf(a.before, a.call);
  const auto* unlink = As<PosixUnlink>(a.call);
  if (unlink == nullptr || !a.Succeeded() || caller.file_uid != 0 || caller.caps != 0) return;
  a.Fail(EACCES);
}

constexpr SeededFault kFaults[] = {
    {"populating_needs_all_the_room", "TMPFS.POPULATE_BEST_EFFORT"_req,
     "mmap fails when there is no room for every page to populate", Afterwards<RefuseToPopulate>},
    {"populating_small_systems_does_nothing", "TMPFS.POPULATE_BEST_EFFORT"_req,
     "MAP_POPULATE is ignored where pages are limited", Afterwards<PopulateNothing>},
    {"pages_behind_the_end_stay", "TMPFS.RESERVED_BEHIND_END"_req,
     "ftruncate leaves what was reserved behind the end", Afterwards<KeepBehindEnd>},
    {"removing_frees_nothing", "TMPFS.MADV_REMOVE_FREES"_req,
     "MADV_REMOVE makes pages zero and keeps them", Afterwards<RemoveWithoutFreeing>},
    {"dontneed_frees_shared_pages", "TMPFS.MADV_REMOVE_FREES"_req,
     "MADV_DONTNEED takes pages from the object", Afterwards<FreeShared>},
    {"calls_store_in_full_systems", "TMPFS.FULL_EFAULT"_req,
     "read finds room in a file system that is full", Disguise<StoreByCalls>},
    {"directory_owner_removes_no_names", "POSIX.UNLINK.STICKY"_req,
     "the owner of the directory needs a capability to remove names",
     Afterwards<RefuseOwnerOfDirectory>},
};

const internal::FaultRegistration registration(kFaults);

}  // namespace
}  // namespace shmspec
