// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The program in restricted environments: it completes or prints in one line why it cannot, never
// fails a case because of the environment, and leaves nothing.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>

#include "harness/command/program_child.h"
#include "harness/command/program_environments.h"

namespace shmspec {
namespace {

using nlohmann::json;
using testing::AnyOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct Surroundings {
  std::string name;
  Preparation preparation;
  /// What doctor must print there: a fact or a topic, and a part of its value.
  std::string fact;
  std::string value;
};
void PrintTo(const Surroundings& where, std::ostream* out) { *out << where.name; }

class Inside : public testing::TestWithParam<Surroundings> {
 protected:
  void TearDown() override { EXPECT_THAT(leftovers_.Remaining(), IsEmpty()); }
  const Leftovers leftovers_;
};

/// The user that OrdinaryUser turns the caller into.
std::string OrdinaryUserId() { return ::geteuid() == 0 ? "65534" : std::to_string(::geteuid()); }

const std::vector<Surroundings> kPlaces{
    {"SeccompThatAllows", RefuseCalls({}, EPERM), "seccomp", "filter"},
    {"LikeDocker", LikeDocker, "isolation", "shared"},
    {"RootOfAContainer", AllOf({ContainerCapabilities, LikeDocker}), "isolation", "shared"},
    {"AddressSpaceOf200MB", Limit(RLIMIT_AS, 204'800'000), "rlimit.as", "204800000"},
    {"AddressSpaceOf250MB", Limit(RLIMIT_AS, 256'000'000), "rlimit.as", "256000000"},
    {"AddressSpaceOf300MB", Limit(RLIMIT_AS, 307'200'000), "rlimit.as", "307200000"},
    {"AddressSpaceOf400MB", Limit(RLIMIT_AS, 409'600'000), "rlimit.as", "409600000"},
    {"AddressSpaceOf4GB", Limit(RLIMIT_AS, 4'096'000'000), "rlimit.as", "4096000000"},
    {"OrdinaryUser", OrdinaryUser, "euid", OrdinaryUserId()},
    {"OrdinaryUserLikeDocker", AllOf({OrdinaryUser, LikeDocker}), "isolation", "shared"},
    {"RootOfAUserNamespace", AllOf({OrdinaryUser, NoUserNamespaces}), "isolation", "private"},
    {"UserWithoutAName", AllOf({OrdinaryUser, NoIdMappings}), "euid", "65534"},
    {"OneCpu", OneCpu, "cpus", "1"},
    {"TinyShmMount", MountTmpfs("/dev/shm", "size=64k"), "dev_shm.bytes", "65536"},
    {"TinyShmMountShared", AllOf({MountTmpfs("/dev/shm", "size=64k"), LikeDocker}), "dev_shm.bytes",
     "65536"},
    {"FewSegments", AllOf({IpcSetting("/proc/sys/kernel/shmmni", "4"), LikeDocker}),
     "kernel.shmmni", "4"},
    {"FewProcesses", AllOf({Limit(RLIMIT_NPROC, 10), UserOfNoOtherTest}), "rlimit.nproc", "10"},
    {"FewFiles", Limit(RLIMIT_NOFILE, 16), "rlimit.nofile", "16"},
    {"TwentyFiles", Limit(RLIMIT_NOFILE, 20), "rlimit.nofile", "20"},
    {"ReadOnlyTmp", ReadOnlyTmp, "euid", "0"},
    {"NoProc", NoProc, "kernel.shmmni", "unknown"},
    {"ProcOfTheParent", ProcOfTheParent, "euid", "0"},
    {"NothingMounted", NothingMounted, "kernel.shmmni", "unknown"},
    {"ProcessOneWithNothingMounted", AllOf({ProcOfTheParent, NothingMounted}), "kernel.shmmni",
     "unknown"},
};
INSTANTIATE_TEST_SUITE_P(Program, Inside, testing::ValuesIn(kPlaces),
                         [](const auto& one) { return one.param.name; });

/// A run in hard surroundings must complete, or say in one line why it cannot begin. It must fail
/// no case because of them.
void ExpectNoFailure(const Preparation& preparation) {
  const Finished run = RunProgram({"run", "--format", "json"}, {.preparation = preparation});
  if (!run.no_place.empty()) GTEST_SKIP() << run.no_place;
  ASSERT_THAT(run.exit_code, AnyOf(0, 2)) << run;
  const json record = json::parse(run.out, nullptr, false);
  if (run.out.empty()) {  // it could not begin
    EXPECT_EQ(run.exit_code, 2);
    EXPECT_EQ(LinesOf(run.err).size(), 1u) << run;
    return;
  }
  ASSERT_TRUE(record.is_object()) << run;
  for (const json& test : record["tests"]) {
    if (test["status"] == "PASS") continue;
    EXPECT_NE(test["status"], "FAIL") << test.dump(2);
    EXPECT_NE(test.value("cause", ""), "crash") << test.dump(2);
    EXPECT_NE(test.value("reason", ""), "") << test.dump(2);
  }
}

TEST_P(Inside, FailsNoCaseAndGivesReasons) { ExpectNoFailure(GetParam().preparation); }

TEST_P(Inside, TheDoctorTellsTheTruth) {
  const Finished run =
      RunProgram({"doctor", "--format", "json"}, {.preparation = GetParam().preparation});
  if (!run.no_place.empty()) GTEST_SKIP() << run.no_place;
  const json found = json::parse(run.out, nullptr, false);
  ASSERT_TRUE(found.is_object()) << run;
  const std::string& fact = GetParam().fact;
  EXPECT_EQ(fact == "isolation" ? found["isolation"] : found["facts"][fact]["value"],
            GetParam().value);
  EXPECT_EQ(found["floor"].size(), 6u);
}

/// From as many as the program needs for a case of one actor to more than any case has.
class AmongFewProcesses : public testing::TestWithParam<int> {
 protected:
  void TearDown() override { EXPECT_THAT(leftovers_.Remaining(), IsEmpty()); }
  const FewProcesses few_{GetParam()};
  const Leftovers leftovers_;
};
INSTANTIATE_TEST_SUITE_P(Program, AmongFewProcesses, testing::Values(6, 7, 8, 10, 14, 20),
                         testing::PrintToStringParamName());

TEST_P(AmongFewProcesses, FailsNoCaseAndGivesReasons) { ExpectNoFailure(few_.Inside()); }

void ExpectNoSystemV(const Preparation& preparation, const std::string& part) {
  for (const char* command : {"run", "doctor"}) {
    const Finished run = RunProgram({command}, {.preparation = preparation});
    if (!run.no_place.empty()) GTEST_SKIP() << run.no_place;
    EXPECT_THAT(run.out + run.err, HasSubstr(part));
    if (std::string(command) == "doctor") {
      EXPECT_EQ(run.exit_code, 2) << run;
    } else {
      // A few cases are about other memory.
      EXPECT_EQ(run.exit_code, 0) << run;
      EXPECT_THAT(run.out, HasSubstr(" passed, 0 failed"));
      EXPECT_EQ(LinesOf(run.err).size(), 1u) << run;
    }
  }
}

TEST(WithoutSystemV, IsOneClearLine) {
  ExpectNoSystemV(KillOnCalls({SYS_shmget}), "shmget was answered with SIGSYS");
  ExpectNoSystemV(RefuseCalls(SystemVCalls(), ENOSYS), "shmget was refused with ENOSYS");
  ExpectNoSystemV(RefuseCalls(SystemVCalls(), EPERM), "shmget was refused with EPERM");
  ExpectNoSystemV(RefuseCalls({SYS_shmat}, EPERM), "shmat was refused with EPERM");
  ExpectNoSystemV(RefuseCalls({SYS_shmctl}, ENOSYS), "shmctl was refused with ENOSYS");
}

// Without groups the warden does not wait for an actor that another one waits for.
TEST(RefusedGroups, DoNotHideTheEndOfAPidNamespace) {
  const Finished run = RunProgram({"run", "memfd.noexec.is_never_looser_than_around"},
                                  {.preparation = RefuseCalls({SYS_setpgid}, EPERM)});
  if (!run.no_place.empty()) GTEST_SKIP() << run.no_place;
  EXPECT_THAT(run.out, Not(HasSubstr("UNRESOLVED"))) << run;
  EXPECT_THAT(run.out, AnyOf(HasSubstr("\n1 passed, 0 failed"), HasSubstr("UNSUPPORTED"))) << run;
}

TEST(RefusedLock, IsReportedTogetherWithTheFilter) {
  const Finished run =
      RunProgram({"run", "sysv.lock"}, {.preparation = [] { return RefuseShmLock(); }});
  if (!run.no_place.empty()) GTEST_SKIP() << run.no_place;
  EXPECT_EQ(run.exit_code, 1) << run;
  EXPECT_THAT(LinesOf(run.out)[2], HasSubstr("a seccomp filter is active"));
  EXPECT_THAT(run.out, HasSubstr("EPERM"));
  const Finished doctor = RunProgram({"doctor"}, {.preparation = [] { return RefuseShmLock(); }});
  EXPECT_EQ(doctor.exit_code, 0);
  EXPECT_THAT(doctor.out, HasSubstr("seccomp: a filter is active"));
}

struct Translation {
  std::string name;
  std::vector<std::string> launcher;
};
void PrintTo(const Translation& one, std::ostream* out) { *out << one.name; }

class UnderTranslators : public testing::TestWithParam<Translation> {};
INSTANTIATE_TEST_SUITE_P(Program, UnderTranslators,
                         testing::Values(Translation{"QEMU", {"/usr/bin/qemu-x86_64-static"}},
                                         Translation{"valgrind",
                                                     {"/usr/bin/valgrind", "-q", "--tool=none"}}),
                         [](const auto& one) { return one.param.name; });

TEST_P(UnderTranslators, TheOrderOfMemoryIsNotJudged) {
  if (::access(GetParam().launcher[0].c_str(), X_OK) != 0) {
    GTEST_SKIP() << GetParam().launcher[0] << " is not installed";
  }
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "a sanitizer's program is not translated";
#endif
  const Finished run = RunProgram({"run", "--quick", "--format", "json", "ordering"},
                                  {.launcher = GetParam().launcher});
  const json record = json::parse(run.out, nullptr, false);
  ASSERT_TRUE(record.is_object()) << run;
  ASSERT_FALSE(record["tests"].empty());
  for (const json& test : record["tests"]) {
    EXPECT_EQ(test["status"], "UNSUPPORTED") << test.dump(2);
    // A case may lack more than one thing, of which the first is named.
    EXPECT_THAT(test.value("reason", ""),
                testing::AnyOf(HasSubstr(GetParam().name + " translates the instructions"),
                               HasSubstr("does not offer four processors")));
  }
}

}  // namespace
}  // namespace shmspec
