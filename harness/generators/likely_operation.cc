// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The steps of likely plans, family by family. The first of every list is the plainest: generators
// shrink towards it.

#include <array>

#include "harness/generators/likely_plan.h"

namespace shmspec {
namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::array<std::uint32_t, 12> kModes{0600, 0666, 0640, 0400, 0200, 0777,
                                               0060, 0006, 0440, 0604, 0460, 0};
constexpr std::array<Id, 4> kUids{Id(0), Id::User(1), Id::User(2), Id(0xffffffff)};
constexpr std::array<std::int32_t, 4> kCommands{99, -1, 16, 5};
constexpr std::uint64_t kUnknownFlag = 0100000;

}  // namespace

Operation LikelyPlan::Draw(std::uint8_t actor) {
  const LikelyWeights& w = weights_;
  std::uint64_t left = Below(std::uint64_t{w.calls} + w.controls + w.memory + w.mappings + w.files +
                             w.objects + w.scenes + w.system + w.processes + w.sync);
  const auto is = [&left](std::uint8_t weight) {
    if (left < weight) return true;
    left -= weight;
    return false;
  };
  if (is(w.calls)) return DrawCall(actor);
  if (is(w.controls)) return DrawControl();
  if (is(w.memory)) return DrawMemory();
  if (is(w.mappings)) return DrawMapping();
  if (is(w.files)) return DrawFile();
  if (is(w.objects)) return DrawObject();
  if (is(w.scenes)) return DrawScene();
  if (is(w.system)) return DrawSystem();
  if (is(w.processes)) return DrawProcess(actor);
  return DrawSync();
}

Operation LikelyPlan::DrawGet() {
  constexpr std::array<std::uint64_t, 3> kOddSizes{0, ~0ull, 1ull << 62};
  SysvGet get;
  if (Below(2) == 1) get.key = AnyKey();
  get.size.bytes = Below(12) == 11 ? OneOf(kOddSizes) : AnySize();
  get.flags.bits = OneOf(kModes);
  if (Below(4) != 3) get.flags.bits |= kCreate;
  if (Below(4) == 3) get.flags.bits |= kExclusive;
  // Huge pages that are not reserved end in SIGBUS where the machine has none: not worth a plan.
  const std::uint64_t rare = Below(40);
  if (rare >= 36) get.flags.bits |= kNoReserve;
  if (rare == 0) get.flags.bits |= kUnknownFlag;
  if (rare == 1) get.flags.bits |= kHugetlb;
  return get;
}

Operation LikelyPlan::DrawAttach(std::uint8_t actor) {
  SysvAttach attach{AnySegment(), {}, {}};
  if (Below(3) == 2) attach.flags.bits |= kReadOnly;
  if (Below(4) == 3) attach.flags.bits |= kRound;
  if (Below(8) == 7) attach.flags.bits |= kExecute;
  if (Below(3) == 2) {
    attach.at = InReservation(actor);
    // Writes only to what is already reserved, so that nothing else succeeds.
    if (Below(4) != 3) attach.flags.bits |= kRemap;
  } else if (Below(12) == 11) {
    constexpr std::array<std::int64_t, 4> kLow{1, 4096, 8193, 61440};
    if (Below(2) == 1) attach.at = {{std::nullopt, OneOf(kLow)}};
    if (Below(2) == 0) attach.flags.bits |= kRemap;
    zero_page_ = zero_page_ || attach.at.offset == 1;
  }
  return attach;
}

Operation LikelyPlan::DrawCall(std::uint8_t actor) {
  switch (Below(6)) {
    case 0:
    case 1:
      return DrawGet();
    case 2:
    case 3:
      return DrawAttach(actor);
    case 4:
      return SysvDetach{Below(4) == 3 ? AnyStart().at : AnyAttach()};
    default:
      return SysvRemove{AnySegment(), Below(8) == 7 ? Buffer::kWild : Buffer::kNull};
  }
}

