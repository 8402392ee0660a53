// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/call/kernel_files.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <string>

#include "harness/target/call/message.h"
#include "harness/target/call/object_name.h"

namespace shmspec {

#if defined(__LP64__)

namespace {

template <class Number>
long Word(Number number) {
  return static_cast<long>(number);
}

CallResult Create(const char* name, std::uint64_t flags) {
  return ::syscall(SYS_memfd_create, name, Word(flags));
}
CallResult AddSeals(int file, std::uint64_t seals) {
  return ::syscall(SYS_fcntl, file, F_ADD_SEALS, Word(seals));
}
CallResult GetSeals(int file) { return ::syscall(SYS_fcntl, file, F_GET_SEALS, 0l); }
CallResult Open(const char* path, int flags) {
  return ::syscall(SYS_openat, AT_FDCWD, path, flags, 0l);
}
CallResult Duplicate(int file) { return ::syscall(SYS_dup, file); }
CallResult Close(int file) { return ::syscall(SYS_close, file); }
CallResult FlagsOf(int file) { return ::syscall(SYS_fcntl, file, F_GETFD, 0l); }
CallResult SetFlagsOf(int file, int flags) { return ::syscall(SYS_fcntl, file, F_SETFD, flags); }
CallResult Truncate(int file, std::uint64_t size) {
  return ::syscall(SYS_ftruncate, file, Word(size));
}
CallResult ChangeMode(int file, std::uint32_t mode) { return ::syscall(SYS_fchmod, file, mode); }
CallResult ChangeOwner(int file, std::uint32_t uid, std::uint32_t gid) {
  return ::syscall(SYS_fchown, file, uid, gid);
}
CallResult Sync(int file) { return ::syscall(SYS_fsync, file); }
CallResult SyncData(int file) { return ::syscall(SYS_fdatasync, file); }
CallResult Read(int file, std::uint64_t at, std::uint64_t size) {
  return ::syscall(SYS_read, file, Word(at), Word(size));
}
CallResult Write(int file, std::uint64_t at, std::uint64_t size) {
  return ::syscall(SYS_write, file, Word(at), Word(size));
}
CallResult ReadAt(int file, std::uint64_t at, std::uint64_t size, std::uint64_t offset) {
  return ::syscall(SYS_pread64, file, Word(at), Word(size), Word(offset));
}
CallResult WriteAt(int file, std::uint64_t at, std::uint64_t size, std::uint64_t offset) {
  return ::syscall(SYS_pwrite64, file, Word(at), Word(size), Word(offset));
}
CallResult Seek(int file, std::uint64_t offset, int whence) {
  return ::syscall(SYS_lseek, file, Word(offset), whence);
}
CallResult SetAttribute(int file, const char* name, const void* value, std::size_t size) {
  return ::syscall(SYS_fsetxattr, file, name, value, size, 0l);
}
CallResult GetAttribute(int file, const char* name, void* value, std::size_t size) {
  return ::syscall(SYS_fgetxattr, file, name, value, size);
}
CallResult Allocate(int file, int mode, std::uint64_t offset, std::uint64_t size) {
  return ::syscall(SYS_fallocate, file, mode, Word(offset), Word(size));
}
CallResult Send(int socket, int file) {
  Message message;
  message.Enclose(file);
  return ::syscall(SYS_sendmsg, socket, message.header(), MSG_NOSIGNAL | MSG_DONTWAIT);
}
CallResult Receive(int socket, bool close_on_exec, int& file) {
  Message message;
  message.MakeRoom();
  const int flags = MSG_DONTWAIT | (close_on_exec ? MSG_CMSG_CLOEXEC : 0);
  const CallResult result = ::syscall(SYS_recvmsg, socket, message.header(), flags);
  if (result.value >= 0) file = message.Enclosed();
  return result;
}
CallResult Discard(int socket) {
  Message message;
  const int flags = MSG_DONTWAIT;
  return ::syscall(SYS_recvmsg, socket, message.header(), flags);
}

constexpr const char* kOfLibrary = "the C library refuses this name, and no call is made";

CallResult OpenObject(const char* name, int flags, std::uint32_t mode) {
  const std::string path = PathOfObject(name);
  if (path.empty()) return CallResult::Lacking(kOfLibrary);
  return ::syscall(SYS_openat, AT_FDCWD, path.c_str(), flags | O_NOFOLLOW | O_CLOEXEC, mode);
}
CallResult UnlinkObject(const char* name) {
  const std::string path = PathOfObject(name);
  if (path.empty()) return CallResult::Lacking(kOfLibrary);
  return ::syscall(SYS_unlinkat, AT_FDCWD, path.c_str(), 0);
}

}  // namespace

/// fstat(2) is the library's: which record the kernel fills in differs by architecture.
const FileCalls kKernelFileCalls{.create = Create,
                                 .add_seals = AddSeals,
                                 .get_seals = GetSeals,
                                 .open = Open,
                                 .duplicate = Duplicate,
                                 .close = Close,
                                 .get_flags = FlagsOf,
                                 .set_flags = SetFlagsOf,
                                 .truncate = Truncate,
                                 .stat = kLibcFileCalls.stat,
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
                                 .stat_file_system = kLibcFileCalls.stat_file_system,
                                 .sync = Sync,
                                 .sync_data = SyncData,

                                 .send = Send,
                                 .receive = Receive,
                                 .discard = Discard};

#else

const FileCalls kKernelFileCalls = kLibcFileCalls;

#endif

}  // namespace shmspec
