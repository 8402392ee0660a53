// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// dup(2), close(2) and FD_CLOEXEC.

#include "harness/model/file/descriptor.h"

#include <cerrno>

#include "harness/model/language/operations.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

constexpr std::int64_t kFirst = 3;

std::optional<Requirement> BrokenByNumber(const Fresh&, const Scene& scene, std::int64_t seen) {
  constexpr Requirement kLowest = "FD.LOWEST_NUMBER"_req;
  const DescriptorTable& table = *scene.process().descriptors;
  if (seen < 0 || table.Find(seen) != nullptr) return kLowest;
  const auto free = table.LowestKnownFree();
  if (free && *free < seen && scene.call().Alone()) return kLowest;
  return std::nullopt;
}

Outcome PickNumber(const Fresh&, const Scene& scene, Chooser&) {
  std::int64_t number = kFirst;
  while (scene.process().descriptors->Find(number) != nullptr) ++number;
  return Value{number};
}

const Descriptor* FindDescriptor(const Scene& scene, std::int64_t number) {
  return scene.process().descriptors->Find(number);
}

}  // namespace

Fresh FreshDescriptor() { return {BrokenByNumber, PickNumber, 0, -1}; }

void DescribeRoomForDescriptor(const Scene& scene, Clauses& clauses) {
  const std::uint64_t limit = scene.process().descriptor_limit;
  const std::uint64_t open = scene.process().descriptors->open().size();
  if (limit == 0) {
    clauses.RefuseHere(true, EMFILE, Force::kMay, {}, "RLIMIT_NOFILE may be reached");
  } else {
    // Besides those of the plan there are usually the standard streams.
    const bool reached = open + kFirst >= limit;
    clauses.Refuse(reached, EMFILE, Force::kUsually, "POSIX.OPEN.EMFILE"_req,
                   "RLIMIT_NOFILE is reached");
    clauses.RefuseHere(!reached, EMFILE, Force::kMay, {}, "files of the harness may take the room");
  }
  clauses.RefuseHere(true, ENFILE, Force::kMay, {}, "the system may have too many open files");
  clauses.Picks(FreshDescriptor(), "FD.LOWEST_NUMBER"_req);
}

const OpenFile* DescribeFile(const Scene& scene, std::int64_t number, Clauses& clauses) {
  const OpenFile* file = FindFile(scene.state(), scene.process_index(), number);
  clauses.Refuse(file == nullptr, EBADF, Force::kMust, "FD.BAD_DESCRIPTOR"_req,
                 "the descriptor is not open");
  return file;
}

void ForgetIdBits(State& state, std::uint32_t node) {
  constexpr std::uint32_t kIdBits = 06000;
  if ((NodeOf(state, node).mode & kIdBits) != 0) OwnNode(state, node).mode_known = false;
}

std::int64_t NewNumber(const Outcome& outcome) {
  const auto* value = std::get_if<Value>(&outcome);
  return value == nullptr ? -1 : value->number;
}

void Describe(const DescriptorDup&, const Scene& scene, Clauses& clauses) {
  DescribeFile(scene, scene.NumberOf<&DescriptorDup::descriptor>(), clauses);
  clauses.Returns<Value>("FD.DUP_SHARES_OFFSET"_req, "another descriptor of the same open file");
  DescribeRoomForDescriptor(scene, clauses);
}

void Apply(const DescriptorDup&, const Scene& scene, State& state, const Outcome& outcome) {
  const Descriptor* old = FindDescriptor(scene, scene.NumberOf<&DescriptorDup::descriptor>());
  const std::int64_t number = NewNumber(outcome);
  if (old == nullptr || number < 0) return;
  OpenDescriptor(state, scene.process_index(), {number, old->file, false});
}

void Describe(const DescriptorClose&, const Scene& scene, Clauses& clauses) {
  DescribeFile(scene, scene.NumberOf<&DescriptorClose::descriptor>(), clauses);
  clauses.ReturnsValue(0, "FD.CLOSE_FREES"_req, "the descriptor is closed");
}

void Apply(const DescriptorClose&, const Scene& scene, State& state, const Outcome& outcome) {
  if (!Succeeded(outcome)) return;
  CloseDescriptor(state, scene.process_index(), scene.NumberOf<&DescriptorClose::descriptor>());
}

void Describe(const DescriptorSetCloseOnExec&, const Scene& scene, Clauses& clauses) {
  DescribeFile(scene, scene.NumberOf<&DescriptorSetCloseOnExec::descriptor>(), clauses);
  clauses.ReturnsValue(0, "FD.CLOSE_ON_EXEC"_req, "the flag of the descriptor is set");
}

void Apply(const DescriptorSetCloseOnExec& op, const Scene& scene, State& state,
           const Outcome& outcome) {
  if (!Succeeded(outcome)) return;
  DescriptorTable& table = state.processes[scene.process_index()].descriptors.Own();
  for (std::size_t i = 0; i < table.open().size(); ++i) {
    if (table.open()[i].number != scene.NumberOf<&DescriptorSetCloseOnExec::descriptor>()) continue;
    table.at(i).closed_on_exec = op.on;
  }
}

void Describe(const DescriptorGetCloseOnExec&, const Scene& scene, Clauses& clauses) {
  const std::int64_t number = scene.NumberOf<&DescriptorGetCloseOnExec::descriptor>();
  DescribeFile(scene, number, clauses);
  const Descriptor* descriptor = FindDescriptor(scene, number);
  const bool on = descriptor != nullptr && descriptor->closed_on_exec;
  clauses.ReturnsValue(on ? 1 : 0, {"FD.CLOSE_ON_EXEC"_req, "MEMFD.CLOEXEC"_req},
                       "whether exec closes the descriptor");
}

void Describe(const DescriptorOpenSocket&, const Scene& scene, Clauses& clauses) {
  clauses.Returns<Value>({}, "a descriptor of a socket");
  DescribeRoomForDescriptor(scene, clauses);
}

void Apply(const DescriptorOpenSocket&, const Scene& scene, State& state, const Outcome& outcome) {
  const std::int64_t number = NewNumber(outcome);
  if (number < 0) return;
  const std::uint32_t serial = scene.call().step + 1;
  AddNode(state, {.serial = serial,
                  .object = std::uint64_t{serial} << 8,
                  .mode_known = false,
                  .has_seals = false});
  ForgetNode(state, serial, serial);
  AddFile(state, {.serial = serial, .node = serial, .reads = true, .writes = true});
  OpenDescriptor(state, scene.process_index(), {number, serial, true});
  DropNode(state, serial);  // the open file holds it
}

}  // namespace shmspec::model
