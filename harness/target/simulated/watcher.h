// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// For tests: looks at every state that a simulated system gets into.
//
//   std::vector<std::string> breaches;
//   auto stage = MakeSimulatedStage(profile, std::make_unique<Watcher>(BrokenRules, breaches));

#ifndef SHMSPEC_HARNESS_TARGET_SIMULATED_WATCHER_H_
#define SHMSPEC_HARNESS_TARGET_SIMULATED_WATCHER_H_

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "harness/target/simulated/tampering.h"

namespace shmspec {

namespace internal {

inline std::int32_t MappingsOf(const model::State& state, std::uint8_t ipc,
                               const model::Segment& segment) {
  std::int32_t count = 0;
  for (const model::Process& process : state.processes) {
    for (const model::Mapping& mapping : process.space->mappings()) {
      const model::AttachBacking* attach = mapping.attach();
      if (attach == nullptr) continue;
      count += attach->segment == model::SegmentName{ipc, segment.serial} ? 1 : 0;
    }
  }
  return count;
}

inline bool HasObject(const model::State& state, std::uint64_t serial) {
  for (const model::Object& object : state.objects) {
    if (object.serial == serial) return object.memory->references > 0;
  }
  return false;
}

}  // namespace internal

/// What keeps the model from going on from a state, in a few words each: also a fault has to leave
/// states without any.
inline std::vector<std::string> DeadEnds(const model::State& state) {
  std::vector<std::string> found;
  for (const model::Process& process : state.processes) {
    std::uint64_t end = 0;
    for (const model::Mapping& mapping : process.space->mappings()) {
      if (mapping.start < end || mapping.end <= mapping.start) found.push_back("mappings overlap");
      end = mapping.end;
      if (!internal::HasObject(state, mapping.object)) found.push_back("a mapping of no memory");
      const model::AttachBacking* attach = mapping.attach();
      if (attach == nullptr) continue;
      if (attach->segment.ipc >= state.namespaces.size() ||
          FindSegment(state, attach->segment) == nullptr) {
        found.push_back("a mapping of a segment that is gone");
      }
    }
  }
  for (std::uint8_t ipc = 0; ipc < state.namespaces.size(); ++ipc) {
    std::uint32_t last = 0;
    for (const model::Segment& segment : state.namespaces[ipc]->segments) {
      if (segment.serial <= last) found.push_back("segments out of order");
      last = segment.serial;
      if (segment.nattch < internal::MappingsOf(state, ipc, segment)) {
        found.push_back("fewer attaches than mappings");
      }
      if (!internal::HasObject(state, segment.object)) found.push_back("a segment of no memory");
    }
  }
  return found;
}

/// Those and the rules that every state of the specification keeps.
inline std::vector<std::string> BrokenRules(const model::State& state) {
  std::vector<std::string> found = DeadEnds(state);
  for (std::uint8_t i = 0; i < state.namespaces.size(); ++i) {
    const model::IpcNamespace& ipc = *state.namespaces[i];
    std::uint64_t pages = 0;
    std::set<std::int64_t> names;
    for (const model::Segment& segment : ipc.segments) {
      const std::int32_t mappings = internal::MappingsOf(state, i, segment);
      const bool doomed = segment.dest || ipc.rmid_forced;
      const bool orphan = segment.creator == model::kNobody || segment.dest;
      if (segment.nattch != mappings) found.push_back("more attaches than mappings");
      if (mappings == 0 && doomed && orphan) found.push_back("a segment that should be destroyed");
      if (segment.dest && segment.key != 0) found.push_back("a removed segment with a key");
      if (!names.insert(segment.id).second) found.push_back("two segments of one identifier");
      pages += segment.pages;
    }
    if (pages != ipc.pages) found.push_back("pages that are not those of the segments");
  }
  return found;
}

/// Adds what `rules` finds in each state that a call leaves; also with a fault, which it lets act
/// first.
class Watcher : public Tampering {
 public:
  using Rules = std::vector<std::string> (*)(const model::State& state);

  Watcher(Rules rules, std::vector<std::string>& breaches,
          std::unique_ptr<Tampering> fault = nullptr)
      : rules_(rules), breaches_(breaches), fault_(std::move(fault)) {}

  void Begin() override {
    if (fault_ != nullptr) fault_->Begin();
  }
  void Called(const model::State& state, const model::Call& call) override {
    if (fault_ != nullptr) fault_->Called(state, call);
  }
  void Before(model::State& state, model::Call& call) override {
    if (fault_ != nullptr) fault_->Before(state, call);
  }
  void After(const model::State& before, const model::Call& call, model::State& after,
             Outcome& outcome) override {
    if (fault_ != nullptr) fault_->After(before, call, after, outcome);
    std::vector<std::string> found = rules_(after);
    breaches_.insert(breaches_.end(), found.begin(), found.end());
  }

 private:
  Rules rules_;
  std::vector<std::string>& breaches_;
  std::unique_ptr<Tampering> fault_;
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_TARGET_SIMULATED_WATCHER_H_
