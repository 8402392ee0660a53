// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Systems that remove the names of POSIX objects in the wrong way, or too much with them.

#include <algorithm>

#include "harness/target/faulty/fault_table.h"

namespace shmspec {
namespace {

constexpr std::uint64_t kPage = 4096;

std::uint8_t SystemOf(const model::State& state, const model::Call& call) {
  const auto& mounted = state.mount_namespaces[state.tasks[call.actor].mounts];
  if (mounted.hidden || mounted.mounts.empty()) return model::kNoFileSystem;
  return state.mounts[mounted.mounts.back()].file_system;
}

std::string_view Plain(const std::string& name) {
  return std::string_view(name).substr(std::min(name.find_first_not_of('/'), name.size()));
}

/// The entry that the call removes, before it; or null.
const model::DirectoryEntry* Removed(const model::State& state, const model::Call& call) {
  const auto* unlink = As<PosixUnlink>(call);
  const std::uint8_t system = SystemOf(state, call);
  if (unlink == nullptr || system == model::kNoFileSystem) return nullptr;
  return state.file_systems[system]->Find(Plain(unlink->name));
}

bool Exists(const model::State& state, std::uint32_t serial) {
  return std::any_of(state.nodes->begin(), state.nodes->end(),
                     [&](const model::Node& node) { return node.serial == serial; });
}

void KeepUsedName(const Aftermath& a) {
  const model::DirectoryEntry* entry = Removed(a.before, a.call);
  if (entry == nullptr || entry->node == 0 || !a.Succeeded()) return;
  if (NodeOf(a.before, entry->node).references > 0) a.after = a.before;
}

void KeepNameOfOthers(const Aftermath& a) {
  if (!IsOneOf<PosixUnlink>(a.call) || !a.Succeeded() || a.call.in_flight == 0) return;
  a.after = a.before;
}

void RemoveAtLastClose(const Aftermath& a) {
  const model::DirectoryEntry* entry = Removed(a.before, a.call);
  if (entry == nullptr || entry->node == 0 || !a.Succeeded()) return;
  if (Exists(a.after, entry->node)) CutNode(a.after, entry->node, 0, kPage);
}

void RemoveFromMappings(const Aftermath& a) {
  const model::DirectoryEntry* entry = Removed(a.before, a.call);
  if (entry == nullptr || entry->node == 0 || !a.Succeeded()) return;
  for (const model::OpenFile& file : *a.after.files) {
    if (file.node == entry->node) return;
  }
  if (Exists(a.after, entry->node)) CutNode(a.after, entry->node, 0, kPage);
}

/// The object that is made next under any name is the old one, as long as somebody has that.
void ReviveOld(const Aftermath& a) {
  if (!IsOneOf<PosixOpen>(a.call) || !a.Succeeded()) return;
  const std::uint32_t serial = a.call.step + 1;
  if (OwnFile(a.after, serial).node != serial) return;
  const std::uint8_t system = OwnNode(a.after, serial).file_system;
  for (const model::Node& old : *a.before.nodes) {
    if (old.file_system != system || old.links != 0 || system == model::kNoFileSystem) continue;
    const std::uint32_t revived = old.serial;
    for (model::DirectoryEntry& entry : a.after.file_systems[system].Own().entries) {
      if (entry.node == serial) entry.node = revived;
    }
    OwnNode(a.after, revived).links = 1;
    HoldNode(a.after, revived);
    OwnFile(a.after, serial).node = revived;
    OwnNode(a.after, serial).links = 0;
    DropNode(a.after, serial);
    return;
  }
}

void RemoveMissing(const Aftermath& a) {
  const auto* failure = std::get_if<Failure>(&a.outcome);
  if (IsOneOf<PosixUnlink>(a.call) && failure != nullptr && failure->error.number == ENOENT) {
    a.outcome = Value{0};
  }
}

void ForgetSticky(model::State& state, const model::Call& call) {
  const std::uint8_t system = SystemOf(state, call);
  if (IsOneOf<PosixUnlink>(call) && system != model::kNoFileSystem) {
    state.file_systems[system].Own().mode &= ~01000u;
  }
}

void TrustGroup(model::State& state, const model::Call& call) {
  const model::DirectoryEntry* entry = Removed(state, call);
  if (entry == nullptr || entry->node == 0) return;
  model::Node& node = OwnNode(state, entry->node);
  const model::Credentials& caller = CredentialsOf(state, call);
  if (node.gid == caller.file_gid) node.uid = caller.file_uid;
}

void OverrideSticky(model::State& state, const model::Call& call) {
  model::Credentials& caller = OwnCredentials(state, call);
  if (IsOneOf<PosixUnlink>(call) && (caller.caps & 2) != 0) caller.caps |= 8;
}

void DistrustFowner(model::State& state, const model::Call& call) {
  if (IsOneOf<PosixUnlink>(call)) OwnCredentials(state, call).caps &= ~std::uint64_t{8};
}

void AskForRightToWrite(const Aftermath& a) {
  const model::DirectoryEntry* entry = Removed(a.before, a.call);
  if (entry == nullptr || entry->node == 0 || !a.Succeeded()) return;
  if ((NodeOf(a.before, entry->node).mode & 0200) == 0) a.Fail(EACCES);
}

/// Names go with the last process that has their object.
void RemoveWithProcess(const Aftermath& a) {
  if (!IsOneOf<ProcessExit, ProcessKill, ProcessExec>(a.call)) return;
  const model::State state = a.after;
  for (std::uint8_t i = 0; i < state.file_systems.size(); ++i) {
    for (const model::DirectoryEntry& entry : state.file_systems[i]->entries) {
      if (entry.removed || entry.node == 0) continue;
      if (NodeOf(state, entry.node).references == 0) RemoveEntry(a.after, i, entry.name);
    }
  }
}

/// Contents go with the last descriptor and mapping.
void LoseAtLastClose(const Aftermath& a) {
  if (!IsOneOf<DescriptorClose, MapUnmap>(a.call)) return;
  const model::State state = a.after;
  for (const model::Node& node : *state.nodes) {
    if (node.references == 0 && node.links > 0 && node.size > 0) {
      PunchNode(a.after, node.serial, 0, node.size, kPage);
    }
  }
}

FileRecord* RecordOfObject(const Aftermath& a) {
  auto* record = std::get_if<FileRecord>(&a.outcome);
  const model::Node* node = record != nullptr ? NodeNamed(a.before, a.call) : nullptr;
  return node != nullptr && node->file_system != model::kNoFileSystem ? record : nullptr;
}

void ShowOneName(const Aftermath& a) {
  if (FileRecord* record = RecordOfObject(a)) record->links = 1;
}

void ShowNoSecondName(const Aftermath& a) {
  FileRecord* record = RecordOfObject(a);
  if (record != nullptr && record->links > 1) record->links = 1;
}

void RemoveAllNames(const Aftermath& a) {
  const model::DirectoryEntry* entry = Removed(a.before, a.call);
  if (entry == nullptr || entry->node == 0 || !a.Succeeded()) return;
  const std::uint8_t system = SystemOf(a.before, a.call);
  for (const model::DirectoryEntry& other : a.before.file_systems[system]->entries) {
    if (!other.removed && other.node == entry->node) RemoveEntry(a.after, system, other.name);
  }
}

void HideDeletion(const Aftermath& a) {
  auto* table = std::get_if<MappingTable>(&a.outcome);
  if (!IsOneOf<MapShow>(a.call) || table == nullptr) return;
  for (MappingRow& row : table->rows) {
    const std::size_t at = row.name.find(" (deleted)");
    if (at != std::string::npos) row.name.resize(at);
  }
}

void ShowFirstName(const Aftermath& a) {
  auto* table = std::get_if<MappingTable>(&a.outcome);
  if (!IsOneOf<MapShow>(a.call) || table == nullptr) return;
  for (MappingRow& row : table->rows) {
    if (row.name.starts_with("/dev/shm/")) row.name = "/dev/zero" + row.name.substr(9 + 2);
  }
}

constexpr SeededFault kFaults[] = {
    {"names_in_use_stay", "POSIX.UNLINK.NAME_GONE"_req,
     "shm_unlink of an object in use reports success and does nothing", Afterwards<KeepUsedName>},
    {"names_stay_in_a_race", "POSIX.UNLINK.RACE_CREATE"_req,
     "shm_unlink at the same time as another call does nothing", Afterwards<KeepNameOfOthers>},
    {"unlinking_cuts_the_object", "POSIX.UNLINK.CONTENTS_UNTIL_LAST_REF"_req,
     "shm_unlink cuts the object to no bytes", Afterwards<RemoveAtLastClose>},
    {"mappings_do_not_hold_objects", "POSIX.UNLINK.CONTENTS_UNTIL_LAST_REF"_req,
     "without a name and a descriptor the memory is taken from mappings",
     Afterwards<RemoveFromMappings>},
    {"new_objects_are_old_ones", "POSIX.UNLINK.REUSE_IS_NEW_OBJECT"_req,
     "a new object is one that was unlinked and is in use", Afterwards<ReviveOld>},
    {"missing_names_are_removed", "POSIX.UNLINK.ENOENT"_req,
     "shm_unlink of a missing name reports success", Afterwards<RemoveMissing>},
    {"sticky_bit_is_ignored", "POSIX.UNLINK.STICKY"_req,
     "the sticky bit of the directory is ignored", Disguise<ForgetSticky>},
    {"groups_remove_names", "POSIX.UNLINK.STICKY"_req,
     "the group of an object may remove its name from a sticky directory", Disguise<TrustGroup>},
    {"overriding_removes_names", "POSIX.UNLINK.STICKY"_req,
     "CAP_DAC_OVERRIDE removes names of others", Disguise<OverrideSticky>},
    {"fowner_removes_no_names", "POSIX.UNLINK.STICKY"_req,
     "CAP_FOWNER does not remove names of others", Disguise<DistrustFowner>},
    {"removing_asks_for_rights", "POSIX.UNLINK.NEEDS_NO_RIGHT_ON_OBJECT"_req,
     "shm_unlink needs the right to write to the object", Afterwards<AskForRightToWrite>},
    {"names_end_with_processes", "POSIX.UNLINK.PERSISTS"_req,
     "an object goes with the last process that has it", Afterwards<RemoveWithProcess>},
    {"contents_end_with_references", "POSIX.UNLINK.PERSISTS"_req,
     "an object that nobody has open is zero again", Afterwards<LoseAtLastClose>},
    {"objects_have_one_name", "POSIX.UNLINK.LINKS"_req, "fstat shows one name always",
     Afterwards<ShowOneName>},
    {"second_names_do_not_count", "POSIX.UNLINK.LINKS"_req, "fstat shows no second name",
     Afterwards<ShowNoSecondName>},
    {"unlinking_removes_all_names", "POSIX.UNLINK.HARDLINK"_req,
     "every name of the object is removed", Afterwards<RemoveAllNames>},
    {"maps_hide_that_names_are_gone", "PROC.MAPS.POSIX_NAME"_req,
     "/proc/PID/maps does not say that the object has no name", Afterwards<HideDeletion>},
    {"maps_show_another_file", "PROC.MAPS.POSIX_NAME"_req,
     "/proc/PID/maps shows another path than that of the object", Afterwards<ShowFirstName>},
};

const internal::FaultRegistration registration(kFaults);

}  // namespace
}  // namespace shmspec
