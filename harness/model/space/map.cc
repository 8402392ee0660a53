// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// mmap(2) of descriptors and of shared anonymous memory.

#include <algorithm>
#include <cerrno>

#include "harness/model/language/operations.h"
#include "harness/model/rights/permission.h"
#include "harness/model/space/backing.h"
#include "harness/model/space/fresh_address.h"
#include "harness/model/space/mapping.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

constexpr std::uint64_t kWriteSeals = kSealWrite | kSealFutureWrite;
// Nodes and objects of the same step have different serials.
constexpr std::uint64_t kOwnPages = 1;

/// What is asked for, with everything that decides how it ends.
struct Asked {
  std::uint64_t at = 0;
  std::uint64_t length = 0;  // bytes of whole pages
  std::uint64_t type = 0;
  bool anonymous = false;
  bool shared = false;
  bool fixed = false;
  bool noreplace = false;
  const OpenFile* file = nullptr;
  const Node* node = nullptr;
};

Asked AskedOf(const MapMap& op, const Scene& scene) {
  Asked asked;
  asked.at = scene.AddressOf<&MapMap::at>();
  asked.length = RoundUp(op.size.bytes, scene.page());
  asked.type = op.flags.bits & kMapType;
  asked.anonymous = op.flags.Has(kMapAnonymous);
  asked.shared = (op.flags.bits & kMapShared) != 0;
  asked.noreplace = op.flags.Has(kMapFixedNoreplace);
  asked.fixed = op.flags.Has(kMapFixed) || asked.noreplace;
  if (asked.anonymous) return asked;
  asked.file =
      FindFile(scene.state(), scene.process_index(), scene.NumberOf<&MapMap::descriptor>());
  if (asked.file != nullptr) asked.node = &NodeOf(scene.state(), asked.file->node);
  return asked;
}

void DescribeFlags(const MapMap& op, const Asked& asked, Clauses& clauses) {
  clauses.Refuse(asked.type == 0, EINVAL, Force::kMust, "MMAP.BAD_FLAGS"_req,
                 "the mapping is neither shared nor private");
  clauses.Refuse(asked.type > kMapSharedValidate, EINVAL, Force::kMay, "MMAP.BAD_FLAGS"_req,
                 "the kind of mapping is unknown");
  const bool validates = asked.type == kMapSharedValidate;
  clauses.Refuse(validates && asked.anonymous, EINVAL, Force::kMust, "MMAP.SHARED_VALIDATE"_req,
                 "only mappings of files have their flags validated");
  clauses.Refuse(validates && op.flags.Has(kMapSync), EOPNOTSUPP, Force::kMust,
                 "MMAP.SHARED_VALIDATE"_req, "MAP_SYNC is for persistent memory");
  // Linux itself forgets MAP_FIXED_NOREPLACE among those that it knows.
  constexpr std::uint64_t kKnown = 0xfffff;
  clauses.Refuse(validates && (op.flags.bits & ~kKnown) != 0, EOPNOTSUPP, Force::kMay,
                 "MMAP.SHARED_VALIDATE"_req, "an unknown flag is refused");
  clauses.Refuse(validates && (op.flags.bits & ~kKnown) != 0, EINVAL, Force::kMay,
                 "MMAP.SHARED_VALIDATE"_req, "an unknown flag is refused");
}

