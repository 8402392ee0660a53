// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/faulty/fault_table.h"

#include <algorithm>

namespace shmspec {
namespace {

template <class T>
void Restore(T& now, const T& disguised, const T& real) {
  if (now == disguised) now = real;
}

void RestoreNamespace(const model::IpcNamespace& real, const model::IpcNamespace& disguised,
                      model::IpcNamespace& now) {
  Restore(now.shmmax, disguised.shmmax, real.shmmax);
  Restore(now.shmall, disguised.shmall, real.shmall);
  Restore(now.shmmni, disguised.shmmni, real.shmmni);
  Restore(now.rmid_forced, disguised.rmid_forced, real.rmid_forced);
  Restore(now.next_id, disguised.next_id, real.next_id);
}

void RestoreFiles(const model::State& real, const model::State& disguised, model::State& after) {
  for (const model::Node& node : *real.nodes) {
    const auto same = [&](const model::Node& other) { return other.serial == node.serial; };
    if (std::none_of(after.nodes->begin(), after.nodes->end(), same)) continue;
    const model::Node& shown = NodeOf(disguised, node.serial);
    if (shown == node) continue;
    model::Node& now = OwnNode(after, node.serial);
    now.seals |= node.seals & ~shown.seals;
    Restore(now.uid, shown.uid, node.uid);
    Restore(now.mode, shown.mode, node.mode);
    Restore(now.acl, shown.acl, node.acl);
  }
  for (const model::OpenFile& file : *real.files) {
    const auto same = [&](const model::OpenFile& other) { return other.serial == file.serial; };
    if (std::none_of(after.files->begin(), after.files->end(), same)) continue;
    model::OpenFile& now = OwnFile(after, file.serial);
    now.reads = file.reads;
    now.writes = file.writes;
  }
}

void RestoreMounts(const model::State& real, const model::State& disguised, model::State& after) {
  for (std::size_t i = 0; i < real.file_systems.size(); ++i) {
    if (real.file_systems[i] == disguised.file_systems[i]) continue;
    const model::FileSystem& system = *real.file_systems[i];
    const model::FileSystem& shown = *disguised.file_systems[i];
    model::FileSystem& now = after.file_systems[i].Own();
    Restore(now.pages, shown.pages, system.pages);
    Restore(now.inodes, shown.inodes, system.inodes);
    Restore(now.read_only, shown.read_only, system.read_only);
    Restore(now.mode, shown.mode, system.mode);
    Restore(now.uid, shown.uid, system.uid);
  }
  for (std::size_t i = 0; i < real.mounts.size(); ++i) {
    Restore(after.mounts[i].noexec, disguised.mounts[i].noexec, real.mounts[i].noexec);
  }
  for (std::size_t i = 0; i < real.mount_namespaces.size(); ++i) {
    Restore(after.mount_namespaces[i].hidden, disguised.mount_namespaces[i].hidden,
            real.mount_namespaces[i].hidden);
  }
}

}  // namespace

void Undisguise(const model::State& real, const model::State& disguised, model::State& after) {
  for (std::size_t i = 0; i < real.tasks.size(); ++i) {
    Restore(after.tasks[i].credentials, disguised.tasks[i].credentials, real.tasks[i].credentials);
  }
  for (std::size_t i = 0; i < real.processes.size(); ++i) {
    Restore(after.processes[i].memlock, disguised.processes[i].memlock, real.processes[i].memlock);
    Restore(after.processes[i].as, disguised.processes[i].as, real.processes[i].as);
  }
  for (std::size_t i = 0; i < real.namespaces.size(); ++i) {
    if (real.namespaces[i] == disguised.namespaces[i]) continue;
    RestoreNamespace(*real.namespaces[i], *disguised.namespaces[i], after.namespaces[i].Own());
  }
  for (std::size_t i = 0; i < real.pid_namespaces.size(); ++i) {
    Restore(after.pid_namespaces[i].noexec, disguised.pid_namespaces[i].noexec,
            real.pid_namespaces[i].noexec);
  }
  RestoreFiles(real, disguised, after);
  RestoreMounts(real, disguised, after);
  ForEachSegment(after, [&](model::SegmentName name, model::Segment& segment) {
    if (name.ipc >= real.namespaces.size()) return;
    const model::Segment* old = FindSegment(real, name);
    const model::Segment* shown = FindSegment(disguised, name);
    if (old == nullptr || shown == nullptr) return;
    Restore(segment.uid, shown->uid, old->uid);
    Restore(segment.gid, shown->gid, old->gid);
    Restore(segment.cuid, shown->cuid, old->cuid);
    Restore(segment.cgid, shown->cgid, old->cgid);
    Restore(segment.mode, shown->mode, old->mode);
  });
}

std::uint8_t ProcessOf(const model::State& state, const model::Call& call) {
  return state.tasks[call.actor].process;
}

const model::Credentials& CredentialsOf(const model::State& state, const model::Call& call) {
  return *state.tasks[call.actor].credentials;
}

model::Credentials& OwnCredentials(model::State& state, const model::Call& call) {
  return state.tasks[call.actor].credentials.Own();
}

const model::IpcNamespace& NamespaceOf(const model::State& state, const model::Call& call) {
  return *state.namespaces[state.tasks[call.actor].ipc];
}

model::IpcNamespace& OwnNamespace(model::State& state, const model::Call& call) {
  return state.namespaces[state.tasks[call.actor].ipc].Own();
}

const model::Segment* ById(const model::State& state, const model::Call& call) {
  return FindById(NamespaceOf(state, call), call.references[0]);
}

model::Segment* OwnById(model::State& state, const model::Call& call) {
  const model::Segment* found = ById(state, call);
  if (found == nullptr) return nullptr;
  return &OwnSegment(state, {state.tasks[call.actor].ipc, found->serial});
}

const model::Segment* ByKey(const model::State& state, const model::Call& call) {
  return FindByKey(NamespaceOf(state, call), static_cast<std::int32_t>(call.references[0]));
}

model::Segment* Created(const Aftermath& a) {
  if (!IsOneOf<SysvGet, SystemIpcmk>(a.call)) return nullptr;
  const model::SegmentName name{a.after.tasks[a.call.actor].ipc, a.call.step + 1};
  if (FindSegment(a.after, name) == nullptr || FindSegment(a.before, name) != nullptr) {
    return nullptr;
  }
  return &OwnSegment(a.after, name);
}

const model::Segment* Before(const Aftermath& a, model::SegmentName name) {
  return name.ipc < a.before.namespaces.size() ? FindSegment(a.before, name) : nullptr;
}

SegmentRecord* RecordOf(const Aftermath& a) { return std::get_if<SegmentRecord>(&a.outcome); }

const model::Segment* RecordedSegment(const Aftermath& a) {
  const SegmentRecord* record = RecordOf(a);
  if (record == nullptr) return nullptr;
  const bool by_id = IsOneOf<SysvStat>(a.call);
  return FindById(NamespaceOf(a.before, a.call), by_id ? a.call.references[0] : record->returned);
}

model::Mapping* Attached(const Aftermath& a) {
  const auto* value = std::get_if<Value>(&a.outcome);
  if (!IsOneOf<SysvAttach>(a.call) || value == nullptr) return nullptr;
  model::AddressSpace& space = a.after.processes[ProcessOf(a.after, a.call)].space.Own();
  const auto address = static_cast<std::uint64_t>(value->number);
  for (std::size_t i = 0; i < space.mappings().size(); ++i) {
    if (space.mappings()[i].start == address) return &space.at(i);
  }
  return nullptr;
}

const model::OpenFile* FileNamed(const model::State& state, const model::Call& call) {
  return FindFile(state, ProcessOf(state, call), call.references[0]);
}

const model::Node* NodeNamed(const model::State& state, const model::Call& call) {
  const model::OpenFile* file = FileNamed(state, call);
  return file == nullptr ? nullptr : &NodeOf(state, file->node);
}

model::Node* OwnNodeNamed(model::State& state, const model::Call& call) {
  const model::OpenFile* file = FileNamed(state, call);
  return file == nullptr ? nullptr : &OwnNode(state, file->node);
}

model::Node* MadeNode(const Aftermath& a) {
  if (!IsOneOf<MemfdCreate>(a.call) || !a.Succeeded()) return nullptr;
  return &OwnNode(a.after, a.call.step + 1);
}

std::size_t IndexOfMapped(const Aftermath& a) {
  const auto& mappings = a.after.processes[ProcessOf(a.after, a.call)].space->mappings();
  const auto* value = std::get_if<Value>(&a.outcome);
  if (!IsOneOf<MapMap>(a.call) || value == nullptr) return mappings.size();
  const auto found = std::find_if(mappings.begin(), mappings.end(), [&](const auto& mapping) {
    return mapping.start == static_cast<std::uint64_t>(value->number);
  });
  return static_cast<std::size_t>(found - mappings.begin());
}

model::Mapping* Mapped(const Aftermath& a) {
  const std::size_t index = IndexOfMapped(a);
  const std::uint8_t process = ProcessOf(a.after, a.call);
  if (index >= a.after.processes[process].space->mappings().size()) return nullptr;
  return &a.after.processes[process].space.Own().at(index);
}

void Disown(model::State& state, std::uint8_t process, std::size_t index) {
  model::Mapping& mapping = state.processes[process].space.Own().at(index);
  if (!mapping.IsAttach()) return;
  --OwnSegment(state, mapping.attach()->segment).nattch;
  mapping.backing = model::NoBacking{};
}

void GiveOwnCopy(const Aftermath& a, std::uint8_t process, std::size_t index) {
  model::Mapping& mapping = a.after.processes[process].space.Own().at(index);
  const std::uint64_t serial = (std::uint64_t{1} << 56) | (std::uint64_t{a.call.step} << 24) |
                               (std::uint64_t{process} << 16) | index;
  model::MemoryObject copy = ObjectOf(a.after, mapping.object);
  AddObject(a.after, serial, copy.vouched, copy.limit);
  copy.references = 1;
  OwnObject(a.after, serial) = std::move(copy);
  DropObject(a.after, mapping.object);
  mapping.object = serial;
}

void UnmapAttaches(model::State& state, const model::Call& call, std::uint8_t process,
                   const model::SegmentName* only) {
  const model::Cause cause{model::FindProfile("linux"), model::OnlyProcess(process), call.when, 0};
  std::size_t i = 0;
  while (i < state.processes[process].space->mappings().size()) {
    const model::Mapping mapping = state.processes[process].space->mappings()[i];
    const model::AttachBacking* attach = mapping.attach();
    if (attach != nullptr && (only == nullptr || *only == attach->segment)) {
      UnmapRange(state, cause, process, mapping.start, mapping.end);
    } else {
      ++i;
    }
  }
}

}  // namespace shmspec
