// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Systems that lose or invent bytes of files in memory.

#include <algorithm>
#include <vector>

#include "harness/target/faulty/fault_table.h"

namespace shmspec {
namespace {

constexpr std::uint64_t kPage = 4096;

/// The file of a call of that kind that succeeded, before it; or null.
template <class Op>
const model::Node* Changed(const Aftermath& a) {
  return IsOneOf<Op>(a.call) && a.Succeeded() ? NodeNamed(a.before, a.call) : nullptr;
}

bool Shrank(const Aftermath& a, const model::Node* old) {
  return old != nullptr && NodeOf(a.after, old->serial).size < old->size;
}

void RoundSize(const model::State&, model::Call&, Operation& operation) {
  auto* truncate = std::get_if<FileTruncate>(&operation);
  if (truncate == nullptr || truncate->size.bytes >= std::uint64_t{1} << 40) return;
  truncate->size.bytes = model::RoundUp(truncate->size.bytes, kPage);
}

void KeepOldBytes(const Aftermath& a) {
  const model::Node* old = Changed<FileTruncate>(a);
  if (!Shrank(a, old)) return;
  model::MemoryObject& object = OwnObject(a.after, old->object);
  const std::uint64_t limit = object.limit;
  const std::int32_t references = object.references;
  object = ObjectOf(a.before, old->object);
  object.limit = object.vouched = limit;
  object.references = references;
}

void KeepTail(const Aftermath& a) {
  const model::Node* old = Changed<FileTruncate>(a);
  if (!Shrank(a, old)) return;
  const std::uint64_t size = NodeOf(a.after, old->serial).size;
  std::vector<std::uint8_t> tail(model::RoundUp(size, kPage) - size);
  ObjectOf(a.before, old->object).Read(size, tail);
  OwnObject(a.after, old->object).Write(size, tail);
}

void KeepAPage(const Aftermath& a) {
  const model::Node* old = Changed<FileTruncate>(a);
  if (!Shrank(a, old)) return;
  model::MemoryObject& object = OwnObject(a.after, old->object);
  object.limit += kPage;
  object.vouched += kPage;
}

void LeaveFaultsBehind(const Aftermath& a) {
  const model::Node* old = Changed<FileTruncate>(a);
  if (old == nullptr || old->size == 0 || NodeOf(a.after, old->serial).size <= old->size) return;
  model::MemoryObject& object = OwnObject(a.after, old->object);
  object.limit = object.vouched = model::RoundUp(old->size, kPage);
}

void AllocateAtOnce(const Aftermath& a) {
  constexpr std::uint64_t kMost = 16 * kPage;
  const model::Node* old = Changed<FileTruncate>(a);
  if (old == nullptr) return;
  const std::uint64_t size = NodeOf(a.after, old->serial).size;
  if (size <= old->size) return;
  OwnObject(a.after, old->object).Touch(old->size, std::min(size - old->size, kMost));
}

void LoseLastByte(const Aftermath& a) {
  const model::Node* old = Changed<FilePwrite>(a);
  const auto* write = As<FilePwrite>(a.call);
  if (old == nullptr || write->size.bytes == 0) return;
  const std::uint8_t zero[] = {0};
  OwnObject(a.after, old->object).Write(write->offset.bytes + write->size.bytes - 1, zero);
}

void MoveOffset(const Aftermath& a) {
  const auto* value = std::get_if<Value>(&a.outcome);
  if (!IsOneOf<FilePread, FilePwrite>(a.call) || value == nullptr) return;
  const std::uint32_t file = FileNamed(a.before, a.call)->serial;
  OwnFile(a.after, file).offset += static_cast<std::uint64_t>(value->number);
}

void PunchWholePages(const model::State&, model::Call&, Operation& operation) {
  auto* allocate = std::get_if<FileAllocate>(&operation);
  if (allocate == nullptr || !allocate->mode.Has(kPunchHole)) return;
  if (allocate->size.bytes < kPage || allocate->offset.bytes >= std::uint64_t{1} << 40) return;
  const std::uint64_t end = allocate->offset.bytes + allocate->size.bytes;
  allocate->offset.bytes = model::RoundUp(allocate->offset.bytes, kPage);
  if (end / kPage * kPage > allocate->offset.bytes) {
    allocate->size.bytes = end / kPage * kPage - allocate->offset.bytes;
  }
}

void PunchNothing(const Aftermath& a) {
  const auto* allocate = As<FileAllocate>(a.call);
  if (allocate != nullptr && a.Succeeded() && allocate->mode.Has(kPunchHole)) a.after = a.before;
}

void AlwaysGrow(const model::State&, model::Call&, Operation& operation) {
  auto* allocate = std::get_if<FileAllocate>(&operation);
  if (allocate != nullptr && !allocate->mode.Has(kPunchHole)) allocate->mode.bits &= ~kKeepSize;
}

void FindOnlyData(const Aftermath& a) {
  const auto* seek = As<FileSeek>(a.call);
  const model::Node* node = seek != nullptr ? NodeNamed(a.before, a.call) : nullptr;
  if (node == nullptr || seek->offset.bytes >= node->size) return;
  if (seek->whence == Whence::kData) {
    a.outcome = Value{static_cast<std::int64_t>(seek->offset.bytes)};
  }
  if (seek->whence == Whence::kHole) a.outcome = Value{static_cast<std::int64_t>(node->size)};
}

constexpr SeededFault kFaults[] = {
    {"sizes_are_whole_pages", "POSIX.SIZE.FTRUNCATE_SETS"_req, "ftruncate rounds sizes up to pages",
     Rewritten<RoundSize>},
    {"old_bytes_come_back", "POSIX.SIZE.GROW_ZERO"_req,
     "a file that shrinks and grows again has its old bytes", Afterwards<KeepOldBytes>},
    {"cut_bytes_stay_in_the_last_page", "POSIX.SIZE.TAIL_BYTES_ZERO"_req,
     "ftruncate leaves the rest of the last page alone", Afterwards<KeepTail>},
    {"shrunk_file_keeps_a_page", "POSIX.SIZE.SHRINK_SIGBUS"_req,
     "the first page behind the end of a file that shrank can be used", Afterwards<KeepAPage>},
    {"grown_file_faults_on", "POSIX.SIZE.REGROW_NO_REMAP"_req,
     "what a file grows by cannot be used", Afterwards<LeaveFaultsBehind>},
    {"ftruncate_allocates", "TMPFS.SPARSE"_req, "ftruncate gives a file its first pages",
     Afterwards<AllocateAtOnce>},
    {"pwrite_loses_the_last_byte", "POSIX.SIZE.RDWR_IO"_req, "the last byte written is zero",
     Afterwards<LoseLastByte>},
    {"pread_moves_the_offset", "POSIX.SIZE.RDWR_IO"_req, "pread and pwrite move the offset",
     Afterwards<MoveOffset>},
    {"holes_are_whole_pages", "TMPFS.PUNCH_HOLE"_req, "only whole pages are punched",
     Rewritten<PunchWholePages>},
    {"punching_does_nothing", "TMPFS.PUNCH_HOLE"_req, "a hole is punched without any effect",
     Afterwards<PunchNothing>},
    {"reserving_always_grows", "TMPFS.FALLOCATE"_req, "FALLOC_FL_KEEP_SIZE is ignored",
     Rewritten<AlwaysGrow>},
    {"files_have_no_holes", "TMPFS.SEEK_HOLE"_req, "SEEK_DATA and SEEK_HOLE find only data",
     Afterwards<FindOnlyData>},
};

const internal::FaultRegistration registration(kFaults);

}  // namespace
}  // namespace shmspec
