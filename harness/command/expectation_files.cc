// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/command/expectation_files.h"

#include <fmt/format.h>

#include "harness/command/input_file.h"

namespace shmspec {
namespace {

Result<Waivers> WaiversIn(const std::string& file, const PerformOptions& perform) {
  const Result<std::string> text = ReadInput(file);
  if (!text.ok()) return text.error();
  const std::vector<Fact> facts = FactsForWaivers(perform.target, perform.profile);
  return ReadWaivers(*text, InputName(file), {AllCases(), facts, Today()});
}

/// A baseline applies only to the same target and the same specification.
Result<Baseline> BaselineIn(const std::string& file, const PerformOptions& perform) {
  const Result<std::string> text = ReadInput(file);
  if (!text.ok()) return text.error();
  Result<Baseline> baseline = ReadBaseline(*text, InputName(file));
  if (!baseline.ok()) return baseline.error();
  if (baseline->target != perform.target || baseline->profile != perform.profile) {
    return Error{fmt::format(
        "{}: is of a run with --target {} --profile {} and this is one with "
        "--target {} --profile {}; give the same",
        InputName(file), baseline->target, baseline->profile, perform.target, perform.profile)};
  }
  return baseline;
}

}  // namespace

void DeclareWaivers(OptionList& options, ExpectationFiles& to) {
  options.Text("--waivers", to.waivers,
               "A file of waivers: what is put up with, by whom, why and until when");
}

Result<Expectations> ReadExpectations(const ExpectationFiles& files,
                                      const PerformOptions& perform) {
  Expectations expectations;
  if (files.waivers) {
    Result<Waivers> waivers = WaiversIn(*files.waivers, perform);
    if (!waivers.ok()) return waivers.error();
    expectations.waivers = std::move(waivers).value();
  }
  if (files.baseline) {
    Result<Baseline> baseline = BaselineIn(*files.baseline, perform);
    if (!baseline.ok()) return baseline.error();
    expectations.baseline = std::move(baseline).value();
  }
  return expectations;
}

}  // namespace shmspec
