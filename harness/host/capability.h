// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// capget(2) and capset(2) as sets of bits, bit N for capability number N.

#ifndef SHMSPEC_HARNESS_HOST_CAPABILITY_H_
#define SHMSPEC_HARNESS_HOST_CAPABILITY_H_

#include <cstdint>
#include <optional>

namespace shmspec {

struct CapabilitySets {
  std::uint64_t effective = 0;
  std::uint64_t permitted = 0;
  std::uint64_t inheritable = 0;
  friend bool operator==(const CapabilitySets&, const CapabilitySets&) = default;
};

/// The sets of the calling thread; nothing with errno when they cannot be read.
std::optional<CapabilitySets> ReadCapabilities();

/// Replaces the sets of the calling thread; false with errno.
bool WriteCapabilities(const CapabilitySets& sets);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_HOST_CAPABILITY_H_
