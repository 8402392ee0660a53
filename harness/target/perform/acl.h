// SPDX-License-Identifier: Apache-2.0 OR MIT

#ifndef SHMSPEC_HARNESS_TARGET_PERFORM_ACL_H_
#define SHMSPEC_HARNESS_TARGET_PERFORM_ACL_H_

#include <cstddef>
#include <vector>

#include "harness/vocabulary/operation/operation.h"

namespace shmspec::perform {

/// The list as the value of an attribute: linux/posix_acl_xattr.h. The descriptor has no part in
/// it.
std::vector<std::byte> ValueOfAcl(const FileSetAcl& list);

}  // namespace shmspec::perform

#endif  // SHMSPEC_HARNESS_TARGET_PERFORM_ACL_H_
