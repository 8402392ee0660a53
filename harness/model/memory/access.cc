// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/model/memory/access.h"

#include <algorithm>
#include <array>
#include <csignal>

#include "harness/model/space/mapping.h"
#include "harness/vocabulary/outcome/memory_pattern.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

Reach FollowAll(const Scene& scene, std::uint64_t address, std::uint64_t size, bool store,
                Reach::End& doubt) {
  const AddressSpace& space = scene.space();
  if (size == 0) return {};
  const std::uint64_t end = address + size;
  if (end < address || end > scene.task_size()) return {Reach::End::kOutside, 0, true};
  std::uint64_t at = address;
  while (at < end) {
    const Mapping* mapping = space.Find(at);
    if (mapping == nullptr) {
      const bool free = at < scene.system().mmap_min_addr || space.IsKnownFree(at, at + 1);
      return {Reach::End::kUnmapped, at - address, free};
    }
    const bool denied =
        store ? (mapping->protection & kProtectWrite) == 0 : mapping->protection == 0;
    const NodeBacking* node = mapping->node();
    const bool anonymous = node != nullptr && NodeOf(scene.state(), node->node).anonymous;
    if (denied) {
      const bool read_only = store && mapping->IsAttach() && mapping->protection != 0 &&
                             (mapping->max_protection & kProtectWrite) == 0;
      return {.end = Reach::End::kDenied,
              .bytes = at - address,
              .node = node,
              .anonymous = anonymous,
              .of_library = node != nullptr && NodeOf(scene.state(), node->node).of_library,
              .read_only_attach = read_only};
    }
    // Whether such memory can be read is the processor's choice.
    if (!store && (mapping->protection & kProtectRead) == 0) doubt = Reach::End::kDenied;
    const MemoryObject& object =
        ObjectOf(scene.state(),
                 node != nullptr ? NodeOf(scene.state(), node->node).object : mapping->object);
    const std::uint64_t limit = object.limit;
    const std::uint64_t offset = mapping->offset + (at - mapping->start);
    const std::uint64_t part = std::min(end, mapping->end) - at;
    if (offset >= limit) {
      return {Reach::End::kBeyondObject, at - address, true, node, anonymous};
    }
    if (part > limit - offset) {
      return {Reach::End::kBeyondObject, at - address + (limit - offset), true, node, anonymous};
    }
    if (offset + part > object.vouched) doubt = Reach::End::kBeyondObject;
    if (node != nullptr) {
      const MemoryObject* own = node->shared ? nullptr : &ObjectOf(scene.state(), mapping->object);
      const Fitting fitting = FitPages(scene.state(), NodeOf(scene.state(), node->node), offset,
                                       part, scene.page(), own);
      if (fitting.most < part) {
        return {Reach::End::kFull, at - address + fitting.most, fitting.sure == fitting.most, node};
      }
      if (fitting.sure < part) doubt = Reach::End::kFull;
    }
    at += part;
  }
  return {doubt, size, doubt == Reach::End::kWhole};
}

}  // namespace

Reach Follow(const Scene& scene, std::uint64_t address, std::uint64_t size, bool store) {
  Reach::End doubt = Reach::End::kWhole;
  Reach reach = FollowAll(scene, address, size, store, doubt);
  reach.beyond_before = doubt == Reach::End::kBeyondObject && reach.end != doubt;
  reach.in_page = address % scene.page();
  return reach;
}

