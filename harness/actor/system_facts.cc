// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/actor/system_facts.h"

#include <fcntl.h>
#include <linux/nsfs.h>
#include <sys/ioctl.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/target/text_file.h"
#include "harness/vocabulary/unique_handle.h"

namespace shmspec {
namespace {

void Take(const char* path, std::uint64_t& number) {
  if (const auto read = ReadNumberFile(path)) number = static_cast<std::uint64_t>(*read);
}

/// The user namespace that owns the IPC namespace, by inode; 0 when this process may not know.
std::uint64_t OwnerOfIpcNamespace() {
  const UniqueFd ipc(::open("/proc/self/ns/ipc", O_RDONLY | O_CLOEXEC));
  if (!ipc) return 0;
  const UniqueFd owner(::ioctl(ipc.get(), NS_GET_USERNS));
  struct stat file {};
  if (!owner || ::fstat(owner.get(), &file) != 0) return 0;
  return file.st_ino;
}

}  // namespace

SystemFacts ReadLastingFacts() {
  SystemFacts facts;
  facts.page_size = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  facts.shmlba = static_cast<std::uint64_t>(SHMLBA);
#if !defined(__x86_64__)
  facts.task_size = std::uint64_t{1} << 48;
#endif
  Take("/proc/sys/vm/mmap_min_addr", facts.mmap_min_addr);
  facts.overcommit = ReadNumberFile("/proc/sys/vm/overcommit_memory").value_or(facts.overcommit);
  facts.user_namespace_of_ipc = OwnerOfIpcNamespace();
  ReadChangingFacts(facts);
  return facts;
}

void ReadChangingFacts(SystemFacts& facts) {
  Take("/proc/sys/kernel/shmmax", facts.shmmax);
  Take("/proc/sys/kernel/shmall", facts.shmall);
  Take("/proc/sys/kernel/shmmni", facts.shmmni);
}

}  // namespace shmspec
