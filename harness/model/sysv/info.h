// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Keys that ftok(3) makes of files.

#ifndef SHMSPEC_HARNESS_MODEL_SYSV_INFO_H_
#define SHMSPEC_HARNESS_MODEL_SYSV_INFO_H_

#include "harness/model/language/clauses.h"

namespace shmspec::model {

class KeyChooser : public virtual Chooser {
 public:
  /// The key of a file, or the failure to which its path leads.
  virtual Outcome Key(const SysvKeyOfPath& file) = 0;
};

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_SYSV_INFO_H_
