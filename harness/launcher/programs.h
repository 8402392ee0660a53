// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The program for each architecture and linkage, as the build puts them beside each other.

#ifndef SHMSPEC_HARNESS_LAUNCHER_PROGRAMS_H_
#define SHMSPEC_HARNESS_LAUNCHER_PROGRAMS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/launcher/launcher.h"
#include "harness/vocabulary/value/result.h"

namespace shmspec {

/// That of this program, such as `x86_64`, as the build names it.
std::string_view OwnArchitecture();

/// Where programs are looked for.
struct ProgramPlaces {
  std::string own;                    // the path of this program
  Linkage own_linkage;                // how it is linked itself
  std::optional<std::string> folder;  // the first place; see --programs
};

/// The files that would do, the best first.
std::vector<std::string> ProgramCandidates(const ProgramPlaces& places,
                                           const std::string& architecture, Linkage linkage);

/// The path of the program. The error says in one line how to make it.
Result<std::string> FindProgram(const ProgramPlaces& places, const std::string& architecture,
                                Linkage linkage);

/// The path of a kernel: one with a slash is that path itself, another one a name in the folder
/// `guests` beside the programs. The error says in one line how to make it.
Result<std::string> FindKernel(const ProgramPlaces& places, const std::string& name);

/// The path of a tool: an absolute path that can be executed, or in the folders of PATH and in
/// those for administrators; empty when it is not installed.
std::string FindTool(const std::string& name);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_LAUNCHER_PROGRAMS_H_
