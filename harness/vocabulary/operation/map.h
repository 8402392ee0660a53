// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Mappings around the attaches.

#ifndef SHMSPEC_HARNESS_VOCABULARY_OPERATION_MAP_H_
#define SHMSPEC_HARNESS_VOCABULARY_OPERATION_MAP_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/vocabulary/operation/role.h"
#include "harness/vocabulary/value/field.h"
#include "harness/vocabulary/value/file_value.h"
#include "harness/vocabulary/value/value.h"

namespace shmspec {

/// mmap(2) of inaccessible anonymous memory, at a multiple of SHMLBA: a place in which attaches can
/// be overrun safely. Assigns a mapping handle.
struct MapReserve {
  static constexpr std::string_view kName = "map.reserve";
  static constexpr Role kRole = Role::kNeighbour;
  static constexpr HandleKind kAssigns = HandleKind::kMapping;
  Size size{65536};
  static constexpr auto kFields = Fields(Field{"size", &MapReserve::size});
  friend bool operator==(const MapReserve&, const MapReserve&) = default;
};

/// mmap(2) of private anonymous memory, readable and writable; `at` other than null means
/// MAP_FIXED. Assigns a mapping handle.
struct MapPrivate {
  static constexpr std::string_view kName = "map.private";
  static constexpr Role kRole = Role::kNeighbour;
  static constexpr HandleKind kAssigns = HandleKind::kMapping;
  Size size{kDefaultSize};
  Address at;
  static constexpr auto kFields =
      Fields(Field{"size", &MapPrivate::size}, Field{"at", &MapPrivate::at});
  friend bool operator==(const MapPrivate&, const MapPrivate&) = default;
};

/// munmap(2).
struct MapUnmap {
  static constexpr std::string_view kName = "map.unmap";
  static constexpr bool kInPhases = true;
  static constexpr Role kRole = Role::kNeighbour;
  Address at;
  Size size{kDefaultSize};
  static constexpr auto kFields =
      Fields(Field{"at", &MapUnmap::at}, Field{"size", &MapUnmap::size});
  friend bool operator==(const MapUnmap&, const MapUnmap&) = default;
};

/// mprotect(2).
struct MapProtect {
  static constexpr std::string_view kName = "map.protect";
  static constexpr Role kRole = Role::kNeighbour;
  static constexpr bool kInPhases = true;
  Address at;
  Size size{kDefaultSize};
  Protection protection;
  static constexpr auto kFields =
      Fields(Field{"at", &MapProtect::at}, Field{"size", &MapProtect::size},
             Field{"protection", &MapProtect::protection});
  friend bool operator==(const MapProtect&, const MapProtect&) = default;
};

/// mremap(2) with MREMAP_MAYMOVE; `to` other than null means MREMAP_FIXED. Assigns a mapping
/// handle.
struct MapRemap {
  static constexpr std::string_view kName = "map.remap";
  static constexpr Role kRole = Role::kNeighbour;
  static constexpr HandleKind kAssigns = HandleKind::kMapping;
  static constexpr bool kInPhases = true;
  Address at;
  Size size{kDefaultSize};
  Size new_size{kDefaultSize};
  Address to;
  static constexpr auto kFields =
      Fields(Field{"at", &MapRemap::at}, Field{"size", &MapRemap::size},
             Field{"new_size", &MapRemap::new_size}, Field{"to", &MapRemap::to});
  friend bool operator==(const MapRemap&, const MapRemap&) = default;
};

/// madvise(2).
struct MapAdvise {
  static constexpr std::string_view kName = "map.advise";
  static constexpr Role kRole = Role::kNeighbour;
  Address at;
  Size size{kDefaultSize};
  Advice advice = Advice::kDontNeed;
  static constexpr auto kFields =
      Fields(Field{"at", &MapAdvise::at}, Field{"size", &MapAdvise::size},
             Field{"advice", &MapAdvise::advice});
  friend bool operator==(const MapAdvise&, const MapAdvise&) = default;
};

/// mseal(2): from then on nothing may change or unmap the range.
struct MapSeal {
  static constexpr std::string_view kName = "map.seal";
  static constexpr Role kRole = Role::kNeighbour;
  Address at;
  Size size{kDefaultSize};
  static constexpr auto kFields = Fields(Field{"at", &MapSeal::at}, Field{"size", &MapSeal::size});
  friend bool operator==(const MapSeal&, const MapSeal&) = default;
};

/// Opens the entry of exactly this range in /proc/self/map_files; the outcome is 0.
struct MapReopen {
  static constexpr std::string_view kName = "map.reopen";
  static constexpr Role kRole = Role::kNeighbour;
  Address at;
  Size size{kDefaultSize};
  static constexpr auto kFields =
      Fields(Field{"at", &MapReopen::at}, Field{"size", &MapReopen::size});
  friend bool operator==(const MapReopen&, const MapReopen&) = default;
};

/// The System V mappings of this process as /proc/self/maps lists them: a MappingTable.
struct MapLayout {
  static constexpr std::string_view kName = "map.layout";
  static constexpr Role kRole = Role::kNeighbour;
  static constexpr auto kFields = Fields();
  friend bool operator==(const MapLayout&, const MapLayout&) = default;
};

/// The line of /proc/self/maps with this address: a MappingTable of one row, or of none.
struct MapShow {
  static constexpr std::string_view kName = "map.show";
  static constexpr Role kRole = Role::kNeighbour;
  Address at;
  static constexpr auto kFields = Fields(Field{"at", &MapShow::at});
  friend bool operator==(const MapShow&, const MapShow&) = default;
};

/// mmap(2). Without an address the system picks one; `at` other than null is binding with the flag
/// fixed or fixed_noreplace, otherwise a wish. Assigns a mapping handle.
struct MapMap {
  static constexpr std::string_view kName = "map.map";
  static constexpr HandleKind kAssigns = HandleKind::kMapping;
  DescriptorRef descriptor{{std::nullopt, -1}};
  Size size{kDefaultSize};
  Size offset;
  Protection protection{3};
  MapFlags flags{kMapShared};
  Address at;
  static constexpr auto kFields =
      Fields(Field{"descriptor", &MapMap::descriptor}, Field{"size", &MapMap::size},
             Field{"offset", &MapMap::offset}, Field{"protection", &MapMap::protection},
             Field{"flags", &MapMap::flags}, Field{"at", &MapMap::at});
  friend bool operator==(const MapMap&, const MapMap&) = default;
};

/// msync(2).
struct MapSync {
  static constexpr std::string_view kName = "map.sync";
  static constexpr Role kRole = Role::kNeighbour;
  Address at;
  Size size{kDefaultSize};
  SyncFlags flags{kSyncSync};
  static constexpr auto kFields = Fields(Field{"at", &MapSync::at}, Field{"size", &MapSync::size},
                                         Field{"flags", &MapSync::flags});
  friend bool operator==(const MapSync&, const MapSync&) = default;
};

/// mlock(2).
struct MapLock {
  static constexpr std::string_view kName = "map.lock";
  static constexpr Role kRole = Role::kNeighbour;
  Address at;
  Size size{kDefaultSize};
  static constexpr auto kFields = Fields(Field{"at", &MapLock::at}, Field{"size", &MapLock::size});
  friend bool operator==(const MapLock&, const MapLock&) = default;
};

/// munlock(2).
struct MapUnlock {
  static constexpr std::string_view kName = "map.unlock";
  static constexpr Role kRole = Role::kNeighbour;
  Address at;
  Size size{kDefaultSize};
  static constexpr auto kFields =
      Fields(Field{"at", &MapUnlock::at}, Field{"size", &MapUnlock::size});
  friend bool operator==(const MapUnlock&, const MapUnlock&) = default;
};

/// mlockall(2).
struct MapLockAll {
  static constexpr std::string_view kName = "map.lock_all";
  static constexpr Role kRole = Role::kNeighbour;
  LockFlags flags{kLockCurrent};
  static constexpr auto kFields = Fields(Field{"flags", &MapLockAll::flags});
  friend bool operator==(const MapLockAll&, const MapLockAll&) = default;
};

/// munlockall(2).
struct MapUnlockAll {
  static constexpr std::string_view kName = "map.unlock_all";
  static constexpr Role kRole = Role::kNeighbour;
  static constexpr auto kFields = Fields();
  friend bool operator==(const MapUnlockAll&, const MapUnlockAll&) = default;
};

}  // namespace shmspec

/// Every operation of this header, for lists of all operations.
// clang-format off
#define SHMSPEC_MAP_OPERATIONS(X) \
  X(MapReserve) X(MapPrivate) X(MapUnmap) X(MapProtect) X(MapRemap) X(MapAdvise) X(MapLayout) \
  X(MapSeal) X(MapReopen) X(MapShow) X(MapMap) X(MapSync) X(MapLock) X(MapUnlock) \
  X(MapLockAll) X(MapUnlockAll)
// clang-format on

#endif  // SHMSPEC_HARNESS_VOCABULARY_OPERATION_MAP_H_