void DescribePlace(const MapMap& op, const Asked& asked, const Scene& scene, Clauses& clauses) {
  clauses.Refuse(op.size.bytes == 0, EINVAL, Force::kMust, "MMAP.LEN_ZERO"_req,
                 "a mapping has at least one byte");
  clauses.Refuse(asked.length < op.size.bytes || asked.length > scene.task_size(), ENOMEM,
                 Force::kMust, {}, "the mapping is larger than the address space");
  clauses.Refuse(!scene.IsPageAligned(op.offset.bytes), EINVAL, Force::kMust, "MMAP.OFFSET"_req,
                 "the offset is not at a page");
  const std::uint64_t last = op.offset.bytes + asked.length;
  clauses.Refuse(last < op.offset.bytes || last > MemoryObject::kEnd, EOVERFLOW,
                 last < op.offset.bytes ? Force::kMust : Force::kMay, "MMAP.OFFSET"_req,
                 "the range ends above every offset");
  DescribeRoomInLimit(scene, asked.length, asked.fixed ? Force::kMay : Force::kMust, clauses);
  clauses.RefuseHere(asked.length >= std::uint64_t{1} << 40, ENOMEM, Force::kMay, {},
                     "memory may be short");
  if (!asked.fixed) return;
  const std::uint64_t end = asked.at + asked.length;
  clauses.Refuse(!scene.IsPageAligned(asked.at), EINVAL, Force::kMust, {},
                 "the address is not aligned");
  const bool outside = end < asked.at || end > scene.task_size();
  clauses.Refuse(outside, ENOMEM, Force::kMust, {}, "the range ends above the user range");
  clauses.Refuse(outside, EINVAL, Force::kMay, {}, "the range ends above the user range");
  // Linux takes an address in the last page of all for the negative of an errno.
  constexpr std::uint64_t kLargestErrno = 4095;
  clauses.Refuse(0 - asked.at <= kLargestErrno, static_cast<int>(0 - asked.at), Force::kMay, {},
                 "the address is taken for an errno");
  clauses.Refuse(asked.at < scene.system().first_address, EINVAL, Force::kMust, {},
                 "no process has this address");
  clauses.RefuseHere(asked.at < scene.system().mmap_min_addr, EPERM, Force::kMay, {},
                     "the range begins below mmap_min_addr");
  if (outside) return;
  if (asked.noreplace) {
    const bool taken = scene.space().Overlaps(asked.at, end);
    const bool free = scene.space().IsKnownFree(asked.at, end);
    clauses.Refuse(!free, EEXIST, taken ? Force::kMust : Force::kMay, "MMAP.FIXED_NOREPLACE"_req,
                   "the range is occupied");
  }
  DescribeSeals(scene, asked.at, end, clauses);
}

bool IsNoexec(const OpenFile& file, const State& state) {
  return file.entry != 0 && state.mounts[file.mount].noexec;
}

void DescribeFile(const MapMap& op, const Asked& asked, const Scene& scene, Clauses& clauses) {
  if (asked.anonymous) return;
  clauses.Refuse(asked.file == nullptr, EBADF, Force::kMust, "MMAP.BAD_FLAGS"_req,
                 "the descriptor is not open");
  if (asked.file == nullptr) return;
  const bool writes = op.protection.Has(kProtectWrite);
  clauses.Refuse(!asked.file->reads, EACCES, Force::kMust, "MMAP.RDONLY_MAP_WRITE_EACCES"_req,
                 "a mapping needs a descriptor that can read");
  clauses.Refuse(asked.shared && writes && !asked.file->writes, EACCES, Force::kMust,
                 "MMAP.RDONLY_MAP_WRITE_EACCES"_req,
                 "a shared writable mapping needs a descriptor that can write");
  const bool noexec = IsNoexec(*asked.file, scene.state());
  const bool executes = op.protection.Has(kProtectExecute);
  clauses.Refuse(executes && noexec, EPERM, Force::kMust, "TMPFS.NOEXEC"_req,
                 "nothing on a mount with noexec can be executed");
  clauses.RefuseHere(executes && !noexec, EPERM, Force::kMay, {},
                     "the environment may forbid to execute memory");
  clauses.RefuseHere(op.protection.Has(kProtectExecute), EACCES, Force::kMay, {},
                     "the environment may forbid to execute memory");
  const std::uint64_t seals = asked.node->seals & kWriteSeals;
  if (!asked.shared || seals == 0) return;
  const Requirement sealed =
      (seals & kSealWrite) != 0 ? "SEAL.WRITE_BLOCKS_WRITES"_req : "SEAL.FUTURE_WRITE"_req;
  clauses.Refuse(writes, EPERM, Force::kMust, sealed, "the file is sealed against writing");
  // Before Linux 6.7 and in some versions after it, every shared mapping by a descriptor that can
  // write counts as one that writes.
  clauses.Refuse(!writes && asked.file->writes && (seals & kSealWrite) != 0, EPERM, Force::kMay,
                 "SEAL.WRITE_READONLY_SHARED_MAP"_req,
                 "the descriptor can write, and the file is sealed against that");
}

