// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// File systems in memory and the names in them, and which of them /dev/shm is in a mount namespace.

#ifndef SHMSPEC_HARNESS_MODEL_STATE_DIRECTORY_H_
#define SHMSPEC_HARNESS_MODEL_STATE_DIRECTORY_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/state/acl.h"

namespace shmspec::model {

/// An entry of the directory. One that was removed is kept: mappings go on showing it.
struct DirectoryEntry {
  std::uint32_t serial = 0;  // the step that made it, plus one
  std::string name;          // without slashes
  std::uint32_t node = 0;    // serial; 0: a symbolic link
  bool removed = false;
  friend bool operator==(const DirectoryEntry&, const DirectoryEntry&) = default;
};

/// What new files of a directory begin with, in place of the umask.
struct DefaultAcl {
  bool there = false;
  std::uint32_t mode = 0777;  // of owner, mask or group, and others
  Acl acl;                    // the rest, for files with a list of their own
  friend bool operator==(const DefaultAcl&, const DefaultAcl&) = default;
};

/// A file system of one directory.
struct FileSystem {
  bool limited = false;      // its limits are known
  std::uint64_t pages = 0;   // that its files may have together, when limited; 0: any number
  std::uint64_t inodes = 0;  // the directory included, when limited; 0: any number
  bool read_only = false;
  bool names_known = true;     // false once a name was used of which nothing is said
  std::uint32_t mode = 01777;  // of the directory
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  DefaultAcl default_acl;
  std::vector<DirectoryEntry> entries;  // by serial
  friend bool operator==(const FileSystem&, const FileSystem&) = default;

  /// The entry of that name, or null.
  const DirectoryEntry* Find(std::string_view name) const {
    for (const DirectoryEntry& entry : entries) {
      if (!entry.removed && entry.name == name) return &entry;
    }
    return nullptr;
  }
  bool HasPageLimit() const { return limited && pages != 0; }
  bool HasInodeLimit() const { return limited && inodes != 0; }
};

/// One place at which a file system is mounted.
struct Mount {
  std::uint8_t file_system = 0;  // index
  bool noexec = false;
  friend bool operator==(const Mount&, const Mount&) = default;
};

/// What is mounted at /dev/shm, the one that is seen last.
struct MountNamespace {
  std::uint64_t inode = 0;
  bool hidden = false;               // there is no /dev/shm
  std::vector<std::uint8_t> mounts;  // indices
  friend bool operator==(const MountNamespace&, const MountNamespace&) = default;
};

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_STATE_DIRECTORY_H_
