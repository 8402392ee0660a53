// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// vmsplice(2), which holds pages, and RssShmem of /proc/PID/status, which counts those of a
// process.

#include <algorithm>
#include <cerrno>

#include "harness/model/language/operations.h"
#include "harness/model/memory/access.h"

namespace shmspec::model {

using namespace shmspec::literals;

void Describe(const MemoryPin& op, const Scene& scene, Clauses& clauses) {
  const Reach reach = Follow(scene, scene.AddressOf<&MemoryPin::at>(), op.size.bytes, false);
  const bool nothing = reach.end != Reach::End::kWhole && reach.bytes == 0 && reach.certain;
  clauses.Refuse(reach.end != Reach::End::kWhole, EFAULT, nothing ? Force::kMust : Force::kMay, {},
                 "the memory cannot be read");
  clauses.RefuseHere(true, EAGAIN, Force::kMay, {}, "the pipe is full");
  clauses.RefuseHere(true, ENOSYS, Force::kMay, {}, "this system has no vmsplice");
  clauses.Returns<Value>({}, "the pages are in the pipe");
  const auto& pins = scene.state().pins;
  const bool empty = std::none_of(pins.begin(), pins.end(),
                                  [&](const Pin& pin) { return pin.actor == scene.call().actor; });
  // Every pipe takes a page.
  const std::uint64_t within = scene.AddressOf<&MemoryPin::at>() % scene.page();
  const bool all = empty && within + op.size.bytes <= scene.page();
  const std::uint64_t least = all ? op.size.bytes : std::min<std::uint64_t>(op.size.bytes, 1);
  clauses.Bind(0, reach.end == Reach::End::kWhole ? least : 0, op.size.bytes, {},
               "as many bytes as the pipe takes");
}

void Apply(const MemoryPin&, const Scene& scene, State& state, const Outcome& outcome) {
  const auto* value = std::get_if<Value>(&outcome);
  if (value == nullptr || value->number <= 0) return;
  const std::uint64_t at = scene.AddressOf<&MemoryPin::at>();
  const auto size = static_cast<std::uint64_t>(value->number);
  TouchRange(scene, state, at, size);
  for (const Mapping& mapping : scene.space().mappings()) {
    if (mapping.node() == nullptr || mapping.end <= at || at + size <= mapping.start) continue;
    // A private mapping has the page of the file or its own.
    state.pins.push_back({scene.call().actor, mapping.node()->node, mapping.node()->shared});
  }
}

void Describe(const MemoryUnpin&, const Scene&, Clauses& clauses) {
  clauses.ReturnsValue(0, {}, "the pipe is closed");
}

void Apply(const MemoryUnpin&, const Scene& scene, State& state, const Outcome&) {
  ClosePins(state, scene.call().actor);
}

}  // namespace shmspec::model
