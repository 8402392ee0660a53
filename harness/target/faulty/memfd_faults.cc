// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Systems whose files in memory begin, are opened again or are held in the wrong way.

#include <algorithm>
#include <vector>

#include "harness/target/faulty/fault_table.h"

namespace shmspec {
namespace {

constexpr std::uint64_t kPage = 4096;

// --- memfd_create(2)

void BeginWithAPage(const Aftermath& a) {
  const model::Node* node = MadeNode(a);
  if (node != nullptr) GrowNode(a.after, node->serial, kPage, kPage, a.call.step);
}

void OpenForWritingOnly(const Aftermath& a) {
  if (MadeNode(a) != nullptr) OwnFile(a.after, a.call.step + 1).reads = false;
}

/// The second file is the first one.
void ReuseFirst(const Aftermath& a) {
  const model::Node* made = MadeNode(a);
  if (made == nullptr || a.before.nodes->empty()) return;
  const std::uint32_t first = a.before.nodes->front().serial;
  const std::uint32_t serial = made->serial;
  HoldNode(a.after, first);
  OwnFile(a.after, serial).node = first;
  DropNode(a.after, serial);
}

void CutName(const model::State&, model::Call&, Operation& operation) {
  auto* create = std::get_if<MemfdCreate>(&operation);
  if (create != nullptr && create->name.size() > kLongestMemfdName) {
    create->name.resize(kLongestMemfdName);
  }
}

void RefuseLongestName(const Aftermath& a) {
  const auto* create = As<MemfdCreate>(a.call);
  if (create != nullptr && create->name.size() == kLongestMemfdName) a.Fail(EINVAL);
}

template <std::uint64_t kMask>
void MaskCreation(const model::State&, model::Call&, Operation& operation) {
  if (auto* create = std::get_if<MemfdCreate>(&operation)) create->flags.bits &= kMask;
}

void MakePrivateMode(const Aftermath& a) {
  model::Node* node = MadeNode(a);
  if (node != nullptr && node->seals != kSealExec) node->mode = 0600;
}

void LeaveExecUnsealed(const Aftermath& a) {
  model::Node* node = MadeNode(a);
  if (node != nullptr && node->seals == kSealExec) node->seals = 0;
}

void BelongToRoot(const Aftermath& a) {
  if (model::Node* node = MadeNode(a)) node->uid = 0;
}

/// A call that fails has opened a descriptor all the same.
void LeakDescriptor(const Aftermath& a) {
  if (!IsOneOf<MemfdCreate>(a.call) || a.Succeeded()) return;
  const std::uint32_t serial = a.call.step + 1;
  const std::uint8_t process = ProcessOf(a.after, a.call);
  std::int64_t number = 3;
  while (a.after.processes[process].descriptors->Find(number) != nullptr) ++number;
  AddNode(a.after, {.serial = serial, .object = std::uint64_t{serial} << 8});
  AddFile(a.after, {.serial = serial, .node = serial, .reads = true, .writes = true});
  OpenDescriptor(a.after, process, {number, serial, false});
  DropNode(a.after, serial);
}

// --- open(2) of /proc/self/fd

void ReopenAtOffset(const Aftermath& a) {
  if (!IsOneOf<MemfdReopen>(a.call) || !a.Succeeded()) return;
  OwnFile(a.after, a.call.step + 1).offset = FileNamed(a.before, a.call)->offset;
}

void ReopenToWrite(const model::State&, model::Call&, Operation& operation) {
  if (auto* reopen = std::get_if<MemfdReopen>(&operation)) reopen->flags.bits |= kReadWrite;
}

template <class Op, std::uint64_t kCapability>
void Enable(model::State& state, const model::Call& call) {
  if (IsOneOf<Op>(call)) OwnCredentials(state, call).caps |= kCapability;
}

// --- descriptors

/// The descriptor gets an open file of its own.
void Unshare(model::State& state, const model::Call& call, std::uint8_t process,
             const model::Descriptor& descriptor) {
  model::OpenFile copy = *FindFile(state, process, descriptor.number);
  copy.serial = call.step + 1;
  copy.references = 0;
  AddFile(state, copy);
  CloseDescriptor(state, process, descriptor.number);
  OpenDescriptor(state, process, {descriptor.number, copy.serial, descriptor.closed_on_exec});
}

void DupCopiesOffset(const Aftermath& a) {
  if (!IsOneOf<DescriptorDup>(a.call) || !a.Succeeded()) return;
  const std::uint8_t process = ProcessOf(a.after, a.call);
  Unshare(a.after, a.call, process, {std::get<Value>(a.outcome).number, 0, false});
}

void ForkCopiesOffset(const Aftermath& a) {
  const auto* fork = As<ProcessFork>(a.call);
  if (fork == nullptr || !a.Succeeded()) return;
  const auto& open = a.after.processes[fork->child.index].descriptors->open();
  if (!open.empty()) Unshare(a.after, a.call, fork->child.index, model::Descriptor(open.front()));
}

/// A number that was given back is not given again.
void NeverReuseNumbers(const Aftermath& a) {
  auto* value = std::get_if<Value>(&a.outcome);
  if (!IsOneOf<MemfdCreate, MemfdReopen, DescriptorDup>(a.call) || value == nullptr) return;
  const std::uint8_t process = ProcessOf(a.after, a.call);
  const auto& before = a.before.processes[process].descriptors->open();
  if (before.empty() || before.back().number < value->number) return;
  const std::int64_t number = before.back().number + 1;
  model::DescriptorTable& table = a.after.processes[process].descriptors.Own();
  model::Descriptor moved = *table.Find(value->number);
  table.Remove(moved.number);
  moved.number = number;
  table.Insert(moved);
  value->number = number;
}

void CallBadDescriptorInvalid(const Aftermath& a) {
  const auto* failure = std::get_if<Failure>(&a.outcome);
  if (!IsOneOf<FileTruncate, FileSeek>(a.call) || failure == nullptr) return;
  if (failure->error.number == EBADF && a.call.references[0] >= 0) a.outcome = Failure{{EINVAL}};
}

void CloseDuplicates(const Aftermath& a) {
  if (!IsOneOf<DescriptorClose>(a.call) || !a.Succeeded()) return;
  const std::uint8_t process = ProcessOf(a.after, a.call);
  const std::uint32_t file = FileNamed(a.before, a.call)->serial;
  const std::vector<model::Descriptor> open = a.after.processes[process].descriptors->open();
  for (const model::Descriptor& other : open) {
    if (other.file == file) CloseDescriptor(a.after, process, other.number);
  }
}

void KeepOverExec(model::State& state, const model::Call& call) {
  if (!IsOneOf<ProcessExec>(call)) return;
  model::DescriptorTable& table = state.processes[ProcessOf(state, call)].descriptors.Own();
  for (std::size_t i = 0; i < table.open().size(); ++i) table.at(i).closed_on_exec = false;
}

void DupKeepsFlag(const Aftermath& a) {
  if (!IsOneOf<DescriptorDup>(a.call) || !a.Succeeded()) return;
  const std::uint8_t process = ProcessOf(a.after, a.call);
  const bool closed =
      a.before.processes[process].descriptors->Find(a.call.references[0])->closed_on_exec;
  model::DescriptorTable& table = a.after.processes[process].descriptors.Own();
  for (std::size_t i = 0; i < table.open().size(); ++i) {
    if (table.open()[i].number == std::get<Value>(a.outcome).number) {
      table.at(i).closed_on_exec = closed;
    }
  }
}

/// The calls take a descriptor for one that can write.
template <class... Ops>
void LetWrite(model::State& state, const model::Call& call) {
  const model::OpenFile* file = IsOneOf<Ops...>(call) ? FileNamed(state, call) : nullptr;
  if (file != nullptr) OwnFile(state, file->serial).writes = true;
}

constexpr SeededFault kFaults[] = {
    {"memfd_begins_with_a_page", "MEMFD.BASIC"_req, "a new memfd has the size of a page",
     Afterwards<BeginWithAPage>},
    {"memfd_cannot_be_read", "MEMFD.BASIC"_req, "the descriptor of a memfd is for writing only",
     Afterwards<OpenForWritingOnly>},
    {"memfds_are_one_file", "MEMFD.DISTINCT"_req, "a second memfd is the first one",
     Afterwards<ReuseFirst>},
    {"memfd_names_are_cut", "MEMFD.NAME_LIMIT"_req, "the end of a long name is left out",
     Rewritten<CutName>},
    {"longest_memfd_name_is_refused", "MEMFD.NAME_LIMIT"_req, "a name of 249 bytes is too long",
     Afterwards<RefuseLongestName>},
    {"memfd_flags_are_ignored", "MEMFD.BAD_FLAGS"_req, "unknown flags of memfd_create are ignored",
     Rewritten<MaskCreation<31>>},
    {"memfd_is_kept_over_exec", "MEMFD.CLOEXEC"_req, "MFD_CLOEXEC has no effect",
     Rewritten<MaskCreation<~kMemfdCloseOnExec>>},
    {"memfd_is_private_to_its_owner", "MEMFD.MODE_DEFAULT"_req, "a memfd has the mode 0600",
     Afterwards<MakePrivateMode>},
    {"noexec_memfd_is_not_sealed", "MEMFD.NOEXEC_SEAL"_req,
     "MFD_NOEXEC_SEAL does not seal the bits of execution", Afterwards<LeaveExecUnsealed>},
    {"memfd_belongs_to_root", "FILE.OWNER"_req, "every memfd belongs to root",
     Afterwards<BelongToRoot>},
    {"failed_memfd_leaks_a_descriptor", "FD.LOWEST_NUMBER"_req,
     "memfd_create leaves a descriptor open when it fails", Afterwards<LeakDescriptor>},
    {"reopened_file_has_the_offset", "MEMFD.REOPEN_VIA_PROC"_req,
     "opening /proc/self/fd/N copies the offset", Afterwards<ReopenAtOffset>},
    {"reopened_file_can_be_written", "MEMFD.REOPEN_VIA_PROC"_req,
     "opening /proc/self/fd/N gives the access mode of the first descriptor",
     Rewritten<ReopenToWrite>},
    {"reopening_ignores_the_mode", "MEMFD.REOPEN_VIA_PROC"_req,
     "opening /proc/self/fd/N does not look at the mode of the file",
     Disguise<Enable<MemfdReopen, kCapDacOverride>>},
    {"anyone_changes_the_mode_of_files", "FILE.CHMOD"_req, "fchmod does not ask for the owner",
     Disguise<Enable<FileChmod, kCapFowner>>},
    {"anyone_gives_files_away", "FILE.OWNER"_req, "fchown needs no privilege",
     Disguise<Enable<FileChown, kCapChown>>},
    {"dup_copies_the_offset", "FD.DUP_SHARES_OFFSET"_req, "a duplicate has an offset of its own",
     Afterwards<DupCopiesOffset>},
    {"fork_copies_the_offset", "FD.DUP_SHARES_OFFSET"_req, "a child has offsets of its own",
     Afterwards<ForkCopiesOffset>},
    {"descriptor_numbers_only_rise", "FD.LOWEST_NUMBER"_req,
     "a number that was closed is not given again", Afterwards<NeverReuseNumbers>},
    {"bad_descriptor_is_invalid", "FD.BAD_DESCRIPTOR"_req,
     "ftruncate and lseek of a number that was closed fail with EINVAL",
     Afterwards<CallBadDescriptorInvalid>},
    {"readers_may_write", "FD.ACCESS_MODE"_req, "pwrite takes descriptors that only read",
     Disguise<LetWrite<FilePwrite>>},
    {"readers_may_truncate", "POSIX.SIZE.FTRUNCATE_ERRORS"_req,
     "ftruncate takes descriptors that only read", Disguise<LetWrite<FileTruncate>>},
    {"readers_may_seal", "SEAL.NEEDS_WRITABLE_FD"_req, "seals can be added by any descriptor",
     Disguise<LetWrite<MemfdAddSeals>>},
    {"readers_may_map_to_write", "MMAP.RDONLY_MAP_WRITE_EACCES"_req,
     "a descriptor that only reads gives shared mappings that write", Disguise<LetWrite<MapMap>>},
    {"close_closes_duplicates", "FD.CLOSE_FREES"_req, "close also closes the duplicates",
     Afterwards<CloseDuplicates>},
    {"exec_closes_nothing", "FD.CLOSE_ON_EXEC"_req, "exec keeps descriptors with FD_CLOEXEC",
     Disguise<KeepOverExec>},
    {"duplicates_are_closed_on_exec", "FD.CLOSE_ON_EXEC"_req,
     "a duplicate has FD_CLOEXEC when the first one has", Afterwards<DupKeepsFlag>},
};

const internal::FaultRegistration registration(kFaults);

}  // namespace
}  // namespace shmspec
