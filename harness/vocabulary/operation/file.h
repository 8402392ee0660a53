// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What is done to a file by its descriptor. Offsets and sizes are in bytes; one that is negative
// for the system is its two's complement.

#ifndef SHMSPEC_HARNESS_VOCABULARY_OPERATION_FILE_H_
#define SHMSPEC_HARNESS_VOCABULARY_OPERATION_FILE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/vocabulary/operation/role.h"
#include "harness/vocabulary/value/field.h"
#include "harness/vocabulary/value/file_value.h"
#include "harness/vocabulary/value/value.h"

namespace shmspec {

/// ftruncate(2).
struct FileTruncate {
  static constexpr std::string_view kName = "file.truncate";
  static constexpr bool kInPhases = true;
  DescriptorRef descriptor;
  Size size;
  static constexpr auto kFields =
      Fields(Field{"descriptor", &FileTruncate::descriptor}, Field{"size", &FileTruncate::size});
  friend bool operator==(const FileTruncate&, const FileTruncate&) = default;
};

/// fstat(2). The outcome is a FileRecord.
struct FileStat {
  static constexpr std::string_view kName = "file.stat";
  static constexpr bool kInPhases = true;
  DescriptorRef descriptor;
  static constexpr auto kFields = Fields(Field{"descriptor", &FileStat::descriptor});
  friend bool operator==(const FileStat&, const FileStat&) = default;
};

/// fstatfs(2). The outcome is a FileSystemRecord.
struct FileStatfs {
  static constexpr std::string_view kName = "file.statfs";
  DescriptorRef descriptor;
  static constexpr auto kFields = Fields(Field{"descriptor", &FileStatfs::descriptor});
  friend bool operator==(const FileStatfs&, const FileStatfs&) = default;
};

/// fchmod(2).
struct FileChmod {
  static constexpr std::string_view kName = "file.chmod";
  DescriptorRef descriptor;
  Mode mode{0600};
  static constexpr auto kFields =
      Fields(Field{"descriptor", &FileChmod::descriptor}, Field{"mode", &FileChmod::mode});
  friend bool operator==(const FileChmod&, const FileChmod&) = default;
};

/// fchown(2); 4294967295 leaves an id as it is.
struct FileChown {
  static constexpr std::string_view kName = "file.chown";
  DescriptorRef descriptor;
  Id uid{0xffffffff};
  Id gid{0xffffffff};
  static constexpr auto kFields =
      Fields(Field{"descriptor", &FileChown::descriptor}, Field{"uid", &FileChown::uid},
             Field{"gid", &FileChown::gid});
  friend bool operator==(const FileChown&, const FileChown&) = default;
};

/// read(2) into the memory at `at`; the outcome is how many bytes.
struct FileRead {
  static constexpr std::string_view kName = "file.read";
  static constexpr bool kMayTakeLong = true;
  static constexpr bool kInPhases = true;
  DescriptorRef descriptor;
  Address at;
  Size size{8};
  static constexpr auto kFields =
      Fields(Field{"descriptor", &FileRead::descriptor}, Field{"at", &FileRead::at},
             Field{"size", &FileRead::size});
  friend bool operator==(const FileRead&, const FileRead&) = default;
};

/// write(2) from the memory at `at`; the outcome is how many bytes.
struct FileWrite {
  static constexpr std::string_view kName = "file.write";
  static constexpr bool kMayTakeLong = true;
  static constexpr bool kInPhases = true;
  DescriptorRef descriptor;
  Address at;
  Size size{8};
  static constexpr auto kFields =
      Fields(Field{"descriptor", &FileWrite::descriptor}, Field{"at", &FileWrite::at},
             Field{"size", &FileWrite::size});
  friend bool operator==(const FileWrite&, const FileWrite&) = default;
};

/// pread(2): FileRead at an offset, which leaves that of the open file alone.
struct FilePread {
  static constexpr std::string_view kName = "file.pread";
  static constexpr bool kMayTakeLong = true;
  static constexpr bool kInPhases = true;
  DescriptorRef descriptor;
  Address at;
  Size size{8};
  Size offset;
  static constexpr auto kFields =
      Fields(Field{"descriptor", &FilePread::descriptor}, Field{"at", &FilePread::at},
             Field{"size", &FilePread::size}, Field{"offset", &FilePread::offset});
  friend bool operator==(const FilePread&, const FilePread&) = default;
};

/// pwrite(2): FileWrite at an offset.
struct FilePwrite {
  static constexpr std::string_view kName = "file.pwrite";
  static constexpr bool kMayTakeLong = true;
  static constexpr bool kInPhases = true;
  DescriptorRef descriptor;
  Address at;
  Size size{8};
  Size offset;
  static constexpr auto kFields =
      Fields(Field{"descriptor", &FilePwrite::descriptor}, Field{"at", &FilePwrite::at},
             Field{"size", &FilePwrite::size}, Field{"offset", &FilePwrite::offset});
  friend bool operator==(const FilePwrite&, const FilePwrite&) = default;
};

/// lseek(2); the outcome is the offset of the open file afterwards.
struct FileSeek {
  static constexpr std::string_view kName = "file.seek";
  DescriptorRef descriptor;
  Size offset;
  Whence whence = Whence::kSet;
  static constexpr auto kFields =
      Fields(Field{"descriptor", &FileSeek::descriptor}, Field{"offset", &FileSeek::offset},
             Field{"whence", &FileSeek::whence});
  friend bool operator==(const FileSeek&, const FileSeek&) = default;
};

/// fallocate(2).
struct FileAllocate {
  static constexpr std::string_view kName = "file.allocate";
  static constexpr bool kMayTakeLong = true;
  static constexpr bool kInPhases = true;
  DescriptorRef descriptor;
  Size offset;
  Size size{kDefaultSize};
  AllocateMode mode;
  static constexpr auto kFields =
      Fields(Field{"descriptor", &FileAllocate::descriptor}, Field{"offset", &FileAllocate::offset},
             Field{"size", &FileAllocate::size}, Field{"mode", &FileAllocate::mode});
  friend bool operator==(const FileAllocate&, const FileAllocate&) = default;
};

/// fsync(2), or fdatasync(2) with `data_only`.
struct FileSync {
  static constexpr std::string_view kName = "file.sync";
  DescriptorRef descriptor;
  bool data_only = false;
  static constexpr auto kFields =
      Fields(Field{"descriptor", &FileSync::descriptor}, Field{"data_only", &FileSync::data_only});
  friend bool operator==(const FileSync&, const FileSync&) = default;
};

/// fsetxattr(2) of system.posix_acl_access: an access control list with at most one named user and
/// one named group. Bits are 4 for reading, 2 for writing, 1 for execution; 4294967295 stands for
/// no entry of a name, and -1 for no mask. acl(5).
struct FileSetAcl {
  static constexpr std::string_view kName = "file.set_acl";
  DescriptorRef descriptor;
  std::int32_t owner = 6;
  Id user{0xffffffff};
  std::int32_t user_bits = 0;
  std::int32_t group = 0;
  Id named_group{0xffffffff};
  std::int32_t named_group_bits = 0;
  std::int32_t mask = -1;
  std::int32_t other = 0;
  static constexpr auto kFields =
      Fields(Field{"descriptor", &FileSetAcl::descriptor}, Field{"owner", &FileSetAcl::owner},
             Field{"user", &FileSetAcl::user}, Field{"user_bits", &FileSetAcl::user_bits},
             Field{"group", &FileSetAcl::group}, Field{"named_group", &FileSetAcl::named_group},
             Field{"named_group_bits", &FileSetAcl::named_group_bits},
             Field{"mask", &FileSetAcl::mask}, Field{"other", &FileSetAcl::other});
  friend bool operator==(const FileSetAcl&, const FileSetAcl&) = default;
};

/// fgetxattr(2) of it. The outcome is an AclRecord.
struct FileGetAcl {
  static constexpr std::string_view kName = "file.get_acl";
  DescriptorRef descriptor;
  static constexpr auto kFields = Fields(Field{"descriptor", &FileGetAcl::descriptor});
  friend bool operator==(const FileGetAcl&, const FileGetAcl&) = default;
};

}  // namespace shmspec

/// Every operation of this header, for lists of all operations.
// clang-format off
#define SHMSPEC_FILE_OPERATIONS(X) \
  X(FileTruncate) X(FileStat) X(FileChmod) X(FileChown) X(FileRead) X(FileWrite) X(FilePread) \
  X(FilePwrite) X(FileSeek) X(FileAllocate) X(FileStatfs) X(FileSync) \
  X(FileSetAcl) X(FileGetAcl)
// clang-format on

#endif  // SHMSPEC_HARNESS_VOCABULARY_OPERATION_FILE_H_
