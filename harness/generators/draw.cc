// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/generators/draw.h"

#include "harness/generators/draw_value.h"
#include "harness/vocabulary/plan/handles.h"

namespace shmspec {
namespace draw {

std::uint64_t EdgeNumber(Choices& choices) {
  static constexpr std::array<std::uint64_t, 5> kEdges{0, 4096, 65536, 1ull << 31, 1ull << 63};
  switch (choices.Below(4)) {
    case 0:
      return choices.Below(64);
    case 1:
      return choices.Below(1ull << 32) << 32 | choices.Below(1ull << 32);
    default:
      return kEdges[choices.Below(kEdges.size())] + choices.Below(3) - 1;
  }
}

Program DrawProgram(Choices& choices) {
  Program program;
  std::size_t loads = 0;
  for (std::uint64_t left = choices.Below(5); left > 0; --left) {
    Access access;
    Draw(choices, access.kind, 1);
    if (access.Loads()) access.to = static_cast<Register>(loads++);
    if (access.Stores()) access.value = EdgeNumber(choices);
    if (access.kind != AccessKind::kFence) {
      Draw(choices, access.variable, 1);
      Draw(choices, access.also, 1);
    }
    program.accesses.push_back(access);
  }
  return program;
}

Ending DrawEnding(Choices& choices) {
  Ending ending;
  for (std::int64_t& value : ending.values) {
    if (choices.Below(2) != 0) value = static_cast<std::int64_t>(EdgeNumber(choices) >> 1);
  }
  return ending;
}

}  // namespace draw

Operation DrawOperation(Choices& choices, std::size_t actors) {
  return draw::DrawVariant<Operation>(choices, actors);
}

Outcome DrawOutcome(Choices& choices) { return draw::DrawVariant<Outcome>(choices, 1); }

Pattern DrawPattern(Choices& choices, std::size_t actors) {
  Pattern pattern;
  for (std::uint64_t left = 1 + choices.Below(3); left > 0; --left) {
    switch (choices.Below(6)) {
      case 0:
        pattern = pattern | AnyOutcome();
        break;
      case 1:
        pattern = pattern | Success();
        break;
      case 2:
        pattern = pattern | NotValueOf({Handle{HandleKind::kSegment, 1}, 7});
        break;
      case 3: {
        const auto actor = static_cast<std::uint8_t>(choices.Below(actors));
        const auto low = static_cast<std::int64_t>(choices.Below(4));
        pattern = pattern | RecordPattern<SegmentRecord>()
                                .With("nattch", low, low + 1)
                                .With("lpid", ActorRef{actor});
        break;
      }
      case 4:
        pattern = pattern | RecordPattern<Failure>();
        break;
      default:
        pattern = pattern | Exactly(DrawOutcome(choices));
    }
  }
  return pattern;
}

namespace {

/// Adds what FindFlaw() demands: handles assigned before use and actors that run.
class PlanDrawing {
 public:
  PlanDrawing(Choices& choices, const DrawLimits& limits) : choices_(choices), limits_(limits) {}

  Plan Draw() {
    plan_.name = "drawn.plan";
    for (std::uint64_t left = choices_.Below(3); left > 0; --left) {
      plan_.requirements.push_back(
          AllRequirements()[static_cast<std::size_t>(choices_.Below(RequirementCount()))]);
    }
    const std::uint64_t actors = 1 + choices_.Below(limits_.actors);
    for (std::uint64_t i = 0; i < actors; ++i) DrawActor(i);
    for (std::uint64_t left = choices_.Below(limits_.steps + 1); left > 0; --left) DrawStep();
    return plan_;
  }

 private:
  void DrawActor(std::uint64_t number) {
    ActorSpec actor;
    draw::Draw(choices_, actor, 1);
    actor.name = std::string(1, static_cast<char>('b' + number)) + "_actor";
    actor.start = Start::kSpawn;
    plan_.actors.push_back(actor);
  }

  void DrawStep() {
    Step step;
    draw::Draw(choices_, step.actor, plan_.actors.size());
    const bool racing = choices_.Below(4) == 0;
    if (racing != racing_ && racing_) ++races_;
    racing_ = racing;
    step.timing = racing ? Timing::kRace : Timing::kTurn;
    step.race = racing ? races_ : std::uint16_t{0};
    step.operation = DrawOperation(choices_, plan_.actors.size());
    // In these plans no actor is created by another.
    if (std::holds_alternative<ProcessFork>(step.operation) ||
        std::holds_alternative<ProcessThread>(step.operation)) {
      step.operation = ProcessPin{};
    }
    ForEachHandle(step.operation, [&](Handle& handle) {
      if (handle.kind == HandleKind::kKey || assigned_.empty()) {
        handle.kind = HandleKind::kKey;
      } else {
        handle = assigned_[handle.index % assigned_.size()];
      }
    });
    if (const auto kind = AssignedKind(step.operation); kind && choices_.Below(4) != 0) {
      step.assigns = Handle{*kind, static_cast<std::uint8_t>(choices_.Below(Handle::kLimit))};
      if (*kind != HandleKind::kKey) assigned_.push_back(*step.assigns);
    }
    if (choices_.Below(2) != 0) step.expected = DrawPattern(choices_, plan_.actors.size());
    plan_.steps.push_back(std::move(step));
  }

  Choices& choices_;
  const DrawLimits& limits_;
  Plan plan_;
  bool racing_ = false;
  std::uint16_t races_ = 0;
  std::vector<Handle> assigned_;
};

}  // namespace

Plan DrawPlan(Choices& choices, const DrawLimits& limits) {
  return PlanDrawing(choices, limits).Draw();
}

}  // namespace shmspec
