// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/actor/system_facts.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/nsfs.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "harness/actor/identity.h"
#include "harness/host/capability.h"
#include "harness/host/memory_units.h"
#include "harness/host/text_file.h"
#include "harness/vocabulary/value/unique_handle.h"

namespace shmspec {
namespace {

void Take(const char* path, std::uint64_t& number) {
  if (const auto read = ReadNumberFile(path)) number = static_cast<std::uint64_t>(*read);
}

/// The user namespace that owns the IPC namespace, by inode; 0 when this process may not know.
std::uint64_t OwnerOfIpcNamespace() {
  const UniqueFd ipc(::open("/proc/self/ns/ipc", O_RDONLY | O_CLOEXEC));
  if (!ipc) return NumberOfNamespace("user");
  const UniqueFd owner(::ioctl(ipc.get(), NS_GET_USERNS));
  // Where the kernel answers neither, the namespace is most likely the caller's own.
  const bool mute = !owner && ::ioctl(ipc.get(), NS_GET_NSTYPE) < 0;
  if (mute) return NumberOfNamespace("user");
  if (!owner) return 0;
  return NumberOfLink(fmt::format("/proc/self/fd/{}", owner.get()).c_str());
}

/// The text of /proc/meminfo; empty where there is none.
std::string Meminfo() {
  const auto text = ReadTextFile("/proc/meminfo");
  return text.ok() ? *text : "";
}

/// The number in a line such as `\nHugepagesize: 2048 kB`; 0 when there is none. Every case asks,
/// so the text is not taken apart.
std::uint64_t NumberAfter(const std::string& meminfo, std::string_view name) {
  const std::size_t at = meminfo.find(name);
  if (at == std::string::npos) return 0;
  return std::strtoull(meminfo.c_str() + at + name.size(), nullptr, 10);
}

/// Pages that are neither used nor reserved.
std::uint64_t HugePagesFree(const std::string& meminfo) {
  const std::uint64_t reserved = NumberAfter(meminfo, "\nHugePages_Rsvd:");
  const std::uint64_t free = NumberAfter(meminfo, "\nHugePages_Free:");
  const std::uint64_t more = static_cast<std::uint64_t>(
      ReadNumberFile("/proc/sys/vm/nr_overcommit_hugepages").value_or(0));
  return (free > reserved ? free - reserved : 0) + more;
}

}  // namespace

namespace {

/// Whether a seccomp filter is in force; also when the system does not say.
bool IsFiltered() {
  const int mode = ::prctl(PR_GET_SECCOMP, 0, 0, 0, 0);
  return mode > 0 || (mode < 0 && errno != EINVAL);  // EINVAL: the kernel has no seccomp
}

/// Runs in a child. The number of the first page that a process without privileges may map, and
/// one; 0 when this process has them and cannot lay them down, or may map none of the first pages.
int LowestPagePlusOne(std::uint64_t page_size) {
  if (!WriteCapabilities({})) {
    const auto capabilities = ReadCapabilities();
    if (!capabilities || (capabilities->effective & kCapSysRawio) != 0) return 0;
  }
  constexpr int kFirstPages = 128;
  for (int page = 0; page < kFirstPages; ++page) {
    const std::uintptr_t at = static_cast<std::uintptr_t>(page) * page_size;
    void* const mapped =
        ::mmap(reinterpret_cast<void*>(at), page_size, PROT_NONE,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
    // A kernel that does not know the flag takes the address for a hint.
    if (mapped != MAP_FAILED && reinterpret_cast<std::uintptr_t>(mapped) == at) return page + 1;
  }
  return 0;
}

/// The width of the kernel's `unsigned long`, for a program of 32 bits on a kernel of 64 as well. A
/// limit above 32 bits shows it, unless it was lowered, and the name of the machine, unless a
/// personality hides it.
std::uint64_t LongBits(const SystemFacts& facts) {
  constexpr std::uint64_t kMostOf32 = 0xffffffff;
  utsname name{};
  const bool is_64 = sizeof(long) == 8 || facts.shmmax > kMostOf32 || facts.shmall > kMostOf32 ||
                     (::uname(&name) == 0 && std::strstr(name.machine, "64") != nullptr);
  return is_64 ? 64 : 32;
}

}  // namespace

std::optional<std::uint64_t> TryLowestAddress(std::uint64_t page_size) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(LowestPagePlusOne(page_size));
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child) return std::nullopt;
  if (!WIFEXITED(status) || WEXITSTATUS(status) == 0) return std::nullopt;
  return static_cast<std::uint64_t>(WEXITSTATUS(status) - 1) * page_size;
}

SystemFacts ReadLastingFacts() {
  SystemFacts facts;
  const MemoryUnits units = OwnMemoryUnits();
  facts.page_size = units.page;
  facts.shmlba = units.boundary;
  facts.big_endian = units.big_endian;
#ifdef __arm__
  facts.first_address = 2 * units.page;  // FIRST_USER_ADDRESS of arch/arm
#endif
  if (const auto lowest = ReadNumberFile("/proc/sys/vm/mmap_min_addr")) {
    facts.mmap_min_addr = static_cast<std::uint64_t>(*lowest);
  } else {
    facts.mmap_min_addr = TryLowestAddress(facts.page_size).value_or(facts.mmap_min_addr);
  }
  facts.overcommit = ReadNumberFile("/proc/sys/vm/overcommit_memory").value_or(facts.overcommit);
  facts.user_namespace_of_ipc = OwnerOfIpcNamespace();
  const std::string meminfo = Meminfo();
  facts.huge_page_size = NumberAfter(meminfo, "\nHugepagesize:") * 1024;
  facts.huge_pages_free = HugePagesFree(meminfo);
  facts.huge_group =
      static_cast<std::uint32_t>(ReadNumberFile("/proc/sys/vm/hugetlb_shm_group").value_or(0));
  facts.memfd_noexec = ReadNumberFile("/proc/sys/vm/memfd_noexec").value_or(0);
  facts.protected_regular = ReadNumberFile("/proc/sys/fs/protected_regular").value_or(-1);
  facts.filtered = IsFiltered();
  ReadChangingFacts(facts);
  facts.long_bits = LongBits(facts);
  facts.narrow = 8 * sizeof(long) < facts.long_bits;
  return facts;
}

void ReadChangingFacts(SystemFacts& facts) {
  // Where there were none at first this does not look again, which would cost every plan.
  if (facts.huge_pages_free != 0) facts.huge_pages_free = HugePagesFree(Meminfo());
  Take("/proc/sys/kernel/shmmax", facts.shmmax);
  Take("/proc/sys/kernel/shmall", facts.shmall);
  Take("/proc/sys/kernel/shmmni", facts.shmmni);
}

bool RestoreSysctls(const SystemFacts& facts) {
  const auto write = [](const char* name, std::uint64_t value) {
    return WriteTextFile(fmt::format("/proc/sys/kernel/{}", name).c_str(),
                         fmt::format("{}", value));
  };
  const bool limits = write("shmmax", facts.shmmax) && write("shmall", facts.shmall) &&
                      write("shmmni", facts.shmmni);
  const bool whole = write("shm_rmid_forced", 0) && limits;
  // shm_next_id cannot be written back to "none"; the next segment that is made takes it.
  const int id = ::shmget(IPC_PRIVATE, 1, IPC_CREAT | 0600);
  if (id >= 0) ::shmctl(id, IPC_RMID, nullptr);
  return whole;
}

}  // namespace shmspec
