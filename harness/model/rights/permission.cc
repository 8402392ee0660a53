// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/model/rights/permission.h"

#include <algorithm>

namespace shmspec::model {
namespace {

/// Inode number of the first user namespace on every Linux (include/linux/proc_ns.h).
constexpr std::uint64_t kFirstUserNamespace = 0xeffffffdu;
constexpr std::uint64_t kEveryCapability = (1ull << 41) - 1;

bool IsOwner(const Segment& segment, const Credentials& credentials) {
  return credentials.uid == segment.uid || credentials.uid == segment.cuid;
}

bool InGroup(const Credentials& credentials, std::uint32_t gid, bool supplementary) {
  if (credentials.file_gid == gid) return true;
  return supplementary && std::find(credentials.groups.begin(), credentials.groups.end(), gid) !=
                              credentials.groups.end();
}

std::uint32_t GrantedBits(const Segment& segment, const Credentials& credentials,
                          bool supplementary) {
  if (IsOwner(segment, credentials)) return segment.mode >> 6 & 7;
  if (InGroup(credentials, segment.cgid, supplementary) ||
      InGroup(credentials, segment.gid, supplementary)) {
    return segment.mode >> 3 & 7;
  }
  return segment.mode & 7;
}

Says YesIf(bool condition) { return condition ? Says::kYes : Says::kNo; }

/// Grants by privilege: by capability, or, in a profile without capabilities, perhaps by uid 0.
Says Privileged(const Scene& scene, std::uint64_t capability) {
  if (Certainly(scene.profile().rights.capabilities)) return YesIf(Capable(scene, capability));
  if (scene.credentials().uid == 0) return Says::kSilent;
  return Capable(scene, capability) ? Says::kSilent : Says::kNo;
}

}  // namespace

bool Capable(const Scene& scene, std::uint64_t capability) {
  const Credentials& credentials = scene.credentials();
  return credentials.user_namespace == scene.ipc().owner &&
         (credentials.caps & capability) == capability;
}

Says GloballyCapable(const Scene& scene, std::uint64_t capability) {
  const Credentials& credentials = scene.credentials();
  if ((credentials.caps & capability) != capability) return Says::kNo;
  if (credentials.user_namespace == kFirstUserNamespace) return Says::kYes;
  return credentials.nested ? Says::kNo : Says::kSilent;
}

namespace {

/// Root without a capability that root has elsewhere: no actor of the plan took it away.
bool IsWithheld(const Scene& scene, std::uint64_t capability) {
  const ActorFacts& facts = scene.setting().actors[scene.call().actor];
  return scene.credentials().uid == 0 && facts.uid == 0 && (facts.caps.bits & capability) == 0;
}

const char* WithoutCapability(std::uint64_t capability) {
  switch (capability) {
    case kCapIpcLock:
      return "root has no CAP_IPC_LOCK here";
    case kCapIpcOwner:
      return "root has no CAP_IPC_OWNER here";
    case kCapSysRawio:
      return "root has no CAP_SYS_RAWIO here";
    case kCapSysAdmin:
      return "root has no CAP_SYS_ADMIN here";
    default:
      return "root lacks a capability here";
  }
}

}  // namespace

void RefuseWithout(const Scene& scene, std::uint64_t capability, Says may, int error,
                   Requirements requirements, const char* why, Clauses& clauses) {
  if (IsWithheld(scene, capability)) {
    clauses.RefuseHereUnless(may, error, requirements, WithoutCapability(capability));
  } else {
    clauses.RefuseUnless(may, error, requirements, why);
  }
}

Says MayAccess(const Scene& scene, const Segment& segment, std::uint32_t bits) {
  const Credentials& credentials = scene.credentials();
  const Says supplementary = scene.profile().rights.supplementary_groups;
  const bool with = (bits & ~GrantedBits(segment, credentials, true)) == 0;
  const bool without = (bits & ~GrantedBits(segment, credentials, false)) == 0;
  const bool either = with && without;
  if (supplementary == Says::kSilent ? either : supplementary == Says::kYes ? with : without) {
    return Says::kYes;
  }
  // The group class may be narrower than that of the others: the group can cost rights as well.
  if (supplementary == Says::kSilent && (with || without)) return Says::kSilent;
  return Privileged(scene, kCapIpcOwner);
}

Says MayControl(const Scene& scene, const Segment& segment) {
  if (IsOwner(segment, scene.credentials())) return Says::kYes;
  return Privileged(scene, kCapSysAdmin);
}

Says MayLock(const Scene& scene, const Segment& segment) {
  if (IsOwner(segment, scene.credentials())) return Says::kYes;
  return Privileged(scene, kCapIpcLock);
}

SeenId SeenAs(const Scene& scene, std::uint32_t id) {
  const Credentials& credentials = scene.credentials();
  return {credentials.unmapped ? kOverflowId : id, credentials.nested && !credentials.unmapped};
}

namespace {

bool MayLack(const Scene& scene, std::uint32_t id, std::uint32_t ActorFacts::*member) {
  const Credentials& credentials = scene.credentials();
  if (credentials.nested) return true;
  if (credentials.user_namespace == kFirstUserNamespace) return false;
  const auto& actors = scene.setting().actors;
  return id == kOverflowId || std::none_of(actors.begin(), actors.end(), [&](const auto& facts) {
           return facts.user_namespace == credentials.user_namespace && facts.*member == id;
         });
}

}  // namespace

bool MayLackUser(const Scene& scene, std::uint32_t uid) {
  return MayLack(scene, uid, &ActorFacts::uid);
}

bool MayLackGroup(const Scene& scene, std::uint32_t gid) {
  return MayLack(scene, gid, &ActorFacts::gid);
}

Credentials AfterExec(const Credentials& credentials, const Scene& scene) {
  Credentials after = credentials;
  after.saved_uid = after.file_uid = after.uid;
  after.saved_gid = after.file_gid = after.gid;
  std::uint64_t bounding = 0;
  for (const ActorFacts& facts : scene.setting().actors) {
    if (facts.user_namespace == credentials.user_namespace) bounding |= facts.caps.bits;
  }
  if (credentials.nested && bounding == 0) bounding = kEveryCapability;
  if (credentials.unmapped) bounding = 0;  // nobody there is root
  const bool root = credentials.uid == 0 || credentials.real_uid == 0;
  after.permitted = root ? bounding : credentials.ambient;
  after.caps = credentials.uid == 0 ? bounding : credentials.ambient;
  return after;
}

State AsTool(const Scene& scene) {
  State after = scene.state();
  after.tasks[scene.call().actor].credentials =
      CopyOnWrite<Credentials>(AfterExec(scene.credentials(), scene));
  return after;
}

}  // namespace shmspec::model
