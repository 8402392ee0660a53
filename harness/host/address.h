// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Plans hold addresses as numbers of 64 bits. These functions convert them to and from addresses of
// a process, which may be narrower.

#ifndef SHMSPEC_HARNESS_HOST_ADDRESS_H_
#define SHMSPEC_HARNESS_HOST_ADDRESS_H_

#include <cstdint>

namespace shmspec {

inline std::uint64_t AddressOf(const volatile void* pointer) {
  return reinterpret_cast<std::uintptr_t>(pointer);
}

/// For an address that this process can have; Perform (target.h) checks that first.
template <class T = void>
T* PointerTo(std::uint64_t address) {
  return reinterpret_cast<T*>(static_cast<std::uintptr_t>(address));
}

/// What a call returned that gives an address, or the pointer -1 on failure: then -1.
inline std::int64_t ReturnedAddress(const void* pointer) {
  const auto number = reinterpret_cast<std::intptr_t>(pointer);
  return number == -1 ? -1 : static_cast<std::int64_t>(AddressOf(pointer));
}

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_HOST_ADDRESS_H_
