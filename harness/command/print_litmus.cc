// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/command/print_litmus.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "harness/command/console.h"
#include "reports/text/plain_text.h"

namespace shmspec {
namespace {

using order::End;
using order::Litmus;
using order::Prediction;
using order::Quantifier;

void PrintHeading(const Litmus& litmus) {
  const std::string_view word = litmus.quantifier == Quantifier::kExists  ? "Allowed"
                                : litmus.quantifier == Quantifier::kNever ? "Forbidden"
                                                                          : "Required";
  fmt::print("Test {} {}\n", litmus.name, word);
}

void PrintObservation(const Litmus& litmus, std::uint64_t positive, std::uint64_t negative) {
  const std::string_view word = positive == 0 ? "Never" : negative == 0 ? "Always" : "Sometimes";
  fmt::print("Observation {} {} {} {}\n", litmus.name, word, positive, negative);
}

/// What no tool for these tests knows: the order that was held against.
void PrintVerdict(const Prediction& prediction) {
  fmt::print("Order {} {}, as published of {}: {}\n", NameOf(prediction.order),
             prediction.verdict == order::Verdict::kForbidden ? "forbids it" : "allows it",
             prediction.fact->name, prediction.fact->source);
}

}  // namespace

std::uint64_t SeenEnds::Total() const {
  std::uint64_t total = 0;
  for (const auto& [end, count] : rounds) total += count;
  return total;
}

std::uint64_t SeenEnds::Positive(const Litmus& litmus) const {
  std::uint64_t positive = 0;
  for (const auto& [end, count] : rounds) positive += Holds(litmus, end) ? count : 0;
  return positive;
}

void PrintPrediction(const Litmus& litmus, const Prediction& prediction) {
  PrintHeading(litmus);
  if (!prediction.allowed) return PrintVerdict(prediction);
  const order::Allowed& allowed = *prediction.allowed;
  fmt::print("States {}\n", allowed.ends.size());
  for (const End& end : allowed.ends) fmt::print("{}\n", PrintEnd(litmus, end));
  const bool met = IsMet(litmus.quantifier, allowed.positive > 0, allowed.negative > 0);
  fmt::print("{}\nWitnesses\nPositive: {} Negative: {}\n", met ? "Ok" : "No", allowed.positive,
             allowed.negative);
  if (allowed.races) fmt::print("Flag data-race: C allows every ending\n");
  fmt::print("Condition {}\n", PrintCondition(litmus));
  PrintObservation(litmus, allowed.positive, allowed.negative);
  fmt::print("Order {}\n", NameOf(prediction.order));
}

bool PrintSeen(const Litmus& litmus, const Prediction& prediction, const SeenEnds& seen) {
  PrintHeading(litmus);
  fmt::print("Histogram ({} states)\n", seen.rounds.size());
  for (const auto& [end, count] : seen.rounds) {
    fmt::print("{:<8}{}>{}\n", count, Holds(litmus, end) ? '*' : ':', PrintEnd(litmus, end));
  }
  const std::uint64_t positive = seen.Positive(litmus);
  const std::uint64_t negative = seen.Total() - positive;
  const bool met = IsMet(litmus.quantifier, positive > 0, negative > 0);
  fmt::print("{}\n\nWitnesses\nPositive: {}, Negative: {}\n", met ? "Ok" : "No", positive,
             negative);
  fmt::print("Condition {} is {}validated\n", PrintCondition(litmus), met ? "" : "NOT ");
  PrintObservation(litmus, positive, negative);
  if (!prediction.allowed) {
    PrintVerdict(prediction);
  } else if (prediction.allowed->races) {
    fmt::print("Order {}: there is a data race, so that every ending is allowed\n",
               NameOf(prediction.order));
  } else {
    const auto& ends = prediction.allowed->ends;
    const auto shown = std::count_if(ends.begin(), ends.end(),
                                     [&](const End& end) { return seen.rounds.contains(end); });
    fmt::print("Order {}: {} of {} allowed endings were seen\n", NameOf(prediction.order), shown,
               ends.size());
  }
  bool forbidden = false;
  for (const auto& [end, count] : seen.rounds) {
    if (!prediction.Forbids(litmus, end)) continue;
    forbidden = true;
    fmt::print("{} {} ended with {} which {} forbids\n", Paint(Style::kBad, "FAIL"),
               reports::Counted(count, "round", "rounds"), PrintEnd(litmus, end),
               NameOf(prediction.order));
  }
  return forbidden;
}

}  // namespace shmspec
