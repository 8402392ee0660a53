// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The lines between shmspec and an adapter, a program that uses a library for it
// (harness/target/wrapper/PROTOCOL.md).
//
//   shmspec-adapter 1
//   adapter library="shared_memory" version="3.11.2" offers=segment,memory
//   1 g0 = segment.create name="n0" size=4096
//   1 -> 0

#ifndef SHMSPEC_HARNESS_VOCABULARY_FORM_ADAPTER_LINES_H_
#define SHMSPEC_HARNESS_VOCABULARY_FORM_ADAPTER_LINES_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "harness/vocabulary/operation/operation.h"
#include "harness/vocabulary/outcome/outcome.h"
#include "harness/vocabulary/value/result.h"

namespace shmspec {

inline constexpr std::size_t kLongestAdapterLine = std::size_t{64} << 10;

/// What shmspec says first, and what the adapter answers.
inline constexpr std::string_view kAdapterGreeting = "shmspec-adapter 1";
struct AdapterIntroduction {
  std::string library;
  std::string version;
  std::uint32_t offers = 0;  // bit N for the Nth family

  bool Offers(Family family) const { return (offers >> static_cast<unsigned>(family) & 1) != 0; }
};

/// The error is one line that says what was expected.
Result<AdapterIntroduction> ReadIntroduction(std::string_view line);

/// The line that asks for a step. Every field is in it; `known` holds for the handles that this
/// adapter has, and `value_of` gives the number of others.
struct AskedStep {
  std::uint32_t number = 0;
  std::optional<Handle> assigns;
  const Operation* operation = nullptr;
  std::function<bool(Handle)> known;
  std::function<std::int64_t(const Reference&)> value_of;
};
std::string PrintAsked(const AskedStep& step);

/// Reads the answer to the step of that number. The error is one line that says what was expected.
Result<Outcome> ReadAnswer(std::string_view line, std::uint32_t number);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_FORM_ADAPTER_LINES_H_
