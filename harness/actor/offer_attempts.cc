// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Trials of what requirements need of a system, in the words of the catalogue.

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <string>

#include "harness/actor/ability_attempts.h"
#include "harness/actor/floor.h"
#include "harness/actor/i386_program.h"
#include "harness/actor/system_facts.h"
#include "harness/host/capability.h"
#include "harness/host/own_process.h"
#include "harness/host/pipe.h"
#include "harness/host/ticks.h"
#include "harness/host/translator.h"
#include "harness/target/target.h"
#include "harness/vocabulary/value/names.h"
#include "harness/vocabulary/value/unique_handle.h"

namespace shmspec {
namespace {

/// The error that a child reported by its exit code: 0 or an errno.
Result<void> InChild(std::string_view call, int (*child)()) {
  const int status = StatusOf(child);
  if (status == 0) return {};
  if (!WIFEXITED(status)) return Error{fmt::format("{}: the child died", call), true};
  return Error{fmt::format("{}: {}", call, ErrnoName(WEXITSTATUS(status))), true};
}

/// The right to make a namespace, also through one of users.
template <int kFlag>
int Unshare() {
  return ::unshare(kFlag) == 0 || ::unshare(CLONE_NEWUSER | kFlag) == 0 ? 0 : errno;
}

int BeTraced() { return ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0 ? 0 : errno; }

Result<void> TryCpus(int count) {
  cpu_set_t set;
  long cpus = ::sysconf(_SC_NPROCESSORS_ONLN);
  if (::sched_getaffinity(0, sizeof(set), &set) == 0) cpus = CPU_COUNT(&set);
  if (cpus >= count) return {};
  return Error{fmt::format("there are {}", cpus), true};
}

/// The beginning of /proc/cpuinfo, which translators of programs such as valgrind leave alone when
/// they invent the answers of the processor.
std::string FirstOfCpuinfo() {
  std::array<char, 256> text{};
  const UniqueFd file(::open("/proc/cpuinfo", O_RDONLY | O_CLOEXEC));
  const ssize_t size = file ? ::read(file.get(), text.data(), text.size()) : 0;
  return std::string(text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
}

}  // namespace

Result<void> TryRoot(const std::string&) {
  if (::geteuid() == 0) return {};
  return Error{fmt::format("the user id is {}", ::geteuid()), true};
}

Result<void> TryCapIpcLock(const std::string&) {
  const auto sets = ReadCapabilities();
  if (!sets) return Refused("capget");
  return Expect(Capabilities(sets->effective).Has(kCapIpcLock), "having CAP_IPC_LOCK");
}

Result<void> TryIpcNamespace(const std::string&) {
  return InChild("unshare", &Unshare<CLONE_NEWIPC>);
}
Result<void> TryMountNamespace(const std::string&) {
  return InChild("unshare", &Unshare<CLONE_NEWNS>);
}
Result<void> TryPidNamespace(const std::string&) {
  return InChild("unshare", &Unshare<CLONE_NEWPID>);
}
Result<void> TryUserNamespace(const std::string&) {
  return InChild("unshare", &Unshare<CLONE_NEWUSER>);
}

Result<void> TryPtrace(const std::string&) { return InChild("ptrace", &BeTraced); }

Result<void> TryTwoCpus(const std::string&) { return TryCpus(2); }
Result<void> TryFourCpus(const std::string&) { return TryCpus(4); }

Result<void> TryX8664(const std::string&) {
#ifdef __x86_64__
  if (Translator().empty()) return {};
  return Error{fmt::format("{} translates the instructions", Translator()), true};
#else
  return Error{"the processor is another one", true};
#endif
}

Result<void> TryIntel(const std::string&) {
  if (!Translator().empty()) {
    return Error{fmt::format("{} translates the instructions", Translator()), true};
  }
  if (!IsIntel()) return Error{"the processor is of another maker", true};
  const std::string told = FirstOfCpuinfo();
  if (told.find("vendor_id") == std::string::npos ||
      told.find("GenuineIntel") != std::string::npos) {
    return {};
  }
  return Error{"the processor is of another maker, whatever a translator says", true};
}

Result<void> Try32Bit(const std::string&) {
  // The entry exists wherever the programs do, and checking it is cheaper.
  if (FindTarget("ia32")->probe().ok()) return {};
  return ProbeI386Program();
}

Result<void> TryHugePages(const std::string&) {
  if (ReadLastingFacts().huge_pages_free != 0) return {};
  return Error{"none are reserved (vm.nr_hugepages)", true};
}

Result<void> TrySwap(const std::string&) {
  struct sysinfo system {};
  if (::sysinfo(&system) != 0) return Refused("sysinfo");
  return Expect(system.totalswap != 0, "having swap space");
}

Result<void> TryAcl(const std::string&) {
  const UniqueFd file(::memfd_create("shmspec-acl", MFD_CLOEXEC));
  if (!file) return Refused("memfd_create");
  // Version 2; owner, group and others may read: acl(5), linux/posix_acl_xattr.h.
  constexpr std::array<std::uint32_t, 7> kMinimal{2,          0x00040001, 0xffffffff, 0x00040004,
                                                  0xffffffff, 0x00040020, 0xffffffff};
  // Without the C library, as in users.cc: fakeroot keeps attributes of its own.
  if (::syscall(SYS_fsetxattr, file.get(), "system.posix_acl_access", kMinimal.data(),
                sizeof(kMinimal), 0) == 0) {
    return {};
  }
  return Refused("setxattr");
}

Result<void> TryCheckpointRestore(const std::string&) {
  if (IsThere("/proc/sys/kernel/shm_next_id")) return {};
  return Refused("/proc/sys/kernel/shm_next_id");
}

Result<void> TryPassing(const std::string&) {
  const Result<Pipe> socket = MakeMessageSocket();
  if (!socket.ok()) return socket.error();
  const FileCalls& calls = kLibcFileCalls;
  if (calls.send(socket->writing.get(), socket->reading.get()).value != 1) {
    return Refused("sendmsg");
  }
  int file = -1;
  if (calls.receive(socket->reading.get(), true, file).value != 1) return Refused("recvmsg");
  return Expect(static_cast<bool>(UniqueFd(file)), "that a descriptor arrives");
}

}  // namespace shmspec
