// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The calls on files and descriptors as one way of entering the kernel makes them.

#ifndef SHMSPEC_HARNESS_TARGET_CALL_FILE_CALLS_H_
#define SHMSPEC_HARNESS_TARGET_CALL_FILE_CALLS_H_

#include <cstddef>
#include <cstdint>

#include "harness/target/call/call_result.h"
#include "harness/vocabulary/outcome/outcome.h"

namespace shmspec {

/// Sizes and offsets in bytes; flags, modes and `whence` as the kernel numbers them.
struct FileCalls {
  CallResult (*create)(const char* name, std::uint64_t flags);  // memfd_create(2)
  CallResult (*add_seals)(int file, std::uint64_t seals);
  CallResult (*get_seals)(int file);
  CallResult (*open)(const char* path, int flags);
  CallResult (*duplicate)(int file);
  CallResult (*close)(int file);
  CallResult (*get_flags)(int file);             // F_GETFD
  CallResult (*set_flags)(int file, int flags);  // F_SETFD
  CallResult (*truncate)(int file, std::uint64_t size);
  CallResult (*stat)(int file, FileRecord& record);
  CallResult (*change_mode)(int file, std::uint32_t mode);
  CallResult (*change_owner)(int file, std::uint32_t uid, std::uint32_t gid);
  CallResult (*read)(int file, std::uint64_t at, std::uint64_t size);
  CallResult (*write)(int file, std::uint64_t at, std::uint64_t size);
  CallResult (*read_at)(int file, std::uint64_t at, std::uint64_t size, std::uint64_t offset);
  CallResult (*write_at)(int file, std::uint64_t at, std::uint64_t size, std::uint64_t offset);
  CallResult (*seek)(int file, std::uint64_t offset, int whence);
  CallResult (*set_attribute)(int file, const char* name, const void* value, std::size_t size);
  CallResult (*get_attribute)(int file, const char* name, void* value, std::size_t size);
  CallResult (*allocate)(int file, int mode, std::uint64_t offset, std::uint64_t size);
  CallResult (*open_object)(const char* name, int flags, std::uint32_t mode);  // shm_open(3)
  CallResult (*unlink_object)(const char* name);                               // shm_unlink(3)
  CallResult (*stat_file_system)(int file, FileSystemRecord& record);
  CallResult (*sync)(int file);              // fsync(2)
  CallResult (*sync_data)(int file);         // fdatasync(2)
  CallResult (*send)(int socket, int file);  // sendmsg(2) of one byte with SCM_RIGHTS
  /// recvmsg(2) of one byte, without waiting; `file` is the descriptor that came along, or -1.
  CallResult (*receive)(int socket, bool close_on_exec, int& file);
  CallResult (*discard)(int socket);  // the same without room for a descriptor
};

/// memfd_create(2), open(2) and so on, as programs call them.
extern const FileCalls kLibcFileCalls;

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_TARGET_CALL_FILE_CALLS_H_
