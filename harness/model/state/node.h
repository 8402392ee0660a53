// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Files in memory, and how processes hold them. A node is a memory object with a size, an owner and
// seals; descriptors of processes stand for open files, which stand for nodes.

#ifndef SHMSPEC_HARNESS_MODEL_STATE_NODE_H_
#define SHMSPEC_HARNESS_MODEL_STATE_NODE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/model/state/acl.h"

namespace shmspec::model {

/// Files that never had a name are in a file system of the kernel's own.
inline constexpr std::uint8_t kNoFileSystem = 255;

struct Node {
  std::uint32_t serial = 0;  // a name of the model's: the step that created it, plus one
  std::uint64_t object = 0;  // serial of its bytes
  std::uint64_t size = 0;    // bytes; the object ends at the end of the page
  std::uint32_t mode = 0;    // permission bits
  bool mode_known = true;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  Acl acl;
  std::uint64_t seals = 0;
  bool has_seals = true;                     // is memory, which knows seals
  bool anonymous = false;                    // shared memory that no descriptor stood for
  bool huge = false;                         // of huge pages
  bool of_library = false;                   // a segment of a wrapper library
  bool resized = false;                      // likewise, with another size than it was made with
  bool unknown = false;                      // nothing is known of its size and its bytes
  bool busy = false;                         // a call changes it, and others wait to do so
  std::int32_t references = 0;               // open files and mappings
  std::int32_t links = 0;                    // names
  std::uint8_t file_system = kNoFileSystem;  // index
  std::int64_t changed_s = 0;                // the contents have changed at this time or later
  std::int64_t stored_s = 0;  // the same of what msync(2) has not been asked to write
  std::string name;           // of a memfd
  friend bool operator==(const Node&, const Node&) = default;
};

/// An open file description.
struct OpenFile {
  std::uint32_t serial = 0;  // the step that opened it, plus one
  std::uint32_t node = 0;    // serial
  bool reads = false;
  bool writes = false;
  bool appends = false;
  bool locks_offset = true;  // while a call moves it
  std::uint64_t offset = 0;
  std::int32_t references = 0;  // descriptors
  std::uint32_t entry = 0;      // serial of the name by which it was opened; 0: none
  std::uint8_t mount = 0;       // index, when it has an entry
  friend bool operator==(const OpenFile&, const OpenFile&) = default;
};

struct Descriptor {
  std::int64_t number = 0;
  std::uint32_t file = 0;  // serial
  bool closed_on_exec = false;
  friend bool operator==(const Descriptor&, const Descriptor&) = default;
};

/// The descriptors of one process that the plan has opened.
class DescriptorTable {
 public:
  const std::vector<Descriptor>& open() const { return open_; }
  Descriptor& at(std::size_t index) { return open_[index]; }

  const Descriptor* Find(std::int64_t number) const;
  /// Adds one; its number must not be open.
  void Insert(const Descriptor& descriptor);
  /// Takes one away; its number is known to be free then.
  void Remove(std::int64_t number);
  /// What else the process has open is no longer known.
  void ForgetFree() { free_.clear(); }
  /// The lowest number that the plan itself has closed and nobody has opened since.
  std::optional<std::int64_t> LowestKnownFree() const;

  friend bool operator==(const DescriptorTable&, const DescriptorTable&) = default;

 private:
  std::vector<Descriptor> open_;    // by number
  std::vector<std::int64_t> free_;  // in order
};

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_STATE_NODE_H_
