// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// One call on its way from one phase to the next. A chapter writes Advance(op, stride) for each
// operation that is not atomic, beside its Describe and Apply:
//
//   void Advance(const SysvDetach&, Stride& stride) {
//     Next* next = stride.Resume(op);
//     if (next == nullptr) return;
//     ... change next->state ...
//     if (nothing is left to do) stride.End(*next);
//   }

#ifndef SHMSPEC_HARNESS_MODEL_LANGUAGE_STRIDE_H_
#define SHMSPEC_HARNESS_MODEL_LANGUAGE_STRIDE_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/model/language/clauses.h"
#include "harness/model/language/operations.h"
#include "harness/model/language/scene.h"

namespace shmspec::model {

/// How far a call in flight has got.
struct Progress {
  std::uint8_t phase = 0;  // 0: nothing of it has happened
  bool done = false;
  bool sleeps = false;  // until others act; its actor can end meanwhile
  /// What the operation has to remember between phases; it alone knows what they are.
  std::array<std::uint64_t, 2> kept{};
  friend bool operator==(const Progress&, const Progress&) = default;
};

/// A way for the call to go on.
struct Next {
  State state;
  Progress progress;
  std::optional<Outcome> outcome;  // once it is settled, when it was not known before
};

/// What a run has shown so far.
struct Notes {
  RequirementSet touched;
  std::vector<std::pair<std::size_t, std::string>> observed;
  /// Steps that the environment refused, and why.
  std::vector<std::pair<std::size_t, std::string>> refused_by_environment;

  void Add(const Clauses& clauses, const Call& call, const Outcome& outcome);
};

class Stride {
 public:
  /// `seen` is what the call will have returned in the end, or null when nobody has seen it: then
  /// the chooser settles what is open. The ways to go on are appended to `ways`; none at all means
  /// that the call cannot go on here.
  Stride(const Setting& setting, const State& state, const Call& call, const Progress& progress,
         const Outcome* seen, Chooser& chooser, Notes& notes, std::vector<Next>& ways)
      : state_(state),
        call_(call),
        scene_(setting, state, call),
        setting_(setting),
        progress_(progress),
        seen_(seen),
        chooser_(chooser),
        notes_(notes),
        ways_(ways) {}
  Stride(const Stride&) = delete;
  Stride& operator=(const Stride&) = delete;

  const State& state() const { return state_; }
  const Call& call() const { return call_; }
  const Scene& scene() const { return scene_; }
  const Progress& progress() const { return progress_; }
  const Outcome* seen() const { return seen_; }
  std::uint8_t process() const { return scene_.process_index(); }
  Cause cause() const { return CauseOf(scene_); }
  /// The scene as it is on that way.
  Scene In(const Next& next) const { return Scene(setting_, next.state, call_); }

  /// For a phase to describe into.
  Clauses& clauses() { return clauses_; }
  /// Describes the call as a whole into them.
  void DescribeWhole();
  /// What the call returns if this phase settles it; nullopt when the outcome that was seen is
  /// forbidden.
  std::optional<Outcome> Settle() const;
  /// The same, written down as shown.
  std::optional<Outcome> SettleAndNote();
  /// Writes down what the clauses say as shown by an outcome that was judged part by part.
  void Note(const Outcome& outcome) { notes_.Add(clauses_, call_, outcome); }

  /// Another way to go on; one that begins keeps its process from ending before the call does.
  /// The pointers that were handed out before are void.
  Next& Add();
  Next& Begin(const std::optional<Outcome>& outcome);
  void End(Next& next);
  /// The last way but one, when two were added.
  Next& LastButOne() { return ways_[ways_.size() - 2]; }

  /// All of the call at once.
  void Whole();
  /// The first phase of a call whose success takes several, or the next one; null when the call is
  /// over already.
  Next* Resume();

 private:
  const State& state_;
  const Call& call_;
  Scene scene_;
  const Setting& setting_;
  const Progress& progress_;
  const Outcome* seen_;
  Chooser& chooser_;
  Notes& notes_;
  std::vector<Next>& ways_;
  Clauses clauses_;
};

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_LANGUAGE_STRIDE_H_
