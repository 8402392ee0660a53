// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// How the memory is divided for which plans are made here. Cases say `Pages(3) + 1`, plan files
// `size=3p+1`, and either is a number of bytes once the plan is made.

#ifndef SHMSPEC_HARNESS_VOCABULARY_VALUE_PAGE_H_
#define SHMSPEC_HARNESS_VOCABULARY_VALUE_PAGE_H_

#include <cstdint>

namespace shmspec {

/// Units of memory, in bytes; powers of two. And which byte of a number comes first.
struct MemoryUnits {
  std::uint64_t page = 4096;
  std::uint64_t boundary = 4096;  // SHMLBA: where segments may be attached
  bool big_endian = false;
};

/// Those of the system that the plans made in this process are for: what SetMemoryUnits() said
/// last, or the above.
const MemoryUnits& Units();
/// The program says at its start what the system has. Not while another thread makes plans.
void SetMemoryUnits(const MemoryUnits& units);

/// That number of pages, in bytes.
inline std::uint64_t Pages(std::uint64_t count) { return count * Units().page; }
/// That multiple of SHMLBA, in bytes.
inline std::uint64_t Boundaries(std::uint64_t count) { return count * Units().boundary; }

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_VALUE_PAGE_H_
