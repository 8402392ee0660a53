// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/actor/identity.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <grp.h>
#include <linux/securebits.h>
#include <sys/fsuid.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string>

#include "harness/host/capability.h"
#include "harness/host/process_limit.h"
#include "harness/host/text_file.h"
#include "harness/vocabulary/value/names.h"

namespace shmspec {
namespace {

/// "actor b needs uid 1000, and this run may not have it: EPERM".
Error Cannot(const ActorSpec& spec, std::string_view need) {
  const bool lacking = errno == EPERM || errno == EACCES || errno == ENOSYS || errno == EINVAL;
  return Error{fmt::format("actor {} needs {}, and this run may not have it: {}", spec.name, need,
                           ErrnoName(errno)),
               lacking};
}

Result<void> TakeLimits(const ActorSpec& spec) {
  const auto take = [&](std::optional<std::uint64_t> value, Limit limit) -> Result<void> {
    if (!value) return {};
    const std::string need = fmt::format("a limit {}={}", NameOf(limit), *value);
    if (!SetLimit(limit, *value)) return Cannot(spec, need);
    if (IsHeeded(limit, *value)) return {};
    return Error{fmt::format("actor {} needs {}, which this system does not heed", spec.name, need),
                 true};
  };
  if (auto taken = take(spec.memlock, Limit::kMemlock); !taken.ok()) return taken;
  if (auto taken = take(spec.nofile, Limit::kFiles); !taken.ok()) return taken;
  return take(spec.as, Limit::kAddressSpace);
}

std::vector<gid_t> NumbersOf(const std::vector<Id>& ids) {
  std::vector<gid_t> numbers;
  for (const Id id : ids) numbers.push_back(id.number);
  return numbers;
}

Result<void> TakeIds(const ActorSpec& spec) {
  if (spec.uid || spec.gid || !spec.groups.empty()) {
    const std::vector<gid_t> groups = NumbersOf(spec.groups);
    if (::setgroups(groups.size(), groups.data()) != 0) {
      return Cannot(spec, fmt::format("the groups [{}]", fmt::join(groups, " ")));
    }
  }
  if (spec.gid) {
    const gid_t gid = spec.gid->number;
    if (::setresgid(gid, gid, gid) != 0) return Cannot(spec, fmt::format("gid {}", gid));
  }
  if (spec.uid) {
    const uid_t uid = spec.uid->number;
    if (::setresuid(uid, uid, uid) != 0) return Cannot(spec, fmt::format("uid {}", uid));
  }
  return {};
}

/// Exactly these, also after an exec: as ambient capabilities, which must be inheritable too, and
/// without the rule that root regains everything.
Result<void> TakeCapabilities(const ActorSpec& spec) {
  const std::uint64_t wanted = spec.caps->bits;
  if (!WriteCapabilities({wanted, wanted, wanted})) {
    return Cannot(spec, fmt::format("the capabilities {:#x}", wanted));
  }
  for (unsigned long number = 0; number < 64; ++number) {
    if ((wanted >> number & 1) == 0) continue;
    if (::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, number, 0, 0) != 0) {
      return Cannot(spec, fmt::format("the ambient capability {}", number));
    }
  }
  return {};
}

/// setfsuid(2) and setfsgid(2) return the previous id; without these calls it is the effective one.
std::uint32_t FileId(int returned, std::uint32_t effective) {
  return returned == -1 ? effective : static_cast<std::uint32_t>(returned);
}

void ReadIds(ActorFacts& facts) {
  facts.SetUser(::geteuid());
  facts.SetGroup(::getegid());
  if (::getresuid(&facts.real_uid, &facts.uid, &facts.saved_uid) != 0) facts.real_uid = ::getuid();
  if (::getresgid(&facts.real_gid, &facts.gid, &facts.saved_gid) != 0) facts.real_gid = ::getgid();
  // No id has this number, so that nothing changes.
  facts.file_uid = FileId(::setfsuid(~uid_t{0}), facts.uid);
  facts.file_gid = FileId(::setfsgid(~gid_t{0}), facts.gid);
}

#if !defined(__x86_64__) && !defined(__i386__)
/// The first address that no mapping reaches, found by halves: kernels of one architecture differ.
std::uint64_t TryTaskSize() {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto is_reached = [page](std::uintptr_t number) {
    void* const at = reinterpret_cast<void*>(number * page);
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE;
    void* const mapped = ::mmap(at, page, PROT_NONE, flags, -1, 0);
    if (mapped == MAP_FAILED) return errno == EEXIST;
    ::munmap(mapped, page);
    return mapped == at;  // older kernels take the address for a wish
  };
  std::uintptr_t low = reinterpret_cast<std::uintptr_t>(&page) / page;
  std::uintptr_t high = ~std::uintptr_t{0} / page;
  while (high - low > 1) {
    const std::uintptr_t middle = low + (high - low) / 2;
    (is_reached(middle) ? low : high) = middle;
  }
  return std::uint64_t{high} * page;
}
#endif

std::uint64_t TaskSize() {
#if defined(__x86_64__)
  return ActorFacts::kTaskSize;
#elif defined(__i386__)
  // IA32_PAGE_OFFSET of <asm/page_64_types.h>, which is not installed.
  constexpr unsigned long kAsk = 0xffffffff;
  const bool three_gib = (::personality(kAsk) & ADDR_LIMIT_3GB) != 0;
  return three_gib ? std::uint64_t{3} << 30 : ActorFacts::kTaskSize32;
#else
  static const std::uint64_t size = TryTaskSize();
  return size;
#endif
}

}  // namespace

