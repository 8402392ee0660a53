// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/faulty/library_state.h"

#include <algorithm>

namespace shmspec {

std::string NameIn(const model::Call& call) {
  return std::visit(
      []<class Op>(const Op& op) -> std::string {
        if constexpr (kFamilyOf<Op> == Family::kSegment && requires { op.name; }) return op.name;
        return "";
      },
      static_cast<const OperationVariant&>(*call.operation));
}

model::NamedSegment* MadeSegment(const Aftermath& a) {
  if (!IsOneOf<SegmentCreate, SegmentOpenOrCreate>(a.call) || !a.Succeeded()) return nullptr;
  const model::NamedSegment* named = FindNamed(a.after, NameIn(a.call));
  if (named == nullptr || named->node != a.call.step + 1) return nullptr;
  const auto index = named - a.after.named_segments->data();
  return &a.after.named_segments.Own()[static_cast<std::size_t>(index)];
}

std::uint32_t AddLibraryNode(const Aftermath& a, std::uint64_t size) {
  const std::uint32_t serial = a.call.step + 1;
  model::Node node{.serial = serial, .object = std::uint64_t{serial} << 8};
  node.uid = CredentialsOf(a.before, a.call).file_uid;
  node.gid = CredentialsOf(a.before, a.call).file_gid;
  node.of_library = true;
  AddNode(a.after, node);
  GrowNode(a.after, serial, size, 4096, a.call.step);
  return serial;
}

void AddSegment(const Aftermath& a, const std::string& name) {
  const std::uint32_t node = AddLibraryNode(a, 4096);
  AddNamed(a.after, {.name = name, .node = node, .sure_mode = 0600, .most_mode = 0600});
  DropNode(a.after, node);
}

void OpenAnyway(const Aftermath& a) {
  const model::NamedSegment* named = FindNamed(a.after, NameIn(a.call));
  const std::uint8_t process = ProcessOf(a.after, a.call);
  const std::int64_t number = a.after.processes[process].objects->opened;
  OpenObject(a.after, process, {number, named != nullptr ? named->node : 0});
  a.outcome = Value{number};
}

bool HasNode(const model::State& state, std::uint32_t serial) {
  return std::any_of(state.nodes->begin(), state.nodes->end(),
                     [&](const model::Node& node) { return node.serial == serial; });
}

bool IsNamed(const model::State& state, std::uint32_t node) {
  const auto& all = *state.named_segments;
  return std::any_of(all.begin(), all.end(),
                     [&](const model::NamedSegment& one) { return one.node == node; });
}

const model::SegmentObject* ObjectIn(const model::State& state, const model::Call& call) {
  return state.processes[ProcessOf(state, call)].objects->Find(call.references[0]);
}

int IndexOfAttach(const Aftermath& a) {
  const auto* value = std::get_if<Value>(&a.outcome);
  if (!IsOneOf<SegmentAttach>(a.call) || value == nullptr) return -1;
  const auto& mappings = a.after.processes[ProcessOf(a.after, a.call)].space->mappings();
  for (std::size_t i = 0; i < mappings.size(); ++i) {
    if (mappings[i].start == static_cast<std::uint64_t>(value->number)) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace shmspec
