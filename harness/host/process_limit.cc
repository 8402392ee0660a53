// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/host/process_limit.h"

#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <limits>

#include "harness/vocabulary/value/check.h"

namespace shmspec {
namespace {

auto ResourceOf(Limit limit) {
  switch (limit) {
    case Limit::kMemlock:
      return RLIMIT_MEMLOCK;
    case Limit::kAddressSpace:
      return RLIMIT_AS;
    case Limit::kFiles:
      return RLIMIT_NOFILE;
  }
  SHMSPEC_CHECK(false, "a limit without a number");
}

}  // namespace

// The C library makes both of prlimit(2), which a system may lack.
bool SetLimit(Limit limit, std::uint64_t value) {
  const rlimit both{value, value};
  if (::setrlimit(ResourceOf(limit), &both) == 0) return true;
#if defined(__LP64__)
  // The older call has limits of the width of a register.
  return ::syscall(SYS_setrlimit, ResourceOf(limit), &both) == 0;
#else
  return false;
#endif
}

bool IsHeeded(Limit limit, std::uint64_t value) {
  if (limit != Limit::kAddressSpace || value >= std::numeric_limits<std::size_t>::max())
    return true;
  const auto size = static_cast<std::size_t>(value) + 1;
  void* const more =
      ::mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (more == MAP_FAILED) return true;
  ::munmap(more, size);
  return false;
}

std::uint64_t GetLimit(Limit limit) {
  rlimit now{};
  if (::getrlimit(ResourceOf(limit), &now) == 0) return now.rlim_cur;
#if defined(__LP64__)
  if (::syscall(SYS_getrlimit, ResourceOf(limit), &now) == 0) return now.rlim_cur;
#endif
  return RLIM_INFINITY;
}

int CloneFlags(Namespaces namespaces) {
  int flags = 0;
  if (namespaces.Has(kNamespaceIpc)) flags |= CLONE_NEWIPC;
  if (namespaces.Has(kNamespaceUser)) flags |= CLONE_NEWUSER;
  if (namespaces.Has(kNamespacePid)) flags |= CLONE_NEWPID;
  if (namespaces.Has(kNamespaceMount)) flags |= CLONE_NEWNS;
  return flags;
}

std::vector<int> AllowedCpus() {
  cpu_set_t set;
  std::vector<int> cpus;
  if (::sched_getaffinity(0, sizeof(set), &set) != 0) return cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(static_cast<std::size_t>(cpu), &set)) cpus.push_back(cpu);
  }
  return cpus;
}

bool PinToCpu(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (cpu < 0 || cpu >= CPU_SETSIZE) {
    errno = EINVAL;
    return false;
  }
  CPU_SET(static_cast<std::size_t>(cpu), &set);
  return ::sched_setaffinity(0, sizeof(set), &set) == 0;
}

StayOnCpu::StayOnCpu(int cpu)
    : pinned_(cpu >= 0 && ::sched_getaffinity(0, sizeof(before_), &before_) == 0 && PinToCpu(cpu)) {
}

StayOnCpu::~StayOnCpu() {
  if (pinned_) ::sched_setaffinity(0, sizeof(before_), &before_);
}

}  // namespace shmspec
