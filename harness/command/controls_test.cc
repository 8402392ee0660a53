// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Tests of the controls: they must miss what cannot be noticed, and report that.

#include "harness/runner/controls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <string>

#include "harness/command/console.h"
#include "harness/command/controls_command.h"
#include "harness/runner/stop_requests.h"
#include "harness/vocabulary/plan/plan_builder.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req
using ::testing::HasSubstr;

/// Checks whether shmget works at all.
std::vector<Noticed> SearchByCreating(const Hunt& hunt) {
  PlanBuilder builder("test.controls.creates");
  const Actor a = builder.Spawn("a");
  a.Do(SysvGet{PrivateKey(), {4096}, kCreate | 0600});
  const Trace trace = hunt.stage.Perform(std::move(builder).Take(), hunt.seed);
  if (Succeeded(trace.steps.front().outcome)) return {};
  return {{"test.controls.creates"}};
}

/// Finds everything at the plan that its budget ends with.
std::vector<Noticed> SearchToTheEnd(const Hunt& hunt) {
  if (SearchByCreating(hunt).empty()) return {};
  return {{"test.fuzz.guided", hunt.executions}};
}

/// Always fails.
std::vector<Noticed> SearchAndAlwaysFind(const Hunt&) { return {{"test.controls.fails"}}; }

std::vector<Noticed> SearchAndDie(const Hunt&) { std::abort(); }

const internal::HunterRegistration registrations[] = {
    internal::HunterRegistration({"creating", &SearchByCreating}),
    internal::HunterRegistration({"counting", &SearchToTheEnd}),
    internal::HunterRegistration({"failing", &SearchAndAlwaysFind}),
    internal::HunterRegistration({"dying", &SearchAndDie})};

/// The broken system creates nothing.
class CreatesNothing : public Tampering {
  void After(const model::State& before, const model::Call& call, model::State& after,
             Outcome& outcome) override {
    if (!std::holds_alternative<SysvGet>(*call.operation)) return;
    after = before;
    outcome = Failure{{ENOSPC}};
  }
};

template <class Tampered>
std::unique_ptr<Tampering> Make() {
  return std::make_unique<Tampered>();
}

constexpr std::array kFaults{SeededFault{"creates_nothing", "SYSV.SHMGET.CREATE_RETURNS_NONNEG"_req,
                                         "shmget always fails", Make<CreatesNothing>},
                             SeededFault{"nothing_is_wrong", "SYSV.SHMGET.NOENT"_req,
                                         "all is as it should be", Make<Tampering>}};

struct Said {
  int exit_code = -1;
  std::string output;
  std::string errors;
};

Said Search(ControlsCommandOptions options) {
  options.jobs = 2;
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  Said said;
  said.exit_code = ControlsCommand(options, kFaults);
  said.output = testing::internal::GetCapturedStdout();
  said.errors = testing::internal::GetCapturedStderr();
  return said;
}

TEST(Controls, MissAFaultThatChangesNothing) {
  const Said said = Search({.by = "creating"});
  EXPECT_EQ(said.exit_code, kExitUnexpected) << said.errors;
  EXPECT_THAT(said.output, HasSubstr("MISSED nothing_is_wrong"));
  EXPECT_THAT(said.output, HasSubstr("caught creates_nothing"));
  EXPECT_THAT(said.output, HasSubstr("2 faults: 1 caught, 1 missed"));
}

TEST(Controls, TellInJsonWhatCaughtAFault) {
  const Said said = Search({.by = "creating", .format = Format::kJson});
  EXPECT_EQ(said.exit_code, kExitUnexpected) << said.errors;
  EXPECT_THAT(said.output, HasSubstr("\"test.controls.creates\""));
  EXPECT_THAT(said.output, HasSubstr("\"caught_by\": []"));
}

TEST(Controls, TellAfterHowManyPlansAFaultWasFound) {
  ControlsCommandOptions options{.faults = {"creates_nothing"}, .by = "counting"};
  options.executions = 123;
  EXPECT_THAT(Search(options).output, HasSubstr("by test.fuzz.guided after 123\n"));
  options.format = Format::kJson;
  EXPECT_THAT(Search(options).output, HasSubstr("\"test.fuzz.guided\": 123"));
}

TEST(Controls, SucceedWhenEveryFaultIsCaught) {
  const Said said = Search({.faults = {"creates_nothing"}, .by = "creating"});
  EXPECT_EQ(said.exit_code, kExitAsExpected) << said.errors;
}

TEST(Controls, MeanNothingWhenTheSoundSystemFails) {
  const Said said = Search({.by = "failing"});
  EXPECT_EQ(said.exit_code, kExitHarnessTrouble);
  EXPECT_THAT(said.errors, HasSubstr("test.controls.fails"));
}

TEST(Controls, AreInTroubleWhenASearchDies) {
  EXPECT_EQ(Search({.by = "dying"}).exit_code, kExitHarnessTrouble);
}

TEST(Controls, StopWhenTheyAreAskedTo) {
  const StopRequests requests;
  std::raise(SIGINT);
  const ControlsRun run = RunControls({&kFaults[0], &kFaults[1]}, {*FindHunter("failing")},
                                      [](std::size_t, std::size_t, std::string_view) {});
  for (const ControlResult& one : run.results) EXPECT_THAT(one.caught_by, testing::IsEmpty());
  EXPECT_THAT(run.sound.caught_by, testing::IsEmpty()) << "the search was not awaited";
}

TEST(Controls, RefuseHuntersAndFaultsThatDoNotExist) {
  const Said hunter = Search({.by = "divination"});
  EXPECT_EQ(hunter.exit_code, kExitUsage);
  EXPECT_THAT(hunter.errors, HasSubstr("suites, creating, counting, failing"));
  EXPECT_EQ(Search({.faults = {"creates_nothin"}, .by = "creating"}).exit_code, kExitUsage);
}

}  // namespace
}  // namespace shmspec
