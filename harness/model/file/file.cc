// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// ftruncate(2), fstat(2), fchmod(2), fchown(2), lseek(2) and fallocate(2).

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <limits>

#include "harness/model/file/descriptor.h"
#include "harness/model/language/operations.h"
#include "harness/model/rights/file_permission.h"
#include "harness/model/rights/permission.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

constexpr std::uint64_t kLarge = 1ull << 26;  // bytes of which memory may be short
constexpr std::uint64_t kLargeOffset = 1ull << 43;
constexpr std::uint64_t kBlock = 512;
constexpr std::int64_t kNoTime = std::numeric_limits<std::int64_t>::max();
constexpr std::uint32_t kIdStays = 0xffffffff;

/// Whether nothing is known of the file; then adds that.
bool IsUnknown(const Scene& scene, const OpenFile* file, Clauses& clauses) {
  if (file == nullptr || !NodeOf(scene.state(), file->node).unknown) return false;
  clauses.AnyFailure("nothing is known of the file");
  clauses.Observe("a file of which nothing is known");
  return true;
}

template <class Op>
const OpenFile* FileOf(const Scene& scene) {
  return FindFile(scene.state(), scene.process_index(), scene.NumberOf<&Op::descriptor>());
}

}  // namespace

void Describe(const FileTruncate& op, const Scene& scene, Clauses& clauses) {
  constexpr Requirement kErrors = "POSIX.SIZE.FTRUNCATE_ERRORS"_req;
  const OpenFile* file = DescribeFile(scene, scene.NumberOf<&FileTruncate::descriptor>(), clauses);
  clauses.Refuse(op.size.bytes >= MemoryObject::kEnd, EINVAL, Force::kMust, kErrors,
                 "the size is negative");
  clauses.Refuse(op.size.bytes >= kLargeOffset, EFBIG, Force::kMay, kErrors,
                 "the size is larger than that of any file");
  clauses.ReturnsValue(0, {"POSIX.SIZE.FTRUNCATE_SETS"_req, "POSIX.SIZE.SHRINK_SIGBUS"_req},
                       "the file has that size");
  if (file == nullptr || IsUnknown(scene, file, clauses)) return;
  clauses.Refuse(!file->writes, EINVAL, Force::kMust, kErrors, "the descriptor cannot write");
  clauses.Refuse(!file->writes, EBADF, Force::kMust, kErrors, "the descriptor cannot write");
  const Node& node = NodeOf(scene.state(), file->node);
  clauses.Refuse((node.seals & kSealShrink) != 0 && op.size.bytes < node.size, EPERM, Force::kMust,
                 {"SEAL.SHRINK"_req, "SEAL.CONSUMER_SAFETY"_req},
                 "the file is sealed against shrinking");
  clauses.Refuse((node.seals & kSealGrow) != 0 && op.size.bytes > node.size, EPERM, Force::kMust,
                 "SEAL.GROW"_req, "the file is sealed against growing");
  clauses.Effect({"POSIX.SIZE.GROW_ZERO"_req, "POSIX.SIZE.TAIL_BYTES_ZERO"_req,
                  "POSIX.SIZE.REGROW_NO_REMAP"_req, "TMPFS.SPARSE"_req});
}

void Apply(const FileTruncate& op, const Scene& scene, State& state, const Outcome& outcome) {
  const OpenFile* file = FileOf<FileTruncate>(scene);
  if (file == nullptr || !Succeeded(outcome)) return;
  const std::uint32_t serial = file->node;
  ForgetIdBits(state, serial);
  const Node& node = NodeOf(state, serial);
  if (node.unknown) return;
  if (op.size.bytes != node.size) OwnNode(state, serial).changed_s = scene.call().when.low;
  if (op.size.bytes > node.size) {
    GrowNode(state, serial, op.size.bytes, scene.page(), scene.call().step);
  } else {
    CutNode(state, serial, op.size.bytes, scene.page());
  }
}

