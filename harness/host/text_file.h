// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Reading and writing the small text files below /proc.

#ifndef SHMSPEC_HARNESS_HOST_TEXT_FILE_H_
#define SHMSPEC_HARNESS_HOST_TEXT_FILE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/vocabulary/value/result.h"

namespace shmspec {

/// Everything that can be read from an open file until its end; errno on failure.
std::optional<std::string> ReadToEnd(int fd);

/// The whole file; the error is lacking when the file does not exist.
Result<std::string> ReadTextFile(const char* path);

/// The file as one whole number, or nothing when it cannot be read or does not begin with one; then
/// errno says why. Numbers above 2^63 keep their 64 bits.
std::optional<std::int64_t> ReadNumberFile(const char* path);

/// The number in the target of a link such as `ipc:[4026531839]`, which identifies a namespace; 0
/// when there is none.
std::uint64_t NumberOfLink(const char* path);

/// Writes with one write(2); false with errno.
bool WriteTextFile(const char* path, std::string_view text);

/// The lines of a text without their ends.
std::vector<std::string> Lines(std::string_view text);

/// The words of a line, separated by blanks.
std::vector<std::string> Words(std::string_view line);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_HOST_TEXT_FILE_H_
