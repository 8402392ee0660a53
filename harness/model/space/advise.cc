// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// madvise(2).

#include <algorithm>
#include <cerrno>
#include <optional>

#include "harness/model/language/operations.h"
#include "harness/model/space/backing.h"
#include "harness/model/space/mapping.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

/// Adds the errors of MADV_REMOVE on one mapping; false when it must fail.
bool DescribeRemoval(const Scene& scene, const Mapping& mapping, Clauses& clauses) {
  constexpr Requirement kNeeds = "MMAP.MADV_REMOVE_NEEDS_SHARED_WRITE"_req;
  const NodeBacking* node = mapping.node();
  bool sealed = false;
  if (node != nullptr && node->shared) {
    const std::uint64_t seals = NodeOf(scene.state(), node->node).seals;
    clauses.Refuse((seals & kSealWrite) != 0, EPERM, Force::kMust, "SEAL.WRITE_BLOCKS_WRITES"_req,
                   "the file is sealed against writing");
    clauses.Refuse((seals & kSealFutureWrite) != 0, EPERM, Force::kMust, "SEAL.FUTURE_WRITE"_req,
                   "the file is sealed against writing");
    sealed = (seals & (kSealWrite | kSealFutureWrite)) != 0;
  }
  const bool writable = (mapping.protection & kProtectWrite) != 0;
  if (mapping.IsShared() && writable) return !sealed;
  // Newer kernels ask whether it could be made writable, older ones whether it is.
  const bool could = (mapping.max_protection & kProtectWrite) != 0;
  clauses.Refuse(mapping.IsShared(), EACCES, could ? Force::kMay : Force::kMust,
                 {"SYSV.VMA.MADV_REMOVE_ZEROES"_req, kNeeds}, "the mapping cannot be written");
  if (mapping.IsShared() && could) return !sealed;
  if (mapping.IsShared()) return false;
  clauses.Refuse(mapping.node() != nullptr, EACCES, Force::kMust, kNeeds,
                 "what is written to a private mapping is not the object's");
  clauses.Refuse(mapping.node() == nullptr, EINVAL, Force::kMust, {},
                 "private memory has no object");
  return false;
}

/// Pages of a private mapping show the node as it is now.
void ShowAgain(State& state, const Mapping& mapping, std::uint64_t offset, std::uint64_t size) {
  const std::uint64_t node = NodeOf(state, mapping.node()->node).object;
  const std::uint64_t now = OwnObject(state, node).changes.Begin();
  OwnObject(state, mapping.object).shown_since.Set(offset, size, now);
}

/// Adds the errors of an advice on one mapping; false when it must fail.
bool DescribeAdvice(Advice advice, const Scene& scene, const Mapping& mapping, Clauses& clauses) {
  const bool discards =
      advice == Advice::kDontNeed || advice == Advice::kRemove || advice == Advice::kFree;
  if (mapping.locked && discards) {
    clauses.Refuse(true, EINVAL, Force::kMust, "MMAP.MLOCK"_req, "the memory is locked");
    return false;
  }
  if (advice == Advice::kRemove) return DescribeRemoval(scene, mapping, clauses);
  if (advice != Advice::kFree && advice != Advice::kWipeOnFork) return true;
  if (std::holds_alternative<NoBacking>(mapping.backing)) return true;
  clauses.Refuse(true, EINVAL, Force::kMust, "MMAP.MADV_REMOVE_NEEDS_SHARED_WRITE"_req,
                 "only private anonymous memory can be given up like that");
  return false;
}

}  // namespace

namespace {

/// What an advice about forks sets.
struct ForkFlag {
  bool Mapping::*member;
  bool on;
};

std::optional<ForkFlag> FlagOf(Advice advice) {
  switch (advice) {
    case Advice::kDontFork:
      return ForkFlag{&Mapping::skipped_by_fork, true};
    case Advice::kDoFork:
      return ForkFlag{&Mapping::skipped_by_fork, false};
    case Advice::kWipeOnFork:
      return ForkFlag{&Mapping::wiped_by_fork, true};
    case Advice::kKeepOnFork:
      return ForkFlag{&Mapping::wiped_by_fork, false};
    default:
      return std::nullopt;
  }
}

/// Where the first mapping begins that may have refused the advice; otherwise the end.
std::uint64_t EndOfTaking(Advice advice, const Scene& scene, std::uint64_t at, std::uint64_t end) {
  const auto& mappings = scene.space().mappings();
  for (std::size_t i = scene.space().FirstAfter(at); i < mappings.size(); ++i) {
    if (mappings[i].start >= end) break;
    // Some versions of Linux look for sealed mappings first, others mapping by mapping.
    if (mappings[i].sealed) return at;
    Clauses clauses;
    DescribeAdvice(advice, scene, mappings[i], clauses);
    if (!clauses.refusals().empty()) return std::max(at, mappings[i].start);
  }
  return end;
}

/// Cuts only mappings that change.
void Mark(const Scene& scene, State& state, std::uint64_t start, std::uint64_t end,
          const ForkFlag& flag) {
  const std::uint8_t process = scene.process_index();
  for (std::uint64_t at = start; at < end;) {
    const AddressSpace& space = *state.processes[process].space;
    const std::size_t index = space.FirstAfter(at);
    if (index == space.mappings().size() || space.mappings()[index].start >= end) return;
    const Mapping mapping = space.mappings()[index];
    const std::uint64_t from = std::max(at, mapping.start);
    at = std::min(end, mapping.end);
    if (mapping.*flag.member == flag.on) continue;
    SplitMappingAt(state, CauseOf(scene), process, from);
    SplitMappingAt(state, CauseOf(scene), process, at);
    AddressSpace& own = state.processes[process].space.Own();
    own.at(own.FirstAfter(from)).*flag.member = flag.on;
  }
}

}  // namespace

