// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Futexes: futex(2). A wait has two phases: the word is compared and the caller sleeps, at once;
// then it is woken.

#include <algorithm>
#include <bit>
#include <cerrno>
#include <climits>

#include "harness/model/language/stride.h"
#include "harness/model/memory/access.h"
#include "harness/model/sync/sync.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

// Named for templates, in which clang 14 does not evaluate the literals.
constexpr Requirement kMismatch = "SYNC.FUTEX.MISMATCH"_req;
constexpr Requirement kPrivateKey = "SYNC.FUTEX.PRIVATE_KEY"_req;
constexpr Requirement kPrivateMemory = "SYNC.FUTEX.PRIVATE_MEMORY_NOT_SHARED"_req;

constexpr std::uint64_t kWordBytes = 4;

}  // namespace

SyncPlace WordAt(const Scene& scene, std::uint64_t address, bool own) {
  constexpr std::uint64_t kOwnKeys = 256;  // more than there are processes
  // Its own key, even where the memory is that of the process alone.
  if (own) return {scene.process_index() + kOwnKeys, address, true};
  return PlaceAt(scene, address);
}

void DescribeWord(const Scene& scene, std::uint64_t address, bool reads, Clauses& clauses) {
  clauses.RefuseHere(true, ENOMEM, Force::kMay, {}, "the system may be short of memory");
  clauses.Refuse(address % kWordBytes != 0, EINVAL, Force::kMust, "SYNC.FUTEX.MISALIGNED"_req,
                 "the address is not a multiple of 4");
  if (address % kWordBytes != 0) return;
  clauses.Refuse(PlaceAt(scene, address).own, EFAULT, Force::kMay, {},
                 "private memory may have to be writable");
  const Reach reach = Follow(scene, address, kWordBytes, false);
  if (reach.end == Reach::End::kWhole) return;
  clauses.Refuse(true, EFAULT, reads && reach.certain ? Force::kMust : Force::kMay,
                 "SYNC.FUTEX.FAULT"_req, "there is no memory at the address");
}

