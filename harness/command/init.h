// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The program alone on a machine: process 1, which the kernel started from an otherwise empty
// initramfs.
//
//   if (IsInit(argv[0])) BeInit({argv + 1, argv + argc}, [](auto arguments) { return Main(...); });

#ifndef SHMSPEC_HARNESS_COMMAND_INIT_H_
#define SHMSPEC_HARNESS_COMMAND_INIT_H_

#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace shmspec {

/// What the last line of process 1 begins with.
inline constexpr std::string_view kEndOfInit = "-----END OF SHMSPEC: ";

/// Whether this is process 1 and was started as one: by the name of init, or beside threads of the
/// kernel. The first program of a container is neither, and ends when its work is done.
bool IsInit(const char* name);

/// The arguments of process 1: what it was passed, or all words after the first `--` of the
/// kernel's command line where these only go on. A kernel passes none of the words from a second
/// `--` on, and some kernels pass none at all.
std::vector<std::string> ArgumentsOfInit(std::vector<std::string> passed,
                                         std::istream& command_line);

/// Mounts the file systems that are not mounted (/proc, /sys, /dev, /dev/shm) and prints which are
/// lacking; runs the program in a process of its own; reaps every other one; prints a last line
/// with its exit code. Without arguments, on the kernel's command line either, the program is to
/// run everything. A run prints its record between lines that mark it, unless its arguments send it
/// elsewhere. With `--power-off` among the arguments it then stops the machine. Never returns.
[[noreturn]] void BeInit(std::vector<std::string> arguments,
                         const std::function<int(const std::vector<std::string>&)>& program);

/// While this object lives, messages of the kernel stay off the console, so that they do not break
/// up the output of this program. Only below BeInit, which owns the console.
class QuietKernel {
 public:
  QuietKernel();
  QuietKernel(const QuietKernel&) = delete;
  QuietKernel& operator=(const QuietKernel&) = delete;
  ~QuietKernel();
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_COMMAND_INIT_H_
