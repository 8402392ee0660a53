// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/model/footprint/footprint.h"

#include <algorithm>
#include <string>

#include "harness/model/file/directory.h"

namespace shmspec::model {
namespace {

using Kind = Footprint::Kind;

/// The widest single access, in bytes.
constexpr std::uint64_t kWidest = 64;

void AddSegment(const Scene& scene, std::int64_t id, Footprint& footprint) {
  footprint.Add(Kind::kSegment, static_cast<std::uint64_t>(id), scene.ipc_index());
}

void AddMapping(const Scene& scene, const Mapping& mapping, Footprint& footprint) {
  footprint.Add(Kind::kObject, mapping.object);
  if (mapping.node() == nullptr) return;
  const Node& node = NodeOf(scene.state(), mapping.node()->node);
  if (node.unknown || HasPageLimit(scene.state(), node)) return footprint.AddEverything();
  footprint.Add(Kind::kNode, node.serial);
  footprint.Add(Kind::kObject, node.object);
}

/// The bytes of a single access.
void AddAccess(const Scene& scene, std::uint64_t address, Footprint& footprint) {
  for (const Mapping& mapping : scene.space().mappings()) {
    const bool before = mapping.end <= address;
    const bool behind = mapping.start > address && mapping.start - address >= kWidest;
    if (!before && !behind) AddMapping(scene, mapping, footprint);
  }
}

/// All that a process has attached there: the mappings of one attach need not be neighbours.
void AddDetach(const Scene& scene, Footprint& footprint) {
  for (const Mapping& mapping : scene.space().mappings()) {
    if (mapping.attach() == nullptr) continue;
    const SegmentName name = mapping.attach()->segment;
    const Segment* segment = FindSegment(scene.state(), name);
    if (segment == nullptr || segment->id < 0) {
      footprint.AddEverything();
    } else {
      footprint.Add(Kind::kSegment, static_cast<std::uint64_t>(segment->id), name.ipc);
      footprint.Add(Kind::kObject, segment->object);
    }
  }
}

void AddNodeAndFile(const Scene& scene, std::int64_t descriptor, Footprint& footprint) {
  const OpenFile* file = FindFile(scene.state(), scene.process_index(), descriptor);
  if (file == nullptr) return;
  const Node& node = NodeOf(scene.state(), file->node);
  if (node.unknown || HasPageLimit(scene.state(), node)) return footprint.AddEverything();
  footprint.Add(Kind::kFile, file->serial);
  footprint.Add(Kind::kNode, node.serial);
  footprint.Add(Kind::kObject, node.object);
}

void AddName(const Scene& scene, const std::string& name, Footprint& footprint) {
  const FileSystem* system = ShmOf(scene);
  if (system == nullptr || KindOf(name, scene) != NameKind::kPlain || system->limited) {
    return footprint.AddEverything();
  }
  std::uint64_t hash = kHashBasis;
  for (const char letter : PlainName(name)) {
    hash = (hash ^ static_cast<unsigned char>(letter)) * kHashPrime;
  }
  footprint.Add(Kind::kName, hash, scene.shm_mount()->file_system);
  const DirectoryEntry* entry = system->Find(PlainName(name));
  if (entry == nullptr) return;
  if (entry->node == 0) return footprint.AddEverything();
  const Node& node = NodeOf(scene.state(), entry->node);
  footprint.Add(Kind::kNode, node.serial);
  footprint.Add(Kind::kObject, node.object);
}

/// Operations that are not named here can touch everything.
struct Marking {
  const Scene& scene;
  Footprint& footprint;

  template <class Op>
  void operator()(const Op&) const {
    footprint.AddEverything();
  }

  void operator()(const SysvStat&) const { Add<&SysvStat::segment>(); }
  void operator()(const SysvRemove&) const { Add<&SysvRemove::segment>(); }
  void operator()(const SysvSet&) const { Add<&SysvSet::segment>(); }
  void operator()(const SysvAttach&) const { Add<&SysvAttach::segment>(); }
  void operator()(const SysvDetach&) const { AddDetach(scene, footprint); }

  void operator()(const MemoryLoad&) const { Access<&MemoryLoad::at>(); }
  void operator()(const MemoryStore&) const { Access<&MemoryStore::at>(); }
  void operator()(const MemoryExchange&) const { Access<&MemoryExchange::at>(); }
  void operator()(const MemoryCompareExchange&) const { Access<&MemoryCompareExchange::at>(); }
  void operator()(const MemoryFetchAdd&) const { Access<&MemoryFetchAdd::at>(); }

  void operator()(const FileStat&) const { File<&FileStat::descriptor>(); }
  void operator()(const FileTruncate&) const { File<&FileTruncate::descriptor>(); }
  void operator()(const FileChmod&) const { File<&FileChmod::descriptor>(); }
  void operator()(const MemfdAddSeals&) const { File<&MemfdAddSeals::descriptor>(); }
  void operator()(const MemfdGetSeals&) const { File<&MemfdGetSeals::descriptor>(); }

  void operator()(const PosixOpen& op) const { AddName(scene, op.name, footprint); }
  void operator()(const PosixUnlink& op) const { AddName(scene, op.name, footprint); }

  template <auto kSegment>
  void Add() const {
    AddSegment(scene, scene.NumberOf<kSegment>(), footprint);
  }
  template <auto kAddress>
  void Access() const {
    AddAccess(scene, scene.AddressOf<kAddress>(), footprint);
  }
  template <auto kDescriptor>
  void File() const {
    AddNodeAndFile(scene, scene.NumberOf<kDescriptor>(), footprint);
  }
};

}  // namespace

void Footprint::Add(Kind kind, std::uint64_t which, std::uint64_t within) {
  const auto number = static_cast<std::uint64_t>(kind);
  const std::uint64_t part = ((which * kHashPrime + within) * kHashPrime + number) * kHashPrime;
  if (std::find(parts_.begin(), parts_.end(), part) == parts_.end()) parts_.push_back(part);
}

bool Footprint::Meets(const Footprint& other) const {
  if (everything_ || other.everything_) return true;
  return std::any_of(parts_.begin(), parts_.end(), [&](std::uint64_t part) {
    return std::find(other.parts_.begin(), other.parts_.end(), part) != other.parts_.end();
  });
}

void AddFootprint(const Scene& scene, Footprint& footprint) {
  if (footprint.everything()) return;
  if (scene.task().life != Life::kAlive) return footprint.AddEverything();
  footprint.Add(Kind::kProcess, scene.process_index());
  std::visit(Marking{scene, footprint}, *scene.call().operation);
}

namespace {

template <class... Ops>
bool IsAmong(const Operation& operation) {
  return (std::holds_alternative<Ops>(operation) || ...);
}

}  // namespace

bool ChangesNothing(const Operation& operation, const Outcome& outcome) {
  const bool looks =
      IsAmong<SysvStat, SysvStatIndex, SysvStatAny, SysvInfo, SysvShmInfo, MemoryLoad,
              MemoryChecksum, MapShow, MapLayout, FileStat, MemfdGetSeals, SystemSegments>(
          operation);
  // Other failures may come after a part was done.
  const bool whole_or_not =
      IsAmong<SysvGet, SysvRemove, SysvSet, SysvAttach, SysvDetach, MemoryStore, MemoryExchange,
              MemoryCompareExchange, MemoryFetchAdd, MapUnmap, FileTruncate, FileChmod,
              MemfdAddSeals, PosixOpen, PosixUnlink>(operation);
  return looks || (whole_or_not && !Succeeded(outcome));
}

}  // namespace shmspec::model
