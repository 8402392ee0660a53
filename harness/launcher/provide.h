// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What a system needs besides the program: a root folder, a bundle, an initramfs.

#ifndef SHMSPEC_HARNESS_LAUNCHER_PROVIDE_H_
#define SHMSPEC_HARNESS_LAUNCHER_PROVIDE_H_

#include <string>
#include <vector>

#include "harness/launcher/launcher.h"
#include "harness/vocabulary/value/result.h"

namespace shmspec {

/// Where the program is in a root folder and in a bundle.
inline constexpr const char* kProgramInRoot = "/shmspec";

/// Makes a root folder with a copy of the program in it and the folders that systems mount over.
/// The program has to be static.
Result<void> MakeRoot(const std::string& root, const std::string& program);

/// The config.json of a bundle whose root folder is `root` beside it: the program as root with the
/// capabilities of a usual container and those that tests need, as far as the caller has them, in
/// namespaces of its own and without a network.
std::string BundleConfig(const std::vector<std::string>& command);

/// A cpio archive ("newc") with the program as /init, an empty /dev and nothing else.
std::string InitramfsOf(const std::string& program);

/// Makes what the launcher wants in that folder: `root`, `config.json`, `initramfs`. `command`: the
/// program and its arguments as the system has them.
Result<void> Provide(Provision what, const std::string& folder, const std::string& program,
                     const std::vector<std::string>& command);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_LAUNCHER_PROVIDE_H_
