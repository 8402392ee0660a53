// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// System V segments as a program with Boost.Interprocess uses them: xsi_shared_memory creates,
// opens and removes; a mapped_region is an attach while it lives. The library makes calls of its
// own on the way (it asks for the size before it attaches). Calls that it does not offer are made
// with libc; operations with arguments that it does not take are lacking, not approximated.

#include "harness/target/target.h"

#if defined(SHMSPEC_BOOST)

#include <fmt/format.h>
#include <sched.h>
#include <sys/shm.h>

#include <array>
#include <atomic>
#include <boost/interprocess/mapped_region.hpp>
#include <boost/interprocess/xsi_key.hpp>
#include <boost/interprocess/xsi_shared_memory.hpp>
#include <boost/version.hpp>
#include <cerrno>
#include <cstddef>
#include <limits>
#include <new>
#include <utility>

#include "harness/host/address.h"

namespace shmspec {
namespace {

namespace bip = boost::interprocess;

// What permissions() of the library are, and so what open_only asks for.
constexpr std::uint64_t kDefaultMode = 0644;
constexpr std::uint64_t kModeBits = 0777;

/// Returns what `call` returns; turns an exception of the library back into an errno.
template <class Call>
CallResult Caught(Call&& call) {
  try {
    return std::forward<Call>(call)();
  } catch (const bip::interprocess_exception& exception) {
    errno = exception.get_native_error();
    return -1;
  }
}

CallResult Get(std::int64_t key, std::uint64_t size, std::uint64_t flags) {
  const bip::xsi_key number(static_cast<key_t>(key));
  // The type has a sign in some versions only.
  using Mode = decltype(bip::permissions().get_permissions());
  const bip::permissions mode(static_cast<Mode>(flags & kModeBits));
  switch (flags & ~kModeBits) {
    case IPC_CREAT | IPC_EXCL:
      return Caught(
          [&] { return bip::xsi_shared_memory(bip::create_only, number, size, mode).get_shmid(); });
    case IPC_CREAT:
      return Caught([&] {
        return bip::xsi_shared_memory(bip::open_or_create, number, size, mode).get_shmid();
      });
    case 0:
      if (size != 0 || flags != kDefaultMode) {
        return CallResult::Lacking(
            "Boost.Interprocess opens by key without a size and with mode 0644 only");
      }
      return Caught([&] { return bip::xsi_shared_memory(bip::open_only, number).get_shmid(); });
    default:
      return CallResult::Lacking(
          "Boost.Interprocess creates and opens without flags of its caller's own");
  }
}

/// Where a region may live. They outlive the calls that make them, also in a forked child, and ask
/// for no memory, which a limited process may not get. There is no mutex, because another thread
/// could hold it during a fork; a child forked at such a moment at worst misses the attach that was
/// being made.
struct Slot {
  static constexpr std::uint64_t kFree = 0;
  static constexpr std::uint64_t kTaken = 1;   // while a region is put in
  static constexpr std::uint64_t kEnding = 1;  // added to the address, while the region ends

  std::atomic<std::uint64_t> at{kFree};  // where the region begins, otherwise
  // A plain type, so that it needs no code when the program starts and ends.
  alignas(bip::mapped_region) std::array<std::byte, sizeof(bip::mapped_region)> region{};

