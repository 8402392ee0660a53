// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// memfd_create(2), seals, and opening a file again by /proc/self/fd.

#include <algorithm>
#include <cerrno>

#include "harness/model/file/descriptor.h"
#include "harness/model/language/operations.h"
#include "harness/model/rights/file_permission.h"
#include "harness/model/rights/permission.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

constexpr std::uint64_t kFlags = 31;
constexpr std::uint64_t kHugeSize = 0x3full << 26;
constexpr std::uint32_t kExecuteBits = 0111;
constexpr std::uint64_t kImpliedByExec = kSealShrink | kSealGrow | kSealWrite | kSealFutureWrite;

/// Whether the file will not be executable: as asked for, or by vm.memfd_noexec.
bool IsBornNoexec(const MemfdCreate& op, const Scene& scene) {
  if (op.flags.Has(kNoexecSeal)) return true;
  return !op.flags.Has(kMemfdExec) && NoexecIn(scene.state(), scene.process().pids) > 0;
}

/// What F_ADD_SEALS adds to this file.
std::uint64_t AddedSeals(const MemfdAddSeals& op, const Node& node) {
  const std::uint64_t seals = op.seals.bits & 0xffffffff;
  const bool freezes = (seals & kSealExec) != 0 && (node.mode & kExecuteBits) != 0;
  return freezes ? seals | kImpliedByExec : seals;
}

/// Adds the error of files that are no memory.
void DescribeForeign(const Node& node, Clauses& clauses) {
  clauses.Refuse(!node.has_seals, EINVAL, Force::kMust, "SEAL.UNSUPPORTED_FILES"_req,
                 "files that are no memory know no seals");
}

/// Adds EBUSY where pages of what is to be sealed are held.
void DescribePins(const Scene& scene, const Node& node, std::uint64_t asked, Clauses& clauses) {
  for (const Pin& pin : scene.state().pins) {
    if (pin.node != node.serial) continue;
    const bool must = pin.certain && (asked & kSealWrite) != 0;
    clauses.Refuse(true, EBUSY, must ? Force::kMust : Force::kMay, "SEAL.WRITE_PINNED_EBUSY"_req,
                   "pages of the file are in a pipe");
    if (must) return;
  }
}

/// Adds EBUSY where shared mappings can write what is to be sealed.
void DescribeWriters(const Scene& scene, const OpenFile& file, std::uint64_t asked,
                     std::uint64_t added, Clauses& clauses) {
  const Node& node = NodeOf(scene.state(), file.node);
  if ((added & kSealWrite) == 0 || (node.seals & kSealWrite) != 0) return;
  bool writers = false;
  bool others = false;
  for (const Process& process : scene.state().processes) {
    for (const Mapping& mapping : process.space->mappings()) {
      const NodeBacking* backing = mapping.node();
      if (backing == nullptr || backing->node != node.serial || !backing->shared) continue;
      writers = writers || (mapping.max_protection & kProtectWrite) != 0;
      others = others || backing->by_writer;
    }
  }
  DescribePins(scene, node, asked, clauses);
  const MemoryObject& object = ObjectOf(scene.state(), node.object);
  const bool in_use = !scene.call().Alone() && object.PagesTouched(scene.page()) != 0;
  clauses.Refuse(in_use, EBUSY, Force::kMay, "SEAL.WRITE_PINNED_EBUSY"_req,
                 "another call may use a page of the file");
  constexpr Requirement kBusy = "SEAL.WRITE_EBUSY_WHILE_MAPPED"_req;
  // Before Linux 6.18 or so what F_SEAL_EXEC implies was not looked at.
  clauses.Refuse(writers, EBUSY, (asked & kSealWrite) != 0 ? Force::kMust : Force::kMay, kBusy,
                 "a shared mapping writes to the file, or can be made to");
  // Before Linux 6.7 mappings that can no longer be made to write counted as well.
  clauses.Refuse(others && !writers, EBUSY, Force::kMay, kBusy,
                 "a shared mapping was made by a descriptor that can write");
}

}  // namespace

