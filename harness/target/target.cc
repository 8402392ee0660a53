// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/target.h"

#include <unistd.h>

#include <algorithm>
#include <tuple>
#include <vector>

#include "harness/vocabulary/value/check.h"

namespace shmspec {
namespace {

/// By place. Targets register themselves before main() begins, and none after.
std::vector<KernelTarget>& Registered() {
  static std::vector<KernelTarget> registered;
  return registered;
}

}  // namespace

int Context::FileOf(const DescriptorRef& descriptor) const {
  constexpr std::int64_t kNeverOpen = std::numeric_limits<std::int32_t>::max();
  const std::int64_t number = Resolve(descriptor);
  const bool own = (number >= 0 && number <= STDERR_FILENO) || number >= own_files_from;
  const bool none = own || number < std::numeric_limits<std::int32_t>::min();
  return static_cast<int>(none ? kNeverOpen : number);
}

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

}  // namespace shmspec