/// What the mapping can be made to permit later.
std::uint8_t MostOf(const Asked& asked, const State& state) {
  if (asked.node == nullptr) return 7;
  const std::uint8_t most = IsNoexec(*asked.file, state) ? 7 & ~kProtectExecute : 7;
  if (!asked.shared) return most;
  const bool sealed = (asked.node->seals & kWriteSeals) != 0;
  return asked.file->writes && !sealed ? most : most & ~kProtectWrite;
}

/// Gives the mapping its memory: all of a node, or a copy of the pages that it will write.
void AddMapping(const MapMap& op, const Asked& asked, const Scene& scene, State& state,
                std::uint64_t start) {
  const std::uint8_t process = scene.process_index();
  const std::uint32_t serial = scene.call().step + 1;
  Mapping mapping;
  mapping.start = start;
  mapping.end = start + asked.length;
  mapping.offset = asked.anonymous ? 0 : op.offset.bytes;
  mapping.protection = static_cast<std::uint8_t>(op.protection.bits & 7);
  mapping.max_protection = MostOf(asked, state);
  mapping.locked = op.flags.Has(kMapLocked);
  const std::uint64_t own = std::uint64_t{serial} << 8 | kOwnPages;
  if (asked.anonymous && !asked.shared) {
    mapping.object = own;
    AddObject(state, own, MemoryObject::kEnd, MemoryObject::kEnd);
    state.processes[process].space.Own().Insert(mapping);
    return;
  }
  NodeBacking backing{asked.anonymous ? serial : asked.node->serial, asked.shared,
                      asked.anonymous || asked.file->writes};
  if (!asked.anonymous) {
    backing.entry = asked.file->entry;
    backing.mount = asked.file->mount;
  }
  if (asked.anonymous) {
    AddNode(state, {.serial = serial, .object = std::uint64_t{serial} << 8, .anonymous = true});
    GrowNode(state, serial, asked.length, scene.page(), serial - 1);
  }
  const std::uint64_t shown = NodeOf(state, backing.node).object;
  mapping.object = asked.shared ? shown : own;
  mapping.backing = backing;
  if (!asked.shared) {
    AddObject(state, own, MemoryObject::kEnd, MemoryObject::kEnd);
    const std::uint64_t now = OwnObject(state, shown).changes.Begin();
    OwnObject(state, own).shown_since.Set(0, MemoryObject::kEnd, now);
  }
  state.processes[process].space.Own().Insert(mapping);
  OpenMapping(state, CauseOf(scene), mapping, Says::kNo);
  // The one that made it holds it no more.
  if (asked.anonymous) DropNode(state, serial);
  if (!asked.shared) DropObject(state, own);
}

}  // namespace

void CopyPages(State& state, const Mapping& mapping, std::uint64_t offset, std::uint64_t size,
               std::uint64_t page, std::uint32_t step) {
  std::vector<std::uint8_t> bytes(page);
  const std::uint64_t node = NodeOf(state, mapping.node()->node).object;
  for (std::uint64_t at = offset / page * page; at < offset + size; at += page) {
    if (ObjectOf(state, mapping.object).IsTouched(at, 1)) continue;
    // Also the node has the page from then on.
    MemoryObject& under = OwnObject(state, node);
    under.Touch(at, page);
    under.Read(at, bytes);
    const bool known = under.IsKnown(at, page);
    const ChangeLog changes = under.changes;
    MemoryObject& own = OwnObject(state, mapping.object);
    const std::uint64_t since = own.shown_since.At(at);
    own.Write(at, bytes);
    if (!known) own.MakeUnknown(at, page, step);
    // Whether the copy is of the page before these or after them is open.
    changes.ForEach(at, page, since, [&](std::uint64_t from, std::uint64_t changed) {
      own.MakeUnknown(from, changed, step);
    });
  }
}