void DescribeReach(const Reach& reach, Clauses& clauses) {
  const Force force = reach.certain ? Force::kMust : Force::kMay;
  // An access that begins on good bytes may be reported at its first bad byte or at its page.
  const std::int64_t offset = reach.bytes == 0 ? 0 : kAnyOffset;
  const auto faults = [&](int signal, FaultCode code, Requirements requirements, const char* why) {
    clauses.Faults(signal, code, offset, force, requirements, why);
    // Some machines, such as s390x, report only the page of a fault. POSIX says that si_addr may be
    // inaccurate.
    if (offset == 0 && reach.in_page != 0) {
      clauses.Faults(signal, code, -static_cast<std::int64_t>(reach.in_page), Force::kMay,
                     requirements, why);
    }
  };
  if (reach.beyond_before) {
    clauses.Faults(SIGBUS, FaultCode::kBeyondObject, kAnyOffset, Force::kMay,
                   "MMAP.SIGBUS_BEYOND_EOF"_req, "the object may end before that");
  }
  switch (reach.end) {
    case Reach::End::kWhole:
      return;
    case Reach::End::kUnmapped:
      faults(SIGSEGV, FaultCode::kUnmapped,
             {"SYSV.SHMDT.BASIC"_req, "SYSV.SHMGET.PAGE_ROUNDING"_req},
             "nothing is mapped at the address");
      if (!reach.certain) {
        faults(SIGSEGV, FaultCode::kAccess, {},
               "the process may have something else at the address");
        clauses.Faults(SIGBUS, FaultCode::kOther, kAnyOffset, force, {},
                       "the process may have something else at the address");
      }
      return;
    case Reach::End::kDenied:
      if (reach.of_library) {
        faults(SIGSEGV, FaultCode::kAccess, "LIB.ATTACH.READ_ONLY_REFUSES_STORES"_req,
               "it is attached for reading");
        // Languages without pointers make errors of it.
        clauses.Faults(SIGSEGV, FaultCode::kOther, kAnyOffset, Force::kMay,
                       "LIB.ATTACH.READ_ONLY_REFUSES_STORES"_req, "it is attached for reading");
        return clauses.AnyFailure();
      }
      faults(SIGSEGV, FaultCode::kAccess,
             reach.read_only_attach ? "SYSV.SHMAT.RDONLY_FAULTS"_req : "MMAP.MPROTECT_ENFORCED"_req,
             "the mapping does not permit the access");
      return;
    case Reach::End::kBeyondObject:
      if (reach.node != nullptr) {
        faults(SIGBUS, FaultCode::kBeyondObject,
               reach.anonymous ? "ANON.GROW_SIGBUS"_req : "MMAP.SIGBUS_BEYOND_EOF"_req,
               "the mapping goes on past the last page of the object");
        return;
      }
      faults(SIGBUS, FaultCode::kBeyondObject, "SYSV.VMA.MREMAP_GROW_BEYOND"_req,
             "the mapping goes on past the segment");
      if (!reach.certain) {
        faults(SIGSEGV, FaultCode::kUnmapped, "SYSV.SHMGET.PAGE_ROUNDING"_req,
               "the segment ends here");
      }
      return;
    case Reach::End::kFull:
      if (reach.certain) {
        faults(SIGBUS, FaultCode::kBeyondObject, "TMPFS.FULL_SIGBUS"_req,
               "the file system has no room for the page");
      } else {
        clauses.Faults(SIGBUS, FaultCode::kBeyondObject, kAnyOffset, force, "TMPFS.FULL_SIGBUS"_req,
                       "the file system may have no room for the page");
      }
      return;
    case Reach::End::kOutside:
      clauses.Faults(SIGSEGV, FaultCode::kOther, kAnyOffset, force, {}, "no address of a process");
      clauses.Faults(SIGBUS, FaultCode::kOther, kAnyOffset, force, {}, "no address of a process");
      return;
  }
}

namespace {

/// Of a segment of a wrapper library.
Requirements SameBytesOfLibrary(const Scene& scene, const Mapping& mapping, const Node& shown) {
  if (shown.resized) return "LIB.RESIZE.KEEPS_BYTES"_req;
  const auto& names = *scene.state().named_segments;
  const bool named = std::any_of(names.begin(), names.end(),
                                 [&](const NamedSegment& one) { return one.node == shown.serial; });
  if (!named) return "LIB.REMOVE.DATA_STAYS"_req;
  if ((mapping.protection & kProtectWrite) == 0) return "LIB.ATTACH.READ_ONLY_READS"_req;
  const auto& all = scene.space().mappings();
  const auto attaches = std::count_if(
      all.begin(), all.end(), [&](const Mapping& one) { return one.object == mapping.object; });
  if (attaches > 1) return {"LIB.ATTACH.TWICE"_req, "LIB.OPEN.TWICE"_req};
  if (!ObjectOf(scene.state(), shown.object).IsTouched(0, shown.size)) {
    return {"LIB.CREATE.ZERO_FILLED"_req, "LIB.OPEN.SAME_BYTES"_req};
  }
  return {"LIB.OPEN.SAME_BYTES"_req, "LIB.DETACH.OTHERS_STAY"_req};
}

}  // namespace

Requirements SameBytesAt(const Scene& scene, std::uint64_t address) {
  const Mapping* mapping = scene.space().Find(address);
  const NodeBacking* node = mapping != nullptr ? mapping->node() : nullptr;
  if (node == nullptr) {
    return {"SYSV.MULTI.SAME_PHYSICAL_MEMORY"_req, "SYSV.DATA.WHOLE_RANGE"_req,
            "SYSV.DATA.NO_BLEED"_req, "SYSV.SHMGET.ZERO_FILL"_req, "SYSV.SHMDT.CONTENTS_KEPT"_req};
  }
  const Node& shown = NodeOf(scene.state(), node->node);
  if (shown.of_library) return SameBytesOfLibrary(scene, *mapping, shown);
  if (shown.anonymous) return "ANON.SHARED_WITH_CHILD"_req;
  if (shown.file_system != kNoFileSystem && node->shared) {
    return {"POSIX.NAME.LEADING_SLASH"_req,         "POSIX.UNLINK.CONTENTS_UNTIL_LAST_REF"_req,
            "POSIX.UNLINK.REUSE_IS_NEW_OBJECT"_req, "POSIX.UNLINK.PERSISTS"_req,
            "POSIX.UNLINK.RACE_CREATE"_req,         "MMAP.SHARED_WRITES_VISIBLE"_req};
  }
  if (!node->shared) {
    return {"MMAP.PRIVATE_ISOLATED"_req, "MMAP.PRIVATE_SEES_LATER_UNSPECIFIED"_req,
            "MMAP.PRIVATE_DONTNEED"_req};
  }
  return {"MMAP.SHARED_WRITES_VISIBLE"_req, "MMAP.MSYNC_NOT_NEEDED"_req, "MMAP.OFFSET"_req,
          "MMAP.CLOSE_KEEPS"_req, "MEMFD.DISTINCT"_req};
}