namespace {

/// Whether the word may be `expected`, and may be another one.
struct Comparison {
  bool may_match = true;
  bool may_differ = true;
};
Comparison Compare(const Scene& scene, std::uint64_t address, std::uint32_t expected) {
  if (!AreKnown(scene, address, kWordBytes)) return {};
  const bool same = LoadNumber(scene, address, kWordBytes) == expected;
  return {same, !same};
}

/// What a wait that sleeps shows when it is woken, by whom that was.
Requirements WhyWoken(const SyncFutexWait& op) {
  if (op.own) return kPrivateKey;
  return {"SYNC.FUTEX.SHARED_KEY"_req, "SYNC.FUTEX.READONLY_WAIT"_req};
}
Requirements WhyWoken(const SyncFutexWaitBitset& op) {
  if (op.own) return {"SYNC.FUTEX.BITSET"_req, "SYNC.FUTEX.PRIVATE_KEY"_req};
  return "SYNC.FUTEX.BITSET"_req;
}

Requirements WhyTimedOut(const SyncFutexWait&) {
  return {"SYNC.FUTEX.TIMEOUT"_req, "SYNC.FUTEX.COMPARE_AND_BLOCK"_req};
}
Requirements WhyTimedOut(const SyncFutexWaitBitset&) {
  return {"SYNC.FUTEX.BITSET_TIMEOUT"_req, "SYNC.FUTEX.BITSET"_req};
}

template <class Wait>
Requirements WhyAsleep(const Wait& op, const SyncPlace& place) {
  if (op.own) return kPrivateKey;
  if (place.own) return kPrivateMemory;
  return WhyTimedOut(op);
}

std::uint32_t MaskOf(const SyncFutexWait&) { return kEveryBit; }
std::uint32_t MaskOf(const SyncFutexWaitBitset& op) { return op.mask; }
std::uint32_t MaskOf(const SyncFutexWake&) { return kEveryBit; }
std::uint32_t MaskOf(const SyncFutexWakeBitset& op) { return op.mask; }

void DescribeMask(std::uint32_t mask, Clauses& clauses) {
  clauses.Refuse(mask == 0, EINVAL, Force::kMust, "SYNC.FUTEX.BITSET_EMPTY"_req,
                 "the mask has no bits");
}

std::uint32_t CountOf(ActorSet actors) { return static_cast<std::uint32_t>(std::popcount(actors)); }

/// Those who sleep at a word for certain and are woken by a mask; and how many besides, of those of
/// whom some were woken.
struct Sleepers {
  ActorSet certain = 0;
  ActorSet doubtful = 0;
  std::uint32_t least = 0;
  std::uint32_t most = 0;
};
Sleepers SleepersOf(const FutexQueue& queue, std::uint32_t mask) {
  Sleepers sleepers;
  for (std::uint8_t i = 0; i < ActorRef::kLimit; ++i) {
    const ActorSet one = OnlyActor(i);
    if ((queue.waiting & ~queue.awake & one) == 0 || (queue.masks[i] & mask) == 0) continue;
    ActorSet& set = (queue.candidates & one) != 0 ? sleepers.doubtful : sleepers.certain;
    set |= one;
  }
  const std::uint32_t doubtful = CountOf(sleepers.doubtful);
  const std::uint32_t asleep = CountOf(queue.candidates) - queue.woken;
  sleepers.least = CountOf(sleepers.certain) + doubtful - std::min(doubtful, queue.woken);
  sleepers.most =
      CountOf(sleepers.certain) + std::min(doubtful, asleep + (queue.unsure ? queue.woken : 0));
  return sleepers;
}

/// When all candidates were woken, or none, nobody is one any more.
void Settle(FutexQueue& queue) {
  queue.woken = std::min(queue.woken, CountOf(queue.candidates));
  if (queue.woken != 0 && (queue.unsure || queue.woken != CountOf(queue.candidates))) return;
  if (queue.woken != 0) queue.awake |= queue.candidates;
  queue.candidates = 0;
  queue.woken = 0;
}

/// That many of them are woken.
void WakeSome(FutexQueue& queue, const Sleepers& sleepers, std::uint32_t count) {
  if (count != 0) queue.candidates |= sleepers.certain | sleepers.doubtful;
  queue.woken += count;
  Settle(queue);
}

/// One of them goes on, or gives up.
void Leave(FutexQueue& queue, ActorSet self, bool woken) {
  const bool certain = (queue.awake & self) != 0;
  queue.waiting &= ~self;
  queue.awake &= ~self;
  queue.candidates &= ~self;
  if (!certain && woken && queue.woken != 0) --queue.woken;
  Settle(queue);
}

template <class Wait>
void DescribeWait(const Wait& op, std::uint64_t address, const Scene& scene, Clauses& clauses) {
  clauses.ReturnsValue(0, WhyWoken(op), "the caller was woken");
  DescribeWord(scene, address, true, clauses);
  DescribeMask(MaskOf(op), clauses);
  clauses.Refuse(HasNoTime(op), EINVAL, Force::kMust, kNanoseconds, "the time is none");
  if (clauses.MustFail()) return;
  const Comparison comparison = Compare(scene, address, op.expected);
  clauses.Refuse(comparison.may_differ, EAGAIN, comparison.may_match ? Force::kMay : Force::kMust,
                 kMismatch, "the word is another one");
  if (!comparison.may_match) return;
  clauses.Refuse(true, EINTR, Force::kMay, {}, "a signal may end the wait");
  DescribeBusy(op, ETIMEDOUT, WhyAsleep(op, WordAt(scene, address, op.own)),
               "nobody wakes the caller", clauses);
}

template <class Wait>
void BeginWait(const Wait& op, std::uint64_t address, Stride& stride) {
  stride.DescribeWhole();
  const auto* failure = stride.seen() != nullptr ? std::get_if<Failure>(stride.seen()) : nullptr;
  const bool slept = failure == nullptr || failure->error.number == ETIMEDOUT;
  const auto refusals = stride.clauses().refusals();
  const bool fails = std::any_of(refusals.begin(), refusals.end(), [](const Refusal& refusal) {
    return refusal.kind == Refusal::Kind::kFailure && refusal.force == Force::kMust &&
           refusal.number != ETIMEDOUT;
  });
  if (!slept || fails) return stride.Whole();
  Next& next = stride.Add();
  next.progress.phase = 1;
  next.progress.sleeps = true;
  TouchRange(stride.scene(), next.state, address, kWordBytes);
  FutexQueue queue = QueueAt(next.state, WordAt(stride.scene(), address, op.own));
  queue.waiting |= OnlyActor(stride.call().actor);
  queue.masks[stride.call().actor] = MaskOf(op);
  SetQueue(next.state, queue);
}

template <class Wait>
void AdvanceWait(const Wait& op, std::uint64_t address, Stride& stride) {
  if (stride.progress().phase == 0) return BeginWait(op, address, stride);
  if (stride.scene().task().life != Life::kAlive) return;
  const ActorSet self = OnlyActor(stride.call().actor);
  // It may have been moved to the queue of another word.
  const auto& queues = *stride.state().futexes;
  const auto found = std::find_if(queues.begin(), queues.end(),
                                  [&](const FutexQueue& one) { return (one.waiting & self) != 0; });
  if (found == queues.end()) return;
  if (stride.seen() == nullptr && found->unsure) return;
  const bool is_woken = (found->awake & self) != 0;
  const bool may_be_woken = is_woken || ((found->candidates & self) != 0 && found->woken != 0);
  const bool may_time_out = op.how != Patience::kWait && !is_woken;
  stride.clauses().Reset();
  stride.clauses().ReturnsValue(0, WhyWoken(op), "the caller was woken");
  stride.clauses().Refuse(may_time_out, ETIMEDOUT, may_be_woken ? Force::kMay : Force::kMust,
                          WhyAsleep(op, found->place), "nobody woke the caller in time");
  if (!may_be_woken && !may_time_out) return;
  if (stride.seen() == nullptr && !may_be_woken && WaitsLong(op)) return;
  const std::optional<Outcome> outcome = stride.SettleAndNote();
  if (!outcome) return;
  FutexQueue queue = *found;
  Leave(queue, self, Succeeded(*outcome));
  Next& next = stride.Add();
  next.progress.done = true;
  next.outcome = outcome;
  SetQueue(next.state, queue);
}

template <class Wake>
void DescribeWake(const Wake& op, std::uint64_t address, Requirements shared, const Scene& scene,
                  Clauses& clauses) {
  const FutexQueue queue = QueueAt(scene.state(), WordAt(scene, address, op.own));
  const Sleepers sleepers = SleepersOf(queue, MaskOf(op));
  clauses.Returns<Value>({}, "those who were to be woken");
  // The kernel counts after it has woken one, and takes the number for a signed one.
  const bool odd = op.count == 0 || op.count > INT_MAX;
  clauses.Bind(0, odd ? 0 : std::min(op.count, sleepers.least),
               odd ? std::min(1u, sleepers.most) : std::min(op.count, sleepers.most),
               op.own ? Requirements{kPrivateKey} : shared,
               "that many slept there, of those that were to be woken");
  DescribeWord(scene, address, !op.own, clauses);
  DescribeMask(MaskOf(op), clauses);
}

template <class Wake>
void ApplyWake(const Wake& op, std::uint64_t address, const Scene& scene, State& state,
               const Outcome& outcome) {
  const auto* value = std::get_if<Value>(&outcome);
  if (value == nullptr) return;
  FutexQueue queue = QueueAt(state, WordAt(scene, address, op.own));
  WakeSome(queue, SleepersOf(queue, MaskOf(op)), static_cast<std::uint32_t>(value->number));
  SetQueue(state, queue);
}

}  // namespace

