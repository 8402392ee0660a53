// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/oracle/oracle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "harness/oracle/seen_trace.h"

namespace shmspec {
namespace {

using namespace shmspec::literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Verdict JudgeAs(const char* profile, std::string_view steps) {
  return Judge(SeenTrace(steps), *model::FindProfile(profile));
}

bool IsExplained(std::string_view steps) {
  return JudgeAs("linux", steps).kind == Verdict::Kind::kExplained;
}

bool IsRefuted(std::string_view steps) {
  return JudgeAs("linux", steps).kind == Verdict::Kind::kRefuted;
}

std::string Text(const char* before, const char* outcome, const char* after = "") {
  return std::string(before) + outcome + after;
}

constexpr const char* kMade = "a: s0 = sysv.get key=private flags=create|0600 => 7\n";
constexpr const char* kAttached =
    "a: s0 = sysv.get key=private flags=create|0600 => 7\n"
    "a: a0 = sysv.attach segment=s0 => 0x7f0000000000\n";

std::string Made(const char* steps) { return std::string(kMade) + steps; }
std::string Attached(const char* steps) { return std::string(kAttached) + steps; }

// --- one call after another ---------------------------------------------------------------------

TEST(Oracle, RefusesTheIdentifierOfALiveSegment) {
  const Verdict verdict =
      JudgeAs("linux", Made("a: s1 = sysv.get key=private flags=create|0600 => 7\n"));
  EXPECT_EQ(verdict.kind, Verdict::Kind::kRefuted);
  EXPECT_EQ(verdict.step, 1u);
  EXPECT_THAT(verdict.violated, ElementsAre("SEED.SHMID_UNIQUE"_req));
}

TEST(Oracle, AllowsEitherOfTwoErrorsThatApply) {
  const auto seen = [](const char* error) {
    return Text(
        "a: s0 = sysv.get key=k0 size=4096 flags=create|0600 => 7\n"
        "b: s1 = sysv.get key=k0 size=8192 flags=0600 => ",
        error, "\n");
  };
  EXPECT_TRUE(IsExplained(seen("EINVAL")));
  EXPECT_TRUE(IsExplained(seen("EACCES")));
  EXPECT_TRUE(IsRefuted(seen("ENOENT")));
  const Verdict verdict = JudgeAs("linux", seen("7"));
  EXPECT_EQ(verdict.kind, Verdict::Kind::kRefuted);
  EXPECT_EQ(verdict.allowed.size(), 2u);
  EXPECT_THAT(verdict.violated, Contains("SYSV.SHMGET.SIZE_TOO_BIG_EXISTING"_req));
  EXPECT_THAT(verdict.violated, Contains("PERM.SYSV.SHMGET_REQUESTED_BITS"_req));
}

TEST(Oracle, NamesTheRequirementOfTheFieldThatIsWrong) {
  const Verdict verdict = JudgeAs(
      "linux",
      Attached("a: sysv.stat segment=s0 => segment{nattch=1 lpid=b atime=1001 ctime=1001}\n"));
  EXPECT_EQ(verdict.kind, Verdict::Kind::kRefuted);
  EXPECT_THAT(verdict.violated, Contains("SYSV.STAT.LPID"_req));
  EXPECT_THAT(verdict.violated, Not(Contains("SYSV.MULTI.NATTCH_COUNTS_ATTACHES"_req)));
  EXPECT_THAT(verdict.message, HasSubstr("lpid is 102, must be 101"));
}

TEST(Oracle, BoundsTimeStampsByTheCall) {
  const auto seen = [](const char* times) {
    return Text("a: sysv.stat segment=s0 => segment{nattch=1 lpid=a ", times, "}\n");
  };
  EXPECT_TRUE(IsExplained(Attached(seen("atime=1000").c_str())));
  EXPECT_TRUE(IsExplained(Attached(seen("atime=1002").c_str())));
  EXPECT_TRUE(IsRefuted(Attached(seen("atime=999").c_str())));
  EXPECT_TRUE(IsRefuted(Attached(seen("atime=1003").c_str())));
  EXPECT_TRUE(IsRefuted(Attached((seen("atime=1001") + seen("atime=1002")).c_str())))
      << "a stamp that was seen stays as it was";
}

TEST(Oracle, SetsTheLastProcessByFork) {
  const auto seen = [](const char* last) {
    return Text(
        "a: s0 = sysv.get key=private flags=create|0666 => 7\n"
        "a: a0 = sysv.attach segment=s0 => 0x7f0000000000\n"
        "b: a1 = sysv.attach segment=s0 => 0x7f0000000000\n"
        "a: process.fork child=c => 0\n"
        "a: sysv.stat segment=s0 => segment{mode=0666 nattch=3 atime=1000 lpid=",
        last, "}\n");
  };
  EXPECT_TRUE(IsExplained(seen("a")));
  EXPECT_TRUE(IsRefuted(seen("b")));
  EXPECT_TRUE(IsRefuted(seen("c")));
  EXPECT_EQ(JudgeAs("posix", seen("b")).kind, Verdict::Kind::kExplained);
  EXPECT_EQ(JudgeAs("posix", seen("c")).kind, Verdict::Kind::kRefuted);
}

TEST(Oracle, ReadsProcessIdsInTheNamespaceOfTheReader) {
  const auto judge = [](const char* record) {
    const Trace trace =
        SeenTrace(Text("facts b pid_namespace=2 inner_pid=1\n"
                       "a: s0 = sysv.get key=private flags=create|0666 => 7\n"
                       "b: sysv.stat segment=s0 => ",
                       record, "\n"));
    return Judge(trace, *model::FindProfile("linux")).kind;
  };
  EXPECT_EQ(judge("segment{mode=0666 cpid=0}"), Verdict::Kind::kExplained);
  EXPECT_EQ(judge("segment{mode=0666 cpid=a}"), Verdict::Kind::kRefuted);
}

TEST(Oracle, RefusesEidrmWhenNoRemovalOverlapped) {
  EXPECT_TRUE(
      IsExplained(Made("a: sysv.remove segment=s0 => 0\n"
                       "a: sysv.stat segment=s0 => EINVAL\n")));
  EXPECT_TRUE(
      IsRefuted(Made("a: sysv.remove segment=s0 => 0\n"
                     "a: sysv.stat segment=s0 => EIDRM\n")));
}

TEST(Oracle, KeepsARemovedSegmentUntilTheLastDetach) {
  EXPECT_TRUE(IsExplained(
      Attached("a: memory.store at=a0+8 value=42 => 0\n"
               "a: sysv.remove segment=s0 => 0\n"
               "a: sysv.stat segment=s0 => segment{mode=01600 nattch=1 lpid=a atime=1000}\n"
               "a: memory.load at=a0+8 => 42\n"
               "a: sysv.detach at=a0 => 0\n"
               "a: sysv.stat segment=s0 => EINVAL\n"
               "a: memory.load at=a0+8 => fault{signal=SIGSEGV code=MAPERR offset=0}\n")));
  EXPECT_TRUE(
      IsRefuted(Attached("a: sysv.remove segment=s0 => 0\n"
                         "a: sysv.stat segment=s0 => EINVAL\n")));
}

// --- calls that overlap -------------------------------------------------------------------------

TEST(Oracle, AllowsAnAttachThatRacesWithRemovalToSucceedOrFail) {
  const auto seen = [](const char* outcome) {
    return Text(
        "a: s0 = sysv.get key=private flags=create|0666 => 7\n"
        "race {\n"
        "  a: sysv.remove segment=s0 => 0\n"
        "  b: a1 = sysv.attach segment=s0 => ",
        outcome, "\n}\n");
  };
  EXPECT_TRUE(IsExplained(seen("0x7f0000000000")));
  EXPECT_TRUE(IsExplained(seen("EINVAL")));
  EXPECT_TRUE(IsExplained(seen("EIDRM")));
  EXPECT_TRUE(IsRefuted(seen("EACCES")));
  EXPECT_TRUE(IsRefuted(seen("0x7f0000000001")));
}

TEST(Oracle, RemembersWhichOrderARaceMustHaveHad) {
  const auto seen = [](const char* attach, const char* stat) {
    return Text(
               "a: s0 = sysv.get key=private flags=create|0600 => 7\n"
               "race {\n"
               "  a: sysv.remove segment=s0 => 0\n"
               "  b: process.pin => 0\n"
               "  a: sysv.stat segment=s0 => ",
               stat, "\n}\n") +
           attach;
  };
  EXPECT_TRUE(IsExplained(seen("", "EINVAL")));
  EXPECT_TRUE(IsRefuted(seen("", "segment{}")));
}

TEST(Oracle, AllowsAnActorToBeBlockedOnlyInACall) {
  const auto beside = [](const char* outcome) {
    return Text("race {\n  a: process.await_blocked actor=b => ", outcome,
                "\n  b: system.next_second => 0\n}\n");
  };
  EXPECT_TRUE(IsExplained(beside("0")));
  EXPECT_TRUE(IsExplained(beside("1")));
  EXPECT_TRUE(IsRefuted(beside("2")));
  EXPECT_TRUE(IsExplained("a: process.await_blocked actor=b => 1\n"));
  EXPECT_TRUE(IsRefuted("a: process.await_blocked actor=b => 0\n"));
  EXPECT_TRUE(IsRefuted("a: process.await_blocked actor=a => 1\n"));
  EXPECT_TRUE(IsExplained("a: process.await_blocked actor=a => EDEADLK\n"));
  EXPECT_TRUE(
      IsExplained("a: process.kill actor=b => 0\na: process.await_blocked actor=b => ESRCH\n"));
}

TEST(Oracle, ShowsAnAttachUnderWayInTheCount) {
  const auto seen = [](const char* count) {
    return Text(
        "a: s0 = sysv.get key=private flags=create|0666 => 7\n"
        "b: m0 = map.reserve size=65536 => 0x7e0000000000\n"
        "race {\n"
        "  b: a1 = sysv.attach segment=s0 at=m0 => EINVAL\n"
        "  a: sysv.stat segment=s0 => segment{mode=0666 nattch=",
        count, "}\n}\n");
  };
  EXPECT_TRUE(IsExplained(seen("0")));
  EXPECT_TRUE(IsExplained(seen("1")));
  EXPECT_TRUE(IsRefuted(seen("2")));
  EXPECT_TRUE(
      IsRefuted("a: s0 = sysv.get key=private flags=create|0666 => 7\n"
                "b: m0 = map.reserve size=65536 => 0x7e0000000000\n"
                "b: a1 = sysv.attach segment=s0 at=m0 => EINVAL\n"
                "a: sysv.stat segment=s0 => segment{mode=0666 nattch=1}\n"));
}

TEST(Oracle, ShowsAnAttachTwiceWhileItIsUnderWay) {
  const auto seen = [](const char* record) {
    return Text(
        "a: s0 = sysv.get key=private flags=create|0666 => 7\n"
        "race {\n"
        "  b: a1 = sysv.attach segment=s0 => 0x7f0000000000\n"
        "  a: sysv.stat segment=s0 => segment{mode=0666 ",
        record, "}\n}\n");
  };
  EXPECT_TRUE(IsExplained(seen("nattch=2 lpid=b atime=1000")));
  EXPECT_TRUE(IsExplained(seen("nattch=1 lpid=0 atime=0")));
  EXPECT_TRUE(IsRefuted(seen("nattch=0 lpid=b atime=1000")));
  EXPECT_TRUE(IsRefuted(seen("nattch=2 lpid=0 atime=0")));
}

TEST(Oracle, LetsAnExitDetachOneMappingAfterAnother) {
  const auto seen = [](const char* during, const char* after) {
    return Text(
               "a: s0 = sysv.get key=private flags=create|0666 => 7\n"
               "b: a0 = sysv.attach segment=s0 => 0x7f0000000000\n"
               "b: a1 = sysv.attach segment=s0 => 0x7f0000001000\n"
               "race {\n"
               "  b: process.exit => gone{how=exited code=0}\n"
               "  a: sysv.stat segment=s0 => segment{mode=0666 lpid=b atime=1000 ",
               during, "}\n}\n") +
           Text("a: sysv.stat segment=s0 => segment{mode=0666 lpid=b atime=1000 dtime=1000 ", after,
                "}\n");
  };
  EXPECT_TRUE(IsExplained(seen("nattch=2", "nattch=0")));
  EXPECT_TRUE(IsExplained(seen("nattch=1 dtime=1000", "nattch=0")));
  EXPECT_TRUE(IsExplained(seen("nattch=0 dtime=1000", "nattch=0")));
  EXPECT_TRUE(IsRefuted(seen("nattch=1 dtime=0", "nattch=0")));
  EXPECT_TRUE(IsRefuted(seen("nattch=1 dtime=1000", "nattch=1")));
}

TEST(Oracle, LetsAnIdentifierComeAgainWhereOneWasChosen) {
  const std::string again =
      "a: s0 = sysv.get size=1 flags=create|0600 => 0\na: sysv.remove segment=s0 => 0\n"
      "a: s1 = sysv.get size=1 flags=create|0600 => 0\n";
  EXPECT_EQ(JudgeAs("linux", again).kind, Verdict::Kind::kRefuted);
  const std::string chosen = "a: system.sysctl_write name=shm_next_id value=0 => 0\n";
  EXPECT_EQ(JudgeAs("linux", chosen + again).kind, Verdict::Kind::kExplained);
}

TEST(Oracle, ShowsAnAttachThatHasGrownInOneRowOrInTwo) {
  const auto shown = [](const std::string& rows) {
    return JudgeAs("linux",
                   "a: s0 = sysv.get size=4096 flags=create|0600 => 0\n"
                   "a: a0 = sysv.attach segment=s0 => 0x7f0000000000\n"
                   "a: m0 = map.remap at=a0 size=1 new_size=65536 => 0x7f0000000000\n"
                   "a: map.protect at=m0 size=4095 => 0\n"
                   "a: map.protect at=m0 size=4095 protection=read|write => 0\n"
                   "a: map.layout => mappings{rows=[" +
                       rows + "]}\n")
        .kind;
  };
  const auto row = [](const std::string& place) {
    return "mapping{" + place +
           " protection=read|write shared=true id=0 name=\"/SYSV00000000 (deleted)\"}";
  };
  EXPECT_EQ(shown(row("at=0x7f0000000000 size=4096 offset=0") + " " +
                  row("at=0x7f0000001000 size=61440 offset=4096")),
            Verdict::Kind::kExplained);
  EXPECT_EQ(shown(row("at=0x7f0000000000 size=65536 offset=0")), Verdict::Kind::kExplained);
  EXPECT_EQ(shown(row("at=0x7f0000000000 size=69632 offset=0")), Verdict::Kind::kRefuted);
}

TEST(Oracle, LetsOneOfTwoExclusiveCreatorsWin) {
  const auto seen = [](const char* first, const char* second) {
    return Text("race {\n  a: s0 = sysv.get key=k0 flags=create|exclusive|0666 => ", first,
                "\n  b: s1 = sysv.get key=k0 flags=create|exclusive|0666 => ") +
           second + "\n}\n";
  };
  EXPECT_TRUE(IsExplained(seen("7", "EEXIST")));
  EXPECT_TRUE(IsExplained(seen("EEXIST", "7")));
  EXPECT_TRUE(IsRefuted(seen("7", "8")));
  EXPECT_TRUE(IsRefuted(seen("EEXIST", "EEXIST")));
}

TEST(Oracle, AllowsARacingLoadTheOldOrTheNewValueOnly) {
  const auto seen = [](const char* value) {
    return Text(
        "a: s0 = sysv.get key=private flags=create|0666 => 7\n"
        "a: a0 = sysv.attach segment=s0 => 0x7f0000000000\n"
        "b: a1 = sysv.attach segment=s0 => 0x7f0000000000\n"
        "race {\n"
        "  a: memory.store at=a0 value=5 => 0\n"
        "  b: memory.load at=a1 => ",
        value, "\n}\n");
  };
  EXPECT_TRUE(IsExplained(seen("0")));
  EXPECT_TRUE(IsExplained(seen("5")));
  EXPECT_TRUE(IsRefuted(seen("4")));
}

TEST(Oracle, KeepsBothPossibilitiesOfACallThatNeverReturned) {
  const auto judge = [](const char* stat) {
    const Trace trace =
        SeenTrace(Text("b: s0 = sysv.get key=private flags=create|0666 => 7\n"
                       "b & sysv.remove segment=s0 => in flight\n"
                       "a: process.kill actor=b => 0\n"
                       "join b\n"
                       "a: sysv.stat segment=s0 => ",
                       stat, "\n"));
    return Judge(trace, *model::FindProfile("linux")).kind;
  };
  EXPECT_EQ(judge("EINVAL"), Verdict::Kind::kExplained);
  EXPECT_EQ(judge("segment{mode=0666 uid=1000 gid=1000 cuid=1000 cgid=1000 cpid=b}"),
            Verdict::Kind::kExplained);
  EXPECT_EQ(judge("EACCES"), Verdict::Kind::kRefuted);
}

// --- when the oracle cannot tell ----------------------------------------------------------------

TEST(Oracle, DoesNotDecideBeyondItsLimits) {
  const Trace trace = SeenTrace(
      "a: s0 = sysv.get key=private flags=create|0666 => 7\n"
      "race {\n"
      "  a: sysv.remove segment=s0 => 0\n"
      "  b: a1 = sysv.attach segment=s0 => EINVAL\n"
      "}\n");
  const model::Profile& profile = *model::FindProfile("linux");
  EXPECT_EQ(Judge(trace, profile, {.worlds = 1}).kind, Verdict::Kind::kUndecided);
  EXPECT_EQ(Judge(trace, profile).kind, Verdict::Kind::kExplained);
}

/// Where segments that nobody has attached go, a failed attach takes one with it only if it got as
/// far as counting.
TEST(Oracle, LetsAnAttachThatIsRefusedByItsAddressCountInNoRace) {
  const auto raced = [](const char* at, const char* stat) {
    return JudgeAs("linux", std::string("a: system.sysctl_write name=shm_rmid_forced value=1 => 0\n"
                                        "a: s0 = sysv.get flags=create|0666 => 7\n"
                                        "a: m0 = map.reserve size=65536 => 0x7f0000000000\n"
                                        "race {\n  a: a0 = sysv.attach segment=s0 at=") +
                                at +
                                " => EINVAL\n"
                                "  b: sysv.detach at=4096 => EINVAL\n}\n"
                                "a: sysv.remove segment=s0 => " +
                                stat + "\n")
        .kind;
  };
  EXPECT_EQ(raced("m0+1", "0"), Verdict::Kind::kExplained);
  EXPECT_EQ(raced("m0+1", "EINVAL"), Verdict::Kind::kRefuted);
  EXPECT_EQ(raced("m0", "EINVAL"), Verdict::Kind::kExplained);
}

TEST(Oracle, DoesNotDecideAnExperimentThatFailed) {
  Trace trace = SeenTrace(kMade);
  trace.trouble = "the actor could not be started";
  EXPECT_EQ(Judge(trace, *model::FindProfile("linux")).kind, Verdict::Kind::kUndecided);
  trace.steps[0].outcome = Value{-3};
  EXPECT_EQ(Judge(trace, *model::FindProfile("linux")).kind, Verdict::Kind::kRefuted);
}

TEST(Oracle, ReportsTheRequirementsThatATraceHasShown) {
  const Verdict verdict = JudgeAs("linux", Attached("a: sysv.detach at=a0 => 0\n"));
  EXPECT_THAT(verdict.touched, Contains("SYSV.SHMAT.SUCCESS_UPDATES"_req));
  EXPECT_THAT(verdict.touched, Contains("SYSV.SHMDT.UPDATES"_req));
  EXPECT_THAT(verdict.touched, Not(Contains("SYSV.RMID.DEST_FLAG"_req)));
}

}  // namespace
}  // namespace shmspec
