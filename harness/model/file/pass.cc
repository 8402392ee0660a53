// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Descriptors that one process gets from another: SCM_RIGHTS of unix(7), and pidfd_getfd(2).

#include <cerrno>

#include "harness/model/file/descriptor.h"
#include "harness/model/language/operations.h"
#include "harness/model/rights/trace_permission.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

constexpr Requirements kPasses{"FD.SCM_RIGHTS"_req, "FD.IN_FLIGHT_KEEPS_ALIVE"_req};

/// Adds the error of a call that takes the first message where there is none.
void DescribeMessage(const Scene& scene, Clauses& clauses) {
  clauses.Refuse(scene.state().in_flight.empty(), EAGAIN, Force::kMust, "FD.SCM_RIGHTS"_req,
                 "nothing was sent");
}

}  // namespace

void Describe(const DescriptorSend&, const Scene& scene, Clauses& clauses) {
  DescribeFile(scene, scene.NumberOf<&DescriptorSend::descriptor>(), clauses);
  clauses.RefuseHere(true, EAGAIN, Force::kMay, {}, "the socket holds no more messages");
  clauses.RefuseHere(true, ENOBUFS, Force::kMay, {}, "the socket holds no more messages");
  clauses.RefuseHere(true, ETOOMANYREFS, Force::kMay, {},
                     "the user may have too many descriptors on their way");
  clauses.ReturnsValue(1, kPasses, "the descriptor is on its way");
}

void Apply(const DescriptorSend&, const Scene& scene, State& state, const Outcome& outcome) {
  const OpenFile* file =
      FindFile(scene.state(), scene.process_index(), scene.NumberOf<&DescriptorSend::descriptor>());
  if (file != nullptr && Succeeded(outcome)) SendFile(state, file->serial);
}

void Describe(const DescriptorReceive&, const Scene& scene, Clauses& clauses) {
  DescribeMessage(scene, clauses);
  clauses.Returns<Value>(kPasses, "a descriptor of the open file that was sent first");
  DescribeRoomForDescriptor(scene, clauses);
  clauses.Effect({"FD.SCM_RIGHTS"_req, "FD.PERMISSION_AT_OPEN"_req, "SEAL.PER_INODE"_req});
}

void Apply(const DescriptorReceive& op, const Scene& scene, State& state, const Outcome& outcome) {
  if (state.in_flight.empty()) return;
  const auto* failure = std::get_if<Failure>(&outcome);
  const std::int64_t number = NewNumber(outcome);
  if (number >= 0) return ReceiveFile(state, scene.process_index(), number, op.close_on_exec);
  if (failure != nullptr && failure->error.number == EMFILE) LoseFile(state);
}

void Describe(const DescriptorDiscard&, const Scene& scene, Clauses& clauses) {
  DescribeMessage(scene, clauses);
  clauses.ReturnsValue(1, "FD.IN_FLIGHT_KEEPS_ALIVE"_req, "the descriptor is lost");
}

void Apply(const DescriptorDiscard&, const Scene&, State& state, const Outcome& outcome) {
  if (!state.in_flight.empty() && Succeeded(outcome)) LoseFile(state);
}

void Describe(const DescriptorGetFrom& op, const Scene& scene, Clauses& clauses) {
  constexpr Requirement kGets = "FD.PIDFD_GETFD"_req;
  const Task& other = scene.state().tasks[op.actor.index];
  clauses.RefuseHere(true, ENOSYS, Force::kMay, {}, "Linux before 5.6 has no pidfd_getfd");
  clauses.RefuseHere(scene.system().filtered, EPERM, Force::kMay, {},
                     "a filter of system calls may forbid it");
  clauses.Returns<Value>(kGets, "a descriptor of the open file of the other process");
  DescribeRoomForDescriptor(scene, clauses);
  if (other.life != Life::kAlive) {
    return clauses.Refuse(true, ESRCH, Force::kMust, kGets, "the process is gone");
  }
  const Says may = MayTrace(scene, op.actor.index);
  // The environment may have taken CAP_SYS_PTRACE from root.
  clauses.RefuseHere(may == Says::kNo, EPERM, Force::kMust, kGets,
                     "the caller may not trace the other process");
  clauses.RefuseHere(may == Says::kSilent, EPERM, Force::kMay, {},
                     "the other process may not be traced by its own user (dumpable, Yama)");
  const bool open = FindFile(scene.state(), other.process,
                             scene.NumberOf<&DescriptorGetFrom::descriptor>()) != nullptr;
  clauses.Refuse(!open, EBADF, Force::kMust, kGets, "the descriptor is not open there");
}

void Apply(const DescriptorGetFrom& op, const Scene& scene, State& state, const Outcome& outcome) {
  const std::int64_t number = NewNumber(outcome);
  if (number < 0) return;
  const OpenFile* file = FindFile(scene.state(), scene.state().tasks[op.actor.index].process,
                                  scene.NumberOf<&DescriptorGetFrom::descriptor>());
  if (file == nullptr) return;
  OpenDescriptor(state, scene.process_index(), {number, file->serial, true});
}

}  // namespace shmspec::model
