// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/model/language/transition.h"

#include <cerrno>

#include "harness/model/language/operations.h"

namespace shmspec::model {
namespace {

/// Whether a system that lacks the call has shared memory all the same. The calls of System V are
/// looked for before a run, and accesses need none.
bool MayBeLacking(const Operation& operation) {
  const Family family = FamilyOf(operation);
  return family != Family::kSysv && family != Family::kMemory;
}

/// How the environment may refuse an operation.
void DescribeRole(const Scene& scene, Clauses& clauses) {
  const Operation& operation = *scene.call().operation;
  switch (RoleOf(operation)) {
    case Role::kSubject:
    case Role::kNeighbour: {
      const bool subject = RoleOf(operation) == Role::kSubject;
      if (subject && !MayBeLacking(operation)) return;
      clauses.RefuseHere(true, ENOSYS, Force::kMay, {}, "this system has no such call");
      clauses.RefuseHere(scene.system().filtered, EPERM, Force::kMay, {},
                         "a filter of system calls may forbid it");
      return;
    }
    case Role::kPrepares:
      clauses.AnyFailure("the system refuses what the case prepares with");
      return;
  }
}

}  // namespace

void Describe(const Scene& scene, Clauses& clauses) {
  clauses.Reset();
  const Task& task = scene.task();
  if (task.life == Life::kGone) {
    clauses.Ends(task.how, task.code, Force::kMust, {}, "the actor is gone");
    return;
  }
  if (task.life != Life::kAlive) {
    clauses.Ends(GoneHow::kUnknown, 0, Force::kMust, {},
                 task.life == Life::kDying ? "the actor is dying" : "the actor was never started");
    return;
  }
  std::visit([&](const auto& op) { Describe(op, scene, clauses); }, *scene.call().operation);
  DescribeRole(scene, clauses);
}

void Apply(const Scene& scene, State& state, const Outcome& outcome) {
  if (scene.task().life != Life::kAlive) return;
  std::visit(
      [&]<class Op>(const Op& op) {
        if constexpr (Effective<Op>) Apply(op, scene, state, outcome);
      },
      *scene.call().operation);
}

}  // namespace shmspec::model
