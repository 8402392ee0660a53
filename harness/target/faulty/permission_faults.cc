// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Who may do what.

#include "harness/target/faulty/fault_table.h"

namespace shmspec {
namespace {

constexpr std::uint32_t kNobodysId = 0xfffffffe;
constexpr std::uint64_t kControl = kCapSysAdmin;
constexpr std::uint64_t kAccess = kCapIpcOwner;

/// The caller has capabilities that count in its IPC namespace.
void Empower(model::State& state, const model::Call& call, std::uint64_t caps) {
  const std::uint64_t owner = NamespaceOf(state, call).owner;
  model::Credentials& credentials = OwnCredentials(state, call);
  credentials.caps |= caps;
  credentials.user_namespace = owner;
}

template <std::uint64_t kCaps, class... Ops>
void Allow(model::State& state, const model::Call& call) {
  if (IsOneOf<Ops...>(call)) Empower(state, call, kCaps);
}

template <std::uint64_t kCaps, class... Ops>
void Deny(model::State& state, const model::Call& call) {
  if (IsOneOf<Ops...>(call)) OwnCredentials(state, call).caps &= ~kCaps;
}

/// A process with one capability has another as well.
template <std::uint64_t kHas, std::uint64_t kGets, class... Ops>
void Confuse(model::State& state, const model::Call& call) {
  if (!IsOneOf<Ops...>(call)) return;
  if ((CredentialsOf(state, call).caps & kHas) != 0) OwnCredentials(state, call).caps |= kGets;
}

template <auto kField, class... Ops>
void ForgetId(model::State& state, const model::Call& call) {
  if (!IsOneOf<Ops...>(call)) return;
  ForEachSegment(state,
                 [](model::SegmentName, model::Segment& segment) { segment.*kField = kNobodysId; });
}

void ForgetGroups(model::State& state, const model::Call& call) {
  if (IsOneOf<SysvAttach, SysvStat>(call)) OwnCredentials(state, call).groups.clear();
}

void ForgetGroupClass(model::State& state, const model::Call& call) {
  if (!IsOneOf<SysvAttach, SysvStat>(call)) return;
  OwnCredentials(state, call).groups.clear();
  OwnCredentials(state, call).gid = kNobodysId;
}

void AddClasses(model::State& state, const model::Call& call) {
  if (!IsOneOf<SysvAttach>(call)) return;
  ForEachSegment(state, [](model::SegmentName, model::Segment& segment) {
    segment.mode |= (segment.mode & 07) << 3;
    segment.mode |= (segment.mode & 070) << 3;
  });
}

/// The permission check uses another user id of the caller.
template <auto kId, class... Ops>
void JudgeUserBy(model::State& state, const model::Call& call) {
  if (!IsOneOf<Ops...>(call)) return;
  model::Credentials& credentials = OwnCredentials(state, call);
  credentials.uid = credentials.*kId;
}

template <auto kId>
void JudgeGroupBy(model::State& state, const model::Call& call) {
  if (!IsOneOf<SysvAttach, SysvStat, SysvGet>(call)) return;
  model::Credentials& credentials = OwnCredentials(state, call);
  credentials.file_gid = credentials.*kId;
}

/// Another id of the caller owns new segments.
template <auto kId>
void CreateForUser(const Aftermath& a) {
  model::Segment* segment = Created(a);
  if (segment != nullptr) segment->uid = segment->cuid = CredentialsOf(a.before, a.call).*kId;
}

template <auto kId>
void CreateForGroup(const Aftermath& a) {
  model::Segment* segment = Created(a);
  if (segment != nullptr) segment->gid = segment->cgid = CredentialsOf(a.before, a.call).*kId;
}

void ChargeEffectiveUser(model::State& state, const model::Call& call) {
  if (!IsOneOf<SysvLock>(call)) return;
  model::Credentials& credentials = OwnCredentials(state, call);
  credentials.real_uid = credentials.uid;
}

void TrustRoot(model::State& state, const model::Call& call) {
  const bool meant = IsOneOf<SysvAttach, SysvRemove, SysvSet, SysvStat>(call);
  if (meant && CredentialsOf(state, call).uid == 0) Empower(state, call, kAccess | kControl);
}

void TrustChildNamespace(model::State& state, const model::Call& call) {
  if (IsOneOf<SysvAttach, SysvRemove, SysvSet, SysvStat, SysvLock>(call)) Empower(state, call, 0);
}

template <std::uint64_t kForgotten>
void ForgetRequested(const model::State& state, model::Call& call, Operation& operation) {
  auto* get = std::get_if<SysvGet>(&operation);
  if (get != nullptr && ByKey(state, call) != nullptr) get->flags.bits &= ~kForgotten;
}

void RefuseBareLookup(const Aftermath& a) {
  const auto* get = As<SysvGet>(a.call);
  if (get == nullptr || !a.Succeeded() || (get->flags.bits & 0777) != 0) return;
  const model::Segment* found = ByKey(a.before, a.call);
  const std::uint32_t uid = CredentialsOf(a.before, a.call).uid;
  if (found != nullptr && uid != 0 && uid != found->uid) a.Fail(EACCES);
}

void RevokeAttaches(const Aftermath& a) {
  const model::Segment* segment =
      IsOneOf<SysvSet>(a.call) && a.Succeeded() ? ById(a.after, a.call) : nullptr;
  if (segment == nullptr || segment->mode != 0) return;
  const std::uint32_t serial = segment->serial;
  for (model::Process& process : a.after.processes) {
    for (std::size_t i = 0; i < process.space->mappings().size(); ++i) {
      if (process.space->mappings()[i].segment() == serial)
        process.space.Own().at(i).protection = 0;
    }
  }
}

using Creds = model::Credentials;

constexpr SeededFault kFaults[] = {
    {"anyone_may_attach", "PERM.SYSV.MATRIX"_req, "shmat asks for no permission",
     Disguise<Allow<kAccess, SysvAttach>>},
    {"anyone_may_stat", "SYSV.STAT.NEEDS_READ"_req, "IPC_STAT asks for no permission",
     Disguise<Allow<kAccess, SysvStat>>},
    {"anyone_may_remove", "PERM.SYSV.OWNER_OR_CREATOR_CAN_RMID"_req,
     "IPC_RMID asks for no ownership", Disguise<Allow<kControl, SysvRemove>>},
    {"anyone_may_set", "SYSV.SET.GIVE_AWAY"_req, "IPC_SET asks for no ownership",
     Disguise<Allow<kControl, SysvSet>>},
    {"creator_may_not_remove", "PERM.SYSV.OWNER_OR_CREATOR_CAN_RMID"_req,
     "IPC_RMID is for the owner only", Disguise<ForgetId<&model::Segment::cuid, SysvRemove>>},
    {"owner_may_not_control", "PERM.SYSV.OWNER_OR_CREATOR_CAN_RMID"_req,
     "IPC_RMID and IPC_SET are for the creator only",
     Disguise<ForgetId<&model::Segment::uid, SysvRemove, SysvSet>>},
    {"creator_is_a_stranger", "PERM.SYSV.CREATOR_KEEPS_USER_CLASS"_req,
     "the creator is not in the user class once the segment is given away",
     Disguise<ForgetId<&model::Segment::cuid, SysvAttach>>},
    {"creator_group_is_ignored", "PERM.SYSV.CREATOR_GROUP"_req,
     "the creator's group is not in the group class once the segment is given away",
     Disguise<ForgetId<&model::Segment::cgid, SysvAttach>>},
    {"supplementary_groups_are_ignored", "PERM.SYSV.SUPPLEMENTARY_GROUPS"_req,
     "only the effective group counts", Disguise<ForgetGroups>},
    {"group_is_judged_as_other", "PERM.SYSV.CLASS_SELECTION"_req,
     "members of the group are in the class of the others", Disguise<ForgetGroupClass>},
    {"classes_add_up", "PERM.SYSV.CLASS_SELECTION"_req,
     "user and group have the bits of the later classes too", Disguise<AddClasses>},
    {"real_user_is_judged", "PERM.SYSV.EFFECTIVE_UID"_req, "permission is that of the real user id",
     Disguise<JudgeUserBy<&Creds::real_uid, SysvAttach, SysvStat>>},
    {"saved_user_is_judged", "PERM.SYSV.EFFECTIVE_UID"_req,
     "permission is that of the saved user id",
     Disguise<JudgeUserBy<&Creds::saved_uid, SysvAttach, SysvStat>>},
    {"file_user_is_judged", "PERM.SYSV.EFFECTIVE_UID"_req,
     "permission is that of the user id of the file system",
     Disguise<JudgeUserBy<&Creds::file_uid, SysvAttach, SysvStat>>},
    {"real_user_controls", "PERM.SYSV.OWNER_OR_CREATOR_CAN_RMID"_req,
     "IPC_SET and IPC_RMID are for the real user id",
     Disguise<JudgeUserBy<&Creds::real_uid, SysvSet, SysvRemove>>},
    {"saved_user_controls", "PERM.SYSV.OWNER_OR_CREATOR_CAN_RMID"_req,
     "IPC_SET and IPC_RMID are for the saved user id",
     Disguise<JudgeUserBy<&Creds::saved_uid, SysvSet, SysvRemove>>},
    {"file_user_controls", "PERM.SYSV.OWNER_OR_CREATOR_CAN_RMID"_req,
     "IPC_SET and IPC_RMID are for the user id of the file system",
     Disguise<JudgeUserBy<&Creds::file_uid, SysvSet, SysvRemove>>},
    {"real_user_locks", "SYSV.LOCK.OWNER_OR_CREATOR"_req, "SHM_LOCK is for the real user id",
     Disguise<JudgeUserBy<&Creds::real_uid, SysvLock, SysvUnlock>>},
    {"saved_user_locks", "SYSV.LOCK.OWNER_OR_CREATOR"_req, "SHM_LOCK is for the saved user id",
     Disguise<JudgeUserBy<&Creds::saved_uid, SysvLock, SysvUnlock>>},
    {"file_user_locks", "SYSV.LOCK.OWNER_OR_CREATOR"_req,
     "SHM_LOCK is for the user id of the file system",
     Disguise<JudgeUserBy<&Creds::file_uid, SysvLock, SysvUnlock>>},
    {"lock_is_charged_to_the_effective_user", "SYSV.LOCK.CHARGES_REAL_USER"_req,
     "what is locked counts for the effective user id", Disguise<ChargeEffectiveUser>},
    {"group_of_the_file_system_is_ignored", "PERM.SYSV.FSGID"_req,
     "the effective group is the one that counts", Disguise<JudgeGroupBy<&Creds::gid>>},
    {"real_group_is_judged", "PERM.SYSV.FSGID"_req, "the real group is the one that counts",
     Disguise<JudgeGroupBy<&Creds::real_gid>>},
    {"saved_group_is_judged", "PERM.SYSV.FSGID"_req, "the saved group is the one that counts",
     Disguise<JudgeGroupBy<&Creds::saved_gid>>},
    {"real_user_owns_what_is_new", "SYSV.SHMGET.INITIAL_FIELDS"_req,
     "a new segment is the real user's", Afterwards<CreateForUser<&Creds::real_uid>>},
    {"saved_user_owns_what_is_new", "SYSV.SHMGET.INITIAL_FIELDS"_req,
     "a new segment is the saved user's", Afterwards<CreateForUser<&Creds::saved_uid>>},
    {"file_user_owns_what_is_new", "SYSV.SHMGET.INITIAL_FIELDS"_req,
     "a new segment is the file system user's", Afterwards<CreateForUser<&Creds::file_uid>>},
    {"real_group_owns_what_is_new", "SYSV.SHMGET.INITIAL_FIELDS"_req,
     "a new segment has the real group", Afterwards<CreateForGroup<&Creds::real_gid>>},
    {"saved_group_owns_what_is_new", "SYSV.SHMGET.INITIAL_FIELDS"_req,
     "a new segment has the saved group", Afterwards<CreateForGroup<&Creds::saved_gid>>},
    {"file_group_owns_what_is_new", "SYSV.SHMGET.INITIAL_FIELDS"_req,
     "a new segment has the group of the file system",
     Afterwards<CreateForGroup<&Creds::file_gid>>},
    {"root_is_trusted", "PERM.SYSV.ROOT_WITHOUT_CAPS"_req,
     "user 0 may do everything without capabilities", Disguise<TrustRoot>},
    {"ipc_owner_is_ignored", "PERM.SYSV.CAP_IPC_OWNER"_req, "CAP_IPC_OWNER does not open segments",
     Disguise<Deny<kAccess, SysvAttach, SysvStat, SysvGet>>},
    {"sys_admin_is_ignored", "PERM.SYSV.CAP_SYS_ADMIN"_req, "CAP_SYS_ADMIN does not allow control",
     Disguise<Deny<kControl, SysvRemove, SysvSet>>},
    {"sys_admin_may_attach", "PERM.SYSV.CAP_SYS_ADMIN"_req, "CAP_SYS_ADMIN opens segments",
     Disguise<Confuse<kControl, kAccess, SysvAttach, SysvStat>>},
    {"ipc_owner_may_control", "PERM.SYSV.CAP_IPC_OWNER"_req, "CAP_IPC_OWNER allows control",
     Disguise<Confuse<kAccess, kControl, SysvRemove, SysvSet>>},
    {"ipc_lock_is_ignored", "SYSV.LOCK.CAP_BYPASSES"_req,
     "CAP_IPC_LOCK does not free from limit and ownership",
     Disguise<Deny<kCapIpcLock, SysvLock, SysvUnlock>>},
    {"child_namespace_is_trusted", "PERM.SYSV.CAPS_RELATIVE_TO_NS"_req,
     "capabilities of a user namespace of one's own count", Disguise<TrustChildNamespace>},
    {"requested_bits_are_ignored", "PERM.SYSV.SHMGET_REQUESTED_BITS"_req,
     "shmget finds a segment whatever permission it asks for", Rewritten<ForgetRequested<0777>>},
    {"requested_user_bits_count_only", "PERM.SYSV.SHMGET_REQUESTED_BITS"_req,
     "shmget looks at the user bits of what it asks for", Rewritten<ForgetRequested<077>>},
    {"lookup_without_bits_needs_permission", "PERM.SYSV.SHMGET_ZERO_BITS_ALWAYS"_req,
     "shmget finds nothing for strangers who ask for no permission", Afterwards<RefuseBareLookup>},
    {"mode_change_revokes_attaches", "PERM.SYSV.ATTACH_REVALIDATED"_req,
     "IPC_SET closes the attaches that there are", Afterwards<RevokeAttaches>},
};

const internal::FaultRegistration registration(kFaults);

}  // namespace
}  // namespace shmspec
