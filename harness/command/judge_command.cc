// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include "harness/command/console.h"
#include "harness/command/input_file.h"
#include "harness/command/print_judged.h"
#include "harness/command/settle.h"
#include "harness/command/subcommand.h"
#include "harness/runner/judge_trace.h"
#include "harness/vocabulary/form/trace_text.h"

namespace shmspec {
namespace {

struct JudgeOptions {
  std::string file;  // `-` reads standard input
  std::string profile = "linux";
};

int Judge(const JudgeOptions& options) {
  const Result<const model::Profile*> profile = ProfileNamed(options.profile);
  if (!profile.ok()) return Complain(kExitUsage, profile.error().message);
  const Result<std::string> text = ReadInput(options.file);
  if (!text.ok()) return Complain(kExitUsage, text.error().message);
  const Result<Trace> trace = ParseTrace(*text, InputName(options.file));
  if (!trace.ok()) return Complain(kExitUsage, trace.error().message);
  if (trace->steps.empty()) {
    return Complain(kExitUsage, fmt::format("{}: the trace of {} has no step, so that nothing can "
                                            "be said of it",
                                            InputName(options.file), trace->plan.name));
  }
  const CaseResult result = JudgeTrace(*trace, **profile);
  LeavingReader reader;
  reader.Show([&] {
    PrintJudged(trace->plan.name, result);
    fmt::print("judged by {}\n", (*profile)->name);
  });
  return ExitCodeOf(result.status);
}

void Declare(OptionList& options, JudgeOptions& to) {
  options
      .Text("TRACE", to.file,
            "A plan with what was seen, as replay --trace writes it; - for standard input")
      .required = true;
  options.Text("--profile", to.profile,
               "The specification to judge by: " + ProfileWords(to.profile));
}

std::string Footer() {
  return "Example, which fails: one byte of a segment is a page, and that can be attached.\n"
         "  shmspec judge - <<'END'\n"
         "  plan my.board\n"
         "  actor a\n"
         "  a: s0 = sysv.get key=private size=1 flags=create|0600 => 7\n"
         "  a: a0 = sysv.attach segment=s0 => EINVAL\n"
         "  END\n\n"
         "What is behind => was seen: a value, an error, a record such as segment{nattch=1}, \"in "
         "flight\"\n"
         "or \"not called\". What else can be said, and what holds where it is not, is in "
         "harness/README.md.\n\n"
         "Exit codes: 0 PASS, 1 FAIL, 2 neither, 4 no trace that can be read.\n";
}

const internal::SubcommandRegistration registration(
    {.name = "judge",
     .about = "Judge a trace that was made elsewhere, without performing anything",
     .place = 115,
     .examples = "  shmspec judge board.trace                a trace that was made elsewhere\n",
     .footer = &Footer,
     .start = Performing(&Declare, &Judge)});

}  // namespace
}  // namespace shmspec
