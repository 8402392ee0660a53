// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Whose failure it is: shared memory's, the environment's, or that of an actor that died or hung.

#include "harness/runner/judge_trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <functional>
#include <string>

#include "harness/runner/hang.h"
#include "harness/target/simulated/simulated_stage.h"
#include "harness/vocabulary/form/trace_text.h"
#include "harness/vocabulary/plan/plan_builder.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const model::Profile& Linux() { return *model::FindProfile("linux"); }

CaseResult Judged(const Plan& plan, const std::function<void(Trace&)>& change) {
  Trace trace = MakeSimulatedStage(Linux())->Perform(plan, 1);
  change(trace);
  return JudgeTrace(trace, Linux());
}

std::function<void(Trace&)> FailsAt(std::size_t step, int error) {
  return [=](Trace& trace) {
    trace.steps[step].outcome = Failure{ErrorCode{error}};
    for (std::size_t i = step + 1; i < trace.steps.size(); ++i) trace.steps[i] = {};
    trace.halt = Halt::kRefused;
    trace.halted_at = static_cast<std::uint32_t>(step);
  };
}

/// A preparing step, a neighbour of shared memory and shared memory itself: steps 0, 3 and 4.
Plan ThreeRoles() {
  PlanBuilder plan("judgement.roles");
  plan.Cite("SYSV.SHMDT.BASIC"_req);
  const Actor a = plan.Spawn("a");
  a.Do(ProcessSetUmask{{022}}).Succeeds();
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Do(MapAdvise{p, {4096}, Advice::kDontNeed}).Gives(0);
  a.Detach(p).Gives(0);
  return plan.plan();
}

Status StatusOf(const std::string& lines) {
  const Result<Trace> trace = ParseTrace("plan p\n" + lines, "t");
  EXPECT_TRUE(trace.ok()) << trace.error().message;
  return JudgeTrace(*trace, Linux()).status;
}

TEST(JudgeTrace, KnowsWhichByteOfANumberComesFirst) {
  const std::string load =
      "actor a\n"
      "a: s0 = sysv.get flags=create|0600 => 1\n"
      "a: a0 = sysv.attach segment=s0 => 0x700000000000\n"
      "a: memory.store at=a0 value=0x1122334455667788 => 0\n"
      "a: memory.store at=a0+2 width=2 value=0xabcd => 0\n"
      "a: memory.load at=a0 width=4 => ";
  EXPECT_EQ(StatusOf(load + "0xabcd7788\n"), Status::kPass);
  EXPECT_EQ(StatusOf(load + "0x1122abcd\n"), Status::kFail);
  EXPECT_EQ(StatusOf("system big_endian=true\n" + load + "0x1122abcd\n"), Status::kPass);
  EXPECT_EQ(StatusOf("system big_endian=true\n" + load + "0xabcd7788\n"), Status::kFail);
}

TEST(JudgeTrace, LeavesOpenWhetherAttachesKeepToMultiplesOfShmlba) {
  const std::string attach =
      "actor a\n"
      "a: s0 = sysv.get flags=create|0600 => 1\n"
      "a: m0 = map.reserve size=4p => 0x700000000000\n"
      "a: map.unmap at=m0 size=4p => 0\n"
      "a: sysv.attach segment=s0 at=m0+1p => ";
  EXPECT_EQ(StatusOf(attach + "0x700000001000\n"), Status::kPass);
  EXPECT_EQ(StatusOf(attach + "EINVAL\n"), Status::kFail);
  EXPECT_EQ(StatusOf("system shmlba=16384\n" + attach + "0x700000001000\n"), Status::kPass);
  EXPECT_EQ(StatusOf("system shmlba=16384\n" + attach + "EINVAL\n"), Status::kPass);
  EXPECT_EQ(StatusOf("system shmlba=16384\n" + attach + "0x700000000000\n"), Status::kFail);
}

