// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The parts of C programs about files in memory, descriptors and lists of rights.

#include <span>

#include "reports/c/text.h"

namespace shmspec::reports {
namespace {

// A part may use those before it.
constexpr CPart kParts[] = {
    {"sockets", R"c(
// By these the actors pass descriptors.
static int sockets[2];
__attribute__((constructor)) static void make_sockets(void) {
  if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sockets) == -1) exit(2);
  for (int i = 0; i < 2; ++i) {
    const int low = sockets[i];
    sockets[i] = fcntl(low, F_DUPFD, 200);
    close(low);
  }
}
)c"},
    {"send_file(", R"c(
static ssize_t send_file(int file) {
  char byte = 0;
  struct iovec part = {&byte, 1};
  union { struct cmsghdr header; char room[CMSG_SPACE(sizeof(int))]; } control;
  struct msghdr message = {0};
  memset(&control, 0, sizeof(control));
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = &control;
  message.msg_controllen = sizeof(control);
  control.header.cmsg_level = SOL_SOCKET;
  control.header.cmsg_type = SCM_RIGHTS;
  control.header.cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(&control.header), &file, sizeof(int));
  return sendmsg(sockets[0], &message, MSG_DONTWAIT);
}
)c"},
    {"receive_file(", R"c(
static int receive_file(int flags) {
  char byte = 0;
  int file = -1;
  struct iovec part = {&byte, 1};
  union { struct cmsghdr header; char room[CMSG_SPACE(sizeof(int))]; } control;
  struct msghdr message = {0};
  memset(&control, 0, sizeof(control));
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = &control;
  message.msg_controllen = sizeof(control);
  if (recvmsg(sockets[1], &message, MSG_DONTWAIT | flags) == -1) return -1;
  if (message.msg_controllen == 0) return errno = EMFILE, -1;
  memcpy(&file, CMSG_DATA(&control.header), sizeof(int));
  return file;
}
)c"},
    {"take_file(", R"c(
static int take_file(pid_t process, int number) {
  const int low = (int)syscall(434 /* pidfd_open */, process, 0);
  if (low == -1) return -1;
  const int pidfd = fcntl(low, F_DUPFD, 200);
  close(low);
  const int taken = (int)syscall(438 /* pidfd_getfd */, pidfd, number, 0);
  const int error = errno;
  close(pidfd);
  errno = error;
  return taken;
}
)c"},
    {"shows_name(", R"c(
static int shows_name(int file, const char *name) {
  char entry[64], shown[512];
  snprintf(entry, sizeof(entry), "/proc/self/fd/%d", file);
  const ssize_t size = readlink(entry, shown, sizeof(shown));
  if (size == -1) return -1;
  return (size_t)size == strlen(name) && memcmp(shown, name, (size_t)size) == 0;
}
)c"},
    {"link_file(", R"c(
static int link_file(int file) {
  char entry[64], folder[] = "/dev/shm/shmspec-XXXXXX", name[64];
  snprintf(entry, sizeof(entry), "/proc/self/fd/%d", file);
  if (mkdtemp(folder) == NULL) cannot("a folder in /dev/shm");
  snprintf(name, sizeof(name), "%s/link", folder);
  const int linked = linkat(AT_FDCWD, entry, AT_FDCWD, name, AT_SYMLINK_FOLLOW);
  const int error = errno;
  unlink(name);
  rmdir(folder);
  errno = error;
  return linked;
}
)c"},
    {"pipe_ends", R"c(
static int pipe_ends[2] = {-1, -1};
)c"},
    {"hold(", R"c(
static ssize_t hold(void *at, size_t size) {
  struct iovec part = {at, size};
  if (pipe_ends[0] == -1 && pipe2(pipe_ends, O_CLOEXEC) == -1) return -1;
  return vmsplice(pipe_ends[1], &part, 1, SPLICE_F_NONBLOCK);
}
)c"},
    {"open_again(", R"c(
// Another open file of the same file.
static int open_again(int file, int flags) {
  char path[32];
  snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
  return open(path, flags);
}
)c"},
    {"acl_entry(", R"c(
// One entry of an access control list, as linux/posix_acl_xattr.h has it; returns where the next goes.
static unsigned char *acl_entry(unsigned char *at, int tag, int bits, unsigned id) {
  const unsigned char entry[8] = {(unsigned char)tag,       0, (unsigned char)bits,
                                  (unsigned char)(bits >> 8), (unsigned char)id,
                                  (unsigned char)(id >> 8),   (unsigned char)(id >> 16),
                                  (unsigned char)(id >> 24)};
  memcpy(at, entry, sizeof(entry));
  return at + sizeof(entry);
}
)c"},
    {"get_acl(", R"c(
static void get_acl(struct outcome *o, int file) {
  unsigned char list[256];
  long size = fgetxattr(file, "system.posix_acl_access", list, sizeof(list));
  result(o, size);
  o->acl.user = o->acl.named_group = 4294967295;
  o->acl.mask = -1;
  for (long at = 4; at + 8 <= size; at += 8) {
    long long bits = list[at + 2] | list[at + 3] << 8;
    long long id = (unsigned)(list[at + 4] | list[at + 5] << 8 | list[at + 6] << 16) |
                   (unsigned)list[at + 7] << 24;
    switch (list[at]) {
      case 1: o->acl.owner = bits; break;
      case 2: o->acl.user = id; o->acl.user_bits = bits; break;
      case 4: o->acl.group = bits; break;
      case 8: o->acl.named_group = id; o->acl.named_group_bits = bits; break;
      case 16: o->acl.mask = bits; break;
      default: o->acl.other = bits;
    }
  }
}
)c"},
};

}  // namespace

std::span<const CPart> CFileParts() { return kParts; }

}  // namespace shmspec::reports
