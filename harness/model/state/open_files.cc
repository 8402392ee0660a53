// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The parts of state.h about nodes, open files and descriptors.

#include <algorithm>

#include "harness/model/state/state.h"
#include "harness/vocabulary/value/check.h"

namespace shmspec::model {
namespace {

auto FindIn(auto& list, std::uint32_t serial) {
  return std::lower_bound(list.begin(), list.end(), serial,
                          [](const auto& one, std::uint32_t s) { return one.serial < s; });
}

template <class List>
auto& In(List& list, std::uint32_t serial) {
  const auto found = FindIn(list, serial);
  SHMSPEC_CHECK(found != list.end() && found->serial == serial,
                "the model lost a file that is still in use");
  return *found;
}

void DropFile(State& state, std::uint32_t serial) {
  OpenFile& file = OwnFile(state, serial);
  if (--file.references > 0) return;
  const std::uint32_t node = file.node;
  auto& files = state.files.Own();
  files.erase(FindIn(files, serial));
  DropNode(state, node);
}

/// A page of which a part becomes zero: whether it is there already.
struct EdgePage {
  std::uint64_t start = 0;
  std::uint64_t kept = 0;  // bytes before the range that becomes zero
  bool there = false;
  bool known = true;
};

EdgePage EdgeAt(const MemoryObject& object, std::uint64_t at, std::uint64_t page) {
  EdgePage edge{at / page * page, at % page, false, true};
  for (std::uint64_t part = edge.start; part < edge.start + page; part += kPageBytes) {
    edge.there = edge.there || object.IsTouched(part, 1);
  }
  edge.known = object.IsKnown(edge.start, page);
  return edge;
}

/// Zeroes a range; pages of which it covers a part stay if they were there.
void ZeroRange(MemoryObject& object, std::uint64_t offset, std::uint64_t size, std::uint64_t page) {
  const EdgePage edges[] = {EdgeAt(object, offset, page), EdgeAt(object, offset + size, page)};
  object.Zero(offset, size);
  for (const EdgePage& edge : edges) {
    if (edge.kept == 0) continue;
    if (edge.there) {
      object.Touch(edge.start, 1);
    } else if (!edge.known) {
      object.MakeUnknown(edge.start, edge.kept, 0);
    }
  }
}

}  // namespace

const Node& NodeOf(const State& state, std::uint32_t serial) { return In(*state.nodes, serial); }

Node& OwnNode(State& state, std::uint32_t serial) { return In(state.nodes.Own(), serial); }

void AddNode(State& state, const Node& node) {
  auto& nodes = state.nodes.Own();
  nodes.insert(FindIn(nodes, node.serial), node);
  OwnNode(state, node.serial).references = 1;
  AddObject(state, node.object, 0, 0);
}

void HoldNode(State& state, std::uint32_t serial) { ++OwnNode(state, serial).references; }

namespace {

/// The node goes when nothing refers to it any more.
void ReleaseNode(State& state, const Node& node) {
  if (node.references > 0 || node.links > 0) return;
  const std::uint64_t object = node.object;
  auto& nodes = state.nodes.Own();
  nodes.erase(FindIn(nodes, node.serial));
  DropObject(state, object);
}

}  // namespace

void DropNode(State& state, std::uint32_t serial) {
  Node& node = OwnNode(state, serial);
  --node.references;
  ReleaseNode(state, node);
}

void AddEntry(State& state, std::uint8_t file_system, const DirectoryEntry& entry) {
  auto& entries = state.file_systems[file_system].Own().entries;
  entries.insert(std::lower_bound(entries.begin(), entries.end(), entry,
                                  [](const DirectoryEntry& a, const DirectoryEntry& b) {
                                    return a.serial < b.serial;
                                  }),
                 entry);
  if (entry.node != 0) ++OwnNode(state, entry.node).links;
}

void RemoveEntry(State& state, std::uint8_t file_system, std::string_view name) {
  for (DirectoryEntry& entry : state.file_systems[file_system].Own().entries) {
    if (entry.removed || entry.name != name) continue;
    entry.removed = true;
    if (entry.node == 0) return;
    Node& node = OwnNode(state, entry.node);
    --node.links;
    ReleaseNode(state, node);
    return;
  }
}

void ForgetNode(State& state, std::uint32_t serial, std::uint32_t step) {
  Node& node = OwnNode(state, serial);
  node.unknown = true;
  MemoryObject& object = OwnObject(state, node.object);
  object.limit = MemoryObject::kEnd;
  object.vouched = 0;
  object.MakeUnknown(0, MemoryObject::kEnd, step);
}

void CutNode(State& state, std::uint32_t serial, std::uint64_t size, std::uint64_t page) {
  Node& node = OwnNode(state, serial);
  node.size = size;
  const std::uint64_t end = RoundUp(size, page);
  MemoryObject& object = OwnObject(state, node.object);
  ZeroRange(object, size, MemoryObject::kEnd - size, page);
  object.limit = object.vouched = end;
  std::vector<std::uint64_t> copies;
  for (const Process& process : state.processes) {
    for (const Mapping& mapping : process.space->mappings()) {
      if (mapping.IsPrivateNode() && mapping.node()->node == serial) {
        copies.push_back(mapping.object);
      }
    }
  }
  for (const std::uint64_t copy : copies) {
    OwnObject(state, copy).Zero(end, MemoryObject::kEnd - end);
  }
}

void PunchNode(State& state, std::uint32_t serial, std::uint64_t offset, std::uint64_t size,
               std::uint64_t page) {
  ZeroRange(OwnObject(state, NodeOf(state, serial).object), offset, size, page);
}

void GrowNode(State& state, std::uint32_t serial, std::uint64_t size, std::uint64_t page,
              std::uint32_t step, std::uint64_t written) {
  Node& node = OwnNode(state, serial);
  if (size <= node.size) return;
  const std::uint64_t known = std::max(written, node.size);
  const std::uint64_t tail = std::min({size, RoundUp(node.size, page), known}) - node.size;
  MemoryObject& object = OwnObject(state, node.object);
  std::vector<std::uint8_t> bytes(tail);
  object.Read(node.size, bytes);
  const bool zero = std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t b) { return b == 0; });
  if (!zero || !object.IsKnown(node.size, tail)) object.MakeUnknown(node.size, tail, step);
  object.limit = object.vouched = RoundUp(size, page);
  node.size = size;
}