TEST(JudgeTrace, KnowsTheLimitsOfKernelsOf32Bits) {
  const std::string wide = "a: system.sysctl_read name=shmall => -16777217\n";
  const std::string small = "a: system.sysctl_read name=shmall => 4278190079\n";
  const std::string actor = "actor a namespaces=ipc\n";
  EXPECT_EQ(StatusOf(actor + wide), Status::kPass);
  EXPECT_EQ(StatusOf(actor + small), Status::kFail);
  EXPECT_EQ(StatusOf("system long_bits=32\n" + actor + wide), Status::kFail);
  EXPECT_EQ(StatusOf("system long_bits=32\n" + actor + small), Status::kPass);
  // A new namespace in the course of the plan.
  const std::string later = "actor a\na: process.unshare namespaces=ipc => 0\n";
  EXPECT_EQ(StatusOf(later + wide), Status::kPass);
  EXPECT_EQ(StatusOf("system long_bits=32\n" + later + wide), Status::kFail);
}

TEST(JudgeTrace, KnowsThatA32BitProgramOnAKernelOf64BitsSeesLess) {
  const auto info = [](const std::string& shmmax, const std::string& shmall) {
    return "actor a namespaces=ipc\na: sysv.info segment=0 => limits{shmmax=" + shmmax +
           " shmmin=1 shmmni=4096 shmseg=4096 shmall=" + shmall + "}\n";
  };
  const std::string most = "0xfffffffffeffffff";
  EXPECT_EQ(StatusOf(info(most, most)), Status::kPass);
  EXPECT_EQ(StatusOf("system narrow=true\n" + info(most, most)), Status::kFail);
  EXPECT_EQ(StatusOf("system narrow=true\n" + info("0x7fffffff", "0xfeffffff")), Status::kPass);
  EXPECT_EQ(StatusOf(info("0x7fffffff", "0xfeffffff")), Status::kFail);
}

TEST(JudgeTrace, KnowsThatSomeProcessorsGiveTheFirstAddressesToNoProcess) {
  const std::string attach =
      "actor a uid=u1\n"
      "a: s0 = sysv.get flags=create|0600 => 1\n"
      "a: sysv.attach segment=s0 at=1 flags=round => ";
  EXPECT_EQ(StatusOf(attach + "EPERM\n"), Status::kPass);
  EXPECT_EQ(StatusOf(attach + "EINVAL\n"), Status::kFail);
  EXPECT_EQ(StatusOf("system first_address=8192\n" + attach + "EINVAL\n"), Status::kPass);
  EXPECT_EQ(StatusOf("system first_address=8192\n" + attach + "ENOMEM\n"), Status::kFail);
  const std::string map = "actor a\na: map.private at=1p size=1p => ";
  EXPECT_EQ(StatusOf(map + "0x1000\n"), Status::kPass);
  EXPECT_EQ(StatusOf("system first_address=8192\n" + map + "0x1000\n"), Status::kFail);
}

TEST(JudgeTrace, TakesEitherErrorForAddressesOfTheKernelWhereShmlbaIsLarger) {
  const std::string attach =
      "actor a\n"
      "a: s0 = sysv.get flags=create|0600 => 1\n"
      "a: sysv.attach segment=s0 at=-0x100000000 => ";
  EXPECT_EQ(StatusOf(attach + "ENOMEM\n"), Status::kPass);
  EXPECT_EQ(StatusOf(attach + "EINVAL\n"), Status::kFail);
  EXPECT_EQ(StatusOf("system shmlba=262144\n" + attach + "ENOMEM\n"), Status::kPass);
  EXPECT_EQ(StatusOf("system shmlba=262144\n" + attach + "EINVAL\n"), Status::kPass);
  EXPECT_EQ(StatusOf("system shmlba=262144\n" + attach + "EPERM\n"), Status::kFail);
}

TEST(JudgeTrace, TakesARefusedPreparationForTheEnvironmentsWhateverTheError) {
  for (const int error : {ENOSYS, EPERM, EINVAL}) {
    const CaseResult result = Judged(ThreeRoles(), FailsAt(0, error));
    EXPECT_EQ(result.status, Status::kUnsupported) << result.reason;
    EXPECT_THAT(result.reason, HasSubstr("step 1, process.set_umask"));
    ASSERT_EQ(result.requirements.size(), 1u);
    EXPECT_EQ(result.requirements[0].status, Status::kUnsupported);
  }
}

