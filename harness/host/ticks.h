// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The processor: its clock, for acting at the same moment on two processors, and its maker.

#ifndef SHMSPEC_HARNESS_HOST_TICKS_H_
#define SHMSPEC_HARNESS_HOST_TICKS_H_

#include <cstdint>

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

namespace shmspec {

/// Whether Ticks() runs at one rate and on all processors alike. Intel SDM volume 2, CPUID leaf
/// 80000007H: the time stamp counter is invariant.
inline bool HasSteadyTicks() {
#if defined(__x86_64__) || defined(__i386__)
  constexpr unsigned kInvariant = 1u << 8;
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid(0x80000007, &a, &b, &c, &d) != 0 && (d & kInvariant) != 0;
#else
  return false;
#endif
}

/// 0 where there is no such clock.
inline std::uint64_t Ticks() {
#if defined(__x86_64__) || defined(__i386__)
  return __builtin_ia32_rdtsc();
#else
  return 0;
#endif
}

/// Whether the processor reports that it is made by Intel. Intel SDM volume 2, CPUID leaf 0.
inline bool IsIntel() {
#if defined(__x86_64__) || defined(__i386__)
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid(0, &a, &b, &c, &d) != 0 && b == signature_INTEL_ebx &&
         d == signature_INTEL_edx && c == signature_INTEL_ecx;
#else
  return false;
#endif
}

/// Tells the processor that this is a loop that waits.
inline void RelaxProcessor() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#endif
}

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_HOST_TICKS_H_
