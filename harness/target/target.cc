// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/target.h"

#include <algorithm>
#include <limits>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#include "harness/target/perform.h"
#include "harness/target/text_file.h"
#include "harness/vocabulary/value/check.h"

namespace shmspec {
namespace {

/// By place. Targets register themselves before main() begins, and none after.
std::vector<KernelTarget>& Registered() {
  static std::vector<KernelTarget> registered;
  return registered;
}

constexpr const char* kTooWide =
    "a 32-bit caller cannot pass a number that needs more than 32 bits";

/// Why the numbers of the operation do not fit: in the process, or in its calls; nullptr
/// when they do. A call with a truncated number would test something else.
template <class Op>
const char* CannotSay(const Op& op, const Context& context) {
  if (Op::kName.starts_with("system.")) return nullptr;  // arguments of tools are text
  const bool sysv = Op::kName.starts_with("sysv.");
  const SysvCalls& calls = context.sysv();
  const bool narrow = (sysv || Op::kName.starts_with("map.")) && context.calls().low_memory;
  const std::uint64_t most = narrow ? std::numeric_limits<std::uint32_t>::max()
                                    : std::numeric_limits<std::uintptr_t>::max();
  // A handle without a value is all ones, which fits in any width.
  const char* why = nullptr;
  ForEachField<Op>([&](const auto& field) {
    const auto& value = op.*field.member;
    using Value = std::remove_cvref_t<decltype(value)>;
    if constexpr (std::is_same_v<Value, Place>) {
      const std::uint64_t address = context.Address(value);
      if (address > most && ~address != 0) why = kTooWide;
    }
    if constexpr (std::is_same_v<Value, Size>) {
      if (value.bytes > most) why = kTooWide;
    }
    if constexpr (std::is_same_v<Value, Id>) {
      if (sysv && value.number > calls.largest_id) why = "the old records have 16 bits for an id";
    }
  });
  if constexpr (std::is_same_v<Op, SysvControl>) {
    if ((op.command & calls.record_bits) != 0) {
      why = "ipc(2) takes a bit of this command for the kind of record";
    }
  }
  return why;
}

}  // namespace

internal::TargetRegistration::TargetRegistration(const KernelTarget& target) {
  SHMSPEC_CHECK(FindTarget(target.name) == nullptr, "two targets of one name");
  std::vector<KernelTarget>& all = Registered();
  const auto after = std::upper_bound(
      all.begin(), all.end(), target, [](const KernelTarget& a, const KernelTarget& b) {
        return std::tuple(a.place, a.name) < std::tuple(b.place, b.name);
      });
  all.insert(after, target);
}

std::span<const KernelTarget> KernelTargets() { return Registered(); }

const KernelTarget* FindTarget(std::string_view name) {
  for (const KernelTarget& target : Registered()) {
    if (target.name == name) return &target;
  }
  return nullptr;
}

const KernelTarget* FindTarget(std::string_view of_plan, Abi of_actor) {
  const KernelTarget* named = FindTarget(of_plan);
  if (of_actor == Abi::kNative || (named != nullptr && named->abi == of_actor)) return named;
  for (const KernelTarget& target : Registered()) {
    if (target.abi == of_actor) return &target;
  }
  return nullptr;
}

Outcome Perform(const Operation& operation, Context& context) {
  return std::visit(
      [&]<class Op>(const Op& op) -> Outcome {
        if constexpr (perform::ConcernsOthers<Op>) {
          SHMSPEC_CHECK(false, "an operation on processes reached the target instead of the actor");
        } else {
          if (const char* why = CannotSay(op, context)) return Trouble{true, why};
          return perform::Do(op, context);
        }
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
