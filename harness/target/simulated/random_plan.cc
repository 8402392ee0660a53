// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/simulated/random_plan.h"

#include <array>
#include <utility>

namespace shmspec {
namespace {

constexpr std::uint8_t kForked = 2;
constexpr std::uint8_t kThread = 3;
constexpr std::uint64_t kPage = 4096;

constexpr std::array<std::uint64_t, 6> kSizes{1, 4095, kPage, kPage + 1, 3 * kPage, 16 * kPage};
constexpr std::array<std::uint32_t, 6> kModes{0600, 0666, 0640, 0400, 0200, 0777};
constexpr std::array<std::uint32_t, 3> kUids{0, 1000, 1001};

/// A handle's offset, in bytes of an attach.
constexpr std::array<std::int64_t, 8> kOffsets{0, 0, 0, 8, 4096, 4092, 8192, 64};

}  // namespace

void RandomPlan::Begin() {
  plan_ = Plan();
  plan_.name = "test.random";
  const auto actor = [&](const char* name, Start start, std::optional<std::uint32_t> uid) {
    ActorSpec spec;
    spec.name = name;
    spec.start = start;
    spec.uid = spec.gid = uid;
    plan_.actors.push_back(spec);
  };
  actor("a", Start::kSpawn, std::nullopt);
  actor("b", Start::kSpawn, 1000);
  actor("c", Start::kFork, std::nullopt);
  actor("d", Start::kThread, std::nullopt);
  alive_ = {true, true, false, false};
  segments_ = attaches_ = mappings_ = 0;
  race_ = 0;
}

Plan RandomPlan::Sequential(std::size_t steps) {
  Begin();
  while (plan_.steps.size() < steps) {
    const std::uint8_t actor = AnyActor();
    Add(actor, Draw(actor));
  }
  return std::move(plan_);
}

Plan RandomPlan::Racing(std::size_t actors, std::size_t steps) {
  Begin();
  for (int i = 0; i < 2; ++i) Add(0, SysvGet{{}, {AnySize()}, kCreate | 0666});
  for (int i = 0; i < 3; ++i) Add(AnyActor(), SysvAttach{AnySegment(), {}, {}});
  if (actors > 2) {
    Add(0, ProcessFork{ActorRef{kForked}});
    alive_[kForked] = true;
  }
  for (std::uint8_t actor = 0; actor < actors; ++actor) {
    for (std::size_t i = 0; i < steps; ++i) {
      Operation operation;
      // Handles that the race itself assigns are nobody's business in it.
      const auto segments = std::exchange(segments_, std::uint8_t{2});
      const auto attaches = std::exchange(attaches_, std::uint8_t{3});
      const auto mappings = std::exchange(mappings_, std::uint8_t{0});
      switch (Below(8)) {
        case 0:
          operation = DrawMemory();
          break;
        case 1:
          operation = SysvStat{AnySegment(), Buffer::kValid};
          break;
        case 2:
          operation = ProcessExit{ExitHow::kQuick, 3};
          if (i + 1 != steps) operation = DrawControl();
          break;
        case 3:
          operation = DrawControl();
          break;
        default:
          operation = DrawCall();
      }
      segments_ = segments;
      attaches_ = attaches;
      mappings_ = mappings;
      Add(actor, std::move(operation), Timing::kRace);
    }
  }
  for (std::uint8_t actor = 0; actor < actors; ++actor) Look(actor);
  return std::move(plan_);
}

void RandomPlan::Look(std::uint8_t actor) {
  for (std::uint8_t i = 0; i < 2; ++i) {
    Add(actor, SysvStat{{{Handle{HandleKind::kSegment, i}, 0}}, Buffer::kValid});
  }
  Add(actor, MemoryLoad{AnyPlace(), Width::k8, Order::kSeqCst});
  Add(actor, SystemSegments{});
}

void RandomPlan::Add(std::uint8_t actor, Operation operation, Timing timing) {
  Step step;
  step.actor = ActorRef{actor};
  step.timing = timing;
  step.race = race_;
  if (const auto kind = AssignedKind(operation)) {
    std::uint8_t* used = *kind == HandleKind::kSegment  ? &segments_
                         : *kind == HandleKind::kAttach ? &attaches_
                                                        : &mappings_;
    if (*kind != HandleKind::kKey) step.assigns = Handle{*kind, *used};
    if (*used + 1 < Handle::kLimit) ++*used;
  }
  step.operation = std::move(operation);
  plan_.steps.push_back(std::move(step));
}

std::uint8_t RandomPlan::AnyActor() {
  while (true) {
    const auto actor = static_cast<std::uint8_t>(Below(alive_.size()));
    if (alive_[actor]) return actor;
  }
}

std::uint64_t RandomPlan::AnySize() { return kSizes[Below(kSizes.size())]; }

SegmentRef RandomPlan::AnySegment() {
  if (segments_ == 0 || Below(20) == 0) {
    return {{std::nullopt, static_cast<std::int64_t>(Below(3)) * 32768 - 1}};
  }
  return {{Handle{HandleKind::kSegment, static_cast<std::uint8_t>(Below(segments_))}, 0}};
}

Place RandomPlan::AnyPlace() {
  if (attaches_ == 0) return {{std::nullopt, 0x1000}};
  const bool mapping = mappings_ > 0 && Below(4) == 0;
  const auto index = static_cast<std::uint8_t>(Below(mapping ? mappings_ : attaches_));
  return {{Handle{mapping ? HandleKind::kMapping : HandleKind::kAttach, index},
           kOffsets[Below(kOffsets.size())]}};
}

Operation RandomPlan::Draw(std::uint8_t actor) {
  switch (Below(16)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
      return DrawCall();
    case 5:
    case 6:
    case 7:
      return DrawControl();
    case 8:
    case 9:
    case 10:
      return DrawMemory();
    case 11:
    case 12:
      return DrawMapping();
    case 13:
      return DrawSystem();
    default:
      return DrawProcess(actor);
  }
}

Operation RandomPlan::DrawCall() {
  switch (Below(5)) {
    case 0: {
      SysvGet get;
      if (Below(2) == 0)
        get.key = {{Handle{HandleKind::kKey, static_cast<std::uint8_t>(Below(3))}, 0}};
      get.size.bytes = AnySize();
      get.flags.bits = kModes[Below(kModes.size())];
      if (Below(4) != 0) get.flags.bits |= kCreate;
      if (Below(4) == 0) get.flags.bits |= kExclusive;
      return get;
    }
    case 1:
    case 2: {
      SysvAttach attach{AnySegment(), {}, {}};
      if (Below(3) == 0) attach.flags.bits |= kReadOnly;
      if (Below(4) == 0) attach.at = AnyPlace();
      if (Below(4) == 0) attach.flags.bits |= kRound;
      if (Below(6) == 0) attach.flags.bits |= kRemap;
      return attach;
    }
    case 3:
      return SysvDetach{AnyPlace()};
    default:
      return SysvRemove{AnySegment(), Buffer::kNull};
  }
}

Operation RandomPlan::DrawControl() {
  switch (Below(9)) {
    case 0:
      return SysvSet{AnySegment(),
                     {kUids[Below(3)]},
                     {kUids[Below(3)]},
                     {kModes[Below(kModes.size())]},
                     Buffer::kValid};
    case 1:
      return SysvLock{AnySegment()};
    case 2:
      return SysvUnlock{AnySegment()};
    case 3:
      return SysvInfo{AnySegment(), Buffer::kValid};
    case 4:
      return SysvShmInfo{AnySegment(), Buffer::kValid};
    case 5:
      return SysvStatIndex{AnySegment(), Buffer::kValid};
    case 6:
      return SysvStatAny{AnySegment(), Buffer::kNull};
    default:
      return SysvStat{AnySegment(), Buffer::kValid};
  }
}

Operation RandomPlan::DrawMemory() {
  constexpr std::array kWidths{Width::k1, Width::k2, Width::k4, Width::k8};
  const Width width = kWidths[Below(kWidths.size())];
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
      return MemoryStore{AnyPlace(), width, random_(), Order::kSeqCst};
  }
}