void Describe(const FileStat&, const Scene& scene, Clauses& clauses) {
  const OpenFile* file = DescribeFile(scene, scene.NumberOf<&FileStat::descriptor>(), clauses);
  clauses.Returns<FileRecord>("MEMFD.BASIC"_req, "what is known of the file");
  if (file == nullptr || IsUnknown(scene, file, clauses)) return;
  const Node& node = NodeOf(scene.state(), file->node);
  const Requirement owner =
      node.file_system == kNoFileSystem ? "FILE.OWNER"_req : "POSIX.OPEN.OWNERSHIP"_req;
  const auto id = [&](std::uint8_t field, std::uint32_t number, const char* why) {
    const SeenId seen = SeenAs(scene, number);
    Bound& bound = clauses.Bind(field, seen.id, seen.id, owner, why);
    bound.has_other = seen.or_overflow;
    bound.other = kOverflowId;
  };
  if (node.mode_known) {
    const std::uint32_t mode = S_IFREG | node.mode;
    Requirements why{"FILE.CHMOD"_req, "MEMFD.MODE_DEFAULT"_req, "MEMFD.NOEXEC_SEAL"_req};
    if (node.file_system != kNoFileSystem) {
      why = {"POSIX.OPEN.MODE_UMASK"_req, "POSIX.OPEN.EXTRA_MODE_BITS"_req, "FILE.CHMOD"_req};
    }
    clauses.Bind(FieldIndex<FileRecord>("mode"), mode, mode, why,
                 "a file with the mode that it was given");
  }
  id(FieldIndex<FileRecord>("uid"), node.uid, "the owner");
  id(FieldIndex<FileRecord>("gid"), node.gid, "the group");
  clauses.Bind(FieldIndex<FileRecord>("links"), node.links, node.links,
               node.file_system == kNoFileSystem ? "MEMFD.BASIC"_req : "POSIX.UNLINK.HARDLINK"_req,
               "the number of names that the file has");
  clauses.Bind(FieldIndex<FileRecord>("size"), node.size, node.size,
               {"POSIX.SIZE.FTRUNCATE_SETS"_req, "TMPFS.FALLOCATE"_req, "POSIX.SIZE.RDWR_IO"_req},
               "the size");
  const MemoryObject& object = ObjectOf(scene.state(), node.object);
  const std::uint64_t blocks = object.PagesTouched(scene.page()) * (scene.page() / kBlock);
  // Where bytes are not known there may be pages that nobody has filled.
  const bool known = object.IsKnown(0, MemoryObject::kEnd);
  // A call that changes the file makes and frees one page after the other.
  clauses.Bind(FieldIndex<FileRecord>("blocks"), node.busy ? 0 : blocks,
               known && !node.busy ? blocks : MemoryObject::kEnd - 1,
               {"TMPFS.SPARSE"_req, "TMPFS.PUNCH_HOLE"_req, "TMPFS.FALLOCATE"_req},
               "the pages that were written, read through a mapping or reserved");
  Bound& mtime = clauses.Bind(FieldIndex<FileRecord>("mtime"), node.changed_s, kNoTime,
                              "TMPFS.TIMES"_req, "not before the contents changed last");
  mtime.has_other = true;
}

void Describe(const FileChmod& op, const Scene& scene, Clauses& clauses) {
  const OpenFile* file = DescribeFile(scene, scene.NumberOf<&FileChmod::descriptor>(), clauses);
  clauses.ReturnsValue(0, "FILE.CHMOD"_req, "the file has the mode");
  if (file == nullptr || IsUnknown(scene, file, clauses)) return;
  const Node& node = NodeOf(scene.state(), file->node);
  const Says may = MayChangeMode(scene, node);
  const bool owns = scene.credentials().file_uid == node.uid;
  const Requirement deciding = owns ? "FILE.CHMOD"_req : "PERM.FILE.CAP_FOWNER"_req;
  clauses.Refuse(may != Says::kYes, EPERM, ForceUnless(may), {"FILE.CHMOD"_req, deciding},
                 "the file belongs to somebody else");
  clauses.Effect(deciding);
  const bool changes = ((op.mode.bits ^ node.mode) & 0111) != 0;
  clauses.Refuse((node.seals & kSealExec) != 0 && changes, EPERM,
                 node.mode_known ? Force::kMust : Force::kMay,
                 {"MEMFD.NOEXEC_SEAL"_req, "MEMFD.SEAL_EXEC"_req},
                 "the file is sealed against a change of who may execute it");
}

void Apply(const FileChmod& op, const Scene& scene, State& state, const Outcome& outcome) {
  const OpenFile* file = FileOf<FileChmod>(scene);
  if (file == nullptr || !Succeeded(outcome)) return;
  Node& node = OwnNode(state, file->node);
  node.mode = op.mode.bits & 07777;
  // Who is not in the group may lose the bit that sets it.
  node.mode_known = (node.mode & S_ISGID) == 0;
}

void Describe(const FileChown& op, const Scene& scene, Clauses& clauses) {
  const OpenFile* file = DescribeFile(scene, scene.NumberOf<&FileChown::descriptor>(), clauses);
  clauses.ReturnsValue(0, "FILE.OWNER"_req, "the file belongs to them");
  if (file == nullptr || IsUnknown(scene, file, clauses)) return;
  const Says may = MayGive(scene, NodeOf(scene.state(), file->node), op.uid.number, op.gid.number);
  const bool capable = (scene.credentials().caps & kCapChown) != 0;
  const Requirement deciding = capable ? "PERM.FILE.CAP_CHOWN"_req : "PERM.FILE.OWN_GROUP"_req;
  clauses.Refuse(may != Says::kYes, EPERM, ForceUnless(may), {"FILE.OWNER"_req, deciding},
                 "the caller may not give the file away");
  clauses.Effect(deciding);
  const bool nameless = MayLackUser(scene, op.uid.number) || MayLackGroup(scene, op.gid.number);
  clauses.Refuse(nameless, EINVAL, Force::kMay, {}, "the user namespace has no name for the id");
}

