// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Which file a path or a descriptor stands for.
//
//   const std::optional<FileIdentity> folder = IdentityOf("/dev/shm");
//
// Asked without the C library: what fakes users answers stat(3) by a daemon in another IPC
// namespace, and a process that has left that namespace waits for the answer for ever.

#ifndef SHMSPEC_HARNESS_HOST_FILE_IDENTITY_H_
#define SHMSPEC_HARNESS_HOST_FILE_IDENTITY_H_

#include <optional>

namespace shmspec {

struct FileIdentity {
  unsigned device_major = 0;  // of the file system that it is on
  unsigned device_minor = 0;
  bool regular = false;

  bool IsOnDeviceOf(const FileIdentity& other) const {
    return device_major == other.device_major && device_minor == other.device_minor;
  }
};

/// By statx(2), or fstatat(3) where there is no such call. Nothing when there is no such file.
std::optional<FileIdentity> IdentityOf(const char* path);
std::optional<FileIdentity> IdentityOf(int file);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_HOST_FILE_IDENTITY_H_
