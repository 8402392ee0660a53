// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Where a property leaves the plan that does not hold.

#ifndef SHMSPEC_PROPERTY_FAILURE_FILE_H_
#define SHMSPEC_PROPERTY_FAILURE_FILE_H_

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "harness/vocabulary/form/text.h"

namespace shmspec {

/// The smallest failing plan so far: rapidcheck only goes on from one failure to a smaller one.
class FailureFile {
 public:
  explicit FailureFile(const char* name)
      : folder_((std::filesystem::temp_directory_path() / "shmspec-property-XXXXXX").string()) {
    if (::mkdtemp(folder_.data()) == nullptr) throw std::runtime_error("no folder for " + folder_);
    path_ = folder_ + "/" + name + ".plan";
  }
  FailureFile(const FailureFile&) = delete;
  FailureFile& operator=(const FailureFile&) = delete;
  /// A property that holds leaves no file; a plan that was kept stays for inspection.
  ~FailureFile() { ::rmdir(folder_.c_str()); }
  void Keep(const Trace& trace) const { std::ofstream(path_) << PrintTrace(trace); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::string folder_;  // that cannot be known before
  std::filesystem::path path_;
};

}  // namespace shmspec

#endif  // SHMSPEC_PROPERTY_FAILURE_FILE_H_