void Describe(const SyncFutexWait& op, const Scene& scene, Clauses& clauses) {
  DescribeWait(op, scene.AddressOf<&SyncFutexWait::at>(), scene, clauses);
}
void Describe(const SyncFutexWaitBitset& op, const Scene& scene, Clauses& clauses) {
  DescribeWait(op, scene.AddressOf<&SyncFutexWaitBitset::at>(), scene, clauses);
}

void Apply(const SyncFutexWait&, const Scene& scene, State& state, const Outcome&) {
  TouchRange(scene, state, scene.AddressOf<&SyncFutexWait::at>(), kWordBytes);
}
void Apply(const SyncFutexWaitBitset&, const Scene& scene, State& state, const Outcome&) {
  TouchRange(scene, state, scene.AddressOf<&SyncFutexWaitBitset::at>(), kWordBytes);
}

void Advance(const SyncFutexWait& op, Stride& stride) {
  AdvanceWait(op, stride.scene().AddressOf<&SyncFutexWait::at>(), stride);
}
void Advance(const SyncFutexWaitBitset& op, Stride& stride) {
  AdvanceWait(op, stride.scene().AddressOf<&SyncFutexWaitBitset::at>(), stride);
}

void Describe(const SyncFutexWake& op, const Scene& scene, Clauses& clauses) {
  DescribeWake(op, scene.AddressOf<&SyncFutexWake::at>(),
               {"SYNC.FUTEX.WAKE_COUNT"_req, "SYNC.FUTEX.SHARED_KEY"_req}, scene, clauses);
}
void Describe(const SyncFutexWakeBitset& op, const Scene& scene, Clauses& clauses) {
  DescribeWake(op, scene.AddressOf<&SyncFutexWakeBitset::at>(), "SYNC.FUTEX.BITSET"_req, scene,
               clauses);
}

