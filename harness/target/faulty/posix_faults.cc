// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Systems that open POSIX objects in the wrong way.

#include <algorithm>

#include "harness/target/faulty/fault_table.h"

namespace shmspec {
namespace {

constexpr std::uint64_t kPage = 4096;

const model::FileSystem* ShmOf(const model::State& state, const model::Call& call) {
  const auto& mounted = state.mount_namespaces[state.tasks[call.actor].mounts];
  if (mounted.hidden || mounted.mounts.empty()) return nullptr;
  return &*state.file_systems[state.mounts[mounted.mounts.back()].file_system];
}

std::string_view Plain(const std::string& name) {
  return std::string_view(name).substr(std::min(name.find_first_not_of('/'), name.size()));
}

/// The entry that the call opens, before it; or null.
const model::DirectoryEntry* Opened(const model::State& state, const model::Call& call) {
  const auto* open = As<PosixOpen>(call);
  const model::FileSystem* system = open != nullptr ? ShmOf(state, call) : nullptr;
  return system == nullptr ? nullptr : system->Find(Plain(open->name));
}

/// The object that the call made, for changing, or null.
model::Node* MadeObject(const Aftermath& a) {
  if (!IsOneOf<PosixOpen>(a.call) || !a.Succeeded()) return nullptr;
  const std::uint32_t serial = a.call.step + 1;
  return OwnFile(a.after, serial).node == serial ? &OwnNode(a.after, serial) : nullptr;
}

/// The object that was there and that the call opened, for changing, or null.
model::Node* OpenedObject(const Aftermath& a) {
  if (!IsOneOf<PosixOpen>(a.call) || !a.Succeeded()) return nullptr;
  const std::uint32_t serial = a.call.step + 1;
  const std::uint32_t node = OwnFile(a.after, serial).node;
  return node == serial ? nullptr : &OwnNode(a.after, node);
}

bool FailedWith(const Aftermath& a, int error) {
  const auto* failure = std::get_if<Failure>(&a.outcome);
  return failure != nullptr && failure->error.number == error;
}

// --- a new object

void BeginWithAPage(const Aftermath& a) {
  if (MadeObject(a) != nullptr) GrowNode(a.after, a.call.step + 1, kPage, kPage, a.call.step);
}

void IgnoreMask(const Aftermath& a) {
  if (model::Node* node = MadeObject(a)) node->mode = As<PosixOpen>(a.call)->mode.bits & 07777;
}

void MaskOthersOnly(const Aftermath& a) {
  model::Node* node = MadeObject(a);
  if (node != nullptr) node->mode |= As<PosixOpen>(a.call)->mode.bits & 0770;
}

void LoseModeWithExtraBits(const Aftermath& a) {
  model::Node* node = MadeObject(a);
  if (node != nullptr && (node->mode & 07000) != 0) node->mode = 0;
}

void LimitMaker(const Aftermath& a) {
  const auto* open = As<PosixOpen>(a.call);
  if (MadeObject(a) != nullptr && (open->mode.bits & 0200) == 0 &&
      CredentialsOf(a.before, a.call).file_uid != 0) {
    a.Fail(EACCES);
  }
}

void OwnByRealUser(const Aftermath& a) {
  if (model::Node* node = MadeObject(a)) node->uid = CredentialsOf(a.before, a.call).real_uid;
}

void OwnByRealGroup(const Aftermath& a) {
  if (model::Node* node = MadeObject(a)) node->gid = CredentialsOf(a.before, a.call).real_gid;
}

void OwnByEffectiveUser(const Aftermath& a) {
  if (model::Node* node = MadeObject(a)) node->uid = CredentialsOf(a.before, a.call).uid;
}

void IgnoreGroupOfDirectory(const Aftermath& a) {
  model::Node* node = MadeObject(a);
  const model::FileSystem* system = ShmOf(a.before, a.call);
  if (node != nullptr && system != nullptr && (system->mode & 02000) != 0) {
    node->gid = CredentialsOf(a.before, a.call).file_gid;
  }
}

void MakeInSpiteOfFailure(const Aftermath& a) {
  const auto* open = As<PosixOpen>(a.call);
  if (open == nullptr || !FailedWith(a, EMFILE) || !open->flags.Has(kMakeObject)) return;
  if (Opened(a.before, a.call) != nullptr || ShmOf(a.before, a.call) == nullptr) return;
  const std::uint32_t serial = a.call.step + 1;
  const auto& mounted = a.after.mount_namespaces[a.after.tasks[a.call.actor].mounts];
  const std::uint8_t system = a.after.mounts[mounted.mounts.back()].file_system;
  AddNode(a.after, {.serial = serial,
                    .object = std::uint64_t{serial} << 8,
                    .mode = 0600,
                    .file_system = system});
  AddEntry(a.after, system, {serial, std::string(Plain(open->name)), serial});
  DropNode(a.after, serial);
}

// --- flags

template <std::uint64_t kMask, std::uint64_t kAdded, std::uint64_t kOf>
void ChangeFlags(const model::State&, model::Call&, Operation& operation) {
  auto* open = std::get_if<PosixOpen>(&operation);
  if (open != nullptr && (open->flags.bits & kOf) == kOf) {
    open->flags.bits = (open->flags.bits & ~kMask) | kAdded;
  }
}

void LetAllMakeIt(const model::State&, model::Call& call, Operation& operation) {
  auto* open = std::get_if<PosixOpen>(&operation);
  if (open != nullptr && call.overlapped) open->flags.bits &= ~kOnlyNewObject;
}

void MakeWithExclusiveAlone(const model::State&, model::Call&, Operation& operation) {
  auto* open = std::get_if<PosixOpen>(&operation);
  if (open != nullptr && open->flags.Has(kOnlyNewObject)) open->flags.bits |= kMakeObject;
}

void OpenForReadingToo(const model::State&, model::Call&, Operation& operation) {
  auto* open = std::get_if<PosixOpen>(&operation);
  if (open != nullptr && (open->flags.bits & 3) == kWriteOnly) {
    open->flags.bits = (open->flags.bits & ~kWriteOnly) | kReadWrite;
  }
}

void IgnoreProtection(const model::State& state, model::Call& call, Operation& operation) {
  auto* open = std::get_if<PosixOpen>(&operation);
  if (open != nullptr && Opened(state, call) != nullptr && !open->flags.Has(kOnlyNewObject)) {
    open->flags.bits &= ~kMakeObject;
  }
}

void FollowLink(const model::State& state, model::Call& call, Operation& operation) {
  const model::DirectoryEntry* entry = Opened(state, call);
  if (entry == nullptr || entry->node != 0) return;
  for (const model::DirectoryEntry& other : ShmOf(state, call)->entries) {
    if (!other.removed && other.node != 0) {
      std::get<PosixOpen>(operation).name = "/" + other.name;
      return;
    }
  }
}

void SetModeAgain(const Aftermath& a) {
  const auto* open = As<PosixOpen>(a.call);
  model::Node* node = OpenedObject(a);
  if (node != nullptr && open->flags.Has(kMakeObject)) node->mode = open->mode.bits & 0777;
}

void TakeOver(const Aftermath& a) {
  model::Node* node = OpenedObject(a);
  if (node != nullptr && As<PosixOpen>(a.call)->flags.Has(kReadWrite)) {
    node->uid = CredentialsOf(a.before, a.call).file_uid;
  }
}

void ResetModeByTruncation(const Aftermath& a) {
  model::Node* node = OpenedObject(a);
  if (node != nullptr && As<PosixOpen>(a.call)->flags.Has(kTruncate)) node->mode = 0600;
}

void TruncateInSpiteOfFailure(const Aftermath& a) {
  const model::DirectoryEntry* entry = Opened(a.before, a.call);
  const bool failed = std::holds_alternative<Failure>(a.outcome);
  if (entry == nullptr || entry->node == 0 || !failed) return;
  if (As<PosixOpen>(a.call)->flags.Has(kTruncate)) CutNode(a.after, entry->node, 0, kPage);
}

// --- who may

template <void (*change)(model::Node&)>
void ForObject(model::State& state, const model::Call& call) {
  const model::DirectoryEntry* entry = Opened(state, call);
  if (entry != nullptr && entry->node != 0) change(OwnNode(state, entry->node));
}

void ReadingIsEnough(model::Node& node) { node.mode |= node.mode >> 1 & 0222; }
void GroupIsOthers(model::Node& node) { node.mode = (node.mode & ~070u) | (node.mode & 7) << 3; }
void OwnerAlwaysMay(model::Node& node) { node.mode |= 0600; }
void OwnerIsGroup(model::Node& node) { node.mode |= node.mode << 3 & 0700; }

void TruncateReadOnly(model::State& state, const model::Call& call) {
  const auto* open = As<PosixOpen>(call);
  if (open == nullptr || !open->flags.Has(kTruncate) || (open->flags.bits & 3) != 0) return;
  ForObject<ReadingIsEnough>(state, call);
}

void ForgetGroups(model::State& state, const model::Call& call) {
  if (IsOneOf<PosixOpen>(call)) OwnCredentials(state, call).groups.clear();
}

void ForgetCapabilities(model::State& state, const model::Call& call) {
  if (IsOneOf<PosixOpen>(call)) OwnCredentials(state, call).caps = 0;
}

void SearchIsOverride(model::State& state, const model::Call& call) {
  model::Credentials& caller = OwnCredentials(state, call);
  if (IsOneOf<PosixOpen>(call) && (caller.caps & 4) != 0) caller.caps |= 2;
}

// --- the descriptor

void KeepOverExec(const Aftermath& a) {
  if (!IsOneOf<PosixOpen>(a.call) || !a.Succeeded()) return;
  const std::uint8_t process = ProcessOf(a.after, a.call);
  model::DescriptorTable& table = a.after.processes[process].descriptors.Own();
  for (std::size_t i = 0; i < table.open().size(); ++i) {
    if (table.open()[i].number == std::get<Value>(a.outcome).number)
      table.at(i).closed_on_exec = false;
  }
}

void LeakDescriptor(const Aftermath& a) {
  if (!IsOneOf<PosixOpen>(a.call) || !std::holds_alternative<Failure>(a.outcome)) return;
  const std::uint32_t serial = a.call.step + 1;
  const std::uint8_t process = ProcessOf(a.after, a.call);
  std::int64_t number = 3;
  while (a.after.processes[process].descriptors->Find(number) != nullptr) ++number;
  AddNode(a.after, {.serial = serial, .object = std::uint64_t{serial} << 8});
  AddFile(a.after, {.serial = serial, .node = serial, .reads = true, .writes = true});
  OpenDescriptor(a.after, process, {number, serial, false});
  DropNode(a.after, serial);
}

void BeginWhereOthersAre(const Aftermath& a) {
  const model::Node* node = OpenedObject(a);
  if (node == nullptr) return;
  for (const model::OpenFile& file : *a.before.files) {
    if (file.node == node->serial) OwnFile(a.after, a.call.step + 1).offset = file.offset;
  }
}

constexpr SeededFault kFaults[] = {
    {"objects_begin_with_a_page", "POSIX.OPEN.CREATE_SIZE_ZERO"_req, "a new object has a page",
     Afterwards<BeginWithAPage>},
    {"objects_ignore_the_mask", "POSIX.OPEN.MODE_UMASK"_req, "the umask is ignored",
     Afterwards<IgnoreMask>},
    {"objects_mask_others_only", "POSIX.OPEN.MODE_UMASK"_req,
     "the umask takes rights from others alone", Afterwards<MaskOthersOnly>},
    {"extra_bits_take_the_mode", "POSIX.OPEN.EXTRA_MODE_BITS"_req,
     "a mode with bits besides the nine counts as none", Afterwards<LoseModeWithExtraBits>},
    {"mode_limits_the_maker", "POSIX.OPEN.MODE_DOES_NOT_LIMIT_CREATOR"_req,
     "an object that its owner may not write is not made", Afterwards<LimitMaker>},
    {"objects_belong_to_the_real_user", "POSIX.OPEN.OWNERSHIP"_req, "the owner is the real user",
     Afterwards<OwnByRealUser>},
    {"objects_belong_to_the_real_group", "POSIX.OPEN.OWNERSHIP"_req, "the group is the real one",
     Afterwards<OwnByRealGroup>},
    {"objects_ignore_the_id_of_the_file_system", "POSIX.OPEN.OWNERSHIP"_req,
     "the owner is the effective user, whatever setfsuid said", Afterwards<OwnByEffectiveUser>},
    {"directory_gives_no_group", "POSIX.OPEN.GROUP_OF_DIRECTORY"_req,
     "the set-group-id bit of the directory is ignored", Afterwards<IgnoreGroupOfDirectory>},
    {"emfile_leaves_an_object", "POSIX.OPEN.EMFILE"_req,
     "shm_open makes the object and then finds no descriptor", Afterwards<MakeInSpiteOfFailure>},
    {"objects_ignore_exclusive", "POSIX.OPEN.EXCL"_req, "O_EXCL is ignored",
     Rewritten<ChangeFlags<kOnlyNewObject, 0, kMakeObject | kOnlyNewObject>>},
    {"all_make_one_name_at_once", "POSIX.OPEN.EXCL_ATOMIC"_req,
     "of calls at the same time each makes the object", Rewritten<LetAllMakeIt>},
    {"exclusive_alone_creates", "POSIX.OPEN.EXCL_WITHOUT_CREAT"_req, "O_EXCL means O_CREAT too",
     Rewritten<MakeWithExclusiveAlone>},
    {"missing_names_are_made", "POSIX.OPEN.ENOENT"_req, "O_CREAT is taken for granted",
     Rewritten<ChangeFlags<0, kMakeObject, 0>>},
    {"truncation_is_ignored", "POSIX.OPEN.TRUNC"_req, "O_TRUNC is ignored",
     Rewritten<ChangeFlags<kTruncate, 0, kTruncate | kReadWrite>>},
    {"truncation_resets_the_mode", "POSIX.OPEN.TRUNC"_req, "O_TRUNC sets the mode to 0600",
     Afterwards<ResetModeByTruncation>},
    {"readers_truncate", "POSIX.OPEN.TRUNC_RDONLY"_req, "O_TRUNC needs no right to write",
     Disguise<TruncateReadOnly>},
    {"writers_can_read", "POSIX.OPEN.ACCESS_MODES"_req, "O_WRONLY opens for reading as well",
     Rewritten<OpenForReadingToo>},
    {"append_is_ignored", "POSIX.OPEN.ACCESS_MODES"_req, "O_APPEND is ignored",
     Rewritten<ChangeFlags<kAppend, 0, kAppend>>},
    {"links_are_followed", "POSIX.OPEN.SYMLINK_REFUSED"_req, "a symbolic link is followed",
     Rewritten<FollowLink>},
    {"protected_regular_is_ignored", "POSIX.OPEN.PROTECTED_REGULAR"_req,
     "O_CREAT opens objects of others in a sticky directory", Rewritten<IgnoreProtection>},
    {"create_sets_the_mode_again", "POSIX.OPEN.CREATE_KEEPS_EXISTING"_req,
     "O_CREAT sets the mode of an object that is there", Afterwards<SetModeAgain>},
    {"opening_takes_over", "POSIX.OPEN.CREATE_KEEPS_EXISTING"_req,
     "an object belongs to the last one that opened it for writing", Afterwards<TakeOver>},
    {"create_truncates", "POSIX.OPEN.CREATE_KEEPS_EXISTING"_req, "O_CREAT means O_TRUNC too",
     Rewritten<ChangeFlags<0, kTruncate, kMakeObject | kReadWrite>>},
    {"a_failing_open_truncates", "POSIX.OPEN.FAILURE_LEAVES_NOTHING"_req,
     "O_TRUNC cuts the object before the call fails", Afterwards<TruncateInSpiteOfFailure>},
    {"a_failing_open_leaks_a_descriptor", "POSIX.OPEN.FAILURE_LEAVES_NOTHING"_req,
     "shm_open fails and leaves a descriptor open", Afterwards<LeakDescriptor>},
    {"reading_lets_write", "POSIX.OPEN.EACCES"_req, "the right to read is enough for O_RDWR",
     Disguise<ForObject<ReadingIsEnough>>},
    {"groups_are_others", "POSIX.OPEN.EACCES"_req, "the rights of the group are those of others",
     Disguise<ForObject<GroupIsOthers>>},
    {"owners_may_always", "POSIX.OPEN.EACCES"_req, "the mode does not limit the owner",
     Disguise<ForObject<OwnerAlwaysMay>>},
    {"owners_have_the_rights_of_the_group", "POSIX.OPEN.EACCES"_req,
     "the owner has the rights of the group besides", Disguise<ForObject<OwnerIsGroup>>},
    {"objects_know_one_group", "POSIX.OPEN.EACCES"_req, "supplementary groups give no rights",
     Disguise<ForgetGroups>},
    {"objects_know_no_capabilities", "POSIX.OPEN.EACCES"_req,
     "capabilities do not override the mode of an object", Disguise<ForgetCapabilities>},
    {"searching_overrides_the_mode", "POSIX.OPEN.EACCES"_req, "CAP_DAC_READ_SEARCH lets write",
     Disguise<SearchIsOverride>},
    {"object_descriptors_survive_exec", "POSIX.OPEN.CLOEXEC"_req,
     "shm_open leaves FD_CLOEXEC unset", Afterwards<KeepOverExec>},
    {"opening_begins_where_others_are", "POSIX.OPEN.LOWEST_FD"_req,
     "the offset is that of another open file", Afterwards<BeginWhereOthersAre>},
};

const internal::FaultRegistration registration(kFaults);

}  // namespace
}  // namespace shmspec
