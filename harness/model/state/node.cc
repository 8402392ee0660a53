// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/model/state/node.h"

#include <algorithm>

namespace shmspec::model {
namespace {

auto PlaceOf(auto& open, std::int64_t number) {
  return std::lower_bound(open.begin(), open.end(), number,
                          [](const Descriptor& d, std::int64_t n) { return d.number < n; });
}

}  // namespace

const Descriptor* DescriptorTable::Find(std::int64_t number) const {
  const auto found = PlaceOf(open_, number);
  return found != open_.end() && found->number == number ? &*found : nullptr;
}

void DescriptorTable::Insert(const Descriptor& descriptor) {
  std::erase(free_, descriptor.number);
  open_.insert(PlaceOf(open_, descriptor.number), descriptor);
}

void DescriptorTable::Remove(std::int64_t number) {
  const auto found = PlaceOf(open_, number);
  if (found == open_.end() || found->number != number) return;
  open_.erase(found);
  free_.insert(std::lower_bound(free_.begin(), free_.end(), number), number);
}

std::optional<std::int64_t> DescriptorTable::LowestKnownFree() const {
  if (free_.empty()) return std::nullopt;
  return free_.front();
}

}  // namespace shmspec::model
