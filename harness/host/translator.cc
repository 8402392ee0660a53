// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/host/translator.h"

#if defined(__x86_64__)
#include <cpuid.h>

#include <array>
#include <cstdint>
#include <cstring>
#endif

namespace shmspec {

#if defined(__x86_64__)

namespace {

bool IsQemu() {
  constexpr unsigned kHypervisor = 0x40000000;
  constexpr std::string_view kSignature = "TCGTCGTCGTCG";
  std::array<unsigned, 4> words{};
  __cpuid(kHypervisor, words[0], words[1], words[2], words[3]);
  return std::memcmp(&words[1], kSignature.data(), kSignature.size()) == 0;
}

/// To a processor four rotations that amount to none, and a register exchanged with itself.
bool IsValgrind() {
  constexpr std::uint64_t kRunningOnValgrind = 0x1001;
  const std::array<std::uint64_t, 6> request{kRunningOnValgrind};
  std::uint64_t answer = 0;
  __asm__ volatile(
      "rolq $3, %%rdi\n\t"
      "rolq $13, %%rdi\n\t"
      "rolq $61, %%rdi\n\t"
      "rolq $51, %%rdi\n\t"
      "xchgq %%rbx, %%rbx"
      : "+d"(answer)
      : "a"(request.data())
      : "cc", "memory", "rdi");
  return answer != 0;
}

}  // namespace

std::string_view Translator() {
  if (IsValgrind()) return "valgrind";
  return IsQemu() ? "QEMU" : "";
}

#else

std::string_view Translator() { return ""; }

#endif

}  // namespace shmspec
