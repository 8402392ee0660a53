// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The program as the only one that there is: process 1 of a machine, which the kernel started from
// an otherwise empty initramfs.
//
//   if (IsInit(argv[0])) BeInit({argv + 1, argv + argc}, [](auto arguments) { return Main(...); });

#ifndef SHMSPEC_HARNESS_COMMAND_INIT_H_
#define SHMSPEC_HARNESS_COMMAND_INIT_H_

#include <functional>
#include <string>
#include <vector>

namespace shmspec {

/// Whether this is process 1 and was started as one: by the name of init, or beside threads of the
/// kernel. A program that a container runs first is neither and ends when its work has.
bool IsInit(const char* name);

/// Mounts what file systems there are and are not mounted (/proc, /sys, /dev, /dev/shm) and says
/// which are lacking; runs the program in a process of its own; reaps every other; prints a last
/// line with its exit code. Without arguments those after `--` on the kernel's command line count,
/// and without these the program is to run everything. A run prints its record between lines that
/// mark it, unless its arguments send it elsewhere. With `--power-off` among the arguments the
/// machine is stopped then; otherwise it goes on. Never returns.
[[noreturn]] void BeInit(std::vector<std::string> arguments,
                         const std::function<int(const std::vector<std::string>&)>& program);

/// While it lives, messages of the kernel stay off the console, so that they do not tear what this
/// program writes there. Only below BeInit, to whom the console belongs.
class QuietKernel {
 public:
  QuietKernel();
  QuietKernel(const QuietKernel&) = delete;
  QuietKernel& operator=(const QuietKernel&) = delete;
  ~QuietKernel();
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_COMMAND_INIT_H_
