// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Steps of likely plans on files in memory, descriptors and their mappings.

#include <array>
#include <string>

#include "harness/generators/likely_plan.h"

namespace shmspec {
namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::array<std::uint64_t, 8> kFileOffsets{0,         kPage, 0,         8,
                                                    2 * kPage, 100,   kPage - 4, ~0ull};
constexpr std::array<std::uint64_t, 8> kSealSets{
    kSealGrow, kSealShrink, kSealWrite,    kSealFutureWrite, kSealShrink | kSealWrite,
    kSealSeal, kSealExec,   64 | kSealGrow};

}  // namespace

/// A file that has a size is worth more than an empty one, and one that is mapped is worth most.
Operation LikelyPlan::DrawFile() {
  constexpr std::array<std::uint64_t, 8> kFlags{kAllowSealing,
                                                kAllowSealing,
                                                0,
                                                kAllowSealing | kMemfdCloseOnExec,
                                                kNoexecSeal,
                                                kAllowSealing | kMemfdExec,
                                                kAllowSealing,
                                                32};
  constexpr std::array<std::uint64_t, 6> kOpen{
      0, kReadWrite, kWriteOnly, kReadWrite | kAppend, kReadWrite | kTruncate, kReadWrite};
  constexpr std::array<std::uint32_t, 6> kFileModes{0600, 0777, 0666, 0400, 0, 0644};
  constexpr std::array kOwners{Id(0xffffffff), Id(0), Id::User(1), Id::User(2)};
  if (Used(HandleKind::kDescriptor) == 0) {
    if (Below(2) == 1) return PosixOpen{"/n0", kMakeObject | kReadWrite, {0666}};
    return MemfdCreate{"m", kAllowSealing};
  }
  switch (Below(18)) {
    case 0:
    case 1:
    case 2:
      return FileTruncate{AnyDescriptor(), {Below(6) == 5 ? Below(2) * kPage : AnySize()}};
    case 3:
    case 4:
    case 5:
    case 6:
      return DrawFileMapping();
    case 7:
    case 8:
    case 9:
      return DrawFileBytes();
    case 10: {
      constexpr std::array<std::size_t, 3> kLengths{1, kLongestMemfdName, kLongestMemfdName + 1};
      return MemfdCreate{std::string(OneOf(kLengths), 'm'), OneOf(kFlags)};
    }
    case 11:
      return MemfdAddSeals{AnyDescriptor(), OneOf(kSealSets)};
    case 12:
      return MemfdGetSeals{AnyDescriptor()};
    case 13:
      return MemfdReopen{AnyDescriptor(), OneOf(kOpen)};
    case 14:
      if (Below(2) == 1) return DescriptorClose{AnyDescriptor()};
      return DescriptorDup{AnyDescriptor()};
    case 15:
      if (Below(2) == 1) return DescriptorSetCloseOnExec{AnyDescriptor(), Below(2) == 0};
      return DescriptorGetCloseOnExec{AnyDescriptor()};
    case 16:
      if (Below(2) == 1) return FileChown{AnyDescriptor(), OneOf(kOwners), OneOf(kOwners)};
      return FileChmod{AnyDescriptor(), {OneOf(kFileModes)}};
    default:
      return FileStat{AnyDescriptor()};
  }
}

/// Few names, so that they are met again, by several users; now and then one that is hardly
/// another, or of a length at which names end.
std::string LikelyPlan::AnyName() {
  constexpr std::array kNames{"/n0", "/n0", "/n0", "/n1", "/n2", "n0", "//n1", "/n0"};
  constexpr std::array kOdd{"/", "/n0/x", "/.", "/..", "/N0", "/n0 ", "/n0.", "/\xee\x30"};
  constexpr std::array<std::size_t, 5> kLengths{255, 254, 256, 300, 255};
  switch (Below(12)) {
    case 10:
      return OneOf(kOdd);
    case 11:
      return "/" + std::string(OneOf(kLengths), 'n');
    default:
      return OneOf(kNames);
  }
}

Operation LikelyPlan::DrawObject() {
  constexpr std::array<std::uint64_t, 10> kFlags{kMakeObject | kReadWrite,
                                                 kReadWrite,
                                                 0,
                                                 kMakeObject | kOnlyNewObject | kReadWrite,
                                                 kReadWrite | kTruncate,
                                                 kMakeObject | kReadWrite | kTruncate,
                                                 kWriteOnly,
                                                 kTruncate,
                                                 kOnlyNewObject | kReadWrite,
                                                 kReadWrite | kAppend};
  constexpr std::array<std::uint32_t, 12> kModes{0666, 0600, 0640, 0,    0444, 0777,
                                                 0622, 0040, 0004, 0044, 0400, 01704};
  switch (Below(14)) {
    case 5:
      return PosixUnlink{AnyName()};
    case 6:
      return PosixLink{"/n0", Below(2) == 1 ? "/n1" : "/n2"};
    case 7:
      if (Below(4) == 3) return PosixPlantLink{"/n2", "n0"};
      return MapName{AnyRoom().at};
    case 8:
    case 9:
      if (Used(HandleKind::kDescriptor) != 0) return FileStatfs{AnyDescriptor()};
      break;
    case 10:
    case 11:
      // Mounts belong to one actor, whose privileges they need, and who serves no other plan then.
      if (actor_ == 0 && weights_.processes > 0) return DrawMount();
      break;
    case 12:
      if (Used(HandleKind::kDescriptor) != 0) return DrawFarAway();
      break;
    case 13:
      return DrawFile();
    default:
      break;
  }
  PosixOpen open{AnyName(), OneOf(kFlags), {OneOf(kModes)}};
  // Opened for reading a directory is given, of which no plan knows anything.
  if (open.name == "/." || open.name == "/..") open.flags.bits |= kMakeObject;
  return open;
}

