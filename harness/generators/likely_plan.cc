// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/generators/likely_plan.h"

#include <array>
#include <type_traits>
#include <utility>
#include <variant>

namespace shmspec {
namespace {

constexpr std::uint64_t kPage = 4096;

// The last handles of a kind are for what is named at one place alone (InSyncRoom).
constexpr std::uint8_t kMostHandles = LikelyPlan::kRoomHandle;

// The plainest first: generators shrink towards it.
constexpr std::array<std::uint64_t, 8> kSizes{kPage,     3 * kPage, 1,          kPage + 1,
                                              kPage - 1, 2 * kPage, 16 * kPage, 5000};

/// A handle's offset, in bytes of an attach.
constexpr std::array<std::int64_t, 10> kOffsets{0, 0, 60, 8, 4096, 4092, 8192, 64, 4095, 12284};
/// The same for where something begins.
constexpr std::array<std::int64_t, 7> kStarts{0, 0, 0, 4096, 8192, 1, 4095};

/// Where attaches begin in what an actor reserves.
constexpr std::array<std::int64_t, 8> kReservedStarts{0, 4096, 8192, 65536, 131072, 1, 4095, 65537};

/// Whether the harness has a file open for a moment to perform the operation. A thread beside it
/// would find that at the number of a descriptor which the plan has not.
bool OpensFiles(const Operation& operation) {
  return std::visit(
      []<class Op>(const Op&) {
        constexpr auto is = []<class... Ops>(std::variant<Ops...>*) {
          return (std::is_same_v<Op, Ops> || ...);
        };
        using Views = std::variant<MapLayout, MapShow, MemfdShowsName, MemfdLink, MemfdGetNoexec,
                                   MemfdSetNoexec, ProcessResident, SysvKeepsKey, SysvStatIndex,
                                   SysvStatAny, MemoryPin, DescriptorGetFrom, PosixPlantLink>;
        return kFamilyOf<Op> == Family::kSystem || is(static_cast<Views*>(nullptr));
      },
      operation);
}

}  // namespace

std::uint64_t LikelyPlan::OwnBytes(const Operation& operation) {
  const auto whole_pages = [](std::uint64_t bytes) { return (bytes + kPage - 1) / kPage * kPage; };
  if (const auto* attach = std::get_if<SysvAttach>(&operation)) {
    // No segment is smaller than a page.
    return attach->at.handle ? kReservedBytes / 2 : kPage;
  }
  if (const auto* reserve = std::get_if<MapReserve>(&operation)) {
    return whole_pages(reserve->size.bytes);
  }
  if (const auto* anonymous = std::get_if<MapPrivate>(&operation)) {
    return whole_pages(anonymous->size.bytes);
  }
  if (const auto* map = std::get_if<MapMap>(&operation)) return whole_pages(map->size.bytes);
  if (const auto* remap = std::get_if<MapRemap>(&operation)) {
    return whole_pages(remap->new_size.bytes);
  }
  return 0;
}

LikelyPlan::LikelyPlan(LikelyWeights weights) : weights_(weights) {
  plan_.name = "drawn.likely";
  const auto actor = [&](const char* name, Start start, std::optional<Id> id,
                         std::vector<Id> groups = {}) {
    ActorSpec spec;
    spec.name = name;
    spec.start = start;
    spec.uid = spec.gid = id;
    spec.groups = std::move(groups);
    plan_.actors.push_back(spec);
  };
  actor("a", Start::kSpawn, std::nullopt);
  actor("b", Start::kSpawn, Id::User(1));
  actor("c", Start::kFork, std::nullopt);
  actor("d", Start::kThread, std::nullopt);
  actor("e", Start::kSpawn, Id::User(2), {Id::User(1)});
  alive_ = {true, true, false, false, true};
  reservations_.resize(plan_.actors.size());
  processes_ = {0, 1, 2, 3, 4};
  if (weights_.sync > 0) MakeSyncRoom();
}

void LikelyPlan::AddStep(Choices& choices) {
  choices_ = &choices;
  actor_ = race_ ? race_->actor : AnyActor();
  Operation operation = Draw(actor_);
  // A moving attach counts twice for a moment, of which the model knows nothing.
  const bool moves = race_ && weights_.calls > 0 && std::holds_alternative<MapRemap>(operation);
  if (moves || (RacesThreads() && OpensFiles(operation))) operation = DrawMemory();
  Add(actor_, std::move(operation));
}

void LikelyPlan::Add(std::uint8_t actor, Operation operation, std::optional<Handle> named) {
  Step step;
  step.assigns = named;
  step.actor = ActorRef{actor};
  step.timing = race_ ? Timing::kRace : Timing::kTurn;
  // A key has its value before the plan begins and keeps it.
  const auto kind = AssignedKind(operation);
  if (kind && *kind != HandleKind::kKey && !named) {
    std::uint8_t& used = Used(*kind);
    step.assigns = Handle{*kind, used};
    const Range range{OwnBytes(operation), 1u << processes_[actor], 0};
    if (const auto* attach = std::get_if<SysvAttach>(&operation)) {
      attach_ranges_[used] = range;
      homes_[used] = attach->at.handle;
    }
    if (*kind == HandleKind::kMapping) mapping_ranges_[used] = range;
    if (*kind == HandleKind::kDescriptor) descriptor_processes_[used] = range.processes;
    if (used + 1 < kMostHandles) ++used;
  }
  GiveUp(actor, operation);
  if (std::holds_alternative<ProcessExec>(operation)) sync_rooms_[processes_[actor]].reset();
  step.operation = std::move(operation);
  plan_.steps.push_back(std::move(step));
}

void LikelyPlan::GiveUp(std::uint8_t actor, const Operation& operation) {
  const auto give_up = [&](const Address& at) {
    if (!at.handle) return;
    const std::uint32_t process = 1u << processes_[actor];
    std::optional<Handle> mapping = at.handle;
    if (at.handle->kind == HandleKind::kAttach) {
      attach_ranges_[at.handle->index].given_up |= process;
      mapping = homes_[at.handle->index];
    }
    if (mapping && mapping->kind == HandleKind::kMapping) {
      mapping_ranges_[mapping->index].given_up |= process;
    }
  };
  if (const auto* detach = std::get_if<SysvDetach>(&operation)) give_up(detach->at);
  if (const auto* unmap = std::get_if<MapUnmap>(&operation)) give_up(unmap->at);
  if (const auto* remap = std::get_if<MapRemap>(&operation)) give_up(remap->at);
}

void LikelyPlan::Birth(std::uint8_t parent, std::uint8_t child) {
  alive_[child] = true;
  // A forked one has the attaches of its parent at the same addresses.
  sync_rooms_[child] = sync_rooms_[processes_[parent]];
  reservations_[child] = reservations_[parent];
  if (child == kThread) processes_[child] = processes_[parent];
  for (std::uint32_t& processes : descriptor_processes_) {
    if ((processes >> processes_[parent] & 1) != 0) processes |= 1u << processes_[child];
  }
  for (auto* ranges : {&attach_ranges_, &mapping_ranges_}) {
    for (Range& range : *ranges) {
      // A thread's stack may be placed in memory that was unmapped.
      if (child == kThread) range.processes &= ~(range.given_up & 1u << processes_[child]);
      if ((range.processes >> processes_[parent] & 1) != 0) {
        range.processes |= 1u << processes_[child];
      }
    }
  }
}

std::optional<std::uint8_t> LikelyPlan::InOwnProcess(bool mapping, std::uint8_t first) const {
  const HandleKind kind = mapping ? HandleKind::kMapping : HandleKind::kAttach;
  const std::uint8_t count = Named(kind);
  for (std::uint8_t i = 0; i < count; ++i) {
    const std::uint8_t index = Nth(kind, (first + i) % count);
    const Range& range = mapping ? mapping_ranges_[index] : attach_ranges_[index];
    if ((range.processes >> processes_[actor_] & 1) != 0) return index;
  }
  return std::nullopt;
}

std::uint8_t LikelyPlan::AnyActor() {
  // The first one, for when choices have run out, always exists.
  const auto actor = static_cast<std::uint8_t>(Below(alive_.size()));
  return Lives(actor) ? actor : std::uint8_t{0};
}

std::uint64_t LikelyPlan::AnySize() { return OneOf(kSizes); }

SegmentRef LikelyPlan::AnySegment() {
  const std::uint8_t count = Named(HandleKind::kSegment);
  if (count == 0 || Below(20) == 0) {
    return {{std::nullopt, static_cast<std::int64_t>(Below(3)) * 32768 - 1}};
  }
  // The offset is another identifier with the same index.
  const Handle handle{HandleKind::kSegment, Nth(HandleKind::kSegment, Below(count))};
  return {{handle, Below(24) == 23 ? 32768 : 0}};
}

Address LikelyPlan::AnyAttach() {
  const std::uint8_t count = Named(HandleKind::kAttach);
  if (count == 0) return {{std::nullopt, 0x1000}};
  return {{Handle{HandleKind::kAttach, Nth(HandleKind::kAttach, Below(count))}, 0}};
}

LikelyPlan::Room LikelyPlan::AnyRoom(std::span<const std::int64_t> offsets) {
  const std::uint8_t attaches = Named(HandleKind::kAttach);
  const std::uint8_t mappings = Named(HandleKind::kMapping);
  if (attaches == 0 && mappings == 0) return {{{std::nullopt, 0x1000}}, kPage};
  const bool mapping = attaches == 0 || (mappings > 0 && Below(weights_.files > 0 ? 2 : 4) != 0);
  const auto first = static_cast<std::uint8_t>(Below(mapping ? mappings : attaches));
  std::int64_t offset = OneOf(offsets);
  const auto index = InOwnProcess(mapping, first);
  if (!index) return {{{std::nullopt, 0x1000}}, kPage};
  const std::uint64_t bytes = (mapping ? mapping_ranges_ : attach_ranges_)[*index].bytes;
  // The widest access fits.
  if (static_cast<std::uint64_t>(offset) + 8 > bytes) offset = 0;
  return {{{Handle{mapping ? HandleKind::kMapping : HandleKind::kAttach, *index}, offset}},
          bytes - static_cast<std::uint64_t>(offset)};
}

LikelyPlan::Room LikelyPlan::AnyRoom() { return AnyRoom(kOffsets); }

LikelyPlan::Room LikelyPlan::AnyStart() { return AnyRoom(kStarts); }

Address LikelyPlan::InReservation(std::uint8_t actor) {
  std::optional<std::uint8_t>& reserved = reservations_[actor];
  if (!reserved) {
    reserved = Used(HandleKind::kMapping);
    Add(actor, MapReserve{{kReservedBytes}});
  }
  return {{Handle{HandleKind::kMapping, *reserved}, OneOf(kReservedStarts)}};
}

KeyRef LikelyPlan::AnyKey() {
  if (Below(16) == 15) return {{std::nullopt, -5}};
  return {{Handle{HandleKind::kKey, static_cast<std::uint8_t>(Below(3))}, 0}};
}

IpcRef LikelyPlan::AnyIpcObject() {
  const std::uint8_t count = Named(HandleKind::kIpcObject);
  if (count == 0 || Below(16) == 15) return {{std::nullopt, 32767}};
  return {{Handle{HandleKind::kIpcObject, Nth(HandleKind::kIpcObject, Below(count))}, 0}};
}

DescriptorRef LikelyPlan::AnyDescriptor() {
  const std::uint8_t used = Named(HandleKind::kDescriptor);
  if (used == 0 || Below(24) == 23) return {{std::nullopt, -1}};
  const std::uint64_t first = Below(used);
  std::uint8_t index = Nth(HandleKind::kDescriptor, first);
  // Mostly one that the process of the actor may have open.
  const bool own = Below(8) != 7;
  for (std::uint8_t i = 0; own && i < used; ++i) {
    const std::uint8_t other = Nth(HandleKind::kDescriptor, (first + i) % used);
    if ((descriptor_processes_[other] >> processes_[actor_] & 1) == 0) continue;
    index = other;
    break;
  }
  return {{Handle{HandleKind::kDescriptor, index}, 0}};
}

Buffer LikelyPlan::AnyBuffer() {
  constexpr std::array kBad{Buffer::kNull, Buffer::kWild, Buffer::kUnwritable};
  const Buffer buffer = Below(10) == 0 ? OneOf(kBad) : Buffer::kValid;
  return buffer == Buffer::kNull && zero_page_ ? Buffer::kWild : buffer;
}

Plan LikelySequence(Choices& choices, std::size_t steps, LikelyWeights weights) {
  LikelyPlan likely(weights);
  for (std::size_t i = 0; i < steps; ++i) likely.AddStep(choices);
  return likely.plan();
}

Plan LikelySequence(std::uint64_t seed, std::size_t steps, LikelyWeights weights) {
  SeededChoices choices(seed);
  return LikelySequence(choices, steps, weights);
}

}  // namespace shmspec
