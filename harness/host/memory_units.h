// SPDX-License-Identifier: Apache-2.0 OR MIT

#ifndef SHMSPEC_HARNESS_HOST_MEMORY_UNITS_H_
#define SHMSPEC_HARNESS_HOST_MEMORY_UNITS_H_

#include "harness/vocabulary/value/page.h"

namespace shmspec {

/// Those of this system: sysconf(3), SHMLBA of its C library.
MemoryUnits OwnMemoryUnits();

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_HOST_MEMORY_UNITS_H_
