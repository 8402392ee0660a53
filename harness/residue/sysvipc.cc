// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/residue/sysvipc.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>

namespace shmspec::residue {
namespace {

bool RemoveAsOwner(const Entry& object, int (*remove)(int id)) {
  const std::uint32_t uid = object.owner;
  const pid_t child = ::fork();
  if (child == 0) ::_exit(::setresuid(uid, uid, uid) == 0 && remove(object.id) == 0 ? 0 : 1);
  int status = 1;
  while (child > 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

bool ForEachRow(const char* name, const std::function<void(const char* row)>& visit) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> table(
      std::fopen((std::string("/proc/sysvipc/") + name).c_str(), "re"), &std::fclose);
  std::array<char, 512> row;
  if (!table || std::fgets(row.data(), row.size(), table.get()) == nullptr) return false;
  while (std::fgets(row.data(), row.size(), table.get()) != nullptr) visit(row.data());
  return true;
}

Removal RemoveObject(const Entry& object, int (*remove)(int id)) {
  if (remove(object.id) == 0) return Removal::kDone;
  if (errno == EINVAL || errno == EIDRM) return Removal::kGone;
  return RemoveAsOwner(object, remove) ? Removal::kDone : Removal::kRefused;
}

}  // namespace shmspec::residue
