// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Scenes of likely plans: several steps that mean something only one after the other. What a draw
// of single steps meets once in a million plans stands here.

#include <array>

#include "harness/generators/likely_plan.h"

namespace shmspec {
namespace {

constexpr std::uint64_t kPage = 4096;
/// Of a part of three pages.
constexpr std::array<std::uint64_t, 5> kSceneSizes{kPage, 1, 5000, 8, 2 * kPage};
constexpr std::uint64_t kNewObject = kMakeObject | kReadWrite;

Address operator+(Address at, std::int64_t offset) {
  at.offset += offset;
  return at;
}

}  // namespace

DescriptorRef LikelyPlan::NextDescriptor() const {
  return {{Handle{HandleKind::kDescriptor, Used(HandleKind::kDescriptor)}, 0}};
}

Address LikelyPlan::NextMapping() const {
  return {{Handle{HandleKind::kMapping, Used(HandleKind::kMapping)}, 0}};
}

/// The first are harmless to actors that serve other plans too.
Operation LikelyPlan::DrawScene() {
  using Scene = Operation (LikelyPlan::*)();
  constexpr std::array<Scene, 16> kScenes{
      &LikelyPlan::DrawPrivate,     &LikelyPlan::DrawHole,      &LikelyPlan::DrawFilled,
      &LikelyPlan::DrawKept,        &LikelyPlan::DrawLimited,   &LikelyPlan::DrawFragments,
      &LikelyPlan::DrawListed,      &LikelyPlan::DrawHeld,      &LikelyPlan::DrawShared,
      &LikelyPlan::DrawCapable,     &LikelyPlan::DrawInherited, &LikelyPlan::DrawCharged,
      &LikelyPlan::DrawLockedTwice, &LikelyPlan::DrawWiped,     &LikelyPlan::DrawElsewhere,
      &LikelyPlan::DrawTimes};
  // In a race an actor has no part in the scenes of others.
  const bool harmless = race_ || weights_.processes == 0;
  const std::size_t last = weights_.simulated && !race_ ? 16 : harmless ? 6 : 15;
  return (this->*kScenes[Below(last)])();
}

/// A private mapping that is written, then something happens to its file, and it is looked at.
Operation LikelyPlan::DrawPrivate() {
  constexpr std::array<std::int64_t, 3> kPlaces{0, kPage - 4, kPage};
  const DescriptorRef file = AnyDescriptor();
  const std::int64_t place = OneOf(kPlaces);
  const auto mapped = [&](std::uint64_t kind) {
    const Address map = NextMapping();
    Add(actor_, MapMap{file, {2 * kPage}, {0}, 3, kind, {}});
    return map + place;
  };
  Add(actor_, FileTruncate{file, {2 * kPage}});
  const Address own = mapped(kMapPrivate);
  const Address start = own + -place;
  Add(actor_, MemoryStore{own, Width::k8, Below(~0ull)});
  switch (Below(3)) {
    case 0:
      Add(actor_, FileAllocate{file, {0}, {2 * kPage}, kKeepSize | kPunchHole});
      break;
    case 1:
      Add(actor_, MemoryStore{mapped(kMapShared), Width::k8, Below(~0ull)});
      break;
    default:
      Add(actor_, FilePwrite{file, own, {8}, {static_cast<std::uint64_t>(place)}});
      Add(actor_, MapAdvise{start, {2 * kPage}, Advice::kDontNeed});
  }
  return MemoryLoad{own, Width::k8, Order::kSeqCst};
}

/// A call on a range with a hole.
Operation LikelyPlan::DrawHole() {
  const Address start = NextMapping();
  Add(actor_, MapPrivate{{3 * kPage}, {}});
  Add(actor_, MemoryStore{start, Width::k8, Below(~0ull)});
  if (Below(2) == 1) Add(actor_, MapLock{start, {3 * kPage}});
  Add(actor_, MapUnmap{start + kPage, {kPage}});
  const Size all{3 * kPage};
  switch (Below(3)) {
    case 0:
      Add(actor_, MapAdvise{start, all, Advice::kDontNeed});
      break;
    case 1:
      Add(actor_, MapUnlock{start, all});
      return MapAdvise{start, {kPage}, Advice::kDontNeed};
    default:
      Add(actor_, MapProtect{start, all, Protection(1)});
  }
  return MemoryLoad{start, Width::k8, Order::kSeqCst};
}

/// Bytes that are not zero go through a file, and a part of it is punched.
Operation LikelyPlan::DrawFilled() {
  constexpr std::array<std::uint64_t, 4> kFrom{0, 100, kPage - 4, kPage};
  constexpr Size kAll{3 * kPage};
  const DescriptorRef file = NextDescriptor();
  Add(actor_, MemfdCreate{"m", 0});
  const Address from = NextMapping();
  Add(actor_, MapPrivate{kAll, {}});
  Add(actor_, MemoryFill{from, kAll, 1 + Below(255)});
  Add(actor_, FilePwrite{file, from, {OneOf(kSceneSizes)}, {OneOf(kFrom)}});
  if (Below(2) == 1) {
    Add(actor_, FileAllocate{file, {OneOf(kFrom)}, {OneOf(kSceneSizes)}, kKeepSize | kPunchHole});
  }
  const Address to = NextMapping();
  Add(actor_, MapPrivate{kAll, {}});
  Add(actor_, FilePread{file, to, kAll, {0}});
  return MemoryChecksum{to, kAll};
}

/// An object that nobody has open for a moment.
Operation LikelyPlan::DrawKept() {
  const std::int64_t place = Below(2) == 1 ? kPage : 8;
  const Size size{2 * kPage};
  const DescriptorRef file = NextDescriptor();
  Add(actor_, PosixOpen{"/n2", kNewObject, {0666}});
  Add(actor_, FileTruncate{file, size});
  const Address map = NextMapping();
  Add(actor_, MapMap{.descriptor = file, .size = size});
  Add(actor_, MemoryStore{map + place, Width::k8, Below(~0ull)});
  Add(actor_, MapUnmap{map, size});
  Add(actor_, DescriptorClose{file});
  if (mounts_ > 0 && !race_ && Below(2) == 1) Add(0, SystemRemountShm{});
  const DescriptorRef again = NextDescriptor();
  Add(actor_, PosixOpen{"/n2", kReadWrite});
  const Address seen = NextMapping();
  Add(actor_, MapMap{.descriptor = again, .size = size});
  return MemoryLoad{seen + place, Width::k8, Order::kSeqCst};
}

/// A mapping that must not become writable.
Operation LikelyPlan::DrawLimited() {
  const DescriptorRef file = NextDescriptor();
  DescriptorRef mapped = file;
  if (Below(2) == 1) {
    Add(actor_, MemfdCreate{"m", kAllowSealing});
    Add(actor_, FileTruncate{file, {kPage}});
    Add(actor_, MemfdAddSeals{file, kSealFutureWrite});
  } else {
    Add(actor_, PosixOpen{"/n0", kNewObject, {0666}});
    Add(actor_, FileTruncate{file, {kPage}});
    mapped = NextDescriptor();
    Add(actor_, PosixOpen{"/n0", 0});
  }
  const Address map = NextMapping();
  Add(actor_, MapMap{mapped, {kPage}, {0}, 1, kMapShared, {}});
  if (Below(2) == 1) Add(actor_, DescriptorClose{mapped});
  Add(actor_, MapProtect{map, {kPage}, Protection(3)});
  return MemoryStore{map, Width::k8, 1, Order::kSeqCst};
}

/// A part of one attach moves into another, then one of them goes.
Operation LikelyPlan::DrawFragments() {
  constexpr Size kAll{4 * kPage};
  const auto segment = [&] {
    const SegmentRef made{{Handle{HandleKind::kSegment, Used(HandleKind::kSegment)}, 0}};
    Add(actor_, SysvGet{{}, kAll, kCreate | 0666});
    return made;
  };
  const auto attach = [&](const SegmentRef& of) {
    const Address room = NextMapping();
    Add(actor_, MapReserve{{kReservedBytes}});
    const Address at{{Handle{HandleKind::kAttach, Used(HandleKind::kAttach)}, 0}};
    Add(actor_, SysvAttach{of, room + 4 * kPage, kRemap});
    return at;
  };
  const SegmentRef one = segment();
  const SegmentRef other = Below(3) == 2 ? one : segment();
  const Address to = attach(one);
  const Address from = attach(other);
  const auto page = static_cast<std::int64_t>(kPage * (1 + Below(2)));
  Add(actor_, MapRemap{from + kPage, {kPage}, {kPage}, to + page});
  switch (Below(4)) {
    case 0:
      Add(actor_, MapProtect{to, kAll, Protection(1)});
      Add(actor_, MemoryStore{to + 3 * kPage, Width::k8, 1, Order::kSeqCst});
      break;
    case 1:
      Add(actor_, MapUnmap{to, kAll});
      break;
    default:
      Add(actor_, SysvDetach{to});
      Add(actor_, MemoryLoad{to + page, Width::k8, Order::kSeqCst});
  }
  Add(actor_, SysvStat{one, Buffer::kValid});
  return SysvStat{other, Buffer::kValid};
}

/// A list is set, and others try the object.
Operation LikelyPlan::DrawListed() {
  constexpr std::array<std::int32_t, 5> kBits{0, 4, 6, 2, 6};
  constexpr std::array<std::int32_t, 4> kMasks{6, 4, 0, 6};
  constexpr std::array kNames{Id(kNoEntry), Id::User(1), Id::User(2)};
  constexpr std::array<std::uint32_t, 4> kModes{0600, 0660, 0640, 0606};
  constexpr std::array<std::uint64_t, 2> kFlags{0, kReadWrite};
  const DescriptorRef file = NextDescriptor();
  Add(actor_, PosixOpen{"/n0", kMakeObject | kReadWrite, {0600}});
  for (std::uint64_t lists = Below(2); lists < 2; ++lists) {
    Add(actor_, FileSetAcl{file, 6, OneOf(kNames), OneOf(kBits), OneOf(kBits), OneOf(kNames),
                           OneOf(kBits), OneOf(kMasks), OneOf(kBits)});
  }
  if (Below(3) == 2) Add(actor_, FileChmod{file, {OneOf(kModes)}});
  for (int tries = 0; tries < 2; ++tries) Add(AnyActor(), PosixOpen{"/n0", OneOf(kFlags)});
  return FileGetAcl{file};
}

/// A seal against pages that are held, and not mapped.
Operation LikelyPlan::DrawHeld() {
  const DescriptorRef file = NextDescriptor();
  const Address start = NextMapping();
  Add(actor_, MemfdCreate{"m", kAllowSealing});
  Add(actor_, FileTruncate{file, {kPage}});
  Add(actor_, MapMap{file, {kPage}, {0}, 3, kMapShared, {}});
  Add(actor_, MemoryPin{start, {kPage}});
  Add(actor_, MapUnmap{start, {kPage}});
  if (Below(3) == 2) Add(actor_, MemoryUnpin{});
  Add(actor_, MemfdAddSeals{file, kSealWrite});
  return MemfdGetSeals{file};
}

/// Two descriptors of one open file.
Operation LikelyPlan::DrawShared() {
  constexpr std::array<std::uint64_t, 3> kPlaces{100, kPage, 3 * kPage};
  const DescriptorRef file = NextDescriptor();
  Add(actor_, MemfdCreate{"m", 0});
  Add(actor_, FileTruncate{file, {2 * kPage}});
  Add(actor_, FileSeek{file, {OneOf(kPlaces)}, Whence::kSet});
  const std::uint8_t other = AnyActor();
  DescriptorRef copy = NextDescriptor();
  switch (Below(4)) {
    case 0:
      Add(actor_, DescriptorDup{file});
      Add(actor_, FileSeek{copy, {8}, Whence::kCurrent});
      return FileSeek{file, {0}, Whence::kCurrent};
    case 1:
      Add(other, DescriptorGetFrom{ActorRef{actor_}, file});
      break;
    case 2:
      Add(actor_, DescriptorSend{file});
      [[fallthrough]];
    default:
      Add(actor_, DescriptorSend{file});
      Add(other, DescriptorReceive{});
      if (Below(2) == 1) {
        copy = NextDescriptor();
        Add(other, DescriptorReceive{});
        Add(other, DescriptorReceive{});
      }
  }
  Add(other, FileSeek{copy, {8}, Whence::kCurrent});
  return FileSeek{file, {0}, Whence::kCurrent};
}

}  // namespace shmspec
