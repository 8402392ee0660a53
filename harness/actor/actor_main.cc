// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/actor/actor_main.h"

#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <string>
#include <string_view>

#include "harness/actor/performer.h"
#include "harness/actor/warden.h"

extern char** environ;

namespace {

// Actors end in the middle of things, and leaks are then no finding. Read by the leak sanitizer,
// which cannot look at a process that has changed its ids anyway.
bool is_actor = false;

}  // namespace

extern "C" int __lsan_is_turned_off();
extern "C" int __lsan_is_turned_off() { return is_actor ? 1 : 0; }

namespace shmspec {
namespace {

constexpr std::string_view kWardenWord = "warden";

std::optional<int> Number(std::string_view word) {
  int number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return number;
}

int RunActor(int region_fd, std::uint32_t self) {
  ::fcntl(region_fd, F_SETFD, FD_CLOEXEC);
  const Result<ControlRegion> region = ControlRegion::Map(region_fd);
  if (!region.ok() || self >= region->header().actor_count) return kActorUsage;
  // A spawned actor in a fresh image, or one that has executed a fresh image itself.
  const bool fresh = region->actor(self).introduced.load() == 0;
  RunActorProcess(*region, region_fd, self, fresh ? Birth::kSpawned : Birth::kReborn);
}

}  // namespace

std::optional<int> RunAsActor(int argc, char** argv) {
  // --actor warden REGION SOCKET | --actor REGION INDEX
  if (argc < 4 || std::string_view(argv[1]) != kActorWord) return std::nullopt;
  is_actor = true;
  if (argv[2] == kWardenWord && argc == 5) {
    const auto region_fd = Number(argv[3]), socket = Number(argv[4]);
    return region_fd && socket ? RunWarden(*region_fd, *socket) : kActorUsage;
  }
  const auto region_fd = Number(argv[2]), self = Number(argv[3]);
  if (argc != 4 || !region_fd || !self) return kActorUsage;
  return RunActor(*region_fd, static_cast<std::uint32_t>(*self));
}

void ExecActor(const char* program, int region_fd, std::uint32_t actor) {
  std::string name = "shmspec";
  std::string word = kActorWord;
  std::string fd = std::to_string(region_fd);
  std::string index = std::to_string(actor);
  char* arguments[] = {name.data(), word.data(), fd.data(), index.data(), nullptr};
  ::execve(program, arguments, environ);
}

}  // namespace shmspec
