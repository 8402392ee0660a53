// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// A file that appears whole or not at all, and that replaces another one only when that is wanted.

#ifndef SHMSPEC_HARNESS_COMMAND_OUTPUT_FILE_H_
#define SHMSPEC_HARNESS_COMMAND_OUTPUT_FILE_H_

#include <optional>
#include <string>

#include "harness/vocabulary/value/result.h"
#include "harness/vocabulary/value/unique_handle.h"

namespace shmspec {

class OptionList;

/// Where the command line wants output to go.
struct OutputOptions {
  std::optional<std::string> file;  // standard output when not given
  bool force = false;               // replace that file when it is there already
  std::string option = "--output";  // that names it
};

/// Makes sure that the folder is there; the error is why it cannot be made.
Result<void> MakeFolder(const std::string& folder);

/// Claims a file before the work begins, so that a mistake shows at once; Commit() puts the
/// contents there. Without Commit() nothing stays behind.
///
///   Result<OutputFile> file = OutputFile::Claim({.file = "result.json"});
///   if (!file.ok()) return Complain(kExitUsage, file.error().message);
///   ...
///   Result<void> written = file->Commit(json);
class OutputFile {
 public:
  /// Fails when the file exists and is not to be replaced, when it is not a regular file, or when
  /// its folder is not writable. Until Commit() the file has no name, so that not even SIGKILL
  /// leaves a part of it; a draft beside it holds it where the file system cannot do that.
  static Result<OutputFile> Claim(const OutputOptions& options);

  OutputFile(OutputFile&& other) noexcept = default;
  OutputFile& operator=(OutputFile&& other) noexcept = default;
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile();

  /// Whole or not at all: a file that is replaced is there in full until the new one is.
  Result<void> Commit(const std::string& contents);

 private:
  OutputFile(std::string path, std::string draft, bool named, UniqueFd fd, bool replace)
      : path_(std::move(path)),
        draft_(std::move(draft)),
        named_(named),
        fd_(std::move(fd)),
        replace_(replace) {}

  std::string path_;
  std::string draft_;  // the name it has until it has that of `path_`
  bool named_;         // it has that name
  UniqueFd fd_;
  bool replace_;  // what is there already
};

/// `--output` and `--force`.
void DeclareOutput(OptionList& options, OutputOptions& to, std::string about);

/// Writes to a new file, over an old one when that is wanted, or to standard output when no file is
/// named. Returns the exit code.
int WriteOutput(const std::string& contents, const OutputOptions& options);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_COMMAND_OUTPUT_FILE_H_
