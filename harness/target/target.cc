// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/target.h"

#include <array>
#include <fstream>
#include <iterator>
#include <string>

#include "harness/target/perform.h"

namespace shmspec {
namespace {

constexpr std::array kTargets{KernelTarget{"libc", &kLibcCalls, ProbeLibc},
                              KernelTarget{"syscall", &kSyscallCalls, ProbeSyscall},
                              KernelTarget{"ia32", &kIa32Calls, ProbeIa32, Abi::kIa32}};

}  // namespace

std::span<const KernelTarget> KernelTargets() { return kTargets; }

const KernelTarget* FindTarget(std::string_view name) {
  for (const KernelTarget& target : kTargets) {
    if (target.name == name) return &target;
  }
  return nullptr;
}

Outcome Perform(const Operation& operation, Context& context) {
  return std::visit([&](const auto& op) { return perform::Do(op, context); }, operation);
}

std::int64_t IndexOfIdentifier(std::int64_t identifier) {
  static const std::int64_t mask = [] {
    std::ifstream file("/proc/cmdline");
    const std::string line{std::istreambuf_iterator<char>(file), {}};
    return line.find("ipcmni_extend") == std::string::npos ? 0x7fff : 0xffffff;
  }();
  return identifier < 0 ? identifier : identifier & mask;
}

}  // namespace shmspec
