// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The value types of descriptors, files in memory and their mappings. Flags have the numbers of
// Linux on x86-64; a target converts them to those of its system.

#ifndef SHMSPEC_HARNESS_VOCABULARY_VALUE_FILE_VALUE_H_
#define SHMSPEC_HARNESS_VOCABULARY_VALUE_FILE_VALUE_H_

#include <array>
#include <cstdint>

#include "harness/vocabulary/value/names.h"

namespace shmspec {

/// Flags of memfd_create(2); the size of huge pages is bits without a name.
struct MemfdFlagsTag {
  static constexpr std::array kNames{
      Named<std::uint64_t>{"cloexec", 1}, Named<std::uint64_t>{"allow_sealing", 2},
      Named<std::uint64_t>{"hugetlb", 4}, Named<std::uint64_t>{"noexec_seal", 8},
      Named<std::uint64_t>{"exec", 16}};
};
using MemfdFlags = Flags<MemfdFlagsTag>;
inline constexpr std::uint64_t kMemfdCloseOnExec = 1;
inline constexpr std::uint64_t kAllowSealing = 2;
inline constexpr std::uint64_t kMemfdHugetlb = 4;
inline constexpr std::uint64_t kNoexecSeal = 8;
inline constexpr std::uint64_t kMemfdExec = 16;

/// The longest name that memfd_create(2) takes, in bytes.
inline constexpr std::size_t kLongestMemfdName = 249;

/// Seals of a file, as F_ADD_SEALS takes them and F_GET_SEALS returns them.
struct SealsTag {
  static constexpr std::array kNames{
      Named<std::uint64_t>{"seal", 1},          Named<std::uint64_t>{"shrink", 2},
      Named<std::uint64_t>{"grow", 4},          Named<std::uint64_t>{"write", 8},
      Named<std::uint64_t>{"future_write", 16}, Named<std::uint64_t>{"exec", 32}};
};
using Seals = Flags<SealsTag>;
inline constexpr std::uint64_t kSealSeal = 1;
inline constexpr std::uint64_t kSealShrink = 2;
inline constexpr std::uint64_t kSealGrow = 4;
inline constexpr std::uint64_t kSealWrite = 8;
inline constexpr std::uint64_t kSealFutureWrite = 16;
inline constexpr std::uint64_t kSealExec = 32;
inline constexpr std::uint64_t kEverySeal = 63;

/// Flags of open(2); without write_only and read_write the file is opened for reading.
struct OpenFlagsTag {
  static constexpr std::array kNames{
      Named<std::uint64_t>{"write_only", 01}, Named<std::uint64_t>{"read_write", 02},
      Named<std::uint64_t>{"truncate", 01000}, Named<std::uint64_t>{"append", 02000},
      Named<std::uint64_t>{"cloexec", 02000000}};
};
using OpenFlags = Flags<OpenFlagsTag>;
inline constexpr std::uint64_t kWriteOnly = 01;
inline constexpr std::uint64_t kReadWrite = 02;
inline constexpr std::uint64_t kTruncate = 01000;
inline constexpr std::uint64_t kAppend = 02000;
inline constexpr std::uint64_t kOpenCloseOnExec = 02000000;

/// Flags of shm_open(3); without write_only and read_write the object is opened for reading.
struct ObjectFlagsTag {
  static constexpr std::array kNames{
      Named<std::uint64_t>{"write_only", 01},  Named<std::uint64_t>{"read_write", 02},
      Named<std::uint64_t>{"create", 0100},    Named<std::uint64_t>{"exclusive", 0200},
      Named<std::uint64_t>{"truncate", 01000}, Named<std::uint64_t>{"append", 02000}};
};
using ObjectFlags = Flags<ObjectFlagsTag>;
inline constexpr std::uint64_t kMakeObject = 0100;
inline constexpr std::uint64_t kOnlyNewObject = 0200;
inline constexpr std::uint64_t kEveryObjectFlag = 03303;

/// How a file system in memory is mounted.
struct MountFlagsTag {
  static constexpr std::array kNames{Named<std::uint64_t>{"read_only", 1},
                                     Named<std::uint64_t>{"noexec", 8}};
};
using MountFlags = Flags<MountFlagsTag>;
inline constexpr std::uint64_t kMountReadOnly = 1;
inline constexpr std::uint64_t kMountNoexec = 8;

/// The longest name of a file, in bytes.
inline constexpr std::size_t kLongestFileName = 255;

/// The mode of fallocate(2).
struct AllocateModeTag {
  static constexpr std::array kNames{
      Named<std::uint64_t>{"keep_size", 1},      Named<std::uint64_t>{"punch_hole", 2},
      Named<std::uint64_t>{"collapse_range", 8}, Named<std::uint64_t>{"zero_range", 16},
      Named<std::uint64_t>{"insert_range", 32},  Named<std::uint64_t>{"unshare_range", 64}};
};
using AllocateMode = Flags<AllocateModeTag>;
inline constexpr std::uint64_t kKeepSize = 1;
inline constexpr std::uint64_t kPunchHole = 2;

/// In operations on access control lists: no entry with a name.
inline constexpr std::uint32_t kNoEntry = 0xffffffff;

/// Where lseek(2) counts from, or what it looks for.
enum class Whence : std::uint8_t { kSet, kCurrent, kEnd, kData, kHole };
template <>
struct NamesOf<Whence> {
  static constexpr std::array kNames{
      Named<Whence>{"set", Whence::kSet}, Named<Whence>{"current", Whence::kCurrent},
      Named<Whence>{"end", Whence::kEnd}, Named<Whence>{"data", Whence::kData},
      Named<Whence>{"hole", Whence::kHole}};
};

/// Flags of mmap(2). `shared|private` is MAP_SHARED_VALIDATE.
struct MapFlagsTag {
  static constexpr std::array kNames{
      Named<std::uint64_t>{"shared", 1},        Named<std::uint64_t>{"private", 2},
      Named<std::uint64_t>{"fixed", 0x10},      Named<std::uint64_t>{"anonymous", 0x20},
      Named<std::uint64_t>{"locked", 0x2000},   Named<std::uint64_t>{"noreserve", 0x4000},
      Named<std::uint64_t>{"populate", 0x8000}, Named<std::uint64_t>{"hugetlb", 0x40000},
      Named<std::uint64_t>{"sync", 0x80000},    Named<std::uint64_t>{"fixed_noreplace", 0x100000}};
};
using MapFlags = Flags<MapFlagsTag>;
inline constexpr std::uint64_t kMapShared = 1;
inline constexpr std::uint64_t kMapPrivate = 2;
inline constexpr std::uint64_t kMapSharedValidate = kMapShared | kMapPrivate;
inline constexpr std::uint64_t kMapType = 15;
inline constexpr std::uint64_t kMapFixed = 0x10;
inline constexpr std::uint64_t kMapAnonymous = 0x20;
inline constexpr std::uint64_t kMapLocked = 0x2000;
inline constexpr std::uint64_t kMapNoreserve = 0x4000;
inline constexpr std::uint64_t kMapPopulate = 0x8000;
inline constexpr std::uint64_t kMapHugetlb = 0x40000;
inline constexpr std::uint64_t kMapSync = 0x80000;
inline constexpr std::uint64_t kMapFixedNoreplace = 0x100000;

/// Flags of msync(2).
struct SyncFlagsTag {
  static constexpr std::array kNames{Named<std::uint64_t>{"async", 1},
                                     Named<std::uint64_t>{"invalidate", 2},
                                     Named<std::uint64_t>{"sync", 4}};
};
using SyncFlags = Flags<SyncFlagsTag>;
inline constexpr std::uint64_t kSyncAsync = 1;
inline constexpr std::uint64_t kSyncInvalidate = 2;
inline constexpr std::uint64_t kSyncSync = 4;

/// Flags of mlockall(2).
struct LockFlagsTag {
  static constexpr std::array kNames{Named<std::uint64_t>{"current", 1},
                                     Named<std::uint64_t>{"future", 2},
                                     Named<std::uint64_t>{"on_fault", 4}};
};
using LockFlags = Flags<LockFlagsTag>;
inline constexpr std::uint64_t kLockCurrent = 1;
inline constexpr std::uint64_t kLockFuture = 2;
inline constexpr std::uint64_t kLockOnFault = 4;

/// Advice of madvise(2).
enum class Advice : std::uint8_t {
  kDontNeed,
  kRemove,
  kDontFork,
  kWillNeed,
  kFree,
  kWipeOnFork,
  kDoFork,
  kKeepOnFork,
};
template <>
struct NamesOf<Advice> {
  static constexpr std::array kNames{Named<Advice>{"dontneed", Advice::kDontNeed},
                                     Named<Advice>{"remove", Advice::kRemove},
                                     Named<Advice>{"dontfork", Advice::kDontFork},
                                     Named<Advice>{"willneed", Advice::kWillNeed},
                                     Named<Advice>{"free", Advice::kFree},
                                     Named<Advice>{"wipeonfork", Advice::kWipeOnFork},
                                     Named<Advice>{"dofork", Advice::kDoFork},
                                     Named<Advice>{"keeponfork", Advice::kKeepOnFork}};
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_VALUE_FILE_VALUE_H_
