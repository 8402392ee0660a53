// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/target.h"

#include <fmt/format.h>
#include <gnu/libc-version.h>

#include <array>
#include <limits>
#include <string>
#include <type_traits>

#include "harness/target/perform.h"
#include "harness/target/text_file.h"

namespace shmspec {
namespace {

Library Libc() { return {"glibc", ::gnu_get_libc_version(), "libc.so"}; }

/// It is a part of the program of 32-bit actors, which was built with the headers of this one.
Library Libc32() { return {"glibc", fmt::format("{}.{}, 32-bit", __GLIBC__, __GLIBC_MINOR__), ""}; }

Library Boost() { return {"Boost.Interprocess", BoostVersion(), ""}; }

constexpr std::array kTargets{KernelTarget{"libc", &kLibcCalls, ProbeLibc, Libc},
                              KernelTarget{"syscall", &kSyscallCalls, ProbeSyscall, nullptr},
                              KernelTarget{"ia32", &kIa32Calls, ProbeIa32, nullptr, Abi::kIa32},
                              KernelTarget{"libc32", &kLibcCalls, ProbeLibc, Libc32, Abi::kI386},
                              KernelTarget{"boost", &kBoostCalls, ProbeBoost, Boost}};

/// Whether every address and size of the operation can be said at all: in the process, or through
/// its System V calls. Nothing would be known about what a part of a number asks for.
template <class Op>
bool CanSay(const Op& op, const Context& context) {
  if (Op::kName.starts_with("system.")) return true;  // what tools are told is text
  const bool narrow = Op::kName.starts_with("sysv.") && context.calls().low_memory;
  const std::uint64_t most = narrow ? std::numeric_limits<std::uint32_t>::max()
                                    : std::numeric_limits<std::uintptr_t>::max();
  // All ones, which a handle without a value stands for, are that in any width.
  bool can = true;
  ForEachField<Op>([&](const auto& field) {
    const auto& value = op.*field.member;
    using Value = std::remove_cvref_t<decltype(value)>;
    if constexpr (std::is_same_v<Value, Place>) {
      const std::uint64_t address = context.Address(value);
      can = can && (address <= most || ~address == 0);
    }
    if constexpr (std::is_same_v<Value, Size>) can = can && value.bytes <= most;
  });
  return can;
}

}  // namespace

std::span<const KernelTarget> KernelTargets() { return kTargets; }

const KernelTarget* FindTarget(std::string_view name) {
  for (const KernelTarget& target : kTargets) {
    if (target.name == name) return &target;
  }
  return nullptr;
}

const KernelTarget* FindTarget(std::string_view of_plan, Abi of_actor) {
  if (of_actor == Abi::kNative) return FindTarget(of_plan);
  for (const KernelTarget& target : kTargets) {
    if (target.abi == of_actor) return &target;
  }
  return nullptr;
}

Outcome Perform(const Operation& operation, Context& context) {
  return std::visit(
      [&](const auto& op) -> Outcome {
        if (CanSay(op, context)) return perform::Do(op, context);
        return Trouble{true, "a 32-bit caller cannot pass a number that needs more than 32 bits"};
      },
      operation);
}

std::int64_t IndexOfIdentifier(std::int64_t identifier) {
  static const std::int64_t mask = [] {
    const Result<std::string> line = ReadTextFile("/proc/cmdline");
    const bool extended = line.ok() && line->find("ipcmni_extend") != std::string::npos;
    return extended ? 0xffffff : 0x7fff;
  }();
  return identifier < 0 ? identifier : identifier & mask;
}

}  // namespace shmspec
