// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What is mounted at /dev/shm: only in a mount namespace that belongs to one actor or to those
// that it made.

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "harness/host/file_identity.h"
#include "harness/host/own_process.h"
#include "harness/host/text_file.h"
#include "harness/target/perform/acl.h"
#include "harness/target/perform/families.h"
#include "harness/vocabulary/value/unique_handle.h"

namespace shmspec::perform {
namespace {

constexpr const char* kFolder = "/dev/shm";
constexpr const char* kSource = "shmspec-plan";
constexpr unsigned long kUsual = MS_NOSUID | MS_NODEV;

/// Why nothing is mounted here; nothing when it is.
const char* WhyNot(const Context& context) {
  if (!context.private_shm) {
    return "file systems are mounted only where this run has a /dev/shm of its own";
  }
  const std::uint64_t mine = NumberOfLink("/proc/thread-self/ns/mnt");
  if (mine == 0 || context.shared_mounts == 0 || mine == context.shared_mounts) {
    return "file systems are mounted only in a mount namespace of the plan's own";
  }
  return nullptr;
}

unsigned long FlagsOf(MountFlags flags) {
  unsigned long bits = kUsual;
  if (flags.Has(kMountReadOnly)) bits |= MS_RDONLY;
  if (flags.Has(kMountNoexec)) bits |= MS_NOEXEC;
  return bits;
}

/// What this process sees at /dev/shm, as a file of its own: a path could mean another one later.
UniqueFd Seen() { return UniqueFd(Raised(::open(kFolder, O_PATH | O_DIRECTORY | O_CLOEXEC))); }

/// Whether it is one that a plan has mounted.
bool IsOfPlan(int folder) {
  const std::optional<FileIdentity> identity = IdentityOf(folder);
  const Result<std::string> text = ReadTextFile("/proc/thread-self/mountinfo");
  if (!identity || !text.ok()) return false;
  const std::string device = fmt::format(" {}:{} ", identity->device_major, identity->device_minor);
  for (const std::string& line : Lines(*text)) {
    if (line.find(device) != std::string::npos && line.find(kSource) != std::string::npos) {
      return true;
    }
  }
  return false;
}

std::string PathOf(const UniqueFd& folder) { return fmt::format("/proc/self/fd/{}", folder.get()); }

constexpr const char* kNotOfPlan = "the plan has mounted nothing at /dev/shm";

}  // namespace

Outcome Do(const SystemMountShm& op, Context& context) {
  if (const char* why = WhyNot(context)) return Trouble{true, why};
  const std::string options = fmt::format("size={},nr_inodes={},mode={:o},gid={}", op.size.bytes,
                                          op.inodes, op.mode.bits, op.gid.number);
  return Returned(::mount(kSource, kFolder, "tmpfs", FlagsOf(op.flags), options.c_str()));
}

Outcome Do(const SystemRemountShm& op, Context& context) {
  if (const char* why = WhyNot(context)) return Trouble{true, why};
  const UniqueFd folder = Seen();
  if (!folder || !IsOfPlan(folder.get())) return Trouble{true, kNotOfPlan};
  std::string options;
  if (op.size.bytes != 0) options += fmt::format("size={},", op.size.bytes);
  if (op.inodes != 0) options += fmt::format("nr_inodes={},", op.inodes);
  if (!options.empty()) options.pop_back();
  return Returned(::mount(kSource, PathOf(folder).c_str(), nullptr, MS_REMOUNT | FlagsOf(op.flags),
                          options.c_str()));
}

Outcome Do(const SystemUnmountShm&, Context& context) {
  if (const char* why = WhyNot(context)) return Trouble{true, why};
  const UniqueFd folder = Seen();
  // What lies below the last one of the plan is never taken away.
  if (!folder || !IsOfPlan(folder.get())) return Trouble{true, kNotOfPlan};
  return Returned(::umount2(PathOf(folder).c_str(), MNT_DETACH));
}

Outcome Do(const SystemSetDefaultAcl& op, Context& context) {
  if (const char* why = WhyNot(context)) return Trouble{true, why};
  const UniqueFd folder(Raised(::open(kFolder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)));
  if (!folder || !IsOfPlan(folder.get())) return Trouble{true, kNotOfPlan};
  const std::vector<std::byte> value = ValueOfAcl({.descriptor = {},
                                                   .owner = op.owner,
                                                   .user = op.user,
                                                   .user_bits = op.user_bits,
                                                   .group = op.group,
                                                   .named_group = op.named_group,
                                                   .named_group_bits = op.named_group_bits,
                                                   .mask = op.mask,
                                                   .other = op.other});
  return Returned(context.file().set_attribute(folder.get(), "system.posix_acl_default",
                                               value.data(), value.size()));
}

Outcome Do(const SystemHideShm&, Context& context) {
  if (const char* why = WhyNot(context)) return Trouble{true, why};
  return Returned(::mount(kSource, "/dev", "tmpfs", kUsual, "size=64k,mode=755"));
}

}  // namespace shmspec::perform
