// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Litmus tests of herd's format as users of the program meet them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>

#include <algorithm>
#include <string>
#include <vector>

#include "harness/command/program_child.h"

namespace shmspec {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Arguments = std::vector<std::string>;

constexpr const char* kStoreBuffering =
    "X86 SB\n{ x=0; y=0; }\n"
    " P0          | P1          ;\n MOV [x],$1  | MOV [y],$1  ;\n MOV EAX,[y] | MOV EAX,[x] ;\n"
    "exists (0:EAX=0 /\\ 1:EAX=0)\n";
constexpr const char* kFenced =
    "X86 SB+mfences\n{ x=0; y=0; }\n"
    " P0          | P1          ;\n MOV [x],$1  | MOV [y],$1  ;\n MFENCE      | MFENCE      ;\n"
    " MOV EAX,[y] | MOV EAX,[x] ;\n~exists (0:EAX=0 /\\ 1:EAX=0)\n";
constexpr const char* kMessage =
    "C MP\n{ }\nP0 (atomic_int* x, atomic_int* y) {\n"
    "  atomic_store_explicit(x, 1, memory_order_relaxed);\n"
    "  atomic_store_explicit(y, 1, memory_order_release);\n}\n"
    "P1 (atomic_int* x, atomic_int* y) {\n"
    "  int r0 = atomic_load_explicit(y, memory_order_acquire);\n"
    "  int r1 = atomic_load_explicit(x, memory_order_relaxed);\n}\n"
    "exists (1:r0=1 /\\ 1:r1=0)\n";
constexpr const char* kFourThreads =
    "X86 IRIW\n{ }\n P0 | P1 | P2 | P3 ;\n"
    " MOV [x],$1 | MOV [y],$1 | MOV EAX,[x] | MOV EAX,[y] ;\n"
    " | | MOV EBX,[y] | MOV EBX,[x] ;\n"
    "exists (2:EAX=1 /\\ 2:EBX=0 /\\ 3:EAX=1 /\\ 3:EBX=0)\n";

Finished Litmus(const std::string& text, Arguments more = {}) {
  more.insert(more.begin(), {"litmus", "-"});
  return RunProgram(more, {.input = text});
}

int UsableProcessors() {
  cpu_set_t usable;
  return ::sched_getaffinity(0, sizeof(usable), &usable) == 0 ? CPU_COUNT(&usable) : 1;
}

TEST(LitmusCommand, PredictsAsHerdPrints) {
  const Finished run = Litmus(kStoreBuffering, {"--predict"});
  EXPECT_EQ(run.exit_code, 0) << run;
  EXPECT_EQ(run.out,
            "Test SB Allowed\nStates 4\n0:EAX=0; 1:EAX=0;\n0:EAX=0; 1:EAX=1;\n"
            "0:EAX=1; 1:EAX=0;\n0:EAX=1; 1:EAX=1;\nOk\nWitnesses\nPositive: 1 Negative: 3\n"
            "Condition exists (0:EAX=0 /\\ 1:EAX=0)\nObservation SB Sometimes 1 3\n"
            "Order x86-tso\n");
  const Finished turns = Litmus(kStoreBuffering, {"--predict", "--model", "sc"});
  EXPECT_THAT(turns.out, AllOf(HasSubstr("States 3\n"), HasSubstr("\nNo\n"),
                               HasSubstr("Observation SB Never 0 3\n")));
  EXPECT_THAT(Litmus(kFenced, {"--predict"}).out,
              AllOf(StartsWith("Test SB+mfences Forbidden\n"), HasSubstr("\nOk\n"),
                    HasSubstr("Observation SB+mfences Never 0 3\n")));
}

TEST(LitmusCommand, KnowsOtherArchitecturesByPublishedVerdicts) {
  const Finished classic = Litmus(kFenced, {"--predict", "--model", "riscv"});
  EXPECT_EQ(classic.exit_code, 0) << classic;
  EXPECT_THAT(classic.out, HasSubstr("Order riscv forbids it, as published of SB+mfences: "));
  const Finished unknown = Litmus(kMessage, {"--predict", "--model", "armv8"});
  EXPECT_EQ(unknown.exit_code, 2) << unknown;
  EXPECT_THAT(unknown.out, StartsWith("UNSUPPORTED MP: of armv8 only the verdicts on classic"));
}

TEST(LitmusCommand, RunsATestBetweenProcessesAndThreads) {
  for (const char* as : {"processes", "threads"}) {
    const Finished run = Litmus(kFenced, {"--rounds", "300000", "--as", as});
    if (run.exit_code == 2) {  // too few processors, or branches that cannot be put on one each
      EXPECT_THAT(run.out, HasSubstr("UNSUPPORTED")) << run;
      continue;
    }
    EXPECT_EQ(run.exit_code, 0) << run;
    EXPECT_THAT(run.out, StartsWith("Test SB+mfences Forbidden\nHistogram ("));
    EXPECT_THAT(run.out, HasSubstr("\nPositive: 0, Negative: 300000\n"));
    EXPECT_THAT(run.out, HasSubstr("\nObservation SB+mfences Never 0 300000\n"));
    EXPECT_THAT(run.out, HasSubstr(" allowed endings were seen\n"));
  }
}

TEST(LitmusCommand, RunsInASimulationWhatNeedsMoreProcessors) {
  const Finished run = Litmus(kFourThreads, {"--target", "simulated", "--rounds", "600000"});
  EXPECT_EQ(run.exit_code, 0) << run;
  EXPECT_THAT(run.out, HasSubstr("Histogram (15 states)\n"));
  EXPECT_THAT(run.out, HasSubstr("Observation IRIW Never 0 600000\n"));
}

TEST(LitmusCommand, SaysWhatFewerProcessorsCannotShow) {
  if (UsableProcessors() >= 4) GTEST_SKIP() << "there are enough here";
  const Finished run = Litmus(kFourThreads);
  EXPECT_EQ(run.exit_code, 2) << run;
  EXPECT_THAT(run.out, StartsWith("UNSUPPORTED IRIW: 4 branches act at once on 4 processors only, "
                                  "and this system offers "));
}

TEST(LitmusCommand, FailsWhereAnEndingWasSeenThatIsForbidden) {
  const Finished fence = Litmus(kFenced, {"--target", "faulty:fence_does_not_drain"});
  EXPECT_EQ(fence.exit_code, 1) << fence;
  EXPECT_THAT(fence.out, HasSubstr("\nFAIL "));
  EXPECT_THAT(fence.out, HasSubstr(" ended with 0:EAX=0; 1:EAX=0; which x86-tso forbids\n"));
  EXPECT_THAT(fence.out, HasSubstr("is NOT validated\nObservation SB+mfences Sometimes "));
  const Finished message = Litmus(kMessage, {"--target", "faulty:stores_leave_out_of_order"});
  EXPECT_EQ(message.exit_code, 1) << message;
  EXPECT_THAT(message.out, HasSubstr(" ended with 1:r0=1; 1:r1=0; which rc11 forbids\n"));
  const Finished stricter = Litmus(kStoreBuffering, {"--target", "simulated", "--model", "sc"});
  EXPECT_EQ(stricter.exit_code, 1) << stricter;
  EXPECT_EQ(Litmus(kStoreBuffering, {"--target", "simulated"}).exit_code, 0);
}

// The order of C allows it, that of the processor does not.
TEST(LitmusCommand, FailsWhereTheProcessorBreaksItsOwnOrder) {
  std::string relaxed = kMessage;
  for (const char* word : {"release", "acquire"}) {
    relaxed.replace(relaxed.find(word), std::string(word).size(), "relaxed");
  }
  const Finished run = Litmus(relaxed, {"--target", "faulty:stores_leave_out_of_order"});
  EXPECT_EQ(run.exit_code, 1) << run;
  EXPECT_THAT(run.out, Not(HasSubstr("which rc11 forbids")));
  EXPECT_THAT(run.out, HasSubstr("FAIL MP\n"));
}

TEST(LitmusCommand, NamesWhatCannotBeRun) {
  const std::string added =
      "X86 INC\n{ }\nP0 | P1 ;\nLOCK INC [x] | LOCK INC [x] ;\nforall (x=2)\n";
  const Finished run = Litmus(added, {"--target", "simulated"});
  EXPECT_EQ(run.exit_code, 2) << run;
  EXPECT_EQ(run.out, "UNSUPPORTED INC: no branch can add atomically\n");
  const Finished predicted = Litmus(added, {"--predict"});
  EXPECT_EQ(predicted.exit_code, 0) << predicted;
  EXPECT_THAT(predicted.out, HasSubstr("Test INC Required\nStates 1\n[x]=2;\nOk\n"));
  EXPECT_THAT(predicted.out, HasSubstr("Observation INC Always 2 0\n"));
}

TEST(LitmusCommand, RunsSeveralFilesAndEndsAsTheWorstOfThem) {
  const TemporaryFolder folder;
  WriteWhole(folder / "sb", kStoreBuffering);
  WriteWhole(folder / "iriw", kFourThreads);
  const Finished run = RunProgram({"litmus", folder / "sb", folder / "iriw", "--target",
                                   "simulated", "--model", "sc", "--rounds", "5000"});
  EXPECT_EQ(run.exit_code, 1) << run;
  EXPECT_THAT(run.out, AllOf(StartsWith("Test SB "), HasSubstr("\n\nTest IRIW ")));
}

TEST(LitmusCommand, HasTheClassicTestsWithoutFiles) {
  const std::vector<std::string> lines = LinesOf(RunProgram({"litmus", "--list"}).out);
  EXPECT_GT(lines.size(), 150u);
  EXPECT_TRUE(std::all_of(lines.begin() + 1, lines.end(), [](const std::string& line) {
    return line.find("allowed") != std::string::npos || line.find("forbidden") != std::string::npos;
  }));
  EXPECT_THAT(RunProgram({"litmus", "known:SB", "--text"}).out, HasSubstr("X86 SB\n"));
  const Finished known = RunProgram({"litmus", "known:SB", "--predict"});
  EXPECT_EQ(known.exit_code, 0) << known;
  EXPECT_EQ(known.out, Litmus(kStoreBuffering, {"--predict"}).out);
}

TEST(LitmusCommand, RefusesMistakesInOneLine) {
  const auto refusal = [](const Finished& run) {
    EXPECT_EQ(run.exit_code, 4) << run;
    EXPECT_EQ(run.out, "");
    EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run;
    return run.err;
  };
  EXPECT_THAT(refusal(Litmus("AArch64 MP\n{ }\n")),
              StartsWith("shmspec: standard input:1:1: expected X86, X86_64 or C, found"));
  EXPECT_THAT(refusal(Litmus("X86 t\n{ }\nP0 ;\nMOV [x] ;\nexists (x=0)")),
              StartsWith("shmspec: standard input:4:9: expected \",\""));
  EXPECT_THAT(refusal(Litmus("")), StartsWith("shmspec: standard input:1:1: "));
  EXPECT_THAT(refusal(Litmus(kStoreBuffering, {"--model", "rc11"})),
              HasSubstr("rc11 is the order of C and says nothing of instructions"));
  EXPECT_THAT(refusal(Litmus(kStoreBuffering, {"--model", "arm"})), HasSubstr("armv8"));
  EXPECT_THAT(refusal(Litmus(kStoreBuffering, {"--rounds", "0"})), HasSubstr("--rounds"));
  EXPECT_THAT(refusal(RunProgram({"litmus", "/no/such"})), HasSubstr("cannot be read"));
  EXPECT_THAT(refusal(RunProgram({"litmus"})), HasSubstr("FILE"));
  EXPECT_THAT(refusal(RunProgram({"litmus", "known:SBB"})), HasSubstr("did you mean SB"));
}

}  // namespace
}  // namespace shmspec