Result<void> TakeIdentity(const ActorSpec& spec) {
  if (spec.cpu && !PinToCpu(*spec.cpu)) return Cannot(spec, fmt::format("CPU {}", *spec.cpu));
  if (auto taken = TakeLimits(spec); !taken.ok()) return taken;
  if (spec.caps) {
    ::prctl(PR_SET_KEEPCAPS, 1);
    // Refused without CAP_SETPCAP, which only matters to roots that exec.
    ::prctl(PR_SET_SECUREBITS, SECBIT_NOROOT | SECBIT_KEEP_CAPS);
  }
  if (auto taken = TakeIds(spec); !taken.ok()) return taken;
  return spec.caps ? TakeCapabilities(spec) : Result<void>();
}

std::uint64_t NumberOfNamespace(std::string_view kind) {
  const std::uint64_t number = NumberOfLink(fmt::format("/proc/self/ns/{}", kind).c_str());
  const std::uint64_t other = NumberOfLink(fmt::format("/proc/thread-self/ns/{}", kind).c_str());
  return other == 0 || other == number ? number : 0;
}

void NumberOwnNamespaces(const ActorSpec& spec, ActorFacts& facts) {
  const auto number = [&](std::uint64_t kind, std::uint64_t& inode) {
    if (inode == 0 && spec.namespaces.Has(kind)) inode = static_cast<std::uint64_t>(facts.pid);
  };
  number(kNamespaceIpc, facts.ipc_namespace);
  number(kNamespaceUser, facts.user_namespace);
  number(kNamespacePid, facts.pid_namespace);
  number(kNamespaceMount, facts.mount_namespace);
}

/// The supplementary groups of the caller, from /proc where getgroups(2) is refused.
std::vector<std::uint32_t> ReadGroups() {
  const int count = ::getgroups(0, nullptr);
  if (count >= 0) {
    std::vector<std::uint32_t> groups(static_cast<std::size_t>(count));
    if (count > 0) ::getgroups(count, groups.data());
    return groups;
  }
  std::vector<std::uint32_t> groups;
  const Result<std::string> status = ReadTextFile("/proc/self/status");
  if (!status.ok()) return groups;
  for (const std::string& line : Lines(*status)) {
    if (!line.starts_with("Groups:")) continue;
    for (const std::string& word : Words(line.substr(7))) {
      groups.push_back(static_cast<std::uint32_t>(std::strtoul(word.c_str(), nullptr, 10)));
    }
  }
  return groups;
}

ActorFacts ReadFacts() {
  ActorFacts facts;
  facts.inner_pid = ::getpid();
  ReadIds(facts);
  facts.groups = ReadGroups();
  std::sort(facts.groups.begin(), facts.groups.end());
  if (const auto sets = ReadCapabilities()) facts.caps = Capabilities(sets->effective);
  facts.ipc_namespace = NumberOfNamespace("ipc");
  facts.user_namespace = NumberOfNamespace("user");
  facts.pid_namespace = NumberOfNamespace("pid");
  facts.task_size = TaskSize();
  facts.memlock = GetLimit(Limit::kMemlock);
  facts.as = GetLimit(Limit::kAddressSpace);
  facts.mount_namespace = NumberOfNamespace("mnt");
  // It can be read only by setting it.
  const mode_t mask = ::umask(0);
  ::umask(mask);
  facts.umask = static_cast<std::int32_t>(mask);
  return facts;
}

std::optional<Error> FindMismatch(const ActorSpec& spec, const ActorFacts& facts) {
  const auto differs = [&](std::string_view what, std::uint64_t want, std::uint64_t is) {
    return Error{fmt::format("actor {} was to have {} {} and has {}", spec.name, what, want, is)};
  };
  if (spec.uid) {
    for (const std::uint32_t uid : {facts.uid, facts.real_uid, facts.saved_uid, facts.file_uid}) {
      if (uid != spec.uid->number) return differs("uid", spec.uid->number, uid);
    }
  }
  if (spec.gid) {
    for (const std::uint32_t gid : {facts.gid, facts.real_gid, facts.saved_gid, facts.file_gid}) {
      if (gid != spec.gid->number) return differs("gid", spec.gid->number, gid);
    }
  }
  if (spec.caps && *spec.caps != facts.caps) {
    return differs("the capabilities", spec.caps->bits, facts.caps.bits);
  }
  if (spec.memlock && *spec.memlock != facts.memlock) {
    return differs("memlock", *spec.memlock, facts.memlock);
  }
  if (spec.as && *spec.as != facts.as) return differs("as", *spec.as, facts.as);
  if (spec.uid || spec.gid || !spec.groups.empty()) {
    std::vector<gid_t> groups = NumbersOf(spec.groups);
    std::sort(groups.begin(), groups.end());
    groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
    std::vector<std::uint32_t> held = facts.groups;
    held.erase(std::unique(held.begin(), held.end()), held.end());
    if (groups != held) {
      return Error{fmt::format("actor {} was to have the groups [{}] and has [{}]", spec.name,
                               fmt::join(groups, " "), fmt::join(held, " "))};
    }
  }
  return std::nullopt;
}

}  // namespace shmspec
