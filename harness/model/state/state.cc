// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/model/state/state.h"

#include <algorithm>

#include "harness/vocabulary/value/check.h"

namespace shmspec::model {
namespace {

auto FindObjectIn(auto& objects, std::uint64_t serial) {
  return std::lower_bound(objects.begin(), objects.end(), serial,
                          [](const Object& o, std::uint64_t s) { return o.serial < s; });
}

class Mixer {
 public:
  template <class... Numbers>
  void Add(Numbers... numbers) {
    ((digest_ = (digest_ ^ static_cast<std::uint64_t>(numbers)) * kHashPrime,
      digest_ ^= digest_ >> 29),
     ...);
  }
  std::uint64_t digest() const { return digest_; }

 private:
  std::uint64_t digest_ = kHashBasis;
};

void Mix(Mixer& mixer, const Segment& s) {
  mixer.Add(s.serial, s.id, s.key, s.key_known, s.object, s.mode, s.dest, s.dest_known, s.may_stay,
            s.locked);
  mixer.Add(s.uid, s.gid, s.cpid, s.lpid, s.nattch, s.nattch_doubt, s.creator, s.lock_user);
  mixer.Add(s.atime.low, s.atime.high, s.dtime.low, s.dtime.high, s.ctime.low, s.ctime.high);
}

void Mix(Mixer& mixer, const IpcNamespace& ipc) {
  mixer.Add(ipc.pages, ipc.next_id, ipc.next_id_known, ipc.next_id_used, ipc.rmid_forced,
            ipc.shmmax, ipc.shmall, ipc.shmmni);
  for (const IpcObject& other : ipc.objects) {
    mixer.Add(other.kind, other.id, other.key, other.key_known);
  }
  for (const Segment& segment : ipc.segments) Mix(mixer, segment);
  for (const std::int64_t id : ipc.stale) mixer.Add(id);
}

void Mix(Mixer& mixer, const AddressSpace& space) {
  mixer.Add(space.locks_new, space.locks_more);
  for (const Mapping& m : space.mappings()) {
    mixer.Add(m.start, m.end, m.object, m.offset, m.protection, m.max_protection, m.sealed,
              m.skipped_by_fork, m.locked, m.on_fault, m.wiped_by_fork, m.backing.index());
    if (const AttachBacking* attach = m.attach()) mixer.Add(attach->segment.serial, attach->number);
    if (const NodeBacking* node = m.node()) mixer.Add(node->node, node->shared, node->by_writer);
  }
}

void Mix(Mixer& mixer, const Credentials& c) {
  mixer.Add(c.uid, c.real_uid, c.saved_uid, c.file_uid, c.gid, c.real_gid, c.saved_gid, c.file_gid);
  mixer.Add(c.caps, c.permitted, c.ambient, c.user_namespace, c.groups.size());
}

void Mix(Mixer& mixer, const DescriptorTable& table) {
  for (const Descriptor& descriptor : table.open()) {
    mixer.Add(descriptor.number, descriptor.file, descriptor.closed_on_exec);
  }
}

void Mix(Mixer& mixer, const SegmentObjects& objects) {
  mixer.Add(objects.opened, objects.attached, objects.open.size());
}

/// What several states may share.
template <class T>
void Mix(Mixer& mixer, const CopyOnWrite<T>& shared) {
  mixer.Add(shared.DigestBy([](const T& value) {
    Mixer own;
    Mix(own, value);
    return own.digest();
  }));
}

void Mix(Mixer& mixer, const Task& task) {
  mixer.Add(task.life, task.process, task.ipc, task.mounts, task.held_listing, task.how, task.code,
            task.realtime);
  Mix(mixer, task.credentials);
}

void Mix(Mixer& mixer, const Process& process) {
  mixer.Add(process.under_way, process.memlock, process.as, process.umask, process.descriptor_limit,
            process.leads_pids, process.first_child, process.pids, process.child_pids);
  Mix(mixer, process.space);
  Mix(mixer, process.descriptors);
  Mix(mixer, process.objects);
}

void Mix(Mixer& mixer, const MemoryObject& object) { mixer.Add(object.Digest()); }

void Mix(Mixer& mixer, const Object& object) {
  mixer.Add(object.serial);
  Mix(mixer, object.memory);
}

void Mix(Mixer& mixer, const Node& node) {
  mixer.Add(node.serial, node.object, node.size, node.mode, node.mode_known, node.uid, node.gid,
            node.seals, node.anonymous, node.huge, node.unknown, node.references, node.links,
            node.file_system, node.changed_s, node.stored_s, node.acl.there, node.acl.user,
            node.acl.user_bits, node.acl.named_group, node.acl.named_group_bits, node.acl.group);
}

void Mix(Mixer& mixer, const OpenFile& file) {
  mixer.Add(file.serial, file.node, file.reads, file.writes, file.appends, file.offset,
            file.references, file.entry, file.mount);
}

void Mix(Mixer& mixer, const FileSystem& system) {
  mixer.Add(system.limited, system.pages, system.inodes, system.read_only, system.names_known,
            system.mode, system.uid, system.gid, system.default_acl.there, system.default_acl.mode);
  for (const DirectoryEntry& entry : system.entries) {
    mixer.Add(entry.serial, entry.node, entry.removed);
  }
}

void Mix(Mixer& mixer, const Mount& mount) { mixer.Add(mount.file_system, mount.noexec); }

void Mix(Mixer& mixer, const MountNamespace& mounted) {
  mixer.Add(mounted.inode, mounted.hidden);
  for (const std::uint8_t mount : mounted.mounts) mixer.Add(mount);
}

void Mix(Mixer& mixer, const PidNamespace& pids) { mixer.Add(pids.parent, pids.noexec); }

void Mix(Mixer& mixer, const NamedSegment& segment) { mixer.Add(segment.node, segment.certain); }

void Mix(Mixer& mixer, const NameHistory& history) {
  mixer.Add(history.removed, history.half_made, history.refused, history.not_opened,
            history.not_attached, history.creator_ended, history.user_ended);
}

void Mix(Mixer& mixer, const KnownKey& known) { mixer.Add(known.project, known.key); }

void Mix(Mixer& mixer, const SyncObject& one) {
  mixer.Add(one.place.object, one.place.offset, one.place.own, one.kind, one.hold, one.owner,
            one.type, one.protocol, one.robust, one.bare, one.ceiling, one.address, one.count,
            one.waiting, one.released, one.signals, one.gone, one.broken);
  for (const std::uint8_t reads : one.reads) mixer.Add(reads);
}

void Mix(Mixer& mixer, const FutexQueue& queue) {
  mixer.Add(queue.place.object, queue.place.offset, queue.place.own, queue.waiting, queue.awake,
            queue.candidates, queue.woken, queue.unsure);
  for (const std::uint32_t mask : queue.masks) mixer.Add(mask);
}

void Mix(Mixer& mixer, const OpenSemaphore& one) {
  mixer.Add(one.process, one.entry, one.address, one.count);
}

}  // namespace

std::uint64_t Digest(const State& state) {
  Mixer mixer;
  const auto add_each = [&](const auto& shared) {
    mixer.Add(shared.DigestBy([](const auto& parts) {
      Mixer of_parts;
      for (const auto& part : parts) Mix(of_parts, part);
      return of_parts.digest();
    }));
  };
  add_each(state.namespaces);
  add_each(state.objects);
  add_each(state.nodes);
  add_each(state.files);
  add_each(state.file_systems);
  add_each(state.mounts);
  add_each(state.mount_namespaces);
  add_each(state.pid_namespaces);
  add_each(state.named_segments);
  add_each(state.name_histories);
  add_each(state.keys);
  add_each(state.syncs);
  add_each(state.futexes);
  add_each(state.semaphores);
  for (const std::uint32_t file : state.in_flight) mixer.Add(file);
  for (const Pin& pin : state.pins) mixer.Add(pin.actor, pin.node, pin.certain, pin.shared);
  for (const Task& task : state.tasks) Mix(mixer, task);
  for (const Process& process : state.processes) Mix(mixer, process);
  for (const Tombstone& tombstone : state.tombstones) mixer.Add(tombstone.id, tombstone.calls);
  for (const Trial& trial : state.trials) mixer.Add(trial.object, trial.offset, trial.runs.size());
  return mixer.digest();
}

const Segment* FindById(const IpcNamespace& ipc, std::int64_t id) {
  for (const Segment& segment : ipc.segments) {
    if (segment.id == id && id >= 0) return &segment;
  }
  return nullptr;
}

const Segment* FindByKey(const IpcNamespace& ipc, std::int32_t key) {
  if (key == 0) return nullptr;
  for (const Segment& segment : ipc.segments) {
    if (segment.key == key && segment.key_known) return &segment;
  }
  return nullptr;
}

const Segment* FindSegment(const State& state, SegmentName name) {
  const auto& segments = state.namespaces[name.ipc]->segments;
  const auto found =
      std::lower_bound(segments.begin(), segments.end(), name.serial,
                       [](const Segment& s, std::uint32_t serial) { return s.serial < serial; });
  return found != segments.end() && found->serial == name.serial ? &*found : nullptr;
}

Segment& OwnSegment(State& state, SegmentName name) {
  auto& segments = state.namespaces[name.ipc].Own().segments;
  const auto found =
      std::lower_bound(segments.begin(), segments.end(), name.serial,
                       [](const Segment& s, std::uint32_t serial) { return s.serial < serial; });
  SHMSPEC_CHECK(found != segments.end() && found->serial == name.serial,
                "the model lost a segment that is still in use");
  return *found;
}

const MemoryObject& ObjectOf(const State& state, std::uint64_t serial) {
  const auto found = FindObjectIn(state.objects, serial);
  SHMSPEC_CHECK(found != state.objects.end() && found->serial == serial,
                "the model lost a memory object that is still in use");
  return *found->memory;
}

MemoryObject& OwnObject(State& state, std::uint64_t serial) {
  const auto found = FindObjectIn(state.objects, serial);
  SHMSPEC_CHECK(found != state.objects.end() && found->serial == serial,
                "the model lost a memory object that is still in use");
  return found->memory.Own();
}

void AddObject(State& state, std::uint64_t serial, std::uint64_t vouched, std::uint64_t limit) {
  MemoryObject object;
  object.vouched = vouched;
  object.limit = limit;
  object.references = 1;
  auto& objects = state.objects.Own();
  objects.insert(FindObjectIn(objects, serial),
                 Object{serial, CopyOnWrite<MemoryObject>(std::move(object))});
}

std::int64_t NoexecIn(const State& state, std::uint8_t pids) {
  std::int64_t noexec = state.pid_namespaces[pids].noexec;
  for (; pids != 0; pids = state.pid_namespaces[pids].parent) {
    noexec = std::max(noexec, state.pid_namespaces[state.pid_namespaces[pids].parent].noexec);
  }
  return noexec;
}

std::uint8_t AddPidNamespace(State& state, std::uint8_t parent) {
  state.pid_namespaces.push_back({parent, NoexecIn(state, parent)});
  return static_cast<std::uint8_t>(state.pid_namespaces.size() - 1);
}

void ClosePins(State& state, std::uint8_t actor) {
  std::erase_if(state.pins, [&](const Pin& pin) { return pin.actor == actor && !pin.shared; });
  for (Pin& pin : state.pins) {
    if (pin.actor == actor) pin.certain = false;
  }
}

void HoldObject(State& state, std::uint64_t serial) { ++OwnObject(state, serial).references; }

void DropObject(State& state, std::uint64_t serial) {
  if (--OwnObject(state, serial).references > 0) return;
  auto& objects = state.objects.Own();
  objects.erase(FindObjectIn(objects, serial));
}

}  // namespace shmspec::model
