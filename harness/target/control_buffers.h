// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The buffers that control calls are given: a good one, none at all, one in inaccessible memory and
// one that can only be read.

#ifndef SHMSPEC_HARNESS_TARGET_CONTROL_BUFFERS_H_
#define SHMSPEC_HARNESS_TARGET_CONTROL_BUFFERS_H_

#include "harness/vocabulary/unique_handle.h"
#include "harness/vocabulary/value.h"

namespace shmspec {

class ControlBuffers {
 public:
  /// Every byte of a buffer holds this before a call, so that fields left unwritten show.
  static constexpr unsigned char kPoison = 0x5a;

  /// Three pages, below 4 GiB when `low_memory`.
  explicit ControlBuffers(bool low_memory);

  /// The address to hand to the call; the buffer behind it, if there is one, is poisoned.
  void* Poisoned(Buffer buffer);

  /// The same, after write(address) has put something into it.
  template <class Write>
  void* Written(Buffer buffer, Write&& write) {
    void* address = Poisoned(buffer);
    if (buffer == Buffer::kValid) write(address);
    if (buffer == Buffer::kUnwritable) {
      SetReadOnlyPageWritable(true);
      write(address);
      SetReadOnlyPageWritable(false);
    }
    return address;
  }

 private:
  void SetReadOnlyPageWritable(bool writable);

  UniqueMapping pages_;
  char* valid_ = nullptr;
  char* wild_ = nullptr;
  char* read_only_ = nullptr;
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_TARGET_CONTROL_BUFFERS_H_
