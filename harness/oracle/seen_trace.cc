// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/oracle/seen_trace.h"

#include <limits>
#include <map>
#include <string>
#include <utility>

#include "harness/vocabulary/form/text.h"
#include "harness/vocabulary/value/check.h"

namespace shmspec {
namespace {

constexpr std::uint64_t kEveryCapability = (1ull << 41) - 1;

SegmentRecord Usual() {
  SegmentRecord record;
  record.mode.bits = 0600;
  record.size = 4096;
  record.cpid = 101;
  record.ctime = kSeenFrom_s;
  return record;
}

/// The one outcome that an expectation stands for.
Outcome OutcomeOf(const Pattern& pattern) {
  SHMSPEC_CHECK(pattern.alternatives.size() == 1, "what was seen is one outcome");
  Outcome outcome = pattern.alternatives[0].low;
  auto* record = std::get_if<SegmentRecord>(&outcome);
  if (record == nullptr) return outcome;
  const SegmentRecord usual = Usual();
  const SegmentRecord lowest = Lowest<SegmentRecord>();
  const SegmentRecord highest = Highest<SegmentRecord>();
  const auto& high = std::get<SegmentRecord>(pattern.alternatives[0].high);
  ForEachField<SegmentRecord>([&](const auto& field) {
    const bool open = record->*field.member == lowest.*field.member &&
                      high.*field.member == highest.*field.member;
    if (open) record->*field.member = usual.*field.member;
    for (const Symbol& symbol : pattern.alternatives[0].symbols) {
      if (symbol.field != field.name) continue;
      SetOrdinal(record->*field.member, 101 + std::get<ActorRef>(symbol.stands).index);
    }
  });
  return outcome;
}

}  // namespace

Trace SeenTrace(std::string_view steps) {
  const std::string text =
      "plan test.seen\nactor a\nactor b uid=1000 gid=1000\n"
      "actor c start=fork\nactor d start=thread\n" +
      std::string(steps);
  Result<Plan> plan = ParsePlan(text, "seen");
  SHMSPEC_CHECK(plan.ok(), plan.error().message.c_str());
  Trace trace;
  trace.plan = *std::move(plan);
  trace.system.user_namespace_of_ipc = 1;
  for (std::size_t i = 0; i < trace.plan.actors.size(); ++i) {
    ActorFacts facts;
    facts.pid = facts.inner_pid = 101 + static_cast<std::int64_t>(i);
    facts.SetUser(i == 1 ? 1000 : 0);
    facts.SetGroup(i == 1 ? 1000 : 0);
    facts.caps.bits = i == 1 ? 0 : kEveryCapability;
    facts.user_namespace = facts.ipc_namespace = facts.pid_namespace = 1;
    facts.memlock = facts.as = std::numeric_limits<std::uint64_t>::max();
    trace.actors.push_back(facts);
  }
  for (std::size_t i = 0; i < trace.keys.size(); ++i) {
    trace.keys[i] = 500 + static_cast<std::int64_t>(i);
  }
  std::map<std::pair<std::uint16_t, std::uint8_t>, std::uint64_t> turns;
  std::uint64_t joined_ns = 1;
  for (const Step& step : trace.plan.steps) {
    Performed& performed = trace.steps.emplace_back();
    performed.called = performed.returned = step.timing != Timing::kJoin;
    performed.not_before_s = kSeenFrom_s;
    performed.not_after_s = kSeenTo_s;
    if (step.expected) performed.outcome = OutcomeOf(*step.expected);
    if (step.timing == Timing::kRace) {
      const std::uint64_t turn = turns[{step.race, step.actor.index}]++;
      performed.call_ns = 100 * turn + 10;
      performed.return_ns = 100 * turn + 90;
    } else if (step.timing == Timing::kStart) {
      performed.call_ns = joined_ns;
      performed.return_ns = std::numeric_limits<std::uint64_t>::max() / 2;
    } else {
      performed.call_ns = ++joined_ns;
      performed.return_ns = ++joined_ns;
    }
  }
  return trace;
}

}  // namespace shmspec
