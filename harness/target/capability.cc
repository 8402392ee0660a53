// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/capability.h"

#include <sys/capability.h>

namespace shmspec {
namespace {

constexpr std::uint64_t Joined(std::uint32_t low, std::uint32_t high) {
  return (static_cast<std::uint64_t>(high) << 32) | low;
}

__user_cap_data_struct Word(const CapabilitySets& sets, int shift) {
  return {.effective = static_cast<std::uint32_t>(sets.effective >> shift),
          .permitted = static_cast<std::uint32_t>(sets.permitted >> shift),
          .inheritable = static_cast<std::uint32_t>(sets.inheritable >> shift)};
}

}  // namespace

std::optional<CapabilitySets> ReadCapabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {};
  if (::capget(&header, data) != 0) return std::nullopt;
  return CapabilitySets{Joined(data[0].effective, data[1].effective),
                        Joined(data[0].permitted, data[1].permitted),
                        Joined(data[0].inheritable, data[1].inheritable)};
}

bool WriteCapabilities(const CapabilitySets& sets) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {Word(sets, 0), Word(sets, 32)};
  return ::capset(&header, data) == 0;
}

}  // namespace shmspec