void Apply(const FileChown& op, const Scene& scene, State& state, const Outcome& outcome) {
  const OpenFile* file = FileOf<FileChown>(scene);
  if (file == nullptr || !Succeeded(outcome)) return;
  Node& node = OwnNode(state, file->node);
  if (op.uid.number != kIdStays) node.uid = op.uid.number;
  if (op.gid.number != kIdStays) node.gid = op.gid.number;
  // Bits that set ids may go with the owner.
  node.mode_known = node.mode_known && (node.mode & (S_ISUID | S_ISGID)) == 0;
}

namespace {

/// SEEK_DATA and SEEK_HOLE. Pages that are only reserved may be either.
void DescribeSearch(const FileSeek& op, const Scene& scene, const Node& node, Clauses& clauses) {
  constexpr Requirement kSeek = "TMPFS.SEEK_HOLE"_req;
  const std::uint64_t from = op.offset.bytes;
  const bool behind = from >= node.size;  // also when it is negative
  clauses.Refuse(behind, ENXIO, Force::kMust, kSeek, "the offset is behind the last byte");
  clauses.Refuse(from >= MemoryObject::kEnd, EINVAL, Force::kMay, kSeek, "the offset is negative");
  clauses.Returns<Value>(kSeek, "where data or a hole begins");
  if (behind) return;
  const bool data = op.whence == Whence::kData;
  const MemoryObject& object = ObjectOf(scene.state(), node.object);
  const std::uint64_t low = object.Seek(from, data, false, scene.page());
  const std::uint64_t high = object.Seek(from, data, true, scene.page());
  const std::uint64_t last = data ? node.size - 1 : node.size;
  const std::uint64_t page = from / scene.page() * scene.page();
  if (!object.IsKnown(page, node.size - page)) {
    // There may be pages that nobody has filled.
    clauses.Refuse(data, ENXIO, Force::kMay, kSeek, "no data may follow");
    clauses.Bind(0, from, last, kSeek, "data and holes from there on");
    return;
  }
  if (data) {
    clauses.Refuse(low >= node.size, ENXIO, Force::kMust, kSeek, "no data follows");
    clauses.Refuse(high >= node.size, ENXIO, Force::kMay, kSeek, "what follows is only reserved");
  }
  clauses.Bind(0, std::min(low, last), std::min(high, last), kSeek,
               data ? "where the next data begins" : "where the next hole begins");
}

}  // namespace

void Describe(const FileSeek& op, const Scene& scene, Clauses& clauses) {
  const OpenFile* file = DescribeFile(scene, scene.NumberOf<&FileSeek::descriptor>(), clauses);
  if (file == nullptr || IsUnknown(scene, file, clauses)) return;
  const Node& node = NodeOf(scene.state(), file->node);
  if (op.whence == Whence::kData || op.whence == Whence::kHole) {
    return DescribeSearch(op, scene, node, clauses);
  }
  const std::uint64_t base = op.whence == Whence::kSet       ? 0
                             : op.whence == Whence::kCurrent ? file->offset
                                                             : node.size;
  const std::uint64_t offset = base + op.offset.bytes;
  clauses.Refuse(offset >= MemoryObject::kEnd, EINVAL, Force::kMust, "POSIX.SIZE.RDWR_IO"_req,
                 "the offset is negative or too large");
  clauses.Refuse(offset >= kLargeOffset, EINVAL, Force::kMay, "POSIX.SIZE.RDWR_IO"_req,
                 "the offset is larger than any file");
  clauses.ReturnsValue(offset, {"FD.DUP_SHARES_OFFSET"_req, "POSIX.SIZE.RDWR_IO"_req},
                       "the offset of the open file");
}

void Apply(const FileSeek&, const Scene& scene, State& state, const Outcome& outcome) {
  const OpenFile* file = FileOf<FileSeek>(scene);
  const auto* value = std::get_if<Value>(&outcome);
  if (file == nullptr || value == nullptr) return;
  OwnFile(state, file->serial).offset = static_cast<std::uint64_t>(value->number);
}

