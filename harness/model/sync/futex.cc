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

constexpr std::uint64_t kWordBytes = 4;
constexpr std::uint64_t kOwnKeys = 256;  // more than there are processes

SyncPlace WordAt(const Scene& scene, std::uint64_t address, bool own) {
  // Its own key, even where the memory is that of the process alone.
  if (own) return {scene.process_index() + kOwnKeys, address, true};
  return PlaceAt(scene, address);
}

/// Adds the errors of the address. Whether it is looked at, or only compared, is `reads`.
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
  if (op.own) return "SYNC.FUTEX.PRIVATE_KEY"_req;
  return {"SYNC.FUTEX.SHARED_KEY"_req, "SYNC.FUTEX.READONLY_WAIT"_req};
}

Requirements WhyAsleep(const SyncFutexWait& op, const SyncPlace& place) {
  if (op.own) return "SYNC.FUTEX.PRIVATE_KEY"_req;
  if (place.own) return "SYNC.FUTEX.PRIVATE_MEMORY_NOT_SHARED"_req;
  return {"SYNC.FUTEX.TIMEOUT"_req, "SYNC.FUTEX.COMPARE_AND_BLOCK"_req};
}

}  // namespace

void Describe(const SyncFutexWait& op, const Scene& scene, Clauses& clauses) {
  const std::uint64_t address = scene.AddressOf<&SyncFutexWait::at>();
  const SyncPlace place = WordAt(scene, address, op.own);
  clauses.ReturnsValue(0, WhyWoken(op), "the caller was woken");
  DescribeWord(scene, address, true, clauses);
  if (clauses.MustFail()) return;
  const Comparison comparison = Compare(scene, address, op.expected);
  clauses.Refuse(comparison.may_differ, EAGAIN, comparison.may_match ? Force::kMay : Force::kMust,
                 "SYNC.FUTEX.MISMATCH"_req, "the word is another one");
  if (!comparison.may_match) return;
  clauses.Refuse(true, EINTR, Force::kMay, {}, "a signal may end the wait");
  DescribeBusy(op, ETIMEDOUT, WhyAsleep(op, place), "nobody wakes the caller", clauses);
}

void Apply(const SyncFutexWait&, const Scene& scene, State& state, const Outcome&) {
  TouchRange(scene, state, scene.AddressOf<&SyncFutexWait::at>(), kWordBytes);
}

void Advance(const SyncFutexWait& op, Stride& stride) {
  const Scene& scene = stride.scene();
  const std::uint64_t address = scene.AddressOf<&SyncFutexWait::at>();
  const ActorSet self = OnlyActor(stride.call().actor);
  if (stride.progress().phase == 0) {
    stride.DescribeWhole();
    const auto* failure = stride.seen() != nullptr ? std::get_if<Failure>(stride.seen()) : nullptr;
    const bool slept = failure == nullptr || failure->error.number == ETIMEDOUT;
    const bool fails = std::any_of(stride.clauses().refusals().begin(),
                                   stride.clauses().refusals().end(), [](const Refusal& refusal) {
                                     return refusal.kind == Refusal::Kind::kFailure &&
                                            refusal.force == Force::kMust &&
                                            refusal.number != ETIMEDOUT;
                                   });
    if (!slept || fails) return stride.Whole();
    Next& next = stride.Add();
    next.progress.phase = 1;
    next.progress.sleeps = true;
    TouchRange(scene, next.state, address, kWordBytes);
    FutexQueue queue = QueueAt(next.state, WordAt(scene, address, op.own));
    queue.waiting |= self;
    SetQueue(next.state, queue);
    return;
  }
  if (scene.task().life != Life::kAlive) return;
  // It may have been moved to the queue of another word.
  const auto& queues = *stride.state().futexes;
  const auto found = std::find_if(queues.begin(), queues.end(),
                                  [&](const FutexQueue& one) { return (one.waiting & self) != 0; });
  if (found == queues.end()) return;
  if (stride.seen() == nullptr && found->unsure) return;
  const bool may_be_woken = found->woken != 0;
  const auto waiting = static_cast<unsigned>(std::popcount(found->waiting));
  const bool may_time_out = op.how == Patience::kTimed && (found->woken < waiting || found->unsure);
  stride.clauses().Reset();
  stride.clauses().ReturnsValue(0, WhyWoken(op), "the caller was woken");
  stride.clauses().Refuse(may_time_out, ETIMEDOUT, may_be_woken ? Force::kMay : Force::kMust,
                          WhyAsleep(op, found->place), "nobody woke the caller in time");
  if (!may_be_woken && !may_time_out) return;
  if (stride.seen() == nullptr && !may_be_woken && WaitsLong(op)) return;
  const std::optional<Outcome> outcome = stride.SettleAndNote();
  if (!outcome) return;
  FutexQueue queue = *found;
  queue.waiting &= ~self;
  if (Succeeded(*outcome) || queue.woken > static_cast<unsigned>(std::popcount(queue.waiting))) {
    --queue.woken;
  }
  Next& next = stride.Add();
  next.progress.done = true;
  next.outcome = outcome;
  SetQueue(next.state, queue);
}

