// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Tells the author of an adapter what is wrong with it, before cases are run through it.

#ifndef SHMSPEC_HARNESS_RUNNER_ADAPTER_CHECK_H_
#define SHMSPEC_HARNESS_RUNNER_ADAPTER_CHECK_H_

#include <array>
#include <functional>
#include <optional>
#include <string>

#include "harness/actor/adapter.h"
#include "harness/vocabulary/value/names.h"

namespace shmspec {

enum class AdapterVerdict : std::uint8_t { kFine, kNote, kWrong };
template <>
struct NamesOf<AdapterVerdict> {
  static constexpr std::array kNames{Named<AdapterVerdict>{"ok", AdapterVerdict::kFine},
                                     Named<AdapterVerdict>{"note", AdapterVerdict::kNote},
                                     Named<AdapterVerdict>{"WRONG", AdapterVerdict::kWrong}};
};

/// What one line of the conversation showed.
struct AdapterFinding {
  AdapterVerdict verdict = AdapterVerdict::kFine;
  std::string asked;     // the line that was sent; empty: none
  std::string answered;  // the line that came; empty: none
  std::string what;      // in words, and what to do
};

/// Starts the program several times and reports what it finds, as it finds it. `stranger`: a user
/// that cases use besides, where this process may start programs as another user. Returns whether
/// nothing is wrong.
bool CheckAdapter(const AdapterProgram& program, std::optional<std::uint32_t> stranger,
                  const std::function<void(const AdapterFinding&)>& report);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RUNNER_ADAPTER_CHECK_H_
