// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/actor/actor_main.h"

#include <string_view>

#include "harness/actor/warden.h"

namespace {

// Read by the leak sanitizer. Actors may end at any point, so their leaks mean nothing, and the
// sanitizer cannot inspect a process that has changed its ids anyway.
bool is_actor = false;

}  // namespace

extern "C" int __lsan_is_turned_off();
extern "C" int __lsan_is_turned_off() { return is_actor ? 1 : 0; }

namespace shmspec {
namespace {

constexpr std::string_view kWardenWord = "warden";

}  // namespace

std::optional<int> RunAsActor(int argc, char** argv) {
  // --actor warden REGION COMMANDS ANSWERS | --actor REGION INDEX
  if (argc < 4 || std::string_view(argv[1]) != kActorWord) return std::nullopt;
  is_actor = true;
  if (argv[2] != kWardenWord || argc != 6) return RunActorImage(argc, argv);
  const auto region = NumberOfWord(argv[3]);
  const auto commands = NumberOfWord(argv[4]);
  const auto answers = NumberOfWord(argv[5]);
  if (!region || !commands || !answers) return kActorUsage;
  return RunWarden({*region, *commands, *answers});
}

}  // namespace shmspec
