// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Faults of systems that act on what was true when a call began, though others have changed it
// meanwhile: a check before a lock, an update that is lost. Calls that nothing overlaps are sound.
//
//   /// A write looks at the seals before it waits for its turn.
//   void ShowOldSeals(const model::State& then, model::State& now, const model::Call& call);
//   ... {"write_checks_seals_early", "RACE.SEAL.FROZEN"_req, "...", Early<ShowOldSeals>},

#ifndef SHMSPEC_HARNESS_TARGET_FAULTY_RECOLLECTION_H_
#define SHMSPEC_HARNESS_TARGET_FAULTY_RECOLLECTION_H_

#include <map>
#include <memory>

#include "harness/target/faulty/fault_table.h"

namespace shmspec {

/// Remembers the state in which each call began that others may overlap.
class Recollection : public Tampering {
 public:
  void Begin() override { began_.clear(); }
  void Called(const model::State& state, const model::Call& call) override {
    began_[call.step] = state;
  }

 protected:
  /// The state in which the call began; null when no other call was in flight during this one.
  const model::State* Then(const model::Call& call) const {
    const auto found = began_.find(call.step);
    return call.overlapped && found != began_.end() ? &found->second : nullptr;
  }

 private:
  std::map<std::uint32_t, model::State> began_;
};

/// The system decides by parts of the state as they were; what can be shown is what Undisguise can
/// take back.
template <void (*show)(const model::State& then, model::State& now, const model::Call& call)>
std::unique_ptr<Tampering> Early() {
  class Tampered : public Recollection {
    void Before(model::State& state, model::Call& call) override {
      real_ = state;
      if (const model::State* then = Then(call)) show(*then, state, call);
    }
    void After(const model::State& before, const model::Call&, model::State& after,
               Outcome&) override {
      Undisguise(real_, before, after);
    }
    model::State real_;
  };
  return std::make_unique<Tampered>();
}

/// The fault changes what a call leaves, and knows what was there when it began.
template <void (*change)(const model::State& then, const Aftermath&)>
std::unique_ptr<Tampering> Since() {
  class Tampered : public Recollection {
    void After(const model::State& before, const model::Call& call, model::State& after,
               Outcome& outcome) override {
      if (const model::State* then = Then(call)) change(*then, {before, call, after, outcome});
    }
  };
  return std::make_unique<Tampered>();
}

/// The node of that serial, or null.
inline const model::Node* FindNode(const model::State& state, std::uint32_t serial) {
  for (const model::Node& node : *state.nodes) {
    if (node.serial == serial) return &node;
  }
  return nullptr;
}

/// The node that a name of the first file system leads to, or null.
inline const model::Node* NodeByName(const model::State& state, std::string_view name) {
  for (const auto& system : state.file_systems) {
    const model::DirectoryEntry* entry = system->Find(name.substr(name.find_first_not_of('/')));
    if (entry != nullptr && entry->node != 0) return FindNode(state, entry->node);
  }
  return nullptr;
}

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_TARGET_FAULTY_RECOLLECTION_H_
