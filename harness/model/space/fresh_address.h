// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Addresses that the system picks.

#ifndef SHMSPEC_HARNESS_MODEL_SPACE_FRESH_ADDRESS_H_
#define SHMSPEC_HARNESS_MODEL_SPACE_FRESH_ADDRESS_H_

#include <cstdint>

#include "harness/model/language/clauses.h"
#include "harness/model/language/scene.h"

namespace shmspec::model {

class AddressChooser : public virtual Chooser {
 public:
  /// A free range of `size` bytes in the caller's address space. `wanted`: an address to prefer, or
  /// -1.
  virtual std::uint64_t PickAddress(const Scene& scene, std::uint64_t size,
                                    std::int64_t wanted) = 0;
};

/// The start of a free range of `size` bytes, rounded up to whole pages.
Fresh FreshAddress(std::uint64_t size, std::int64_t wanted = -1);

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_SPACE_FRESH_ADDRESS_H_
