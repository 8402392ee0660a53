// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/oracle/features.h"

#include <bit>
#include <map>
#include <type_traits>
#include <utility>
#include <variant>

#include "harness/vocabulary/plan/handles.h"

namespace shmspec {
namespace {

using Report = std::function<void(std::uint32_t feature)>;

/// A number for several, which seldom stands for others too.
std::uint32_t Mixed(std::uint64_t one, std::uint64_t other, std::uint64_t third) {
  std::uint64_t hash = one;
  for (const std::uint64_t part : {other, third}) hash = (hash ^ part) * 0x9e3779b97f4a7c15ull;
  return static_cast<std::uint32_t>(hash >> 32);
}

/// An operation and how it ended.
std::uint32_t EndingOf(const Operation& operation, const Outcome& outcome) {
  const auto* failure = std::get_if<Failure>(&outcome);
  const auto error = failure != nullptr ? static_cast<std::uint64_t>(failure->error.number) : 0;
  return Mixed(operation.index(), outcome.index(), error);
}

template <class T>
std::uint64_t MagnitudeOf(T value) {
  const auto number = static_cast<std::int64_t>(value);
  const auto distance = static_cast<std::uint64_t>(number < 0 ? -(number + 1) : number);
  constexpr std::uint64_t kExact = 4;
  const std::uint64_t size =
      distance < kExact ? distance : kExact + static_cast<std::uint64_t>(std::bit_width(distance));
  return number < 0 ? ~size : size;
}

/// The numbers in a record that a call filled in.
void ReportFields(const Operation& operation, const Outcome& outcome, const Report& report) {
  std::visit(
      [&]<class Kind>(const Kind& record) {
        std::uint64_t place = 0;
        ForEachField<Kind>([&](const auto& field) {
          ++place;
          const auto& value = record.*field.member;
          if constexpr (std::is_integral_v<std::remove_cvref_t<decltype(value)>>) {
            report(Mixed(operation.index() << 8 | outcome.index(), place, MagnitudeOf(value)));
          }
        });
      },
      outcome);
}

}  // namespace

void ForEachFeature(const Trace& trace, const Verdict& verdict, const Report& report) {
  for (const Requirement shown : verdict.touched) report(Mixed(1, shown.index(), 0));
  std::map<Handle, std::uint32_t> last;
  for (std::size_t i = 0; i < trace.steps.size(); ++i) {
    const Step& step = trace.plan.steps[i];
    const Outcome& outcome = trace.steps[i].outcome;
    const std::uint32_t ending = EndingOf(step.operation, outcome);
    report(Mixed(2, ending, 0));
    ForEachHandle(step.operation, [&](const Handle& handle) {
      const auto before = last.find(handle);
      if (before != last.end()) report(Mixed(3, before->second, ending));
      last[handle] = ending;
    });
    if (step.assigns) last[*step.assigns] = ending;
    ReportFields(step.operation, outcome, report);
  }
}

}  // namespace shmspec
