// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <string>
#include <string_view>

#include "harness/actor/actor_main.h"
#include "harness/actor/performer.h"
#include "harness/host/own_process.h"

extern char** environ;

namespace shmspec {
namespace {

int RunActor(int region_fd, std::uint32_t self) {
  ::fcntl(region_fd, F_SETFD, FD_CLOEXEC);
  const Result<ControlRegion> region = ControlRegion::Map(region_fd);
  if (!region.ok() || self >= region->header().actor_count) return kActorUsage;
  const ControlHeader& header = region->header();
  for (const int file : {region->idle_slots().rested_fd, header.sending_fd, header.receiving_fd}) {
    ::fcntl(file, F_SETFD, FD_CLOEXEC);
  }
  // A spawned actor in a fresh image, or one that has executed a fresh image itself.
  const bool fresh = region->actor(self).introduced.load() == 0;
  RunActorProcess(*region, region_fd, self, fresh ? Birth::kSpawned : Birth::kReborn);
}

}  // namespace

std::optional<int> NumberOfWord(std::string_view word) {
  int number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return number;
}

int RunActorImage(int argc, char** argv) {
  if (argc != 4 || std::string_view(argv[1]) != kActorWord) return kActorUsage;
  const auto region_fd = NumberOfWord(argv[2]), self = NumberOfWord(argv[3]);
  if (!region_fd || !self) return kActorUsage;
  return RunActor(*region_fd, static_cast<std::uint32_t>(*self));
}

void ExecActor(const char* program, int region_fd, std::uint32_t actor) {
  std::string name = "shmspec";
  std::string word = kActorWord;
  std::string fd = std::to_string(KeepOverExec(region_fd));
  std::string index = std::to_string(actor);
  char* arguments[] = {name.data(), word.data(), fd.data(), index.data(), nullptr};
  ::execve(program, arguments, environ);
}

}  // namespace shmspec