void Describe(const MemfdCreate& op, const Scene& scene, Clauses& clauses) {
  const bool huge = op.flags.Has(kMemfdHugetlb);
  const std::uint64_t known = kFlags | (huge ? kHugeSize : 0);
  clauses.Refuse((op.flags.bits & ~known) != 0, EINVAL, Force::kMust, "MEMFD.BAD_FLAGS"_req,
                 "a flag has no meaning");
  const bool seals = op.flags.Has(kNoexecSeal);
  const bool executes = op.flags.Has(kMemfdExec);
  clauses.Refuse(seals && executes, EINVAL, Force::kMust, "MEMFD.NOEXEC_SEAL"_req,
                 "the flags contradict each other");
  clauses.RefuseHere(seals || executes, EINVAL, Force::kMay, {},
                     "Linux before 6.3 does not know the flags about execution");
  const bool bad = op.pointer == Buffer::kNull || op.pointer == Buffer::kWild;
  clauses.Refuse(bad, EFAULT, Force::kMust, "MEMFD.NAME_LIMIT"_req, "the name cannot be read");
  clauses.Refuse(!bad && op.name.size() > kLongestMemfdName, EINVAL, Force::kMust,
                 "MEMFD.NAME_LIMIT"_req, "the name is longer than 249 bytes");
  // Where the plan has not set it itself, the environment refuses.
  const std::int64_t noexec = NoexecIn(scene.state(), scene.process().pids);
  const bool own = noexec > scene.system().memfd_noexec;
  const Force force = executes ? Force::kMust : Force::kMay;
  clauses.Refuse(!seals && noexec > 1 && own, EACCES, force, "MEMFD.NOEXEC_SYSCTL"_req,
                 "vm.memfd_noexec forbids it");
  clauses.RefuseHere(!seals && noexec > 1 && !own, EACCES, force, {}, "vm.memfd_noexec forbids it");
  clauses.RefuseHere(true, ENOSYS, Force::kMay, {}, "this system has no memfd_create");
  clauses.RefuseHere(scene.system().filtered, EPERM, Force::kMay, {},
                     "a filter of system calls may forbid it");
  if (huge) clauses.AnyFailure("this system may have no huge pages");
  clauses.Returns<Value>({"MEMFD.BASIC"_req, "MEMFD.DISTINCT"_req}, "a descriptor of a new file");
  DescribeRoomForDescriptor(scene, clauses);
}

void Apply(const MemfdCreate& op, const Scene& scene, State& state, const Outcome& outcome) {
  const std::int64_t number = NewNumber(outcome);
  if (number < 0) return;
  const std::uint32_t serial = scene.call().step + 1;
  const bool noexec = IsBornNoexec(op, scene);
  const Credentials& caller = scene.credentials();
  Node node{.serial = serial, .object = std::uint64_t{serial} << 8};
  node.mode = noexec ? 0666 : 0777;
  node.uid = caller.file_uid;
  node.gid = caller.file_gid;
  node.seals = noexec ? kSealExec : op.flags.Has(kAllowSealing) ? 0 : kSealSeal;
  node.huge = op.flags.Has(kMemfdHugetlb);
  node.name = op.name;
  AddNode(state, node);
  if (node.huge) ForgetNode(state, serial, serial);
  // On Linux it is not opened as other files are, and two reads may begin at the same place.
  AddFile(state,
          {.serial = serial, .node = serial, .reads = true, .writes = true, .locks_offset = false});
  OpenDescriptor(state, scene.process_index(), {number, serial, op.flags.Has(kMemfdCloseOnExec)});
  DropNode(state, serial);  // the open file holds it
}

void Describe(const MemfdAddSeals& op, const Scene& scene, Clauses& clauses) {
  const OpenFile* file = DescribeFile(scene, scene.NumberOf<&MemfdAddSeals::descriptor>(), clauses);
  const std::uint64_t seals = op.seals.bits & 0xffffffff;
  clauses.Refuse((seals & ~kEverySeal) != 0, EINVAL, Force::kMust, "SEAL.BAD_BITS"_req,
                 "a seal has no meaning");
  // Linux takes the argument for a number of 32 bits since 6.6.
  clauses.Refuse(op.seals.bits != seals, EINVAL, Force::kMay, "SEAL.BAD_BITS"_req,
                 "a seal has no meaning");
  clauses.RefuseHere((seals & kSealExec) != 0, EINVAL, Force::kMay, {},
                     "Linux before 6.3 does not know F_SEAL_EXEC");
  clauses.ReturnsValue(0, {"SEAL.MONOTONE"_req, "SEAL.PER_INODE"_req}, "the seals are added");
  if (file == nullptr) return;
  const Node& node = NodeOf(scene.state(), file->node);
  if (node.huge) clauses.AnyFailure("files of huge pages may know no seals");
  DescribeForeign(node, clauses);
  clauses.Refuse(!file->writes, EPERM, Force::kMust, "SEAL.NEEDS_WRITABLE_FD"_req,
                 "the descriptor cannot write");
  clauses.Refuse((node.seals & kSealSeal) != 0, EPERM, Force::kMust,
                 {"SEAL.SEAL_SEAL"_req, "SEAL.INITIAL"_req}, "the file takes no more seals");
  DescribeWriters(scene, *file, seals, AddedSeals(op, node), clauses);
}