void TouchShown(State& state, const Mapping& mapping, std::uint64_t offset, std::uint64_t size,
                std::uint64_t page) {
  const std::uint64_t object =
      mapping.node() != nullptr ? NodeOf(state, mapping.node()->node).object : mapping.object;
  if (!mapping.IsPrivateNode() || size / page > MemoryObject::kMostPages) {
    return OwnObject(state, object).Touch(offset, size);
  }
  for (std::uint64_t done = 0; done < size; done += page) {
    if (ObjectOf(state, mapping.object).IsTouched(offset + done, 1)) continue;
    OwnObject(state, object).Touch(offset + done, std::min(page, size - done));
  }
}

void Populate(const Scene& scene, State& state, const Mapping& mapping) {
  if (mapping.protection == 0 || mapping.node() == nullptr) return;
  const Node& node = NodeOf(state, mapping.node()->node);
  const std::uint64_t end =
      std::min(mapping.offset + mapping.size(), RoundUp(node.size, scene.page()));
  if (end <= mapping.offset || node.unknown) return;
  // As far as there is room.
  const MemoryObject* own = mapping.IsPrivateNode() ? &ObjectOf(state, mapping.object) : nullptr;
  const Fitting fitting =
      FitPages(state, node, mapping.offset, end - mapping.offset, scene.page(), own);
  TouchShown(state, mapping, mapping.offset, fitting.most, scene.page());
  if (mapping.IsPrivateNode() && (mapping.protection & kProtectWrite) != 0) {
    CopyPages(state, mapping, mapping.offset, fitting.most, scene.page(), scene.call().step);
  }
}

void Describe(const MapMap& op, const Scene& scene, Clauses& clauses) {
  const Asked asked = AskedOf(op, scene);
  if (asked.node != nullptr && asked.node->huge) clauses.AnyFailure("huge pages may be short");
  const bool foreign = asked.node != nullptr && !asked.node->has_seals;
  if (foreign) clauses.AnyFailure("what is no memory cannot be mapped");
  clauses.Refuse(foreign, ENODEV, Force::kMust, {}, "what is no memory cannot be mapped");
  DescribeFlags(op, asked, clauses);
  DescribePlace(op, asked, scene, clauses);
  DescribeFile(op, asked, scene, clauses);
  const bool locks = op.flags.Has(kMapLocked);
  DescribeLock(scene, asked.length, locks, EAGAIN, clauses);
  if (!locks) DescribeLockOfNew(scene, asked.length, clauses);
  clauses.RefuseHere(op.flags.Has(kMapHugetlb), ENOMEM, Force::kMay, {}, "huge pages may be short");
  const Requirements made{asked.anonymous ? "ANON.SHARED_WITH_CHILD"_req : "MMAP.OFFSET"_req};
  if (asked.fixed) {
    clauses.ReturnsValue(static_cast<std::int64_t>(asked.at), "MMAP.FIXED_REPLACES"_req,
                         "the memory is mapped at the address");
    return;
  }
  clauses.Returns<Value>(made, "the memory is mapped somewhere free");
  clauses.Picks(FreshAddress(op.size.bytes), {});
}

void Apply(const MapMap& op, const Scene& scene, State& state, const Outcome& outcome) {
  const auto* value = std::get_if<Value>(&outcome);
  if (value == nullptr) return;
  const Asked asked = AskedOf(op, scene);
  if (!asked.anonymous && asked.node == nullptr) return;
  const auto start = static_cast<std::uint64_t>(value->number);
  UnmapRange(state, CauseOf(scene), scene.process_index(), start, start + asked.length);
  // The last mapping of another file may have been there: nodes have moved then.
  AddMapping(op, AskedOf(op, scene), scene, state, start);
  LockNew(scene, state, start);
  if (op.flags.Has(kMapPopulate) || op.flags.Has(kMapLocked)) {
    Populate(scene, state, Mapping(*state.processes[scene.process_index()].space->Find(start)));
  }
}

}  // namespace shmspec::model