void Describe(const SyncFutexWake& op, const Scene& scene, Clauses& clauses) {
  const std::uint64_t address = scene.AddressOf<&SyncFutexWake::at>();
  const FutexQueue queue = QueueAt(scene.state(), WordAt(scene, address, op.own));
  const auto asleep = static_cast<std::uint32_t>(std::popcount(queue.waiting)) - queue.woken;
  const std::uint32_t most = asleep + (queue.unsure ? queue.woken : 0);
  clauses.Returns<Value>({}, "those who were to be woken");
  // The kernel counts after it has woken one, and takes the number for a signed one.
  const bool odd = op.count == 0 || op.count > INT_MAX;
  clauses.Bind(0, odd ? 0 : std::min(op.count, asleep),
               odd ? std::min(1u, most) : std::min(op.count, most),
               op.own ? Requirements{"SYNC.FUTEX.PRIVATE_KEY"_req}
                      : Requirements{"SYNC.FUTEX.WAKE_COUNT"_req, "SYNC.FUTEX.SHARED_KEY"_req},
               "that many slept there, of those that were to be woken");
  DescribeWord(scene, address, !op.own, clauses);
}

void Apply(const SyncFutexWake& op, const Scene& scene, State& state, const Outcome& outcome) {
  const auto* value = std::get_if<Value>(&outcome);
  if (value == nullptr) return;
  const std::uint64_t address = scene.AddressOf<&SyncFutexWake::at>();
  FutexQueue queue = QueueAt(state, WordAt(scene, address, op.own));
  queue.woken += static_cast<std::uint32_t>(value->number);
  SetQueue(state, queue);
}

void Describe(const SyncFutexRequeue& op, const Scene& scene, Clauses& clauses) {
  const std::uint64_t address = scene.AddressOf<&SyncFutexRequeue::at>();
  const FutexQueue queue = QueueAt(scene.state(), WordAt(scene, address, false));
  const auto asleep = static_cast<std::uint32_t>(std::popcount(queue.waiting)) - queue.woken;
  clauses.ReturnsValue(asleep, "SYNC.FUTEX.REQUEUE"_req,
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
  const auto asleep = static_cast<std::uint32_t>(std::popcount(queue.waiting)) - queue.woken;
  const std::uint32_t woken = queue.woken + std::min(op.count, asleep);
  if (from == to) {
    queue.woken = woken;
    return SetQueue(state, queue);
  }
  // Who was woken shows later; until then all of them may be at either word.
  FutexQueue moved = QueueAt(state, to);
  moved.waiting |= queue.waiting;
  moved.woken += woken;
  moved.unsure = moved.unsure || queue.unsure;
  queue.waiting = 0;
  SetQueue(state, queue);
  SetQueue(state, moved);
}

}  // namespace shmspec::model
