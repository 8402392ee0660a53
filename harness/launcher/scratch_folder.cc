// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/launcher/scratch_folder.h"

#include <fmt/format.h>
#include <ftw.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace shmspec {

void FolderTraits::Close(const Type& path) {
  constexpr int kMostOpen = 16;
  // Without FTW_MOUNT a file system that somebody mounted below would be emptied.
  ::nftw(
      path.c_str(),
      [](const char* one, const struct stat*, int, struct FTW*) {
        static_cast<void>(std::remove(one));
        return 0;
      },
      kMostOpen, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

Result<ScratchFolder> MakeScratchFolder() {
  const char* temporary = std::getenv("TMPDIR");
  const bool named = temporary != nullptr && *temporary == '/';
  std::string path = std::string(named ? temporary : "/tmp") + "/shmspec-XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) {
    return Error{fmt::format("{}: a folder cannot be made: {}", path, std::strerror(errno))};
  }
  return ScratchFolder(std::move(path));
}

}  // namespace shmspec
