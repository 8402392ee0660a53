// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Build ids, which distinguish builds of one version, and how the program was linked.

#ifndef SHMSPEC_HARNESS_SANDBOX_BUILD_ID_H_
#define SHMSPEC_HARNESS_SANDBOX_BUILD_ID_H_

#include <string>
#include <string_view>

namespace shmspec {

/// The build id, as hexadecimal digits, among notes of ELF (elf(5), NT_GNU_BUILD_ID); empty when
/// there is none or the notes are malformed.
std::string BuildIdInNotes(std::string_view notes);

/// That of the running kernel; empty when it does not tell.
std::string BuildIdOfKernel();

/// That of a library which this process has loaded, by the beginning of its file name (`libc.so`).
/// That of the program itself when there is no such file: then the library is linked into it.
std::string BuildIdOfLibrary(std::string_view file_name);

/// What this process has loaded besides the program and the libraries that it needs: what
/// LD_PRELOAD and the like put before these. `libmine.so BUILD_ID`, between commas; `none`.
std::string ObjectsBesides();

/// Whether this program was linked with all its libraries, and loads none. The objects are the
/// same.
bool IsStaticallyLinked();

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_SANDBOX_BUILD_ID_H_
