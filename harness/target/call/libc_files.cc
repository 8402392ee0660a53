// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Files and descriptors by the C library.

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "harness/host/address.h"
#include "harness/target/call/file_calls.h"
#include "harness/target/call/message.h"

namespace shmspec {
namespace {

CallResult Create(const char* name, std::uint64_t flags) {
  return ::memfd_create(name, static_cast<unsigned>(flags));
}
CallResult AddSeals(int file, std::uint64_t seals) {
  return ::fcntl(file, F_ADD_SEALS, static_cast<unsigned long>(seals));
}
CallResult GetSeals(int file) { return ::fcntl(file, F_GET_SEALS); }
CallResult Open(const char* path, int flags) { return ::open(path, flags); }
CallResult Duplicate(int file) { return ::dup(file); }
CallResult Close(int file) { return ::close(file); }
CallResult FlagsOf(int file) { return ::fcntl(file, F_GETFD); }
CallResult SetFlagsOf(int file, int flags) { return ::fcntl(file, F_SETFD, flags); }
CallResult Truncate(int file, std::uint64_t size) {
  return ::ftruncate(file, static_cast<off_t>(size));
}

CallResult Stat(int file, FileRecord& record) {
  struct stat status {};
  if (::fstat(file, &status) != 0) return -1;
  record.mode.bits = status.st_mode;
  record.uid = status.st_uid;
  record.gid = status.st_gid;
  record.links = static_cast<std::int64_t>(status.st_nlink);
  record.size = status.st_size;
  record.blocks = status.st_blocks;
  record.mtime = static_cast<std::int64_t>(status.st_mtime);
  return 0;
}

CallResult ChangeMode(int file, std::uint32_t mode) { return ::fchmod(file, mode); }
CallResult ChangeOwner(int file, std::uint32_t uid, std::uint32_t gid) {
  return ::fchown(file, uid, gid);
}
CallResult Sync(int file) { return ::fsync(file); }
CallResult SyncData(int file) { return ::fdatasync(file); }
CallResult Read(int file, std::uint64_t at, std::uint64_t size) {
  return ::read(file, PointerTo(at), static_cast<std::size_t>(size));
}
CallResult Write(int file, std::uint64_t at, std::uint64_t size) {
  return ::write(file, PointerTo(at), static_cast<std::size_t>(size));
}
CallResult ReadAt(int file, std::uint64_t at, std::uint64_t size, std::uint64_t offset) {
  return ::pread(file, PointerTo(at), static_cast<std::size_t>(size), static_cast<off_t>(offset));
}
CallResult WriteAt(int file, std::uint64_t at, std::uint64_t size, std::uint64_t offset) {
  return ::pwrite(file, PointerTo(at), static_cast<std::size_t>(size), static_cast<off_t>(offset));
}
CallResult Seek(int file, std::uint64_t offset, int whence) {
  return ::lseek(file, static_cast<off_t>(offset), whence);
}
CallResult SetAttribute(int file, const char* name, const void* value, std::size_t size) {
  return ::fsetxattr(file, name, value, size, 0);
}
CallResult GetAttribute(int file, const char* name, void* value, std::size_t size) {
  return ::fgetxattr(file, name, value, size);
}
CallResult Allocate(int file, int mode, std::uint64_t offset, std::uint64_t size) {
  return ::fallocate(file, mode, static_cast<off_t>(offset), static_cast<off_t>(size));
}
CallResult Send(int socket, int file) {
  Message message;
  message.Enclose(file);
  return ::sendmsg(socket, message.header(), MSG_NOSIGNAL | MSG_DONTWAIT);
}
CallResult Receive(int socket, bool close_on_exec, int& file) {
  Message message;
  message.MakeRoom();
  const int flags = MSG_DONTWAIT | (close_on_exec ? MSG_CMSG_CLOEXEC : 0);
  const CallResult result = ::recvmsg(socket, message.header(), flags);
  if (result.value >= 0) file = message.Enclosed();
  return result;
}
CallResult Discard(int socket) {
  Message message;
  const int flags = MSG_DONTWAIT;
  return ::recvmsg(socket, message.header(), flags);
}

CallResult OpenObject(const char* name, int flags, std::uint32_t mode) {
  return ::shm_open(name, flags, mode);
}
CallResult UnlinkObject(const char* name) { return ::shm_unlink(name); }

CallResult StatFileSystem(int file, FileSystemRecord& record) {
  struct statfs status {};
  if (::fstatfs(file, &status) != 0) return -1;
  record.type = static_cast<std::int64_t>(status.f_type);
  record.block_size = static_cast<std::int64_t>(status.f_bsize);
  record.blocks = static_cast<std::int64_t>(status.f_blocks);
  record.blocks_free = static_cast<std::int64_t>(status.f_bfree);
  record.inodes = static_cast<std::int64_t>(status.f_files);
  record.inodes_free = static_cast<std::int64_t>(status.f_ffree);
  return 0;
}

}  // namespace

constexpr FileCalls kLibcFileCalls{.create = Create,
                                   .add_seals = AddSeals,
                                   .get_seals = GetSeals,
                                   .open = Open,
                                   .duplicate = Duplicate,
                                   .close = Close,
                                   .get_flags = FlagsOf,
                                   .set_flags = SetFlagsOf,
                                   .truncate = Truncate,
                                   .stat = Stat,
                                   .change_mode = ChangeMode,
                                   .change_owner = ChangeOwner,
                                   .read = Read,
                                   .write = Write,
                                   .read_at = ReadAt,
                                   .write_at = WriteAt,
                                   .seek = Seek,
                                   .set_attribute = SetAttribute,
                                   .get_attribute = GetAttribute,
                                   .allocate = Allocate,
                                   .open_object = OpenObject,
                                   .unlink_object = UnlinkObject,
                                   .stat_file_system = StatFileSystem,
                                   .sync = Sync,
                                   .sync_data = SyncData,
                                   .send = Send,
                                   .receive = Receive,
                                   .discard = Discard};

}  // namespace shmspec