TEST(JudgeTrace, TakesAMissingNeighbourForTheEnvironmentsAndNoOtherFailureOfIt) {
  EXPECT_EQ(Judged(ThreeRoles(), FailsAt(3, ENOSYS)).status, Status::kUnsupported);
  EXPECT_EQ(Judged(ThreeRoles(), FailsAt(3, EPERM)).status, Status::kFail);
  EXPECT_EQ(Judged(ThreeRoles(), FailsAt(3, EINVAL)).status, Status::kFail);
  const CaseResult filtered = Judged(ThreeRoles(), [](Trace& trace) {
    FailsAt(3, EPERM)(trace);
    trace.system.filtered = true;
  });
  EXPECT_EQ(filtered.status, Status::kUnsupported) << filtered.reason;
}

TEST(JudgeTrace, NeverExcusesSharedMemoryItself) {
  for (const int error : {ENOSYS, EPERM}) {
    const CaseResult result = Judged(ThreeRoles(), [error](Trace& trace) {
      trace.steps[4].outcome = Failure{ErrorCode{error}};
      trace.system.filtered = true;
    });
    EXPECT_EQ(result.status, Status::kFail);
  }
}

TEST(JudgeTrace, TakesAMissingCallOnFilesForTheEnvironments) {
  PlanBuilder plan("judgement.files");
  const Actor a = plan.Spawn("a");
  a.Do(FileTruncate{a.Memfd(0), {4096}}).Gives(0);
  EXPECT_EQ(Judged(plan.plan(), FailsAt(1, ENOSYS)).status, Status::kUnsupported);
  EXPECT_EQ(Judged(plan.plan(), FailsAt(1, EPERM)).status, Status::kFail);
  EXPECT_EQ(Judged(plan.plan(), FailsAt(1, EINVAL)).status, Status::kFail);
  const CaseResult filtered = Judged(plan.plan(), [](Trace& trace) {
    FailsAt(1, EPERM)(trace);
    trace.system.filtered = true;
  });
  EXPECT_EQ(filtered.status, Status::kUnsupported) << filtered.reason;
}

/// What could not be carried out may have made the segment that the other finds, or not.
TEST(JudgeTrace, NeitherJudgesNorExpectsWhatRacedWithAStepThatWasNotCarriedOut) {
  PlanBuilder plan("judgement.race");
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Key k = plan.NewKey();
  const SysvGet make{k, {4096}, kCreate | kExclusive | 0600};
  plan.Race([&] {
    a.Do(make).Fails(EEXIST);
    b.Do(make);
  });
  const auto status = [&](const Outcome& first, const Outcome& second) {
    return Judged(plan.plan(),
                  [&](Trace& trace) {
                    trace.steps[0].outcome = first;
                    trace.steps[1].outcome = second;
                  })
        .status;
  };
  const Outcome missing = Trouble{true, "no room"};
  const Outcome exists = Failure{{EEXIST}};
  EXPECT_EQ(status(missing, exists), Status::kUnsupported);
  EXPECT_EQ(status(exists, missing), Status::kUnsupported);    // else refuted
  EXPECT_EQ(status(Value{7}, missing), Status::kUnsupported);  // else unexpected
  EXPECT_EQ(status(exists, Failure{{ENOMEM}}), Status::kFail);
  EXPECT_EQ(status(Value{7}, exists), Status::kFail);
}

TEST(JudgeTrace, FailsAPreparationThatSucceedsWhereItMustBeRefused) {
  PlanBuilder plan("judgement.subject");
  const Actor user = plan.Spawn("user", {.uid = 1000, .gid = 1000});
  user.Do(ProcessUnshare{kNamespaceIpc}).Fails(EPERM);
  const auto gives = [](Outcome outcome) {
    return [outcome](Trace& trace) { trace.steps[0].outcome = outcome; };
  };
  EXPECT_EQ(Judged(plan.plan(), gives(Failure{{EPERM}})).status, Status::kPass);
  EXPECT_EQ(Judged(plan.plan(), gives(Value{0})).status, Status::kFail);
  EXPECT_EQ(Judged(plan.plan(), gives(Failure{{ENOSYS}})).status, Status::kUnsupported);
}

