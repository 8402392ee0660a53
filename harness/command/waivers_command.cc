// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/command/console.h"
#include "harness/command/expectation_files.h"
#include "harness/command/output_file.h"
#include "harness/command/record_file.h"
#include "harness/command/subcommand.h"
#include "harness/runner/waivers.h"
#include "reports/text/plain_text.h"

namespace shmspec {
namespace {

/// How long a suggested waiver lasts, unless its author changes that.
constexpr std::chrono::days kSuggested{90};

constexpr const char* kPreface =
    "# Waivers: what is put up with for now. A waiver changes how a result is judged and never "
    "the\n"
    "# status itself. shmspec refuses this file until reason, url and owner are filled in; remove\n"
    "# what should not be waived.\n"
    "format = \"shmspec-waivers/1\"\n";

/// The causes of the attempts that did not pass.
std::vector<std::string_view> CausesOf(const reports::Test& test) {
  std::vector<std::string_view> causes;
  for (const reports::Attempt& attempt : test.attempts) {
    if (attempt.cause == Cause::kNone) continue;
    const std::string_view cause = NameOf(attempt.cause);
    if (std::find(causes.begin(), causes.end(), cause) == causes.end()) causes.push_back(cause);
  }
  return causes;
}

std::string Suggestion(const reports::Test& test, std::size_t number) {
  const std::chrono::sys_days today = Today();
  std::string text = fmt::format("\n# {}\n[[waiver]]\nid = \"W-{:04}\"\ntests = [\"{}\"]\n",
                                 reports::OneLine(test.reason), number, test.id);
  text += fmt::format("expect = [\"{}\"]\n", NameOf(test.status));
  if (const std::vector<std::string_view> causes = CausesOf(test); !causes.empty()) {
    text += fmt::format("cause = [\"{}\"]\n", fmt::join(causes, "\", \""));
  }
  text += "reason = \"\"\nurl = \"\"\nowner = \"\"\n";
  text +=
      fmt::format("granted = {}\nexpires = {}\n", DateText(today), DateText(today + kSuggested));
  if (test.flakiness && test.flakiness->flaky) {
    const double share = static_cast<double>(test.flakiness->troubled()) /
                         static_cast<double>(test.flakiness->attempts);
    text += fmt::format("rate = {{at_most = {:.3f}, per = \"attempt\"}}\n",
                        std::min(std::ceil(share * 1000) / 1000, 0.999));
  }
  return text;
}

std::string Until(const Waiver& waiver) {
  std::string text = "until " + waiver.expires;
  if (!waiver.holds()) text += ", not on this system";
  return text;
}

struct CheckOptions {
  std::string file;
  PerformOptions perform;
};

/// Prints a file of waivers and which of them hold here.
int Check(const CheckOptions& options) {
  const Result<Expectations> read = ReadExpectations({.waivers = options.file}, options.perform);
  if (!read.ok()) return Complain(kExitUsage, read.error().message);
  const Waivers& waivers = *read->waivers;
  for (const Waiver& waiver : waivers.entries) {
    fmt::print("{:<8} {} ({}; {})\n", waiver.id, waiver.reason, Until(waiver), waiver.owner);
  }
  const auto here = std::count_if(waivers.entries.begin(), waivers.entries.end(),
                                  [](const Waiver& waiver) { return waiver.holds(); });
  fmt::print("waivers that hold here: {} of {}; cases they are about: {}\n", here,
             waivers.entries.size(), waivers.by_case.size());
  return kExitAsExpected;
}

struct SuggestOptions {
  std::string record;
  OutputOptions output;
};

/// Writes a file of waivers to be filled in, with one for each case with an unexpected result.
int Suggest(const SuggestOptions& options) {
  const Result<reports::Record> record = ReadRecordFile(options.record);
  if (!record.ok()) return Complain(kExitUsage, record.error().message);
  std::string text = kPreface;
  std::size_t number = 0;
  for (const reports::Test& test : record->tests) {
    if (IsTrouble(test.status) && test.judgement == Judgement::kUnexpected) {
      text += Suggestion(test, ++number);
    }
  }
  if (number == 0) {
    return Complain(
        kExitNothingSelected,
        fmt::format("{}: no case failed unexpectedly; there is nothing to waive", record->file));
  }
  return WriteOutput(text, options.output);
}

void DeclareCheck(OptionList& options, CheckOptions& to) {
  options.Text("FILE", to.file, "The file, TOML; - for standard input").required = true;
  options.Text("--target", to.perform.target, "As for run");
  options.Text("--profile", to.perform.profile, "As for run");
}

void DeclareSuggest(OptionList& options, SuggestOptions& to) {
  options.Text("RECORD", to.record, "A file that run --output wrote").required = true;
  DeclareOutput(options, to.output, "The file to write; standard output when not given");
}

std::string Footer() {
  return "Example:\n"
         "  shmspec waivers suggest result.json -o waivers.toml\n"
         "  shmspec waivers check waivers.toml\n"
         "  shmspec run --waivers waivers.toml\n";
}

const internal::SubcommandRegistration registrations[] = {
    internal::SubcommandRegistration(
        {.name = "waivers",
         .about = "Check a file of waivers, or begin one",
         .place = 70,
         .examples =
             "  shmspec run --waivers waivers.toml       what is waived does not count as failed\n"
             "  shmspec waivers suggest result.json      a file of waivers to fill in\n",
         .footer = &Footer}),
    internal::SubcommandRegistration({.name = "waivers check",
                                      .about = "Read a file of waivers as run would",
                                      .place = 1,
                                      .footer = &Footer,
                                      .start = Performing(&DeclareCheck, &Check)}),
    internal::SubcommandRegistration(
        {.name = "waivers suggest",
         .about = "Write a waiver to be filled in for each case that failed unexpectedly",
         .place = 2,
         .footer = &Footer,
         .start = Performing(&DeclareSuggest, &Suggest)})};

}  // namespace
}  // namespace shmspec
