// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The seam for seeded faults: a simulated system that breaks one rule. A fault changes the call
// before it is performed, or the state and the outcome afterwards:
//
//   /// A fork that the attach count does not notice.
//   class ForkNotCounted : public Tampering {
//     void After(const model::State& before, const model::Call& call, model::State& after,
//                Outcome&) override {
//       if (!std::holds_alternative<ProcessFork>(*call.operation)) return;
//       ForEachSegment(after, [&](model::SegmentName name, model::Segment& segment) {
//         if (const auto* old = FindSegment(before, name)) segment.nattch = old->nattch;
//       });
//     }
//   };
//
// With a tampering every call is performed at one instant, between its call and its return.

#ifndef SHMSPEC_HARNESS_TARGET_SIMULATED_TAMPERING_H_
#define SHMSPEC_HARNESS_TARGET_SIMULATED_TAMPERING_H_

#include "harness/model/language/scene.h"
#include "harness/model/state/state.h"
#include "harness/vocabulary/outcome/outcome.h"

namespace shmspec {

class Tampering {
 public:
  Tampering() = default;
  Tampering(const Tampering&) = delete;
  Tampering& operator=(const Tampering&) = delete;
  virtual ~Tampering() = default;

  /// A new run begins: forget the last one.
  virtual void Begin() {}

  /// A call begins that others may overlap; it is performed later.
  virtual void Called(const model::State& state, const model::Call& call) {
    static_cast<void>(state);
    static_cast<void>(call);
  }

  /// Before the call is performed. May change the state (a credential that should not count) and
  /// the call: its references, its time, and its operation by pointing call.operation at one of its
  /// own.
  virtual void Before(model::State& state, model::Call& call) {
    static_cast<void>(state);
    static_cast<void>(call);
  }

  /// After the call was performed as specified. May change the state it leaves and the outcome its
  /// actor will see. `call` is as Before left it.
  virtual void After(const model::State& before, const model::Call& call, model::State& after,
                     Outcome& outcome) {
    static_cast<void>(before);
    static_cast<void>(call);
    static_cast<void>(after);
    static_cast<void>(outcome);
  }
};

/// Calls change(name, segment) for every segment of every namespace.
template <class Change>
void ForEachSegment(model::State& state, Change&& change) {
  for (std::size_t i = 0; i < state.namespaces.size(); ++i) {
    for (model::Segment& segment : state.namespaces[i].Own().segments) {
      change(model::SegmentName{static_cast<std::uint8_t>(i), segment.serial}, segment);
    }
  }
}

/// Removes a segment although it is attached: its mappings go on as private memory.
void TearAway(model::State& state, model::SegmentName name);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_TARGET_SIMULATED_TAMPERING_H_
