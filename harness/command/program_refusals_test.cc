// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The suites once for each system call that a run makes, with the call refused. Such a system lacks
// something, and unless that is shared memory no case fails: what needs the call is UNSUPPORTED,
// all else passes as before.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/command/program_child.h"
#include "harness/command/program_environments.h"

namespace shmspec {
namespace {

using nlohmann::json;

/// What a refusal may cost.
enum class Cost {
  kNothing,  // every case passes as before
  kCases,    // those that need the call are UNSUPPORTED
  kRun,      // the run may not begin: one line and exit code 3 (2 for shared memory), or no program
};

struct Call {
  std::string_view name;
  long number;
  Cost cost;
};

#define SHMSPEC_CALL(name, cost) \
  Call { #name, SYS_##name, Cost::cost }
const std::vector<Call> kCalls{
    // What the C library and the loader start with, and the floor.
    SHMSPEC_CALL(arch_prctl, kRun),
    SHMSPEC_CALL(brk, kRun),
    SHMSPEC_CALL(clone, kRun),
    SHMSPEC_CALL(close, kRun),
    SHMSPEC_CALL(mmap, kRun),
    SHMSPEC_CALL(mprotect, kRun),
    SHMSPEC_CALL(munmap, kRun),
    SHMSPEC_CALL(newfstatat, kRun),
    SHMSPEC_CALL(openat, kRun),
    SHMSPEC_CALL(pread64, kRun),
    SHMSPEC_CALL(read, kRun),
    SHMSPEC_CALL(rt_sigaction, kRun),
    SHMSPEC_CALL(rt_sigreturn, kRun),
    SHMSPEC_CALL(set_tid_address, kRun),
    SHMSPEC_CALL(wait4, kRun),
    SHMSPEC_CALL(write, kRun),
    // The C library ends a program whose futexes fail as soon as it initialises something once.
    SHMSPEC_CALL(futex, kRun),
    // What the harness has other ways for, or does not need.
    SHMSPEC_CALL(access, kNothing),
    SHMSPEC_CALL(alarm, kNothing),
    SHMSPEC_CALL(clone3, kCases),
    SHMSPEC_CALL(close_range, kNothing),
    SHMSPEC_CALL(connect, kNothing),
    SHMSPEC_CALL(dup, kNothing),
    SHMSPEC_CALL(dup2, kCases),
    SHMSPEC_CALL(eventfd2, kNothing),
    SHMSPEC_CALL(fcntl, kNothing),
    SHMSPEC_CALL(ftruncate, kNothing),
    SHMSPEC_CALL(getdents64, kNothing),
    SHMSPEC_CALL(getpgid, kNothing),
    SHMSPEC_CALL(getrandom, kNothing),
    SHMSPEC_CALL(lseek, kCases),
    SHMSPEC_CALL(memfd_create, kCases),
    SHMSPEC_CALL(pidfd_open, kNothing),
    SHMSPEC_CALL(pipe2, kNothing),
    SHMSPEC_CALL(poll, kNothing),
    SHMSPEC_CALL(ppoll, kNothing),
    SHMSPEC_CALL(prlimit64, kCases),
    SHMSPEC_CALL(readlink, kCases),
    SHMSPEC_CALL(readlinkat, kNothing),
    SHMSPEC_CALL(recvfrom, kNothing),
    SHMSPEC_CALL(rseq, kNothing),
    SHMSPEC_CALL(rt_sigprocmask, kNothing),
    SHMSPEC_CALL(sched_getaffinity, kCases),
    SHMSPEC_CALL(sched_setaffinity, kCases),
    SHMSPEC_CALL(sched_yield, kNothing),
    SHMSPEC_CALL(sendto, kNothing),
    SHMSPEC_CALL(set_robust_list, kNothing),
    SHMSPEC_CALL(setpgid, kNothing),
    SHMSPEC_CALL(sigaltstack, kNothing),
    SHMSPEC_CALL(socket, kNothing),
    SHMSPEC_CALL(socketpair, kNothing),
    SHMSPEC_CALL(tgkill, kCases),
    SHMSPEC_CALL(uname, kNothing),
    SHMSPEC_CALL(waitid, kCases),
    // What cases need.
    SHMSPEC_CALL(capget, kCases),
    SHMSPEC_CALL(capset, kCases),
    SHMSPEC_CALL(getegid, kCases),
    SHMSPEC_CALL(geteuid, kCases),
    SHMSPEC_CALL(getgroups, kCases),
    SHMSPEC_CALL(ioctl, kCases),
    SHMSPEC_CALL(kill, kCases),
    SHMSPEC_CALL(madvise, kCases),
    SHMSPEC_CALL(mount, kCases),
    SHMSPEC_CALL(mremap, kCases),
    SHMSPEC_CALL(msgctl, kCases),
    SHMSPEC_CALL(msgget, kCases),
    SHMSPEC_CALL(prctl, kCases),
    SHMSPEC_CALL(ptrace, kCases),
    SHMSPEC_CALL(semctl, kCases),
    SHMSPEC_CALL(semget, kCases),
    SHMSPEC_CALL(setfsgid, kCases),
    SHMSPEC_CALL(setgroups, kCases),
    SHMSPEC_CALL(setns, kCases),
    SHMSPEC_CALL(setresgid, kCases),
    SHMSPEC_CALL(setresuid, kCases),
    SHMSPEC_CALL(umask, kCases),
    SHMSPEC_CALL(unshare, kCases),
    // Shared memory itself.
    SHMSPEC_CALL(shmat, kRun),
    SHMSPEC_CALL(shmctl, kRun),
    SHMSPEC_CALL(shmget, kRun),
};
#undef SHMSPEC_CALL

/// A run of the suites, as far as it is compared.
struct Outcomes {
  Finished finished;
  std::map<std::string, std::string> status;  // by case
  std::vector<std::string> failed;            // case: reason
  std::vector<std::string> overdue;
  std::size_t passed = 0;
};

Outcomes RunUnder(const Place& place) {
  Outcomes seen{.finished = RunProgram({"run", "--quick", "--seed", "1", "--format", "json"},
                                       {.place = place})};
  const json record = json::parse(seen.finished.out, nullptr, false);
  if (!record.is_object()) return seen;
  for (const json& test : record["tests"]) {
    const std::string name = test["id"];
    const std::string status = test["status"];
    seen.status[name] = status;
    seen.passed += status == "PASS" ? 1 : 0;
    const std::string told = name + ": " + test.value("reason", "");
    if (status == "FAIL") seen.failed.push_back(told);
    if (test.value("cause", "") == "timeout") seen.overdue.push_back(told);
  }
  return seen;
}

/// What is wrong with a run under a refusal, a line each.
std::vector<std::string> Complaints(const Call& call, const Outcomes& usual, const Outcomes& seen) {
  std::vector<std::string> complaints;
  if (seen.status.empty()) {
    const int code = seen.finished.exit_code;
    const std::size_t lines = LinesOf(seen.finished.err).size();
    const bool said = (code == 2 || code == 3) && lines == 1;
    // Without its loader a program ends with 127, and without a way to write by a signal.
    if (call.cost != Cost::kRun || (!said && code != 127 && code != -1)) {
      complaints.push_back(fmt::format("nothing runs: exit code {}, {}", code, seen.finished.err));
    }
    return complaints;
  }
  for (const std::string& failed : seen.failed) complaints.push_back("FAIL " + failed);
  for (const std::string& late : seen.overdue) complaints.push_back("overdue " + late);
  if (call.cost != Cost::kNothing) return complaints;
  for (const auto& [name, status] : usual.status) {
    const auto now = seen.status.find(name);
    if (status != "PASS" || (now != seen.status.end() && now->second == "PASS")) continue;
    complaints.push_back("no longer passes: " + name);
  }
  return complaints;
}

std::string Shortened(const std::vector<std::string>& lines) {
  constexpr std::size_t kMost = 4;
  std::string text;
  for (std::size_t i = 0; i < lines.size() && i < kMost; ++i) text += "\n    " + lines[i];
  if (lines.size() > kMost) text += fmt::format("\n    and {} more", lines.size() - kMost);
  return text;
}

TEST(RefusedCalls, AreNoFailureOfSharedMemory) {
  const Outcomes usual = RunUnder(RefuseCalls({}, EPERM));
  if (!usual.finished.no_place.empty()) GTEST_SKIP() << usual.finished.no_place;
  ASSERT_FALSE(usual.status.empty()) << usual.finished;
  fmt::print("nothing refused: {} PASS of {}\n", usual.passed, usual.status.size());
  for (const Call& call : kCalls) {
    for (const auto& [error, name] : {std::pair{ENOSYS, "ENOSYS"}, std::pair{EPERM, "EPERM"}}) {
      const Outcomes seen = RunUnder(RefuseCalls({call.number}, error));
      const std::vector<std::string> complaints = Complaints(call, usual, seen);
      fmt::print("{:<18} {:<7} exit {:>3} {:>4} PASS {:>3} FAIL {:>3} overdue{}\n", call.name, name,
                 seen.finished.exit_code, seen.passed, seen.failed.size(), seen.overdue.size(),
                 Shortened(complaints));
      EXPECT_THAT(complaints, testing::IsEmpty()) << call.name << " refused with " << name;
    }
  }
}

}  // namespace
}  // namespace shmspec