/// Above 4 GiB.
Operation LikelyPlan::DrawFarAway() {
  constexpr std::uint64_t kFar = std::uint64_t{1} << 32;
  switch (Below(3)) {
    case 0:
      return FileTruncate{AnyDescriptor(), {kFar + 2 * kPage}};
    case 1:
      return MapMap{.descriptor = AnyDescriptor(), .size = {2 * kPage}, .offset = {kFar}};
    default: {
      const Room room = AnyRoom();
      return FilePread{AnyDescriptor(), room.at, {room.Within(8)}, {kFar}};
    }
  }
}

/// A file system so small that plans fill it.
Operation LikelyPlan::DrawMount() {
  constexpr std::array<std::uint64_t, 4> kPages{3, 2, 6, 1};
  constexpr std::array<std::uint64_t, 4> kInodes{4, 3, 100, 0};
  constexpr std::array<std::uint32_t, 6> kModes{01777, 01777, 0777, 03777, 0755, 01777};
  constexpr std::array<std::uint64_t, 6> kFlags{0, 0, 0, kMountNoexec, 0, kMountReadOnly};
  plan_.actors[0].namespaces = kNamespaceMount;
  const std::uint64_t which = Below(4);
  if (mounts_ == 0 || which == 0) {
    ++mounts_;
    return SystemMountShm{
        {OneOf(kPages) * kPage}, OneOf(kInodes), {OneOf(kModes)}, Id::User(1), OneOf(kFlags)};
  }
  if (which == 1) {
    --mounts_;
    return SystemUnmountShm{};
  }
  return SystemRemountShm{{OneOf(kPages) * kPage}, OneOf(kInodes), OneOf(kFlags)};
}

Operation LikelyPlan::DrawFileBytes() {
  constexpr std::array<std::uint64_t, 6> kModes{
      0, kKeepSize, kKeepSize | kPunchHole, kKeepSize | kPunchHole, kPunchHole, 16};
  constexpr std::array kWhences{Whence::kSet, Whence::kCurrent, Whence::kEnd, Whence::kData,
                                Whence::kHole};
  const std::uint64_t which = Below(7);
  if (which == 4) return FileSeek{AnyDescriptor(), {OneOf(kFileOffsets)}, OneOf(kWhences)};
  if (which >= 5) {
    return FileAllocate{AnyDescriptor(), {OneOf(kFileOffsets)}, {AnySize()}, OneOf(kModes)};
  }
  const Room room = AnyRoom();
  const Size size{room.Within(AnySize())};
  switch (which) {
    case 0:
      return FilePwrite{AnyDescriptor(), room.at, size, {OneOf(kFileOffsets)}};
    case 1:
      return FilePread{AnyDescriptor(), room.at, size, {OneOf(kFileOffsets)}};
    case 2:
      return FileWrite{AnyDescriptor(), room.at, size};
    default:
      return FileRead{AnyDescriptor(), room.at, size};
  }
}

Operation LikelyPlan::DrawFileMapping() {
  constexpr std::array<std::uint64_t, 10> kKinds{kMapShared,
                                                 kMapPrivate,
                                                 kMapShared,
                                                 kMapPrivate,
                                                 kMapShared | kMapPopulate,
                                                 kMapShared | kMapAnonymous,
                                                 kMapSharedValidate,
                                                 kMapPrivate | kMapPopulate,
                                                 0,
                                                 kMapSharedValidate | kMapSync};
  constexpr std::array<std::uint64_t, 6> kProtections{3, 3, 1, 3, 0, 1};
  constexpr std::array<std::uint64_t, 8> kWindows{0, 0, 0, kPage, 0, 2 * kPage, 1, 4 * kPage};
  constexpr std::array<std::uint64_t, 5> kSyncs{kSyncSync, kSyncAsync, kSyncInvalidate, 5, 8};
  const std::uint64_t which = Below(10);
  if (which < 7) {
    MapMap map{AnyDescriptor(),     {AnySize()},   {OneOf(kWindows)},
               OneOf(kProtections), OneOf(kKinds), {}};
    if (Below(24) == 23) map.size.bytes = 0;
    if (Below(4) != 3) return map;
    // In the place of something that is mapped already.
    const Room taken = AnyStart();
    map.at = taken.at;
    zero_page_ = zero_page_ || taken.at.offset == 1;
    map.size.bytes = taken.Within(map.size.bytes);
    map.flags.bits |= Below(4) == 3 ? kMapFixedNoreplace : kMapFixed;
    return map;
  }
  const Room room = AnyStart();
  const Size size{room.Within(AnySize())};
  if (which == 7) return MapSync{room.at, size, OneOf(kSyncs)};
  if (which == 8) return MapLock{room.at, size};
  return MapUnlock{room.at, size};
}

}  // namespace shmspec
