// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// A file that appears whole or not at all, and never in place of another.

#ifndef SHMSPEC_HARNESS_COMMAND_OUTPUT_FILE_H_
#define SHMSPEC_HARNESS_COMMAND_OUTPUT_FILE_H_

#include <string>

#include "harness/vocabulary/result.h"
#include "harness/vocabulary/unique_handle.h"

namespace shmspec {

/// Claims `path` before the work begins, so that a mistake shows at once; Commit() puts the
/// contents there. Without Commit() nothing stays behind.
///
///   Result<OutputFile> file = OutputFile::Claim("result.json");
///   if (!file.ok()) return Complain(kExitUsage, file.error().message);
///   ...
///   Result<void> written = file->Commit(json);
class OutputFile {
 public:
  /// Fails when the path exists already or its folder cannot be written to. Until Commit() the file
  /// has no name, so that not even SIGKILL leaves a part of it; a draft beside `path` holds it
  /// where the file system cannot do that.
  static Result<OutputFile> Claim(std::string path);

  OutputFile(OutputFile&& other) noexcept = default;
  OutputFile& operator=(OutputFile&& other) noexcept = default;
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile();

  Result<void> Commit(const std::string& contents);

 private:
  OutputFile(std::string path, std::string draft, UniqueFd fd)
      : path_(std::move(path)), draft_(std::move(draft)), fd_(std::move(fd)) {}

  std::string path_;
  std::string draft_;  // the name it has until it is complete; none where it needs none
  UniqueFd fd_;
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_COMMAND_OUTPUT_FILE_H_
