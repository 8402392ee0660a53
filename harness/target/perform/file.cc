// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fcntl.h>
#include <unistd.h>

#include "harness/target/perform/families.h"

namespace shmspec::perform {
namespace {

int WhenceNumber(Whence whence) {
  switch (whence) {
    case Whence::kSet:
      return SEEK_SET;
    case Whence::kCurrent:
      return SEEK_CUR;
    case Whence::kEnd:
      return SEEK_END;
    case Whence::kData:
      return SEEK_DATA;
    case Whence::kHole:
      return SEEK_HOLE;
  }
  SHMSPEC_CHECK(false, "a place to seek from without a number");
}

}  // namespace

Outcome Do(const FileTruncate& op, Context& context) {
  return Returned(context.file().truncate(context.FileOf(op.descriptor), op.size.bytes));
}

Outcome Do(const FileStat& op, Context& context) {
  FileRecord record;
  const CallResult result = context.file().stat(context.FileOf(op.descriptor), record);
  if (result.lacking != nullptr || result.value == -1) return Returned(result);
  return record;
}

Outcome Do(const FileStatfs& op, Context& context) {
  FileSystemRecord record;
  const CallResult result = context.file().stat_file_system(context.FileOf(op.descriptor), record);
  if (result.lacking != nullptr || result.value == -1) return Returned(result);
  return record;
}

Outcome Do(const FileSync& op, Context& context) {
  const int file = context.FileOf(op.descriptor);
  return Returned(op.data_only ? context.file().sync_data(file) : context.file().sync(file));
}

Outcome Do(const FileChmod& op, Context& context) {
  return Returned(context.file().change_mode(context.FileOf(op.descriptor), op.mode.bits));
}

Outcome Do(const FileChown& op, Context& context) {
  return Returned(
      context.file().change_owner(context.FileOf(op.descriptor), op.uid.number, op.gid.number));
}

Outcome Do(const FileRead& op, Context& context) {
  return Returned(
      context.file().read(context.FileOf(op.descriptor), context.AddressOf(op.at), op.size.bytes));
}

Outcome Do(const FileWrite& op, Context& context) {
  return Returned(
      context.file().write(context.FileOf(op.descriptor), context.AddressOf(op.at), op.size.bytes));
}

Outcome Do(const FilePread& op, Context& context) {
  return Returned(context.file().read_at(context.FileOf(op.descriptor), context.AddressOf(op.at),
                                         op.size.bytes, op.offset.bytes));
}

Outcome Do(const FilePwrite& op, Context& context) {
  return Returned(context.file().write_at(context.FileOf(op.descriptor), context.AddressOf(op.at),
                                          op.size.bytes, op.offset.bytes));
}

Outcome Do(const FileSeek& op, Context& context) {
  return Returned(
      context.file().seek(context.FileOf(op.descriptor), op.offset.bytes, WhenceNumber(op.whence)));
}

Outcome Do(const FileAllocate& op, Context& context) {
  return Returned(context.file().allocate(context.FileOf(op.descriptor),
                                          static_cast<int>(op.mode.bits), op.offset.bytes,
                                          op.size.bytes));
}

}  // namespace shmspec::perform
