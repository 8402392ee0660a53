// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/host/address.h"
#include "harness/host/fault_guard.h"
#include "harness/host/uninstrumented.h"
#include "harness/target/perform/families.h"
#include "harness/vocabulary/outcome/memory_pattern.h"

namespace shmspec::perform {
namespace {

// The code that the kernel gives for a fault without an address, such as a non-canonical one.
constexpr int kSentByKernel = 0x80;

/// One access: the operands that its kind ignores are 0. Returns the outcome's number.
using Access = std::uint64_t (*)(void* address, Order order, std::uint64_t value,
                                 std::uint64_t expected);

/// At any address. Atomic accesses are for aligned ones: many processors fault at others.
template <class T>
struct [[gnu::packed]] Unaligned {
  T value;
};

template <class T>
SHMSPEC_UNINSTRUMENTED bool IsAligned(const void* address) {
  return reinterpret_cast<std::uintptr_t>(address) % sizeof(T) == 0;
}

// The built-ins take their order as a constant, or fall back to seq_cst: hence one line for each.
struct Load {
  template <class T>
  SHMSPEC_UNINSTRUMENTED static std::uint64_t Do(void* address, Order order, std::uint64_t,
                                                 std::uint64_t) {
    if (!IsAligned<T>(address)) return static_cast<volatile Unaligned<T>*>(address)->value;
    const auto at = static_cast<T*>(address);
    if (order == Order::kAcquire) return __atomic_load_n(at, __ATOMIC_ACQUIRE);
    if (order == Order::kRelaxed) return __atomic_load_n(at, __ATOMIC_RELAXED);
    return __atomic_load_n(at, __ATOMIC_SEQ_CST);
  }
};

struct Store {
  template <class T>
  SHMSPEC_UNINSTRUMENTED static std::uint64_t Do(void* address, Order order, std::uint64_t value,
                                                 std::uint64_t) {
    const auto at = static_cast<T*>(address);
    const auto stored = static_cast<T>(value);
    if (!IsAligned<T>(address)) {
      static_cast<volatile Unaligned<T>*>(address)->value = stored;
    } else if (order == Order::kRelease) {
      __atomic_store_n(at, stored, __ATOMIC_RELEASE);
    } else if (order == Order::kRelaxed) {
      __atomic_store_n(at, stored, __ATOMIC_RELAXED);
    } else {
      __atomic_store_n(at, stored, __ATOMIC_SEQ_CST);
    }
    return 0;
  }
};

struct Exchange {
  template <class T>
  SHMSPEC_UNINSTRUMENTED static std::uint64_t Do(void* address, Order order, std::uint64_t value,
                                                 std::uint64_t) {
    const auto at = static_cast<T*>(address);
    const auto stored = static_cast<T>(value);
    if (order == Order::kAcquire) return __atomic_exchange_n(at, stored, __ATOMIC_ACQUIRE);
    if (order == Order::kRelease) return __atomic_exchange_n(at, stored, __ATOMIC_RELEASE);
    if (order == Order::kRelaxed) return __atomic_exchange_n(at, stored, __ATOMIC_RELAXED);
    return __atomic_exchange_n(at, stored, __ATOMIC_SEQ_CST);
  }
};

struct FetchAdd {
  template <class T>
  SHMSPEC_UNINSTRUMENTED static std::uint64_t Do(void* address, Order order, std::uint64_t value,
                                                 std::uint64_t) {
    const auto at = static_cast<T*>(address);
    const auto added = static_cast<T>(value);
    if (order == Order::kAcquire) return __atomic_fetch_add(at, added, __ATOMIC_ACQUIRE);
    if (order == Order::kRelease) return __atomic_fetch_add(at, added, __ATOMIC_RELEASE);
    if (order == Order::kRelaxed) return __atomic_fetch_add(at, added, __ATOMIC_RELAXED);
    return __atomic_fetch_add(at, added, __ATOMIC_SEQ_CST);
  }
};

struct CompareExchange {
  template <class T>
  SHMSPEC_UNINSTRUMENTED static std::uint64_t Do(void* address, Order order, std::uint64_t value,
                                                 std::uint64_t expected) {
    const auto at = static_cast<T*>(address);
    const auto stored = static_cast<T>(value);
    auto found = static_cast<T>(expected);
    if (order == Order::kAcquire) {
      __atomic_compare_exchange_n(at, &found, stored, false, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE);
    } else if (order == Order::kRelease) {
      __atomic_compare_exchange_n(at, &found, stored, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED);
    } else if (order == Order::kRelaxed) {
      __atomic_compare_exchange_n(at, &found, stored, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
    } else {
      __atomic_compare_exchange_n(at, &found, stored, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    }
    return found;
  }
};

template <class Kind>
Access OfWidth(Width width) {
  switch (width) {
    case Width::k1:
      return &Kind::template Do<std::uint8_t>;
    case Width::k2:
      return &Kind::template Do<std::uint16_t>;
    case Width::k4:
      return &Kind::template Do<std::uint32_t>;
    case Width::k8:
      return &Kind::template Do<std::uint64_t>;
  }
  SHMSPEC_CHECK(false, "a width that no access has");
}

Outcome Perform(Access access, std::uint64_t named, Order order, std::uint64_t value,
                std::uint64_t expected) {
  std::uint64_t result = 0;
  const auto fault = Guarded([&] { result = access(PointerTo(named), order, value, expected); });
  if (fault) return OutcomeOf(*fault, named);
  return Value{static_cast<std::int64_t>(result)};
}

// Byte by byte and in order, so that a fault names the first inaccessible byte.
SHMSPEC_UNINSTRUMENTED void Fill(volatile std::uint8_t* at, std::uint64_t size,
                                 std::uint64_t value) {
  for (std::uint64_t i = 0; i < size; ++i) at[i] = FillByte(value, i);
}

SHMSPEC_UNINSTRUMENTED std::uint64_t Read(const volatile std::uint8_t* at, std::uint64_t size) {
  std::uint64_t checksum = kChecksumOfNothing;
  for (std::uint64_t i = 0; i < size; ++i) checksum = ChecksumWith(checksum, at[i]);
  return checksum;
}

}  // namespace

Outcome OutcomeOf(const SeenFault& seen, std::uint64_t named) {
  Fault fault;
  fault.signal.number = seen.signal;
  fault.code = FaultCode::kOther;
  if (seen.signal == SIGSEGV && seen.code == SEGV_MAPERR) fault.code = FaultCode::kUnmapped;
  if (seen.signal == SIGSEGV && seen.code == SEGV_ACCERR) fault.code = FaultCode::kAccess;
  if (seen.signal == SIGBUS && seen.code == BUS_ADRERR) fault.code = FaultCode::kBeyondObject;
  if (seen.code != kSentByKernel) fault.offset = static_cast<std::int64_t>(seen.address - named);
  return fault;
}

Outcome Do(const MemoryLoad& op, Context& context) {
  return Perform(OfWidth<Load>(op.width), context.AddressOf(op.at), op.order, 0, 0);
}

Outcome Do(const MemoryStore& op, Context& context) {
  return Perform(OfWidth<Store>(op.width), context.AddressOf(op.at), op.order, op.value, 0);
}

Outcome Do(const MemoryExchange& op, Context& context) {
  return Perform(OfWidth<Exchange>(op.width), context.AddressOf(op.at), op.order, op.value, 0);
}

Outcome Do(const MemoryCompareExchange& op, Context& context) {
  return Perform(OfWidth<CompareExchange>(op.width), context.AddressOf(op.at), op.order, op.value,
                 op.expected);
}

Outcome Do(const MemoryFetchAdd& op, Context& context) {
  return Perform(OfWidth<FetchAdd>(op.width), context.AddressOf(op.at), op.order, op.value, 0);
}

Outcome Do(const MemoryFill& op, Context& context) {
  const std::uint64_t named = context.AddressOf(op.at);
  const auto fault =
      Guarded([&] { Fill(PointerTo<volatile std::uint8_t>(named), op.size.bytes, op.value); });
  if (fault) return OutcomeOf(*fault, named);
  return Value{0};
}

Outcome Do(const MemoryChecksum& op, Context& context) {
  const std::uint64_t named = context.AddressOf(op.at);
  std::uint64_t checksum = 0;
  const auto fault = Guarded(
      [&] { checksum = Read(PointerTo<const volatile std::uint8_t>(named), op.size.bytes); });
  if (fault) return OutcomeOf(*fault, named);
  return Value{static_cast<std::int64_t>(checksum)};
}

}  // namespace shmspec::perform
