// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// mseal(2), and /proc/PID/map_files.

#include <algorithm>
#include <cerrno>

#include "harness/model/language/operations.h"
#include "harness/model/rights/permission.h"
#include "harness/model/space/backing.h"
#include "harness/model/space/mapping.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

constexpr std::uint64_t kCapCheckpointRestore = 1ull << 40;

std::uint64_t EndOf(const Scene& scene, const MapSeal& op) {
  return scene.AddressOf<&MapSeal::at>() + RoundUp(op.size.bytes, scene.page());
}

}  // namespace

void DescribeSeals(const Scene& scene, std::uint64_t start, std::uint64_t end, Clauses& clauses) {
  const auto& mappings = scene.space().mappings();
  const bool sealed = std::any_of(mappings.begin(), mappings.end(), [&](const Mapping& mapping) {
    return mapping.sealed && mapping.start < end && start < mapping.end;
  });
  clauses.Refuse(sealed, EPERM, Force::kMust, "SYSV.SHMDT.MSEALED_NOOP"_req,
                 "part of the range is sealed");
}

void Describe(const MapSeal& op, const Scene& scene, Clauses& clauses) {
  const std::uint64_t at = scene.AddressOf<&MapSeal::at>();
  const std::uint64_t end = EndOf(scene, op);
  clauses.Refuse(!scene.IsPageAligned(at), EINVAL, Force::kMust, {}, "the address is not aligned");
  clauses.Refuse(end < at, EINVAL, Force::kMust, {}, "the range wraps around");
  clauses.ReturnsValue(0, {}, "the range is sealed");
  if (end > at) DescribeHoles(scene, at, end, ENOMEM, clauses);
}

void Apply(const MapSeal& op, const Scene& scene, State& state, const Outcome& outcome) {
  const std::uint64_t at = scene.AddressOf<&MapSeal::at>();
  const std::uint64_t end = EndOf(scene, op);
  if (!Succeeded(outcome) || end <= at) return;
  const std::uint8_t process = scene.process_index();
  SplitMappingAt(state, CauseOf(scene), process, at);
  SplitMappingAt(state, CauseOf(scene), process, end);
  AddressSpace& space = state.processes[process].space.Own();
  for (std::size_t i = space.FirstAfter(at); i < space.mappings().size(); ++i) {
    if (space.mappings()[i].start >= end) break;
    space.at(i).sealed = true;
  }
}

void Describe(const MapReopen& op, const Scene& scene, Clauses& clauses) {
  const std::uint64_t at = scene.AddressOf<&MapReopen::at>();
  const Mapping* mapping = scene.space().Find(at);
  const bool exact = mapping != nullptr && mapping->IsAttach() && mapping->start == at &&
                     mapping->size() == op.size.bytes;
  clauses.Refuse(!exact, ENOENT, mapping == nullptr ? Force::kMay : Force::kMust,
                 "PROC.MAP_FILES"_req, "no mapping of a file is exactly there");
  Says may = GloballyCapable(scene, kCapSysAdmin);
  if (may != Says::kYes) may = std::max(may, GloballyCapable(scene, kCapCheckpointRestore));
  clauses.RefuseUnless(may, EPERM, "PROC.MAP_FILES"_req,
                       "reopening needs a capability over the whole system");
  // A process that has changed its ids does not own its own folder in procfs.
  clauses.Refuse(may != Says::kYes, EACCES, Force::kMay, {}, "the folder is not the caller's");
  clauses.ReturnsValue(0, "PROC.MAP_FILES"_req, "the entry names the mapping and can be opened");
}

}  // namespace shmspec::model
