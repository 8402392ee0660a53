// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/plan/trace.h"

#include <algorithm>
#include <limits>

#include "harness/vocabulary/value/check.h"
#include "harness/vocabulary/value/wrapping.h"

namespace shmspec {
namespace {

constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

/// Orders the events of steps that may overlap, by their instants. Every actor's own events keep
/// their order; when two instants are equal a call goes first, so that a tie counts as overlap.
class Overlap {
 public:
  explicit Overlap(const Trace& trace) : trace_(trace), lanes_(trace.plan.actors.size()) {}

  void Add(std::uint32_t step) {
    const Performed& performed = trace_.steps[step];
    if (!performed.called) return;
    auto& lane = lanes_[trace_.plan.steps[step].actor.index].items;
    lane.push_back({performed.call_ns, {Event::Kind::kCall, step}});
    if (performed.returned) {
      lane.push_back({performed.return_ns, {Event::Kind::kReturn, step}});
    } else {
      const std::uint64_t end_ns = performed.return_ns != 0 ? performed.return_ns : kNever;
      lane.push_back({end_ns, {Event::Kind::kEnd, step}});
    }
  }

  void MoveTo(std::vector<Event>& events) {
    while (Lane* lane = Earliest()) {
      events.push_back(lane->items[lane->next++].event);
    }
    for (Lane& lane : lanes_) lane = {};
  }

 private:
  struct Item {
    std::uint64_t ns;
    Event event;
  };
  struct Lane {
    std::vector<Item> items;
    std::size_t next = 0;
  };

  static bool Before(const Item& a, const Item& b) {
    if (a.ns != b.ns) return a.ns < b.ns;
    return a.event.kind == Event::Kind::kCall && b.event.kind != Event::Kind::kCall;
  }

  Lane* Earliest() {
    Lane* earliest = nullptr;
    for (Lane& lane : lanes_) {
      if (lane.next == lane.items.size()) continue;
      if (earliest == nullptr || Before(lane.items[lane.next], earliest->items[earliest->next])) {
        earliest = &lane;
      }
    }
    return earliest;
  }

  const Trace& trace_;
  std::vector<Lane> lanes_;
};

bool MayMeanFailure(const Alternative& alternative) {
  return alternative.kind == Alternative::Kind::kAny ||
         (alternative.kind == Alternative::Kind::kRange &&
          std::holds_alternative<Failure>(alternative.low));
}

void AddSequential(const Performed& performed, std::uint32_t step, std::vector<Event>& events) {
  if (!performed.called) return;
  events.push_back({Event::Kind::kCall, step});
  events.push_back({performed.returned ? Event::Kind::kReturn : Event::Kind::kEnd, step});
}

}  // namespace

bool IsFoundation(const Step& step) {
  if (step.timing == Timing::kJoin || !step.expected) return false;
  const auto& alternatives = step.expected->alternatives;
  return RoleOf(step.operation) != Role::kSubject &&
         std::none_of(alternatives.begin(), alternatives.end(), MayMeanFailure);
}

bool EndsPlan(const Step& step, const Outcome& outcome) {
  if (std::holds_alternative<Trouble>(outcome)) return true;
  return std::holds_alternative<Failure>(outcome) && IsFoundation(step);
}

std::vector<Event> EventsOf(const Trace& trace) {
  SHMSPEC_CHECK(trace.steps.size() == trace.plan.steps.size(), "a trace without all its steps");
  std::vector<Event> events;
  events.reserve(2 * trace.steps.size());
  Overlap overlap(trace);
  std::size_t started = 0;  // steps started with "&" and not joined yet
  std::optional<std::uint16_t> race;
  for (std::uint32_t i = 0; i < trace.plan.steps.size(); ++i) {
    const Step& step = trace.plan.steps[i];
    const bool in_race = step.timing == Timing::kRace;
    if (started == 0 && race && !(in_race && step.race == *race)) overlap.MoveTo(events);
    race = in_race ? std::optional(step.race) : std::nullopt;
    if (step.timing == Timing::kJoin) {
      if (--started == 0) overlap.MoveTo(events);
    } else if (step.timing == Timing::kStart) {
      ++started;
      overlap.Add(i);
    } else if (started > 0 || in_race) {
      overlap.Add(i);
    } else {
      AddSequential(trace.steps[i], i, events);
    }
  }
  overlap.MoveTo(events);
  return events;
}

Bindings BindingsAt(const Trace& trace, std::size_t step) {
  Bindings bindings;
  bindings.value = [&trace, step](const Reference& reference) -> std::optional<std::int64_t> {
    if (!reference.handle) return reference.offset;
    for (std::size_t i = step; i-- > 0;) {
      if (trace.plan.steps[i].assigns != reference.handle || !trace.steps[i].returned) continue;
      if (const auto* value = std::get_if<Value>(&trace.steps[i].outcome)) {
        return WrappingSum(value->number, reference.offset);
      }
    }
    if (reference.handle->kind != HandleKind::kKey) return std::nullopt;
    return WrappingSum(trace.keys[reference.handle->index], reference.offset);
  };
  bindings.pid = [&trace](ActorRef actor) -> std::optional<std::int64_t> {
    if (actor.index >= trace.actors.size() || trace.actors[actor.index].pid == 0) {
      return std::nullopt;
    }
    return trace.actors[actor.index].pid;
  };
  return bindings;
}

bool operator==(const SystemFacts& a, const SystemFacts& b) = default;
bool operator==(const Performed& a, const Performed& b) = default;
bool operator==(const Trace& a, const Trace& b) = default;

}  // namespace shmspec