namespace {

/// Adds ENOSPC where the file system has no room for all pages of the range.
void DescribeRoom(const FileAllocate& op, const Scene& scene, const Node& node, Clauses& clauses) {
  if (!HasPageLimit(scene.state(), node)) return;
  constexpr Requirement kFull = "TMPFS.FULL_SIGBUS"_req;
  const std::uint64_t first = op.offset.bytes / scene.page();
  const std::uint64_t pages = RoundUp(op.offset.bytes + op.size.bytes, scene.page()) / scene.page();
  if (pages - first > scene.state().file_systems[node.file_system]->pages) {
    clauses.Refuse(true, ENOSPC, Force::kMust, kFull, "the file system has fewer pages");
    return;
  }
  const Fitting fitting =
      FitPages(scene.state(), node, op.offset.bytes, op.size.bytes, scene.page());
  clauses.Refuse(fitting.sure < op.size.bytes, ENOSPC,
                 fitting.most < op.size.bytes ? Force::kMust : Force::kMay, kFull,
                 "the file system has no room for the pages");
}

}  // namespace

void Describe(const FileAllocate& op, const Scene& scene, Clauses& clauses) {
  constexpr Requirement kAllocate = "TMPFS.FALLOCATE"_req;
  const OpenFile* file = DescribeFile(scene, scene.NumberOf<&FileAllocate::descriptor>(), clauses);
  const std::uint64_t end = op.offset.bytes + op.size.bytes;
  const bool negative =
      op.offset.bytes >= MemoryObject::kEnd || op.size.bytes >= MemoryObject::kEnd;
  clauses.Refuse(negative || op.size.bytes == 0, EINVAL, Force::kMust, kAllocate,
                 "the range is empty or negative");
  clauses.Refuse(!negative && end >= MemoryObject::kEnd, EFBIG, Force::kMust, kAllocate,
                 "the range ends above every offset");
  clauses.Refuse(end >= kLargeOffset, EFBIG, Force::kMay, kAllocate,
                 "the range ends above every offset");
  const bool punches = op.mode.Has(kPunchHole);
  const bool odd = (op.mode.bits & ~(kKeepSize | kPunchHole)) != 0;
  clauses.Refuse(odd, EOPNOTSUPP, Force::kMust, kAllocate, "files in memory do not know the mode");
  clauses.Refuse(odd, EINVAL, Force::kMay, kAllocate, "the mode contradicts itself");
  clauses.Refuse(punches && !op.mode.Has(kKeepSize), EOPNOTSUPP, Force::kMust,
                 "TMPFS.PUNCH_HOLE"_req, "a hole does not change the size");
  clauses.ReturnsValue(0, punches ? "TMPFS.PUNCH_HOLE"_req : kAllocate,
                       punches ? "the range is zero" : "the range has its pages");
  clauses.RefuseHere(!punches && op.size.bytes >= kLarge, ENOMEM, Force::kMay, {},
                     "memory may be short");
  clauses.RefuseHere(!punches && op.size.bytes >= kLarge, ENOSPC, Force::kMay, {},
                     "memory may be short");
  if (file == nullptr || IsUnknown(scene, file, clauses)) return;
  clauses.Refuse(!file->writes, EBADF, Force::kMust, "FD.ACCESS_MODE"_req,
                 "the descriptor cannot write");
  const Node& node = NodeOf(scene.state(), file->node);
  if (!punches && !negative) DescribeRoom(op, scene, node, clauses);
  const bool sealed = (node.seals & kSealWrite) != 0;
  clauses.Refuse(punches && sealed, EPERM, Force::kMust,
                 {"SEAL.WRITE_BLOCKS_WRITES"_req, "SEAL.CONSUMER_SAFETY"_req},
                 "the file is sealed against writing");
  clauses.Refuse(punches && !sealed && (node.seals & kSealFutureWrite) != 0, EPERM, Force::kMust,
                 "SEAL.FUTURE_WRITE"_req, "the file is sealed against writing");
  clauses.Refuse(!punches && (node.seals & kSealGrow) != 0 && end > node.size, EPERM, Force::kMust,
                 op.mode.Has(kKeepSize) ? "SEAL.GROW_KEEP_SIZE"_req : "SEAL.GROW"_req,
                 "the file is sealed against growing");
}

void Apply(const FileAllocate& op, const Scene& scene, State& state, const Outcome& outcome) {
  const OpenFile* file = FileOf<FileAllocate>(scene);
  if (file == nullptr || !Succeeded(outcome) || NodeOf(state, file->node).unknown) return;
  const std::uint32_t serial = file->node;
  ForgetIdBits(state, serial);
  const std::uint64_t end = op.offset.bytes + op.size.bytes;
  if (op.mode.Has(kPunchHole)) {
    return PunchNode(state, serial, op.offset.bytes, op.size.bytes, scene.page());
  }
  OwnObject(state, NodeOf(state, serial).object).Reserve(op.offset.bytes, op.size.bytes);
  if (!op.mode.Has(kKeepSize)) GrowNode(state, serial, end, scene.page(), scene.call().step);
}

}  // namespace shmspec::model
