// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What is behind a mapping besides its bytes: who keeps account of it. What making, cutting and
// removing a mapping means to each kind is in harness/model/space/backing.h.

#ifndef SHMSPEC_HARNESS_MODEL_STATE_BACKING_H_
#define SHMSPEC_HARNESS_MODEL_STATE_BACKING_H_

#include <cstdint>
#include <variant>

#include "harness/model/state/segment.h"

namespace shmspec::model {

/// Nobody: the memory is the process's own.
struct NoBacking {
  friend bool operator==(const NoBacking&, const NoBacking&) = default;
};

/// An attach of a System V segment, or a part of one.
struct AttachBacking {
  SegmentName segment;
  std::uint32_t number = 0;  // which attach; the same in all parts of it and in fork children
  std::uint64_t size = 0;    // bytes that the whole attach mapped
  friend bool operator==(const AttachBacking&, const AttachBacking&) = default;
};

/// A mapping of a node. A private one has an object of its own for the pages that it has written,
/// and shows the node's in the others.
struct NodeBacking {
  std::uint32_t node = 0;  // serial
  bool shared = true;
  bool by_writer = false;   // made by a descriptor that could write
  std::uint32_t entry = 0;  // serial of the name that it shows; 0: none
  std::uint8_t mount = 0;   // index, when it has an entry
  friend bool operator==(const NodeBacking&, const NodeBacking&) = default;
};

using Backing = std::variant<NoBacking, AttachBacking, NodeBacking>;

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_STATE_BACKING_H_