void Apply(const MemfdAddSeals& op, const Scene& scene, State& state, const Outcome& outcome) {
  const OpenFile* file =
      FindFile(scene.state(), scene.process_index(), scene.NumberOf<&MemfdAddSeals::descriptor>());
  if (file == nullptr || !Succeeded(outcome)) return;
  Node& node = OwnNode(state, file->node);
  node.seals |= AddedSeals(op, node);
}

void Describe(const MemfdGetSeals&, const Scene& scene, Clauses& clauses) {
  const OpenFile* file = DescribeFile(scene, scene.NumberOf<&MemfdGetSeals::descriptor>(), clauses);
  if (file == nullptr) return;
  const Node& node = NodeOf(scene.state(), file->node);
  if (node.huge) clauses.AnyFailure("files of huge pages may know no seals");
  DescribeForeign(node, clauses);
  clauses.ReturnsValue(
      static_cast<std::int64_t>(node.seals),
      {"SEAL.MONOTONE"_req, "SEAL.PER_INODE"_req, "SEAL.INITIAL"_req, "MEMFD.SEAL_EXEC"_req},
      "the seals that were added");
}

void Describe(const MemfdReopen& op, const Scene& scene, Clauses& clauses) {
  constexpr Requirement kReopen = "MEMFD.REOPEN_VIA_PROC"_req;
  const OpenFile* file =
      FindFile(scene.state(), scene.process_index(), scene.NumberOf<&MemfdReopen::descriptor>());
  clauses.Refuse(file == nullptr, ENOENT, Force::kMust, kReopen, "the descriptor is not open");
  clauses.Returns<Value>(kReopen, "a descriptor of another open file of the same file");
  DescribeRoomForDescriptor(scene, clauses);
  if (file == nullptr) return;
  const Node& node = NodeOf(scene.state(), file->node);
  if (!node.has_seals) clauses.AnyFailure("a socket cannot be opened again");
  clauses.Refuse(!node.has_seals, ENXIO, Force::kMust, {}, "a socket cannot be opened again");
  if (node.unknown) clauses.AnyFailure("nothing is known of the file");
  const bool truncates = op.flags.Has(kTruncate);
  const bool writes = (op.flags.bits & (kWriteOnly | kReadWrite)) != 0;
  std::uint32_t bits = op.flags.Has(kWriteOnly) ? 0 : kRead;
  if (writes || truncates) bits |= kWrite;
  if (node.unknown && node.file_system != kNoFileSystem) {
    clauses.AnyFailure("nothing is known of the file");
    return clauses.Observe("a file of which nothing is known");
  }
  DescribeOpening(scene, node, bits, kReopen, clauses);
  const bool shrinks = truncates && (node.size > 0 || node.unknown);
  clauses.Refuse(shrinks && (node.seals & kSealShrink) != 0, EPERM,
                 node.unknown ? Force::kMay : Force::kMust, "SEAL.SHRINK"_req,
                 "the file is sealed against shrinking");
}

void Apply(const MemfdReopen& op, const Scene& scene, State& state, const Outcome& outcome) {
  const OpenFile* old =
      FindFile(scene.state(), scene.process_index(), scene.NumberOf<&MemfdReopen::descriptor>());
  const std::int64_t number = NewNumber(outcome);
  if (old == nullptr || number < 0) return;
  const std::uint32_t node = old->node;
  const std::uint32_t serial = scene.call().step + 1;
  OpenFile file{.serial = serial, .node = node};
  file.reads = !op.flags.Has(kWriteOnly);
  file.writes = op.flags.Has(kWriteOnly) || op.flags.Has(kReadWrite);
  file.appends = op.flags.Has(kAppend);
  AddFile(state, file);
  OpenDescriptor(state, scene.process_index(), {number, serial, op.flags.Has(kOpenCloseOnExec)});
  if (op.flags.Has(kTruncate) && !NodeOf(state, node).unknown)
    CutNode(state, node, 0, scene.page());
}

}  // namespace shmspec::model
