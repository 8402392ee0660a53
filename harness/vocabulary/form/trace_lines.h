// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What the writer and the reader of traces share: the records behind what traces have and plans do
// not. For text_print.cc and trace_parse.cc.

#ifndef SHMSPEC_HARNESS_VOCABULARY_FORM_TRACE_LINES_H_
#define SHMSPEC_HARNESS_VOCABULARY_FORM_TRACE_LINES_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/vocabulary/plan/trace.h"
#include "harness/vocabulary/value/field.h"

namespace shmspec::text {

/// What follows an outcome.
struct Instants {
  static constexpr std::string_view kName = "what was seen";
  std::optional<std::uint64_t> call_ns;
  std::optional<std::uint64_t> return_ns;
  std::optional<std::int64_t> not_before_s;
  std::optional<std::int64_t> not_after_s;
  static constexpr auto kFields = Fields(
      Field{"call_ns", &Instants::call_ns}, Field{"return_ns", &Instants::return_ns},
      Field{"not_before_s", &Instants::not_before_s}, Field{"not_after_s", &Instants::not_after_s});
};

/// How a plan ended before its end.
struct Halted {
  static constexpr std::string_view kName = "halted";
  Halt by = Halt::kNone;
  std::optional<std::uint32_t> step;  // from 1
  std::string trouble;
  bool lacking = false;
  static constexpr auto kFields =
      Fields(Field{"by", &Halted::by}, Field{"step", &Halted::step},
             Field{"trouble", &Halted::trouble}, Field{"lacking", &Halted::lacking});
};

/// The seconds of a call of which nothing is known: all there are.
inline constexpr std::int64_t kLastSecond = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t UsualNotAfter(bool called) { return called ? kLastSecond : 0; }

/// Which steps may overlap others, so that their instants count (EventsOf).
std::vector<bool> MayOverlap(const Plan& plan);

}  // namespace shmspec::text

#endif  // SHMSPEC_HARNESS_VOCABULARY_FORM_TRACE_LINES_H_
