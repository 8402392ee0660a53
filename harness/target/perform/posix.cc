// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Names in /dev/shm. Only where that is the plan's own: nothing here reaches another folder.

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <string>

#include "harness/host/file_identity.h"
#include "harness/target/call/object_name.h"
#include "harness/target/perform/families.h"
#include "harness/target/perform/new_descriptor.h"
#include "harness/target/perform/open_flags.h"

namespace shmspec::perform {
namespace {

constexpr const char* kShared =
    "names in /dev/shm are made only where this run has a /dev/shm of its own";
constexpr const char* kElsewhere = "this name does not stay in /dev/shm";

/// Whether the library gave an object of /dev/shm. A C library may open what a name such as ".."
/// stands for.
bool IsObject(int file) {
  const std::optional<FileIdentity> opened = IdentityOf(file);
  const std::optional<FileIdentity> folder = IdentityOf("/dev/shm");
  return opened && folder && opened->regular && opened->IsOnDeviceOf(*folder);
}

}  // namespace

Outcome Do(const PosixOpen& op, Context& context) {
  if (!context.private_shm) return Trouble{true, kShared};
  if ((op.flags.bits & ~kEveryObjectFlag) != 0) {
    return Trouble{true, "objects are opened with the flags of shm_open(3) alone"};
  }
  const CallResult opened =
      context.file().open_object(op.name.c_str(), OpenFlagsOf(op.flags.bits), op.mode.bits);
  const int error = errno;
  if (opened.lacking == nullptr && opened.value >= 0 && !IsObject(static_cast<int>(opened.value))) {
    ::close(static_cast<int>(opened.value));
    return Trouble{true, kElsewhere};
  }
  errno = error;
  return NewDescriptor(opened, context);
}

Outcome Do(const PosixUnlink& op, Context& context) {
  if (!context.private_shm) return Trouble{true, kShared};
  return Returned(context.file().unlink_object(op.name.c_str()));
}

Outcome Do(const PosixLink& op, Context& context) {
  if (!context.private_shm) return Trouble{true, kShared};
  const std::string from = PathOfObject(op.name);
  const std::string to = PathOfObject(op.to);
  if (from.empty() || to.empty()) return Trouble{true, kElsewhere};
  return Returned(::link(from.c_str(), to.c_str()));
}

Outcome Do(const PosixPlantLink& op, Context& context) {
  if (!context.private_shm) return Trouble{true, kShared};
  const std::string path = PathOfObject(op.name);
  // A library that follows the link stays in /dev/shm, too.
  if (path.empty() || PathOfObject(op.target) != "/dev/shm/" + op.target)
    return Trouble{true, kElsewhere};
  return Returned(::symlink(op.target.c_str(), path.c_str()));
}

}  // namespace shmspec::perform
