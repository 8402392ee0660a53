// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The program: obeys its command line.

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <optional>
#include <string>
#include <vector>

#include "harness/actor/actor_main.h"
#include "harness/command/command_line.h"
#include "harness/command/console.h"
#include "harness/command/init.h"
#include "harness/host/memory_units.h"

namespace shmspec {
namespace {

/// Raises the limit of the stack as far as is needed and allowed; false when that is not enough.
bool EnsureStack() {
  constexpr rlim_t kNeeded = 1 << 20;
  rlimit stack{};
  if (::getrlimit(RLIMIT_STACK, &stack) != 0 || stack.rlim_cur >= kNeeded) return true;
  stack.rlim_cur = std::min(stack.rlim_max, kNeeded);
  return ::setrlimit(RLIMIT_STACK, &stack) == 0 && stack.rlim_cur == kNeeded;
}

/// Output lost to a full disk or a closed pipe is no success.
int Flushed(int exit_code) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return exit_code;
  return Complain(kExitHarnessTrouble,
                  fmt::format("standard output cannot be written: {}", std::strerror(errno)));
}

/// The exit code of the program; an uncaught exception is trouble in the harness.
int Guarded(const std::vector<std::string>& words) {
  OpenStandardStreams();
  SetMemoryUnits(OwnMemoryUnits());
  std::signal(SIGXFSZ, SIG_IGN);  // makes a limit of file sizes an error to report
  if (!EnsureStack()) {
    return Complain(kExitHarnessTrouble,
                    "the stack may not grow to the 1 MiB that is needed; raise its limit "
                    "(ulimit -s)");
  }
  try {
    return Flushed(ObeyCommandLine(words));
  } catch (const std::exception& error) {
    return Complain(kExitHarnessTrouble, error.what());
  }
}

}  // namespace
}  // namespace shmspec

int main(int argc, char** argv) {
  // Actors are this same program; they must start fast and take no options.
  if (const std::optional<int> exit_code = shmspec::RunAsActor(argc, argv)) return *exit_code;
  const std::vector<std::string> words(argv, argv + argc);
  if (argc > 0 && shmspec::IsInit(argv[0])) {
    shmspec::BeInit({argv + 1, argv + argc}, [&words](std::vector<std::string> arguments) {
      arguments.insert(arguments.begin(), words.front());
      return shmspec::Guarded(arguments);
    });
  }
  return shmspec::Guarded(words);
}
