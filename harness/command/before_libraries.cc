// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What has to be there before the C++ library is initialised: without futex(2) the C library ends
// the program then, by SIGABRT and with words that say nothing to anybody.

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "harness/command/console.h"

namespace {

// Nothing of either library but calls: a sanitizer is not there yet either.
__attribute__((no_sanitize("address", "undefined"))) void RequireFutex() {
  static int word = 0;
  if (::syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1) >= 0) return;
  if (errno != ENOSYS && errno != EPERM) return;
  static constexpr char kLine[] =
      "shmspec: this system lacks what the C library stands on: futex was refused\n";
  static_cast<void>(!::write(STDERR_FILENO, kLine, sizeof(kLine) - 1));
  ::_exit(shmspec::kExitHarnessTrouble);
}

__attribute__((section(".preinit_array"), used)) void (*const g_before_libraries)() = &RequireFutex;

}  // namespace
