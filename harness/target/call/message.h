// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// A message of one byte, with room for a descriptor. Private to this folder.

#ifndef SHMSPEC_HARNESS_TARGET_CALL_MESSAGE_H_
#define SHMSPEC_HARNESS_TARGET_CALL_MESSAGE_H_

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cstring>

namespace shmspec {

/// For sendmsg(2) and recvmsg(2); see cmsg(3).
class Message {
 public:
  Message() { header_.msg_iov = &part_, header_.msg_iovlen = 1; }
  Message(const Message&) = delete;
  Message& operator=(const Message&) = delete;

  /// With room for a descriptor.
  void MakeRoom() {
    header_.msg_control = control_.data();
    header_.msg_controllen = control_.size();
  }
  void Enclose(int file) {
    MakeRoom();
    cmsghdr* enclosed = CMSG_FIRSTHDR(&header_);
    enclosed->cmsg_level = SOL_SOCKET;
    enclosed->cmsg_type = SCM_RIGHTS;
    enclosed->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(enclosed), &file, sizeof(int));
  }
  /// The descriptor that came along, or -1.
  int Enclosed() {
    const cmsghdr* enclosed = CMSG_FIRSTHDR(&header_);
    if (enclosed == nullptr || enclosed->cmsg_type != SCM_RIGHTS) return -1;
    int file = -1;
    std::memcpy(&file, CMSG_DATA(enclosed), sizeof(int));
    return file;
  }
  msghdr* header() { return &header_; }

 private:
  char byte_ = 'd';
  iovec part_{&byte_, 1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control_{};
  msghdr header_{};
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_TARGET_CALL_MESSAGE_H_
