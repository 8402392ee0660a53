// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/likely_plan.h"

#include <array>
#include <utility>

namespace shmspec {
namespace {

constexpr std::uint8_t kForked = 2;
constexpr std::uint8_t kThread = 3;
constexpr std::uint64_t kPage = 4096;

// The plainest first: generators shrink towards it.
constexpr std::array<std::uint64_t, 8> kSizes{kPage,     3 * kPage, 1,          kPage + 1,
                                              kPage - 1, 2 * kPage, 16 * kPage, 5000};
constexpr std::array<std::uint32_t, 11> kModes{0600, 0666, 0640, 0400, 0200, 0777,
                                               0060, 0006, 0440, 0604, 0460};
constexpr std::array<std::uint32_t, 3> kUids{0, 1000, 1001};
constexpr std::array<std::int32_t, 4> kCommands{99, -1, 16, 5};

/// A handle's offset, in bytes of an attach.
constexpr std::array<std::int64_t, 10> kOffsets{0, 0, 0, 8, 4096, 4092, 8192, 64, 4095, 12284};
/// The same for where something begins.
constexpr std::array<std::int64_t, 8> kStarts{0, 0, 0, 4096, 8192, 1, 4095, -4096};

}  // namespace

LikelyPlan::LikelyPlan(LikelyWeights weights) : weights_(weights) {
  plan_.name = "drawn.likely";
  const auto actor = [&](const char* name, Start start, std::optional<std::uint32_t> id,
                         std::vector<std::uint32_t> groups = {}) {
    ActorSpec spec;
    spec.name = name;
    spec.start = start;
    spec.uid = spec.gid = id;
    spec.groups = std::move(groups);
    plan_.actors.push_back(spec);
  };
  actor("a", Start::kSpawn, std::nullopt);
  actor("b", Start::kSpawn, 1000);
  actor("c", Start::kFork, std::nullopt);
  actor("d", Start::kThread, std::nullopt);
  actor("e", Start::kSpawn, 1001, {1000});
  alive_ = {true, true, false, false, true};
}

void LikelyPlan::AddStep(Choices& choices) {
  choices_ = &choices;
  const std::uint8_t actor = AnyActor();
  Add(actor, Draw(actor));
}

void LikelyPlan::Furnish(Choices& choices) {
  choices_ = &choices;
  for (int i = 0; i < 2; ++i) Add(0, SysvGet{{}, {AnySize()}, kCreate | 0666});
  for (int i = 0; i < 3; ++i) Add(AnyActor(), SysvAttach{AnySegment(), {}, {}});
  if (weights_.processes == 0) return;
  Add(0, ProcessFork{ActorRef{kForked}});
  alive_[kForked] = true;
}

void LikelyPlan::AddRace(Choices& choices, std::size_t actors, std::size_t steps) {
  choices_ = &choices;
  const std::array before{segments_, attaches_, mappings_};
  for (std::uint8_t actor = 0; actor < actors; ++actor) {
    for (std::size_t i = 0; i < steps; ++i) {
      // Handles that the race itself assigns are nobody's business in it.
      const std::array all{segments_, attaches_, mappings_};
      segments_ = before[0];
      attaches_ = before[1];
      mappings_ = 0;
      Operation operation;
      switch (Below(8)) {
        case 0:
          operation = DrawMemory();
          break;
        case 1:
          operation = SysvStat{AnySegment(), Buffer::kValid};
          break;
        case 2:
          operation = ProcessExit{ExitHow::kQuick, 3};
          if (i + 1 != steps || weights_.processes == 0) operation = DrawControl();
          break;
        case 3:
          operation = DrawControl();
          break;
        default:
          operation = DrawCall();
      }
      segments_ = all[0];
      attaches_ = all[1];
      mappings_ = all[2];
      Add(actor, std::move(operation), Timing::kRace);
    }
  }
  ++race_;
  for (std::uint8_t actor = 0; actor < actors; ++actor) Look(actor);
}

void LikelyPlan::Look(std::uint8_t actor) {
  for (std::uint8_t i = 0; i < 2; ++i) {
    Add(actor, SysvStat{{{Handle{HandleKind::kSegment, i}, 0}}, Buffer::kValid});
  }
  Add(actor, MemoryLoad{AnyPlace(), Width::k8, Order::kSeqCst});
  Add(actor, SystemSegments{});
}

void LikelyPlan::Add(std::uint8_t actor, Operation operation, Timing timing) {
  Step step;
  step.actor = ActorRef{actor};
  step.timing = timing;
  step.race = race_;
  // A key has its value before the plan begins and keeps it.
  const auto kind = AssignedKind(operation);
  if (kind && *kind != HandleKind::kKey) {
    std::uint8_t* used = *kind == HandleKind::kSegment  ? &segments_
                         : *kind == HandleKind::kAttach ? &attaches_
                                                        : &mappings_;
    step.assigns = Handle{*kind, *used};
    if (*used + 1 < Handle::kLimit) ++*used;
  }
  step.operation = std::move(operation);
  plan_.steps.push_back(std::move(step));
}

std::uint8_t LikelyPlan::AnyActor() {
  // The first one, when choices have run out, is always there.
  const auto actor = static_cast<std::uint8_t>(Below(alive_.size()));
  return alive_[actor] ? actor : std::uint8_t{0};
}

std::uint64_t LikelyPlan::AnySize() { return OneOf(kSizes); }

SegmentRef LikelyPlan::AnySegment() {
  if (segments_ == 0 || Below(20) == 0) {
    return {{std::nullopt, static_cast<std::int64_t>(Below(3)) * 32768 - 1}};
  }
  return {{Handle{HandleKind::kSegment, static_cast<std::uint8_t>(Below(segments_))}, 0}};
}

Place LikelyPlan::AnyAttach() {
  if (attaches_ == 0) return {{std::nullopt, 0x1000}};
  return {{Handle{HandleKind::kAttach, static_cast<std::uint8_t>(Below(attaches_))}, 0}};
}

Place LikelyPlan::AnyPlace() {
  if (attaches_ == 0) return {{std::nullopt, 0x1000}};
  const bool mapping = mappings_ > 0 && Below(4) == 0;
  const auto index = static_cast<std::uint8_t>(Below(mapping ? mappings_ : attaches_));
  return {{Handle{mapping ? HandleKind::kMapping : HandleKind::kAttach, index}, OneOf(kOffsets)}};
}

KeyRef LikelyPlan::AnyKey() {
  return {{Handle{HandleKind::kKey, static_cast<std::uint8_t>(Below(3))}, 0}};
}

Place LikelyPlan::AnyStart() {
  Place place = AnyPlace();
  if (place.handle) place.offset = OneOf(kStarts);
  return place;
}

Buffer LikelyPlan::AnyBuffer() {
  constexpr std::array kBad{Buffer::kNull, Buffer::kWild, Buffer::kUnwritable};
  return Below(10) == 0 ? OneOf(kBad) : Buffer::kValid;
}

Operation LikelyPlan::Draw(std::uint8_t actor) {
  const LikelyWeights& w = weights_;
  std::uint64_t left =
      Below(std::uint64_t{w.calls} + w.controls + w.memory + w.mappings + w.system + w.processes);
  const auto is = [&left](std::uint8_t weight) {
    if (left < weight) return true;
    left -= weight;
    return false;
  };
  if (is(w.calls)) return DrawCall();
  if (is(w.controls)) return DrawControl();
  if (is(w.memory)) return DrawMemory();
  if (is(w.mappings)) return DrawMapping();
  if (is(w.system)) return DrawSystem();
  return DrawProcess(actor);
}

Operation LikelyPlan::DrawGet() {
  constexpr std::array<std::uint64_t, 4> kOddSizes{0, ~0ull, 1ull << 62, 1ull << 40};
  SysvGet get;
  if (Below(2) == 1) get.key = AnyKey();
  get.size.bytes = Below(12) == 11 ? OneOf(kOddSizes) : AnySize();
  get.flags.bits = OneOf(kModes);
  if (Below(4) != 3) get.flags.bits |= kCreate;
  if (Below(4) == 3) get.flags.bits |= kExclusive;
  if (Below(10) == 9) get.flags.bits |= kNoReserve;
  return get;
}

Operation LikelyPlan::DrawCall() {
  switch (Below(6)) {
    case 0:
    case 1:
      return DrawGet();
    case 2:
    case 3: {
      SysvAttach attach{AnySegment(), {}, {}};
      if (Below(3) == 2) attach.flags.bits |= kReadOnly;
      if (Below(4) == 3) attach.at = AnyStart();
      if (Below(4) == 3) attach.flags.bits |= kRound;
      if (Below(6) == 5) attach.flags.bits |= kRemap;
      if (Below(8) == 7) attach.flags.bits |= kExecute;
      return attach;
    }
    case 4:
      return SysvDetach{Below(4) == 3 ? AnyStart() : AnyAttach()};
    default:
      return SysvRemove{AnySegment(), Buffer::kNull};
  }
}

Operation LikelyPlan::DrawControl() {
  switch (Below(11)) {
    case 0:
    case 1:
      return SysvStat{AnySegment(), AnyBuffer()};
    case 2:
    case 3:
      return SysvSet{AnySegment(), {OneOf(kUids)}, {OneOf(kUids)}, {OneOf(kModes)}, AnyBuffer()};
    case 4:
      return SysvLock{AnySegment()};
    case 5:
      return SysvUnlock{AnySegment()};
    case 6:
      return SysvInfo{AnySegment(), AnyBuffer()};
    case 7:
      return SysvShmInfo{AnySegment(), AnyBuffer()};
    case 8:
      return SysvStatIndex{AnySegment(), AnyBuffer()};
    case 9:
      return SysvStatAny{AnySegment(), AnyBuffer()};
    default:
      return SysvControl{AnySegment(), OneOf(kCommands)};
  }
}

Operation LikelyPlan::DrawMemory() {
  constexpr std::array kWidths{Width::k1, Width::k2, Width::k4, Width::k8};
  const Width width = OneOf(kWidths);
  switch (Below(7)) {
    case 0:
      return MemoryLoad{AnyPlace(), width, Order::kSeqCst};
    case 1:
      return MemoryExchange{AnyPlace(), width, Below(256), Order::kSeqCst};
    case 2:
      return MemoryCompareExchange{AnyPlace(), width, 0, Below(256), Order::kSeqCst};
    case 3:
      return MemoryFetchAdd{AnyPlace(), width, Below(300), Order::kSeqCst};
    case 4:
      return MemoryFill{AnyPlace(), {AnySize()}, Below(256)};
    case 5:
      return MemoryChecksum{AnyPlace(), {AnySize()}};
    default:
      return MemoryStore{AnyPlace(), width, Below(~0ull), Order::kSeqCst};
  }
}

Operation LikelyPlan::DrawMapping() {
  constexpr std::array kAdvice{Advice::kDontNeed, Advice::kRemove, Advice::kDontFork};
  switch (Below(7)) {
    case 0:
      return MapReserve{{AnySize()}};
    case 1:
      return MapPrivate{{AnySize()}, Below(2) == 0 ? Place() : AnyPlace()};
    case 2:
      return MapUnmap{AnyStart(), {AnySize()}};
    case 3:
      return MapProtect{AnyStart(), {AnySize()}, Protection(Below(4))};
    case 4:
      return MapRemap{AnyStart(), {AnySize() % (3 * kPage)}, {AnySize()}, {}};
    case 5:
      return MapAdvise{AnyStart(), {AnySize()}, OneOf(kAdvice)};
    default:
      return MapLayout{};
  }
}

Operation LikelyPlan::DrawSystem() {
  constexpr std::array<std::int64_t, 5> kLimits{0, 1, 3, 4096, 8192};
  constexpr std::array kNames{Sysctl::kShmmax, Sysctl::kShmall, Sysctl::kShmmni};
  switch (Below(weights_.tools ? 12 : 7)) {
    case 0:
      return SystemSegments{};
    case 1:
      return SystemSysctlRead{OneOf(kNames)};
    case 2:
      return SystemSysctlWrite{Sysctl::kRmidForced, static_cast<std::int64_t>(Below(3))};
    case 3:
      return SystemSysctlWrite{Sysctl::kNextId, static_cast<std::int64_t>(Below(100000))};
    case 4:
      return SystemSysctlRead{Sysctl::kNextId};
    case 5:
      return SystemSysctlWrite{OneOf(kNames), OneOf(kLimits)};
    case 6:
      return SysvKeyOfPath{Below(2) == 0 ? "/" : "/proc", static_cast<std::int32_t>(Below(600))};
    case 7:
      return SystemIpcrm{AnySegment()};
    case 8:
      return SystemIpcmk{{AnySize()}, {0644}};
    case 9:
      return SystemIpcs{};
    case 10:
      return SystemIpcrmKey{AnyKey()};
    default:
      return SystemLsipc{};
  }
}

Operation LikelyPlan::DrawProcess(std::uint8_t actor) {
  switch (Below(9)) {
    case 0:
      if (alive_[kForked]) return SystemSegments{};
      alive_[kForked] = true;
      return ProcessFork{ActorRef{kForked}};
    case 1:
      if (alive_[kThread]) return MapLayout{};
      alive_[kThread] = true;
      return ProcessThread{ActorRef{kThread}};
    case 2:
      return ProcessExec{Below(3) == 0 ? Image::kSelf : Image::kMissing};
    case 3:
      if (actor == 0) return ProcessSetUmask{{022}};
      return ProcessExit{Below(2) == 0 ? ExitHow::kQuick : ExitHow::kThread, 7};
    case 4:
      if (actor == kForked || !alive_[kForked]) return ProcessPin{0};
      return ProcessKill{ActorRef{kForked}, {9}};
    case 5:
      return ProcessSetEffective{{OneOf(kUids)}};
    case 6:
      return ProcessDropCapability{Capabilities(kCapIpcOwner)};
    case 7:
      return ProcessSetLimit{Limit::kMemlock, Below(4) * kPage};
    default:
      return ProcessUnshare{Namespaces(Below(3) == 0 ? kNamespaceIpc : 0)};
  }
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

Plan LikelyRace(Choices& choices, std::size_t actors, std::size_t steps) {
  LikelyPlan likely;
  likely.Furnish(choices);
  likely.AddRace(choices, actors, steps);
  return likely.plan();
}

Plan LikelyRace(std::uint64_t seed, std::size_t actors, std::size_t steps) {
  SeededChoices choices(seed);
  return LikelyRace(choices, actors, steps);
}

}  // namespace shmspec