const OpenFile* FindFile(const State& state, std::uint8_t process, std::int64_t number) {
  const Descriptor* descriptor = state.processes[process].descriptors->Find(number);
  return descriptor == nullptr ? nullptr : &In(*state.files, descriptor->file);
}

OpenFile& OwnFile(State& state, std::uint32_t serial) { return In(state.files.Own(), serial); }

void AddFile(State& state, const OpenFile& file) {
  auto& files = state.files.Own();
  files.insert(FindIn(files, file.serial), file);
  HoldNode(state, file.node);
}

void OpenDescriptor(State& state, std::uint8_t process, const Descriptor& descriptor) {
  // A number that the model took for open was closed without its knowledge.
  if (state.processes[process].descriptors->Find(descriptor.number) != nullptr) {
    CloseDescriptor(state, process, descriptor.number);
  }
  state.processes[process].descriptors.Own().Insert(descriptor);
  ++OwnFile(state, descriptor.file).references;
}

void CloseDescriptor(State& state, std::uint8_t process, std::int64_t number) {
  const Descriptor* descriptor = state.processes[process].descriptors->Find(number);
  if (descriptor == nullptr) return;
  const std::uint32_t file = descriptor->file;
  state.processes[process].descriptors.Own().Remove(number);
  DropFile(state, file);
}

void CloseDescriptors(State& state, std::uint8_t process, bool only_on_exec) {
  const CopyOnWrite<DescriptorTable> before = state.processes[process].descriptors;
  for (const Descriptor& descriptor : before->open()) {
    if (only_on_exec && !descriptor.closed_on_exec) continue;
    CloseDescriptor(state, process, descriptor.number);
  }
  if (!before->open().empty()) state.processes[process].descriptors.Own().ForgetFree();
}

void CopyDescriptors(State& state, std::uint8_t parent, std::uint8_t child) {
  const CopyOnWrite<DescriptorTable> table = state.processes[parent].descriptors;
  for (const Descriptor& descriptor : table->open()) {
    ++OwnFile(state, descriptor.file).references;
  }
  state.processes[child].descriptors = table;
}

void SendFile(State& state, std::uint32_t file) {
  ++OwnFile(state, file).references;
  state.in_flight.push_back(file);
}

void ReceiveFile(State& state, std::uint8_t process, std::int64_t number, bool closed_on_exec) {
  OpenDescriptor(state, process, {number, state.in_flight.front(), closed_on_exec});
  LoseFile(state);
}

void LoseFile(State& state) {
  const std::uint32_t file = state.in_flight.front();
  state.in_flight.erase(state.in_flight.begin());
  DropFile(state, file);
}

}  // namespace shmspec::model
