// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Negative controls: a test that never failed proves nothing. Every seeded fault is put into the
// simulated system, and a hunter has to notice: the suites, the properties, fuzzing.

#ifndef SHMSPEC_HARNESS_RUNNER_CONTROLS_H_
#define SHMSPEC_HARNESS_RUNNER_CONTROLS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/target/faulty/fault.h"
#include "harness/vocabulary/value/field.h"

namespace shmspec {

/// A system to be searched for a fault.
struct Hunt {
  Stage& stage;                   // sound, or with one fault
  const model::Profile& profile;  // what it is to be judged by
  std::uint64_t seed = 1;         // settles every choice of the hunter
  bool first = false;             // stop at the first case or property that notices
  std::uint64_t executions = 0;   // plans that a fuzzer performs at most
};

/// What noticed a fault: a case, a property, a way to fuzz.
struct Noticed {
  static constexpr std::string_view kName = "noticed";
  std::string name;
  std::uint64_t executions = 0;  // plans performed until then, where a hunter counts them
  static constexpr auto kFields =
      Fields(Field{"name", &Noticed::name}, Field{"executions", &Noticed::executions});
  friend bool operator==(const Noticed&, const Noticed&) = default;
};

std::vector<std::string> NamesIn(const std::vector<Noticed>& noticed);

/// A hunter. `search` performs plans on the stage and judges the traces; it returns what noticed a
/// fault, each once, or nothing when all was as specified. It has a process of its own.
///
///   const internal::HunterRegistration registration({"property", &SearchWithProperties});
struct Hunter {
  std::string_view name;  // `shmspec controls --by NAME`
  std::vector<Noticed> (*search)(const Hunt& hunt);
};

/// Every hunter of this program: `suites`, and those registered.
const std::vector<Hunter>& AllHunters();
/// The hunter of that name, or nullptr.
const Hunter* FindHunter(std::string_view name);

struct ControlsOptions {
  Hunter hunter;
  std::uint64_t seed = 1;
  std::uint32_t jobs = 1;              // systems searched at the same time
  bool first = false;                  // stop at the first name for each fault
  std::uint64_t executions = 100'000;  // of a fuzzer, for each fault
};

struct ControlResult {
  const SeededFault* fault = nullptr;
  std::vector<Noticed> caught_by;
  std::string trouble;  // why the search did not finish; empty if it did
};

struct ControlsRun {
  std::vector<ControlResult> results;
  /// The names that notice something in the sound system; they make a caught fault meaningless.
  ControlResult sound;
};

/// Searches the simulated system, once sound and once with each of the faults. Reports to
/// `progress` what has been searched. After a request to stop (StopRequests) the results are those
/// so far.
ControlsRun RunControls(
    const std::vector<const SeededFault*>& faults, const ControlsOptions& options,
    const std::function<void(std::size_t done, std::size_t total, std::string_view)>& progress);

namespace internal {
struct HunterRegistration {
  explicit HunterRegistration(Hunter hunter);
};
}  // namespace internal

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RUNNER_CONTROLS_H_
