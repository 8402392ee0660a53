// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/model/memory/access.h"

#include <algorithm>
#include <array>
#include <csignal>

#include "harness/vocabulary/outcome/memory_pattern.h"

namespace shmspec::model {

using namespace shmspec::literals;

Reach Follow(const Scene& scene, std::uint64_t address, std::uint64_t size, bool store) {
  const AddressSpace& space = scene.space();
  const std::uint64_t end = address + size;
  if (end < address || end > scene.task_size()) return {Reach::End::kOutside, 0, true};
  std::uint64_t at = address;
  Reach::End doubt = Reach::End::kWhole;
  while (at < end) {
    const Mapping* mapping = space.Find(at);
    if (mapping == nullptr) {
      const bool free = at < scene.system().mmap_min_addr || space.IsKnownFree(at, at + 1);
      return {Reach::End::kUnmapped, at - address, free};
    }
    const bool denied =
        store ? (mapping->protection & kProtectWrite) == 0 : mapping->protection == 0;
    if (denied) return {Reach::End::kDenied, at - address, true};
    // Whether such memory can be read is the processor's choice.
    if (!store && (mapping->protection & kProtectRead) == 0) doubt = Reach::End::kDenied;
    const MemoryObject& object = ObjectOf(scene.state(), mapping->object);
    const std::uint64_t limit = object.limit;
    const std::uint64_t offset = mapping->offset + (at - mapping->start);
    const std::uint64_t part = std::min(end, mapping->end) - at;
    if (offset >= limit) return {Reach::End::kBeyondObject, at - address, true};
    if (part > limit - offset) {
      return {Reach::End::kBeyondObject, at - address + (limit - offset), true};
    }
    if (offset + part > object.vouched) doubt = Reach::End::kBeyondObject;
    at += part;
  }
  return {doubt, size, doubt == Reach::End::kWhole};
}

void DescribeReach(const Reach& reach, Clauses& clauses) {
  const Force force = reach.certain ? Force::kMust : Force::kMay;
  // An access that begins on good bytes may be reported at its first bad byte or at its page.
  const auto offset = reach.bytes == 0 ? std::int64_t{0} : std::int64_t{-1};
  switch (reach.end) {
    case Reach::End::kWhole:
      return;
    case Reach::End::kUnmapped:
      clauses.Faults(SIGSEGV, FaultCode::kUnmapped, offset, force,
                     {"SYSV.SHMDT.BASIC"_req, "SYSV.SHMGET.PAGE_ROUNDING"_req},
                     "nothing is mapped at the address");
      if (!reach.certain) {
        clauses.Faults(SIGSEGV, FaultCode::kAccess, offset, force, {},
                       "the process may have something else at the address");
        clauses.Faults(SIGBUS, FaultCode::kOther, -1, force, {},
                       "the process may have something else at the address");
      }
      return;
    case Reach::End::kDenied:
      clauses.Faults(SIGSEGV, FaultCode::kAccess, offset, force, "SYSV.SHMAT.RDONLY_FAULTS"_req,
                     "the mapping does not permit the access");
      return;
    case Reach::End::kBeyondObject:
      clauses.Faults(SIGBUS, FaultCode::kBeyondObject, offset, force,
                     "SYSV.VMA.MREMAP_GROW_BEYOND"_req, "the mapping goes on past the segment");
      if (!reach.certain) {
        clauses.Faults(SIGSEGV, FaultCode::kUnmapped, offset, force,
                       "SYSV.SHMGET.PAGE_ROUNDING"_req, "the segment ends here");
      }
      return;
    case Reach::End::kOutside:
      clauses.Faults(SIGSEGV, FaultCode::kOther, -1, force, {}, "no address of a process");
      clauses.Faults(SIGBUS, FaultCode::kOther, -1, force, {}, "no address of a process");
      return;
  }
}

bool AreKnown(const Scene& scene, std::uint64_t address, std::uint64_t size) {
  bool known = true;
  std::uint64_t covered = 0;
  ForEachMappedPart(
      scene.space(), address, size,
      [&](std::uint64_t object, std::uint64_t offset, std::uint64_t done, std::uint64_t part) {
        known = known && ObjectOf(scene.state(), object).IsKnown(offset, part);
        covered = done + part;
      });
  return known && covered == size;
}

std::array<std::uint8_t, 8> BytesOf(const Scene& scene, std::uint64_t number, std::uint64_t size) {
  std::array<std::uint8_t, 8> bytes{};
  for (std::uint64_t i = 0; i < size; ++i) {
    const std::uint64_t at = scene.system().big_endian ? size - 1 - i : i;
    bytes[at] = static_cast<std::uint8_t>(number >> (8 * i));
  }
  return bytes;
}

std::uint64_t LoadNumber(const Scene& scene, std::uint64_t address, std::uint64_t size) {
  std::array<std::uint8_t, 8> bytes{};
  ForEachMappedPart(
      scene.space(), address, size,
      [&](std::uint64_t object, std::uint64_t offset, std::uint64_t done, std::uint64_t part) {
        ObjectOf(scene.state(), object).Read(offset, std::span(bytes).subspan(done, part));
      });
  std::uint64_t number = 0;
  for (std::uint64_t i = 0; i < size; ++i) {
    const std::uint64_t at = scene.system().big_endian ? size - 1 - i : i;
    number |= std::uint64_t{bytes[at]} << (8 * i);
  }
  return number;
}

std::uint64_t LoadChecksum(const Scene& scene, std::uint64_t address, std::uint64_t size) {
  std::uint64_t checksum = kChecksumOfNothing;
  ForEachMappedPart(
      scene.space(), address, size,
      [&](std::uint64_t object, std::uint64_t offset, std::uint64_t, std::uint64_t part) {
        checksum = ObjectOf(scene.state(), object).Hash(checksum, offset, part);
      });
  return checksum;
}

}  // namespace shmspec::model
