// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/host/memory_units.h"

#include <sys/shm.h>
#include <unistd.h>

#include <bit>

namespace shmspec {

MemoryUnits OwnMemoryUnits() {
  return {.page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)),
          .boundary = static_cast<std::uint64_t>(SHMLBA),
          .big_endian = std::endian::native == std::endian::big};
}

}  // namespace shmspec
