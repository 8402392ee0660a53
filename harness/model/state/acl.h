// SPDX-License-Identifier: Apache-2.0 OR MIT

#ifndef SHMSPEC_HARNESS_MODEL_STATE_ACL_H_
#define SHMSPEC_HARNESS_MODEL_STATE_ACL_H_

#include <cstdint>

#include "harness/vocabulary/value/file_value.h"

namespace shmspec::model {

/// The entries of an access control list that the mode of the file does not hold. The mode has the
/// bits of owner and others, and the mask in place of those of the group.
struct Acl {
  bool there = false;
  std::uint32_t group = 0;
  std::uint32_t user = kNoEntry;
  std::uint32_t user_bits = 0;
  std::uint32_t named_group = kNoEntry;
  std::uint32_t named_group_bits = 0;
  friend bool operator==(const Acl&, const Acl&) = default;
};

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_STATE_ACL_H_
