// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/model/language/stride.h"

#include "harness/model/language/transition.h"

namespace shmspec::model {

void Notes::Add(const Clauses& clauses, const Call& call, const Outcome& outcome) {
  ForEachTouched(clauses, outcome, [&](Requirement r) { touched.Add(r); });
  if (auto why = RefusedByEnvironment(clauses, outcome)) {
    refused_by_environment.emplace_back(call.step, std::move(*why));
  }
  if (clauses.observed() == nullptr) return;
  if (!observed.empty() && observed.back().first == call.step) return;
  observed.emplace_back(call.step, clauses.observed());
}

void Stride::DescribeWhole() { Describe(scene_, clauses_); }

std::optional<Outcome> Stride::Settle() const {
  if (seen_ == nullptr && clauses_.IsBlocked()) return std::nullopt;
  if (seen_ == nullptr) return Choose(clauses_, scene_, chooser_);
  if (!Allows(clauses_, scene_, *seen_)) return std::nullopt;
  return *seen_;
}

std::optional<Outcome> Stride::SettleAndNote() {
  std::optional<Outcome> outcome = Settle();
  if (outcome) notes_.Add(clauses_, call_, *outcome);
  return outcome;
}

Next& Stride::Add() { return ways_.emplace_back(Next{state_, progress_, std::nullopt}); }

Next& Stride::Begin(const std::optional<Outcome>& outcome) {
  Next& next = Add();
  next.progress.phase = 1;
  next.outcome = outcome;
  ++next.state.processes[process()].under_way;
  return next;
}

void Stride::End(Next& next) {
  next.progress.done = true;
  --next.state.processes[process()].under_way;
}

void Stride::Whole() {
  DescribeWhole();
  const std::optional<Outcome> outcome = SettleAndNote();
  if (!outcome) return;
  Next& next = Add();
  next.progress.done = true;
  next.outcome = outcome;
  Apply(In(next), next.state, *outcome);
}

Next* Stride::Resume() {
  if (progress_.phase != 0) return &Add();
  DescribeWhole();
  const std::optional<Outcome> outcome = Settle();
  if (!outcome) return nullptr;
  if (!Succeeded(*outcome)) {
    Whole();
    return nullptr;
  }
  notes_.Add(clauses_, call_, *outcome);
  return &Begin(outcome);
}

}  // namespace shmspec::model
