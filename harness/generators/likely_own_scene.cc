// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Scenes of actors that serve no other plan: they change what their processes are, or what is
// mounted.

#include <array>

#include "harness/generators/likely_plan.h"

namespace shmspec {
namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kNewObject = kMakeObject | kReadWrite;
constexpr std::uint8_t kUser = 1;       // the actor of another user
constexpr std::uint8_t kNeighbour = 4;  // the one who shares a group with it

}  // namespace

/// A user with a single capability does what it may not without.
Operation LikelyPlan::DrawCapable() {
  constexpr std::array<std::uint64_t, 5> kOnly{kCapFowner, kCapDacOverride, kCapDacReadSearch,
                                               kCapChown, kCapSysAdmin};
  constexpr std::array<std::uint32_t, 4> kModes{0604, 0, 0600, 0606};
  constexpr std::array<std::uint64_t, 4> kFlags{kReadWrite, 0, kWriteOnly, kTruncate};
  std::optional<Capabilities>& caps = plan_.actors[kNeighbour].caps;
  if (!caps) caps = Capabilities(OneOf(kOnly));
  Add(kUser, PosixOpen{"/n0", kNewObject, {OneOf(kModes)}});
  Add(kNeighbour, PosixOpen{"/n0", OneOf(kFlags)});
  const DescriptorRef file = NextDescriptor();
  Add(kNeighbour, PosixOpen{"/n0", 0});
  switch (Below(4)) {
    case 0:
      Add(kNeighbour, FileChmod{file, {0666}});
      break;
    case 1:
      Add(kNeighbour, FileChown{file, Id::User(2), Id(kNoEntry)});
      break;
    default:
      Add(kNeighbour, PosixUnlink{"/n0"});
  }
  return PosixOpen{"/n0", OneOf(kFlags)};
}

/// A file system with room for a scene. Mounts belong to the first actor.
void LikelyPlan::MountRoomy() {
  plan_.actors[0].namespaces = kNamespaceMount;
  ++mounts_;
  Add(0, SystemMountShm{.size = {6 * kPage}, .inodes = 100});
}

/// A directory whose objects begin with a list.
Operation LikelyPlan::DrawInherited() {
  if (actor_ != 0) return DrawListed();
  constexpr std::array<std::int32_t, 4> kBits{6, 4, 0, 7};
  constexpr std::array kNames{Id::User(1), Id(kNoEntry), Id::User(2)};
  constexpr std::array<std::uint32_t, 4> kModes{0666, 0644, 0600, 0777};
  MountRoomy();
  const Id user = OneOf(kNames);
  Add(0, SystemSetDefaultAcl{.owner = 7,
                             .user = user,
                             .user_bits = OneOf(kBits),
                             .group = OneOf(kBits),
                             .mask = user == Id(kNoEntry) ? -1 : OneOf(kBits),
                             .other = OneOf(kBits)});
  Add(0, ProcessSetUmask{{Below(2) == 1 ? 077u : 022u}});
  const DescriptorRef file = NextDescriptor();
  Add(0, PosixOpen{Below(2) == 1 ? "/n1" : "/n2", kNewObject | kOnlyNewObject, {OneOf(kModes)}});
  Add(0, FileStat{file});
  return FileGetAcl{file};
}

/// What an object takes of its file system: mapped twice, without a name, after MADV_REMOVE.
Operation LikelyPlan::DrawCharged() {
  if (actor_ != 0) return DrawKept();
  MountRoomy();
  const Size size{2 * kPage};
  const DescriptorRef file = NextDescriptor();
  Add(0, PosixOpen{"/n0", kNewObject, {0666}});
  Add(0, FileTruncate{file, size});
  const Address map = NextMapping();
  Add(0, MapMap{.descriptor = file, .size = size});
  const Address twin = NextMapping();
  Add(0, MapMap{.descriptor = file, .size = size});
  Add(0, MemoryStore{map, Width::k8, 1 + Below(255)});
  if (Below(2) == 1) Add(0, MapAdvise{map, {kPage}, Advice::kRemove});
  Add(0, FileStatfs{file});
  if (Below(2) == 1) return SystemRemountShm{};
  const DescriptorRef other = NextDescriptor();
  Add(0, PosixOpen{"/n1", kNewObject, {0666}});
  Add(0, PosixUnlink{"/n0"});
  Add(0, MapUnmap{map, size});
  Add(0, MapUnmap{twin, size});
  Add(0, DescriptorClose{file});
  return FileStatfs{other};
}

/// Locks up to the limit of a user without privileges.
Operation LikelyPlan::DrawLockedTwice() {
  const Size size{2 * kPage};
  Add(kUser, ProcessSetLimit{Limit::kMemlock, 3 * kPage});
  const Address first = NextMapping();
  Add(kUser, MapPrivate{size, {}});
  Add(kUser, MapLock{first, size});
  if (Below(2) == 1) {
    Add(kUser, MapLock{first, size});
  } else {
    Add(kUser, MapUnmap{first, size});
  }
  const Address second = NextMapping();
  Add(kUser, MapPrivate{size, {}});
  Add(kUser, MapLock{second, {kPage}});
  return MapLayout{};
}

/// A child finds one of two pages wiped.
Operation LikelyPlan::DrawWiped() {
  if (alive_[kForked]) return DrawMapping();
  const auto written = [&] {
    const Address made = NextMapping();
    Add(actor_, MapPrivate{{kPage}, {}});
    Add(actor_, MemoryStore{made, Width::k8, 1 + Below(255)});
    return made;
  };
  const Address wiped = written();
  const Address kept = written();
  Add(actor_, MapAdvise{wiped, {kPage}, Advice::kWipeOnFork});
  Birth(actor_, kForked);
  Add(actor_, ProcessFork{ActorRef{kForked}});
  Add(kForked, MemoryLoad{wiped, Width::k8, Order::kSeqCst});
  Add(kForked, MemoryLoad{kept, Width::k8, Order::kSeqCst});
  return MemoryLoad{wiped, Width::k8, Order::kSeqCst};
}

/// An object, seen from a new mount namespace, or without /dev/shm.
Operation LikelyPlan::DrawElsewhere() {
  if (actor_ != 0) return DrawCapable();
  plan_.actors[0].namespaces = kNamespaceMount;
  Add(0, PosixOpen{"/n0", kNewObject, {0666}});
  if (Below(3) == 2) {
    Add(0, SystemHideShm{});
  } else {
    Add(0, ProcessUnshare{kNamespaceMount});
  }
  return PosixOpen{"/n0", kReadWrite};
}

/// What changes the time of a file, a second later.
Operation LikelyPlan::DrawTimes() {
  const DescriptorRef file = NextDescriptor();
  Add(actor_, MemfdCreate{"m", 0});
  Add(actor_, FileTruncate{file, {kPage}});
  const Address map = NextMapping();
  Add(actor_, MapMap{.descriptor = file, .size = {kPage}});
  Add(actor_, FileStat{file});
  Add(actor_, SystemNextSecond{});
  switch (Below(3)) {
    case 0:
      Add(actor_, FileTruncate{file, {3 * kPage}});
      break;
    case 1:
      Add(actor_, FilePwrite{file, map, {8}, {0}});
      break;
    default:
      Add(actor_, MemoryStore{map, Width::k8, 1});
      Add(actor_, MapSync{map, {kPage}, kSyncSync});
  }
  return FileStat{file};
}

}  // namespace shmspec
