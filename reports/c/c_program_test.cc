// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "reports/c/c_program.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/vocabulary/form/text.h"
#include "reports/c/compiled_program.h"

namespace shmspec::reports {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kShared =
    "actor a\nactor b\n"
    "a: s0 = sysv.get flags=create|0600 -> ok\n"
    "a: a0 = sysv.attach segment=s0 -> ok\n"
    "b: a1 = sysv.attach segment=s0 -> ok\n"
    "a: memory.store at=a0+8 width=4 value=7 -> 0\n"
    "b: memory.load at=a1+8 width=4 -> 7\n"
    "b: sysv.stat segment=s0 -> segment{nattch=2 size=4096 cpid=a lpid=b}\n"
    "a: sysv.remove segment=s0 -> 0\n";

TEST(CProgram, DoesWhatThePlanSays) {
  const Ran ran = Performed(kShared);
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
  EXPECT_THAT(ran.output, HasSubstr("  5  b: memory.load at=a1+8 width=4\n     -> 7\n"));
  EXPECT_THAT(ran.output, HasSubstr("all as required"));
}

TEST(CProgram, MarksTheStepThatIsNotAsThePlanExpects) {
  const Ran ran =
      Performed(fmt::format("{}b: a2 = sysv.attach segment=s0 -> EINVAL|EIDRM\n", kShared));
  EXPECT_EQ(ran.exit_code, 1) << ran.output;
  const std::size_t marked = ran.output.find("NOT AS REQUIRED: EINVAL|EIDRM");
  EXPECT_GT(marked, ran.output.find("  8  b: a2 = sysv.attach"));
  EXPECT_EQ(ran.output.find("NOT AS", marked + 1), ran.output.npos);
  EXPECT_THAT(ran.output, HasSubstr("1 not as required"));
}

Objection StatSeen(const std::string& seen, const std::string& allowed) {
  return {.by = Objector::kSpecification, .step = 6, .seen = seen, .allowed = {{allowed, ""}}};
}

TEST(CProgram, DemandsOfARecordWhatTheSpecificationFoundViolated) {
  const std::string times = " uid=0 gid=0 cuid=0 cgid=0 seq=3 size=4096 cpid=71 lpid=72";
  const std::string seen =
      "segment{returned=0 key=0 mode=0600" + times + " nattch=9 atime=0 dtime=0 ctime=1795577265}";
  const std::string right = "segment{returned=0 key=5 mode=0600" + times +
                            " nattch=2 atime=1795577265 dtime=0 ctime=1795577265}";
  const std::string wrong =
      "segment{returned=0 key=0 mode=0600" + times + " nattch=4 atime=0 dtime=0 ctime=1795577265}";
  EXPECT_EQ(Performed(kShared, {StatSeen(seen, right)}).exit_code, 0);
  const Ran ran = Performed(kShared, {StatSeen(seen, wrong)});
  EXPECT_EQ(ran.exit_code, 1) << ran.output;
  EXPECT_THAT(ran.output, HasSubstr("segment{nattch=4}"));
  EXPECT_THAT(ProgramOf(kShared, {StatSeen(seen, right)}), HasSubstr("segment.shm_atime >= 1"));
}

TEST(CProgram, TakesFaultsAndEndsOfProcessesForOutcomes) {
  const Ran ran = Performed(
      "actor a\nactor b\n"
      "a: s0 = sysv.get flags=create|0600 -> ok\n"
      "b: a0 = sysv.attach segment=s0 flags=read_only -> ok\n"
      "b: memory.store at=a0 value=1 -> fault{signal=SIGSEGV code=ACCERR offset=0}\n"
      "b: memory.load at=0x10 width=1 -> fault{signal=SIGSEGV code=MAPERR}\n"
      "b: process.exit code=3 -> gone{how=exited code=3}\n"
      "a: sysv.stat segment=s0 -> segment{nattch=0 lpid=b}\n"
      "a: sysv.stat segment=s0 buffer=null -> EFAULT\n"
      "a: sysv.remove segment=s0 -> 0\n");
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
  EXPECT_THAT(ran.output, HasSubstr("gone, exit code 3"));
}

TEST(CProgram, KnowsForksRacesAndStepsThatAreNotWaitedFor) {
  const Ran ran = Performed(
      "actor a\nactor b\nactor c start=fork\n"
      "a: s0 = sysv.get key=k0 flags=create|0600 -> ok\n"
      "a: a0 = sysv.attach segment=s0 -> ok\n"
      "a: process.fork child=c -> 0\n"
      "race {\n"
      "  a: memory.fetch_add at=a0 value=1 -> 0..1\n"
      "  c: memory.fetch_add at=a0 value=1 -> 0..1\n"
      "}\n"
      "b & sysv.get key=k0 flags=0600 -> s0\n"
      "join b\n"
      "c: memory.load at=a0 -> 2\n"
      "a: process.kill actor=c -> 0\n"
      "a: sysv.stat segment=s0 -> segment{nattch=1}\n"
      "a: sysv.remove segment=s0 -> 0\n");
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
}

TEST(CProgram, SaysWhatHasNoFormInC) {
  EXPECT_EQ(ProgramOf("actor a\na: process.exec\n"), "step 1: process.exec");
  EXPECT_EQ(ProgramOf("actor a caps=ipc_owner\na: sysv.get\n"),
            "actor a has capabilities of its own");
}

TEST(CProgram, ObeysNoTextOfARecord) {
  Plan plan = Parsed("actor a\na: sysv.get -> ok\n");
  plan.name = "x\\\n*/ #include \"/etc/passwd\"\n";
  const std::string program = *CProgramOf(plan, {});
  EXPECT_THAT(program, Not(HasSubstr("\n*/")));
  EXPECT_THAT(program, Not(HasSubstr("\\\n")));
}

}  // namespace
}  // namespace shmspec::reports
