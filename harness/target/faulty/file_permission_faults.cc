// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Systems that let the wrong class of user open, change or give away files.

#include "harness/target/faulty/fault_table.h"

namespace shmspec {
namespace {

bool Opens(const model::Call& call) { return IsOneOf<MemfdReopen, PosixOpen>(call); }

/// A right of one class is one of those above it too.
void AddUp(model::State& state, const model::Call& call) {
  if (!Opens(call)) return;
  for (model::Node& node : state.nodes.Own()) {
    const std::uint32_t other = node.mode & 7;
    const std::uint32_t group = (node.mode >> 3 & 7) | other;
    node.mode |= group << 6 | group << 3;
  }
}

void ForgetGroups(model::State& state, const model::Call& call) {
  if (Opens(call)) OwnCredentials(state, call).groups.clear();
}

void UseEffectiveId(model::State& state, const model::Call& call) {
  if (!Opens(call)) return;
  model::Credentials& caller = OwnCredentials(state, call);
  caller.file_uid = caller.uid;
}

/// When a file is opened, the capability is not looked at.
template <std::uint64_t kCapability>
void LoseForOpening(model::State& state, const model::Call& call) {
  if (Opens(call)) OwnCredentials(state, call).caps &= ~kCapability;
}

/// When a file is opened, one capability is taken for another.
template <std::uint64_t kCapability, std::uint64_t kTaken>
void TakeForOpening(model::State& state, const model::Call& call) {
  if (!Opens(call)) return;
  model::Credentials& caller = OwnCredentials(state, call);
  if ((caller.caps & kCapability) != 0) caller.caps |= kTaken;
}

void OpenToRoot(model::State& state, const model::Call& call) {
  if (Opens(call) && CredentialsOf(state, call).uid == 0) {
    OwnCredentials(state, call).caps |= kCapDacOverride;
  }
}

template <class Op, std::uint64_t kCapability>
void Lose(model::State& state, const model::Call& call) {
  if (IsOneOf<Op>(call)) OwnCredentials(state, call).caps &= ~kCapability;
}

template <class Op, std::uint64_t kCapability, std::uint64_t kTaken>
void Take(model::State& state, const model::Call& call) {
  if (!IsOneOf<Op>(call)) return;
  model::Credentials& caller = OwnCredentials(state, call);
  if ((caller.caps & kCapability) != 0) caller.caps |= kTaken;
}

/// Owners give their files to every group.
void GiveToAnyGroup(model::State& state, const model::Call& call) {
  const auto* chown = As<FileChown>(call);
  const model::Node* node = chown != nullptr ? NodeNamed(state, call) : nullptr;
  model::Credentials& caller = OwnCredentials(state, call);
  if (node == nullptr || node->uid != caller.file_uid) return;
  if (chown->uid.number == kNoEntry) caller.caps |= kCapChown;
}

/// Owners cannot give their files to a supplementary group.
void GiveToOwnGroupOnly(model::State& state, const model::Call& call) {
  if (IsOneOf<FileChown>(call)) OwnCredentials(state, call).groups.clear();
}

constexpr SeededFault kFaults[] = {
    {"classes_of_files_add_up", "PERM.FILE.CLASS_SELECTION"_req,
     "an owner has the rights of group and others too", Disguise<AddUp>},
    {"files_forget_supplementary_groups", "PERM.FILE.SUPPLEMENTARY_GROUPS"_req,
     "files are not opened by supplementary groups", Disguise<ForgetGroups>},
    {"files_go_by_the_effective_id", "PERM.FILE.FILE_SYSTEM_ID"_req,
     "setfsuid does not change which files may be opened", Disguise<UseEffectiveId>},
    {"dac_override_opens_nothing", "PERM.FILE.CAP_DAC_OVERRIDE"_req,
     "CAP_DAC_OVERRIDE opens no file", Disguise<LoseForOpening<kCapDacOverride>>},
    {"dac_override_changes_modes", "PERM.FILE.CAP_DAC_OVERRIDE"_req,
     "CAP_DAC_OVERRIDE changes modes of others",
     Disguise<Take<FileChmod, kCapDacOverride, kCapFowner>>},
    {"read_search_opens_nothing", "PERM.FILE.CAP_DAC_READ_SEARCH"_req,
     "CAP_DAC_READ_SEARCH opens no file", Disguise<LoseForOpening<kCapDacReadSearch>>},
    {"read_search_writes", "PERM.FILE.CAP_DAC_READ_SEARCH"_req,
     "CAP_DAC_READ_SEARCH opens files for writing",
     Disguise<TakeForOpening<kCapDacReadSearch, kCapDacOverride>>},
    {"fowner_changes_no_mode", "PERM.FILE.CAP_FOWNER"_req,
     "CAP_FOWNER does not change modes of others", Disguise<Lose<FileChmod, kCapFowner>>},
    {"fowner_gives_away", "PERM.FILE.CAP_FOWNER"_req, "CAP_FOWNER changes owners",
     Disguise<Take<FileChown, kCapFowner, kCapChown>>},
    {"chown_gives_nothing_away", "PERM.FILE.CAP_CHOWN"_req,
     "CAP_CHOWN does not change owners of files of others", Disguise<Lose<FileChown, kCapChown>>},
    {"chown_changes_modes", "PERM.FILE.CAP_CHOWN"_req, "CAP_CHOWN changes modes of others",
     Disguise<Take<FileChmod, kCapChown, kCapFowner>>},
    {"owners_give_to_any_group", "PERM.FILE.OWN_GROUP"_req,
     "an owner gives a file to a group that it does not belong to", Disguise<GiveToAnyGroup>},
    {"owners_give_to_no_supplementary_group", "PERM.FILE.OWN_GROUP"_req,
     "an owner cannot give a file to a supplementary group", Disguise<GiveToOwnGroupOnly>},
    {"sys_admin_opens_files", "PERM.FILE.OTHER_CAPS"_req, "CAP_SYS_ADMIN opens every file",
     Disguise<TakeForOpening<kCapSysAdmin, kCapDacOverride>>},
    {"ipc_owner_opens_files", "PERM.FILE.OTHER_CAPS"_req, "CAP_IPC_OWNER opens every file",
     Disguise<TakeForOpening<kCapIpcOwner, kCapDacOverride>>},
    {"root_opens_files_without_capabilities", "PERM.FILE.OTHER_CAPS"_req,
     "user id 0 opens every file", Disguise<OpenToRoot>},
};

const internal::FaultRegistration registration(kFaults);

}  // namespace
}  // namespace shmspec
