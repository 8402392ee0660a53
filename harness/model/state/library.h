// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Segments as a wrapper library has them: names, and the objects by which processes use them. The
// bytes are those of a node.

#ifndef SHMSPEC_HARNESS_MODEL_STATE_LIBRARY_H_
#define SHMSPEC_HARNESS_MODEL_STATE_LIBRARY_H_

#include <cstdint>
#include <string>
#include <vector>

namespace shmspec::model {

struct NamedSegment {
  std::string name;
  std::uint32_t node = 0;  // serial; 0: nothing is known of it
  /// Whether it is there. Otherwise its creator was killed while it made it, or nobody is attached
  /// to it and the library may remove it then.
  bool certain = true;
  std::uint32_t sure_mode = 0;  // bits that are granted at least
  std::uint32_t most_mode = 0;  // and at most
  friend bool operator==(const NamedSegment&, const NamedSegment&) = default;
};

/// What has happened to a name, which tells what a later call shows.
struct NameHistory {
  std::string name;
  bool removed = false;
  bool half_made = false;      // by a creator that was killed
  bool refused = false;        // a creation
  bool empty = false;          // and that of size 0
  bool not_opened = false;     // an open failed
  bool not_attached = false;   // an attach failed
  bool creator_ended = false;  // the process that made the segment
  bool user_ended = false;     // another one that had it open
  friend bool operator==(const NameHistory&, const NameHistory&) = default;
};

/// A segment that a process has opened.
struct SegmentObject {
  std::int64_t number = 0;
  std::uint32_t node = 0;  // serial; 0: nothing is known of it
  bool read_only = false;
  bool made_it = false;
  friend bool operator==(const SegmentObject&, const SegmentObject&) = default;
};

struct SegmentObjects {
  std::vector<SegmentObject> open;
  std::uint32_t opened = 0;    // so far
  std::uint32_t attached = 0;  // so far

  const SegmentObject* Find(std::int64_t number) const;
  friend bool operator==(const SegmentObjects&, const SegmentObjects&) = default;
};

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_STATE_LIBRARY_H_
