// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// A file that appears whole or not at all, and not in place of another unless that is wanted.

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
  /// What becomes of a file of that name.
  enum class Existing { kLeave, kReplace };
  /// Fails when the path exists already and is to be left, or when its folder cannot be written to.
  /// Until Commit() the file has no name, so that not even SIGKILL leaves a part of it; a draft
  /// beside `path` holds it where the file system cannot do that, and where it is to replace
  /// another.
  static Result<OutputFile> Claim(std::string path, Existing existing = Existing::kLeave);

  OutputFile(OutputFile&& other) noexcept = default;
  OutputFile& operator=(OutputFile&& other) noexcept = default;
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile();

  Result<void> Commit(const std::string& contents);

 private:
  OutputFile(std::string path, std::string draft, UniqueFd fd, Existing existing)
      : path_(std::move(path)), draft_(std::move(draft)), fd_(std::move(fd)), existing_(existing) {}

  std::string path_;
  std::string draft_;  // the name it has until it is complete; none where it needs none
  UniqueFd fd_;
  Existing existing_;
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_COMMAND_OUTPUT_FILE_H_
