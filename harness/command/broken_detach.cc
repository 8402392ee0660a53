// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// For program_broken_test: a C library whose shmdt crashes, or with SHMSPEC_HANGS never returns.
// Put before the real one with LD_PRELOAD.

#include <sys/shm.h>

#if defined(SHMSPEC_HANGS)

extern "C" int shmdt(const void*) noexcept {
  volatile bool forever = true;
  while (forever) {
  }
  return 0;
}

#else

extern "C" int shmdt(const void*) noexcept {
  volatile int* volatile nowhere = nullptr;
  *nowhere = 1;
  return 0;
}

#endif
