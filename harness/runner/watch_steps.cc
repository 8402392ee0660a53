// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/watch_steps.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "harness/vocabulary/plan/handles.h"

namespace shmspec {
namespace {

/// No more is read of a segment or an object.
constexpr std::uint64_t kMostBytes = 4096;

class WatchWriter {
 public:
  WatchWriter(Plan& plan, ActorRef watcher) : plan_(plan), watcher_(watcher) {
    for (const Step& step : plan.steps) {
      if (step.timing == Timing::kJoin) continue;
      ForEachHandle(step.operation, [&](const Handle& handle) { used_.insert(handle); });
      if (step.assigns) used_.insert(*step.assigns);
      if (step.assigns && step.assigns->kind == HandleKind::kSegment) {
        const auto* get = std::get_if<SysvGet>(&step.operation);
        std::uint64_t& bytes = segments_[*step.assigns];
        bytes = std::max(bytes, get != nullptr ? get->size.bytes : 1);
      }
      if (const auto* open = std::get_if<PosixOpen>(&step.operation)) names_.insert(open->name);
    }
  }

  void Write() {
    for (const auto& [segment, bytes] : segments_) LookAtSegment(segment, bytes);
    if (!segments_.empty()) Add(SysvShmInfo{});
    for (const std::string& name : names_) LookAtObject(name);
  }

 private:
  void Add(Operation operation, std::optional<Handle> assigns = std::nullopt) {
    Step step;
    step.actor = watcher_;
    step.operation = std::move(operation);
    step.assigns = assigns;
    plan_.steps.push_back(std::move(step));
  }

  /// A handle that the plan does not use; nullopt when there is none.
  std::optional<Handle> Fresh(HandleKind kind) {
    for (std::uint8_t i = 0; i < Handle::kLimit; ++i) {
      const Handle handle{kind, i};
      if (used_.insert(handle).second) return handle;
    }
    return std::nullopt;
  }

  void LookAtSegment(Handle segment, std::uint64_t bytes) {
    const SegmentRef ref{{segment, 0}};
    Add(SysvStat{.segment = ref});
    const std::optional<Handle> attach = Fresh(HandleKind::kAttach);
    if (!attach) return;
    const Address at{{attach, 0}};
    Add(SysvAttach{.segment = ref, .at = {}, .flags = {kReadOnly}}, attach);
    Add(MemoryChecksum{.at = at, .size = {std::clamp(bytes, std::uint64_t{1}, kMostBytes)}});
    Add(SysvDetach{at});
  }

  void LookAtObject(const std::string& name) {
    const std::optional<Handle> descriptor = Fresh(HandleKind::kDescriptor);
    const std::optional<Handle> mapping = Fresh(HandleKind::kMapping);
    if (!descriptor || !mapping) return;
    const DescriptorRef file{{descriptor, 0}};
    Add(PosixOpen{.name = name, .flags = {}, .mode = {}}, descriptor);
    Add(FileStat{file});
    MapMap map;
    map.descriptor = file;
    map.size = {kMostBytes};
    map.protection = {1};
    Add(map, mapping);
    Add(MemoryChecksum{.at = {{mapping, 0}}, .size = {kMostBytes}});
    Add(DescriptorClose{file});
  }

  Plan& plan_;
  ActorRef watcher_;
  std::set<Handle> used_;
  std::map<Handle, std::uint64_t> segments_;  // and how many bytes of each
  std::set<std::string> names_;
};

}  // namespace

void AddWatch(Plan& plan, ActorRef watcher) { WatchWriter(plan, watcher).Write(); }

}  // namespace shmspec