void Apply(const SyncFutexWake& op, const Scene& scene, State& state, const Outcome& outcome) {
  ApplyWake(op, scene.AddressOf<&SyncFutexWake::at>(), scene, state, outcome);
}
void Apply(const SyncFutexWakeBitset& op, const Scene& scene, State& state,
           const Outcome& outcome) {
  ApplyWake(op, scene.AddressOf<&SyncFutexWakeBitset::at>(), scene, state, outcome);
}

void Describe(const SyncFutexRequeue& op, const Scene& scene, Clauses& clauses) {
  const std::uint64_t address = scene.AddressOf<&SyncFutexRequeue::at>();
  const FutexQueue queue = QueueAt(scene.state(), WordAt(scene, address, false));
  const Sleepers sleepers = SleepersOf(queue, kEveryBit);
  clauses.Returns<Value>("SYNC.FUTEX.REQUEUE"_req, "all that slept there were woken or moved");
  clauses.Bind(0, sleepers.least, sleepers.most, "SYNC.FUTEX.REQUEUE"_req,
               "all that slept there were woken or moved");
  DescribeWord(scene, address, true, clauses);
  DescribeWord(scene, scene.AddressOf<&SyncFutexRequeue::to>(), true, clauses);
  if (clauses.MustFail()) return;
  const Comparison comparison = Compare(scene, address, op.expected);
  clauses.Refuse(comparison.may_differ, EAGAIN, comparison.may_match ? Force::kMay : Force::kMust,
                 "SYNC.FUTEX.MISMATCH"_req, "the word is another one");
}

void Apply(const SyncFutexRequeue& op, const Scene& scene, State& state, const Outcome& outcome) {
  if (!Succeeded(outcome)) return;
  const SyncPlace from = WordAt(scene, scene.AddressOf<&SyncFutexRequeue::at>(), false);
  const SyncPlace to = WordAt(scene, scene.AddressOf<&SyncFutexRequeue::to>(), false);
  FutexQueue queue = QueueAt(state, from);
  const Sleepers sleepers = SleepersOf(queue, kEveryBit);
  const auto found = static_cast<std::uint32_t>(std::get<Value>(outcome).number);
  WakeSome(queue, sleepers, std::min(op.count, found));
  if (from == to) return SetQueue(state, queue);
  // Who was woken shows later; until then all of them may be at either word.
  FutexQueue moved = QueueAt(state, to);
  moved.waiting |= queue.waiting;
  moved.awake |= queue.awake;
  moved.candidates |= queue.candidates;
  moved.woken += queue.woken;
  moved.unsure = moved.unsure || queue.unsure;
  for (std::uint8_t i = 0; i < ActorRef::kLimit; ++i) {
    if ((queue.waiting & OnlyActor(i)) != 0) moved.masks[i] = queue.masks[i];
  }
  queue.waiting = 0;
  SetQueue(state, queue);
  SetQueue(state, moved);
}

}  // namespace shmspec::model
