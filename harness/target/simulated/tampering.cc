// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/simulated/tampering.h"

namespace shmspec {

void TearAway(model::State& state, model::SegmentName name) {
  const model::Segment* found = FindSegment(state, name);
  if (found == nullptr) return;
  const model::Segment segment = *found;
  for (model::Process& process : state.processes) {
    model::AddressSpace& space = process.space.Own();
    for (std::size_t i = 0; i < space.mappings().size(); ++i) {
      model::Mapping& mapping = space.at(i);
      if (mapping.segment() == name.serial) mapping.backing = model::NoBacking{};
    }
  }
  model::IpcNamespace& ipc = state.namespaces[name.ipc].Own();
  std::erase_if(ipc.segments, [&](const model::Segment& s) { return s.serial == name.serial; });
  ipc.pages -= segment.pages;
  DropObject(state, segment.object);
}

}  // namespace shmspec
