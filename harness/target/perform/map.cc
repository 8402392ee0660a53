// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <utility>
#include <variant>

#include "harness/host/memory_units.h"
#include "harness/host/own_process.h"
#include "harness/host/text_file.h"
#include "harness/target/perform/families.h"
#include "harness/vocabulary/value/unique_handle.h"

namespace shmspec::perform {
namespace {

/// Private anonymous memory, low where the target needs it; `at` other than 0 is binding.
Outcome MapAnonymous(std::uint64_t at, const Size& size, int protection, Context& context) {
  int flags = MAP_PRIVATE | MAP_ANONYMOUS;
  if (protection == PROT_NONE) flags |= MAP_NORESERVE;
  if (at != 0) flags |= MAP_FIXED;
#ifdef MAP_32BIT
  if (context.calls().low_memory && at == 0) flags |= MAP_32BIT;
#endif
  return Returned(context.map().map(at, size.bytes, protection, flags, -1, 0));
}

int AdviceNumber(Advice advice) {
  switch (advice) {
    case Advice::kDontNeed:
      return MADV_DONTNEED;
    case Advice::kRemove:
      return MADV_REMOVE;
    case Advice::kDontFork:
      return MADV_DONTFORK;
    case Advice::kWillNeed:
      return MADV_WILLNEED;
    case Advice::kFree:
      return MADV_FREE;
    case Advice::kDoFork:
      return MADV_DOFORK;
    case Advice::kKeepOnFork:
      return MADV_KEEPONFORK;
    case Advice::kWipeOnFork:
      return MADV_WIPEONFORK;
  }
  SHMSPEC_CHECK(false, "an advice without a number");
}

/// A flag of the vocabulary and the number that this system has for it.
using NumberedFlag = std::pair<std::uint64_t, std::uint64_t>;

/// Flags as this system numbers them; bits without a name stay.
template <std::size_t kCount>
int Numbered(std::uint64_t bits, const std::array<NumberedFlag, kCount>& numbers) {
  std::uint64_t flags = 0;
  for (const auto& [bit, flag] : numbers) {
    if ((bits & bit) != 0) flags |= flag;
    bits &= ~bit;
  }
  return static_cast<int>(flags | bits);
}

int LockFlagsOf(std::uint64_t bits) {
  constexpr std::array kFlags{NumberedFlag{kLockCurrent, MCL_CURRENT},
                              NumberedFlag{kLockFuture, MCL_FUTURE},
                              NumberedFlag{kLockOnFault, MCL_ONFAULT}};
  return Numbered(bits, kFlags);
}

int MapFlagsOf(std::uint64_t bits) {
  constexpr std::array kFlags{
      NumberedFlag{kMapFixed, MAP_FIXED},       NumberedFlag{kMapAnonymous, MAP_ANONYMOUS},
      NumberedFlag{kMapLocked, MAP_LOCKED},     NumberedFlag{kMapNoreserve, MAP_NORESERVE},
      NumberedFlag{kMapPopulate, MAP_POPULATE}, NumberedFlag{kMapHugetlb, MAP_HUGETLB},
      NumberedFlag{kMapSync, 0x80000},          NumberedFlag{kMapFixedNoreplace, 0x100000}};
  return Numbered(bits, kFlags);
}

/// One line of /proc/self/maps; false when it is none.
bool ParseMapping(const char* line, MappingRow& row) {
  std::uint64_t start = 0, end = 0, offset = 0, inode = 0;
  char rights[5] = {};
  int name = 0;
  if (std::sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %*s %" SCNu64 " %n", &start, &end,
                  rights, &offset, &inode, &name) != 5 ||
      name == 0) {
    return false;
  }
  row.at = static_cast<std::int64_t>(start);
  row.size = static_cast<std::int64_t>(end - start);
  row.protection.bits =
      (rights[0] == 'r' ? 1u : 0u) | (rights[1] == 'w' ? 2u : 0u) | (rights[2] == 'x' ? 4u : 0u);
  row.shared = rights[3] == 's';
  row.offset = static_cast<std::int64_t>(offset);
  row.id = static_cast<std::int64_t>(inode);
  row.name = line + name;
  return true;
}

}  // namespace

Outcome Do(const MapReserve& op, Context& context) {
  const std::uint64_t spare = OwnMemoryUnits().boundary - OwnMemoryUnits().page;
  const Outcome mapped = MapAnonymous(0, {op.size.bytes + spare}, PROT_NONE, context);
  const auto* value = std::get_if<Value>(&mapped);
  if (spare == 0 || value == nullptr) return mapped;
  // The parts before and behind the aligned one.
  const auto start = static_cast<std::uint64_t>(value->number);
  const std::uint64_t before = (0 - start) % OwnMemoryUnits().boundary;
  if (before != 0) context.map().unmap(start, before);
  if (before != spare) context.map().unmap(start + before + op.size.bytes, spare - before);
  return Value{static_cast<std::int64_t>(start + before)};
}

Outcome Do(const MapPrivate& op, Context& context) {
  return MapAnonymous(context.AddressOf(op.at), op.size, PROT_READ | PROT_WRITE, context);
}

Outcome Do(const MapMap& op, Context& context) {
  const std::uint64_t at = context.AddressOf(op.at);
  int flags = MapFlagsOf(op.flags.bits);
#ifdef MAP_32BIT
  if (context.calls().low_memory && at == 0) flags |= MAP_32BIT;
#endif
  return Returned(context.map().map(at, op.size.bytes, static_cast<int>(op.protection.bits), flags,
                                    context.FileOf(op.descriptor), op.offset.bytes));
}