TEST(JudgeTrace, ExplainsLaterStepsByARefusalOfWhichNothingIsExpected) {
  PlanBuilder plan("judgement.later");
  const Actor a = plan.Spawn("a");
  const Actor child = plan.Forked("child");
  const Segment s = a.Get({.flags = kCreate | 0600});
  a.At(s);
  a.Do(ProcessFork{child});
  a.Stat(s).Expects(Record().With("nattch", 2));
  const CaseResult result = Judged(plan.plan(), [](Trace& trace) {
    trace.steps[2].outcome = Failure{{EAGAIN}};
    std::get<SegmentRecord>(trace.steps[3].outcome).nattch = 1;
  });
  EXPECT_EQ(result.status, Status::kUnsupported) << result.reason;
  EXPECT_THAT(result.reason, HasSubstr("process.fork: EAGAIN: the limit of processes"));
}

TEST(JudgeTrace, NamesTheLimitThatTheCallerCameWith) {
  PlanBuilder plan("judgement.limit");
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  a.At(s);
  const auto refused = [](std::uint64_t limit) {
    return [limit](Trace& trace) {
      trace.actors[0].as = limit;
      trace.steps[1].outcome = Failure{{ENOMEM}};
    };
  };
  const CaseResult result = Judged(plan.plan(), refused(200 << 20));
  EXPECT_EQ(result.status, Status::kUnsupported) << result.reason;
  EXPECT_THAT(result.reason, HasSubstr("RLIMIT_AS leaves too little room (200 MB)"));
  EXPECT_EQ(Judged(plan.plan(), refused(~std::uint64_t{0})).status, Status::kFail);
}

TEST(JudgeTrace, KnowsARootFromWhomACapabilityIsWithheld) {
  PlanBuilder plan("judgement.root");
  const Actor root = plan.Spawn("root");
  const Actor a = plan.Spawn("a", {.uid = 1000, .gid = 1000});
  const Segment s = a.Get({.flags = kCreate | 0600});
  root.Do(SysvAttach{s}).Succeeds();
  const auto refused = [](std::uint64_t caps) {
    return [caps](Trace& trace) {
      trace.actors[0].caps = Capabilities(caps);
      trace.steps[1].outcome = Failure{{EACCES}};
    };
  };
  const CaseResult result = Judged(plan.plan(), refused(0));
  EXPECT_EQ(result.status, Status::kUnsupported) << result.reason;
  EXPECT_THAT(result.reason, HasSubstr("root has no CAP_IPC_OWNER here"));
  EXPECT_EQ(Judged(plan.plan(), refused(kCapIpcOwner)).status, Status::kFail);
}

/// The last step's actor dies in it, or before it.
std::function<void(Trace&)> Dies(Gone gone, bool called = true) {
  return [=](Trace& trace) {
    Performed& last = trace.steps.back();
    last.called = called;
    last.returned = false;
    last.outcome = gone;
  };
}

TEST(JudgeTrace, FailsACallInWhichAnActorDiesAndNamesTheSignal) {
  Plan plan = ThreeRoles();
  for (const bool expects : {true, false}) {
    if (!expects) plan.steps.back().expected.reset();
    const CaseResult result = Judged(plan, Dies({GoneHow::kKilled, SIGSEGV}));
    EXPECT_EQ(result.status, Status::kFail);
    EXPECT_EQ(result.cause, Cause::kDeath);
    EXPECT_EQ(result.reason, "step 5: actor a died of SIGSEGV in sysv.detach");
    EXPECT_THAT(result.excerpt, HasSubstr("never returned, the actor died of SIGSEGV"));
    ASSERT_GE(result.requirements.size(), 1u);
    EXPECT_EQ(result.requirements[0].status, Status::kFail);
  }
  const CaseResult before = Judged(ThreeRoles(), Dies({GoneHow::kKilled, SIGBUS}, false));
  EXPECT_EQ(before.status, Status::kFail);
  EXPECT_EQ(before.reason, "step 5: actor a died of SIGBUS before sysv.detach");
}