Operation LikelyPlan::DrawControl() {
  switch (Below(11)) {
    case 0:
    case 1:
      return SysvStat{AnySegment(), AnyBuffer()};
    case 2:
    case 3:
      return SysvSet{AnySegment(),
                     OneOf(kUids),
                     OneOf(kUids),
                     {OneOf(kModes) | (Below(8) == 7 ? 07000u : 0u)},
                     AnyBuffer()};
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

/// No litmus tests: a branch waits for the others, which must run in the same race.
Operation LikelyPlan::DrawMemory() {
  constexpr std::array kWidths{Width::k8, Width::k1, Width::k2, Width::k4};
  const Width width = OneOf(kWidths);
  const Room room = AnyRoom();
  const Address at = room.at;
  switch (Below(7)) {
    case 0:
      return MemoryLoad{at, width, Order::kSeqCst};
    case 1:
      return MemoryExchange{at, width, Below(256), Order::kSeqCst};
    case 2:
      return MemoryCompareExchange{at, width, 0, Below(256), Order::kSeqCst};
    case 3:
      return MemoryFetchAdd{at, width, Below(300), Order::kSeqCst};
    case 4:
      return MemoryFill{at, {room.Within(AnySize())}, Below(256)};
    case 5:
      return MemoryChecksum{at, {room.Within(AnySize())}};
    default:
      return MemoryStore{at, width, Below(~0ull), Order::kSeqCst};
  }
}

Operation LikelyPlan::DrawMapping() {
  constexpr std::array kAdvice{Advice::kDontNeed,  Advice::kRemove,     Advice::kDontFork,
                               Advice::kFree,      Advice::kWipeOnFork, Advice::kDoFork,
                               Advice::kKeepOnFork};
  // Without execute alone, whose faults look different where the processor has protection keys.
  constexpr std::array kProtections{0u, 1u, 3u, 2u, 5u, 7u};
  const std::uint64_t size = AnySize();
  const std::uint64_t which = Below(8);
  if (which == 0) return MapLayout{};
  if (which == 1) return MapReserve{{size}};
  if (which == 2 && Below(2) == 0) return MapPrivate{{size}, {}};
  const Room room = AnyStart();
  const Address at = room.at;
  const Size within{room.Within(size)};
  switch (which) {
    case 7:
      return MemoryTransfer{AnyStart().at, at, {room.Within(64)}};
    case 2:
      return MapPrivate{within, at};
    case 3:
      return MapUnmap{at, within};
    case 4:
      return MapProtect{at, within, Protection(OneOf(kProtections))};
    case 5:
      return MapRemap{at, {Below(4) == 3 ? 0 : within.bytes % (3 * kPage)}, {AnySize()}, {}};
    default:
      return MapAdvise{at, within, OneOf(kAdvice)};
  }
}

Operation LikelyPlan::DrawSystem() {
  constexpr std::array<std::int64_t, 7> kLimits{0, 1, 3, 4096, 8192, -1, 1 << 30};
  constexpr std::array kNames{Sysctl::kShmmax, Sysctl::kShmall, Sysctl::kShmmni};
  constexpr std::array kPaths{"/", "/.", "/proc", "/proc/."};
  constexpr std::array kProjects{1, 2, 255, 257, 65537, -1};
  if (weights_.tools && !race_ && Below(2) == 1) return DrawTool();
  if (weights_.simulated && !race_ && Below(3) == 2) return SystemNextSecond{};
  switch (Below(9)) {
    case 0:
      return SystemSegments{};
    case 1:
      return SystemSysctlRead{Below(4) == 3 ? Sysctl::kRmidForced : OneOf(kNames)};
    case 2:
      return SystemSysctlWrite{Sysctl::kRmidForced, static_cast<std::int64_t>(Below(3))};
    case 3:
      return SystemSysctlWrite{Sysctl::kNextId, static_cast<std::int64_t>(Below(100000))};
    case 4:
      return SystemSysctlRead{Sysctl::kNextId};
    case 5:
      return SystemSysctlWrite{OneOf(kNames), OneOf(kLimits)};
    case 6:
      return SystemHoldSegments{};
    case 7:
      return SystemSegments{true};
    default:
      return SysvKeyOfPath{OneOf(kPaths), OneOf(kProjects)};
  }
}

Operation LikelyPlan::DrawTool() {
  constexpr std::array kKinds{IpcKind::kQueue, IpcKind::kSemaphores, IpcKind::kSegment};
  constexpr std::array kViews{IpcsView::kPids, IpcsView::kTimes, IpcsView::kCreators,
                              IpcsView::kSummary, IpcsView::kLimits};
  const IpcKind other = kKinds[Below(2)];
  if (Named(HandleKind::kDescriptor) != 0 && Below(8) == 7) return DrawAclTool();
  switch (Below(12)) {
    case 0:
      return SystemIpcrm{AnySegment(), Below(3) == 2};
    case 1:
      return SystemIpcmk{{AnySize()}, {OneOf(kModes)}};
    case 2: {
      SystemIpcs ipcs;
      for (std::uint64_t views = Below(3); views > 0; --views) ipcs.views.push_back(OneOf(kViews));
      return ipcs;
    }
    case 3:
      return SystemIpcrmKey{AnyKey()};
    case 4:
      return SystemLsipc{};
    case 5:
      return SystemIpcsOne{AnySegment()};
    case 6:
      return SystemIpcrmSeveral{AnySegment(), AnySegment(), other, AnyIpcObject()};
    case 7:
      return SystemIpcrmObject{other, AnyIpcObject()};
    case 8:
      return SystemIpcrmObjectKey{other, AnyKey()};
    case 9:
      return SystemIpcrmAll{OneOf(kKinds), Below(2) == 1};
    case 10:
      return SystemIpcmkObject{other};
    default:
      return IpcGet{other, AnyKey(), {OneOf(kModes) | kCreate}};
  }
}

Operation LikelyPlan::DrawProcess(std::uint8_t actor) {
  constexpr std::array kCapabilities{kCapIpcOwner, kCapSysAdmin, kCapIpcLock, kCapSysRawio};
  constexpr std::array<std::uint64_t, 3> kSpaces{kNamespaceIpc, kNamespaceUser, 0};
  switch (Below(10)) {
    case 0:
      if (alive_[kForked]) return SystemSegments{};
      Birth(actor, kForked);
      return ProcessFork{ActorRef{kForked}};
    case 1:
      if (alive_[kThread] && race_) return ProcessPin{0};
      if (alive_[kThread]) return ProcessAwaitBlocked{ActorRef{kThread}};
      Birth(actor, kThread);
      return ProcessThread{ActorRef{kThread}};
    case 2:
      return ProcessExec{Below(3) == 0 ? Image::kSelf : Image::kMissing};
    case 3:
      if (actor == 0) return ProcessSetUmask{{022}};
      return ProcessExit{Below(2) == 0 ? ExitHow::kQuick : ExitHow::kThread, 7};
    case 4:
      if (actor == kForked || !Lives(kForked)) return ProcessPin{0};
      return ProcessKill{ActorRef{kForked}, {9}};
    case 8:
      return AnyIdentity();
    case 5:
      return ProcessSetIdentity{.euid = OneOf(kUids)};
    case 6:
      return ProcessDropCapability{Capabilities(OneOf(kCapabilities))};
    case 7:
      if (Below(4) == 3) return ProcessSetLimit{Limit::kAddressSpace, 1ull << 33};
      return ProcessSetLimit{Limit::kMemlock, Below(4) * kPage};
    default:
      if (weights_.simulated && weights_.files > 0 && Below(3) == 2) {
        return ProcessUnshare{kNamespacePid};
      }
      return ProcessUnshare{Namespaces(OneOf(kSpaces))};
  }
}

Operation LikelyPlan::AnyIdentity() {
  ProcessSetIdentity identity;
  for (std::optional<Id>* id : {&identity.ruid, &identity.euid, &identity.suid, &identity.fsuid,
                                &identity.rgid, &identity.egid, &identity.sgid, &identity.fsgid}) {
    if (Below(4) == 3) *id = OneOf(kUids);
  }
  if (Below(8) == 7) identity.groups.emplace(Below(2), OneOf(kUids));
  return identity;
}

}  // namespace shmspec