void Describe(const MapAdvise& op, const Scene& scene, Clauses& clauses) {
  const std::uint64_t at = scene.AddressOf<&MapAdvise::at>();
  const std::uint64_t end = at + RoundUp(op.size.bytes, scene.page());
  clauses.Refuse(!scene.IsPageAligned(at), EINVAL, Force::kMust, {}, "the address is not aligned");
  clauses.Refuse(end < at, EINVAL, Force::kMust, {}, "the range wraps around");
  clauses.ReturnsValue(0, "SYSV.VMA.MADV_DONTNEED_KEEPS_DATA"_req, "the advice is taken");
  if (end < at) return;
  DescribeHoles(scene, at, end, ENOMEM, clauses);
  clauses.Refuse(op.advice == Advice::kWillNeed, EBADF, Force::kMay, {},
                 "there is nothing to read ahead in anonymous memory");
  const auto& sealable = scene.space().mappings();
  const bool sealed = std::any_of(sealable.begin(), sealable.end(), [&](const Mapping& mapping) {
    return mapping.sealed && mapping.start < end && at < mapping.end;
  });
  clauses.Refuse(sealed, EPERM, Force::kMay, {}, "advice that discards may be refused when sealed");
  if (op.advice == Advice::kDontFork || op.advice == Advice::kDoFork) {
    clauses.Effect("SYSV.VMA.MADV_DONTFORK"_req);
  }
  if (op.advice == Advice::kRemove) clauses.Effect("SYSV.VMA.MADV_REMOVE_ZEROES"_req);
  if (op.advice == Advice::kDontNeed) clauses.Effect("MMAP.PRIVATE_DONTNEED"_req);
  const auto& mappings = scene.space().mappings();
  for (std::size_t i = scene.space().FirstAfter(at); i < mappings.size(); ++i) {
    if (mappings[i].start >= end) break;
    if (!DescribeAdvice(op.advice, scene, mappings[i], clauses)) break;
  }
}

void Apply(const MapAdvise& op, const Scene& scene, State& state, const Outcome& outcome) {
  const std::uint64_t at = scene.AddressOf<&MapAdvise::at>();
  std::uint64_t end = at + RoundUp(op.size.bytes, scene.page());
  const auto* failure = std::get_if<Failure>(&outcome);
  // A failure may come after some of the mappings have taken the advice.
  const bool nothing = failure != nullptr && !scene.IsPageAligned(at);
  if (nothing || end <= at || op.advice == Advice::kWillNeed) return;
  const std::uint8_t process = scene.process_index();
  if (failure != nullptr) end = EndOfTaking(op.advice, scene, at, end);
  if (const auto flag = FlagOf(op.advice)) return Mark(scene, state, at, end, *flag);
  AddressSpace& space = state.processes[process].space.Own();
  for (std::size_t i = space.FirstAfter(at); i < space.mappings().size(); ++i) {
    Mapping& mapping = space.at(i);
    if (mapping.start >= end) break;
    if (op.advice == Advice::kFree) {
      if (!std::holds_alternative<NoBacking>(mapping.backing)) continue;
      // Until it is stored to, it may be zero at any time.
      const std::uint64_t from = std::max(at, mapping.start);
      OwnObject(state, mapping.object)
          .MakeUnknown(mapping.offset + (from - mapping.start), std::min(end, mapping.end) - from,
                       scene.call().step);
    } else if (mapping.IsShared() == (op.advice == Advice::kRemove)) {
      // A segment loses its bytes only by removal, private memory by either.
      const std::uint64_t from = std::max(at, mapping.start);
      const std::uint64_t offset = mapping.offset + (from - mapping.start);
      const std::uint64_t size = std::min(end, mapping.end) - from;
      OwnObject(state, mapping.object).Zero(offset, size);
      if (mapping.IsPrivateNode()) ShowAgain(state, mapping, offset, size);
    }
  }
}

}  // namespace shmspec::model
