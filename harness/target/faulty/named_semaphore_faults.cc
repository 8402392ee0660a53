// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Named semaphores that are not found, not shared or not kept as processes rely on.

#include <algorithm>
#include <cerrno>
#include <string>
#include <string_view>

#include "harness/target/faulty/sync_change.h"

namespace shmspec {
namespace {

using model::OpenSemaphore;
using model::SyncObject;

/// The file system that the caller has at /dev/shm, or null.
const model::FileSystem* ShmOf(const model::State& state, const model::Call& call) {
  const auto& mounted = state.mount_namespaces[state.tasks[call.actor].mounts];
  if (mounted.hidden || mounted.mounts.empty()) return nullptr;
  return &*state.file_systems[state.mounts[mounted.mounts.back()].file_system];
}

std::string Plain(const std::string& name) {
  return name.substr(std::min(name.find_first_not_of('/'), name.size()));
}

/// The entry that the call opens, as it was before it, or null.
const model::DirectoryEntry* Opened(const Aftermath& a) {
  const auto* open = As<SyncSemOpen>(a.call);
  const model::FileSystem* system = open != nullptr ? ShmOf(a.before, a.call) : nullptr;
  return system == nullptr ? nullptr : system->Find("sem." + Plain(open->name));
}

/// Calls change(semaphore before, semaphore after) for each one that has a name.
template <class Change>
void ForEachNamed(const Aftermath& a, Change&& change) {
  ForEachOf(a, SyncKind::kSemaphore, [&](const SyncObject& before, SyncObject& after) {
    const auto& nodes = *a.before.nodes;
    const bool named = std::any_of(nodes.begin(), nodes.end(), [&](const model::Node& node) {
      return node.object == before.place.object && node.file_system != model::kNoFileSystem;
    });
    if (named) change(before, after);
  });
}

void PostAlone(const Aftermath& a) {
  if (!IsOneOf<SyncSemPost>(a.call) || !a.Succeeded()) return;
  ForEachNamed(a, [](const SyncObject& before, SyncObject& after) { after.count = before.count; });
}

void SetAgain(const Aftermath& a) {
  const auto* open = As<SyncSemOpen>(a.call);
  if (Opened(a) == nullptr || !a.Succeeded() || !open->flags.Has(kMakeObject)) return;
  ForEachNamed(a, [&](const SyncObject&, SyncObject& after) { after.count = open->value; });
}

template <std::uint64_t set, std::uint64_t cleared>
void ChangeFlags(const model::State&, model::Call&, Operation& operation) {
  auto* open = std::get_if<SyncSemOpen>(&operation);
  if (open != nullptr) open->flags.bits = (open->flags.bits & ~cleared) | set;
}

void CutValue(const model::State&, model::Call&, Operation& operation) {
  auto* open = std::get_if<SyncSemOpen>(&operation);
  if (open != nullptr) open->value &= 0x7fffffff;
}

void CutName(const model::State&, model::Call&, Operation& operation) {
  constexpr std::size_t kMost = 251;
  auto* open = std::get_if<SyncSemOpen>(&operation);
  if (open != nullptr && open->name.size() > kMost) open->name.resize(kMost);
}

void MoveAddress(const Aftermath& a) {
  auto* value = IsOneOf<SyncSemOpen>(a.call) ? std::get_if<Value>(&a.outcome) : nullptr;
  if (value == nullptr) return;
  const auto& before = *a.before.semaphores;
  const bool again = std::any_of(before.begin(), before.end(), [&](const OpenSemaphore& one) {
    return one.process == ProcessOf(a.before, a.call) &&
           one.address == static_cast<std::uint64_t>(value->number);
  });
  if (again) value->number += 4096;
}

void CloseForGood(const Aftermath& a) {
  if (!IsOneOf<SyncSemClose>(a.call) || !a.Succeeded()) return;
  const auto address = static_cast<std::uint64_t>(a.call.references[0]);
  std::erase_if(a.after.semaphores.Own(), [&](const OpenSemaphore& one) {
    return one.process == ProcessOf(a.before, a.call) && one.address == address;
  });
}

void LetAllOpen(model::State& state, const model::Call& call) {
  if (!IsOneOf<SyncSemOpen>(call)) return;
  OwnCredentials(state, call).caps |= kCapDacOverride;
}

void IgnoreUmask(const Aftermath& a) {
  const auto* open = As<SyncSemOpen>(a.call);
  if (open == nullptr || !a.Succeeded() || Opened(a) != nullptr) return;
  OwnNode(a.after, a.call.step + 1).mode = open->mode.bits & 0777;
}

void OpenInParent(const Aftermath& a) {
  const auto* fork = As<ProcessFork>(a.call);
  if (fork == nullptr || !a.Succeeded()) return;
  std::erase_if(a.after.semaphores.Own(),
                [&](const OpenSemaphore& one) { return one.process == fork->child.index; });
}

void ResetAtEnd(const Aftermath& a) {
  if (!Ends(a) && !IsOneOf<ProcessExec>(a.call)) return;
  ForEachNamed(a, [](const SyncObject&, SyncObject& after) { after.count = 0; });
}

void TakeNameOfObject(const Aftermath& a) {
  const auto* open = As<SyncSemOpen>(a.call);
  const model::FileSystem* system = open != nullptr ? ShmOf(a.before, a.call) : nullptr;
  if (system == nullptr || !a.Succeeded() || !open->flags.Has(kOnlyNewObject)) return;
  if (system->Find(Plain(open->name)) != nullptr) a.Fail(EEXIST);
}

constexpr SeededFault kFaults[] = {
    {"named_semaphore_is_ones_own", "SYNC.NAMED.SHARED"_req, "a post on a named semaphore is lost",
     Afterwards<PostAlone>},
    {"named_semaphore_is_set_again", "SYNC.NAMED.CREATE"_req,
     "O_CREAT gives a semaphore that is there another value", Afterwards<SetAgain>},
    {"named_semaphore_is_opened_anyway", "SYNC.NAMED.EXCLUSIVE"_req, "O_EXCL has no effect",
     Rewritten<ChangeFlags<0, kOnlyNewObject>>},
    {"named_semaphore_is_made_anyway", "SYNC.NAMED.MISSING"_req,
     "a semaphore that is not there is made without O_CREAT",
     Rewritten<ChangeFlags<kMakeObject, 0>>},
    {"named_semaphore_takes_any_value", "SYNC.NAMED.VALUE"_req,
     "a semaphore is made with the lower bits of a value", Rewritten<CutValue>},
    {"named_semaphore_moves", "SYNC.NAMED.SAME_ADDRESS"_req,
     "a semaphore that is opened again has another address", Afterwards<MoveAddress>},
    {"named_semaphore_closes_for_good", "SYNC.NAMED.CLOSE"_req, "one close undoes several opens",
     Afterwards<CloseForGood>},
    {"named_semaphore_closes_anything", "SYNC.NAMED.CLOSE_INVALID"_req, "any address can be closed",
     Afterwards<SucceedInstead<SyncSemClose, EINVAL>>},
    {"named_semaphore_stays", "SYNC.NAMED.UNLINK"_req, "an unlink does nothing",
     Afterwards<DoNothing<SyncSemUnlink>>},
    {"named_semaphore_is_never_missing", "SYNC.NAMED.UNLINK_MISSING"_req,
     "a name that is not there can be removed", Afterwards<SucceedInstead<SyncSemUnlink, ENOENT>>},
    {"named_semaphore_is_removed_by_all", "SYNC.NAMED.UNLINK_OTHERS"_req,
     "an unlink by another user succeeds", Afterwards<SucceedInstead<SyncSemUnlink, EACCES>>},
    {"named_semaphore_lets_all_in", "SYNC.NAMED.PERMISSION"_req, "everybody may open any semaphore",
     Disguise<LetAllOpen>},
    {"named_semaphore_knows_no_umask", "SYNC.NAMED.MODE"_req,
     "the umask does not count for semaphores", Afterwards<IgnoreUmask>},
    {"named_semaphore_has_any_name", "SYNC.NAMED.NAME"_req, "a bad name can be removed",
     Afterwards<SucceedInstead<SyncSemUnlink, EINVAL>>},
    {"named_semaphore_has_a_long_name", "SYNC.NAMED.LENGTH"_req,
     "the end of a long name is cut off", Rewritten<CutName>},
    {"named_semaphore_is_of_the_parent", "SYNC.NAMED.FORK"_req, "a child has no semaphores open",
     Afterwards<OpenInParent>},
    {"named_semaphore_is_reset", "SYNC.NAMED.ENDS"_req, "the end of a process sets semaphores to 0",
     Afterwards<ResetAtEnd>},
    {"named_semaphore_takes_names", "POSIX.OPEN.SEMAPHORE_NAMES"_req,
     "no semaphore is made under the name of an object", Afterwards<TakeNameOfObject>},
};

const internal::FaultRegistration registration(kFaults);

}  // namespace
}  // namespace shmspec
