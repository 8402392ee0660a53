// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The rules about folders and files that a compiler does not enforce, as pure functions of the
// sources. Each finding is a line "PATH:LINE: what is wrong; what to do".

#ifndef SHMSPEC_HARNESS_STYLE_LAYOUT_H_
#define SHMSPEC_HARNESS_STYLE_LAYOUT_H_

#include <string>
#include <vector>

namespace shmspec::style {

/// A file of the project; the path is relative to the root.
struct SourceFile {
  std::string path;
  std::string text;
};
using Tree = std::vector<SourceFile>;
using Findings = std::vector<std::string>;

/// Rooms include only rooms that they may depend on; see harness/README.md.
Findings CheckRoomOrder(const Tree& tree);
/// Test frameworks, fuzzing and YAML stay where they belong.
Findings CheckLibraries(const Tree& tree);
/// At most 400 lines in a file that people write.
Findings CheckLength(const Tree& tree);
/// A README.md in every folder with C++ in it.
Findings CheckReadmes(const Tree& tree);
/// Paths that READMEs and comments name exist.
Findings CheckNamedPaths(const Tree& tree);
/// The licence in the first line, or in the second after `#!`.
Findings CheckLicence(const Tree& tree);
/// Headers are guarded by SHMSPEC_<PATH>_H_.
Findings CheckGuards(const Tree& tree);
/// Suites neither sleep nor ask the preprocessor which platform this is.
Findings CheckSuites(const Tree& tree);

/// Every file below `root` that a rule may look at: not build/, not .git/.
Tree ReadTree(const std::string& root);

}  // namespace shmspec::style

#endif  // SHMSPEC_HARNESS_STYLE_LAYOUT_H_