Operation RandomPlan::DrawMapping() {
  constexpr std::array kAdvice{Advice::kDontNeed, Advice::kRemove, Advice::kDontFork};
  switch (Below(7)) {
    case 0:
      return MapReserve{{AnySize()}};
    case 1:
      return MapPrivate{{AnySize()}, Below(2) == 0 ? AnyPlace() : Place()};
    case 2:
      return MapUnmap{AnyPlace(), {AnySize()}};
    case 3:
      return MapProtect{AnyPlace(), {AnySize()}, Protection(Below(4))};
    case 4:
      return MapRemap{AnyPlace(), {AnySize() % (3 * kPage)}, {AnySize()}, {}};
    case 5:
      return MapAdvise{AnyPlace(), {AnySize()}, kAdvice[Below(3)]};
    default:
      return MapLayout{};
  }
}

Operation RandomPlan::DrawSystem() {
  switch (Below(7)) {
    case 0:
      return SystemSysctlWrite{Sysctl::kRmidForced, static_cast<std::int64_t>(Below(3))};
    case 1:
      return SystemSysctlWrite{Sysctl::kNextId, static_cast<std::int64_t>(Below(100000))};
    case 2:
      return SystemSysctlRead{Below(2) == 0 ? Sysctl::kShmmax : Sysctl::kNextId};
    case 3:
      return SystemIpcrm{AnySegment()};
    case 4:
      return SystemIpcmk{{AnySize()}, {0644}};
    case 5:
      return SystemIpcs{};
    default:
      return SystemSegments{};
  }
}

Operation RandomPlan::DrawProcess(std::uint8_t actor) {
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
      return ProcessSetEffective{{kUids[Below(3)]}};
    case 6:
      return ProcessDropCapability{Capabilities(kCapIpcOwner)};
    case 7:
      return ProcessSetLimit{Limit::kMemlock, Below(4) * kPage};
    default:
      return ProcessUnshare{Namespaces(Below(3) == 0 ? kNamespaceIpc : 0)};
  }
}

}  // namespace shmspec
