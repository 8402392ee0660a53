// SPDX-License-Identifier: Apache-2.0 OR MIT

#ifndef SHMSPEC_HARNESS_LAUNCHER_SHIPPED_H_
#define SHMSPEC_HARNESS_LAUNCHER_SHIPPED_H_

#include <string_view>

namespace shmspec::internal {

/// The text of launchers.toml.
extern const std::string_view kShippedLaunchers;

}  // namespace shmspec::internal

#endif  // SHMSPEC_HARNESS_LAUNCHER_SHIPPED_H_
