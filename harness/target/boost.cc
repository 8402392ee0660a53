// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// System V segments as a program has them that uses Boost.Interprocess: xsi_shared_memory creates,
// opens and removes, a mapped_region is an attach for as long as it lives. The library makes calls
// of its own on the way (it asks for the size before it attaches), and what it has no words for is
// lacking here, not approximated.

#include "harness/target/sysv_calls.h"

#if defined(SHMSPEC_BOOST)

#include <fmt/format.h>
#include <sys/shm.h>

#include <atomic>
#include <boost/interprocess/mapped_region.hpp>
#include <boost/interprocess/xsi_key.hpp>
#include <boost/interprocess/xsi_shared_memory.hpp>
#include <boost/version.hpp>
#include <cerrno>
#include <limits>
#include <utility>

#include "harness/target/address.h"
#include "harness/target/native_records.h"

namespace shmspec {
namespace {

namespace bip = boost::interprocess;

// What permissions() of the library are, and so what open_only asks for.
constexpr std::uint64_t kDefaultMode = 0644;
constexpr std::uint64_t kModeBits = 0777;

/// What `call` returns; what the library throws is an errno again.
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
  const bip::permissions mode(static_cast<int>(flags & kModeBits));
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

/// The regions of this process. They outlive the call that makes them, also in a forked child, and
/// are found without a lock, which a fork could leave held.
struct Attached {
  static constexpr std::uint64_t kNone = 0;
  static constexpr std::uint64_t kTaken = 1;  // while it is filled in

  std::atomic<std::uint64_t> at{kNone};
  bip::mapped_region region;
  Attached* next = nullptr;

  static std::atomic<Attached*> first;
};
std::atomic<Attached*> Attached::first;

Attached& TakePlace() {
  for (Attached* one = Attached::first.load(); one != nullptr; one = one->next) {
    std::uint64_t none = Attached::kNone;
    if (one->at.compare_exchange_strong(none, Attached::kTaken)) return *one;
  }
  auto* one = new Attached;  // NOLINT(cppcoreguidelines-owning-memory): stays for the next attach
  one->at = Attached::kTaken;
  one->next = Attached::first.load();
  while (!Attached::first.compare_exchange_weak(one->next, one)) {
  }
  return *one;
}

CallResult Attach(std::int64_t segment, std::uint64_t address, std::uint64_t flags) {
  if (flags > static_cast<std::uint64_t>(std::numeric_limits<int>::max())) {
    return CallResult::Lacking("Boost.Interprocess takes options of attaches as a positive int");
  }
  return Caught([&]() -> CallResult {
    const bip::xsi_shared_memory opened(bip::open_only, static_cast<int>(segment));
    const auto mode = (flags & SHM_RDONLY) != 0 ? bip::read_only : bip::read_write;
    bip::mapped_region region(opened, mode, 0, 0, PointerTo(address),
                              static_cast<bip::map_options_t>(flags & ~SHM_RDONLY));
    const auto at = reinterpret_cast<std::uintptr_t>(region.get_address());
    Attached& place = TakePlace();
    place.region.swap(region);
    place.at = at;
    return static_cast<std::int64_t>(at);
  });
}

CallResult Detach(std::uint64_t address) {
  for (Attached* one = Attached::first.load(); one != nullptr; one = one->next) {
    std::uint64_t at = address;
    if (address <= Attached::kTaken || !one->at.compare_exchange_strong(at, Attached::kTaken)) {
      continue;
    }
    bip::mapped_region().swap(one->region);  // what it was ends here, and says nothing
    one->at = Attached::kNone;
    return 0;
  }
  return CallResult::Lacking(
      "Boost.Interprocess detaches by the end of a region, not by an address");
}

CallResult Control(std::int64_t segment, int command, void* buffer) {
  if (command != IPC_RMID) return kLibcCalls.control(segment, command, buffer);
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

}  // namespace

constexpr SysvCalls kBoostCalls{.get = Get,
                                .attach = Attach,
                                .detach = Detach,
                                .control = Control,
                                .key_of_path = KeyOfPath,
                                .write_settable = native::WriteSettable,
                                .read_segment = native::ReadSegment,
                                .read_limits = native::ReadLimits,
                                .read_usage = native::ReadUsage};

std::string BoostVersion() {
  return fmt::format("{}.{}.{}", BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000,
                     BOOST_VERSION % 100);
}

Result<void> ProbeBoost() { return {}; }

}  // namespace shmspec

#else

namespace shmspec {

constexpr SysvCalls kBoostCalls{};

std::string BoostVersion() { return ""; }

Result<void> ProbeBoost() {
  return Error{
      "shmspec was built without Boost.Interprocess: install libboost-dev, then configure and "
      "build again",
      true};
}

}  // namespace shmspec

#endif
