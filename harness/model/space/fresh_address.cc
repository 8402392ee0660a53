// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/model/space/fresh_address.h"

namespace shmspec::model {
namespace {

using namespace shmspec::literals;

std::optional<Requirement> BrokenByAddress(const Fresh& fresh, const Scene& scene,
                                           std::int64_t seen) {
  if (seen == fresh.wanted) return std::nullopt;
  const auto start = static_cast<std::uint64_t>(seen);
  const std::uint64_t end = start + RoundUp(fresh.size, scene.page());
  if (!scene.IsPageAligned(start) || start < scene.system().mmap_min_addr || end < start ||
      end > scene.task_size() || scene.space().Overlaps(start, end)) {
    return "SYSV.SHMAT.NULL_KERNEL_CHOOSES"_req;
  }
  return std::nullopt;
}

Outcome PickAddress(const Fresh& fresh, const Scene& scene, Chooser& chooser) {
  return Value{static_cast<std::int64_t>(
      dynamic_cast<AddressChooser&>(chooser).PickAddress(scene, fresh.size, fresh.wanted))};
}

}  // namespace

Fresh FreshAddress(std::uint64_t size, std::int64_t wanted) {
  return {BrokenByAddress, PickAddress, size, wanted};
}

}  // namespace shmspec::model
