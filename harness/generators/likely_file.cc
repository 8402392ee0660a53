// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Steps of likely plans on files in memory, descriptors and their mappings.

#include <array>
#include <string>

#include "harness/generators/likely_plan.h"

namespace shmspec {
namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kFar = 1ull << 32;  // whose low bits are none
constexpr std::array<std::uint64_t, 10> kFileOffsets{
    0, kPage, 0, 8, 2 * kPage, 100, kPage - 4, kFar, kFar + kPage, ~0ull};
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
  if (Named(HandleKind::kDescriptor) == 0) {
    if (Below(2) == 1) return PosixOpen{"/n0", kMakeObject | kReadWrite, {0666}};
    return MemfdCreate{"m", kAllowSealing};
  }
  switch (Below(20)) {
    case 0:
    case 1:
    case 2:
      if (Below(8) == 7) return FileTruncate{AnyDescriptor(), {kFar + AnySize()}};
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
    case 15:
      return DrawDescriptor();
    case 16:
      if (Below(3) == 2) return DrawAcl();
      if (Below(2) == 1) return FileChown{AnyDescriptor(), OneOf(kOwners), OneOf(kOwners)};
      return FileChmod{AnyDescriptor(), {OneOf(kFileModes)}};
    default:
      return DrawView();
  }
}

/// What is shown of files and their mappings, and what holds for all of a process.
Operation LikelyPlan::DrawView() {
  constexpr std::array<std::uint64_t, 7> kLocks{kLockFuture,
                                                kLockCurrent,
                                                kLockCurrent | kLockFuture,
                                                0,
                                                kLockOnFault,
                                                kLockCurrent | kLockFuture | kLockOnFault,
                                                8};
  constexpr std::array<std::size_t, 2> kLengths{1, kLongestMemfdName};
  switch (Below(weights_.simulated ? 15 : weights_.processes > 0 ? 11 : 6)) {
    case 3:
      return MapShow{AnyStart().at};
    case 4:
      return MemfdShowsName{AnyDescriptor(), std::string(OneOf(kLengths), 'm')};
    case 5:
      return FileSync{AnyDescriptor(), Below(2) == 1};
    case 6:
      return MemoryUnpin{};
    case 7:
      return Below(2) == 1 ? Operation(DescriptorOpenSocket{})
                           : Operation(MemfdLink{AnyDescriptor()});
    case 8:
      return ProcessResident{};
    case 9:
      return MapLockAll{OneOf(kLocks)};
    case 10:
      return MapUnlockAll{};
    case 11:
    case 12:
      return MemfdSetNoexec{static_cast<std::int64_t>(Below(4))};
    case 13:
      return MemfdGetNoexec{};
    case 14:
      return SysvKeepsKey{Below(2) == 1};
    default:
      return FileStat{AnyDescriptor()};
  }
}

/// Mostly lists that are valid.
Operation LikelyPlan::DrawAcl() {
  constexpr std::array<std::int32_t, 6> kBits{0, 4, 6, 6, 2, 7};
  constexpr std::array<std::int32_t, 6> kMasks{6, 4, 7, 0, 6, -1};
  constexpr std::array kNames{Id(kNoEntry), Id::User(1), Id::User(2), Id::User(1)};
  if (Below(3) == 2) return FileGetAcl{AnyDescriptor()};
  return FileSetAcl{AnyDescriptor(), OneOf(kBits), OneOf(kNames), OneOf(kBits), OneOf(kBits),
                    OneOf(kNames),   OneOf(kBits), OneOf(kMasks), OneOf(kBits)};
}

Operation LikelyPlan::DrawAclTool() {
  constexpr std::array<std::int32_t, 5> kBits{6, 4, 0, 7, 8};
  constexpr std::array<std::int32_t, 4> kMasks{-1, 4, -1, 6};
  constexpr std::array kNames{Id::User(1), Id(kNoEntry), Id::User(2)};
  if (Below(2) == 1) return SystemGetfacl{AnyDescriptor()};
  return SystemSetfacl{AnyDescriptor(), OneOf(kBits), OneOf(kNames), OneOf(kBits), OneOf(kBits),
                       OneOf(kNames),   OneOf(kBits), OneOf(kMasks), OneOf(kBits)};
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
      return MapShow{AnyRoom().at};
    case 8:
    case 9:
      if (Named(HandleKind::kDescriptor) != 0) return FileStatfs{AnyDescriptor()};
      break;
    case 10:
    case 11:
      // Mounts belong to one actor, whose privileges they need, and who serves no other plan then.
      if (actor_ == 0 && weights_.processes > 0) return DrawMount();
      break;
    case 12:
      if (Named(HandleKind::kDescriptor) != 0) return DrawFarAway();
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

/// Descriptors are passed only by actors that serve no other plan.
Operation LikelyPlan::DrawDescriptor() {
  switch (Below(weights_.processes > 0 ? 9 : 4)) {
    case 0:
      return DescriptorDup{AnyDescriptor()};
    case 1:
      return DescriptorClose{AnyDescriptor()};
    case 2:
      return DescriptorSetCloseOnExec{AnyDescriptor(), Below(2) == 0};
    case 3:
      return DescriptorGetCloseOnExec{AnyDescriptor()};
    case 4:
    case 5:
      return DescriptorSend{AnyDescriptor()};
    case 6:
      return DescriptorDiscard{};
    case 7:
      return DescriptorGetFrom{ActorRef{AnyActor()}, AnyDescriptor()};
    default:
      return DescriptorReceive{Below(2) == 1};
  }
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
  constexpr std::array<std::uint64_t, 9> kWindows{0, 0, 0, kPage, 0, 2 * kPage, 1, 4 * kPage, kFar};
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
