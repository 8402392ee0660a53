// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Whether instructions are executed by the processor or by a program that translates them.

#ifndef SHMSPEC_HARNESS_HOST_TRANSLATOR_H_
#define SHMSPEC_HARNESS_HOST_TRANSLATOR_H_

#include <string_view>

namespace shmspec {

/// What translates the instructions of this process: "QEMU" or "valgrind"; empty for none, and on
/// processors where no translator says so. The order in which memory changes is then that of the
/// translator. A hypervisor that lets the processor execute them, such as KVM, is none.
///
/// QEMU: CPUID leaf 40000000H says "TCGTCGTCGTCG" (target/i386/cpu.c, property tcg-cpuid).
/// valgrind: the client request RUNNING_ON_VALGRIND (valgrind/valgrind.h).
std::string_view Translator();

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_HOST_TRANSLATOR_H_
