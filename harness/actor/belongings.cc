// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/actor/belongings.h"

#include <sys/mman.h>
#include <unistd.h>

#include "harness/host/address.h"
#include "harness/target/perform/perform.h"

namespace shmspec {
namespace {

void* Pointer(std::int64_t address) { return PointerTo(static_cast<std::uint64_t>(address)); }

}  // namespace

void Belongings::Note(const Operation& operation, const Outcome& outcome, const Context& context) {
  if (const auto* attach = std::get_if<SysvAttach>(&operation)) {
    const auto* address = std::get_if<Value>(&outcome);
    if (address != nullptr) attaches_.push_back(address->number);
    // An attach over others may leave pieces of them.
    rearranged_ = rearranged_ || context.AddressOf(attach->at) != 0;
    return;
  }
  if (AssignedKind(operation) == HandleKind::kDescriptor) {
    const auto* number = std::get_if<Value>(&outcome);
    if (number != nullptr) descriptors_.push_back(number->number);
    return;
  }
  if (FamilyOf(operation) != Family::kMap) return;
  rearranged_ = true;
  const auto* address = std::get_if<Value>(&outcome);
  if (address == nullptr) return;
  if (const auto* reserve = std::get_if<MapReserve>(&operation)) {
    ranges_.push_back({address->number, reserve->size.bytes});
  } else if (const auto* anonymous = std::get_if<MapPrivate>(&operation)) {
    ranges_.push_back({address->number, anonymous->size.bytes});
  } else if (const auto* remap = std::get_if<MapRemap>(&operation)) {
    ranges_.push_back({address->number, remap->new_size.bytes});
  } else if (const auto* map = std::get_if<MapMap>(&operation)) {
    ranges_.push_back({address->number, map->size.bytes});
  }
}

bool Belongings::GiveBack(Context& context) {
  for (const std::int64_t address : attaches_) {
    context.sysv().detach(static_cast<std::uint64_t>(address));
  }
  for (const Range& range : ranges_) {
    ::munmap(Pointer(range.at), static_cast<std::size_t>(range.size));
  }
  for (const std::int64_t number : descriptors_) ::close(static_cast<int>(number));
  context.held_segments.reset();
  context.pinned = {};
  const bool look = rearranged_;
  attaches_.clear();
  ranges_.clear();
  descriptors_.clear();
  rearranged_ = false;
  if (!look) return true;
  const auto parts = [&context]() -> std::vector<MappingRow> {
    const Outcome layout = Perform(MapLayout{}, context);
    const auto* table = std::get_if<MappingTable>(&layout);
    return table != nullptr ? table->rows : std::vector<MappingRow>{MappingRow{}};
  };
  const std::vector<MappingRow> left = parts();
  if (left.empty()) return true;
  for (const MappingRow& part : left) {
    ::munmap(Pointer(part.at), static_cast<std::size_t>(part.size));
  }
  return parts().empty();
}

}  // namespace shmspec