  bool Change(std::uint64_t from, std::uint64_t to) { return at.compare_exchange_strong(from, to); }
  bip::mapped_region& Begin() { return *new (region.data()) bip::mapped_region; }  // NOLINT
  void End() {
    std::launder(reinterpret_cast<bip::mapped_region*>(region.data()))->~mapped_region();
  }
};

std::array<Slot, 4096> slots;
std::atomic<std::size_t> slots_used;  // those beyond were never taken

Slot* TakeFreeSlot() {
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (!slots[i].Change(Slot::kFree, Slot::kTaken)) continue;
    std::size_t used = slots_used.load();
    while (used <= i && !slots_used.compare_exchange_weak(used, i + 1)) {
    }
    return &slots[i];
  }
  return nullptr;
}

CallResult Attach(std::int64_t segment, std::uint64_t address, std::uint64_t flags) {
  if (flags > static_cast<std::uint64_t>(std::numeric_limits<int>::max())) {
    return CallResult::Lacking("Boost.Interprocess takes options of attaches as a positive int");
  }
  Slot* const slot = TakeFreeSlot();
  if (slot == nullptr) return CallResult::Lacking("shmspec keeps no more regions of Boost");
  const CallResult result = Caught([&]() -> CallResult {
    const bip::xsi_shared_memory opened(bip::open_only, static_cast<int>(segment));
    const auto mode = (flags & SHM_RDONLY) != 0 ? bip::read_only : bip::read_write;
    bip::mapped_region region(opened, mode, 0, 0, PointerTo(address),
                              static_cast<bip::map_options_t>(flags & ~std::uint64_t{SHM_RDONLY}));
    bip::mapped_region& kept = slot->Begin();
    kept.swap(region);
    return static_cast<std::int64_t>(AddressOf(kept.get_address()));
  });
  slot->at = result.value == -1 ? Slot::kFree : static_cast<std::uint64_t>(result.value);
  return result;
}

/// Ends a region that begins there; after an attach over another one, either of the two. The
/// destructor returns nothing: only errno reports a failure. Addresses that are not Boost regions
/// are detached with libc.
std::int64_t Detach(std::uint64_t address) {
  // All ones, the result of a failed attach, would equal kFree with kEnding added.
  const bool possible = address > Slot::kTaken && ~address != 0;
  for (std::size_t i = 0; possible && i < slots_used.load(); ++i) {
    Slot& slot = slots[i];
    // A region has one owner; a second caller meanwhile finds it gone.
    while (slot.at.load() == address + Slot::kEnding) ::sched_yield();
    if (!slot.Change(address, address + Slot::kEnding)) continue;
    errno = 0;
    slot.End();
    const int error = errno;
    slot.at = Slot::kFree;
    errno = error;
    return error == 0 ? 0 : -1;
  }
  return kLibcSysvCalls.detach(address);
}

CallResult Control(std::int64_t segment, int command, void* buffer) {
  if (command != IPC_RMID) return kLibcSysvCalls.control(segment, command, buffer);
  if (buffer != nullptr) {
    return CallResult::Lacking("Boost.Interprocess removes without a buffer");
  }
  return bip::xsi_shared_memory::remove(static_cast<int>(segment)) ? 0 : -1;
}

CallResult KeyOfPath(const char* path, int project) {
  if (project < 0 || project > std::numeric_limits<std::uint8_t>::max()) {
    return CallResult::Lacking("Boost.Interprocess makes keys of paths with a project of 8 bits");
  }
  return Caught([&] { return bip::xsi_key(path, static_cast<std::uint8_t>(project)).get_key(); });
}

/// Those of the C library, except for what Boost has. That table is a constant, so it is there when
/// this one is made, before main() begins; the first call comes later.
const SysvCalls kSysvCalls = [] {
  SysvCalls calls = kLibcSysvCalls;
  calls.get = Get;
  calls.attach = Attach;
  calls.detach = Detach;
  calls.control = Control;
  calls.key_of_path = KeyOfPath;
  return calls;
}();

constexpr Calls kCalls{.sysv = &kSysvCalls, .low_memory = kIs32Bit};

Library Boost() {
  return {"Boost.Interprocess",
          fmt::format("{}.{}.{}", BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000,
                      BOOST_VERSION % 100),
          ""};
}

Result<void> Probe() { return {}; }

}  // namespace
}  // namespace shmspec

#else

namespace shmspec {
namespace {

constexpr Calls kCalls{};

Library Boost() { return {"Boost.Interprocess", "", ""}; }

Result<void> Probe() {
  return Error{
      "shmspec was built without Boost.Interprocess: install libboost-dev, then configure and "
      "build again",
      true};
}

}  // namespace
}  // namespace shmspec

#endif

namespace shmspec {
namespace {

const internal::TargetRegistration registration({.name = "boost",
                                                 .place = 70,
                                                 .about = "Boost.Interprocess",
                                                 .calls = &kCalls,
                                                 .probe = &Probe,
                                                 .library = &Boost,
                                                 .wrapper = true});

}  // namespace
}  // namespace shmspec
