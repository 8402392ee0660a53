// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// shmspec adapter: for authors of programs through which shmspec uses a library.

#include <fmt/format.h>
#include <unistd.h>

#include <string>

#include "harness/actor/strays.h"
#include "harness/actor/users.h"
#include "harness/command/console.h"
#include "harness/command/subcommand.h"
#include "harness/runner/adapter.h"
#include "harness/runner/adapter_check.h"

namespace shmspec {
namespace {

struct CheckOptions {
  std::string program;
};

void Print(const AdapterFinding& finding) {
  const bool wrong = finding.verdict == AdapterVerdict::kWrong;
  const std::string verdict = fmt::format("{:<6}", NameOf(finding.verdict));
  fmt::print("{}", wrong ? Paint(Style::kBad, verdict) : verdict);
  if (finding.asked.empty()) {
    fmt::print("{}\n", finding.what);
    return;
  }
  fmt::print("{}\n", finding.asked);
  if (!finding.answered.empty()) fmt::print("      {}\n", finding.answered);
  if (!finding.what.empty()) fmt::print("      {}\n", finding.what);
}

int Check(const CheckOptions& options) {
  const Result<std::vector<std::string>> words = SplitWords(options.program);
  if (!words.ok()) return Complain(kExitUsage, "PROGRAM: " + words.error().message);
  AdoptOrphans();
  // As a user of cases, where this user may become one.
  const std::optional<std::uint32_t> stranger =
      ::geteuid() == 0 ? std::optional<std::uint32_t>(ChooseUsers().first) : std::nullopt;
  const bool fine = CheckAdapter({.words = *words, .shows_errors = true}, stranger, &Print);
  fmt::print("{}\n", fine ? "Nothing is wrong: shmspec run --adapter 'PROGRAM' runs the cases."
                          : "Mend what is WRONG first; harness/target/wrapper/PROTOCOL.md has the "
                            "protocol.");
  return fine ? kExitAsExpected : kExitUnexpected;
}

void Declare(OptionList& options, CheckOptions& to) {
  options.Text("PROGRAM", to.program, "The command line of the adapter, in quotes").required = true;
}

constexpr const char* kFooter =
    "An adapter is a program that uses a library for shmspec: it reads a line for each step and\n"
    "writes a line that answers it.\n\n"
    "Examples:\n"
    "  shmspec adapter check ./my_adapter               one program\n"
    "  shmspec adapter check 'python3 my_adapter.py'    a script\n"
    "  shmspec run --adapter 'python3 my_adapter.py'    the cases, when nothing is wrong\n\n";

std::string Footer() { return std::string(kFooter) + kExitCodes; }

const internal::SubcommandRegistration registrations[] = {
    internal::SubcommandRegistration(
        {.name = "adapter",
         .about = "Help the author of an adapter, a program that uses a library for shmspec",
         .place = 65,
         .examples = "  shmspec adapter check ./my_adapter       is this program an adapter?\n",
         .footer = &Footer}),
    internal::SubcommandRegistration({.name = "adapter check",
                                      .about = "Say what is wrong with an adapter, line by line",
                                      .place = 1,
                                      .footer = &Footer,
                                      .start = Performing(&Declare, &Check)})};

}  // namespace
}  // namespace shmspec
