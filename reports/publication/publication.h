// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// A published result: a folder with a record, the pages made of it, and the hashes of both.

#ifndef SHMSPEC_REPORTS_PUBLICATION_PUBLICATION_H_
#define SHMSPEC_REPORTS_PUBLICATION_PUBLICATION_H_

#include <map>
#include <string>
#include <vector>

#include "harness/vocabulary/value/result.h"

namespace shmspec::reports {

/// The list of hashes, as sha256sum(1) writes and checks it.
inline constexpr const char* kManifest = "MANIFEST";

struct Publication {
  std::string folder;                        // for messages
  std::map<std::string, std::string> files;  // bytes by name, the manifest among them
  std::vector<std::string> others;           // what is in the folder and no regular file
};

/// A property of the publication that holds or does not.
struct Finding {
  enum class Kind { kHolds, kRemark, kBroken };
  Kind kind = Kind::kHolds;
  std::string text;
};

/// Whether it is complete (everything was selected, performed and decided), unaltered (every file
/// is in the manifest and has the hash that is there) and reproducible (built from sources that
/// have a name; pages equal what this program makes of their record). `made_by` names the sources
/// of this program: pages of other versions are not compared. The error is one line,
/// `FILE:LINE:COLUMN` where the manifest is malformed.
Result<std::vector<Finding>> Verify(const Publication& publication, const std::string& made_by);

}  // namespace shmspec::reports

#endif  // SHMSPEC_REPORTS_PUBLICATION_PUBLICATION_H_
