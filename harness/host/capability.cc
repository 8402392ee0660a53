// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/host/capability.h"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <charconv>
#include <string>
#include <string_view>

#include "harness/host/text_file.h"

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

/// The number after such a name in /proc/self/status.
std::optional<std::uint64_t> HexAfter(std::string_view status, std::string_view name) {
  const std::size_t at = status.find(name);
  if (at == std::string_view::npos) return std::nullopt;
  std::uint64_t number = 0;
  const char* first = status.data() + at + name.size();
  const auto read = std::from_chars(first, status.data() + status.size(), number, 16);
  if (read.ec != std::errc()) return std::nullopt;
  return number;
}

/// Where capget(2) is refused, procfs shows the same.
std::optional<CapabilitySets> FromStatus() {
  const Result<std::string> status = ReadTextFile("/proc/self/status");
  if (!status.ok()) return std::nullopt;
  const auto effective = HexAfter(*status, "\nCapEff:\t");
  const auto permitted = HexAfter(*status, "\nCapPrm:\t");
  const auto inheritable = HexAfter(*status, "\nCapInh:\t");
  if (!effective || !permitted || !inheritable) return std::nullopt;
  return CapabilitySets{*effective, *permitted, *inheritable};
}

}  // namespace

std::optional<CapabilitySets> ReadCapabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {};
  if (::syscall(SYS_capget, &header, data) != 0) return FromStatus();
  return CapabilitySets{Joined(data[0].effective, data[1].effective),
                        Joined(data[0].permitted, data[1].permitted),
                        Joined(data[0].inheritable, data[1].inheritable)};
}

bool WriteCapabilities(const CapabilitySets& sets) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {Word(sets, 0), Word(sets, 32)};
  return ::syscall(SYS_capset, &header, data) == 0;
}

}  // namespace shmspec