Outcome Do(const MapSync& op, Context& context) {
  return Returned(
      context.map().sync(context.AddressOf(op.at), op.size.bytes, static_cast<int>(op.flags.bits)));
}

Outcome Do(const MapLock& op, Context& context) {
  return Returned(context.map().lock(context.AddressOf(op.at), op.size.bytes));
}

Outcome Do(const MapUnlock& op, Context& context) {
  return Returned(context.map().unlock(context.AddressOf(op.at), op.size.bytes));
}

Outcome Do(const MapLockAll& op, Context& context) {
  return Returned(context.map().lock_all(LockFlagsOf(op.flags.bits)));
}

Outcome Do(const MapUnlockAll&, Context& context) { return Returned(context.map().unlock_all()); }

Outcome Do(const MapUnmap& op, Context& context) {
  return Returned(context.map().unmap(context.AddressOf(op.at), op.size.bytes));
}

Outcome Do(const MapProtect& op, Context& context) {
  return Returned(context.map().protect(context.AddressOf(op.at), op.size.bytes,
                                        static_cast<int>(op.protection.bits)));
}

Outcome Do(const MapRemap& op, Context& context) {
  const std::uint64_t to = context.AddressOf(op.to);
  const int flags = MREMAP_MAYMOVE | (to != 0 ? MREMAP_FIXED : 0);
  return Returned(
      context.map().remap(context.AddressOf(op.at), op.size.bytes, op.new_size.bytes, flags, to));
}

Outcome Do(const MapAdvise& op, Context& context) {
  return Returned(
      context.map().advise(context.AddressOf(op.at), op.size.bytes, AdviceNumber(op.advice)));
}

Outcome Do(const MapLayout&, Context&) {
  const Result<std::string> text = ReadTextFile("/proc/self/maps");
  if (!text.ok()) return Trouble{text.error().lacking, text.error().message};
  MappingTable table;
  // Few lines name a segment, so this searches for the name.
  for (std::size_t at = text->find("/SYSV"); at != std::string::npos;) {
    const std::size_t begin = text->rfind('\n', at) + 1;  // 0 in the first line
    const std::size_t end = text->find('\n', at);
    MappingRow row;
    if (ParseMapping(text->substr(begin, end - begin).c_str(), row) &&
        row.name.starts_with("/SYSV")) {
      table.rows.push_back(std::move(row));
    }
    at = text->find("/SYSV", end);
  }
  return table;
}

Outcome Do(const MapShow& op, Context& context) {
  const Result<std::string> text = ReadTextFile("/proc/self/maps");
  if (!text.ok()) return Trouble{text.error().lacking, text.error().message};
  const std::uint64_t at = context.AddressOf(op.at);
  MappingTable table;
  for (std::size_t begin = 0; begin < text->size();) {
    const std::size_t end = text->find('\n', begin);
    MappingRow row;
    const bool parsed = ParseMapping(text->substr(begin, end - begin).c_str(), row);
    const auto start = static_cast<std::uint64_t>(row.at);
    if (parsed && start <= at && at - start < static_cast<std::uint64_t>(row.size)) {
      table.rows.push_back(std::move(row));
    }
    if (end == std::string::npos) break;
    begin = end + 1;
  }
  return table;
}

Outcome Do(const MapSeal& op, Context& context) {
  const CallResult returned = context.map().seal(context.AddressOf(op.at), op.size.bytes, 0);
  if (returned.value == -1 && errno == ENOSYS) {
    return Trouble{true, "this kernel has no mseal(2)"};
  }
  return Returned(returned);
}

namespace {

std::string EntryOf(std::uint64_t start, std::uint64_t size) {
  return fmt::format("/proc/self/map_files/{:x}-{:x}", start, start + size);
}

/// Whether an entry leads to a file without any name, tried on other memory than a segment: a
/// translator of paths (proot) may look for the name that it shows.
bool EntriesLeadToFiles() {
  const UniqueFd file(::memfd_create("shmspec-entry", MFD_CLOEXEC));
  const auto size = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  if (!file || ::ftruncate(file.get(), static_cast<off_t>(size)) != 0) return true;
  void* address = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.get(), 0);
  if (address == MAP_FAILED) return true;
  const UniqueMapping mapping({address, size});
  const std::string path = EntryOf(reinterpret_cast<std::uintptr_t>(address), size);
  return UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) || errno != ENOENT;
}

}  // namespace

Outcome Do(const MapReopen& op, Context& context) {
  const std::string path = EntryOf(context.AddressOf(op.at), op.size.bytes);
  char target[64];
  if (::readlink(path.c_str(), target, sizeof(target)) < 0) {
    const int error = errno;
    if (error == ENOENT && !IsThere("/proc/self/map_files")) {
      return Trouble{true, "this system has no /proc/self/map_files"};
    }
    if (error != ENOENT && ::readlink("/proc/self/exe", target, sizeof(target)) < 0) {
      return Trouble{true, fmt::format("readlink is refused: {}", ErrnoName(errno))};
    }
    return Failure{ErrorCode{error}};
  }
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file) return Value{0};
  const int error = errno;
  if (error == ENOENT && !EntriesLeadToFiles()) {
    return Trouble{true, "/proc/self/map_files leads to no file here, of whatever memory"};
  }
  return Failure{ErrorCode{error}};
}

}  // namespace shmspec::perform
