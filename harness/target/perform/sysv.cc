// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "harness/target/perform/families.h"
#include "harness/target/perform/file_of_all_ones.h"
#include "harness/target/perform/perform.h"
#include "harness/vocabulary/value/names.h"
#include "harness/vocabulary/value/unique_handle.h"

// glibc before 2.36 does not know it.
#ifndef SHM_STAT_ANY
#define SHM_STAT_ANY 15
#endif

namespace shmspec::perform {
namespace {

/// A control call with a prepared buffer. When it wrote outside the first `writable` bytes of the
/// buffer, or anywhere when it failed, the outcome is that stray write and not what the call
/// returned.
struct Made {
  CallResult returned;
  std::optional<Outcome> stray;
};

Made MakeControl(std::int64_t segment, int command, Buffer buffer, void* address,
                 std::size_t writable, Context& context) {
  const CallResult returned = context.sysv().control(segment, command, address);
  const int error = returned.value == -1 ? errno : 0;
  const auto change = context.buffers().ChangeBeside(buffer, error == 0 ? writable : 0);
  if (!change) return {returned, std::nullopt};
  return {returned, StrayWrite{returned.value, ErrorCode{error}, change->offset, change->bytes}};
}

/// A control call that does not use its buffer, or whose record is ignored.
Outcome Control(std::int64_t segment, int command, Buffer buffer, std::size_t writable,
                Context& context) {
  void* address = context.buffers().Prepared(buffer);
  Made made = MakeControl(segment, command, buffer, address, writable, context);
  return made.stray ? std::move(*made.stray) : Returned(made.returned);
}

/// Whether the program itself would fault at the buffer, as it copies records from and to it.
bool FaultsBeforeTheCall(const Context& context, Buffer buffer, bool writes) {
  const bool inaccessible = buffer == Buffer::kWild || (writes && buffer == Buffer::kUnwritable);
  return context.sysv().copies_records && inaccessible;
}

Outcome NoSuchCall() {
  return Trouble{true,
                 "the 32-bit C library copies the record itself, so this call cannot be made with "
                 "such a buffer"};
}

/// A control call that fills in a record of type R, of that number of bytes; `read` parses it.
template <class R>
Outcome FillIn(std::int64_t segment, int command, Buffer buffer, Context& context,
               std::size_t bytes, void (*read)(const void*, R&)) {
  constexpr bool kOfSegment = std::is_same_v<R, SegmentRecord>;
  if (kOfSegment && FaultsBeforeTheCall(context, buffer, true)) return NoSuchCall();
  void* address = context.buffers().Prepared(buffer);
  Made made = MakeControl(segment, command, buffer, address, bytes, context);
  if (made.stray) return std::move(*made.stray);
  if (made.returned.value == -1) return Returned(made.returned);
  R record;
  record.returned = made.returned.value;
  // When the call cannot have filled in the buffer, the outcome is the success and not a record.
  if (buffer == Buffer::kValid) read(address, record);
  return record;
}

/// Whether a command by number fills in a record.
bool FillsIn(int command) {
  return command == IPC_STAT || command == IPC_INFO || command == SHM_STAT || command == SHM_INFO ||
         command == SHM_STAT_ANY;
}

/// `s0` stands for the index within the identifier; a plain number is an index already.
std::int64_t Index(const SegmentRef& index, const Context& context) {
  if (!index.handle) return index.offset;
  return IndexOfIdentifier(context.Resolve(Reference{index.handle, 0})) + index.offset;
}

}  // namespace

Outcome Do(const SysvGet& op, Context& context) {
  return Returned(context.sysv().get(context.Resolve(op.key), op.size.bytes, op.flags.bits));
}

Outcome Do(const SysvAttach& op, Context& context) {
  return Returned(
      context.sysv().attach(context.Resolve(op.segment), context.AddressOf(op.at), op.flags.bits));
}

Outcome Do(const SysvDetach& op, Context& context) {
  return Returned(context.sysv().detach(context.AddressOf(op.at)));
}

Outcome Do(const SysvStat& op, Context& context) {
  return FillIn(context.Resolve(op.segment), IPC_STAT, op.buffer, context,
                context.sysv().sizes.segment, context.sysv().read_segment);
}

Outcome Do(const SysvSet& op, Context& context) {
  if (FaultsBeforeTheCall(context, op.buffer, false)) return NoSuchCall();
  const SettableFields fields{op.uid.number, op.gid.number, op.mode.bits};
  void* address = context.buffers().Written(
      op.buffer, [&](void* buffer) { context.sysv().write_settable(fields, buffer); });
  Made made = MakeControl(context.Resolve(op.segment), IPC_SET, op.buffer, address, 0, context);
  return made.stray ? std::move(*made.stray) : Returned(made.returned);
}

Outcome Do(const SysvRemove& op, Context& context) {
  return Control(context.Resolve(op.segment), IPC_RMID, op.buffer, 0, context);
}

Outcome Do(const SysvLock& op, Context& context) {
  return Control(context.Resolve(op.segment), SHM_LOCK, Buffer::kNull, 0, context);
}

Outcome Do(const SysvUnlock& op, Context& context) {
  return Control(context.Resolve(op.segment), SHM_UNLOCK, Buffer::kNull, 0, context);
}

Outcome Do(const SysvInfo& op, Context& context) {
  return FillIn(context.Resolve(op.segment), IPC_INFO, op.buffer, context,
                context.sysv().sizes.limits, context.sysv().read_limits);
}

Outcome Do(const SysvShmInfo& op, Context& context) {
  return FillIn(context.Resolve(op.segment), SHM_INFO, op.buffer, context,
                context.sysv().sizes.usage, context.sysv().read_usage);
}

Outcome Do(const SysvStatIndex& op, Context& context) {
  return FillIn(Index(op.index, context), SHM_STAT, op.buffer, context,
                context.sysv().sizes.segment, context.sysv().read_segment);
}

Outcome Do(const SysvStatAny& op, Context& context) {
  return FillIn(Index(op.index, context), SHM_STAT_ANY, op.buffer, context,
                context.sysv().sizes.segment, context.sysv().read_segment);
}

Outcome Do(const SysvControl& op, Context& context) {
  const std::size_t writable = FillsIn(op.command) ? SysvCalls::kRecordBytes : 0;
  return Control(context.Resolve(op.segment), op.command, Buffer::kValid, writable, context);
}

Outcome Do(const SysvKeyOfPath& op, Context& context) {
  return Returned(context.sysv().key_of_path(op.path.c_str(), op.project));
}

Outcome Do(const SysvKeepsKey& op, Context& context) {
  std::string folder = "/tmp/shmspec-XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) {
    return Trouble{true, fmt::format("no folder for temporary files: mkdir: {}", ErrnoName(errno))};
  }
  const std::string first = folder + "/file";
  const std::string second = op.made_again ? first : folder + "/other";
  const auto make = [&] {
    return UniqueFd(::open(first.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600));
  };
  bool made = static_cast<bool>(make());
  const CallResult before = context.sysv().key_of_path(first.c_str(), 1);
  if (op.made_again) {
    made = ::unlink(first.c_str()) == 0 && make() && made;
  } else {
    made = ::rename(first.c_str(), second.c_str()) == 0 && made;
  }
  const CallResult after = context.sysv().key_of_path(second.c_str(), 1);
  ::unlink(second.c_str());
  ::rmdir(folder.c_str());
  if (!made) return Trouble{true, "no file can be made in the folder for temporary files"};
  if (after.lacking != nullptr || after.value == -1) return Returned(after);
  return Value{after.value == before.value ? 1 : 0};
}

Outcome Do(const SysvKeyMinusOne&, Context& context) {
  return KeyOfFileOfAllOnes(
      [&](const char* path) { return context.sysv().key_of_path(path, kAllOnes); });
}

}  // namespace shmspec::perform
