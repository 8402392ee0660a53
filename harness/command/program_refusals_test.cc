// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The suites once for each system call that a run makes, with the call refused. Such a system lacks
// something, and unless that is shared memory no case fails: cases that need the call are
// UNSUPPORTED, all others pass as before.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "harness/command/program_child.h"
#include "harness/command/program_environments.h"
#include "harness/vocabulary/plan/ability.h"

namespace shmspec {
namespace {

using nlohmann::json;

/// What a refusal may cost.
enum class Cost {
  kNothing,   // every case passes as before
  kCases,     // those that need the call are UNSUPPORTED
  kVerdicts,  // and what is about the call fails: it is shared memory itself
  kRun,       // the run does not begin: one line and exit code 3
  kProgram,   // nor does the program: the C library or the loader ends it, in one line if any
};

struct Call {
  std::string_view name;
  long number;
  Cost cost;
};

#define SHMSPEC_CALL(name, cost) \
  Call { #name, SYS_##name, Cost::cost }
const std::vector<Call> kCalls{
    // The loader and the C library start with these, and without writing nothing can be said.
    SHMSPEC_CALL(arch_prctl, kProgram),
    SHMSPEC_CALL(close, kProgram),
    SHMSPEC_CALL(mmap, kProgram),
    SHMSPEC_CALL(mprotect, kProgram),
    SHMSPEC_CALL(newfstatat, kProgram),
    SHMSPEC_CALL(openat, kProgram),
    SHMSPEC_CALL(pread64, kProgram),
    SHMSPEC_CALL(read, kProgram),
    SHMSPEC_CALL(write, kProgram),
    // The floor, and what the C++ library is initialised by.
    SHMSPEC_CALL(clone, kRun),
    SHMSPEC_CALL(futex, kRun),
    SHMSPEC_CALL(getpid, kRun),
    SHMSPEC_CALL(munmap, kRun),
    SHMSPEC_CALL(rt_sigaction, kRun),
    SHMSPEC_CALL(rt_sigreturn, kRun),
    SHMSPEC_CALL(wait4, kRun),
    // Calls that a run can replace or does not need.
    SHMSPEC_CALL(access, kNothing),
    SHMSPEC_CALL(alarm, kNothing),
    SHMSPEC_CALL(brk, kNothing),
    SHMSPEC_CALL(close_range, kNothing),
    SHMSPEC_CALL(connect, kNothing),
    SHMSPEC_CALL(eventfd2, kNothing),
    SHMSPEC_CALL(faccessat2, kNothing),
    SHMSPEC_CALL(getdents64, kNothing),
    SHMSPEC_CALL(getpgid, kNothing),
    SHMSPEC_CALL(getrandom, kNothing),
    SHMSPEC_CALL(pipe2, kNothing),
    SHMSPEC_CALL(poll, kNothing),
    SHMSPEC_CALL(ppoll, kNothing),
    SHMSPEC_CALL(readlinkat, kNothing),
    SHMSPEC_CALL(recvfrom, kNothing),
    SHMSPEC_CALL(rseq, kNothing),
    SHMSPEC_CALL(sched_yield, kNothing),
    SHMSPEC_CALL(sendto, kNothing),
    SHMSPEC_CALL(set_tid_address, kNothing),
    SHMSPEC_CALL(setpgid, kNothing),
    SHMSPEC_CALL(sigaltstack, kNothing),
    SHMSPEC_CALL(statfs, kNothing),
    SHMSPEC_CALL(uname, kNothing),
    // Calls that cases need, or the programs of the system that cases run.
    SHMSPEC_CALL(capget, kCases),
    SHMSPEC_CALL(capset, kCases),
    SHMSPEC_CALL(clone3, kCases),
    SHMSPEC_CALL(dup, kCases),
    SHMSPEC_CALL(dup2, kCases),
    SHMSPEC_CALL(execve, kCases),
    SHMSPEC_CALL(fcntl, kCases),
    SHMSPEC_CALL(fsetxattr, kCases),
    SHMSPEC_CALL(ftruncate, kCases),
    SHMSPEC_CALL(getegid, kCases),
    SHMSPEC_CALL(geteuid, kCases),
    SHMSPEC_CALL(getgroups, kCases),
    SHMSPEC_CALL(getppid, kCases),
    SHMSPEC_CALL(getresgid, kCases),
    SHMSPEC_CALL(getresuid, kCases),
    SHMSPEC_CALL(gettid, kCases),
    SHMSPEC_CALL(getuid, kCases),
    SHMSPEC_CALL(ioctl, kCases),
    SHMSPEC_CALL(kill, kCases),
    SHMSPEC_CALL(link, kCases),
    SHMSPEC_CALL(linkat, kCases),
    SHMSPEC_CALL(lseek, kCases),
    SHMSPEC_CALL(madvise, kCases),
    SHMSPEC_CALL(memfd_create, kCases),
    SHMSPEC_CALL(mkdir, kCases),
    SHMSPEC_CALL(mount, kCases),
    SHMSPEC_CALL(mremap, kCases),
    SHMSPEC_CALL(msgctl, kCases),
    SHMSPEC_CALL(msgget, kCases),
    SHMSPEC_CALL(pidfd_open, kCases),
    SHMSPEC_CALL(prctl, kCases),
    SHMSPEC_CALL(prlimit64, kCases),
    SHMSPEC_CALL(ptrace, kCases),
    SHMSPEC_CALL(readlink, kCases),
    SHMSPEC_CALL(restart_syscall, kCases),
    SHMSPEC_CALL(rt_sigprocmask, kCases),
    SHMSPEC_CALL(set_robust_list, kCases),
    SHMSPEC_CALL(sched_get_priority_max, kCases),
    SHMSPEC_CALL(sched_get_priority_min, kCases),
    SHMSPEC_CALL(sched_getaffinity, kCases),
    SHMSPEC_CALL(sched_getparam, kCases),
    SHMSPEC_CALL(sched_getscheduler, kCases),
    SHMSPEC_CALL(sched_setaffinity, kCases),
    SHMSPEC_CALL(sched_setscheduler, kCases),
    SHMSPEC_CALL(semctl, kCases),
    SHMSPEC_CALL(semget, kCases),
    SHMSPEC_CALL(setfsgid, kCases),
    SHMSPEC_CALL(setfsuid, kCases),
    SHMSPEC_CALL(setgroups, kCases),
    SHMSPEC_CALL(setns, kCases),
    SHMSPEC_CALL(setresgid, kCases),
    SHMSPEC_CALL(setresuid, kCases),
    SHMSPEC_CALL(socket, kCases),
    SHMSPEC_CALL(socketpair, kCases),
    SHMSPEC_CALL(sysinfo, kCases),
    SHMSPEC_CALL(tgkill, kCases),
    SHMSPEC_CALL(umask, kCases),
    SHMSPEC_CALL(unshare, kCases),
    SHMSPEC_CALL(waitid, kCases),
    // Shared memory itself.
    SHMSPEC_CALL(shmat, kCases),
    SHMSPEC_CALL(shmctl, kCases),
    SHMSPEC_CALL(shmdt, kVerdicts),
    SHMSPEC_CALL(shmget, kCases),
};
#undef SHMSPEC_CALL

/// How a case ended, as far as it is compared.
struct Ending {
  std::string status;
  std::string cause;
  std::string reason;
  std::vector<std::string> cited;  // requirements
};

/// A run of the suites.
struct Outcomes {
  Finished finished;
  std::map<std::string, Ending> cases;
  std::vector<std::string> left_behind;

  std::size_t Count(std::string_view status) const {
    return static_cast<std::size_t>(std::count_if(
        cases.begin(), cases.end(), [&](const auto& one) { return one.second.status == status; }));
  }
};

Outcomes RunUnder(const Preparation& preparation, const std::vector<std::string>& selection = {}) {
  std::vector<std::string> arguments{"run", "--quick", "--seed", "1", "--format", "json"};
  arguments.insert(arguments.end(), selection.begin(), selection.end());
  const Leftovers leftovers;
  Outcomes seen{.finished = RunProgram(arguments, {.preparation = preparation})};
  seen.left_behind = leftovers.Remaining();
  const json record = json::parse(seen.finished.out, nullptr, false);
  if (!record.is_object()) return seen;
  for (const json& test : record["tests"]) {
    Ending& ending = seen.cases[test["id"]];
    ending = {test["status"], test.value("cause", ""), test.value("reason", ""), {}};
    for (const json& one : test["requirements"]) {
      ending.cited.push_back(one["id"]);
    }
  }
  return seen;
}

/// A call that was refused, and with what.
struct Refusal {
  const Call& call;
  int error;
  std::string_view name;  // of the error
};

/// What is wrong with a run that did not begin.
std::vector<std::string> ComplaintsOfNoRun(const Call& call, const Finished& run) {
  const std::size_t lines = LinesOf(run.err).size();
  const bool told = run.exit_code == 3 && lines == 1;
  // A program that cannot be loaded, or cannot write, prints nothing.
  const bool mute = call.cost == Cost::kProgram && lines <= 1;
  if ((told && call.cost == Cost::kRun) || mute) return {};
  return {
      fmt::format("nothing runs: exit code {}, signal {}, {}", run.exit_code, run.signal, run.err)};
}

/// Whether a case that is UNSUPPORTED says what for: the call, a step, an ability, or what one of
/// its actors is to be.
bool NamesWhatIsMissing(const std::string& reason, const Refusal& refusal) {
  const auto says = [&](std::string_view part) { return reason.find(part) != reason.npos; };
  if (says(refusal.call.name) || reason.starts_with("step ")) return true;
  if (reason.starts_with("actor ") && says(" needs ")) return true;  // users, capabilities, limits
  return std::any_of(NamesOf<Ability>::kNames.begin(), NamesOf<Ability>::kNames.end(),
                     [&](const auto& one) { return says(fmt::format("({})", one.name)); });
}

/// Whether a case may end like that under a refusal, when it passes without.
bool MayEnd(const Ending& ending, const Refusal& refusal) {
  if (ending.status == "PASS") return true;
  if (ending.status == "UNSUPPORTED") {
    return refusal.call.cost != Cost::kNothing && NamesWhatIsMissing(ending.reason, refusal);
  }
  if (ending.status != "FAIL" || refusal.call.cost != Cost::kVerdicts) return false;
  return std::any_of(ending.cited.begin(), ending.cited.end(), [](const std::string& id) {
    return id.starts_with("SYSV.SHMDT.") || id.starts_with("SYSV.MULTI.");
  });
}

/// What is wrong with a run under a refusal, a line each.
std::vector<std::string> Complaints(const Refusal& refusal, const Outcomes& usual,
                                    const Outcomes& seen) {
  std::vector<std::string> complaints;
  for (const std::string& left : seen.left_behind) complaints.push_back("left behind: " + left);
  if (seen.cases.empty() || seen.finished.exit_code == 3) {
    const auto more = ComplaintsOfNoRun(refusal.call, seen.finished);
    complaints.insert(complaints.end(), more.begin(), more.end());
    return complaints;
  }
  const Preparation preparation = RefuseCalls({refusal.call.number}, refusal.error);
  for (const auto& [name, before] : usual.cases) {
    const auto found = seen.cases.find(name);
    const Ending now = found == seen.cases.end() ? Ending{"lost", "", "", {}} : found->second;
    const bool grave = now.status == "FAIL" || now.status == "lost" || now.cause == "timeout";
    if ((before.status != "PASS" && !grave) || MayEnd(now, refusal)) continue;
    // The refusal has the same effect again, a busy machine does not. A false FAIL gets no second
    // chance.
    if (now.status != "FAIL") {
      const Outcomes again = RunUnder(preparation, {name});
      const auto once_more = again.cases.find(name);
      if (once_more != again.cases.end() && MayEnd(once_more->second, refusal)) continue;
    }
    complaints.push_back(fmt::format("{} {} {}: {}", now.status, now.cause, name, now.reason));
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

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// A part of the suites, and how its cases end when nothing is refused.
struct Part {
  std::vector<std::string> selection;
  Outcomes usual;
};

/// Prints the row of a refusal; what is wrong with it.
std::vector<std::string> PrintRow(const Refusal& refusal, const Part& part) {
  const auto begin = Clock::now();
  const Outcomes seen = RunUnder(RefuseCalls({refusal.call.number}, refusal.error), part.selection);
  const double took_s = SecondsSince(begin);
  const std::vector<std::string> complaints = Complaints(refusal, part.usual, seen);
  const Finished& run = seen.finished;
  const std::string end = run.signal != 0 ? fmt::format("signal {:>2}", run.signal)
                                          : fmt::format("exit  {:>3}", run.exit_code);
  fmt::print("{:<18} {:<7} {} {:>4} {:>4} {:>4} {:>4} {:>6.1f} s{}\n", refusal.call.name,
             refusal.name, end, seen.Count("PASS"), seen.Count("FAIL"), seen.Count("UNSUPPORTED"),
             seen.Count("UNRESOLVED"), took_s, Shortened(complaints));
  std::fflush(stdout);
  EXPECT_THAT(complaints, testing::IsEmpty()) << refusal.call.name << ": " << refusal.name;
  return complaints;
}

/// Into how many parts the suites have to be cut, so that a part with each refusal takes at most
/// `most_s` seconds; `whole_s`: what one run of all of them takes.
std::size_t PartsFor(double most_s, double whole_s) {
  const auto runs = std::count_if(kCalls.begin(), kCalls.end(), [](const Call& call) {
    return call.cost != Cost::kRun && call.cost != Cost::kProgram;
  });
  const double needed_s = 2 * whole_s * static_cast<double>(runs);
  return static_cast<std::size_t>(std::max(1.0, std::ceil(needed_s / most_s)));
}

/// The parts, each run once; their cases together are all cases.
std::vector<Part> PartsOf(const Outcomes& all, std::size_t count, const Preparation& preparation) {
  if (count == 1) return {{{}, all}};
  std::vector<Part> parts;
  for (std::size_t i = 1; i <= count; ++i) {
    Part part{{"--shard", fmt::format("{}/{}", i, count)}, {}};
    part.usual = RunUnder(preparation, part.selection);
    parts.push_back(std::move(part));
  }
  return parts;
}

/// The table: each call, refused with ENOSYS and with EPERM. Where all of it with all cases would
/// take longer than `most_s`, each refusal gets a part of the cases, the next one the next part.
void PrintTable(double most_s) {
  const auto begin = Clock::now();
  const Preparation nothing = RefuseCalls({}, EPERM);
  const Outcomes all = RunUnder(nothing);
  if (!all.finished.no_place.empty()) GTEST_SKIP() << all.finished.no_place;
  ASSERT_FALSE(all.cases.empty()) << all.finished;
  const double whole_s = SecondsSince(begin);
  const std::vector<Part> parts = PartsOf(all, PartsFor(most_s, whole_s), nothing);
  fmt::print("nothing refused: {} PASS of {}, {:.1f} s\n", all.Count("PASS"), all.cases.size(),
             whole_s);
  fmt::print("{:<18} {:<7} {:>9} {:>4} {:>4} {:>4} {:>4}\n", "refused", "with", "end", "PASS",
             "FAIL", "UNSU", "UNRE");
  std::vector<std::string> complaints;
  std::size_t turn = 0;
  for (const Call& call : kCalls) {
    for (const Refusal& refusal :
         {Refusal{call, ENOSYS, "ENOSYS"}, Refusal{call, EPERM, "EPERM"}}) {
      const std::size_t part = turn++ % parts.size();
      for (const std::string& one : PrintRow(refusal, parts[part])) {
        complaints.push_back(fmt::format("{} with {}, part {} of {}: {}", call.name, refusal.name,
                                         part + 1, parts.size(), one));
      }
    }
  }
  // Again, where those who see only the end of the table find them.
  fmt::print("{}{}", fmt::join(complaints, "\n"), complaints.empty() ? "" : "\n");
  const std::string share =
      parts.size() == 1 ? "all cases" : fmt::format("one of {} parts of the cases", parts.size());
  fmt::print("refused calls: {} with ENOSYS and EPERM, {} each time: {} complaints, {:.0f} s\n",
             kCalls.size(), share, complaints.size(), SecondsSince(begin));
}

TEST(RefusedCalls, AreNoFailureOfSharedMemory) {
  PrintTable(std::numeric_limits<double>::infinity());
}

// On a machine that others use as well a part takes longer than its share of the whole did.
TEST(RefusedCalls, AreNoFailureOfSharedMemoryInFourMinutes) { PrintTable(120); }

}  // namespace
}  // namespace shmspec
