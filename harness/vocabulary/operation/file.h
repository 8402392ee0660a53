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
  DescriptorRef descriptor;
  Size size;
  static constexpr auto kFields =
      Fields(Field{"descriptor", &FileTruncate::descriptor}, Field{"size", &FileTruncate::size});
  friend bool operator==(const FileTruncate&, const FileTruncate&) = default;
};

/// fstat(2). The outcome is a FileRecord.
struct FileStat {
  static constexpr std::string_view kName = "file.stat";
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
  DescriptorRef descriptor;
  Size offset;
  Size size{kDefaultSize};
  AllocateMode mode;
  static constexpr auto kFields =
      Fields(Field{"descriptor", &FileAllocate::descriptor}, Field{"offset", &FileAllocate::offset},
             Field{"size", &FileAllocate::size}, Field{"mode", &FileAllocate::mode});
  friend bool operator==(const FileAllocate&, const FileAllocate&) = default;
};

}  // namespace shmspec

/// Every operation of this header, for lists of all operations.
// clang-format off
#define SHMSPEC_FILE_OPERATIONS(X) \
  X(FileTruncate) X(FileStat) X(FileChmod) X(FileChown) X(FileRead) X(FileWrite) X(FilePread) \
  X(FilePwrite) X(FileSeek) X(FileAllocate) X(FileStatfs)
// clang-format on

#endif  // SHMSPEC_HARNESS_VOCABULARY_OPERATION_FILE_H_