void CopyPrivatePages(const Scene& scene, State& state, std::uint64_t address, std::uint64_t size) {
  const CopyOnWrite<AddressSpace> space = state.processes[scene.process_index()].space;
  for (std::uint64_t at = address; at < address + size;) {
    const Mapping* mapping = space->Find(at);
    if (mapping == nullptr) return;
    const std::uint64_t part = std::min(address + size, mapping->end) - at;
    if (mapping->IsPrivateNode()) {
      CopyPages(state, *mapping, mapping->offset + (at - mapping->start), part, scene.page(),
                scene.call().step);
    }
    at += part;
  }
}

void TouchRange(const Scene& scene, State& state, std::uint64_t address, std::uint64_t size) {
  ForEachShownPart(
      scene, state, scene.space(), address, size,
      [&](std::uint64_t object, std::uint64_t offset, std::uint64_t, std::uint64_t part) {
        if (ObjectOf(state, object).IsTouched(offset, part)) return;
        OwnObject(state, object).Touch(offset, part);
      });
}

void MayTouchRange(const Scene& scene, State& state, std::uint64_t address, std::uint64_t size) {
  ForEachShownPart(
      scene, state, scene.space(), address, size,
      [&](std::uint64_t object, std::uint64_t offset, std::uint64_t, std::uint64_t part) {
        if (ObjectOf(state, object).IsTouched(offset, part)) return;
        OwnObject(state, object).MakeUnknown(offset, part, scene.call().step);
      });
}

namespace {

std::uint64_t NumberOf(const Scene& scene, const std::array<std::uint8_t, 8>& bytes,
                       std::uint64_t size) {
  std::uint64_t number = 0;
  for (std::uint64_t i = 0; i < size; ++i) {
    const std::uint64_t at = scene.system().big_endian ? size - 1 - i : i;
    number |= std::uint64_t{bytes[at]} << (8 * i);
  }
  return number;
}

/// Since which change of its node a private mapping shows a page that it has not written: whether
/// it shows later ones is open.
std::optional<std::uint64_t> ShownSinceAt(const Scene& scene, const Mapping& mapping,
                                          std::uint64_t shown, std::uint64_t offset) {
  if (!mapping.IsPrivateNode() || shown == mapping.object) return std::nullopt;
  return ObjectOf(scene.state(), mapping.object).shown_since.At(offset);
}

}  // namespace

bool AreKnown(const Scene& scene, std::uint64_t address, std::uint64_t size) {
  bool known = true;
  std::uint64_t covered = 0;
  ForEachShownPart(
      scene, scene.state(), scene.space(), address, size,
      [&](std::uint64_t object, std::uint64_t offset, std::uint64_t done, std::uint64_t part) {
        const MemoryObject& memory = ObjectOf(scene.state(), object);
        const Mapping& mapping = *scene.space().Find(address + done);
        const auto since = ShownSinceAt(scene, mapping, object, offset);
        known = known && memory.IsKnown(offset, part);
        known = known && (!since || !memory.changes.HasChanged(offset, part, *since));
        covered = done + part;
      });
  return known && covered == size;
}

std::optional<std::uint64_t> OlderNumber(const Scene& scene, std::uint64_t address,
                                         std::uint64_t size) {
  std::optional<std::uint64_t> number;
  ForEachShownPart(
      scene, scene.state(), scene.space(), address, size,
      [&](std::uint64_t object, std::uint64_t offset, std::uint64_t done, std::uint64_t part) {
        const MemoryObject& memory = ObjectOf(scene.state(), object);
        const auto since = ShownSinceAt(scene, *scene.space().Find(address + done), object, offset);
        if (!since || part != size || !memory.IsKnown(offset, part)) return;
        std::array<std::uint8_t, 8> bytes{};
        const std::span<std::uint8_t> loaded = std::span(bytes).first(size);
        memory.Read(offset, loaded);
        if (memory.changes.GetBefore(offset, loaded, *since)) {
          number = NumberOf(scene, bytes, size);
        }
      });
  return number;
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
  ForEachShownPart(
      scene, scene.state(), scene.space(), address, size,
      [&](std::uint64_t object, std::uint64_t offset, std::uint64_t done, std::uint64_t part) {
        ObjectOf(scene.state(), object).Read(offset, std::span(bytes).subspan(done, part));
      });
  return NumberOf(scene, bytes, size);
}

std::uint64_t LoadChecksum(const Scene& scene, std::uint64_t address, std::uint64_t size) {
  std::uint64_t checksum = kChecksumOfNothing;
  ForEachShownPart(
      scene, scene.state(), scene.space(), address, size,
      [&](std::uint64_t object, std::uint64_t offset, std::uint64_t, std::uint64_t part) {
        checksum = ObjectOf(scene.state(), object).Hash(checksum, offset, part);
      });
  return checksum;
}

}  // namespace shmspec::model
