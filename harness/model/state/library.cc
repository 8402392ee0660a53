// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/model/state/library.h"

#include <algorithm>

#include "harness/model/state/state.h"

namespace shmspec::model {
namespace {

bool IsUsed(const State& state, std::uint32_t node) {
  const auto opened = [&](const Process& process) {
    const auto& objects = process.objects->open;
    return std::any_of(objects.begin(), objects.end(),
                       [&](const SegmentObject& object) { return object.node == node; });
  };
  return IsMapped(state, node) ||
         std::any_of(state.processes.begin(), state.processes.end(), opened);
}

}  // namespace

bool IsMapped(const State& state, std::uint32_t node) {
  return std::any_of(state.processes.begin(), state.processes.end(), [&](const Process& process) {
    const auto& mappings = process.space->mappings();
    return std::any_of(mappings.begin(), mappings.end(), [&](const Mapping& mapping) {
      return mapping.node() != nullptr && mapping.node()->node == node;
    });
  });
}

const SegmentObject* SegmentObjects::Find(std::int64_t number) const {
  const auto found = std::find_if(open.begin(), open.end(), [&](const SegmentObject& object) {
    return object.number == number;
  });
  return found != open.end() ? &*found : nullptr;
}

const NamedSegment* FindNamed(const State& state, std::string_view name) {
  const auto& all = *state.named_segments;
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const NamedSegment& one) { return one.name == name; });
  return found != all.end() ? &*found : nullptr;
}

NameHistory HistoryOf(const State& state, std::string_view name) {
  for (const NameHistory& one : *state.name_histories) {
    if (one.name == name) return one;
  }
  return {.name = std::string(name)};
}

NameHistory& OwnHistory(State& state, std::string_view name) {
  auto& all = state.name_histories.Own();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const NameHistory& one) { return one.name == name; });
  if (found != all.end()) return *found;
  return all.emplace_back(NameHistory{.name = std::string(name)});
}

void AddNamed(State& state, const NamedSegment& segment) {
  if (segment.node != 0) HoldNode(state, segment.node);
  state.named_segments.Own().push_back(segment);
}

void RemoveNamed(State& state, std::string_view name) {
  auto& all = state.named_segments.Own();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const NamedSegment& one) { return one.name == name; });
  if (found == all.end()) return;
  const std::uint32_t node = found->node;
  OwnHistory(state, name).removed = true;
  all.erase(found);
  if (node != 0) DropNode(state, node);
}

void RemoveNamesOf(State& state, std::uint32_t node) {
  const CopyOnWrite<std::vector<NamedSegment>> before = state.named_segments;
  for (const NamedSegment& one : *before) {
    if (one.node == node) RemoveNamed(state, one.name);
  }
}

void OpenObject(State& state, std::uint8_t process, const SegmentObject& object) {
  if (object.node != 0) HoldNode(state, object.node);
  SegmentObjects& objects = state.processes[process].objects.Own();
  objects.open.push_back(object);
  ++objects.opened;
}

void CloseObject(State& state, std::uint8_t process, std::int64_t number, SegmentEnds ends) {
  const SegmentObject* found = state.processes[process].objects->Find(number);
  if (found == nullptr) return;
  const SegmentObject closed = *found;
  std::erase(state.processes[process].objects.Own().open, closed);
  if (closed.node == 0) return;
  const bool gone =
      (ends.with_creator && closed.made_it) || (ends.with_last_use && !IsUsed(state, closed.node));
  if (gone) RemoveNamesOf(state, closed.node);
  DropNode(state, closed.node);
}

void EndUse(State& state, std::uint8_t process) {
  const CopyOnWrite<SegmentObjects> objects = state.processes[process].objects;
  const CopyOnWrite<std::vector<NamedSegment>> names = state.named_segments;
  for (const SegmentObject& object : objects->open) {
    for (const NamedSegment& one : *names) {
      if (one.node != object.node || one.node == 0) continue;
      NameHistory& history = OwnHistory(state, one.name);
      (object.made_it ? history.creator_ended : history.user_ended) = true;
    }
  }
}

void CloseObjects(State& state, std::uint8_t process, SegmentEnds ends) {
  while (!state.processes[process].objects->open.empty()) {
    CloseObject(state, process, state.processes[process].objects->open.front().number, ends);
  }
}

}  // namespace shmspec::model