TEST(JudgeTrace, LeavesADeathUnresolvedThatAnybodyCouldHaveCaused) {
  for (const bool called : {true, false}) {
    const CaseResult killed = Judged(ThreeRoles(), Dies({GoneHow::kKilled, SIGKILL}, called));
    EXPECT_EQ(killed.status, Status::kUnresolved);
    EXPECT_EQ(killed.cause, Cause::kDeath);
    EXPECT_THAT(killed.reason, HasSubstr("died of SIGKILL"));
  }
}

TEST(JudgeTrace, ExcusesADeathByAFilterOnlyOutsideSharedMemory) {
  Plan prepares = ThreeRoles();
  prepares.steps.resize(1);
  const Gone filtered{GoneHow::kKilled, SIGSYS};
  EXPECT_EQ(Judged(prepares, Dies(filtered)).status, Status::kUnsupported);
  EXPECT_EQ(Judged(ThreeRoles(), Dies(filtered)).status, Status::kFail);
}

TEST(JudgeTrace, AcceptsADeathThatThePlanCauses) {
  PlanBuilder plan("judgement.killed");
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.flags = kCreate | 0600});
  b.At(s);
  a.Kill(b);
  a.Stat(s).Expects(Record().With("nattch", 0));
  EXPECT_EQ(Judged(plan.plan(), [](Trace&) {}).status, Status::kPass);
}

/// The deadline passes in a step of the plan.
CaseResult Overdue(std::size_t step, bool called) {
  return Judged(ThreeRoles(), [=](Trace& trace) {
    trace.halt = Halt::kOverdue;
    trace.halted_at = static_cast<std::uint32_t>(step);
    trace.trouble = "the plan took longer than 100 ms";
    trace.steps[step].called = called;
    trace.steps[step].returned = false;
  });
}

TEST(Hang, IsSuspectedOnlyInACallThatCannotTakeLong) {
  EXPECT_EQ(Overdue(4, true).hung, "sysv.detach");
  EXPECT_EQ(Overdue(4, true).status, Status::kUnresolved);
  EXPECT_EQ(Overdue(4, true).cause, Cause::kTimeout);
  EXPECT_EQ(Overdue(4, false).hung, "");
  EXPECT_EQ(Overdue(0, true).hung, "");
  EXPECT_FALSE(MayTakeLong(SysvDetach{}));
  EXPECT_TRUE(MayTakeLong(MemoryChecksum{}));
  EXPECT_TRUE(MayTakeLong(MemoryBranch{}));
  EXPECT_TRUE(MayTakeLong(ProcessUnshare{}));
}

TEST(Hang, IsAFailureWhenItIsThereAgainAlone) {
  const CaseResult again = AfterRepetition(Overdue(4, true), Overdue(4, true), 100);
  EXPECT_EQ(again.status, Status::kFail);
  EXPECT_EQ(again.cause, Cause::kHang);
  EXPECT_THAT(again.reason, HasSubstr("hung in sysv.detach"));
  EXPECT_THAT(again.reason, HasSubstr("alone 1000 ms"));
  EXPECT_EQ(again.requirements.front().status, Status::kFail);
  CaseResult passed;
  passed.status = Status::kPass;
  EXPECT_EQ(AfterRepetition(Overdue(4, true), passed, 100).status, Status::kUnresolved);
  EXPECT_EQ(AfterRepetition(Overdue(4, true), Overdue(0, true), 100).status, Status::kUnresolved);
  EXPECT_THAT(BesideHang(Overdue(4, true), "x.y.z").reason, HasSubstr("x.y.z"));
}

TEST(Foundation, IsWhatPreparesAndIsExpectedToSucceed) {
  const auto flags = [](const Plan& plan) {
    std::vector<bool> foundations;
    for (const Step& step : plan.steps) foundations.push_back(IsFoundation(step));
    return foundations;
  };
  EXPECT_THAT(flags(ThreeRoles()), ElementsAre(true, false, false, true, false));
  PlanBuilder plan("judgement.expected");
  const Actor a = plan.Spawn("a");
  a.Do(ProcessUnshare{kNamespaceIpc}).Fails(EPERM);
  a.Do(ProcessUnshare{kNamespaceIpc});
  a.Do(ProcessUnshare{kNamespaceIpc}).Expects(AnyOutcome());
  EXPECT_THAT(flags(plan.plan()), ElementsAre(false, false, false));
}

}  // namespace
}  // namespace shmspec
